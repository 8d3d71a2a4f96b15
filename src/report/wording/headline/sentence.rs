//! The headline of a report.

/// The headline: the most important sentences, and further ones that are short enough to stand beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The most important sentences.
    pub text: String,
    /// Further sentences.
    pub more: Vec<String>,
}

/// With a capital letter at its beginning.
pub fn capitalised(text: String) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
