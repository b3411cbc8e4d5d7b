//! The one definition of the columns of `events`.
//!
//! A row is written once, as a [record](crate::record) whose columns are those of [`COLUMNS`]. A segment of the spool
//! repeats their names and types in its header, so a segment written by an older version can still be shipped.

use std::borrow::Cow;

use uuid::Uuid;

pub use crate::column_type::ColumnType;
use crate::record::RecordWriter;

/// A column's name and type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in ClickHouse and in [`EventRow`].
    pub name: &'static str,
    /// How its values are laid out.
    pub column_type: ColumnType,
    /// The column of the table that holds it together with its neighbours (`event_block.rs` of `store`); none: one of
    /// its own.
    pub packed_in: Option<&'static str>,
}

macro_rules! packed_in {
    () => {
        None
    };
    ($pack:ident) => {
        Some(stringify!($pack))
    };
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $rust:ty => $kind:ident $(in $pack:ident)?,)*) => {
        /// One event, as it is stored. Text that is not known is empty, numbers that are not known are 0.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct EventRow<'a> {
            $($(#[$doc])* pub $name: $rust,)*
        }

        /// All columns, in the order in which a record holds them.
        pub const COLUMNS: &[Column] = &[
            $(Column {
                name: stringify!($name),
                column_type: ColumnType::$kind,
                packed_in: packed_in!($($pack)?),
            },)*
        ];

        impl EventRow<'_> {
            /// Appends the row's record to `record`.
            pub fn write_record(&self, record: &mut Vec<u8>) {
                let mut writer = RecordWriter::new(COLUMNS.len(), record);
                $(writer.push(&self.$name);)*
                writer.finish();
            }
        }
    };
}

columns! {
    /// Name of the site.
    site: Cow<'a, str> => LowCardinality,
    /// The client's id of the event; counts once in every answer.
    event_id: Uuid => Uuid,
    /// When it happened, corrected for the client's clock. Milliseconds since the epoch.
    ts: i64 => Timestamp,
    /// When the collector received it. Milliseconds since the epoch.
    received_at: i64 => Timestamp,
    /// What the client's clock said, where `ts` is something else. Milliseconds since the epoch, 0 otherwise.
    client_ts: i64 => Timestamp,
    /// Anonymous id of the browser or device; `@user` for an event that only a server knows of.
    visitor: Cow<'a, str> => Text,
    /// The user id that the event itself carries.
    user: Cow<'a, str> => Text,
    /// The client's session id.
    session: Cow<'a, str> => Text,
    /// Which of the contract's kinds.
    kind: Cow<'a, str> => LowCardinality,
    /// The custom event's name, the vital's name, the kind of app start.
    name: Cow<'a, str> => LowCardinality,
    /// Path of the page, without query.
    path: Cow<'a, str> => Text,
    /// Query of the page without `?`, campaign parameters included.
    query: Cow<'a, str> => Text,
    /// The address the person came from, as sent.
    referrer: Cow<'a, str> => Text,
    /// Title of the page.
    title: Cow<'a, str> => Text in page_parts,
    /// The app's screen.
    screen: Cow<'a, str> => LowCardinality in page_parts,
    /// Host of the page.
    host: Cow<'a, str> => LowCardinality in client_parts,
    /// The client's language, BCP 47.
    language: Cow<'a, str> => LowCardinality in client_parts,
    /// The app's version.
    app_version: Cow<'a, str> => LowCardinality in client_parts,
    /// The client's IANA time zone.
    timezone: Cow<'a, str> => LowCardinality in client_parts,
    /// Width of the screen in CSS pixels.
    screen_width: u16 => UInt16 in client_parts,
    /// Height of the screen in CSS pixels.
    screen_height: u16 => UInt16 in client_parts,
    /// The app's name.
    app_name: Cow<'a, str> => LowCardinality in client_parts,
    /// The app's build.
    app_build: Cow<'a, str> => LowCardinality in client_parts,
    /// `wifi`, `cellular`, …
    network: Cow<'a, str> => LowCardinality in client_parts,
    /// The SDK's name and version.
    sdk: Cow<'a, str> => LowCardinality in client_parts,
    /// The name of who sent the visit: `Google`, `newsletter`, a host.
    source: Cow<'a, str> => LowCardinality in campaign_parts,
    /// The channel of the visit: `organic_search`, `email`, `direct`, …
    channel: Cow<'a, str> => LowCardinality in campaign_parts,
    /// Campaign parameter `utm_campaign`.
    utm_campaign: Cow<'a, str> => LowCardinality in campaign_parts,
    /// Campaign parameter `utm_source`.
    utm_source: Cow<'a, str> => LowCardinality in campaign_parts,
    /// Campaign parameter `utm_medium`.
    utm_medium: Cow<'a, str> => LowCardinality in campaign_parts,
    /// Campaign parameter `utm_term`.
    utm_term: Cow<'a, str> => LowCardinality in campaign_parts,
    /// Campaign parameter `utm_content`.
    utm_content: Cow<'a, str> => LowCardinality in campaign_parts,
    /// Which click id the address carried: `gclid`, `fbclid`, … The id itself is not kept.
    click_id_kind: Cow<'a, str> => LowCardinality in campaign_parts,
    /// The newsletter's campaign.
    newsletter_campaign: Cow<'a, str> => LowCardinality in campaign_parts,
    /// The newsletter's link.
    link: Cow<'a, str> => LowCardinality in campaign_parts,
    /// The newsletter's message: one recipient's copy.
    message: Cow<'a, str> => Text,
    /// `desktop`, `smartphone`, `tablet`, `tv`, `console`, `wearable`, …
    device_class: Cow<'a, str> => LowCardinality in device_parts,
    /// Maker of the device.
    device_brand: Cow<'a, str> => LowCardinality in device_parts,
    /// Model of the device.
    device_model: Cow<'a, str> => LowCardinality in device_parts,
    /// Name of the browser.
    browser: Cow<'a, str> => LowCardinality in device_parts,
    /// Name of the operating system.
    os: Cow<'a, str> => LowCardinality in device_parts,
    /// Version of the operating system.
    os_version: Cow<'a, str> => LowCardinality in device_parts,
    /// Major version of the browser.
    browser_version: Cow<'a, str> => LowCardinality in device_parts,
    /// ISO 3166-1 alpha-2.
    country: Cow<'a, str> => LowCardinality in place_parts,
    /// First-level subdivision.
    region: Cow<'a, str> => LowCardinality in place_parts,
    /// City.
    city: Cow<'a, str> => LowCardinality in place_parts,
    /// Empty for people; otherwise the kind of bot.
    bot: Cow<'a, str> => LowCardinality in mark_parts,
    /// What gave the bot away.
    bot_reason: Cow<'a, str> => LowCardinality in mark_parts,
    /// `human`, `proxy`, `machine`, `unknown` or empty.
    verdict: Cow<'a, str> => LowCardinality in mark_parts,
    /// Why the verdict.
    verdict_reason: Cow<'a, str> => LowCardinality in mark_parts,
    /// Empty, or what is odd about `ts`: `skewed`, `future`, `past`, `old`, `absent`.
    clock: Cow<'a, str> => LowCardinality in mark_parts,
    /// `granted`, `denied` or empty.
    consent: Cow<'a, str> => LowCardinality in mark_parts,
    /// Where the person met the company: `site`, `app`, `newsletter`, …
    touchpoint: Cow<'a, str> => LowCardinality in mark_parts,
    /// `pre_purchase`, `purchase` or `post_purchase`.
    stage: Cow<'a, str> => LowCardinality in mark_parts,
    /// `good`, `needs-improvement` or `poor`.
    rating: Cow<'a, str> => LowCardinality in mark_parts,
    /// ISO 4217; empty when the event carries no money.
    currency: Cow<'a, str> => LowCardinality in mark_parts,
    /// How long it took, in milliseconds.
    duration_ms: u32 => UInt32,
    /// Additional time of attention to the page, in milliseconds.
    engaged_ms: u32 => UInt32,
    /// How far down the page was seen, 0 to 100.
    scroll_pct: u8 => UInt8,
    /// The value of a vital (milliseconds, or a score for CLS) or the score of a survey's answer.
    value: Option<f32> => Float,
    /// Money, in ten-thousandths of the currency.
    revenue: i64 => Decimal,
    /// What was clicked, or the element that a vital blames.
    target: Cow<'a, str> => Text,
    /// Everything else: the kind's other fields under their contract names, and the caller's props.
    props: Vec<(Cow<'a, str>, Cow<'a, str>)> => Map,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_type_has_a_name_that_leads_back_to_it() {
        for column in COLUMNS {
            let name = column.column_type.clickhouse_name();
            assert_eq!(ColumnType::from_clickhouse_name(name), Some(column.column_type));
        }
    }
}
