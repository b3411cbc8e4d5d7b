//! An open or a click, from the signed token in its address.
//!
//! What a token is stands in [`orma_store::newsletter`]; what the link adds to the page it leads to, in
//! [`crate::enrich::landing::parameter`].

use std::borrow::Cow;

use orma_model::spelling;
use orma_store::newsletter::{Act, Letter};
use uuid::Uuid;

use crate::event::ParsedBatch;
use crate::event::RejectedEvent;
use crate::event::builder::{Defaults, EventBuilder};
use crate::event::identifier;
use crate::event::value::Value;

/// The event of a letter. `client` is the visitor of a recipient who is not named.
pub fn event<'a>(letter: &Letter<'a>, id: Uuid, client: String, received_at: i64) -> ParsedBatch<'a> {
    let kind = if letter.act == Act::Open { "newsletter_open" } else { "newsletter_click" };
    let mut builder = Box::new(EventBuilder {
        kind: Cow::Borrowed(kind),
        id: Some(Cow::Owned(id.to_string())),
        client_ts: Some(received_at),
        user: identifier::read_user(Value::Text(Cow::Borrowed(letter.recipient))),
        campaign: Some(Value::Text(Cow::Borrowed(letter.campaign))),
        ..EventBuilder::default()
    });
    builder.row.message = Cow::Borrowed(letter.message);
    if letter.act != Act::Open {
        // A link without a name is known by where it leads.
        let page = letter.target.split(['?', '#']).next().unwrap_or_default();
        builder.row.link = match letter.link {
            "" => spelling::address(Cow::Borrowed(page)),
            link => Cow::Borrowed(link),
        };
        builder.set_other(Cow::Borrowed("href"), Value::Text(Cow::Borrowed(letter.target)));
    }
    let mut batch = ParsedBatch {
        write_key: Cow::Borrowed(""),
        sent_at: None,
        sent_at_is_of_this_try: false,
        events: Vec::new(),
        refused: Vec::new(),
    };
    match builder.complete(0, &Defaults::default(), "") {
        Ok(mut event) => {
            // The mail program is no browser of the site: its visitor is the recipient, as a server knows him.
            event.row.visitor = match &*event.row.user {
                "" => Cow::Owned(client),
                user => Cow::Owned(format!("@{user}")),
            };
            batch.events.push(event);
        }
        Err((error, kind)) => batch.refused.push(RejectedEvent::new(0, error, kind, Cow::Borrowed(""))),
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLICK: Letter = Letter {
        act: Act::Click,
        sent_at: 1_795_341_600,
        campaign: "saldi",
        message: "m-42",
        recipient: "mario@example.it",
        link: "hero",
        target: "https://bottega.example/scarpe?a=1#b",
    };

    #[test]
    fn a_letter_becomes_an_event_of_its_recipient() {
        let id = Uuid::from_u128(7);
        let batch = event(&CLICK, id, "c1".into(), 5);
        let row = &batch.events[0].row;
        assert_eq!(row.kind, "newsletter_click");
        assert_eq!((&*row.user, &*row.visitor, row.event_id), ("mario@example.it", "@mario@example.it", id));
        assert_eq!((&*row.newsletter_campaign, &*row.message, &*row.link), ("saldi", "m-42", "hero"));
        assert_eq!(row.props, [("href".into(), "https://bottega.example/scarpe?a=1#b".into())]);
        assert_eq!(batch.events[0].client_ts, Some(5));
        let open = event(&Letter { act: Act::Open, link: "", target: "", ..CLICK }, id, "c1".into(), 5);
        assert_eq!((&*open.events[0].row.kind, &*open.events[0].row.link), ("newsletter_open", ""));
    }

    #[test]
    fn a_recipient_is_one_in_any_case() {
        let letter = Letter { recipient: "Mario@Example.it", ..CLICK };
        let batch = event(&letter, Uuid::from_u128(7), "c1".into(), 5);
        assert_eq!(
            (&*batch.events[0].row.user, &*batch.events[0].row.visitor),
            ("mario@example.it", "@mario@example.it")
        );
    }

    #[test]
    fn a_recipient_who_is_not_named_is_nobody() {
        for recipient in ["", "undefined", "null", "{{email}}", "*|EMAIL|*", "0"] {
            let letter = Letter { recipient, link: "", ..CLICK };
            let batch = event(&letter, Uuid::from_u128(7), "c1".into(), 5);
            let row = &batch.events[0].row;
            assert_eq!((&*row.user, &*row.visitor), ("", "c1"));
            assert_eq!(row.link, "https://bottega.example/scarpe", "a link without a name");
        }
    }
}
