//! Quantiles of account equity over time.

use crate::report::charts::axis::{Axis, Clock, Quantity, roomy, span_of};
use crate::report::charts::format::grouped;
use crate::report::charts::input::ChartInput;
use crate::report::charts::page::Page;
use crate::report::charts::panel::Panel;
use crate::report::charts::picture::{Picture, Swatch};
use crate::report::charts::style::{DARK, GREY, of_mode};
use crate::report::charts::text::one_line;
use crate::simulation::SampledMode;
use crate::text::format::paths;

const LEVELS: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Bands between the 5 % and 95 % and between the 25 % and 75 % quantiles with the median, taken at
/// each recorded step by itself, one panel a mode.
pub fn picture(input: &ChartInput<'_>) -> Option<Picture> {
    let modes = &input.sample.modes;
    let sampled = modes.iter().map(|m| m.equity.len()).max().filter(|n| *n > 0)?;
    let fans: Vec<_> = modes.iter().map(|m| fan(m, input.sample.steps.len())).collect();
    if fans.iter().all(Vec::is_empty) {
        return None;
    }
    let legend = vec![
        (Swatch::Line(GREY, None), "median".to_owned()),
        (Swatch::Band(GREY.tint(0.55)), "25 % to 75 %".to_owned()),
        (Swatch::Band(GREY.tint(0.25)), "5 % to 95 %".to_owned()),
        (Swatch::Line(DARK, Some((6.0, 5.0))), "opening equity".to_owned()),
    ];
    let notes = vec![format!(
        "Quantiles at each time over the first {} of {}. No single path follows the edge of a band.",
        grouped(sampled as f64, 0),
        paths(input.outcome.paths)
    )];
    let page = Page {
        heading: "Equity fan: quantiles of account equity over time",
        legend,
        notes,
        panels: modes.len(),
    };
    let (mut picture, space) = page.begin(input);
    let values = fans.iter().flatten().flatten().copied();
    let span = roomy(span_of(values.chain([input.opening_equity])), 0.03);
    let y = Axis::new("Account equity", &Quantity::Money(one_line(input.currency)), span, 8, None);
    let clock = Clock::new(input.horizon_days, input.steps);
    let x = clock.axis(Panel::share_of_width(space, &y, modes.len()));
    let captions: Vec<_> = modes.iter().map(|m| (m.mode.to_string(), of_mode(m.mode).ink)).collect();
    let panels = Panel::row(&mut picture, space, &x, &y, &captions);
    for ((panel, mode), fan) in panels.iter().zip(modes).zip(&fans) {
        let ink = of_mode(mode.mode).ink;
        let edge = |level: usize| -> Vec<_> {
            let values = fan.iter().filter_map(|quantiles| quantiles.get(level));
            input.sample.steps.iter().zip(values).map(|(step, v)| panel.at(clock.at(*step), *v)).collect()
        };
        for (lower, upper, strength) in [(0, 4, 0.25), (1, 3, 0.55)] {
            let mut band = edge(upper);
            band.extend(edge(lower).into_iter().rev());
            picture.area(band, ink.tint(strength), 1.0);
        }
        panel.level(&mut picture, input.opening_equity);
        picture.line(edge(2), ink.tint(1.0), 3.0, None);
    }
    Some(picture)
}

/// Type-1 quantiles at each recorded step.
fn fan(mode: &SampledMode, steps: usize) -> Vec<[f64; 5]> {
    (0..steps)
        .map_while(|i| {
            let mut values: Vec<f64> = mode.equity.iter().filter_map(|path| path.get(i)).copied().collect();
            values.sort_by(f64::total_cmp);
            let rank = |p: f64| ((p * values.len() as f64).ceil() as usize).max(1) - 1;
            let quantiles = LEVELS.map(|p| values.get(rank(p)).copied());
            match quantiles {
                [Some(a), Some(b), Some(c), Some(d), Some(e)] => Some([a, b, c, d, e]),
                _ => None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MarginMode;

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let equity = (1..=100).rev().map(|i| vec![100.0, f64::from(i)]).collect();
        let mode = SampledMode {
            mode: MarginMode::Cross,
            equity,
            first_liquidation: vec![None; 100],
            drawdown_relative: vec![0.0; 100],
        };
        assert_eq!(fan(&mode, 2), vec![[100.0; 5], [5.0, 25.0, 50.0, 75.0, 95.0]]);
    }
}
