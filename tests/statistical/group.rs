//! Jobs that share their paths come to what each comes to alone, whatever the split of the work; and totals survive a file.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ringfence::error::Error;
use ringfence::scenario::{load, parse_override};
use ringfence::simulation::{
    Control, Job, OutcomeSink, PathOutcome, Simulator, Stopped, Totals, VectorWidth, WidthLimit,
};

/// Three full blocks and eight lanes of a fourth.
const PATHS: u64 = 200;

/// What cells differ by; a scenario takes those that it can.
const CHANGES: [&str; 7] = [
    "account.wallet=13000",
    "account.wallet=60000",
    "venue.maintenance_margin_rate=0.03",
    "venue.liquidation.remainder=\"return\"",
    // Rules of the loop that knows all of them, beside cells of the other.
    "venue.liquidation.fee=0.01",
    "venue.funding.rate=0.0004",
    "venue.liquidation.procedure=\"cover\"",
];

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files =
        |folder: &Path| folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut all: Vec<_> = [files(&folder), files(&folder.join("venues"))].concat();
    all.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    all.sort();
    all
}

/// The cells of one scenario: as it is, and with each change that it can take. They share the first one's generator.
fn cells(path: &Path, also: &[&str]) -> Vec<Job> {
    let one = |change: Option<&&str>| {
        let overrides: Vec<_> = also.iter().chain(change).map(|text| parse_override(text).unwrap()).collect();
        ringfence::evaluate::job(&load(path, &overrides).ok()?).ok()
    };
    let mut cells: Vec<Job> = one(None).into_iter().collect();
    cells.extend(CHANGES.iter().filter_map(|change| one(Some(change))));
    let generator = cells.first().map(|cell| cell.generator.clone());
    for cell in &mut cells {
        cell.generator = generator.clone().unwrap();
        cell.paths = PATHS.min(cell.paths);
    }
    cells
}

fn simulator(threads: usize) -> Simulator {
    Simulator::new(threads, VectorWidth::detect(WidthLimit::Avx512)).unwrap()
}

fn extend(threads: usize, jobs: &[&Job], blocks: std::ops::Range<u64>) -> Result<Vec<Totals>, Stopped> {
    let mut totals: Vec<Totals> = jobs.iter().map(|job| Totals::new(job)).collect();
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    simulator(threads).extend(jobs, blocks, &mut totals, &control)?;
    Ok(totals)
}

fn bytes(totals: &Totals) -> Vec<u8> {
    postcard::to_allocvec(totals).unwrap()
}

fn alone(job: &Job) -> Vec<u8> {
    bytes(&extend(1, &[job], 0..job.blocks()).unwrap()[0])
}

#[test]
fn every_job_of_a_group_comes_to_what_it_comes_to_alone() {
    let (mut groups, mut mixed) = (0, 0);
    for path in scenarios() {
        for also in [
            &[][..],
            &["simulation.sampling=\"antithetic\""],
            &["simulation.monitoring=\"continuous\"", "simulation.horizon=\"2d\""],
        ] {
            let cells = cells(&path, also);
            if cells.len() < 2 {
                assert!(!also.is_empty(), "{} takes no change", path.display());
                continue;
            }
            groups += 1;
            mixed += usize::from(cells.iter().any(Job::is_managed) && !cells.iter().all(Job::is_managed));
            let jobs: Vec<&Job> = cells.iter().collect();
            let together = extend(1 + groups % 3, &jobs, 0..jobs[0].blocks()).unwrap();
            for (index, (job, totals)) in jobs.iter().zip(&together).enumerate() {
                assert_eq!(totals.paths(), job.paths);
                assert!(bytes(totals) == alone(job), "{}, {also:?}, cell {index}", path.display());
            }
        }
    }
    assert!(groups > 40 && mixed > 10, "{groups} groups, {mixed} of plain and managed venues");
}

fn shipped(name: &str) -> Vec<Job> {
    cells(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name), &[])
}

#[test]
fn parts_of_the_blocks_in_any_order_are_the_whole() {
    for name in ["hedged-pair.toml", "venues/binance-usdm.toml", "continuous.toml", "bootstrap.toml"] {
        let cells = shipped(name);
        let jobs: Vec<&Job> = cells.iter().collect();
        let whole: Vec<_> = extend(2, &jobs, 0..u64::MAX).unwrap().iter().map(bytes).collect();
        for parts in [[2..3, 0..2, 3..9], [3..4, 0..0, 0..3], [0..1, 1..4, 4..4]] {
            let mut sum: Vec<Totals> = jobs.iter().map(|job| Totals::new(job)).collect();
            for part in parts {
                let part = extend(1, &jobs, part).unwrap();
                sum.iter_mut().zip(&part).for_each(|(sum, part)| sum.merge(part).unwrap());
            }
            assert!(sum.iter().map(bytes).eq(whole.iter().cloned()), "{name}");
        }
    }
}

#[test]
fn totals_read_back_are_the_same_and_go_on() {
    for path in scenarios() {
        for also in [&[][..], &["simulation.sampling=\"antithetic\""]] {
            for job in cells(&path, also).iter().take(2) {
                let half = extend(1, &[job], 0..2).unwrap().remove(0);
                let mut read: Totals = postcard::from_bytes(&bytes(&half)).unwrap();
                assert!(bytes(&read) == bytes(&half) && read.fits(job), "{}", path.display());
                read.merge(&extend(1, &[job], 2..job.blocks()).unwrap()[0]).unwrap();
                assert!(bytes(&read) == alone(job), "{}", path.display());
                let outcome = |totals: Totals| format!("{:?}", totals.finish());
                assert!(outcome(read) == outcome(extend(1, &[job], 0..job.blocks()).unwrap().remove(0)));
            }
        }
    }
}

/// Every byte changed, and every cut: refused, or totals that add up and can be merged and finished.
#[test]
fn damaged_bytes_are_refused_or_add_up() {
    let short = ["simulation.horizon=\"10h\"", "simulation.sampling=\"antithetic\""];
    for name in ["ten-thousand.toml", "venues/bitmex.toml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
        let mut job = cells(&path, &short).remove(0);
        job.paths = 6;
        let sound = alone(&job);
        let template = Totals::new(&job);
        let (mut refused, mut taken) = (0, 0);
        let mut look = |damaged: &[u8]| match postcard::from_bytes::<Totals>(damaged) {
            Err(_) => refused += 1,
            Ok(totals) if totals.fits(&job) => {
                taken += 1;
                let mut sum = template.clone();
                sum.merge(&totals).unwrap();
                sum.merge(&totals).unwrap();
                let outcome = sum.finish();
                assert_eq!(outcome.modes[0].pnl.histogram().total(), outcome.paths);
            }
            Ok(totals) => drop(bytes(&totals)),
        };
        for at in 0..sound.len() {
            look(&sound[..at]);
            for change in [0x01, 0x80, 0xff, 0x40] {
                let mut damaged = sound.clone();
                damaged[at] ^= change;
                look(&damaged);
            }
        }
        assert!(refused > 2 * sound.len() && taken > 0, "{name}: {refused} refused, {taken} taken");
    }
}

#[test]
fn totals_of_another_scenario_are_refused() {
    let [one, two] = [shipped("ten-thousand.toml").remove(0), shipped("hedged-pair.toml").remove(0)];
    let mut totals = Totals::new(&one);
    assert!(totals.fits(&one) && !totals.fits(&two));
    assert!(matches!(totals.merge(&Totals::new(&two)), Err(Error::Input(_))));
    let longer = Job { steps: one.steps + 1, ..one.clone() };
    let fewer = Job { books: one.books[..1].to_vec(), ..one.clone() };
    assert!(!totals.fits(&longer) && !totals.fits(&fewer));
    assert_eq!(totals.paths(), 0);
}

#[test]
fn jobs_that_do_not_share_their_paths_are_refused() {
    let one = shipped("ten-thousand.toml").remove(0);
    let other = Job { generator: Arc::new((*one.generator).clone()), ..one.clone() };
    let longer = Job { steps: one.steps + 8, ..one.clone() };
    for second in [other, longer] {
        assert!(matches!(extend(1, &[&one, &second], 0..1).map_err(Error::from), Err(Error::Failed(_))));
    }
    let cancelled = AtomicBool::new(false);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    assert!(simulator(1).extend(&[&one], 0..1, &mut [], &control).is_err());
    assert!(extend(1, &[], 0..5).unwrap().is_empty());
}

#[test]
fn a_cancelled_pass_is_interrupted() {
    let cells = shipped("ten-thousand.toml");
    let jobs: Vec<&Job> = cells.iter().collect();
    let cancelled = AtomicBool::new(true);
    let control = Control { cancelled: &cancelled, progress: &|_| () };
    let mut totals: Vec<Totals> = jobs.iter().map(|job| Totals::new(job)).collect();
    let stopped = simulator(2).extend(&jobs, 0..4, &mut totals, &control).unwrap_err();
    assert!(matches!(stopped, Stopped { error: Error::Interrupted, job: None }));
}

#[test]
fn progress_counts_every_path_once_for_every_job() {
    let cells = shipped("ten-thousand.toml");
    let jobs: Vec<&Job> = cells.iter().collect();
    for threads in [1, 2] {
        let told = AtomicU64::new(0);
        let progress = |paths| {
            told.fetch_add(paths, Ordering::Relaxed);
        };
        let control = Control { cancelled: &AtomicBool::new(false), progress: &progress };
        let mut totals: Vec<Totals> = jobs.iter().map(|job| Totals::new(job)).collect();
        simulator(threads).extend(&jobs, 0..4, &mut totals, &control).unwrap();
        assert_eq!(told.into_inner(), PATHS * jobs.len() as u64);
    }
}

struct Rows(Vec<PathOutcome>);

impl OutcomeSink for Rows {
    fn write(&mut self, rows: &[PathOutcome]) -> Result<(), Error> {
        self.0.extend_from_slice(rows);
        Ok(())
    }
}

#[test]
fn outcomes_come_in_order_and_add_up_to_the_totals() {
    for name in ["hedged-pair.toml", "venues/binance-usdm.toml", "continuous.toml"] {
        let cells = shipped(name);
        let jobs: Vec<&Job> = cells.iter().collect();
        let written = |threads| {
            let mut totals: Vec<Totals> = jobs.iter().map(|job| Totals::new(job)).collect();
            let mut rows = Rows(Vec::new());
            let cancelled = AtomicBool::new(false);
            let control = Control { cancelled: &cancelled, progress: &|_| () };
            simulator(threads).extend_with_outcomes(&jobs, 0..9, &mut totals, &mut rows, &control).unwrap();
            (totals, rows.0)
        };
        let (totals, rows) = written(1);
        assert!((2..4).all(|threads| written(threads).1 == rows), "{name}");
        let expected = (0..PATHS).flat_map(|path| {
            jobs.iter()
                .enumerate()
                .flat_map(move |(job, of)| (0..of.books.len()).map(move |mode| (path, job, mode)))
        });
        assert!(rows.iter().map(|row| (row.path, row.job, row.mode)).eq(expected), "{name}");
        for (index, (job, totals)) in jobs.iter().zip(totals).enumerate() {
            assert!(bytes(&totals) == alone(job), "{name}: totals beside outcomes");
            for (at, mode) in totals.finish().modes.iter().enumerate() {
                let mine: Vec<_> = rows.iter().filter(|row| (row.job, row.mode) == (index, at)).collect();
                let count =
                    |of: &dyn Fn(&PathOutcome) -> bool| mine.iter().filter(|row| of(row)).count() as u64;
                assert_eq!(count(&|row| row.liquidation_step.is_some()), mode.any);
                assert_eq!(count(&|row| row.first_liquidated.is_some()), mode.any);
                assert_eq!(count(&|row| row.shortfall > 0.0), mode.shortfall_paths);
                for (step, paths) in mode.first_liquidation.iter().enumerate() {
                    assert_eq!(count(&|row| row.liquidation_step == Some(step as u32)), *paths);
                }
                let mean =
                    |of: fn(&PathOutcome) -> f64| mine.iter().map(|row| of(row)).sum::<f64>() / PATHS as f64;
                let near = |a: f64, b: Option<f64>| (a - b.unwrap()).abs() <= 1e-9 * job.opening_equity();
                assert!(near(mean(|row| row.final_equity) - job.opening_equity(), mode.pnl.moments().mean()));
                assert!(near(mean(|row| row.max_drawdown), mode.drawdown_relative.moments().mean()));
                assert!(near(mean(|row| row.shortfall), mode.shortfall.mean()));
            }
        }
    }
}
