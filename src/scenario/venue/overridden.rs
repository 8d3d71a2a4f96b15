//! What `[venue]` of a scenario changes of the venue file below it, and what the file's tables then still mean.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::scenario::sections::market_requirement::RequirementKind;
use crate::scenario::sections::requirement::leverage_cap;
use crate::scenario::syntax::reader::{Field, Table};
use crate::scenario::syntax::source::quoted;
use crate::scenario::venue::keys::CONTRACTS;
use crate::scenario::venue::keys::REQUIREMENT;
use crate::text::did_you_mean;

/// What a scenario writes over its venue file; nothing, for a venue file by itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Overridden {
    /// A requirement for every market.
    pub requirement: bool,
    /// A cap on leverage for every market.
    pub max_leverage: Option<Decimal>,
    /// The markets that get a requirement of their own.
    pub markets: Vec<String>,
    /// The key that makes the file's tables mean something else, and what it was there.
    pub unit: Option<(&'static str, &'static str)>,
}

impl Overridden {
    /// Of a scenario's root, before the file's is merged into it.
    ///
    /// # Errors
    /// A market that the file does not list and that gets no requirement; a value that is none.
    pub fn read(root: &Table<'_>, file: &Table<'_>) -> Result<Self> {
        let venue = root.table("venue")?;
        let has_requirement = |table: &Table<'_>| REQUIREMENT.iter().any(|key| table.field(key).is_some());
        let requirement = has_requirement(&venue);
        let listed = file.table("markets")?;
        let mut markets = Vec::new();
        for (name, field) in venue.table("markets")?.fields() {
            if has_requirement(&field.table()?) {
                markets.push(name.to_owned());
            } else if listed.field(name).is_none() && !requirement {
                return Err(unlisted(name, &field, &listed));
            }
        }
        let contract = replaced(&venue, file, "contract", &CONTRACTS)?.map(|word| ("contract", word));
        let kind = replaced(&venue, file, "requirement", &RequirementKind::WORDS)?;
        let unit = contract.or(kind.map(|word| ("requirement", word)));
        let max_leverage = venue.field("max_leverage").map(|field| leverage_cap(&field)).transpose()?;
        Ok(Self { requirement, max_leverage, markets, unit })
    }
}

/// The file's word for a key, where the scenario writes another.
fn replaced<T: Copy + Default + PartialEq>(
    venue: &Table<'_>,
    file: &Table<'_>,
    key: &str,
    words: &[(&'static str, T)],
) -> Result<Option<&'static str>> {
    let word = |table: &Table<'_>| table.field(key).map(|field| field.word(words, &[])).transpose();
    let Some(written) = word(venue)? else { return Ok(None) };
    let of_file = word(file)?.unwrap_or_default();
    let name = words.iter().find(|(_, value)| *value == of_file).map(|(name, _)| *name);
    Ok(name.filter(|_| written != of_file))
}

fn unlisted(name: &str, field: &Field<'_>, listed: &Table<'_>) -> Error {
    let near = did_you_mean(name, listed.fields().map(|(known, _)| known));
    let what = format!(
        "`{}`: the venue does not list {}, and the table gives no requirement for it",
        field.path,
        quoted(name)
    );
    let help = format!("{near}write the name of a listed market, or add maintenance_margin_rate or tiers");
    field.fail(&what, &help)
}
