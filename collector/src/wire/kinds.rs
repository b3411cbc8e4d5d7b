//! The kinds of events, as the contract lists them.

/// A kind and what it demands.
#[derive(Debug)]
pub struct Kind {
    /// Its name, as clients send it.
    pub name: &'static str,
    /// Only a server with an ingest token may send it.
    pub server_only: bool,
    /// The fields without which it means nothing.
    pub required: &'static [&'static str],
}

const fn client(name: &'static str, required: &'static [&'static str]) -> Kind {
    Kind { name, server_only: false, required }
}

const fn server(name: &'static str) -> Kind {
    Kind { name, server_only: true, required: &[] }
}

/// All kinds; the frequent ones first, because they are looked up in this order.
pub static KINDS: &[Kind] = &[
    client("page_view", &["url"]),
    client("page_leave", &[]),
    client("vital", &["name", "value"]),
    client("click", &[]),
    client("custom", &["name"]),
    client("screen_view", &["screen"]),
    client("screen_load", &["screen", "ttid_ms"]),
    client("frames", &[]),
    client("network", &["url"]),
    client("view_item", &[]),
    client("search", &[]),
    client("rage_click", &[]),
    client("dead_click", &[]),
    client("outbound", &[]),
    client("download", &[]),
    client("form", &[]),
    client("app_start", &["start", "duration_ms"]),
    client("app_foreground", &[]),
    client("app_background", &[]),
    client("app_installed", &[]),
    client("app_updated", &[]),
    client("anr", &[]),
    client("crash", &[]),
    client("error", &[]),
    client("add_to_cart", &[]),
    client("begin_checkout", &[]),
    client("order", &[]),
    server("refund"),
    client("signup", &[]),
    client("login", &[]),
    client("logout", &[]),
    client("subscribe", &[]),
    client("unsubscribe", &[]),
    client("referral", &[]),
    client("identify", &["user"]),
    client("alias", &["user", "previous"]),
    client("reset", &[]),
    client("consent", &[]),
    server("newsletter_sent"),
    server("newsletter_delivered"),
    server("newsletter_open"),
    server("newsletter_click"),
    server("newsletter_bounce"),
    server("newsletter_complaint"),
    client("survey_shown", &[]),
    client("survey_answer", &["survey"]),
    client("survey_dismissed", &[]),
    server("ticket_opened"),
    server("ticket_updated"),
    server("ticket_closed"),
    server("chat_started"),
    server("chat_message"),
    server("chat_ended"),
    server("call"),
    server("store_visit"),
    server("return"),
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

/// A web vital with the bounds of its ratings: up to the first it is good, above the second poor. Milliseconds,
/// or the layout shift score for CLS. Source: web.dev/articles/vitals, as in the web-vitals library, version 6.
const VITALS: [(&str, f64, f64); 5] = [
    ("LCP", 2_500.0, 4_000.0),
    ("INP", 200.0, 500.0),
    ("CLS", 0.1, 0.25),
    ("FCP", 1_800.0, 3_000.0),
    ("TTFB", 800.0, 1_800.0),
];

/// The ratings of a vital, from the best.
pub const RATINGS: [&str; 3] = ["good", "needs-improvement", "poor"];

/// The rating of a vital's value; `None` when no vital has this name.
pub fn vital_rating(name: &str, value: f64) -> Option<&'static str> {
    let &(_, good_max, poor_min) = VITALS.iter().find(|(vital, ..)| *vital == name)?;
    let rank = usize::from(value > good_max) + usize::from(value > poor_min);
    Some(RATINGS[rank])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_a_rating_belong_to_the_better_one() {
        let table = [
            ("LCP", 2_500.0, "good"),
            ("LCP", 2_500.1, "needs-improvement"),
            ("LCP", 4_000.0, "needs-improvement"),
            ("LCP", 4_000.1, "poor"),
            ("INP", 200.0, "good"),
            ("INP", 501.0, "poor"),
            ("CLS", 0.0, "good"),
            ("CLS", 0.2, "needs-improvement"),
            ("CLS", 0.26, "poor"),
            ("FCP", 1_801.0, "needs-improvement"),
            ("TTFB", 1_801.0, "poor"),
        ];
        for (name, value, rating) in table {
            assert_eq!(vital_rating(name, value), Some(rating), "{name} {value}");
        }
        assert_eq!(vital_rating("FID", 1.0), None);
    }

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
}
