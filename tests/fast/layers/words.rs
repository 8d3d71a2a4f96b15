//! One word for one thing: words that the project replaced do not come back as parts of identifiers.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, identifiers, sources};

/// A word that no identifier of `src` contains.
struct Replaced {
    word: &'static str,
    /// What to write instead.
    instead: &'static str,
    /// Identifiers in which it has another, ordinary meaning; `FILE:` before one limits it to files that begin so.
    ordinary: &'static [&'static str],
}

const fn replaced(word: &'static str, instead: &'static str) -> Replaced {
    Replaced { word, instead, ordinary: &[] }
}

const fn limited(word: &'static str, instead: &'static str, ordinary: &'static [&'static str]) -> Replaced {
    Replaced { word, instead, ordinary }
}

const WORDS: &[Replaced] = &[
    replaced("law", "price model, PriceProcess or distribution"),
    replaced("laws", "price models"),
    replaced("twin", "antithetic pair"),
    replaced("twins", "antithetic pairs"),
    replaced("sighting", "intrastep event"),
    replaced("sightings", "intrastep events"),
    replaced("watcher", "BridgeObserver"),
    replaced("reach", "overflow check"),
    limited("definite", "positive-definiteness check", &["positive_definite", "not_positive_definite"]),
    replaced("ties", "boundary rounding"),
    // A kind of step in scenario files is called `cover`.
    limited(
        "cover",
        "restore margin",
        &["scenario/:Cover", "domain/:Cover", "result/:Cover", "margin/:Cover"],
    ),
    replaced("keyed", "ordered map"),
    replaced("facts", "result"),
    replaced("answer", "headline"),
    replaced("tell", "report"),
    replaced("told", "progress or report"),
    replaced("asked", "requested"),
    replaced("asks", "requests"),
    replaced("machine", "executor"),
    replaced("strike", "jump"),
    replaced("strikes", "jumps"),
    replaced("struck", "jumped"),
    replaced("held", "clamped"),
    replaced("book", "account"),
    replaced("books", "accounts"),
    replaced("desk", "account"),
    replaced("plain", "fast kernel"),
    replaced("managed", "general kernel"),
    replaced("aside", "close-fee reserve"),
    replaced("phi", "fee rate"),
    replaced("clock", "subordinator"),
    replaced("unfinished", "checkpoint"),
];

/// Rooms whose identifiers still contain replaced words, and in how many places. The numbers only fall.
const UNREVISED: [(&str, usize); 12] = [
    ("cli", 14),
    ("domain", 7),
    ("evaluate", 5),
    ("margin", 136),
    ("report", 21),
    ("result", 22),
    ("run", 38),
    ("scenario", 12),
    ("simulation", 89),
    ("statistics", 8),
    ("store", 5),
    ("text", 1),
];

/// Words of an identifier in snake case or camel case, in lower case.
fn words_of(identifier: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before_is_lower = false;
    for character in identifier.chars() {
        if character == '_' || character == '#' {
            before_is_lower = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (character.is_uppercase() && before_is_lower) {
            words.push(String::new());
        }
        before_is_lower = !character.is_uppercase();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_ordinary(replaced: &Replaced, source: &Source, identifier: &str) -> bool {
    replaced.ordinary.iter().any(|allowed| match allowed.split_once(':') {
        Some((place, name)) => source.name.starts_with(place) && name == identifier,
        None => *allowed == identifier,
    })
}

#[test]
fn replaced_words_stay_replaced() {
    let mut wrong = BTreeSet::new();
    for source in sources() {
        let file_name = source.name.rsplit('/').next().unwrap().trim_end_matches(".rs").to_owned();
        for identifier in identifiers(&source).into_iter().chain([file_name]) {
            let words = words_of(&identifier);
            for replaced in WORDS {
                if words.iter().any(|word| word == replaced.word)
                    && !is_ordinary(replaced, &source, &identifier)
                {
                    let Replaced { word, instead, .. } = replaced;
                    let room = source.module.first().cloned().unwrap_or_default();
                    let place = format!("src/{}: `{identifier}` has `{word}`: {instead}", source.name);
                    wrong.insert((room, place));
                }
            }
        }
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (room, _) in &wrong {
        *counts.entry(room).or_default() += 1;
    }
    let counts: Vec<(&str, usize)> = counts.into_iter().collect();
    let places: Vec<&str> = wrong.iter().map(|(_, place)| place.as_str()).collect();
    assert_eq!(counts, UNREVISED, "{}", places.join("\n"));
}

#[test]
fn identifiers_fall_into_words() {
    assert_eq!(words_of("TwinMode"), ["twin", "mode"]);
    assert_eq!(words_of("is_plain_2"), ["is", "plain", "2"]);
    assert_eq!(words_of("MOST_LINES"), ["most", "lines"]);
}
