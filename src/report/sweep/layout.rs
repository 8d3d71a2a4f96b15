//! Where the cell of each combination of settings stands.

use crate::result::document::sweep::{SweepAxis, SweepCell, SweepDocument};

/// A sweep seen by the axes that have more than one setting.
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    document: &'a SweepDocument,
    varying: Vec<usize>,
}

impl<'a> Layout<'a> {
    /// Of a whole sweep.
    pub fn new(document: &'a SweepDocument) -> Self {
        let axes = document.axes.iter().enumerate();
        let varying = axes.filter(|(_, axis)| axis.values.len() > 1).map(|(index, _)| index).collect();
        Self { document, varying }
    }

    /// The axes with more than one setting, the slowest first.
    pub fn axes(&self) -> Vec<&'a SweepAxis> {
        self.varying.iter().filter_map(|index| self.document.axes.get(*index)).collect()
    }

    /// The cell at one setting of each of [`Self::axes`], counted from 0; `None` where the document lacks it.
    pub fn cell(&self, settings: &[usize]) -> Option<&'a SweepCell> {
        let mut index = 0_usize;
        for (axis, setting) in self.axes().iter().zip(settings) {
            index = index.checked_mul(axis.values.len())?.checked_add(*setting)?;
        }
        self.document.sweep.get(index)
    }
}
