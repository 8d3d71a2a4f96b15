use crate::cli::output;
use crate::error::{Error, Result};
use crate::paths::catalogue::{MODELS, model};
use crate::report::model_catalogue::{render_list, render_one};
use crate::text::nearest;

/// `ringfence models`
pub fn models(kind: Option<&str>) -> Result<()> {
    let Some(kind) = kind else { return output::print(&render_list()) };
    let entry = model(kind).ok_or_else(|| {
        let kinds: Vec<&str> = MODELS.iter().map(|model| model.kind).collect();
        let near = nearest(kind, kinds.iter().copied());
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        Error::input(format!("there is no model {kind:?}; {near}write one of: {}", kinds.join(", ")))
    })?;
    output::print(&render_one(entry))
}
