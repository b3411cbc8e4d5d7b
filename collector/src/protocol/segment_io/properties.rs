//! The money that an event's properties say.

use std::borrow::Cow;

use super::names;
use crate::event::field_error::FieldError;
use crate::event::money::{self, Money};
use crate::event::value::Value;

/// What an event says of money.
#[derive(Debug, Default)]
pub struct Amounts<'a> {
    /// `revenue`, `total` and `value`, in the order in which they are looked at.
    said: [Option<Value<'a>>; 3],
    currency: Option<Value<'a>>,
}

/// The properties of [`Amounts`].
const AMOUNTS: [&str; 3] = ["revenue", "total", "value"];

impl<'a> Amounts<'a> {
    /// Looks at a property.
    pub fn look_at(&mut self, key: &str, value: &Value<'a>) {
        if let Some(place) = AMOUNTS.iter().position(|name| *name == key) {
            self.said[place] = Some(value.clone());
        } else if key == "currency" {
            self.currency = Some(value.clone());
        }
    }

    /// The money of an event. Of an order or refund any amount counts, of the caller's own events only `revenue`,
    /// which Segment's specification reserves for money earned. An amount that cannot be read stays a prop.
    pub fn money(
        self,
        kind: &str,
        event: &str,
        site_currency: &str,
    ) -> Result<Option<Money<'a>>, FieldError> {
        let candidates = match kind {
            "order" | "refund" => AMOUNTS.len(),
            "custom" if names::earns(event) => 1,
            _ => return Ok(None),
        };
        let currency = self.currency.unwrap_or_else(|| Value::Text(Cow::Owned(site_currency.to_owned())));
        let mut said = self.said.into_iter().take(candidates).flatten().peekable();
        let is_said = said.peek().is_some();
        let money = said.find_map(|amount| {
            let money = money::from_parts(&amount, currency.clone()).ok()?;
            (money.ten_thousandths >= 0 || kind == "refund").then_some(money)
        });
        if is_said && money.is_none() {
            return Err(FieldError::unreadable(
                "invalid_revenue",
                "revenue",
                "no amount that can be counted",
            ));
        }
        Ok(money)
    }
}
