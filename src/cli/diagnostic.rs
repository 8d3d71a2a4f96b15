//! Errors as text: a title, the place with a caret where the input is a text, then note and help.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::error::{Error, Excerpt, Invalid, Place};

/// The error as standard error shows it, without a line break at its end.
pub fn render(error: &Error) -> String {
    match error {
        Error::Input(invalid) => match invalid.place() {
            Some(Place::Excerpt(excerpt)) => with_caret(invalid, excerpt),
            _ => in_lines(invalid),
        },
        other => format!("error: {other}"),
    }
}

fn in_lines(invalid: &Invalid) -> String {
    let place = invalid.place().map_or_else(String::new, |place| format!("{place}: "));
    let mut text = format!("error: {place}{}", invalid.title());
    for (label, remark) in [("note", invalid.note()), ("help", invalid.help())] {
        if let Some(remark) = remark {
            text.push_str(&format!("\n  {label}: {remark}"));
        }
    }
    text
}

fn with_caret(invalid: &Invalid, excerpt: &Excerpt) -> String {
    let mut snippet = Snippet::source(excerpt.text.as_str())
        .path(excerpt.name.as_str())
        .annotation(AnnotationKind::Primary.span(excerpt.span.clone()));
    if let Some((span, label)) = &excerpt.related {
        snippet = snippet.annotation(AnnotationKind::Context.span(span.clone()).label(label.as_str()));
    }
    let mut group = Level::ERROR.primary_title(invalid.title()).element(snippet);
    if let Some(note) = invalid.note() {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = invalid.help() {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::plain().render(&[group])
}
