use rust_decimal::Decimal;

use super::ledger::Balance;

/// What an account has been through, seen step by step in exact decimals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// Equity at the last step seen.
    pub equity: Decimal,
    /// Largest equity so far.
    pub peak: Decimal,
    /// Smallest equity so far.
    pub least_equity: Decimal,
    /// Largest fall below the running peak, account currency.
    pub drawdown: Decimal,
    /// Largest fall relative to the running peak, at most 1, rounded to 28 digits.
    pub relative_drawdown: Decimal,
    /// The last balance seen; `None` before the first step.
    pub balance: Option<Balance>,
    /// Both sides of every balance seen were equal.
    pub is_conserved: bool,
}

impl AccountRecord {
    /// At time 0, with this opening equity.
    pub fn open(equity: Decimal) -> Self {
        Self {
            equity,
            peak: equity,
            least_equity: equity,
            drawdown: Decimal::ZERO,
            relative_drawdown: Decimal::ZERO,
            balance: None,
            is_conserved: true,
        }
    }

    /// The balance after a step.
    pub fn see(&mut self, balance: Balance) {
        self.is_conserved &= balance.held == balance.explained;
        self.equity = balance.held;
        self.peak = self.peak.max(self.equity);
        self.least_equity = self.least_equity.min(self.equity);
        let drop = self.peak - self.equity;
        self.drawdown = self.drawdown.max(drop);
        // A pool that waits may owe more than the account holds; nobody collects it.
        let relative = drop.checked_div(self.peak).unwrap_or(Decimal::ONE).min(Decimal::ONE);
        self.relative_drawdown = self.relative_drawdown.max(relative);
        self.balance = Some(balance);
    }
}
