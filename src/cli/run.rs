use std::io::IsTerminal;
use std::sync::Once;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::RunOptions;
use super::{output, signal};
use crate::error::{Error, Result};
use crate::report;
use crate::run::{Options, run_all, simulator};
use crate::scenario::Scenario;
use crate::simulation::Control;

/// `ringfence run`
pub fn run(options: &RunOptions) -> Result<()> {
    let scenarios = options.changes.load(&options.scenarios)?;
    refuse_equal_names(&scenarios, options)?;
    let simulator = simulator(options.threads)?;
    if !options.quiet {
        for scenario in &scenarios {
            for note in &scenario.notes {
                output::message(&format!("note: {}: {note}", scenario.name));
            }
        }
    }
    let bar = progress_bar(scenarios.iter().map(|s| s.settings.paths).sum(), options.quiet);
    let cancelled = signal::listen();
    // The audit comes first and counts no paths: the time left is reckoned from the first of them.
    let first = Once::new();
    let progress = |paths| {
        first.call_once(|| bar.reset_eta());
        bar.inc(paths);
    };
    let control = Control { cancelled, progress: &progress };
    let request = Options { out: &options.out, charts: !options.no_charts, force: options.force };
    let finished = run_all(&scenarios, &simulator, &control, &request, &|what| {
        bar.set_message(what.to_owned());
    });
    bar.finish_and_clear();
    let finished = finished?;
    let documents: Vec<_> = finished.iter().map(|f| &f.document).collect();
    if options.json {
        return output::print(&report::json::render(&documents)?);
    }
    output::print(&report::terminal::render_all(&documents))?;
    if !options.quiet {
        for run in &finished {
            output::message(&format!("written: {}", run.folder.display()));
        }
    }
    Ok(())
}

/// Two scenarios of one name would write the same folder; so would two that differ in case, on some systems.
fn refuse_equal_names(scenarios: &[Scenario], options: &RunOptions) -> Result<()> {
    let files = || scenarios.iter().zip(&options.scenarios);
    for (index, (second, second_file)) in files().enumerate() {
        let earlier = files().take(index).find(|(first, _)| first.name.eq_ignore_ascii_case(&second.name));
        if let Some((first, first_file)) = earlier {
            return Err(Error::input(format!(
                "{} and {}: results are named after their files, and {} and {} cannot stand side by side in {}; \
                 rename one file, or run them apart, each with its own --out DIR",
                first_file.display(),
                second_file.display(),
                first.name,
                second.name,
                options.out.display()
            )));
        }
    }
    Ok(())
}

fn progress_bar(paths: u64, quiet: bool) -> ProgressBar {
    let target = if quiet || !std::io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(paths), target);
    let template = "{msg} {bar:30} {percent}% of {human_len} paths, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
