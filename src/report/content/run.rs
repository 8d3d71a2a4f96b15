//! The report of one run.

use crate::report::content::section::{
    Content, Reproduce, Section, assumption_sections, clean, reproduction,
};
use crate::report::content::tables::{
    account, attribution, by_position, correlations, money, monitoring, of_rows, paired,
};
use crate::report::wording::headline;
use crate::report::wording::headline::sentence::capitalised;
use crate::report::wording::mode_rows::drawdown_rows;
use crate::report::wording::paired::{amounts, common_random_numbers, frequency};
use crate::report::wording::sampling_error::{audited, precision, sampling_error};
use crate::result::document::ResultDocument;
use crate::result::sampling::WINDOWS;
use crate::text::format::paths;

/// One run's report, with the charts of the given names.
pub fn of_run(document: &ResultDocument, charts: &[&str], reproduce: &Reproduce) -> Content {
    let scenario = &document.scenario;
    let modes = document.modes.iter().map(|(name, _)| name.to_owned()).collect();
    let headline = headline::of_run(document);
    let mut content = Content::new(scenario, &document.version, modes, headline, reproduce);
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
    let mut drawdowns = of_rows(document, "Maximum drawdown, in % of the peak", drawdown_rows());
    drawdowns.rows.iter_mut().for_each(|row| row.indent = 0);
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
    let with_intervals = document.sampling.kind == WINDOWS;
    for section in
        assumption_sections(&scenario.model, &document.assumptions, &document.notes, with_intervals)
    {
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
        // The tables of several pairs name the pair that a factor belongs to, which the sentence does not.
        let gain = common_random_numbers(document, pair).filter(|_| !several);
        let sentences = frequency(document, pair).into_iter().chain(amounts(document, pair)).chain(gain);
        text.extend(sentences.map(|sentence| clean(&capitalised(sentence))));
    }
    let tables = document.paired.iter().map(|pair| paired(document, pair)).collect();
    Section { id: "paired", heading: "Modes compared on the same paths", text, charts, tables }
}

fn attributed(document: &ResultDocument) -> Section {
    let is_usual = |a: &str, b: &str| matches!((a, b), ("isolated", "cross") | ("cross", "isolated"));
    let text = document.paired.iter().any(|pair| is_usual(&pair.a, &pair.b)).then(|| {
        "Every path is simulated in every mode, so the fate of each position can be compared. Saved by pooling: \
         liquidated in isolated only, because in cross the wallet supports the position. Contagion: liquidated in cross \
         only, because the losses of other positions drain the wallet."
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

/// The sampling error of the numbers, and what was checked.
fn error(document: &ResultDocument) -> Section {
    let mut text = sampling_error(document);
    if document.sampling.overlapping_windows {
        text.insert(
            0,
            format!(
                "The {} are overlapping windows of one history, so no sampling error can be stated.",
                paths(document.scenario.paths)
            ),
        );
    }
    text.extend(document.precision.as_ref().map(precision));
    text.push(audited(&document.audit));
    if document.monitoring.paths.is_none() {
        text.push(
            "The bias of checking margin at the ends of steps is not measured: a price model of this scenario has no \
             path between steps."
                .to_owned(),
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
