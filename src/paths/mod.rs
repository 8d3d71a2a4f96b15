//! Price models: from parameters and a seed to blocks of price paths.

mod market;

pub use market::{AssetModel, Law, MarketModel, ReturnHistory};
