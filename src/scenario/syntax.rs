//! The scenario file as text: TOML with places, overrides, typed values, names.

pub(crate) mod key;
pub(crate) mod name;
pub(crate) mod node;
pub(crate) mod overrides;
pub(crate) mod reader;
pub(crate) mod source;
pub(crate) mod text_file;
