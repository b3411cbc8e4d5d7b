//! Money: decimal text to ten-thousandths, digit by digit.

use std::borrow::Cow;

use super::field_error::FieldError;
use super::reader::each_field;
use super::value::{Value, trimmed};

/// Decimals of the store's money column.
const DECIMALS: i32 = 4;
/// Digits of the store's money column.
const MONEY_DIGITS: i64 = 18;
/// The first amount that has more.
const TEN_THOUSANDTHS_END: i64 = 10i64.pow(MONEY_DIGITS as u32);
/// What is said of an amount that is a number and does not fit.
const TOO_LARGE: &str = "more than 14 digits before the point";
/// Bytes of an amount. A binary float of a sensible size, printed in full, has about 60.
const AMOUNT_BYTES_MAX: usize = 128;

/// An amount of a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money<'a> {
    /// In ten-thousandths of the currency.
    pub ten_thousandths: i64,
    /// Three capital letters, as in ISO 4217.
    pub currency: Cow<'a, str>,
}

/// Reads `{"amount": "12.90", "currency": "EUR"}`; `None` for null.
pub fn from_object<'a>(value: &Value<'a>) -> Result<Option<Money<'a>>, FieldError> {
    let object = match value.object("revenue") {
        Ok(Some(object)) => object,
        Ok(None) => return Ok(None),
        Err(_) => return Err(invalid("revenue", "expected an object with amount and currency")),
    };
    let (mut amount, mut currency) = (Value::Null, Value::Null);
    each_field(object, |key, value| {
        match &*key {
            "amount" => amount = value,
            "currency" => currency = value,
            _ => {}
        }
        Ok(())
    })?;
    from_parts(&amount, currency).map(Some)
}

/// Joins an amount (a number or decimal text) and a currency.
pub fn from_parts<'a>(amount: &Value<'a>, currency: Value<'a>) -> Result<Money<'a>, FieldError> {
    let amount = match amount {
        Value::Number(number) => Cow::Borrowed(*number),
        Value::Text(text) | Value::Parameter(text) => Cow::Borrowed(&**text),
        Value::Null => return Err(invalid("revenue.amount", "required")),
        _ => return Err(invalid("revenue.amount", "expected a decimal number")),
    };
    let ten_thousandths = parse_amount(&amount).map_err(|problem| match problem {
        TOO_LARGE => FieldError::new("invalid_revenue", "revenue.amount", problem),
        _ => invalid("revenue.amount", problem),
    })?;
    let currency = match currency {
        Value::Text(text) | Value::Parameter(text) => trimmed(text),
        Value::Null => return Err(invalid("revenue.currency", "required")),
        _ => Cow::Borrowed(""),
    };
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(invalid("revenue.currency", "expected three letters of ISO 4217"));
    }
    let currency = match currency {
        capital if capital.bytes().all(|byte| byte.is_ascii_uppercase()) => capital,
        other => Cow::Owned(other.to_ascii_uppercase()),
    };
    Ok(Money { ten_thousandths, currency })
}

fn invalid(field: &str, problem: &str) -> FieldError {
    FieldError::unreadable("invalid_revenue", field, problem)
}

/// Ten-thousandths of a decimal. What has more than four decimals is rounded, half away from zero: prices without tax,
/// shares of a discount and sums of binary floats have them, and the order is worth more than its fifth decimal.
fn parse_amount(amount: &str) -> Result<i64, &'static str> {
    const NOT_DECIMAL: &str = "expected a decimal number";
    let amount = amount.trim();
    if amount.len() > AMOUNT_BYTES_MAX {
        return Err(NOT_DECIMAL);
    }
    let (negative, unsigned) = match amount.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, amount.strip_prefix('+').unwrap_or(amount)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent_of(exponent).ok_or(NOT_DECIMAL)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = [whole, fraction].concat();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NOT_DECIMAL);
    }
    let shift = DECIMALS + i32::from(exponent) - fraction.len() as i32;
    let magnitude = shifted(digits.trim_start_matches('0'), shift);
    match magnitude.filter(|magnitude| *magnitude < TEN_THOUSANDTHS_END) {
        Some(magnitude) if negative => Ok(-magnitude),
        Some(magnitude) => Ok(magnitude),
        None => Err(TOO_LARGE),
    }
}

/// One beyond what is told apart counts as the greatest there is: the amount is none, or too large, all the same.
fn exponent_of(text: &str) -> Option<i16> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let greatest = if text.starts_with('-') { i16::MIN } else { i16::MAX };
    is_number.then(|| text.parse().unwrap_or(greatest))
}

/// `digits` times ten to the power of `shift`, rounded half up; `None` beyond what the column holds.
fn shifted(digits: &str, shift: i32) -> Option<i64> {
    if digits.is_empty() {
        return Some(0);
    }
    // Where the whole part ends among the digits.
    let end = digits.len() as i64 + i64::from(shift);
    if end > MONEY_DIGITS {
        return None;
    }
    let kept = end.clamp(0, digits.len() as i64) as usize;
    let whole = if kept == 0 { 0 } else { digits[..kept].parse::<i64>().ok()? };
    let rounds_up = end >= 0 && digits.as_bytes().get(kept).is_some_and(|digit| *digit >= b'5');
    Some(whole * 10i64.pow(shift.max(0) as u32) + i64::from(rounds_up))
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let table = [
            ("0", 0),
            ("12.90", 129_000),
            ("12.9", 129_000),
            ("0.1", 1_000),
            ("0.0001", 1),
            ("007.5", 75_000),
            ("1.000000", 10_000),
            ("-3.25", -32_500),
            ("-0", 0),
            ("1.5e3", 15_000_000),
            ("1e-4", 1),
            ("250E-2", 25_000),
            ("99999999999999.9999", 999_999_999_999_999_999),
            // 19.99 * 3, 0.1 + 0.2, 1.1 + 2.2 - 3.3 and 10 / 3 as a browser prints them.
            ("59.970000000000006", 599_700),
            ("0.30000000000000004", 3_000),
            ("4.440892098500626e-16", 0),
            ("3.3333333333333335", 33_333),
            ("2.9999999999999996", 30_000),
            // More than four decimals: half away from zero.
            ("8.33333", 83_333),
            ("1.23456", 12_346),
            ("0.00005", 1),
            ("-0.00005", -1),
            ("0.00004999", 0),
            ("1e-5", 0),
            ("5e-5", 1),
            ("9e-6", 0),
            ("9e-400", 0),
            ("-1.00005", -10_001),
            ("0.1000000000000000055511151231257827021181583404541015625", 1_000),
            // As other programs write them.
            (" 12.90 ", 129_000),
            ("+5", 50_000),
            ("5.", 50_000),
            (".5", 5_000),
            ("100000000000", 1_000_000_000_000_000),
            ("99999999999999.99994999", 999_999_999_999_999_999),
            ("-99999999999999.9999", -999_999_999_999_999_999),
            ("00000000000000000000000000000000000000001", 10_000),
        ];
        for (text, expected) in table {
            assert_eq!(parse_amount(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "12,90",
            "1 000",
            "EUR 5",
            "1e",
            "--1",
            "+-1",
            "1e1.5",
            "１",
            "100000000000000",
            "99999999999999.99995",
            "-100000000000000",
            "1e400",
            "1e99999",
            "NaN",
            "Infinity",
            "0x10",
            "1.2.3",
        ] {
            assert!(parse_amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_currency_is_three_letters() {
        let money = |currency| from_parts(&Value::Number("1"), currency);
        assert_eq!(money(Value::Text("eur".into())).unwrap().currency, "EUR");
        assert_eq!(money(Value::Text("CHF".into())).unwrap().currency, "CHF");
        assert_eq!(money(Value::Text("EUR ".into())).unwrap().currency, "EUR");
        assert_eq!(money(Value::Text(String::from("\teur\n").into())).unwrap().currency, "EUR");
        for currency in [
            Value::Text("€".into()),
            Value::Text("EURO".into()),
            Value::Text("  ".into()),
            Value::Null,
            Value::Number("978"),
        ] {
            let error = money(currency).unwrap_err();
            assert_eq!(error.reason, "invalid_revenue");
            assert!(error.message.starts_with("revenue.currency: "), "{}", error.message);
        }
    }

    #[test]
    fn revenue_is_an_object() {
        let value = |json| Reader::new(json).value().unwrap();
        for json in ["12.9", "\"12.9\"", "[1]", "true"] {
            assert_eq!(from_object(&value(json)).unwrap_err().reason, "invalid_revenue", "{json}");
        }
        assert_eq!(from_object(&Value::Null), Ok(None));
        let money = from_object(&value(r#"{"currency":"EUR","amount":12.90}"#)).unwrap().unwrap();
        assert_eq!(money.ten_thousandths, 129_000);
    }
}
