//! Money: decimal text to ten-thousandths, digit by digit.

use std::borrow::Cow;

use super::fault::Fault;
use super::value::{Value, each_field};

/// Decimals of the store's money column.
const DECIMALS: i32 = 4;
/// The column holds 18 digits.
const TEN_THOUSANDTHS_END: i128 = 1_000_000_000_000_000_000;
/// A decimal this long was a binary float, printed in full: 59.97 comes as 59.970000000000006.
const FLOAT_DIGITS_MIN: usize = 15;
/// Bytes of an amount. The longest float of a sensible size has 25.
const AMOUNT_BYTES_MAX: usize = 40;

/// An amount of a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money<'a> {
    /// In ten-thousandths of the currency.
    pub ten_thousandths: i64,
    /// Three capital letters, as in ISO 4217.
    pub currency: Cow<'a, str>,
}

/// Reads `{"amount": "12.90", "currency": "EUR"}`; `None` for null.
pub fn from_object<'a>(value: &Value<'a>) -> Result<Option<Money<'a>>, Fault> {
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
pub fn from_parts<'a>(amount: &Value<'a>, currency: Value<'a>) -> Result<Money<'a>, Fault> {
    let amount = match amount {
        Value::Number(number) => Cow::Borrowed(*number),
        Value::Text(text) | Value::Parameter(text) => Cow::Borrowed(&**text),
        Value::Null => return Err(invalid("revenue.amount", "required")),
        _ => return Err(invalid("revenue.amount", "expected a decimal number")),
    };
    let ten_thousandths = parse_amount(&amount).map_err(|problem| invalid("revenue.amount", problem))?;
    let currency = match currency {
        Value::Text(text) | Value::Parameter(text) => text,
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

fn invalid(field: &str, problem: &str) -> Fault {
    Fault::new("invalid_revenue", field, problem)
}

/// Ten-thousandths of a decimal, exactly. More than four decimals are an error, unless the decimal is a float
/// printed in full, which is rounded (half away from zero).
fn parse_amount(amount: &str) -> Result<i64, &'static str> {
    const NOT_DECIMAL: &str = "expected a decimal number";
    if amount.len() > AMOUNT_BYTES_MAX {
        return Err(NOT_DECIMAL);
    }
    let (negative, unsigned) = match amount.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, amount),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i16>().map_err(|_| NOT_DECIMAL)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(NOT_DECIMAL),
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(NOT_DECIMAL);
    }
    let digits = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    let shift = DECIMALS + i32::from(exponent) - fraction.len() as i32;
    let magnitude = shifted(digits, shift)?;
    if magnitude >= TEN_THOUSANDTHS_END {
        return Err("more than 14 digits before the point");
    }
    let magnitude = magnitude as i64;
    Ok(if negative { -magnitude } else { magnitude })
}

/// `digits` times ten to the power of `shift`.
fn shifted(digits: &str, shift: i32) -> Result<i128, &'static str> {
    if digits.is_empty() {
        return Ok(0);
    }
    if shift >= 0 {
        // 38 digits fit into 128 bits, and more than 18 are too many anyway.
        return if digits.len() + shift as usize <= 38 {
            digits
                .parse::<i128>()
                .map(|number| number * 10i128.pow(shift as u32))
                .map_err(|_| "too many digits")
        } else {
            Ok(TEN_THOUSANDTHS_END)
        };
    }
    let dropped = shift.unsigned_abs() as usize;
    let (kept, dropped) = match digits.len().checked_sub(dropped) {
        Some(kept) => digits.split_at(kept),
        None => ("", "0"),
    };
    let is_zero = dropped.bytes().all(|digit| digit == b'0') && kept.len() + dropped.len() == digits.len();
    if !is_zero && digits.len() < FLOAT_DIGITS_MIN {
        return Err("more than four decimals");
    }
    let rounded = i128::from(dropped.as_bytes()[0] >= b'5');
    match kept {
        "" => Ok(rounded),
        kept if kept.len() > 38 => Ok(TEN_THOUSANDTHS_END),
        kept => kept.parse::<i128>().map(|number| number + rounded).map_err(|_| "too many digits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::Reader;

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
            "5.",
            ".5",
            "12,90",
            "1 000",
            "EUR 5",
            "1.23456",
            "0.00001",
            "1e-5",
            "+5",
            "1e",
            "--1",
            "１",
            "100000000000000",
            "1e400",
            "1e99999",
            "NaN",
            "Infinity",
            "0x10",
            "1.2.3",
            "00000000000000000000000000000000000000001",
        ] {
            assert!(parse_amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_currency_is_three_letters() {
        let money = |currency| from_parts(&Value::Number("1"), currency);
        assert_eq!(money(Value::Text("eur".into())).unwrap().currency, "EUR");
        assert_eq!(money(Value::Text("CHF".into())).unwrap().currency, "CHF");
        for currency in
            [Value::Text("€".into()), Value::Text("EURO".into()), Value::Null, Value::Number("978")]
        {
            let fault = money(currency).unwrap_err();
            assert_eq!(fault.reason, "invalid_revenue");
            assert!(fault.message.starts_with("revenue.currency: "), "{}", fault.message);
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
