//! The embedded font: how wide a text is, and how a stranger's text is made fit to be shown.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

use crate::error::{Error, Result};
use crate::text::format::printable;

/// The font's name. It is also what an SVG asks its viewer for, hence the fallbacks.
pub const FAMILY: FontFamily<'static> = FontFamily::Name(FAMILY_LIST);
const FAMILY_LIST: &str = "Roboto, 'Helvetica Neue', Arial, sans-serif";

/// Line height over em of the font (ascent 1900 and descent 500 of 2048 units), the size that its
/// rasteriser asks for.
pub const LINE_PER_EM: f64 = 2400.0 / 2048.0;

/// A viewer's own font may be this much wider than the embedded one.
const SLACK: f64 = 1.08;

static REGULAR: &[u8] = include_bytes!("../../../data/fonts/Roboto-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../data/fonts/Roboto-Bold.ttf");

/// Makes the embedded font known; must come before anything is measured or drawn.
///
/// # Errors
/// [`Error::Failed`] when the embedded files are not fonts.
pub fn register() -> Result<()> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let done = *DONE.get_or_init(|| {
        register_font(FAMILY_LIST, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FAMILY_LIST, FontStyle::Bold, BOLD).is_ok()
    });
    if done { Ok(()) } else { Err(Error::failed("the font embedded in this program cannot be read")) }
}

/// Width of a text in units at `size` units an em, with room for a fallback font.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    font_width(text, size, bold) * SLACK
}

/// Whether the embedded font has all of the text, so that its width is known: Latin, Greek and Cyrillic letters and
/// common signs.
pub fn is_covered(text: &str) -> bool {
    text.chars().all(|c| c < '\u{530}' || matches!(c, '–' | '—' | '…' | '−' | '≤' | '≥' | '‘'..='”'))
}

/// Width of a text in the embedded font, in units at `size` units an em.
pub fn font_width(text: &str, size: f64, bold: bool) -> f64 {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    // Measured large, because the measure is rounded to whole pixels.
    let em = 100.0;
    let measured =
        FontDesc::new(FAMILY, em * LINE_PER_EM, style).box_size(text).map_or(0.0, |(w, _)| f64::from(w));
    // What the font lacks comes from the viewer's: at worst a full em, as in ideographs.
    let foreign =
        text.chars().filter(|c| *c >= '\u{1100}' && !('\u{2000}'..'\u{2300}').contains(c)).count() as f64;
    (measured + foreign * em) / em * size
}

/// The text on one line: runs of white space become one blank, and what cannot be seen, turns the direction
/// of writing or may stand in no XML document becomes U+FFFD.
pub fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    printable(&line, usize::MAX).replace(['\u{61c}', '\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// The longest beginning of `text` that is at most `limit` units wide, with an ellipsis where it was cut.
pub fn fitted(text: &str, size: f64, bold: bool, limit: f64) -> String {
    if width(text, size, bold) <= limit {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&format!("{kept}…"), size, bold) > limit {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// The text broken at blanks into at most `most` lines of at most `limit` units; the last ends in an ellipsis where
/// something was cut.
pub fn in_lines(text: &str, size: f64, limit: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split(' ').peekable();
    while words.peek().is_some() && lines.len() + 1 < most {
        let mut line = String::new();
        while let Some(word) = words.peek() {
            let longer = if line.is_empty() { (*word).to_owned() } else { format!("{line} {word}") };
            if !line.is_empty() && width(&longer, size, false) > limit {
                break;
            }
            line = longer;
            words.next();
        }
        lines.push(fitted(&line, size, false, limit));
    }
    let rest = words.collect::<Vec<_>>().join(" ");
    if !rest.is_empty() {
        lines.push(fitted(&rest, size, false, limit));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_is_that_of_the_font_and_the_slack() {
        register().unwrap();
        // Roboto's figures are 1150 of 2048 units wide each.
        let expected = 10.0 * 20.0 * 1150.0 / 2048.0 * SLACK;
        assert!((width("0123456789", 20.0, false) - expected).abs() < 0.5);
    }

    #[test]
    fn hostile_text_becomes_one_harmless_line() {
        assert_eq!(one_line(" a\n\tb\u{0}c \u{202e}d"), "a b\u{fffd}c \u{fffd}d");
        for hidden in ['\u{200b}', '\u{200f}', '\u{2066}', '\u{feff}', '\u{61c}', '\u{ffff}'] {
            assert_eq!(one_line(&format!("a{hidden}b")), "a\u{fffd}b", "{hidden:?}");
        }
    }

    #[test]
    fn long_text_is_cut_to_its_limit() {
        register().unwrap();
        let cut = fitted(&"wide ".repeat(100), 20.0, false, 300.0);
        assert!(cut.ends_with('…') && cut.len() > 20);
        assert!(width(&cut, 20.0, false) <= 300.0);
        assert_eq!(fitted("short", 20.0, false, 300.0), "short");
    }

    #[test]
    fn what_is_too_long_for_a_line_goes_on_in_the_next() {
        register().unwrap();
        assert_eq!(in_lines("short", 20.0, 300.0, 2), ["short"]);
        let lines = in_lines(&"wide ".repeat(20), 20.0, 300.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(!lines[0].ends_with('…') && lines[1].ends_with('…'), "{lines:?}");
        let whole = in_lines("one two three four five six seven", 20.0, 200.0, 9);
        assert_eq!(whole.join(" "), "one two three four five six seven");
        assert!(whole.len() > 1 && whole.iter().all(|line| width(line, 20.0, false) <= 200.0));
    }
}
