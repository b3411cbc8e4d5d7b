//! Where the person met the company and in which stage of the relation, by the default rules.

use orma_model::Kind;
use orma_model::kinds::{Touchpoint, Where};

/// Who sent an event: the page's script or pixel, the app, or a server that speaks for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A script or pixel on a page.
    Browser,
    /// The mobile app.
    App,
    /// A shop, a CRM, a help desk, a till: whoever holds an ingest token.
    Server,
}

/// The touchpoint and the stage of an event of this kind, which is one of the catalogue's.
///
/// `channel` is the event's own `channel` property, which a server sets where the kind alone does not say where
/// it happened (an order in the `store`, a custom event in a `call`). It counts only when it names a touchpoint;
/// kinds with a touchpoint of their own ignore it.
pub fn of(kind: &str, sender: Sender, channel: &str) -> (&'static str, &'static str) {
    let kind = Kind::find(kind).expect("an event is of a known kind");
    (touchpoint(kind, sender, channel).as_str(), kind.stage.as_str())
}

fn touchpoint(kind: &Kind, sender: Sender, channel: &str) -> Touchpoint {
    match kind.touchpoint {
        Where::Always(touchpoint) => touchpoint,
        Where::Usually { browser, app, server } => Touchpoint::find(channel).unwrap_or(match sender {
            Sender::Browser => browser,
            Sender::App => app,
            Sender::Server => server,
        }),
    }
}

#[cfg(test)]
mod tests {
    use Sender::{App, Browser, Server};

    use super::*;

    #[test]
    fn every_kind_has_its_touchpoint_and_stage() {
        let table = [
            ("page_view", Browser, "", "site", "pre_purchase"),
            ("page_leave", Browser, "", "site", "pre_purchase"),
            ("rage_click", Browser, "", "site", "pre_purchase"),
            ("vital", Browser, "", "site", "pre_purchase"),
            ("search", Browser, "", "site", "pre_purchase"),
            ("search", App, "", "app", "pre_purchase"),
            ("view_item", App, "", "app", "pre_purchase"),
            ("page_view", App, "", "app", "pre_purchase"),
            ("screen_view", App, "", "app", "pre_purchase"),
            ("screen_view", Server, "", "app", "pre_purchase"),
            ("app_start", App, "", "app", "pre_purchase"),
            ("crash", App, "", "app", "pre_purchase"),
            ("error", Browser, "", "site", "pre_purchase"),
            ("error", App, "", "app", "pre_purchase"),
            ("add_to_cart", Browser, "", "site", "purchase"),
            ("begin_checkout", App, "", "app", "purchase"),
            ("order", Browser, "", "site", "purchase"),
            ("order", App, "", "app", "purchase"),
            ("order", Server, "", "shop", "purchase"),
            ("order", Server, "store", "store", "purchase"),
            ("order", Server, "call", "call", "purchase"),
            ("order", Server, "till 4", "shop", "purchase"),
            ("refund", Server, "", "shop", "post_purchase"),
            ("refund", Browser, "", "site", "post_purchase"),
            ("return", Server, "", "store", "post_purchase"),
            ("return", Browser, "", "store", "post_purchase"),
            ("return", Server, "shop", "shop", "post_purchase"),
            ("store_visit", Server, "", "store", "pre_purchase"),
            ("signup", Browser, "", "site", "pre_purchase"),
            ("login", App, "", "app", "pre_purchase"),
            ("identify", Server, "", "site", "pre_purchase"),
            ("referral", Browser, "", "referral", "pre_purchase"),
            ("newsletter_open", Server, "", "newsletter", "pre_purchase"),
            ("newsletter_click", Browser, "shop", "newsletter", "pre_purchase"),
            ("newsletter_complaint", Server, "", "newsletter", "pre_purchase"),
            ("survey_answer", Browser, "", "survey", "pre_purchase"),
            ("survey_dismissed", App, "", "survey", "pre_purchase"),
            ("ticket_opened", Server, "call", "ticket", "post_purchase"),
            ("ticket_closed", Server, "", "ticket", "post_purchase"),
            ("chat_started", Browser, "", "chat", "pre_purchase"),
            ("chat_message", Server, "", "chat", "pre_purchase"),
            ("call", Server, "", "call", "pre_purchase"),
            ("custom", Browser, "", "site", "pre_purchase"),
            ("custom", App, "", "app", "pre_purchase"),
            ("custom", Server, "social", "social", "pre_purchase"),
            ("custom", Server, "promotion", "promotion", "pre_purchase"),
        ];
        for (kind, sender, channel, touchpoint, stage) in table {
            assert_eq!(of(kind, sender, channel), (touchpoint, stage), "{kind} {sender:?} {channel}");
        }
    }
}
