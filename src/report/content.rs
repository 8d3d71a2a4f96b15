//! A report as plain data: sections of sentences, tables and names of charts, in the order in which they are read.
//! `html` and `markdown` render it.

pub(crate) mod run;
pub(crate) mod section;
pub(crate) mod sweep;
pub(crate) mod tables;

pub use crate::report::content::run::of_run;
pub use crate::report::content::section::{Column, Content, Reproduce, Row, Section, Table, clean};
pub use crate::report::content::sweep::of_sweep;
