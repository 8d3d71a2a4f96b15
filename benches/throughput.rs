//! Asset-steps per second, both margin modes and drawdowns evaluated, each beside a plain scalar loop with
//! rand_distr's normals on the same workload, and beside them a digest of the result, so that two machines can be seen
//! to have done the same work. What is timed: [`workloads`]; what is printed: [`summary`]; then criterion's groups.
//! `cargo bench -- NOTHING` prints the summary alone.

mod baseline;
mod clock;
mod digest;
mod laws;
mod summary;
mod workloads;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The lines, then W1 to W5 on one core.
fn throughput(criterion: &mut Criterion) {
    let Some(workloads) = workloads::all() else { panic!("a workload cannot be built") };
    summary::print(&workloads);
    let one = clock::simulator(1);
    let mut group = criterion.benchmark_group("ringfence, one core");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for w in workloads.iter().filter(|w| w.name.starts_with('W')) {
        group.throughput(Throughput::Elements(w.asset_steps()));
        group.bench_function(w.name, |b| b.iter(|| black_box(clock::run(&one, &w.job))));
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
