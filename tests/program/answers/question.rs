//! Random questions about numbers.

use fastrand::Rng;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::history::{CATEGORIES, DAY, MINUTE, PATHS, PRODUCTS, VALUES};
use super::twin::Twin;

pub const METRICS: [&str; 14] = [
    "visitors",
    "people",
    "page_views",
    "sessions",
    "bounce_rate",
    "session_duration_ms",
    "views_per_session",
    "events",
    "orders",
    "revenue",
    "conversion_rate",
    "average_order_value",
    "product_revenue",
    "quantity",
];
pub const DIMENSIONS: [&str; 29] = [
    "page",
    "content_group",
    "entry_page",
    "exit_page",
    "host",
    "source",
    "channel",
    "campaign",
    "utm_source",
    "utm_medium",
    "utm_content",
    "utm_term",
    "country",
    "region",
    "city",
    "device_class",
    "device_brand",
    "device_model",
    "browser",
    "os",
    "language",
    "kind",
    "name",
    "touchpoint",
    "stage",
    "app_version",
    "product",
    "product_id",
    "product_category",
];
/// What days are rolled up to.
const METRICS_OF_DAYS: [&str; 8] = [
    "visitors",
    "people",
    "page_views",
    "sessions",
    "bounce_rate",
    "session_duration_ms",
    "views_per_session",
    "conversion_rate",
];
/// What days are rolled up by.
const DIMENSIONS_OF_DAYS: [&str; 14] = [
    "product",
    "product_category",
    "content_group",
    "page",
    "entry_page",
    "exit_page",
    "source",
    "channel",
    "campaign",
    "country",
    "city",
    "device_class",
    "browser",
    "os",
];
const INTERVALS: [&str; 5] = ["minute", "hour", "day", "week", "month"];
pub const OPERATORS: [&str; 4] = ["is", "is_not", "contains", "starts"];

/// What a dimension is a property of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Event,
    Item,
    Session,
    Both,
}

pub fn level(dimension: &str) -> Level {
    match dimension {
        "page" | "content_group" | "kind" | "name" | "touchpoint" | "stage" => Level::Event,
        name if name.starts_with("props.") => Level::Event,
        "product" | "product_id" | "product_category" => Level::Item,
        "host" | "country" | "region" | "city" | "device_class" | "device_brand" | "device_model"
        | "browser" | "os" | "language" | "app_version" => Level::Both,
        _ => Level::Session,
    }
}

fn is_of_page(dimension: &str) -> bool {
    matches!(dimension, "page" | "content_group")
}

#[derive(Clone, Debug)]
pub struct Filter {
    pub dimension: &'static str,
    pub operator: &'static str,
    pub values: Vec<&'static str>,
}

impl Filter {
    pub fn holds(&self, found: &str) -> bool {
        let mut values = self.values.iter();
        match self.operator {
            "is" => values.any(|value| found == *value),
            "is_not" => values.all(|value| found != *value),
            "contains" => values.any(|value| found.to_lowercase().contains(&value.to_lowercase())),
            _ => values.any(|value| found.starts_with(value)),
        }
    }

    fn text(&self) -> String {
        let values: Vec<String> = self.values.iter().map(|value| value.replace(',', "\\,")).collect();
        format!("{}:{}:{}", self.dimension, self.operator, values.join(","))
    }

    fn random(random: &mut Rng) -> Self {
        let dimension = *random.choice(&DIMENSIONS[..]).unwrap();
        let dimension = if random.u64(..12) == 0 { "props.colore" } else { dimension };
        let values: &[&'static str] = match dimension {
            "page" | "entry_page" | "exit_page" => &PATHS,
            "content_group" => &["/a", "/", "guide", "Home"],
            "host" => &["bottega.example", "shop.example"],
            "channel" => &["direct", "email", "paid"],
            "country" => &["IT", "FR", "", "XX"],
            "device_class" => &["phone", "desktop", ""],
            "language" => &["it", "en-GB"],
            "kind" => {
                &["page_view", "order", "search", "refund", "newsletter_delivered", "screen_view", "identify"]
            }
            "touchpoint" => &["site", "shop"],
            "stage" => &["purchase", "pre_purchase"],
            "product" | "product_id" => &PRODUCTS,
            "product_category" => &CATEGORIES,
            _ => &VALUES,
        };
        let operator = *random.choice(&["is", "is", "is", "is_not", "contains", "starts"]).unwrap();
        let mut chosen: Vec<&str> = (0..=random.u64(..2)).map(|_| *random.choice(values).unwrap()).collect();
        if matches!(operator, "contains" | "starts") {
            chosen.retain(|value| !value.is_empty());
            chosen.push("o");
        }
        chosen.dedup();
        Self { dimension, operator, values: chosen }
    }
}

/// A question about numbers.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked or not by itself")]
pub struct Question {
    pub metrics: Vec<&'static str>,
    pub group_by: Vec<&'static str>,
    pub filters: Vec<Filter>,
    pub interval: Option<&'static str>,
    pub from: i64,
    pub to: i64,
    /// The edges as days of the site.
    pub days: Option<(String, String)>,
    pub with_bots: bool,
    pub with_previous: bool,
    /// Rows that are not asked for, of which the totals still know that they are of pages, or of events.
    pub asks_for_events: bool,
    pub of_pages: bool,
    pub any_event: bool,
}

impl Question {
    pub fn random(random: &mut Rng, twin: &Twin<'_>) -> Self {
        let (from, to, days) = period(random, twin);
        let interval = (random.u64(..3) == 0).then(|| *random.choice(&INTERVALS[..]).unwrap());
        let interval = interval.filter(|interval| *interval != "minute" || to - from <= DAY);
        let (metrics, dimensions) = (1 + random.usize(..4), [0, 0, 1, 1, 1, 2][random.usize(..6)]);
        Self {
            metrics: some(random, &METRICS, metrics),
            group_by: some(random, &DIMENSIONS, dimensions),
            filters: (0..[0, 0, 1, 1, 2][random.usize(..5)]).map(|_| Filter::random(random)).collect(),
            interval,
            from,
            to,
            days,
            with_bots: random.u64(..5) == 0,
            with_previous: random.u64(..6) == 0,
            asks_for_events: false,
            of_pages: false,
            any_event: false,
        }
    }

    /// A question about whole days with at most one filter, of what days are rolled up to.
    pub fn about_days(random: &mut Rng, twin: &Twin<'_>) -> Self {
        let (from, to, days) = loop {
            if let (from, to, Some(days)) = period(random, twin) {
                break (from, to, Some(days));
            }
        };
        let metrics = 1 + random.usize(..4);
        let dimensions = random.usize(..2);
        let group_by = some(random, &DIMENSIONS_OF_DAYS, dimensions);
        // Of the rows' own dimension or of another, or none.
        let mut filters: Vec<Filter> = (0..random.usize(..2)).map(|_| Filter::random(random)).collect();
        if let (Some(filter), true) = (filters.first_mut(), random.bool()) {
            filter.dimension = group_by.first().copied().unwrap_or("country");
        }
        Self {
            metrics: some(random, &METRICS_OF_DAYS, metrics),
            group_by,
            filters,
            interval: (random.u64(..2) == 0).then(|| *random.choice(&INTERVALS[2..]).unwrap()),
            from,
            to,
            days,
            with_bots: false,
            with_previous: random.u64(..3) == 0,
            asks_for_events: false,
            of_pages: false,
            any_event: false,
        }
    }

    /// The same without rows, as the totals are asked.
    pub fn totals(&self) -> Self {
        Self { group_by: vec![], interval: None, ..self.clone() }.with_pages_of(self)
    }

    /// With what follows from the rows of another.
    pub fn with_pages_of(self, other: &Self) -> Self {
        let levels: Vec<Level> = other.group_by.iter().map(|name| level(name)).collect();
        Self {
            of_pages: other.asks_for_pages(),
            any_event: other.counts_any_event(),
            asks_for_events: levels.iter().any(|level| matches!(level, Level::Event | Level::Item)),
            ..self
        }
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.group_by.iter().copied().chain(self.filters.iter().map(|filter| filter.dimension))
    }

    pub fn asks_for_pages(&self) -> bool {
        self.of_pages || self.names().any(is_of_page)
    }

    pub fn asks_for_items(&self) -> bool {
        self.names().any(|name| level(name) == Level::Item)
    }

    /// Whether it is about other events than views.
    pub fn counts_any_event(&self) -> bool {
        let is_other = |name: &str| matches!(level(name), Level::Event | Level::Item) && !is_of_page(name);
        self.any_event || self.names().any(is_other)
    }

    /// What is asked of the API.
    pub fn address(&self) -> String {
        let mut address = format!("/stats?metrics={}&limit=1000", self.metrics.join(","));
        let mut add = |name: &str, value: &str| {
            let escaped: String = value
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                        char::from(byte).to_string()
                    }
                    byte => format!("%{byte:02X}"),
                })
                .collect();
            address.extend(["&", name, "=", &escaped]);
        };
        let moment = |ts: i64| Timestamp::from_millisecond(ts).unwrap().to_string();
        let (from, to) = self.days.clone().unwrap_or_else(|| (moment(self.from), moment(self.to)));
        add("from", &from);
        add("to", &to);
        if !self.group_by.is_empty() {
            add("group_by", &self.group_by.join(","));
        }
        for filter in &self.filters {
            add("filter", &filter.text());
        }
        if let Some(interval) = self.interval {
            add("interval", interval);
        }
        if self.with_bots {
            add("include", "bots");
        }
        if self.with_previous {
            add("compare", "previous");
        }
        address
    }

    /// The same about the period before, where it is easily said: as many days, or as many milliseconds.
    pub fn before(&self, zone: &TimeZone) -> Self {
        let date = |ts: i64| Timestamp::from_millisecond(ts).unwrap().to_zoned(zone.clone()).date();
        let back = |ts: i64| {
            if self.days.is_none() {
                return ts - (self.to - self.from);
            }
            let days = date(self.from).until(date(self.to)).unwrap().get_days();
            first_moment(&date(ts).checked_sub(days.days()).unwrap().to_zoned(zone.clone()).unwrap())
        };
        Self { from: back(self.from), to: back(self.to), days: None, ..self.clone() }
    }
}

/// At most so many of some names, each once.
fn some(random: &mut Rng, of: &[&'static str], most: usize) -> Vec<&'static str> {
    let mut some: Vec<&str> = (0..most).map(|_| *random.choice(of).unwrap()).collect();
    some.sort_unstable();
    some.dedup();
    random.shuffle(&mut some);
    some
}

/// Days of the site, or moments: also those of events, which are in or out by a millisecond.
fn period(random: &mut Rng, twin: &Twin<'_>) -> (i64, i64, Option<(String, String)>) {
    let about = twin.site.about;
    let day = |ts: i64| {
        let zoned = Timestamp::from_millisecond(ts).unwrap().to_zoned(twin.zone.clone());
        (zoned.date().to_string(), first_moment(&zoned))
    };
    if random.u64(..3) > 0 {
        let (first, length) = (about + random.i64(-3..=1) * DAY, random.i64(0..4));
        let ((from, start), (to, _)) = (day(first), day(first + length * DAY));
        let end = day(first + (length + 1) * DAY).1;
        return (start, end, Some((from, to)));
    }
    let mut edge = || match random.u64(..3) {
        0 => random.choice(&twin.site.rows).unwrap().ts,
        1 => about + random.i64(-90..90) * 30 * MINUTE,
        _ => about + random.i64(-3 * DAY..3 * DAY),
    };
    let (one, other) = (edge(), edge());
    (one.min(other), one.max(other).max(one.min(other) + 1), None)
}

fn first_moment(zoned: &Zoned) -> i64 {
    zoned.start_of_day().unwrap().timestamp().as_millisecond()
}

/// How an answer calls the bucket of a moment.
pub fn label(interval: &str, ts: i64, zone: &TimeZone) -> String {
    let local = Timestamp::from_millisecond(ts).unwrap().to_zoned(zone.clone());
    let date = local.date();
    match interval {
        "day" => date.to_string(),
        "week" => {
            date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).unwrap().to_string()
        }
        "month" => date.first_of_month().to_string(),
        "hour" => local.strftime("%Y-%m-%dT%H:00:00%:z").to_string(),
        _ => local.strftime("%Y-%m-%dT%H:%M:00%:z").to_string(),
    }
}
