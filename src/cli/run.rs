use std::io::IsTerminal;
use std::sync::Once;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::args::RunOptions;
use crate::cli::{output, signal};
use crate::error::{Invalid, Result};
use crate::report::charts::encode::Scale;
use crate::report::outcomes::OutcomeFormat;
use crate::report::terminal;
use crate::result::json;
use crate::run::{Asked, Finished, Request, Told, planned_paths, run_all, simulator};
use crate::simulation::Control;
use crate::store::shard::Shard;

/// How often work at hand is kept.
const KEEP_EVERY: Duration = Duration::from_secs(20);

/// `ringfence run`
pub fn run(options: &RunOptions) -> Result<()> {
    let asked = options.changes.asked(&options.scenarios)?;
    refuse_equal_names(&asked, options)?;
    let request = request(options)?;
    if options.json && request.shard.is_some() {
        let invalid = Invalid::new("--json cannot be combined with --shard");
        return Err(invalid.with_help("combine the shards with `ringfence merge DIR --json`").into());
    }
    refuse_shards_that_stop(&asked, &request)?;
    let simulator = simulator(options.threads)?;
    if !options.quiet {
        for asked in &asked {
            for note in asked.batch.notes() {
                output::message(&format!("note: {}: {note}", asked.batch.name));
            }
        }
    }
    let bar = progress_bar(planned_paths(&asked, &request), options.quiet);
    let cancelled = signal::listen();
    // The audit comes first and counts no paths: the time left is reckoned from the first of them.
    let first = Once::new();
    let progress = |paths| {
        first.call_once(|| bar.reset_eta());
        bar.inc(paths);
    };
    let control = Control { cancelled, progress: &progress };
    let stage = |what: &str| bar.set_message(what.to_owned());
    let remark = |what: &str| bar.suspend(|| output::message(what));
    let told = Told { stage: &stage, remark: &remark };
    let finished = run_all(&asked, &simulator, &control, &request, &told);
    bar.finish_and_clear();
    tell(&finished?, options.json, options.quiet)
}

/// Results on standard output, their places on standard error.
pub fn tell(finished: &[Finished], as_json: bool, quiet: bool) -> Result<()> {
    let documents: Vec<_> = finished.iter().filter_map(|f| f.document.as_ref()).collect();
    if as_json {
        return output::print(&json::render(&documents)?);
    }
    if !documents.is_empty() {
        output::print(&terminal::render_all(&documents))?;
    }
    if !quiet {
        for run in finished {
            let next = if run.document.is_none() {
                "; make a result of all shards with ringfence merge"
            } else {
                ""
            };
            output::message(&format!("written: {}{next}", run.folder.display()));
        }
    }
    Ok(())
}

/// The scale of charts that a person asks for.
pub fn scale(pixels: f64) -> Result<Scale> {
    let invalid = || Invalid::new(format!("--scale is {pixels}")).of_key("--scale").with_value(pixels);
    Scale::new(pixels).ok_or_else(|| invalid().expected("a number from 0.5 to 4").into())
}

fn outcome_format(text: &str) -> Result<OutcomeFormat> {
    match text {
        "parquet" => Ok(OutcomeFormat::Parquet),
        "csv" => Ok(OutcomeFormat::Csv),
        _ => Err(Invalid::new(format!("unknown value `{text}` of --outcomes"))
            .of_key("--outcomes")
            .with_value(text)
            .expected("parquet or csv")
            .into()),
    }
}

fn request(options: &RunOptions) -> Result<Request<'_>> {
    let outcomes = options.outcomes.as_deref().map(outcome_format).transpose()?;
    let shard = options.shard.as_deref().map(str::parse::<Shard>).transpose()?;
    if shard.is_some() && outcomes.is_some() {
        let invalid = Invalid::new("--outcomes cannot be combined with --shard");
        return Err(invalid.with_help("remove one of the two; outcomes need a run of all paths").into());
    }
    Ok(Request {
        out: &options.out,
        charts: !options.no_charts,
        scale: scale(options.scale)?,
        force: options.force,
        resume: options.resume,
        shard,
        outcomes,
        keep_every: KEEP_EVERY,
    })
}

/// Whether a part is known well enough says nothing of the whole.
fn refuse_shards_that_stop(asked: &[Asked], request: &Request<'_>) -> Result<()> {
    let stops =
        |asked: &&Asked| asked.batch.cells.iter().any(|cell| cell.scenario.settings.precision.is_some());
    match asked.iter().find(stops).filter(|_| request.shard.is_some()) {
        Some(request) => {
            let message = format!(
                "scenario `{}` cannot be split: simulation.precision stops a run by the result of all its paths",
                request.batch.name
            );
            let invalid = Invalid::new(message).of_key("simulation.precision");
            Err(invalid.with_help("remove simulation.precision, or run without --shard").into())
        }
        None => Ok(()),
    }
}

/// Two scenarios of one name would write the same folder; so would two that differ in case, on some systems.
fn refuse_equal_names(asked: &[Asked], options: &RunOptions) -> Result<()> {
    let files = || asked.iter().map(|asked| &asked.batch).zip(&options.scenarios);
    for (index, (second, second_file)) in files().enumerate() {
        let earlier = files().take(index).find(|(first, _)| first.name.eq_ignore_ascii_case(&second.name));
        if let Some((first, first_file)) = earlier {
            let message = match first.name == second.name {
                true => format!("two scenarios are both named `{}`", first.name),
                false => format!("the scenarios `{}` and `{}` differ only in case", first.name, second.name),
            };
            let note = format!("their files are {} and {}", first_file.display(), second_file.display());
            let help = "rename one of them, or run them with different --out DIR";
            return Err(Invalid::new(message).with_note(note).with_help(help).into());
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
