//! Dotted keys and their segments.

/// Deepest key that `--set` may name; the scenario's own keys are four deep at most.
pub(crate) const MAX_PARTS: usize = 8;

/// The parts of a dotted key with the byte range of each.
pub(crate) fn split_key(
    key: &str,
) -> std::result::Result<Vec<(String, std::ops::Range<usize>)>, &'static str> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        let rest = key.get(at..).unwrap_or_default();
        let (part, length) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = inner.find(quote).ok_or("a quote in the key is not closed")?;
                (inner.get(..end).unwrap_or_default(), end + 2)
            }
            _ => {
                let end = rest.find('.').unwrap_or(rest.len());
                (rest.get(..end).unwrap_or_default(), end)
            }
        };
        if part.is_empty() {
            return Err("the key or one of its parts is empty");
        }
        parts.push((part.to_owned(), at..at + length));
        if parts.len() > MAX_PARTS {
            return Err("the key has more than 8 parts");
        }
        match key.get(at + length..).unwrap_or_default().chars().next() {
            None => return Ok(parts),
            Some('.') => at += length + 1,
            Some(_) => return Err("a quoted part of the key is not followed by a dot"),
        }
    }
}
