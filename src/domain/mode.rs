use std::fmt;

/// How the positions of an account are divided into pools of collateral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarginMode {
    /// One pool per position, holding only the margin allocated to it.
    Isolated,
    /// One pool: the whole wallet behind every position.
    Cross,
    /// Each position names its own collateral; see [`Collateral`].
    Mixed,
}

impl MarginMode {
    /// Every mode, in the order in which help texts list them.
    pub const ALL: [Self; 3] = [Self::Isolated, Self::Cross, Self::Mixed];

    /// The name used in scenario files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Isolated => "isolated",
            Self::Cross => "cross",
            Self::Mixed => "mixed",
        }
    }
}

impl fmt::Display for MarginMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What backs one position: its own margin, or the wallet it shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collateral {
    /// The margin allocated to this position alone.
    Isolated,
    /// The wallet, together with every other cross position.
    Cross,
}

impl Collateral {
    /// The name used in scenario files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Isolated => "isolated",
            Self::Cross => "cross",
        }
    }
}

/// When the margin check is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Monitoring {
    /// At the end of each step.
    #[default]
    Step,
    /// At every moment.
    Continuous,
}

impl Monitoring {
    /// The name used in scenario files and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Continuous => "continuous",
        }
    }
}
