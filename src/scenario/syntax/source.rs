//! Where every value was written, and error texts that point at it with a caret.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::error::Error;

/// Longest stretch of a user's text that a message repeats, in characters.
const QUOTED_CHARS: usize = 60;

/// How messages call the text of a `--set`.
pub(crate) const OVERRIDE: &str = "--set";

/// A place in one of the [`Sources`].
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// Index into the sources.
    pub source: usize,
    /// Bytes.
    pub span: Range<usize>,
}

impl Origin {
    fn holds(&self, other: &Self) -> bool {
        let (own, other_span) = (&self.span, &other.span);
        self.source == other.source && own.start <= other_span.start && other_span.end <= own.end
    }
}

#[derive(Debug)]
struct Source {
    shown_name: String,
    text: String,
}

/// Every text a scenario is made of: its file, each `--set`, the venue's preset.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    texts: Vec<Source>,
    /// Places whose errors are told with more words.
    marks: Vec<(Origin, String)>,
}

impl Sources {
    /// Adds a text and returns its index, which an [`Origin`] refers to.
    pub fn add(&mut self, shown_name: &str, text: &str) -> usize {
        self.texts.push(Source { shown_name: shown_name.to_owned(), text: text.to_owned() });
        self.texts.len() - 1
    }

    /// Whether a place lies in the text of a `--set`.
    pub fn is_override(&self, origin: &Origin) -> bool {
        self.texts.get(origin.source).is_some_and(|source| source.shown_name == OVERRIDE)
    }

    /// From now on every error within a place begins with a label.
    pub fn mark(&mut self, place: &Origin, label: &str) {
        self.marks.push((place.clone(), label.to_owned()));
    }

    /// What is wrong, where (file, line, column, caret), and what to write instead.
    pub fn error(&self, origin: &Origin, what: &str, help: &str) -> Error {
        self.error_with(origin, what, None, help)
    }

    /// As [`Self::error`], with a second place of the same source and what it has to do with it.
    pub fn error_with(
        &self,
        origin: &Origin,
        what: &str,
        other: Option<(Range<usize>, &str)>,
        help: &str,
    ) -> Error {
        let label = self.marks.iter().find(|(place, _)| place.holds(origin)).map(|(_, label)| label);
        let what = label.map_or_else(|| what.to_owned(), |label| format!("{label}: {what}"));
        let Some(source) = self.texts.get(origin.source) else {
            return Error::input(format!("{what}; {help}"));
        };
        let mut snippet = Snippet::source(source.text.as_str())
            .path(source.shown_name.as_str())
            .annotation(AnnotationKind::Primary.span(source.clamp(&origin.span)));
        if let Some((span, label)) = other {
            snippet = snippet.annotation(AnnotationKind::Context.span(source.clamp(&span)).label(label));
        }
        let group =
            Level::ERROR.no_name().primary_title(what).element(snippet).element(Level::HELP.message(help));
        Error::input(Renderer::plain().render(&[group]))
    }
}

impl Source {
    /// A span the renderer accepts whatever the parser reported.
    fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let floor = |at: usize| (0..=at.min(self.text.len())).rev().find(|&i| self.text.is_char_boundary(i));
        let start = floor(span.start).unwrap_or(0);
        start..floor(span.end).unwrap_or(start).max(start)
    }
}

/// A user's text as a message repeats it: escaped, and cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED_CHARS).collect();
    if short.len() < text.len() {
        format!("{short:?}… ({} characters)", text.chars().count())
    } else {
        format!("{short:?}")
    }
}
