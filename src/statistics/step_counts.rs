//! Counts by step, made where there is anything to count.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// Steps a page holds.
const PAGE: usize = 128;

/// How many paths did something at each step. Every thread has some: pages are made on demand, so that memory depends on
/// the steps at which anything was counted, and counting searches nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepCounts {
    pages: Vec<Option<Box<[u64; PAGE]>>>,
}

impl StepCounts {
    /// Counts one path.
    #[inline]
    pub fn add(&mut self, step: u32) {
        let step = step as usize;
        self.page(step / PAGE)[step % PAGE] += 1;
    }

    #[inline]
    fn page(&mut self, number: usize) -> &mut [u64; PAGE] {
        if number >= self.pages.len() {
            self.pages.resize(number + 1, None);
        }
        self.pages[number].get_or_insert_with(|| Box::new([0; PAGE]))
    }

    /// Adds everything `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        for (number, theirs) in other.pages.iter().enumerate() {
            if let Some(theirs) = theirs {
                for (a, b) in self.page(number).iter_mut().zip(theirs.iter()) {
                    *a += b;
                }
            }
        }
    }

    /// The steps at which anything was counted, ascending, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let pages = self.pages.iter().enumerate().filter_map(|(number, page)| Some((number, page.as_ref()?)));
        let steps = pages.flat_map(|(number, page)| ((number * PAGE) as u64..).zip(page.iter().copied()));
        steps.filter(|(_, count)| *count > 0)
    }
}

/// Page by page, a page that was not made as an empty one: what is read is never much larger than its file.
impl Serialize for StepCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.pages.iter().map(|page| page.as_ref().map_or(&[] as &[u64], |page| &page[..])))
    }
}

impl<'de> Deserialize<'de> for StepCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pages = Vec::<Vec<u64>>::deserialize(deserializer)?;
        // Pages are made by counting, so that equal counts have equal pages.
        if pages.last().is_some_and(Vec::is_empty) {
            return Err(D::Error::custom("counts by step end with nothing"));
        }
        let page = |page: Vec<u64>| match page.as_slice() {
            [] => Ok(None),
            counts if counts.iter().all(|count| *count == 0) => {
                Err(D::Error::custom("a page of counts is empty"))
            }
            _ => Ok(Some(
                page.into_boxed_slice()
                    .try_into()
                    .map_err(|_| D::Error::custom("a page of counts is cut"))?,
            )),
        };
        Ok(Self { pages: pages.into_iter().map(page).collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn counts_are_those_of_a_map_however_split() {
        let steps = [5, 1, 1_023, 1_024, 5, 70_000, 1_025, 5, 2_047, 2_048];
        for cut in 0..=steps.len() {
            let mut map = BTreeMap::new();
            steps.iter().for_each(|&step| *map.entry(u64::from(step)).or_insert(0) += 1);
            let [mut first, mut second] = [StepCounts::default(), StepCounts::default()];
            steps[..cut].iter().for_each(|&step| first.add(step));
            steps[cut..].iter().for_each(|&step| second.add(step));
            first.merge(&second);
            assert_eq!(first.iter().collect::<Vec<(u64, u64)>>(), map.into_iter().collect::<Vec<_>>());
        }
        assert_eq!(StepCounts::default().iter().count(), 0);
    }
}
