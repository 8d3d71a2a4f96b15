use crate::cli::output;
use crate::error::{Invalid, Result};
use crate::paths::catalogue::{MODELS, model};
use crate::report::model_catalogue::{render_list, render_one};
use crate::text::nearest;

/// `ringfence models`
pub fn models(kind: Option<&str>) -> Result<()> {
    let Some(kind) = kind else { return output::print(&render_list()) };
    let entry = model(kind).ok_or_else(|| {
        let kinds: Vec<&str> = MODELS.iter().map(|model| model.kind).collect();
        let near = nearest(kind, kinds.iter().copied());
        let invalid = Invalid::new(format!("unknown model kind `{kind}`")).with_value(kind);
        let invalid = invalid.expected(format!("one of: {}", kinds.join(", ")));
        near.into_iter().fold(invalid, |invalid, near| invalid.with_help(format!("did you mean `{near}`?")))
    })?;
    output::print(&render_one(entry))
}
