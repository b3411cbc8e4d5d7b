//! The one table of the kinds of events: what each demands, who may send it, and what it says of the person.
//!
//! Whoever needs a list of kinds takes it from here; `catalogue.json` has the same table for all that is not Rust.

use std::fmt;

use serde::Serialize;

use crate::words::words;

words! {
    /// What the person did.
    Activity {
        /// Saw a page or a screen.
        View = "view",
        /// Did something.
        Action = "action",
        /// Nothing: it was measured, or happened around a view or an action.
        Passive = "passive",
    }
}

words! {
    /// Where the person met the company.
    Touchpoint {
        /// A page.
        Site = "site",
        /// The mobile app.
        App = "app",
        /// A newsletter.
        Newsletter = "newsletter",
        /// A promotion.
        Promotion = "promotion",
        /// A social network.
        Social = "social",
        /// The shop, as its server tells it.
        Shop = "shop",
        /// A chat.
        Chat = "chat",
        /// A ticket of the help desk.
        Ticket = "ticket",
        /// A telephone call.
        Call = "call",
        /// A shop of bricks.
        Store = "store",
        /// A survey.
        Survey = "survey",
        /// A recommendation.
        Referral = "referral",
    }
}

words! {
    /// The stage of the relation to which a kind belongs.
    Stage {
        /// Before a purchase.
        PrePurchase = "pre_purchase",
        /// The purchase, from the basket on.
        Purchase = "purchase",
        /// After it.
        PostPurchase = "post_purchase",
    }
}

words! {
    /// The items that events of a kind are about.
    Items {
        /// None.
        No = "none",
        /// Shown or put aside: a list of items, or one item in the event's own properties.
        Shown = "shown",
        /// About to be bought: a list of items.
        Chosen = "chosen",
        /// Bought, or given back: a list of items.
        Sold = "sold",
    }
}

/// At which touchpoint a kind happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// At this one only.
    Always(Touchpoint),
    /// At the one that the event names, or else at that of its sender.
    Usually {
        /// A script or a pixel on a page sent it.
        browser: Touchpoint,
        /// The mobile app sent it.
        app: Touchpoint,
        /// A server sent it.
        server: Touchpoint,
    },
}

/// A kind and what it means.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Kind {
    /// Its name, as clients send it.
    pub name: &'static str,
    /// The fields without which it means nothing.
    pub required: &'static [&'static str],
    /// Only a server with an ingest token may send it.
    pub server_only: bool,
    /// What the person did.
    pub activity: Activity,
    /// Where it happens.
    pub touchpoint: Where,
    /// The stage of the relation.
    pub stage: Stage,
    /// What it is about.
    pub items: Items,
    /// It says who the visitor is.
    pub identifies: bool,
    /// A mail tool did it, to people who did nothing.
    pub by_mail_tool: bool,
}

/// A kind that anybody may send, of an action before the purchase; what is different is said after it.
const fn kind(name: &'static str) -> Kind {
    Kind {
        name,
        required: &[],
        server_only: false,
        activity: Activity::Action,
        touchpoint: Where::Usually {
            browser: Touchpoint::Site,
            app: Touchpoint::App,
            server: Touchpoint::Site,
        },
        stage: Stage::PrePurchase,
        items: Items::No,
        identifies: false,
        by_mail_tool: false,
    }
}

/// The same, which only a server may send.
const fn server_kind(name: &'static str) -> Kind {
    Kind { server_only: true, ..kind(name) }
}

impl Kind {
    const fn requires(self, required: &'static [&'static str]) -> Self {
        Self { required, ..self }
    }

    const fn is(self, activity: Activity) -> Self {
        Self { activity, ..self }
    }

    const fn only_at(self, touchpoint: Touchpoint) -> Self {
        Self { touchpoint: Where::Always(touchpoint), ..self }
    }

    const fn usually_at(self, browser: Touchpoint, app: Touchpoint, server: Touchpoint) -> Self {
        Self { touchpoint: Where::Usually { browser, app, server }, ..self }
    }

    const fn in_app(self) -> Self {
        self.usually_at(Touchpoint::App, Touchpoint::App, Touchpoint::App)
    }

    const fn of(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    const fn about(self, items: Items) -> Self {
        Self { items, ..self }
    }

    const fn identifying(self) -> Self {
        Self { identifies: true, ..self }
    }

    const fn by_mail_tool(self) -> Self {
        Self { by_mail_tool: true, ..self }
    }
}

use Activity::{Passive, View};
use Items::{Chosen, Shown, Sold};
use Stage::{PostPurchase, Purchase};
use Touchpoint::{App, Call, Chat, Newsletter, Referral, Shop, Site, Store, Survey, Ticket};

/// All kinds; the frequent ones first, because they are looked up in this order. Questions name them in it too.
pub static KINDS: &[Kind] = &[
    kind("page_view").requires(&["url"]).is(View),
    kind("screen_view").requires(&["screen"]).is(View).in_app(),
    kind("page_leave").is(Passive),
    kind("vital").requires(&["name", "value"]).is(Passive),
    kind("click"),
    kind("custom").requires(&["name"]),
    kind("identify").requires(&["user"]).is(Passive).identifying(),
    kind("reset").is(Passive),
    kind("alias").requires(&["user", "previous"]).is(Passive),
    kind("consent").is(Passive),
    kind("app_foreground").is(Passive).in_app(),
    kind("app_background").is(Passive).in_app(),
    kind("frames").is(Passive).in_app(),
    kind("app_start").requires(&["start", "duration_ms"]).is(Passive).in_app(),
    kind("screen_load").requires(&["screen", "ttid_ms"]).is(Passive).in_app(),
    kind("network").requires(&["url"]).is(Passive),
    kind("view_item").about(Shown),
    kind("search"),
    kind("rage_click"),
    kind("dead_click"),
    kind("outbound"),
    kind("download"),
    kind("form"),
    kind("app_installed").in_app(),
    kind("app_updated").in_app(),
    kind("anr").in_app(),
    kind("crash").in_app(),
    kind("error"),
    kind("add_to_cart").of(Purchase).about(Shown),
    kind("begin_checkout").of(Purchase).about(Chosen),
    kind("order").of(Purchase).about(Sold).usually_at(Site, App, Shop),
    server_kind("refund").of(PostPurchase).about(Sold).usually_at(Site, App, Shop),
    kind("signup").identifying(),
    kind("login").identifying(),
    kind("logout"),
    kind("subscribe"),
    kind("unsubscribe"),
    kind("referral").only_at(Referral),
    server_kind("newsletter_sent").only_at(Newsletter).by_mail_tool(),
    server_kind("newsletter_delivered").only_at(Newsletter).by_mail_tool(),
    server_kind("newsletter_open").only_at(Newsletter),
    server_kind("newsletter_click").only_at(Newsletter),
    server_kind("newsletter_bounce").only_at(Newsletter).by_mail_tool(),
    server_kind("newsletter_complaint").only_at(Newsletter),
    kind("survey_shown").only_at(Survey),
    kind("survey_answer").requires(&["survey"]).only_at(Survey),
    kind("survey_dismissed").only_at(Survey),
    server_kind("ticket_opened").of(PostPurchase).only_at(Ticket),
    server_kind("ticket_updated").of(PostPurchase).only_at(Ticket),
    server_kind("ticket_closed").of(PostPurchase).only_at(Ticket),
    server_kind("chat_started").only_at(Chat),
    server_kind("chat_message").only_at(Chat),
    server_kind("chat_ended").only_at(Chat),
    server_kind("call").only_at(Call),
    server_kind("store_visit").only_at(Store),
    server_kind("return").of(PostPurchase).usually_at(Store, Store, Store),
];

impl Kind {
    /// The kind of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The kind belongs to a newsletter.
    pub fn is_newsletter(&self) -> bool {
        self.name.starts_with("newsletter_")
    }
}

/// A condition on the column `kind` of events, written in SQL as `kind IN ('page_view', …)`.
#[derive(Clone, Copy, Debug)]
pub struct KindCondition {
    operator: &'static str,
    names: fn(&Kind) -> bool,
}

impl KindCondition {
    /// The kind is one of these.
    pub const fn any_of(names: fn(&Kind) -> bool) -> Self {
        Self { operator: "IN", names }
    }

    /// The kind is none of these.
    pub const fn none_of(names: fn(&Kind) -> bool) -> Self {
        Self { operator: "NOT IN", names }
    }
}

impl fmt::Display for KindCondition {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "kind {} (", self.operator)?;
        for (place, kind) in KINDS.iter().filter(|kind| (self.names)(kind)).enumerate() {
            let between = if place == 0 { "" } else { ", " };
            write!(text, "{between}'{}'", kind.name)?;
        }
        text.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_tells_of_newsletters_tickets_chats_calls_and_returns() {
        let server: Vec<_> = KINDS.iter().filter(|kind| kind.server_only).map(|kind| kind.name).collect();
        assert_eq!(server.len(), 16);
        for prefix in ["newsletter_", "ticket_", "chat_", "call", "store_visit", "return", "refund"] {
            assert!(server.iter().any(|name| name.starts_with(prefix)), "{prefix}");
        }
        assert!(!Kind::find("order").unwrap().server_only);
    }

    #[test]
    fn no_kind_is_listed_twice() {
        for (place, kind) in KINDS.iter().enumerate() {
            assert!(KINDS[..place].iter().all(|earlier| earlier.name != kind.name), "{}", kind.name);
        }
        assert_eq!(KINDS.len(), 56);
    }

    #[test]
    fn a_condition_names_its_kinds_in_the_order_of_the_table() {
        let is_sale = KindCondition::any_of(|kind| kind.items == Sold);
        assert_eq!(is_sale.to_string(), "kind IN ('order', 'refund')");
        let is_no_survey = KindCondition::none_of(|kind| kind.touchpoint == Where::Always(Survey));
        assert_eq!(
            is_no_survey.to_string(),
            "kind NOT IN ('survey_shown', 'survey_answer', 'survey_dismissed')"
        );
    }
}
