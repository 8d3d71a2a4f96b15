//! Pure functions over numbers: estimates with their uncertainty.

mod binomial;
mod difference;
mod distribution;
mod exact_sum;
mod histogram;
mod moments;
mod normal;
mod paired;
mod proportion;
mod quantile;
mod step_counts;
mod student_t;
mod survival;
mod tail;
mod twins;

pub use binomial::{binomial_lower_tail, binomial_pmf, binomial_upper_tail};
pub use difference::{Bounded, MeanOf, difference_of_bounded, difference_of_means};
pub use distribution::Distribution;
pub use histogram::Histogram;
pub use moments::{MeanEstimate, Moments};
pub use normal::{normal_cdf, normal_quantile, two_sided_z};
pub use paired::{
    mcnemar_exact, newcombe_of_clusters, newcombe_paired, proportion_difference_std_error,
    proportion_variance_factor, variance_factor,
};
pub use proportion::{Interval, proportion_std_error, wilson, wilson_of_clusters};
pub use quantile::{quantile_rank, rank_interval};
pub use step_counts::StepCounts;
pub use student_t::{mean_half_width, two_sided_t};
pub use survival::{
    SurvivalPoint, liquidation_step_at_rank, liquidation_step_quantile, mean_liquidation_step,
    restricted_mean_step, survival,
};
pub use twins::{LARGEST_EFFECT, Tail, TwinDifferences, TwinProportion, largest_tail_effect, widened_ranks};
