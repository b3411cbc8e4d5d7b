//! The first page after a newsletter's link: who came, from which mail, and that it was a person.
//!
//! A page that runs a script is the best proof that a click was a person's. The event gets the campaign, the message
//! and the link of the click, the verdict `human` with the reason `landed`, and the click's id as the prop
//! `newsletter_click`; and, unless it says who it is, the recipient as its user. From that event comes an identity edge
//! like any other, which can be taken back.

pub mod parameter;

use std::borrow::Cow;

use orma_model::EventRow;
use orma_store::registry::Snapshot;

use self::parameter::{Landing, PARAMETER};
use super::describe::{NEWSLETTER_CHANNEL, NEWSLETTER_SOURCE};
use crate::cookieless;

/// A link says who came for so long after its mail was sent. Mails are forwarded, and old ones lie about in archives:
/// what is found there names the campaign, but no person. Days.
pub const RECIPIENT_DAYS_MAX: i64 = 30;
/// An address says who came for so long after the click. Addresses of pages are copied and sent to friends.
/// Milliseconds.
pub const LANDING_MS_MAX: i64 = 30 * 60 * 1_000;
/// The clocks of two collectors may differ by so much. Milliseconds.
const CLOCK_MS_MAX: i64 = 60 * 1_000;

/// What became of an `orma_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The visitor is now known as the recipient.
    Identified,
    /// The visit belongs to the campaign; who came was known, is not said, or must not be.
    Attributed,
    /// The click was too long ago.
    Expired,
    /// Forged, altered, or of another site.
    Refused,
    /// A program that runs scripts.
    Bot,
}

impl Outcome {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Attributed => "attributed",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Bot => "bot",
        }
    }
}

/// Whether there may be something to take: asked of every event, so it only searches two texts.
pub fn is_marked(row: &EventRow<'_>) -> bool {
    // Most are empty, or too short.
    let is_in = |text: &str| text.len() > PARAMETER.len() && text.contains(PARAMETER);
    is_in(&row.query) || is_in(&row.referrer)
}

/// Takes `orma_id` out of an event's addresses, and what it says into the event; `moment` (milliseconds since the epoch)
/// is when the page was viewed, as far as the sender may say so: else that of the receipt. `None` when it was only in the
/// referrer, where it has been read before, and for what happens on a page after its view.
pub fn take(row: &mut EventRow<'_>, snapshot: &Snapshot, moment: i64) -> Option<Outcome> {
    if row.referrer.contains(PARAMETER) {
        row.referrer = Cow::Owned(parameter::address_without_parameter(&row.referrer));
    }
    let (query, value) = parameter::without_parameter(&row.query);
    let landing = value.map(|value| parameter::open(value, |id| snapshot.newsletter_keys.get(id)));
    row.query = Cow::Owned(query);
    let outcome = match landing? {
        Some(landing) if landing.site == row.site => apply(row, landing, moment),
        _ => Outcome::Refused,
    };
    (row.kind == "page_view").then_some(outcome)
}

fn apply(row: &mut EventRow<'_>, landing: Landing, moment: i64) -> Outcome {
    let age = moment - landing.clicked_at;
    if !(-CLOCK_MS_MAX..=LANDING_MS_MAX).contains(&age) {
        return Outcome::Expired;
    }
    if !row.bot.is_empty() {
        return Outcome::Bot;
    }
    let campaign = [&row.utm_source, &row.utm_medium, &row.utm_campaign, &row.click_id_kind];
    if campaign.iter().all(|text| text.is_empty()) {
        (row.source, row.channel) = (NEWSLETTER_SOURCE.into(), NEWSLETTER_CHANNEL.into());
    }
    // What else happens on the page has its address too; one edge is enough, and easily taken back.
    if row.kind != "page_view" {
        return Outcome::Attributed;
    }
    (row.newsletter_campaign, row.link) = (landing.campaign.into(), landing.link.into());
    (row.verdict, row.verdict_reason) = ("human".into(), "landed".into());
    // A visitor who said no, or a site that asks for no ids, is not told apart by the message either.
    if row.consent == "denied" || cookieless::is_cookieless(&row.visitor) {
        return Outcome::Attributed;
    }
    row.message = landing.message.into();
    row.props.push(("newsletter_click".into(), Cow::Owned(landing.click.to_string())));
    if row.user.is_empty() && !landing.recipient.is_empty() {
        row.user = landing.recipient.into();
        return Outcome::Identified;
    }
    Outcome::Attributed
}

#[cfg(test)]
mod tests {
    use orma_store::NewsletterKey;
    use orma_store::newsletter::{Act, Letter};

    use super::parameter::event_id;
    use super::*;

    const NOW: i64 = 1_795_341_660_000;
    const LETTER: Letter = Letter {
        act: Act::Click,
        sent_at: 1_795_341_600,
        campaign: "saldi",
        message: "m-42",
        recipient: "mario@example.it",
        link: "hero",
        target: "https://bottega.example/",
    };

    fn snapshot() -> (Snapshot, String) {
        let key = NewsletterKey::random("demo", 0);
        let value = parameter::seal(&key, event_id("token", "c1", NOW), &LETTER).unwrap();
        let mut snapshot = Snapshot::default();
        snapshot.newsletter_keys.insert(key.key_id.clone(), key);
        (snapshot, value)
    }

    fn view(value: &str) -> EventRow<'static> {
        EventRow {
            site: "demo".into(),
            kind: "page_view".into(),
            visitor: "v1".into(),
            host: "bottega.example".into(),
            query: format!("a=1&orma_id={value}&b=2").into(),
            referrer: format!("https://bottega.example/x?orma_id={value}").into(),
            channel: "direct".into(),
            received_at: NOW + 1_000,
            ..EventRow::default()
        }
    }

    #[test]
    fn the_page_after_a_click_tells_who_came_and_from_where() {
        let (snapshot, value) = snapshot();
        let mut row = view(&value);
        assert!(is_marked(&row));
        assert_eq!(take(&mut row, &snapshot, NOW + 1_000), Some(Outcome::Identified));
        assert!(!is_marked(&row));
        assert_eq!((&*row.query, &*row.referrer), ("a=1&b=2", "https://bottega.example/x"));
        assert_eq!((&*row.user, &*row.message, &*row.link), ("mario@example.it", "m-42", "hero"));
        assert_eq!(
            (&*row.newsletter_campaign, &*row.source, &*row.channel),
            ("saldi", "newsletter", "email")
        );
        assert_eq!((&*row.verdict, &*row.verdict_reason), ("human", "landed"));
        let click = event_id("token", "c1", NOW).to_string();
        assert_eq!(row.props, [("newsletter_click".into(), click.into())]);
    }

    #[test]
    fn who_may_be_identified() {
        let (snapshot, value) = snapshot();
        let base = || view(&value);
        let cookieless: &'static str = "c0123456789abcdef0123";
        let table: [(&str, EventRow, Outcome, &str, &str); 8] = [
            ("signed in", EventRow { user: "anna".into(), ..base() }, Outcome::Attributed, "anna", "landed"),
            ("said no", EventRow { consent: "denied".into(), ..base() }, Outcome::Attributed, "", "landed"),
            ("no ids", EventRow { visitor: cookieless.into(), ..base() }, Outcome::Attributed, "", "landed"),
            ("a bot", EventRow { bot: "crawler".into(), ..base() }, Outcome::Bot, "", ""),
            ("another site", EventRow { site: "other".into(), ..base() }, Outcome::Refused, "", ""),
            (
                "in time",
                EventRow { received_at: NOW + LANDING_MS_MAX, ..base() },
                Outcome::Identified,
                LETTER.recipient,
                "landed",
            ),
            (
                "too late",
                EventRow { received_at: NOW + LANDING_MS_MAX + 1, ..base() },
                Outcome::Expired,
                "",
                "",
            ),
            (
                "before the click",
                EventRow { received_at: NOW - CLOCK_MS_MAX - 1, ..base() },
                Outcome::Expired,
                "",
                "",
            ),
        ];
        for (what, mut row, outcome, user, reason) in table {
            let viewed_at = row.received_at;
            assert_eq!(take(&mut row, &snapshot, viewed_at), Some(outcome), "{what}");
            assert_eq!((&*row.user, &*row.verdict_reason), (user, reason), "{what}");
            assert!(!is_marked(&row), "{what}");
            let is_told = reason == "landed" && !user.is_empty();
            assert_eq!(&*row.message, if is_told { "m-42" } else { "" }, "{what}");
        }
        let mut vital = EventRow { kind: "vital".into(), ..base() };
        assert_eq!(
            (take(&mut vital, &snapshot, NOW + 1_000), &*vital.user, &*vital.channel),
            (None, "", "email")
        );
        assert!(!is_marked(&vital) && vital.verdict.is_empty() && vital.message.is_empty());
        for forged in ["", "x", &value[1..]] {
            let mut row = view(forged);
            assert_eq!(
                (take(&mut row, &snapshot, NOW + 1_000), &*row.query),
                (Some(Outcome::Refused), "a=1&b=2")
            );
        }
        let mut inner = EventRow { query: "".into(), ..view(&value) };
        assert_eq!(
            (take(&mut inner, &snapshot, NOW + 1_000), &*inner.user),
            (None, ""),
            "the referrer identifies nobody"
        );
    }

    #[test]
    fn a_campaign_in_the_address_stands() {
        let (snapshot, value) = snapshot();
        let mut row = EventRow {
            utm_source: "news".into(),
            source: "news".into(),
            channel: "referral".into(),
            ..view(&value)
        };
        assert_eq!(take(&mut row, &snapshot, NOW + 1_000), Some(Outcome::Identified));
        assert_eq!((&*row.source, &*row.channel), ("news", "referral"));
    }
}
