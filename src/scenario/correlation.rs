//! `[correlation]`: pairs of Gaussian drivers → a positive definite matrix, or the pair to change.

use rust_decimal::Decimal;

use super::context::Context;
use super::number::nearest_f64;
use super::reader::{Field, Table, nearest};
use super::source::quoted;
use crate::error::{Error, Result};

/// Smallest pivot that counts as positive: below it the matrix is singular for all that rounding can tell.
const SMALLEST_PIVOT: f64 = 1e-12;

/// What the pairs refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Driver<'a> {
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
pub(super) fn read(root: &Table<'_>, drivers: &[Driver<'_>], context: &mut Context<'_>) -> Result<Vec<f64>> {
    let n = drivers.len();
    let table = root.table("correlation")?;
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for (key, field) in table.fields() {
        let assets = read_assets(key, &field, drivers)?;
        if pairs.iter().any(|earlier| earlier.assets == assets) {
            let what = format!("`{}`: the correlation of these two assets is written twice", field.path);
            return Err(field.fail(&what, "write each pair once; A/B and B/A are the same"));
        }
        let rho = field.decimal_in(
            |rho| rho > Decimal::NEGATIVE_ONE && rho < Decimal::ONE,
            "−1 < rho < 1",
            &format!("\"{key}\" = 0.8"),
        )?;
        pairs.push(Pair { assets, rho, field });
    }
    let mut matrix = vec![0.0; n * n];
    for i in 0..n {
        matrix[i * n + i] = 1.0;
    }
    for Pair { assets: (i, j), rho, .. } in &pairs {
        matrix[i * n + j] = nearest_f64(*rho);
        matrix[j * n + i] = nearest_f64(*rho);
    }
    if cholesky(&matrix, n).is_none() {
        return Err(not_positive_definite(&pairs, &matrix, drivers));
    }
    resolve_pairs(&table, &pairs, drivers, context);
    Ok(matrix)
}

/// Every pair of drivers in the assets' order, so that `A/B` and `B/A`, or 0 and nothing, are one setting.
fn resolve_pairs(table: &Table<'_>, pairs: &[Pair<'_>], drivers: &[Driver<'_>], context: &mut Context<'_>) {
    for (i, first) in drivers.iter().enumerate().filter(|(_, driver)| driver.gaussian) {
        for (j, second) in drivers.iter().enumerate().skip(i + 1).filter(|(_, driver)| driver.gaussian) {
            let written = pairs.iter().find(|pair| pair.assets == (i, j));
            let rho = written.map_or(Decimal::ZERO, |pair| pair.rho);
            context.resolve_decimal(table.key(&format!("{}/{}", first.name, second.name)), rho);
        }
    }
}

/// The two assets of a key, the earlier first.
fn read_assets(key: &str, field: &Field<'_>, drivers: &[Driver<'_>]) -> Result<(usize, usize)> {
    let Some((a, b)) = key.split_once('/') else {
        let what = format!("`{}` does not name two assets", field.path);
        return Err(field.fail(&what, "write \"A/B\" = 0.8 with the names of two assets"));
    };
    let (a, b) = (find(a, field, drivers)?, find(b, field, drivers)?);
    if a == b {
        let what = format!("`{}` correlates an asset with itself", field.path);
        return Err(field.fail(&what, "name two different assets"));
    }
    Ok((a.min(b), a.max(b)))
}

fn find(name: &str, field: &Field<'_>, drivers: &[Driver<'_>]) -> Result<usize> {
    let Some(index) = drivers.iter().position(|driver| driver.name == name) else {
        let what = format!("`{}`: there is no asset {}", field.path, quoted(name));
        let names: Vec<&str> = drivers.iter().map(|driver| driver.name).collect();
        let near = nearest(name, names.iter().copied()).map(|near| format!("did you mean {near}? "));
        return Err(
            field.fail(&what, &format!("{}the assets are {}", near.unwrap_or_default(), names.join(", ")))
        );
    };
    if !drivers.get(index).is_some_and(|driver| driver.gaussian) {
        let what = format!("`{}`: {name} is resampled from a history and has no Gaussian driver", field.path);
        let help = "remove the pair: the dependence of histories comes from their joint rows";
        return Err(field.fail(&what, help));
    }
    Ok(index)
}

/// Names the pair whose correlation needs the least change, or the factor that works for all together.
fn not_positive_definite(pairs: &[Pair<'_>], matrix: &[f64], drivers: &[Driver<'_>]) -> Error {
    let n = drivers.len();
    let proposal = pairs
        .iter()
        .filter_map(|pair| {
            let (i, j) = pair.assets;
            let value = nearest_that_works(matrix, n, i, j)?;
            Some((pair, value, (value - matrix[i * n + j]).abs()))
        })
        .min_by(|a, b| a.2.total_cmp(&b.2));
    if let Some((pair, value, _)) = proposal {
        let what = format!(
            "the correlations contradict each other: with the others as they are, `{}` = {} makes a matrix that is \
             not positive definite",
            pair.field.path, pair.rho
        );
        return pair.field.fail(&what, &format!("the nearest value that works is {value}"));
    }
    let what = "the correlations contradict each other: their matrix is not positive definite, and no single pair \
                can be changed so that it is";
    let help = match largest_factor(matrix, n) {
        Some(percent) => format!("multiplied by 0.{percent:02}, all together work"),
        None => "lower them towards 0".to_owned(),
    };
    match pairs.first() {
        Some(pair) => pair.field.fail(what, &help),
        None => Error::input(format!("{what}; {help}")),
    }
}

/// The largest factor in per cent by which all off-diagonal entries may be multiplied.
fn largest_factor(matrix: &[f64], n: usize) -> Option<u32> {
    (1..100).rev().find(|percent| {
        let factor = f64::from(*percent) / 100.0;
        let mut scaled: Vec<f64> = matrix.iter().map(|rho| rho * factor).collect();
        for i in 0..n {
            scaled[i * n + i] = 1.0;
        }
        cholesky(&scaled, n).is_some()
    })
}

/// The value of entry (i, j) nearest to the present one that makes the matrix positive definite, the
/// others fixed, to 4 decimals; `None` where there is none.
///
/// With i and j last and `L` the factor of the others, let `u = L⁻¹ r_i` and `v = L⁻¹ r_j`. What
/// remains is the 2 × 2 Schur complement `[[1 − u·u, rho − u·v], [rho − u·v, 1 − v·v]]`, positive definite
/// for `|rho − u·v| < sqrt((1 − u·u)(1 − v·v))`.
fn nearest_that_works(matrix: &[f64], n: usize, i: usize, j: usize) -> Option<f64> {
    let others: Vec<usize> = (0..n).filter(|k| *k != i && *k != j).collect();
    let m = others.len();
    let rest: Vec<f64> = others.iter().flat_map(|r| others.iter().map(move |c| matrix[r * n + c])).collect();
    let factor = cholesky(&rest, m)?;
    let solve = |row: usize| {
        let mut u: Vec<f64> = Vec::with_capacity(m);
        for (k, other) in others.iter().enumerate() {
            let known: f64 = u.iter().enumerate().map(|(l, value)| factor[k * m + l] * value).sum();
            u.push((matrix[row * n + other] - known) / factor[k * m + k]);
        }
        u
    };
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
    let (u, v) = (solve(i), solve(j));
    let (a, b) = (1.0 - dot(&u, &u), 1.0 - dot(&v, &v));
    if !(a > 0.0 && b > 0.0) {
        return None;
    }
    let (centre, half) = (dot(&u, &v), (a * b).sqrt());
    let above = matrix[i * n + j] > centre;
    let edge = if above { ((centre + half) * 1e4).floor() } else { ((centre - half) * 1e4).ceil() };
    // On the edge itself the matrix is singular: at most one step further in is needed.
    let inward = if above { -1.0 } else { 1.0 };
    [edge, edge + inward].into_iter().map(|steps| steps / 1e4).find(|rho| {
        let mut changed = matrix.to_vec();
        changed[i * n + j] = *rho;
        changed[j * n + i] = *rho;
        rho.abs() < 1.0 && cholesky(&changed, n).is_some()
    })
}

/// Lower triangular factor, row-major; `None` unless positive definite.
fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum();
            let left = matrix[i * n + j] - known;
            if i != j {
                factor[i * n + j] = left / factor[j * n + j];
            } else if left > SMALLEST_PIVOT {
                factor[i * n + i] = left.sqrt();
            } else {
                return None;
            }
        }
    }
    Some(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 3 × 3 correlation matrix is positive definite exactly when its determinant
    /// 1 + 2abc − a² − b² − c² is positive (with |a|, |b|, |c| < 1).
    fn determinant(a: f64, b: f64, c: f64) -> f64 {
        1.0 + 2.0 * a * b * c - a * a - b * b - c * c
    }

    fn three(a: f64, b: f64, c: f64) -> Vec<f64> {
        vec![1.0, a, b, a, 1.0, c, b, c, 1.0]
    }

    #[test]
    fn agrees_with_the_determinant_of_three_assets() {
        let mut seen = [0, 0];
        for x in -9..=9 {
            for y in -9..=9 {
                for z in -9..=9 {
                    let [a, b, c] = [x, y, z].map(|k| f64::from(k) / 9.5);
                    let positive = determinant(a, b, c) > 0.0;
                    seen[usize::from(positive)] += 1;
                    assert_eq!(cholesky(&three(a, b, c), 3).is_some(), positive, "{a} {b} {c}");
                }
            }
        }
        assert!(seen[0] > 1_000 && seen[1] > 1_000);
    }

    #[test]
    fn proposes_the_nearest_value() {
        // a = 0.9, b = 0.9: c > a·b − sqrt((1 − a²)(1 − b²)) = 0.81 − 0.19 = 0.62.
        let value = nearest_that_works(&three(0.9, 0.9, -0.5), 3, 1, 2);
        assert_eq!(value, Some(0.6201));
        // Above: a = 0.6, b = −0.6: c < −0.36 + 0.64 = 0.28.
        assert_eq!(nearest_that_works(&three(0.6, -0.6, 0.9), 3, 1, 2), Some(0.2799));
    }

    #[test]
    fn scales_where_no_pair_helps() {
        // Four assets, every correlation −0.9: the smallest eigenvalue 1 − 3·0.9·t is positive for
        // t < 0.3704; and any three of them contradict each other already.
        let mut matrix = vec![-0.9; 16];
        for i in 0..4 {
            matrix[i * 4 + i] = 1.0;
        }
        assert_eq!(nearest_that_works(&matrix, 4, 0, 1), None);
        assert_eq!(largest_factor(&matrix, 4), Some(37));
    }
}
