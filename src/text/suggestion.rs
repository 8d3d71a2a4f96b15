//! Unknown words: what a person most likely meant, and what is known.

use crate::error::Invalid;

/// The candidate that `word` most likely meant, whatever its case: at most a third of its letters differ, or it is the
/// first that begins with the word.
pub fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const SHORTEST_BEGINNING: usize = 3;
    let short: String = word.chars().take(100).collect::<String>().to_lowercase();
    let distance = |candidate: &&str| strsim::damerau_levenshtein(&short, &candidate.to_lowercase());
    let candidates: Vec<&str> = candidates.collect();
    let best = candidates.iter().copied().min_by_key(distance)?;
    let begins = |candidate: &&str| candidate.to_lowercase().starts_with(&short);
    match distance(&best) <= (best.chars().count() / 3).max(1) {
        true => Some(best),
        false if short.chars().count() < SHORTEST_BEGINNING => None,
        false => candidates.into_iter().find(begins),
    }
}

/// "did you mean `word`? ", to begin a help with; empty where no candidate is near.
pub fn did_you_mean<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!("did you mean `{near}`? "))
}

/// Adds an unknown word, the known ones and the nearest of them to an error.
pub fn unknown(invalid: Invalid, word: &str, known: &[&str]) -> Invalid {
    let invalid = invalid.with_value(word).expected(format!("one of: {}", known.join(", ")));
    match nearest(word, known.iter().copied()) {
        Some(near) => invalid.with_help(format!("did you mean `{near}`?")),
        None => invalid,
    }
}
