//! Common jumps and shocks in words.

use crate::domain::{SECONDS_PER_YEAR, Span};
use crate::paths::wording::{jump_size, short};
use crate::paths::{MarketModel, Shock, ShockTime};
use crate::text::format::percent_trimmed;

/// The jumps that assets have in common, where there are any.
pub fn common_jumps_in_words(market: &MarketModel, names: &[&str]) -> Option<String> {
    let jumps = market.common_jumps.as_ref()?;
    let taking_part = names.iter().zip(&jumps.sizes).filter_map(|(name, size)| Some((name, size.as_ref()?)));
    let sizes: Vec<String> = taking_part.map(|(name, jump)| format!("{name} {}", jump_size(jump))).collect();
    Some(format!(
        "Common jumps, {} a year on average, at the same instants: {}; compensated in the drift of price models that have one",
        short(jumps.rate),
        sizes.join("; ")
    ))
}

/// The shock overlay, one sentence a shock.
pub fn shocks_in_words(market: &MarketModel, names: &[&str]) -> Vec<String> {
    let shock = |shock: &Shock| {
        let moves: Vec<String> = names
            .iter()
            .zip(&shock.log_moves)
            .filter(|(_, log_move)| **log_move != 0.0)
            .map(|(name, log_move)| format!("{name} {}", percent_trimmed(libm::expm1(*log_move))))
            .collect();
        let when = match shock.time {
            ShockTime::At(at) => {
                let seconds = libm::round(at * market.step_years * SECONDS_PER_YEAR as f64);
                Span::from_seconds(seconds as u64)
                    .map_or("at once".to_owned(), |span| format!("after {span}"))
            }
            ShockTime::Rate(1.0) => "once a year on average, at random".to_owned(),
            ShockTime::Rate(rate) => format!("{} times a year on average, at random", short(rate)),
        };
        format!("Shock {when}: {}, added to the price models and not compensated", moves.join(", "))
    };
    market.shocks.iter().map(shock).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::{CommonJumps, NormalJump, Shock};

    #[test]
    fn the_overlay_names_its_assets() {
        let shock = |time, log_moves| Shock { time, log_moves };
        let market = MarketModel {
            common_jumps: Some(CommonJumps {
                rate: 4.0,
                sizes: vec![None, Some(NormalJump { mean: -0.1, std: 0.05 })],
            }),
            shocks: vec![
                shock(ShockTime::At(36.0), vec![libm::log1p(-0.3), libm::log1p(0.5)]),
                shock(ShockTime::Rate(1.0), vec![0.0, libm::log1p(-0.2)]),
            ],
            step_years: 1.0 / 8_760.0,
            ..MarketModel::default()
        };
        let names = ["BTC", "ETH"];
        assert_eq!(
            common_jumps_in_words(&market, &names).as_deref(),
            Some(
                "Common jumps, 4 a year on average, at the same instants: ETH mean -0.1 and standard deviation 0.05 in \
                 log price; compensated in the drift of price models that have one"
            )
        );
        assert_eq!(
            shocks_in_words(&market, &names),
            [
                "Shock after 36h: BTC -30 %, ETH 50 %, added to the price models and not compensated",
                "Shock once a year on average, at random: ETH -20 %, added to the price models and not compensated",
            ]
        );
    }
}
