//! What a person or a program reads: plain data first, then one writer a file.

pub mod charts;
pub mod folder;
