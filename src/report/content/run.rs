//! The report of one run.

use crate::report::content::section::{Content, Reproduce, Section, assumptions, clean, reproduction};
use crate::report::content::tables::{
    account, attribution, by_position, correlations, money, monitoring, of_rows, paired,
};
use crate::report::headline;
use crate::report::terminal::layout::audited;
use crate::report::terminal::mode_table::drawdown_rows;
use crate::report::terminal::paired::{amounts, frequency};
use crate::report::terminal::sampling_error;
use crate::result::document::{PrecisionResult, ResultDocument};
use crate::text::format::{paths, significant};

/// One run's report, with the charts of the given names.
pub fn of_run(document: &ResultDocument, charts: &[&str], reproduce: &Reproduce) -> Content {
    let scenario = &document.scenario;
    let modes = document.modes.iter().map(|(name, _)| name.to_owned()).collect();
    let answer = headline::of_run(document);
    let mut content = Content::new(scenario, &document.version, modes, answer, reproduce);
    let shown = |names: &[&str]| -> Vec<String> {
        names.iter().filter(|name| charts.contains(name)).map(|name| (*name).to_owned()).collect()
    };
    content.add(comparison(document, shown(&["drawdown_pairs"])));
    content.add(Section {
        id: "survival",
        heading: "Survival",
        charts: shown(&["survival"]),
        tables: vec![account(document)],
        ..Section::default()
    });
    let mut drawdowns = of_rows(document, "Maximum drawdown, a share of the peak", drawdown_rows());
    drawdowns.rows.iter_mut().for_each(|row| row.below = false);
    content.add(Section {
        id: "drawdown",
        heading: "Drawdown",
        charts: shown(&["drawdown"]),
        tables: vec![drawdowns],
        ..Section::default()
    });
    content.add(Section {
        id: "equity",
        heading: "Equity",
        charts: shown(&["final_equity", "equity_fan", "sample_paths"]),
        tables: money(document),
        ..Section::default()
    });
    content.add(attributed(document));
    content.add(Section {
        id: "positions",
        heading: "Per position",
        tables: vec![by_position(document)],
        ..Section::default()
    });
    for section in assumptions(&scenario.model, &document.assumptions, &document.notes) {
        content.add(section);
    }
    content.add(error(document));
    content.add(reproduction(scenario, &document.version, reproduce));
    content
}

fn comparison(document: &ResultDocument, charts: Vec<String>) -> Section {
    let mut text = Vec::new();
    let several = document.paired.len() > 1;
    for pair in &document.paired {
        let sentences = frequency(document, pair).into_iter().chain(amounts(document, pair));
        // Of several pairs it would not say which; their tables do.
        let told = sentences.filter(|said| !(several && said.starts_with("Runs ")));
        text.extend(told.map(|said| clean(&headline::capitalised(said))));
    }
    let tables = document.paired.iter().map(|pair| paired(document, pair)).collect();
    Section { id: "paired", heading: "The modes on the same paths", text, charts, tables }
}

fn attributed(document: &ResultDocument) -> Section {
    let is_usual = |a: &str, b: &str| matches!((a, b), ("isolated", "cross") | ("cross", "isolated"));
    let text = document.paired.iter().any(|pair| is_usual(&pair.a, &pair.b)).then(|| {
        "Each path is lived through in every mode, so that it can be told what became of it in each. Saved by pooling: \
         lost in isolated only, where the wallet behind it would have held it. Contagion: lost in cross only, pulled \
         down by the rest of the account."
            .to_owned()
    });
    Section {
        id: "attribution",
        heading: "Attribution",
        text: text.into_iter().collect(),
        tables: document.paired.iter().flat_map(|pair| attribution(document, pair)).collect(),
        ..Section::default()
    }
}

/// What may be said of the numbers' own error, and what was checked.
fn error(document: &ResultDocument) -> Section {
    let mut text = sampling_error(document);
    if document.sampling.overlapping_windows {
        text.insert(
            0,
            format!(
                "The {} are overlapping windows of one history: no sampling error can be stated, and none is.",
                paths(document.scenario.paths)
            ),
        );
    }
    text.extend(document.precision.as_ref().map(precision));
    text.push(audited(&document.audit));
    if document.monitoring.paths.is_none() {
        text.push(
            "What checking margin at steps misses is not measured: a model here has no path between steps."
                .into(),
        );
    }
    Section {
        id: "error",
        heading: "Sampling error",
        text: text.iter().map(|line| clean(line)).collect(),
        tables: [monitoring(document), correlations(document)].into_iter().flatten().collect(),
        ..Section::default()
    }
}

/// Whether the precision that was asked for was met.
pub fn precision(precision: &PrecisionResult) -> String {
    let share = |value: f64| significant(100.0 * value, 3);
    let asked = match (precision.half_width, precision.relative) {
        (Some(half), _) => format!("half an interval of at most {}", significant(half, 3)),
        (None, Some(relative)) => {
            format!("half an interval of at most {} % of the estimate", share(relative))
        }
        (None, None) => "a precision".to_owned(),
    };
    let widest = match (precision.widest, precision.half_width) {
        (Some(widest), Some(_)) => format!("; the widest is {}", significant(widest, 3)),
        (Some(widest), None) => format!("; the widest is {} %", share(widest)),
        (None, _) => String::new(),
    };
    let met = if precision.met { "was met" } else { "was not met within the paths allowed" };
    format!("Of {} was asked {asked}, which {met}{widest}.", precision.measure)
}
