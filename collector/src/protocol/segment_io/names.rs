//! The events that Segment's specification names, and what they are here.
//!
//! Source: Segment's published specification, version 2 of the e-commerce events with the names of version 1 that
//! are still sent, and the mobile, B2B SaaS, e-mail and live chat events. RudderStack uses the same names.

/// Names and kinds. Names are compared without case, as Segment's own destinations do.
static KINDS: [(&str, &str); 28] = [
    ("Product Viewed", "view_item"),
    ("Product Added", "add_to_cart"),
    ("Products Searched", "search"),
    ("Checkout Started", "begin_checkout"),
    ("Order Completed", "order"),
    ("Order Refunded", "refund"),
    ("Viewed Product", "view_item"),
    ("Added Product", "add_to_cart"),
    ("Completed Order", "order"),
    ("Signed Up", "signup"),
    ("Signed In", "login"),
    ("Signed Out", "logout"),
    ("Application Installed", "app_installed"),
    ("Application Updated", "app_updated"),
    ("Application Opened", "app_foreground"),
    ("Application Foregrounded", "app_foreground"),
    ("Application Backgrounded", "app_background"),
    ("Application Crashed", "crash"),
    ("Unsubscribed", "unsubscribe"),
    ("Email Delivered", "newsletter_delivered"),
    ("Email Opened", "newsletter_open"),
    ("Email Link Clicked", "newsletter_click"),
    ("Email Bounced", "newsletter_bounce"),
    ("Email Marked as Spam", "newsletter_complaint"),
    ("Live Chat Conversation Started", "chat_started"),
    ("Live Chat Message Sent", "chat_message"),
    ("Live Chat Message Received", "chat_message"),
    ("Live Chat Conversation Ended", "chat_ended"),
];

/// Events that repeat the money of an order, or tell of money that is not earned yet. Counting theirs would count
/// an order twice.
static WITHOUT_MONEY: [&str; 8] = [
    "Order Updated",
    "Order Cancelled",
    "Order Refunded",
    "Checkout Started",
    "Checkout Step Viewed",
    "Checkout Step Completed",
    "Payment Info Entered",
    "Cart Viewed",
];

/// The kind of a track event of this name; `None` when it is an event of the caller's own.
pub fn kind_of(event: &str) -> Option<&'static str> {
    KINDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(event)).map(|(_, kind)| *kind)
}

/// Whether the `revenue` of an event of the caller's own is money earned.
pub fn earns(event: &str) -> bool {
    !WITHOUT_MONEY.iter().any(|name| name.eq_ignore_ascii_case(event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use orma_model::Kind;

    #[test]
    fn every_name_leads_to_a_kind_that_exists() {
        for (name, kind) in KINDS {
            assert!(Kind::find(kind).is_some_and(|kind| kind.required.is_empty()), "{kind}");
            assert_eq!(kind_of(&name.to_uppercase()), Some(kind));
            assert_eq!(kind_of(&format!("{name}s")), None);
        }
        assert_eq!(kind_of(""), None);
    }

    #[test]
    fn an_order_is_counted_once() {
        for name in ["order updated", "Order Cancelled", "Checkout Started"] {
            assert!(!earns(name), "{name}");
        }
        assert!(earns("Subscription Renewed"));
    }
}
