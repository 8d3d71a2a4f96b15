//! Sentences about the cells of a sweep.

use crate::domain::Intervals;
use crate::result::document::sweep::SweepDocument;
use crate::text::format::{percent_trimmed, significant, whole};

/// How intervals are to be read; `mark` stands beside differences that are not significant.
pub fn intervals(document: &SweepDocument, mark: &str) -> String {
    let intervals = &document.intervals;
    let confidence = percent_trimmed(document.scenario.confidence);
    if document.sampling.overlapping_windows {
        return "Paths are overlapping windows: no sampling error can be stated, so differences are not tested."
            .to_owned();
    }
    if intervals.kind == Intervals::Simultaneous.name() {
        return format!(
            "Intervals are simultaneous: all {} of one measure hold together at {confidence}, each at {}; {mark} not \
             statistically significant (the interval of the difference contains 0).",
            whole(intervals.family),
            percent_trimmed(intervals.confidence_each),
        );
    }
    format!(
        "Intervals are pointwise, each at {confidence}; {mark} not statistically significant (the interval of the difference \
         contains 0). {}",
        by_chance(document)
    )
}

/// How many differences pointwise intervals would show by chance.
pub fn by_chance(document: &SweepDocument) -> String {
    let share = percent_trimmed(1.0 - document.scenario.confidence);
    format!("If no cell differed, about {share} would still appear to.")
}

/// How many sets of price paths the cells use.
pub fn path_groups(document: &SweepDocument) -> String {
    match document.plan.path_groups {
        1 => "All cells use the same price paths.".to_owned(),
        groups => format!(
            "The cells use {} sets of price paths; cells that share a set see the same prices.",
            whole(groups)
        ),
    }
}

/// In how many cells the requested precision was reached.
pub fn precision(document: &SweepDocument) -> Option<String> {
    let requested = document.sweep.iter().find_map(|cell| cell.precision.as_ref())?;
    let met = document.sweep.iter().filter(|cell| cell.precision.as_ref().is_some_and(|p| p.met)).count();
    let target = match (requested.half_width, requested.relative) {
        (Some(half), _) => format!("±{}", significant(half, 3)),
        (None, relative) => format!("±{} of the estimate", percent_trimmed(relative?)),
    };
    Some(format!(
        "Precision: {} reached {target} in {} of {} cells.",
        requested.measure,
        whole(met as u64),
        whole(document.sweep.len() as u64),
    ))
}
