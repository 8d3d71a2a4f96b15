//! A part of a run's paths, so that many machines can share one.

use std::str::FromStr;

use crate::error::{Error, Invalid, Result};
use crate::store::saved_totals::Part;

/// Most parts that a run is cut into.
const MOST: u64 = 1_000_000;

/// Part `index` of `count`, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

impl Shard {
    /// The blocks of 64 paths that are its own, of `all`: equal parts but for the remainder, none twice, none left out.
    pub fn part(self, all: u64) -> Part {
        let at = |index: u64| (u128::from(all) * u128::from(index) / u128::from(self.count)) as u64;
        Part { first: at(self.index - 1), end: at(self.index), all }
    }

    /// What its folder's name ends in.
    pub fn suffix(self) -> String {
        format!(".shard-{}-of-{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |what: &str| {
            let invalid =
                Invalid::new(format!("invalid value `{text}` for --shard: {what}")).with_value(text);
            let help = format!(
                "write --shard I/N, with I from 1 to N and N at most {MOST}, for example --shard 1/4"
            );
            Error::from(invalid.with_help(help))
        };
        let (index, count) = text.split_once('/').ok_or_else(|| wrong("it has no `/`"))?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| wrong("it is not two whole numbers"));
        let (index, count) = (number(index)?, number(count)?);
        match index {
            0 => Err(wrong("shards are numbered from 1")),
            _ if count > MOST => Err(wrong("the shard count is too large")),
            _ if index > count => Err(wrong(&format!("shard index {index} exceeds the shard count {count}"))),
            _ => Ok(Self { index, count }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_block_once() {
        for all in [0, 1, 2, 7, 64, 1_563, u64::MAX] {
            for count in [1, 2, 3, 7, 1_000] {
                let parts = (1..=count).map(|index| Shard { index, count }.part(all));
                let mut reached = 0;
                for part in parts {
                    assert_eq!((part.first, part.all), (reached, all));
                    assert!(part.end >= part.first);
                    reached = part.end;
                }
                assert_eq!(reached, all);
            }
        }
    }

    #[test]
    fn only_a_part_of_some_parts_is_one() {
        assert_eq!("2/4".parse::<Shard>().unwrap(), Shard { index: 2, count: 4 });
        for text in ["", "1", "0/4", "5/4", "1/0", "a/b", "1/4/2", "-1/4", "1/2000000", "1.5/2", " 1/2"] {
            assert_eq!(text.parse::<Shard>().unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
