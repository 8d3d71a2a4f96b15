//! Joins the histories of all replayed assets: their windows are the paths.

use crate::domain::Span;
use crate::error::Result;
use crate::history::joint::{Gaps, JointCloses, Place, joint_closes};
use crate::history::time::iso;
use crate::paths::{MarketModel, WindowHistory};
use crate::scenario::context::Context;
use crate::scenario::definition::{Scenario, Settings};
use crate::scenario::files::Windows;
use crate::scenario::models::model::{Model, Replayed};
use crate::scenario::models::overflow_check::LARGEST_LOG_RETURN;
use crate::scenario::models::resampling::{bar_step, fail_at, joint_key};
use crate::scenario::sections::modelled::Modelled;
use crate::scenario::syntax::reader::Table;

/// Joins the histories, if any asset is replayed.
///
/// # Errors
/// A bootstrap beside it; assets that differ in stride or gaps; histories that do not fit the step or each other, are
/// shorter than the horizon, or go further than numbers hold.
pub(crate) fn join(
    root: &Table<'_>,
    assets: &[Modelled],
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<Option<WindowHistory>> {
    let replayed: Vec<(&str, &Replayed)> = assets
        .iter()
        .filter_map(|a| match &a.model {
            Model::Replay(model) => Some((a.asset.name.as_str(), model)),
            Model::Formula(_) | Model::Bootstrap(_) => None,
        })
        .collect();
    let Some(&(first_name, first)) = replayed.first() else { return Ok(None) };
    if let Some(other) = assets.iter().find(|a| matches!(a.model, Model::Bootstrap(_))) {
        let what = format!(
            "{} is resampled and {first_name} replayed: they would be taken from different bars, and their dependence \
             lost",
            other.asset.name
        );
        let help = "use bootstrap for both, or replay for both";
        return Err(fail_at(root, &other.asset.name, Place::History, &what, help));
    }
    check_agreement(root, &replayed)?;
    let step = bar_step(root, first_name, settings)?;
    let histories: Vec<_> = replayed.iter().map(|(name, model)| (*name, &*model.history)).collect();
    let gaps = if first.fill_gaps { Gaps::Fill } else { Gaps::Error };
    let key = format!("{:?}", (joint_key(&histories), step, gaps));
    let join = || joint_closes(&histories, step.seconds(), gaps).map(by_row);
    let windows = context.files.windows.get(key, join).map_err(|error| {
        let name = replayed.get(error.asset).map_or(first_name, |(name, _)| *name);
        fail_at(root, name, error.place, &error.what, &error.help)
    })?;
    let joint = &windows.joint;
    check_closes(root, &replayed, joint, settings, step)?;
    context.notes.extend(joint.notes.iter().cloned());
    let stride = usize::try_from(first.stride).unwrap_or(usize::MAX);
    Ok(Some(WindowHistory {
        columns: replayed.len(),
        closes: context.files.numbers(windows.closes.clone()),
        stride,
        first_bar_ms: joint.range_ms.0,
        bar_ms: i64::try_from(step.seconds() * 1_000).unwrap_or(i64::MAX),
    }))
}

fn by_row(joint: JointCloses) -> Windows {
    let bars = joint.columns.first().map_or(0, Vec::len);
    let closes = (0..bars).flat_map(|bar| joint.columns.iter().map(move |column| column[bar])).collect();
    Windows { joint, closes }
}

/// One window serves all, so that stride and gaps must be the same.
fn check_agreement(root: &Table<'_>, replayed: &[(&str, &Replayed)]) -> Result<()> {
    let Some((first_name, first)) = replayed.first() else { return Ok(()) };
    for (name, model) in replayed {
        let place = match (model.stride == first.stride, model.fill_gaps == first.fill_gaps) {
            (true, true) => continue,
            (false, _) => Place::Stride,
            (true, false) => Place::Gaps,
        };
        let what = format!(
            "{first_name} and {name} differ in `stride` or `gaps`, but are replayed from the same windows"
        );
        return Err(fail_at(root, name, place, &what, "give every replayed asset the same stride and gaps"));
    }
    Ok(())
}

fn check_closes(
    root: &Table<'_>,
    replayed: &[(&str, &Replayed)],
    joint: &JointCloses,
    settings: &Settings,
    step: Span,
) -> Result<()> {
    for ((name, _), closes) in replayed.iter().zip(&joint.columns) {
        let bars = closes.len() as u64;
        if bars <= settings.steps {
            let length = Span::from_seconds(bars.saturating_sub(1) * step.seconds());
            let length = length.map_or("nothing".to_owned(), |span| span.to_string());
            let what = format!(
                "the {bars} bars that the histories have in common span {length}, less than the horizon of {}: there \
                 is no window",
                settings.horizon
            );
            let help = "give longer histories, or shorten simulation.horizon";
            return Err(fail_at(root, name, Place::History, &what, help));
        }
        let (low, high) =
            closes.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), p| (low.min(*p), high.max(*p)));
        let log_return = libm::log(high / low);
        if log_return > LARGEST_LOG_RETURN {
            let what = format!(
                "the closes of {name} go from {low} to {high}, a log return of {log_return:.0}; expected at \
                 most {LARGEST_LOG_RETURN}, a factor of 1e26"
            );
            return Err(fail_at(root, name, Place::History, &what, "check the prices of the history"));
        }
    }
    Ok(())
}

/// Limits the paths to the windows there are. Of more windows than paths it takes every n-th, so that the paths are spread
/// over the whole history. A remark names the windows.
pub(crate) fn limit_paths(
    root: &Table<'_>,
    market: &mut MarketModel,
    settings: &mut Settings,
    context: &mut Context<'_>,
) {
    let Some(history) = &mut market.windows else { return };
    let windows = history.windows(settings.steps);
    let every = usize::try_from(windows.div_ceil(settings.paths)).unwrap_or(usize::MAX);
    let thinned = if every > 1 {
        format!(", of which every {every}. is a path, so that they span the whole history")
    } else {
        String::new()
    };
    let stride = if history.stride == 1 { "bar".to_owned() } else { format!("{} bars", history.stride) };
    history.stride = history.stride.saturating_mul(every);
    settings.paths = history.windows(settings.steps);
    if let Ok(table) = root.table("simulation") {
        context.resolve_again(&table.key("paths"), settings.paths);
    }
    let overlap = if settings.paths > 1 && (history.stride as u64) < settings.steps {
        "; they overlap, and are far from independent"
    } else {
        ""
    };
    context.notes.push(format!(
        "replay: {} bars from {} to {} hold {windows} windows of {} ({} steps), one beginning every {stride}{thinned}: \
         {} paths{overlap}",
        history.bars(),
        iso(history.opens_ms(0, 0).0),
        iso(history.first_bar_ms + history.bar_ms * (history.bars() as i64 - 1)),
        settings.horizon,
        settings.steps,
        settings.paths,
    ));
}

impl Scenario {
    /// Whether paths are windows of one history that begin less than a horizon apart: the same bars are then in several
    /// paths, and no sampling error can be stated.
    pub fn windows_overlap(&self) -> bool {
        let windows = self.market.windows.as_ref();
        let several = self.settings.paths > 1;
        several && windows.is_some_and(|windows| (windows.stride as u64) < self.settings.steps)
    }

    /// When the first and the last bar of the window that a path replays opened, as ISO times; `None` where paths are
    /// no windows, or there is no such path.
    pub fn window(&self, path: u64) -> Option<(String, String)> {
        let history = self.market.windows.as_ref().filter(|_| path < self.settings.paths)?;
        let (first, last) = history.opens_ms(path, self.settings.steps);
        Some((iso(first), iso(last)))
    }
}
