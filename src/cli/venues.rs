use super::output;
use crate::error::Result;
use crate::scenario;

/// `ringfence venues`
pub fn venues(name: Option<&str>) -> Result<()> {
    match name {
        Some(name) => output::print(&scenario::describe_preset(name)?),
        None => output::print(&scenario::list_presets()),
    }
}
