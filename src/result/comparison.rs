//! Two results compared with their uncertainty: of each measure both values and their difference, B − A.

pub(crate) mod compare;
pub(crate) mod document;
pub(crate) mod saved;

pub use crate::result::comparison::compare::diff;
pub use crate::result::comparison::document::{Compared, DiffDocument, DiffRow, DifferingKey};
pub use crate::result::comparison::saved::{Saved, load};
