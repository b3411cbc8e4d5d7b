//! An event as the store gives it, and as listeners hear of it.

use std::collections::BTreeMap;

use orma_model::vitals::Rating;
use orma_visits::owner;
use serde::Deserialize;
use serde_json::Value;

use super::response::{LiveActivity, LiveItem};
use crate::identity::Aliases;
use crate::items::{ID, NAME, QUANTITY, QUANTITY_MAX};
use crate::lookup::Timelines;
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};

/// Characters of a text that the client chose: more is in the journey.
const TEXT_CHARS_MAX: usize = 200;
/// Things of an order that are named.
const ITEMS_MAX: usize = 5;
/// The property that holds the things of an order.
const ITEMS: &str = "items";

/// An event.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Row {
    pub event_id: String,
    pub at: Timestamp,
    /// When the collector received it, in milliseconds since the epoch.
    pub received: i64,
    pub visitor: String,
    pub user: String,
    pub session: String,
    pub session_hash: u64,
    pub kind: String,
    pub name: String,
    pub touchpoint: String,
    pub title: String,
    pub host: String,
    pub path: String,
    pub screen: String,
    pub target: String,
    pub link: String,
    pub campaign: String,
    pub message: String,
    pub country: String,
    pub city: String,
    pub device_class: String,
    pub browser: String,
    pub os: String,
    pub channel: String,
    pub source: String,
    pub engaged_ms: Option<i64>,
    pub scroll_pct: Option<i64>,
    pub value: Option<f64>,
    pub rating: String,
    pub amount: Amount,
    pub currency: String,
    pub props: BTreeMap<String, String>,
}

impl Row {
    /// What listeners hear.
    pub fn told(self, aliases: &Aliases, timelines: &Timelines) -> LiveActivity {
        let timeline = timelines.get(&self.visitor);
        let user = owner(&self.user, &self.visitor, self.session_hash, self.at.0, timeline).user;
        let own = if user.is_empty() { &self.visitor } else { user };
        let person = aliases.person(own).to_owned();
        let identified = !user.is_empty() || person != own;
        let mut props = self.props;
        let (items, items_more) = props.remove(ITEMS).map(|text| items(&text)).unwrap_or_default();
        LiveActivity {
            event_id: self.event_id,
            ts: self.at,
            identified,
            person,
            visitor: self.visitor,
            session: self.session,
            kind: self.kind,
            name: truncated(self.name),
            touchpoint: self.touchpoint,
            title: truncated(self.title),
            host: self.host,
            path: truncated(self.path),
            screen: truncated(self.screen),
            target: truncated(self.target),
            link: truncated(self.link),
            campaign: self.campaign,
            message: self.message,
            country: self.country,
            city: self.city,
            device_class: self.device_class,
            browser: self.browser,
            os: self.os,
            channel: self.channel,
            source: self.source,
            engaged_ms: self.engaged_ms,
            scroll_pct: self.scroll_pct,
            value: self.value,
            rating: Rating::answered(&self.rating).to_owned(),
            revenue: (!self.currency.is_empty()).then(|| Money::new(self.amount, &self.currency)),
            items,
            items_more,
            props: props.into_iter().map(|(name, value)| (name, truncated(value))).collect(),
        }
    }
}

fn truncated(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(TEXT_CHARS_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The things of an order, and how many more there are. What is no list of things has none.
fn items(text: &str) -> (Vec<LiveItem>, i64) {
    let Ok(Value::Array(all)) = serde_json::from_str(text) else { return Default::default() };
    let named: Vec<LiveItem> = all.iter().filter_map(item).collect();
    let more = named.len().saturating_sub(ITEMS_MAX) as i64;
    (named.into_iter().take(ITEMS_MAX).collect(), more)
}

fn item(value: &Value) -> Option<LiveItem> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let first = |fields: &[&str]| fields.iter().find_map(|field| value.get(*field).and_then(text));
    let name = text(value).or_else(|| first(NAME)).or_else(|| first(ID))?;
    let quantity =
        first(QUANTITY).and_then(|text| text.parse().ok()).filter(|number: &f64| number.is_finite());
    let quantity = quantity.unwrap_or(1.0);
    Some(LiveItem {
        name: truncated(name),
        quantity: if quantity.abs() > f64::from(QUANTITY_MAX) { 0.0 } else { quantity },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(row: Row) -> LiveActivity {
        row.told(&Aliases::default(), &Timelines::new())
    }

    fn order(items: &str) -> LiveActivity {
        let props =
            BTreeMap::from([("items".to_owned(), items.to_owned()), ("order_id".into(), "B-1".into())]);
        told(Row { amount: Amount(1_295_000), currency: "USD".into(), props, ..Row::default() })
    }

    #[test]
    fn an_order_says_how_much_of_its_own_currency_and_what() {
        let told = order(
            r#"[{"id":"l","name":"Livorno","quantity":2},"Siena",{"sku":7,"quantity":"3"},{"price":1},null]"#,
        );
        assert_eq!(told.revenue, Some(Money { amount: "129.50".into(), currency: "USD".into() }));
        let named: Vec<_> = told.items.iter().map(|item| (item.name.as_str(), item.quantity)).collect();
        assert_eq!(named, [("Livorno", 2.0), ("Siena", 1.0), ("7", 3.0)]);
        assert_eq!(told.items_more, 0);
        assert_eq!(told.props, BTreeMap::from([("order_id".to_owned(), "B-1".to_owned())]));
        for (quantity, told) in
            [("\"NaN\"", 1.0), ("\"inf\"", 1.0), ("1e99", 0.0), ("null", 1.0), ("-1", -1.0), ("0", 0.0)]
        {
            let items = order(&format!("[{{\"product_id\":\"p\",\"name\":\" \",\"qty\":{quantity}}}]")).items;
            assert_eq!(items, [LiveItem { name: "p".into(), quantity: told }], "{quantity}");
        }
        for odd in ["", "{}", "[{\"name\":", "null", "7", "[[]]", r#"[{"name":" "}]"#] {
            assert_eq!(order(odd).items, [], "{odd}");
        }
    }

    #[test]
    fn a_rating_is_told_in_the_word_of_answers() {
        let told = |rating: &str| told(Row { rating: rating.into(), ..Row::default() }).rating;
        assert_eq!((told("needs-improvement"), told("poor")), ("needs_improvement".into(), "poor".into()));
    }

    #[test]
    fn what_a_listener_hears_is_bounded() {
        let items = format!("[{}]", vec!["\"scarpa\""; 1_000].join(","));
        let told = order(&items);
        assert_eq!((told.items.len(), told.items_more), (ITEMS_MAX, 995));
        let long = told_title(&"è".repeat(10_000));
        assert_eq!(long.chars().count(), TEXT_CHARS_MAX + 1);
        assert_eq!(told_title("breve"), "breve");
    }

    fn told_title(title: &str) -> String {
        told(Row { title: title.into(), ..Row::default() }).title
    }
}
