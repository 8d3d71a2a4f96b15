//! Models with a law: from a table's keys to the law, and what its parameters must meet together.

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::error::Result;
use crate::paths::catalogue::ValueKind;
use crate::paths::{
    Bates, Garch, Gbm, Heston, Innovations, Kou, Merton, Nig, NormalJump, NormalJumps, Ou, VarianceGamma,
};
use crate::scenario::context::Context;
use crate::scenario::definition::Settings;
use crate::scenario::models::parameters::whole_seconds;
use crate::scenario::models::parameters::{Keys, whole_steps};
use crate::scenario::syntax::source::quoted;
use crate::text::nearest;

pub(crate) fn gbm(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Gbm> {
    let mut number = |name| keys.number(name, context);
    Ok(Gbm { drift: number("drift")?, volatility: number("volatility")? })
}

pub(crate) fn merton(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<Merton> {
    let Gbm { drift, volatility } = gbm(keys, context)?;
    Ok(Merton { drift, volatility, jumps: normal_jumps(keys, settings, context)? })
}

fn normal_jumps(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<NormalJumps> {
    let rate = keys.rate("jump_rate", settings.horizon, context)?;
    let mean = keys.number("jump_mean", context)?;
    let std = keys.number("jump_std", context)?;
    Ok(NormalJumps { rate, size: NormalJump { mean, std } })
}

pub(crate) fn kou(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<Kou> {
    let Gbm { drift, volatility } = gbm(keys, context)?;
    Ok(Kou {
        drift,
        volatility,
        jump_rate: keys.rate("jump_rate", settings.horizon, context)?,
        up_probability: keys.number("up_probability", context)?,
        up_rate: keys.number("up_rate", context)?,
        down_rate: keys.number("down_rate", context)?,
    })
}

pub(crate) fn heston(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Heston> {
    let mut number = |name| keys.number(name, context);
    Ok(Heston {
        drift: number("drift")?,
        initial_variance: number("initial_variance")?,
        mean_reversion: number("mean_reversion")?,
        long_run_variance: number("long_run_variance")?,
        vol_of_vol: number("vol_of_vol")?,
        correlation: number("correlation")?,
    })
}

pub(crate) fn bates(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<Bates> {
    Ok(Bates { heston: heston(keys, context)?, jumps: normal_jumps(keys, settings, context)? })
}

pub(crate) fn garch(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<Garch> {
    let Gbm { drift, volatility } = gbm(keys, context)?;
    let [alpha, beta, gamma] = ["alpha", "beta", "gamma"].map(|name| keys.decimal(name, context));
    let (alpha, beta, gamma) = (alpha?, beta?, gamma?);
    if alpha + gamma < Decimal::ZERO {
        let what = format!(
            "`{}`: alpha + gamma is {}, so that a loss would lower the variance below zero; allowed: 0 or more",
            keys.table.path(),
            (alpha + gamma).normalize()
        );
        return Err(keys.table.fail(&what, "raise gamma to at least −alpha"));
    }
    let innovations = innovations(keys, context)?;
    let interval_steps = interval(keys, settings, context)?;
    let law = Garch {
        drift,
        volatility,
        alpha: to_f64(alpha),
        beta: to_f64(beta),
        gamma: to_f64(gamma),
        innovations,
        interval_steps,
        initial_variance: 1.0,
    };
    let persistence = alpha + beta + gamma / Decimal::TWO;
    if persistence >= Decimal::ONE || law.persistence() >= 1.0 {
        let what = format!(
            "`{}`: alpha + beta + gamma/2 is {}: from 1 on shocks to the variance never fade, and it has no long-run \
             value",
            keys.table.path(),
            persistence.normalize()
        );
        return Err(keys
            .table
            .fail(&what, "lower alpha, beta or gamma until the sum is below 1, such as 0.98"));
    }
    Ok(law)
}

fn innovations(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Innovations> {
    let name = "innovations";
    let ValueKind::WordOrTable(word, inner) = keys.parameter(name)?.value else {
        return Ok(Innovations::Normal);
    };
    match keys.field(name)? {
        Some(field) if field.is_table() => {
            let table = field.table()?;
            let inner = Keys::new(&table, inner, &[])?;
            Ok(Innovations::StudentT(inner.number("student_t", context)?))
        }
        written => {
            if let Some(field) = written {
                field.word(&[(word, ())], &[]).map_err(|_| match field.text("") {
                    // Degrees of freedom belong into a table.
                    Ok("student_t") => field.fail(
                        &format!("`{}` is \"student_t\" without its degrees of freedom", field.path),
                        "write innovations = { student_t = 5 }",
                    ),
                    Ok(text) => {
                        let near = nearest(text, [word].into_iter());
                        let meant = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
                        field.fail(
                            &format!("`{}` is {}, which is none of its values", field.path, quoted(text)),
                            &format!("{meant}write \"{word}\", or {{ student_t = 5 }}"),
                        )
                    }
                    Err(_) => field.fail(
                        &format!("`{}` is neither a word nor a table", field.path),
                        &format!("write \"{word}\", or {{ student_t = 5 }}"),
                    ),
                })?;
            }
            context.resolve(keys.table.key(name), word);
            Ok(Innovations::Normal)
        }
    }
}

/// Steps between two updates of the variance.
fn interval(keys: &Keys<'_, '_>, settings: &Settings, context: &mut Context<'_>) -> Result<u32> {
    let Settings { horizon, steps, .. } = *settings;
    let (count, length) = match keys.field("interval")? {
        Some(field) => {
            let length = field.span("interval = \"1h\"")?;
            (whole_steps(&field, length, horizon, steps)?, Some(length))
        }
        None => (1, whole_seconds(horizon, steps)),
    };
    match length {
        Some(length) => context.resolve(keys.table.key("interval"), length),
        None => context.resolve(keys.table.key("interval"), "1 step"),
    }
    // At most as many as the horizon has, which is ten million.
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(crate) fn ou(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Ou> {
    let mut number = |name| keys.number(name, context);
    Ok(Ou {
        level: number("level")?,
        mean_reversion: number("mean_reversion")?,
        volatility: number("volatility")?,
    })
}

/// Shape of a step's clock from which on it runs even to all that paths can tell, and its table takes long to make.
const LARGEST_SHAPE: f64 = 1e6;

pub(crate) fn variance_gamma(
    keys: &Keys<'_, '_>,
    settings: &Settings,
    context: &mut Context<'_>,
) -> Result<VarianceGamma> {
    let Gbm { drift, volatility } = gbm(keys, context)?;
    let (skew, nu) = (keys.number("skew", context)?, keys.number("nu", context)?);
    let taken = nu * (skew + 0.5 * volatility * volatility);
    if taken >= 1.0 {
        let what = format!(
            "`{}`: skew·nu + volatility²·nu/2 is {taken}: from 1 on the expected price does not exist",
            keys.table.path()
        );
        return Err(keys.table.fail(&what, "lower nu, skew or volatility"));
    }
    let shape = settings.horizon.years() / settings.steps as f64 / nu;
    if shape > LARGEST_SHAPE {
        let what = format!(
            "`{}`: a step is {shape:.0} times nu, so that the clock runs even; allowed: {LARGEST_SHAPE:.0}",
            keys.table.path()
        );
        return Err(keys.table.fail(&what, "use kind = \"gbm\", a larger nu, or a shorter simulation.step"));
    }
    Ok(VarianceGamma { drift, volatility, skew, nu })
}

pub(crate) fn nig(keys: &Keys<'_, '_>, context: &mut Context<'_>) -> Result<Nig> {
    let mut number = |name| keys.number(name, context);
    let law = Nig {
        drift: number("drift")?,
        alpha: number("alpha")?,
        beta: number("beta")?,
        delta: number("delta")?,
    };
    let largest = law.beta.abs().max((law.beta + 1.0).abs());
    if largest >= law.alpha {
        let what = format!(
            "`{}`: alpha is {} and beta {}; alpha must exceed |beta| and |beta + 1|, here {largest}, or the expected \
             price does not exist",
            keys.table.path(),
            law.alpha,
            law.beta
        );
        return Err(keys.table.fail(&what, "raise alpha, or bring beta nearer to −0.5"));
    }
    Ok(law)
}
