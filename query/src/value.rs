//! The values of responses: money, and the numbers of metrics.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Money {
    /// Decimal, with two to four places.
    #[schema(example = "12.50")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
}

impl Money {
    /// An amount of a currency.
    pub fn new(amount: Amount, currency: &str) -> Self {
        Self { amount: amount.to_string(), currency: currency.to_owned() }
    }
}

/// An exact amount in ten-thousandths of a currency's unit. The store's answers hold it as decimal text, up to the 38
/// digits of its sums; the API's as decimal text with two to four places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Amount(pub i128);

impl Amount {
    /// The same below zero.
    #[must_use]
    pub fn negative(self) -> Self {
        Self(-self.0.abs())
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

/// Text that is no decimal of at most four places.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no amount: `{0}`")]
pub struct NoAmount(String);

impl std::str::FromStr for Amount {
    type Err = NoAmount;

    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        // The sign stays with the digits, so that it counts for -0.5 too.
        let digits = format!("{whole}{fraction:0<4}");
        let is_amount = fraction.len() <= 4 && whole.ends_with(|end: char| end.is_ascii_digit());
        let read = is_amount.then(|| digits.parse().ok()).flatten();
        read.map(Self).ok_or_else(|| NoAmount(text.to_owned()))
    }
}

impl TryFrom<String> for Amount {
    type Error = NoAmount;

    fn try_from(text: String) -> Result<Self, NoAmount> {
        text.parse()
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let mut text = format!("{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000);
        for _ in 0..2 {
            if text.ends_with('0') {
                text.pop();
            }
        }
        formatter.write_str(&text)
    }
}

/// The value of a metric: a number, or a decimal string (money). A rate or a mean of nothing is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MetricValue {
    /// A count.
    Count(i64),
    /// A rate or a mean.
    Number(f64),
    /// Money, in the site's currency.
    Decimal(String),
}

impl PartialSchema for MetricValue {
    fn schema() -> RefOr<Schema> {
        let types = SchemaType::from_iter([Type::Number, Type::String, Type::Null]);
        let description = "A number, a decimal string (money), or null (a rate or a mean of nothing).";
        ObjectBuilder::new().schema_type(types).description(Some(description)).into()
    }
}

impl ToSchema for MetricValue {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_two_places_and_drops_further_zeros() {
        for (ten_thousandths, text) in
            [(0, "0.00"), (125_000, "12.50"), (890_000, "89.00"), (12_345, "1.2345"), (-5_050, "-0.505")]
        {
            assert_eq!(Amount(ten_thousandths).to_string(), text);
        }
    }

    #[test]
    fn amounts_are_exact_from_the_store_to_the_answer() {
        // As ClickHouse writes a Decimal, and as the API does.
        for (stored, ten_thousandths, shown) in [
            ("0", 0, "0.00"),
            ("12.5", 125_000, "12.50"),
            ("-0.505", -5_050, "-0.505"),
            ("-0.0001", -1, "-0.0001"),
            ("100000000000", 1_000_000_000_000_000, "100000000000.00"),
            ("999999999999999.999", 9_999_999_999_999_999_990, "999999999999999.999"),
            (
                "9999999999999999999999999999999999.9999",
                99_999_999_999_999_999_999_999_999_999_999_999_999,
                "9999999999999999999999999999999999.9999",
            ),
        ] {
            let amount: Amount = serde_json::from_value(serde_json::json!(stored)).unwrap();
            assert_eq!((amount, amount.to_string().as_str()), (Amount(ten_thousandths), shown), "{stored}");
            assert_eq!(shown.parse(), Ok(amount));
        }
        for text in ["", ".", "x", "1,5", "1.00001", "1e5", "1.-5"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }
}
