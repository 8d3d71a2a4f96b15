//! A paragraph on two modes compared path by path.

use crate::report::terminal::layout::{NAME, WIDTH};
use crate::report::wording::paired::{amounts, common_random_numbers, frequency, position};
use crate::result::document::ResultDocument;
use crate::result::document::paired::PairedResult;
use crate::text::format::{distinct, wrap};

/// The paragraph of one pair of modes.
pub fn render(document: &ResultDocument, pair: &PairedResult) -> String {
    let mut sentences = frequency(document, pair);
    if sentences.is_empty() {
        return String::new();
    }
    let names = distinct(pair.positions.iter().map(|(name, _)| name), NAME);
    let lost = names.iter().zip(pair.positions.iter()).filter(|(_, (_, t))| t.both + t.a_only + t.b_only > 0);
    sentences.extend(lost.map(|(name, (_, table))| position(name, table, pair, document.scenario.paths)));
    sentences.extend(amounts(document, pair));
    sentences.extend(common_random_numbers(document, pair));
    let lines = sentences.iter().map(|sentence| wrap(sentence, "  ", "    ", WIDTH));
    format!("{} against {}, on the same paths\n{}", pair.a, pair.b, lines.collect::<String>())
}
