//! People: the list, one person's card, and identity by hand.

mod card;
mod links;
mod list;

pub use card::{card, unknown_person};
pub use links::{link, unlink};
pub use list::{ListRequest, list};

use crate::moment::{Amount, Money};

/// Nobody sent the visit.
const DIRECT: &str = "direct";

/// The channel as it is shown.
fn shown_channel(channel: String) -> String {
    if channel.is_empty() { DIRECT.to_owned() } else { channel }
}

/// Money, when there was any.
fn money(has_revenue: u8, revenue: Amount, currency: &str) -> Option<Money> {
    (has_revenue != 0).then(|| Money::new(revenue, currency))
}
