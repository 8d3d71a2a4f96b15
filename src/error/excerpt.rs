//! A text that the user wrote, and the bytes of it that an error is about.

use std::ops::Range;

/// A part of a scenario, a preset or an override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The file as the user named it, or `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The bytes that are wrong; both ends are character boundaries of the text.
    pub span: Range<usize>,
    /// Another place of the text, and what it has to do with the first.
    pub related: Option<(Range<usize>, String)>,
}

impl Excerpt {
    /// An excerpt whose span is moved to character boundaries within the text.
    pub fn new(name: &str, text: &str, span: &Range<usize>) -> Self {
        let span = within(text, span);
        Self { name: name.to_owned(), text: text.to_owned(), span, related: None }
    }

    /// Adds a second place with its label.
    #[must_use]
    pub fn with_related(mut self, span: &Range<usize>, label: &str) -> Self {
        self.related = Some((within(&self.text, span), label.to_owned()));
        self
    }

    /// Line and column of the first byte, both counted from 1; the column in characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let before = self.text.get(..self.span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }
}

fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let boundary =
        |at: usize| (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    let start = boundary(span.start);
    start..boundary(span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "a = 1\né = 2\n";
        assert_eq!(Excerpt::new("x", text, &(0..1)).line_and_column(), (1, 1));
        assert_eq!(Excerpt::new("x", text, &(9..10)).line_and_column(), (2, 3));
    }

    #[test]
    fn spans_outside_the_text_are_moved_into_it() {
        assert_eq!(Excerpt::new("x", "é", &(1..9)).span, 0..2);
        assert_eq!(Excerpt::new("x", "", &(3..4)).span, 0..0);
    }
}
