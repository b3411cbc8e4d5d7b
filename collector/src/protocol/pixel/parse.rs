//! The pixel: one event in the query of `GET /p.gif`, for pages and mails without scripts.
//!
//! Parameters have the names of the event's fields; money is `revenue` with `currency`, and of the context
//! `language`, `timezone`, `network`, `consent` and `sdk` are read. A parameter that no one knows becomes a prop.

use std::borrow::Cow;

use crate::event::RejectedEvent;
use crate::event::builder::{Defaults, EventBuilder};
use crate::event::field_error::FieldError;
use crate::event::value::Value;
use crate::event::{EVENT_BYTES_MAX, ParsedBatch};
use crate::event::{money, timestamp};
use crate::form::parameters;
use crate::ingest::parse_error::ParseError;

/// Reads the query of a request, without `?`.
///
/// # Errors
///
/// When it names no site.
pub fn parse(query: &str) -> Result<ParsedBatch<'_>, ParseError> {
    let mut site = None;
    let mut sent_at = None;
    let (mut amount, mut currency) = (Value::Null, Value::Null);
    let mut builder = Box::<EventBuilder<'_>>::default();
    builder.kind = Cow::Borrowed("page_view");
    for (name, value) in parameters(query) {
        match &*name {
            "site" => site = Some(value),
            "sent_at" => sent_at = timestamp::sent_at(&Value::Parameter(value)),
            "kind" | "revenue" if value.is_empty() => {}
            "revenue" => amount = Value::Parameter(value),
            "currency" => currency = Value::Parameter(value),
            _ => set(&mut builder, name, value),
        }
    }
    let write_key = site.filter(|site| !site.is_empty()).ok_or(ParseError::MissingField { field: "site" })?;
    if amount != Value::Null {
        let money = money::from_parts(&amount, currency.clone()).map(Some);
        builder.set_revenue(money, [("revenue", amount), ("currency", currency)]);
    } else if currency != Value::Null {
        builder.set_other(Cow::Borrowed("currency"), currency);
    }
    if query.len() > EVENT_BYTES_MAX {
        let problem = format!("longer than {EVENT_BYTES_MAX} bytes");
        builder.error = Some(FieldError::new("event_too_large", "event", problem));
    }
    let mut batch = ParsedBatch {
        write_key,
        sent_at,
        sent_at_is_of_this_try: true,
        events: Vec::new(),
        refused: Vec::new(),
    };
    match builder.complete(0, &Defaults::default(), query) {
        Ok(event) => batch.events.push(event),
        Err((error, kind)) => {
            batch.refused.push(RejectedEvent::new(0, error, kind, Cow::Owned(as_json(query))));
        }
    }
    Ok(batch)
}

fn set<'a>(builder: &mut EventBuilder<'a>, name: Cow<'a, str>, value: Cow<'a, str>) {
    let value = Value::Parameter(value);
    match &*name {
        "language" | "timezone" | "network" | "consent" | "sdk" => {
            builder.context.set(&name, value, &mut builder.unreadable);
        }
        // Objects have no form as a parameter: what bears their name is a prop.
        "context" | "props" | "traits" => builder.set_other(name, value),
        _ => builder.set(name, value),
    }
}

/// The parameters as the JSON of an event, for the record of refused ones.
fn as_json(query: &str) -> String {
    let mut object = serde_json::Map::new();
    for (name, value) in parameters(query).filter(|(name, _)| name != "site" && name != "sent_at") {
        object.insert(name.into_owned(), value.into_owned().into());
    }
    serde_json::Value::Object(object).to_string()
}
