use crate::cli::output;
use crate::error::{Invalid, Result};
use crate::paths::catalogue::{MODELS, model};
use crate::report::model_catalogue::{render_list, render_one};
use crate::text::unknown;

/// `ringfence models`
pub fn models(kind: Option<&str>) -> Result<()> {
    let Some(kind) = kind else { return output::print(&render_list()) };
    let entry = model(kind).ok_or_else(|| {
        let kinds: Vec<&str> = MODELS.iter().map(|model| model.kind).collect();
        unknown(Invalid::new(format!("unknown model kind `{kind}`")), kind, &kinds)
    })?;
    output::print(&render_one(entry))
}
