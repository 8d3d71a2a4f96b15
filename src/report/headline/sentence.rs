//! One sentence of the headline.

/// The answer: what a reader takes along who reads one sentence, and what else is short enough to be told at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The sentence.
    pub headline: String,
    /// More sentences.
    pub more: Vec<String>,
}

/// With a capital letter at its beginning.
pub fn capitalised(text: String) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
