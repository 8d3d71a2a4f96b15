//! A sweep's cells: where each stands, and what its settings are called.

mod layout;
mod words;

pub use layout::Layout;
pub use words::{axis_name, labels, numbers, setting_in_words};
