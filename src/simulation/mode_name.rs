//! A mode in a file: by its name.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde::ser::Serializer;

use crate::domain::MarginMode;

pub fn serialize<S: Serializer>(mode: &MarginMode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(mode.name())
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MarginMode, D::Error> {
    let name = String::deserialize(deserializer)?;
    let mode = MarginMode::ALL.into_iter().find(|mode| mode.name() == name);
    mode.ok_or_else(|| D::Error::custom("a margin mode that does not exist"))
}
