//! People: the list and one person's card.

mod card;
mod list;
pub mod request;
pub mod response;
mod sql;

pub use card::card;
pub use list::list;

use std::collections::BTreeMap;

use crate::value::{Amount, Money};

/// Nobody sent the visit.
const DIRECT: &str = "direct";

/// The channel as it is shown.
fn shown_channel(channel: String) -> String {
    if channel.is_empty() { DIRECT.to_owned() } else { channel }
}

/// Money in other currencies than the site's, by currency.
fn other_money(amounts: BTreeMap<String, Amount>) -> Vec<Money> {
    amounts.into_iter().map(|(currency, amount)| Money::new(amount, &currency)).collect()
}

/// Money, when there was any.
fn money(has_revenue: u8, revenue: Amount, currency: &str) -> Option<Money> {
    (has_revenue != 0).then(|| Money::new(revenue, currency))
}
