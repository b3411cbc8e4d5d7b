//! Random histories: a few visitors over some days, near a change of the clocks of the site's zone.

use fastrand::Rng;
use jiff::Timestamp;
use orma_model::EventRow;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::query_api::{event, view};

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;
/// A longer pause ends a visit.
const PAUSE: i64 = 30 * MINUTE;
/// Zones and a moment about which something happens: the clocks change, by an hour or half of one, at midnight or later.
const PLACES: [(&str, &str); 9] = [
    ("Europe/Rome", "2026-10-25T01:00:00Z"),
    ("Europe/Rome", "2026-03-29T01:00:00Z"),
    ("UTC", "2026-11-10T00:00:00Z"),
    ("Asia/Kolkata", "2026-11-09T18:30:00Z"),
    ("Asia/Kathmandu", "2026-11-09T18:15:00Z"),
    ("America/St_Johns", "2026-11-01T04:30:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Pacific/Kiritimati", "2026-11-09T10:00:00Z"),
    ("America/Santiago", "2026-09-06T04:00:00Z"),
];
pub const PATHS: [&str; 4] = ["/", "/a", "/a/b", "/caff%C3%A8"];
/// Two, no and three decimals.
const CURRENCIES: [(&str, i64); 4] = [("EUR", 100), ("EUR", 1), ("JPY", 10_000), ("BHD", 10)];
pub const PRODUCTS: [&str; 3] = ["Livorno", "Pisa, nera", "Lucca"];
pub const CATEGORIES: [&str; 2] = ["sneaker", "boot"];
/// What fields hold; few values, so that they meet.
pub const VALUES: [&str; 3] = ["", "uno", "Due"];
const PAUSES: [i64; 11] =
    [0, 0, 1, 30_000, 9_999, 10_000, 7 * MINUTE, 29 * MINUTE, PAUSE, PAUSE + 1, 95 * MINUTE];

/// A site with the histories of several visitors who have nothing to do with each other.
pub struct Site {
    pub name: String,
    pub zone: &'static str,
    /// The moment about which the histories are.
    pub about: i64,
    /// What is stored in the end: each event once.
    pub rows: Vec<EventRow<'static>>,
    /// What is sent, in this order.
    pub sent: Vec<EventRow<'static>>,
    /// Visitors who are joined with users by hand.
    pub joined: Vec<(String, String)>,
    /// Visitors and users of whom all that joins them is taken back, after that.
    pub undone: Vec<(String, String)>,
}

impl Site {
    /// A site of so many histories.
    pub fn new(number: u64, histories: u64) -> Self {
        let mut random = Rng::with_seed(number);
        let (zone, about) = PLACES[number as usize % PLACES.len()];
        let about = about.parse::<Timestamp>().unwrap().as_millisecond();
        let name = format!("site{number}");
        let mut site = Self { name, zone, about, rows: vec![], sent: vec![], joined: vec![], undone: vec![] };
        for history in 0..histories {
            let mut one = History {
                random: Rng::with_seed(random.u64(..)),
                prefix: format!("h{history}"),
                about,
                rows: vec![],
            };
            one.happen();
            site.rows.extend(one.rows);
            let pair = |random: &mut Rng| {
                (format!("h{history}v{}", random.u64(..3)), format!("h{history}u{}", random.u64(..3)))
            };
            if random.u64(..6) == 0 {
                site.joined.push(pair(&mut random));
            }
            if random.u64(..6) == 0 {
                site.undone.push(pair(&mut random));
            }
        }
        for row in &mut site.rows {
            row.site = site.name.clone().into();
        }
        site.send(&mut random);
        site
    }

    /// In any order, some twice.
    fn send(&mut self, random: &mut Rng) {
        let mut later = Vec::new();
        for row in &self.rows {
            // Through a collector the first of an id counts (`kept.rs`): what is stored twice is the same but for its receipt.
            if random.u64(..4) == 0 {
                self.sent.push(EventRow { received_at: row.received_at - 900, ..row.clone() });
            }
            later.push(row.clone());
        }
        random.shuffle(&mut self.sent);
        random.shuffle(&mut later);
        self.sent.extend(later);
    }
}

struct History {
    random: Rng,
    /// Stands before all its ids.
    prefix: String,
    about: i64,
    rows: Vec<EventRow<'static>>,
}

impl History {
    fn happen(&mut self) {
        for number in 0..=self.random.u64(..3) {
            self.visit(number);
        }
        for _ in 0..self.random.u64(..3) {
            self.known_to_servers();
        }
        for _ in 0..[0, 0, 1, 3][self.random.usize(..4)] {
            self.alias();
        }
        for row in &mut self.rows {
            row.event_id = Uuid::from_u64_pair(self.random.u64(..), self.random.u64(..));
            row.received_at = row.ts + 20;
        }
    }

    fn of<'v>(&mut self, values: &[&'v str]) -> &'v str {
        values[self.random.usize(..values.len())]
    }

    fn user(&mut self) -> String {
        format!("{}u{}", self.prefix, self.random.u64(..3))
    }

    fn moment(&mut self) -> i64 {
        // Near the change of the clocks, or a midnight.
        let near = [self.about, self.about + DAY, self.about - DAY, self.about - 40 * MINUTE];
        near[self.random.usize(..4)] + self.random.i64(-40..40) * MINUTE * self.random.i64(1..=6)
    }

    fn visit(&mut self, number: u64) {
        let is_of_a_day = self.random.u64(..8) == 0;
        let visitor = if is_of_a_day {
            format!("c{:0>20}", self.prefix.trim_start_matches('h'))
        } else {
            format!("{}v{}", self.prefix, self.random.u64(..3))
        };
        // Cookieless, a client without sessions, or one whose session id lives for days.
        let session = match self.random.u64(..5) {
            0 => String::new(),
            1 => "login".to_owned(),
            _ => format!("{}s{number}", self.prefix),
        };
        let is_app = self.random.u64(..5) == 0;
        let mut user = String::new();
        let mut ts = self.moment();
        for _ in 0..=self.random.u64(..9) {
            let kind = self.kind(is_app);
            match kind {
                "identify" | "login" => user = self.user(),
                "reset" => user.clear(),
                _ => {}
            }
            let carries =
                matches!(kind, "identify" | "login") || kind != "reset" && self.random.u64(..3) == 0;
            let row = self.event(kind, &visitor, &session, ts);
            self.rows
                .push(EventRow { user: if carries { user.clone() } else { String::new() }.into(), ..row });
            ts += PAUSES[self.random.usize(..PAUSES.len())];
        }
    }

    fn kind(&mut self, is_app: bool) -> &'static str {
        match self.random.u64(..20) {
            0 => "search",
            1 | 2 => "order",
            3 => "refund",
            4 | 5 => "identify",
            6 => "login",
            7 => "reset",
            8 => "page_leave",
            9 => "add_to_cart",
            10 => "view_item",
            11 => "custom",
            _ if is_app => "screen_view",
            _ => "page_view",
        }
    }

    /// What only a server knows of, of who never came or was here too.
    fn known_to_servers(&mut self) {
        let visitor = format!("@{}", self.user());
        let kind = self.of(&["newsletter_delivered", "newsletter_open", "ticket_opened", "order"]);
        let ts = self.moment();
        let row = self.event(kind, &visitor, "", ts);
        let is_machine = kind == "newsletter_open" && self.random.bool();
        self.rows.push(EventRow {
            verdict: if is_machine { "machine" } else { "" }.into(),
            bot: "".into(),
            ..row
        });
    }

    /// In chains and circles.
    fn alias(&mut self) {
        let (user, previous, ts) = (self.user(), self.user(), self.moment());
        let visitor = if self.random.bool() { format!("@{user}") } else { format!("{}v0", self.prefix) };
        let row = event("alias", visitor, "", ts);
        let props = vec![("previous".into(), previous.into())];
        self.rows.push(EventRow { user: user.into(), props, ..row });
    }

    fn event(&mut self, kind: &'static str, visitor: &str, session: &str, ts: i64) -> EventRow<'static> {
        let path = if kind == "page_view" || kind != "screen_view" && self.random.bool() {
            self.of(&PATHS)
        } else {
            ""
        };
        let (is_bot, is_sold) = (self.random.u64(..14) == 0, matches!(kind, "order" | "refund" | "custom"));
        let (currency, unit) = CURRENCIES[self.random.usize(..CURRENCIES.len())];
        let revenue = match self.random.u64(..12) {
            // The most that a column holds.
            0 => 999_999_999_999_999_999,
            1 => 0,
            2 if kind == "refund" => -unit * self.random.i64(1..100_000),
            _ => unit * self.random.i64(1..100_000),
        };
        let mut props = Vec::new();
        if !matches!(kind, "identify" | "reset" | "login") {
            props.push(("colore".into(), self.of(&VALUES).into()));
            if self.random.u64(..4) == 0 {
                props.push(("content_group".into(), self.of(&["guide", "/a"]).into()));
            }
        }
        if matches!(kind, "order" | "refund" | "add_to_cart") && self.random.u64(..5) > 0 {
            props.push(("items".into(), json!(self.items()).to_string().into()));
        }
        if kind == "view_item" {
            props.extend([("product_id".into(), self.of(&PRODUCTS).into()), ("price".into(), "12.5".into())]);
        }
        EventRow {
            kind: kind.into(),
            name: if matches!(kind, "search" | "custom") { self.of(&VALUES) } else { "" }.into(),
            screen: if kind == "screen_view" { self.of(&["Home", "Cart"]) } else { "" }.into(),
            stage: self.of(&["pre_purchase", "purchase", "post_purchase"]).into(),
            touchpoint: self.of(&["site", "shop"]).into(),
            bot: if is_bot { "crawler" } else { "" }.into(),
            revenue: if is_sold { revenue } else { 0 },
            currency: if is_sold { currency } else { "" }.into(),
            props,
            host: self.of(&["bottega.example", "shop.example"]).into(),
            source: self.of(&VALUES).into(),
            channel: self.of(&["", "email", "paid"]).into(),
            utm_campaign: self.of(&VALUES).into(),
            utm_source: self.of(&VALUES).into(),
            utm_medium: self.of(&VALUES).into(),
            utm_content: self.of(&VALUES).into(),
            utm_term: self.of(&VALUES).into(),
            country: self.of(&["IT", "FR", ""]).into(),
            region: self.of(&VALUES).into(),
            city: self.of(&VALUES).into(),
            device_class: self.of(&["phone", "desktop", ""]).into(),
            device_brand: self.of(&VALUES).into(),
            device_model: self.of(&VALUES).into(),
            browser: self.of(&VALUES).into(),
            os: self.of(&VALUES).into(),
            language: self.of(&["it", "en-GB", ""]).into(),
            app_version: self.of(&VALUES).into(),
            ..view(visitor.to_owned(), session.to_owned(), ts, path)
        }
    }

    fn items(&mut self) -> Vec<Value> {
        let item = |history: &mut Self| {
            let mut item = json!({"item_name": history.of(&PRODUCTS), "category": history.of(&CATEGORIES)});
            if history.random.bool() {
                item["price"] = json!(f64::from(history.random.u32(..1000)) / 8.0);
                item["quantity"] = json!(history.random.u32(..4));
            }
            if history.random.u64(..4) == 0 {
                item["id"] = json!(history.of(&["7", "8"]));
            }
            item
        };
        (0..self.random.u64(..4)).map(|_| item(self)).collect()
    }
}
