//! Props and money.
//!
//! orma keeps less of one event than Segment does: [`PROPS_MAX`] props of [`PROP_VALUE_BYTES_MAX`] bytes. An SDK
//! cannot be told to send less, and an order is worth more than its longest prop, so the event is kept without the
//! prop, and says so in [`DROPPED`].

use std::borrow::Cow;

use super::names;
use crate::event::builder::{DROPPED, EventBuilder, add_prop, replace_prop};
use crate::event::money::{self, Money};
use crate::event::value::Value;
use crate::event::{PROP_KEY_BYTES_MAX, PROP_VALUE_BYTES_MAX, PROPS_MAX, truncate};

/// Adds props until there is no more room.
#[derive(Debug, Default)]
pub struct Dropped(String);

impl Dropped {
    /// Adds a prop, or notes that it was left out.
    pub fn add<'a>(&mut self, builder: &mut EventBuilder<'a>, key: Cow<'a, str>, value: Value<'a>) {
        let has_room =
            builder.props.len() < PROPS_MAX - 1 || builder.props.iter().any(|(known, _)| *known == key);
        let name = truncate(Cow::Borrowed(&*key), PROP_KEY_BYTES_MAX).into_owned();
        if !has_room || add_prop(&mut builder.props, key, value, "properties.").is_err() {
            if !self.0.is_empty() {
                self.0.push(',');
            }
            self.0.push_str(&name);
        }
    }

    /// Notes that money was said and cannot be counted.
    pub fn note_money(&mut self) {
        let between = if self.0.is_empty() { "" } else { "," };
        self.0.push_str(between);
        self.0.push_str("revenue");
    }

    /// Writes down what was left out.
    pub fn note(self, builder: &mut EventBuilder<'_>) {
        if self.0.is_empty() {
            return;
        }
        let names = crate::event::value::without_reserved(truncate(Cow::Owned(self.0), PROP_VALUE_BYTES_MAX));
        // One place is kept free for it.
        drop(replace_prop(&mut builder.props, Cow::Borrowed(DROPPED), names));
    }
}

/// An event says amounts, of which none can be counted.
#[derive(Debug)]
pub struct Uncounted;

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
    pub fn money(self, kind: &str, event: &str, site_currency: &str) -> Result<Option<Money<'a>>, Uncounted> {
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
        if is_said && money.is_none() { Err(Uncounted) } else { Ok(money) }
    }
}
