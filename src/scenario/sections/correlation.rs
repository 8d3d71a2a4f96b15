//! `[correlation]`: pairs of Gaussian drivers → a positive definite matrix, or the pair to change.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::domain::to_f64;
use crate::error::{Error, Invalid, Result};
use crate::paths::{SMALLEST_PIVOT, cholesky};
use crate::scenario::context::Context;
use crate::scenario::models::positive_definite::{largest_factor, nearest_that_works, smallest_eigenvalue};
use crate::scenario::models::shock_overlay::find_asset;
use crate::scenario::syntax::reader::{Field, Table};

/// Pairs up to which each is tried as the one to change: a trial factors the matrix three times.
const MAX_TRIALS: usize = 100;

/// What the pairs refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Driver<'a> {
    /// Asset.
    pub name: &'a str,
    /// Whether its model has a Gaussian driver.
    pub gaussian: bool,
}

struct Pair<'a> {
    assets: (usize, usize),
    rho: Decimal,
    field: Field<'a>,
}

/// Reads `[correlation]` into an `n × n` matrix, row-major, ones on the diagonal, 0 where no pair is written.
///
/// # Errors
/// Unknown, equal or repeated assets; an asset without a driver; rho outside −1 < rho < 1; a matrix that
/// is not positive definite.
pub(crate) fn read(root: &Table<'_>, drivers: &[Driver<'_>], context: &mut Context<'_>) -> Result<Vec<f64>> {
    let n = drivers.len();
    let table = root.table("correlation")?;
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    let mut known = BTreeSet::new();
    for (key, field) in table.fields() {
        let assets = read_assets(key, &field, drivers)?;
        if !known.insert(assets) {
            let what = format!("duplicate correlation `{}` of the same two assets", field.path);
            return Err(field.fail(&what, "remove one of the two; A/B and B/A are the same pair"));
        }
        let rho = field.decimal_in(
            |rho| rho > Decimal::NEGATIVE_ONE && rho < Decimal::ONE,
            "a correlation greater than −1 and less than 1",
            &format!("\"{key}\" = 0.8"),
        )?;
        let pair = Pair { assets, rho, field };
        check_distance(&pair)?;
        pairs.push(pair);
    }
    let mut matrix = vec![0.0; n * n];
    for i in 0..n {
        matrix[i * n + i] = 1.0;
    }
    for Pair { assets: (i, j), rho, .. } in &pairs {
        matrix[i * n + j] = to_f64(*rho);
        matrix[j * n + i] = to_f64(*rho);
    }
    if cholesky(&matrix, n).is_none() {
        return Err(not_positive_definite(&pairs, &matrix, drivers));
    }
    resolve_pairs(&table, &pairs, drivers, context);
    Ok(matrix)
}

/// Refuses what rounding cannot tell from 1 or −1.
fn check_distance(pair: &Pair<'_>) -> Result<()> {
    let rho = to_f64(pair.rho);
    if (1.0 - rho) * (1.0 + rho) > SMALLEST_PIVOT {
        return Ok(());
    }
    let one = if rho > 0.0 { "1" } else { "−1" };
    let what = format!(
        "`{}` is {}, which is so close to {one} that the two assets would move as one",
        pair.field.path, pair.rho
    );
    let help = format!(
        "write {}, or simulate only one of the two assets",
        if rho > 0.0 { "0.9999" } else { "-0.9999" }
    );
    Err(pair.field.fail(&what, &help))
}

/// Every pair of drivers in the assets' order, so that `A/B` and `B/A`, or 0 and nothing, are one setting.
fn resolve_pairs(table: &Table<'_>, pairs: &[Pair<'_>], drivers: &[Driver<'_>], context: &mut Context<'_>) {
    let written: BTreeMap<_, _> = pairs.iter().map(|pair| (pair.assets, pair.rho)).collect();
    for (i, first) in drivers.iter().enumerate().filter(|(_, driver)| driver.gaussian) {
        for (j, second) in drivers.iter().enumerate().skip(i + 1).filter(|(_, driver)| driver.gaussian) {
            let rho = written.get(&(i, j)).copied().unwrap_or_default();
            context.resolve_decimal(table.key(&format!("{}/{}", first.name, second.name)), rho);
        }
    }
}

/// The two assets of a key, the earlier first.
fn read_assets(key: &str, field: &Field<'_>, drivers: &[Driver<'_>]) -> Result<(usize, usize)> {
    let Some((a, b)) = key.split_once('/') else {
        let what = format!("`{}` does not name two assets", field.path);
        return Err(field.fail(&what, "write \"A/B\" = 0.8, with the names of two assets"));
    };
    let (a, b) = (find(a, field, drivers)?, find(b, field, drivers)?);
    if a == b {
        let what = format!("`{}` correlates an asset with itself", field.path);
        return Err(field.fail(&what, "name two different assets"));
    }
    Ok((a.min(b), a.max(b)))
}

fn find(name: &str, field: &Field<'_>, drivers: &[Driver<'_>]) -> Result<usize> {
    let names: Vec<&str> = drivers.iter().map(|driver| driver.name).collect();
    let index = find_asset(name, field, &names)?;
    if !drivers.get(index).is_some_and(|driver| driver.gaussian) {
        let what = format!("`{}`: {name} follows a history and has no Gaussian driver", field.path);
        let help = "remove the pair; the dependence of histories comes from their joint rows";
        return Err(field.fail(&what, help));
    }
    Ok(index)
}

/// Names the pair whose correlation needs the least change, or the factor that works for all together.
fn not_positive_definite(pairs: &[Pair<'_>], matrix: &[f64], drivers: &[Driver<'_>]) -> Error {
    let n = drivers.len();
    let eigenvalue = smallest_eigenvalue(matrix, n);
    // Scientific where four decimals would show 0.
    let eigenvalue =
        if eigenvalue.abs() < 1e-3 { format!("{eigenvalue:.1e}") } else { format!("{eigenvalue:.4}") };
    let tried = if pairs.len() <= MAX_TRIALS { pairs } else { &[] };
    let proposal = tried
        .iter()
        .filter_map(|pair| {
            let (i, j) = pair.assets;
            let value = nearest_that_works(matrix, n, i, j)?;
            Some((pair, value, (value - matrix[i * n + j]).abs()))
        })
        .min_by(|a, b| a.2.total_cmp(&b.2));
    if let Some((pair, value, _)) = proposal {
        let what = format!(
            "the correlations contradict each other: with `{}` = {}, the matrix is not positive definite (its smallest \
             eigenvalue is {eigenvalue})",
            pair.field.path, pair.rho
        );
        return pair.field.fail(&what, &format!("write {value}, the nearest value that works"));
    }
    let what = format!(
        "the correlations contradict each other: their matrix is not positive definite (its smallest eigenvalue is \
         {eigenvalue}){}",
        if tried.is_empty() { "" } else { ", and changing a single pair cannot make it so" }
    );
    let help = match largest_factor(matrix, n) {
        Some(percent) => format!("multiply all of them by 0.{percent:02}, or by less"),
        None => "lower them towards 0".to_owned(),
    };
    match pairs.first() {
        Some(pair) => pair.field.fail(&what, &help),
        None => Invalid::new(what).of_key("correlation").with_help(help).into(),
    }
}
