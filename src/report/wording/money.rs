//! Amounts of one account.

use crate::result::document::{ResultDocument, ScenarioSummary};
use crate::text::format::{decimals_for, fixed, printable};

/// Characters of a currency that are shown.
const CURRENCY: usize = 12;

/// Below this part of opening equity an amount is the rounding of the simulation, not a result.
pub const ROUNDING: f64 = 1e-9;

/// How one account's money is shown: with the decimals that suit its size, and more where an amount is known more
/// precisely.
pub struct Money {
    wallet: f64,
    decimals: usize,
    /// What it is counted in.
    pub currency: String,
}

impl Money {
    /// Money of the document's account.
    pub fn of(document: &ResultDocument) -> Self {
        Self::in_scenario(&document.scenario)
    }

    /// Money of a scenario's account.
    pub fn in_scenario(scenario: &ScenarioSummary) -> Self {
        let wallet = scenario.wallet;
        let decimals = match wallet {
            w if w >= 1e6 => 0,
            w if w >= 1.0 => 2,
            _ => decimals_for(wallet / 1_000.0, 8),
        };
        Self { wallet, decimals, currency: printable(&scenario.currency, CURRENCY) }
    }

    /// An amount with its currency.
    pub fn with_currency(&self, amount: f64) -> String {
        format!("{} {}", fixed(amount, self.decimals), self.currency)
    }

    /// `121.15 ±34.12`; without the second part where there are no bounds, or where all values are alike, since `±0.00`
    /// would claim certainty.
    pub fn with_half_width(&self, amount: f64, half: Option<f64>) -> String {
        self.bounded(amount, half, "±")
    }

    /// `121.15 ± 34.12`, as in sentences.
    pub fn spaced_half_width(&self, amount: f64, half: Option<f64>) -> String {
        self.bounded(amount, half, "± ")
    }

    fn bounded(&self, amount: f64, half: Option<f64>, sign: &str) -> String {
        let decimals = self.decimals_of(amount, half);
        let margin = half.filter(|h| *h > 0.0);
        let margin = margin.map(|half| format!(" {sign}{}", fixed(half, decimals))).unwrap_or_default();
        fixed(amount, decimals) + &margin
    }

    /// An amount with the decimals that its uncertainty, where known, makes meaningful.
    pub fn known_to(&self, amount: f64, half: Option<f64>) -> String {
        fixed(amount, self.decimals_of(amount, half))
    }

    /// Decimals that show two digits of the uncertainty, or, where there is none, of the amount.
    pub fn decimals_of(&self, amount: f64, half: Option<f64>) -> usize {
        let smallest = ROUNDING * self.wallet;
        let guide = [half.unwrap_or(0.0), amount.abs()].into_iter().find(|size| *size > smallest);
        guide.map_or(self.decimals, |size| decimals_for(size, self.decimals))
    }
}
