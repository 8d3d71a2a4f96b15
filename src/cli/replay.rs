use crate::cli::args::ReplayOptions;
use crate::cli::output;
use crate::domain::MarginMode;
use crate::error::{Invalid, Result};
use crate::run;

/// `ringfence replay`
pub fn replay(options: &ReplayOptions) -> Result<()> {
    let chosen: Vec<_> = options.scenario.iter().cloned().collect();
    for scenario in options.changes.load(&chosen)? {
        let modes = match &options.mode {
            Some(name) => vec![mode_named(name)?],
            None => scenario.settings.modes.clone(),
        };
        output::print(&run::replay(&scenario, &modes, options.path)?)?;
    }
    Ok(())
}

fn mode_named(name: &str) -> Result<MarginMode> {
    MarginMode::ALL.into_iter().find(|mode| mode.name() == name).ok_or_else(|| {
        let names = MarginMode::ALL.map(MarginMode::name).join(", ");
        let invalid =
            Invalid::new(format!("unknown value `{name}` of --mode")).of_key("--mode").with_value(name);
        invalid.expected(format!("one of: {names}")).into()
    })
}
