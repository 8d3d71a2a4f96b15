//! Numbers as written → exact decimals, without rounding on the way.

use rust_decimal::{Decimal, RoundingStrategy};

/// Digits that a [`Decimal`] holds without rounding.
const EXACT_DIGITS: usize = 28;

/// Why a text is not an exact decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// Not a number at all.
    Syntax,
    /// `nan`, `inf`.
    NotFinite,
    /// So many significant digits, decimals or zeros that 28 digits cannot hold it.
    TooManyDigits,
}

impl NumberError {
    /// What is wrong, to follow the value.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Syntax => "is not a number",
            Self::NotFinite => "is not a finite number",
            Self::TooManyDigits => "needs more than the 28 digits that are kept exactly",
        }
    }
}

/// Reads `1_000`, `-0.5`, `6e4`: a sign, digits with single underscores between them, a fraction,
/// an exponent. Nothing is rounded: what does not fit is refused.
///
/// # Errors
/// [`NumberError`].
pub(crate) fn exact_decimal(text: &str) -> Result<Decimal, NumberError> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
        return Err(NumberError::NotFinite);
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| NumberError::Syntax)?),
        None => (unsigned, 0_i64),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (digits(whole)?, digits(fraction)?),
        None => (digits(mantissa)?, String::new()),
    };
    let all = format!("{whole}{fraction}");
    let kept = all.trim_end_matches('0');
    let dropped_zeros = (all.len() - kept.len()) as i64;
    let scale = (fraction.len() as i64).saturating_sub(dropped_zeros).saturating_sub(exponent);
    let value = assemble(kept.trim_start_matches('0'), scale)?;
    // Without this the sign of −0 would make two spellings of one setting.
    Ok(if text.starts_with('-') && !value.is_zero() { -value } else { value })
}

/// Digits without their underscores; at least one, and underscores only between two of them.
fn digits(text: &str) -> Result<String, NumberError> {
    let well_formed =
        text.split('_').all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    if well_formed { Ok(text.replace('_', "")) } else { Err(NumberError::Syntax) }
}

/// `significant · 10^−scale`.
fn assemble(significant: &str, scale: i64) -> Result<Decimal, NumberError> {
    if significant.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let zeros = usize::try_from(scale.saturating_neg()).unwrap_or(0);
    if significant.len().saturating_add(zeros) > EXACT_DIGITS {
        return Err(NumberError::TooManyDigits);
    }
    let padded = format!("{significant}{}", "0".repeat(zeros));
    let mantissa: i128 = padded.parse().map_err(|_| NumberError::TooManyDigits)?;
    let scale = u32::try_from(scale.max(0)).map_err(|_| NumberError::TooManyDigits)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| NumberError::TooManyDigits)
}

/// Number of significant digits, trailing zeros not counted; 0 for zero.
pub(crate) fn significant_digits(value: Decimal) -> usize {
    let mut mantissa = value.mantissa().unsigned_abs();
    while mantissa != 0 && mantissa.is_multiple_of(10) {
        mantissa /= 10;
    }
    mantissa.checked_ilog10().map_or(0, |digits| digits as usize + 1)
}

/// Rounds to so many significant digits, half to even.
pub(crate) fn round_significant(value: Decimal, digits: u32) -> Option<Decimal> {
    value.round_sf_with_strategy(digits, RoundingStrategy::MidpointNearestEven).map(|d| d.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn reads_what_a_person_writes() {
        let cases = [
            ("60000", dec!(60000)),
            ("60_000.50", dec!(60000.5)),
            ("-0.005", dec!(-0.005)),
            ("+7", dec!(7)),
            ("1e6", dec!(1000000)),
            ("6.5E-3", dec!(0.0065)),
            ("0.0000000001", dec!(0.0000000001)),
            ("1234567890123456789012345678", dec!(1234567890123456789012345678)),
            ("0.10000000000000000000000000000000000000000", dec!(0.1)),
            ("-0", dec!(0)),
            ("0e99999999", dec!(0)),
        ];
        for (text, value) in cases {
            assert_eq!(exact_decimal(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_keep() {
        use NumberError::{NotFinite, Syntax, TooManyDigits};
        let cases = [
            ("", Syntax),
            ("five", Syntax),
            ("1,234.56", Syntax),
            ("$100", Syntax),
            ("1__0", Syntax),
            ("_1", Syntax),
            (".5", Syntax),
            ("1.", Syntax),
            ("1e", Syntax),
            ("--1", Syntax),
            ("nan", NotFinite),
            ("-inf", NotFinite),
            ("12345678901234567890123456789", TooManyDigits),
            ("0.12345678901234567890123456789", TooManyDigits),
            ("1e28", TooManyDigits),
            ("1e-29", TooManyDigits),
            ("1e999999999999", TooManyDigits),
            ("100e9223372036854775807", TooManyDigits),
            ("1e-9223372036854775808", TooManyDigits),
        ];
        for (text, error) in cases {
            assert_eq!(exact_decimal(text), Err(error), "{text}");
        }
    }

    #[test]
    fn counts_and_rounds_significant_digits() {
        assert_eq!(significant_digits(dec!(0)), 0);
        assert_eq!(significant_digits(dec!(60000)), 1);
        assert_eq!(significant_digits(dec!(0.00120)), 2);
        assert_eq!(significant_digits(dec!(123456789012.3)), 13);
        // 20000 / 60000 and the two ties, by hand.
        assert_eq!(round_significant(dec!(20000) / dec!(60000), 12), Some(dec!(0.333333333333)));
        assert_eq!(round_significant(dec!(1.5), 1), Some(dec!(2)));
        assert_eq!(round_significant(dec!(2.5), 1), Some(dec!(2)));
        assert_eq!(round_significant(dec!(1234567890123456), 12), Some(dec!(1234567890120000)));
    }
}
