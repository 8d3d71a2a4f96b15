//! Where every value was written, and errors that point there.

use std::ops::Range;

use crate::error::{Error, Excerpt, Invalid};

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
    fn contains(&self, other: &Self) -> bool {
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
    /// Places and the label that errors within them begin with.
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

    /// What is wrong at a place, and what to write instead.
    pub fn error(&self, origin: &Origin, message: &str, help: &str) -> Error {
        self.invalid(origin, message).with_help(help).into()
    }

    /// What is wrong at a place.
    pub fn invalid(&self, origin: &Origin, message: &str) -> Invalid {
        self.labelled(origin, message, self.excerpt(origin))
    }

    /// As [`Self::invalid`], with a second place of the same source and what it has to do with the first.
    pub fn invalid_with(
        &self,
        origin: &Origin,
        message: &str,
        related: &Range<usize>,
        label: &str,
    ) -> Invalid {
        let excerpt = self.excerpt(origin).map(|excerpt| excerpt.with_related(related, label));
        self.labelled(origin, message, excerpt)
    }

    fn excerpt(&self, origin: &Origin) -> Option<Excerpt> {
        let source = self.texts.get(origin.source)?;
        Some(Excerpt::new(&source.shown_name, &source.text, &origin.span))
    }

    fn labelled(&self, origin: &Origin, message: &str, excerpt: Option<Excerpt>) -> Invalid {
        let mut invalid = Invalid::new(message);
        if let Some(excerpt) = excerpt {
            invalid = invalid.in_excerpt(excerpt);
        }
        match self.marks.iter().find(|(place, _)| place.contains(origin)) {
            Some((_, label)) => invalid.with_prefix(label),
            None => invalid,
        }
    }
}

/// A user's text as a message repeats it: between backticks, escaped, and cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    match cut(text) {
        (start, false) => format!("`{start}`"),
        (start, true) => format!("`{start}…` ({} characters)", text.chars().count()),
    }
}

/// A part of a dotted key between double quotes, as TOML writes it; cut where it is long.
pub(crate) fn quoted_key(text: &str) -> String {
    let (start, is_cut) = cut(text);
    format!("\"{start}{}\"", if is_cut { "…" } else { "" })
}

/// The beginning of a text, escaped, and whether more of it follows.
fn cut(text: &str) -> (String, bool) {
    let start: String = text.chars().take(QUOTED_CHARS).collect();
    let quoted = format!("{start:?}");
    (quoted[1..quoted.len() - 1].to_owned(), start.len() < text.len())
}
