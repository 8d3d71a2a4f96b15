use std::ops::Range;

/// The times of a path: `steps` equal steps from 0 to `horizon_seconds`, both at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Length of a path, seconds.
    pub horizon_seconds: u64,
    /// Number of steps, not necessarily of whole seconds.
    pub steps: u64,
}

impl Clock {
    /// Numbers, from 0, of the payments due at step `step` (from 1) where one is due every `interval_seconds`: those
    /// whose time lies after the step before and not after this one.
    pub fn payments(self, step: u64, interval_seconds: u64) -> Range<u64> {
        let paid_by = |step: u64| {
            let seconds = u128::from(step) * u128::from(self.horizon_seconds);
            (seconds / (u128::from(self.steps) * u128::from(interval_seconds))) as u64
        };
        paid_by(step - 1)..paid_by(step)
    }

    /// Whole steps that pass within so many seconds.
    pub fn steps_within(self, seconds: u64) -> u64 {
        let steps = u128::from(seconds) * u128::from(self.steps) / u128::from(self.horizon_seconds);
        u64::try_from(steps).unwrap_or(u64::MAX)
    }

    /// The least number of steps, at least 1, that take so many seconds or more.
    pub fn steps_for(self, seconds: u64) -> u64 {
        let steps = (u128::from(seconds) * u128::from(self.steps)).div_ceil(u128::from(self.horizon_seconds));
        u64::try_from(steps).unwrap_or(u64::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_fall_on_their_step() {
        // 8 h on hourly steps: step 8, 16, 24; two daily steps hold three each; 3 h on steps of 2 h: steps 2, 3, 5, 6.
        let due = |steps: u64, hours: u64, interval: u64| -> Vec<(u64, u64)> {
            let clock = Clock { horizon_seconds: hours * 3_600, steps };
            (1..=steps)
                .map(|step| (step, clock.payments(step, interval * 3_600)))
                .filter(|(_, range)| !range.is_empty())
                .map(|(step, range)| (step, range.end - range.start))
                .collect()
        };
        assert_eq!(due(24, 24, 8), [(8, 1), (16, 1), (24, 1)]);
        assert_eq!(due(2, 48, 8), [(1, 3), (2, 3)]);
        assert_eq!(due(6, 12, 3), [(2, 1), (3, 1), (5, 1), (6, 1)]);
        let century = Clock { horizon_seconds: 31_536_000_000, steps: u64::from(u32::MAX) };
        assert_eq!(century.payments(century.steps, 1).end, 31_536_000_000);
    }

    #[test]
    fn waiting_is_counted_in_steps() {
        let hourly = Clock { horizon_seconds: 86_400, steps: 24 };
        assert_eq!([30, 3_599, 3_600, 7_201].map(|s| hourly.steps_within(s)), [0, 0, 1, 2]);
        assert_eq!([0, 30, 3_600, 3_601].map(|s| hourly.steps_for(s)), [1, 1, 1, 2]);
    }
}
