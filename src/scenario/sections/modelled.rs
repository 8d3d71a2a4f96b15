//! An asset of the scenario together with its price model.

use crate::domain::Asset;
use crate::scenario::models::model::Model;
use crate::scenario::sections::market_requirement::MarketRequirement;
use crate::scenario::venue::rules::FundingSource;

/// An asset with the model of its price.
#[derive(Debug)]
pub(crate) struct Modelled {
    /// What the portfolio holds of it.
    pub asset: Asset,
    /// What its market requires and allows.
    pub requirement: MarketRequirement,
    /// What defines the requirement, as messages name it: a market of the preset, a file, a key.
    pub required_by: String,
    /// Where its funding rates come from.
    pub funding: FundingSource,
    /// Its price model.
    pub model: Model,
}
