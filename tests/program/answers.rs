//! Random histories: what the answers say is what a plain computation over the same events says, and what the others say.
//!
//! `ORMA_SEEDS=1000` makes as many histories, each on a site of its own; without it there are six.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use fastrand::Rng;
use jiff::tz::TimeZone;
use orma_model::EventRow;
use orma_store::Site;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::query_api::{ADMIN, Service, at, event, view};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Halves and quarters of an hour too.
const ZONES: [&str; 6] =
    ["Europe/Rome", "Asia/Kolkata", "UTC", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"];
const CHANNELS: [&str; 4] = ["", "email", "organic_search", "paid"];
const PAGES: [&str; 4] = ["/", "/a", "/b", "/caffè"];
/// Two, no and three decimals.
const CURRENCIES: [(&str, i64); 3] = [("EUR", 100), ("JPY", 10_000), ("BHD", 10)];
const PERIOD: &str = "from=2026-11-08&to=2026-11-16";

/// A history of some days: visits with and without a session id, around midnight, on devices that change hands; orders and
/// refunds in three currencies; letters to who never comes; bots; moments shared by several events.
fn history(seed: u64) -> Vec<EventRow<'static>> {
    let mut random = Rng::with_seed(seed);
    let mut rows = Vec::new();
    let start = at("2026-11-10T00:00:00Z");
    for visit in 0..6 + random.u64(..8) {
        let visitor = format!("v{}", random.u64(..4));
        // Cookieless, or a client without sessions.
        let session = if random.u64(..4) == 0 { String::new() } else { format!("s{visit}") };
        let mut ts = start
            + random.u64(..4) as i64 * DAY
            + *random.choice(&[0, 5, 18, 22, 23]).unwrap() * 60 * MINUTE
            + random.u64(..60) as i64 * MINUTE;
        let channel = if session.is_empty() { "" } else { *random.choice(&CHANNELS).unwrap() };
        let mut user = String::new();
        for place in 0..=random.u64(..7) {
            let row = match random.u64(..10) {
                7 if !session.is_empty() => purchase(&mut random, &visitor, &session, ts),
                8 if !session.is_empty() => {
                    user = format!("u{}", random.u64(..3));
                    event("identify", visitor.clone(), session.clone(), ts)
                }
                9 if place > 0 && !session.is_empty() => {
                    user.clear();
                    event("reset", visitor.clone(), session.clone(), ts)
                }
                6 => event("search", visitor.clone(), session.clone(), ts),
                _ => {
                    let page = *random.choice(&PAGES).unwrap();
                    view(visitor.clone(), session.clone(), ts, page)
                }
            };
            let is_bot = random.u64(..15) == 0 && row.kind == "page_view";
            rows.push(EventRow {
                user: if row.kind == "identify" || random.u64(..2) == 0 {
                    user.clone()
                } else {
                    String::new()
                }
                .into(),
                channel: if place == 0 { channel } else { "" }.into(),
                bot: if is_bot { "crawler" } else { "" }.into(),
                ..row
            });
            ts += *random.choice(&[0, 1, 30_000, 7 * MINUTE, 29 * MINUTE]).unwrap();
        }
    }
    for letter in 0..random.u64(..4) {
        let visitor = format!("@u{}", random.u64(..5));
        let row = event("newsletter_delivered", visitor, "", start + letter as i64 * DAY + 9 * 60 * MINUTE);
        rows.push(EventRow { touchpoint: "newsletter".into(), ..row });
    }
    for row in &mut rows {
        row.site = site(seed).into();
        let high = random.u64(..u64::MAX);
        row.event_id = Uuid::from_u64_pair(high, random.u64(..u64::MAX));
    }
    rows
}

fn purchase(random: &mut Rng, visitor: &str, session: &str, ts: i64) -> EventRow<'static> {
    let (currency, unit) = *random.choice(&CURRENCIES).unwrap();
    let kind = *random.choice(&["order", "order", "refund"]).unwrap();
    let revenue = unit * (1 + random.u64(..100_000) as i64);
    let row = event(kind, visitor.to_owned(), session.to_owned(), ts);
    EventRow { revenue, currency: currency.into(), ..row }
}

fn site(seed: u64) -> String {
    format!("site{seed}")
}

async fn get(service: &Service, seed: u64, path: &str) -> Value {
    let request = Request::get(format!("/api/v1/sites/{}{path}", site(seed)))
        .header("authorization", format!("Bearer {ADMIN}"))
        .body(Body::empty())
        .unwrap();
    let answer = service.answer(request).await;
    assert_eq!(answer.status, StatusCode::OK, "seed {seed} {path}: {}", answer.text);
    answer.json()
}

/// What a plain computation says of some events: visitors, views, events, orders, money by currency.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    visitors: BTreeSet<String>,
    views: i64,
    events: i64,
    orders: i64,
    money: BTreeMap<String, i64>,
}

impl Counted {
    fn add(&mut self, row: &EventRow<'_>) {
        self.events += 1;
        if row.kind == "page_view" {
            self.views += 1;
            self.visitors.insert(row.visitor.to_string());
        }
        self.orders += i64::from(row.kind == "order");
        if !row.currency.is_empty() {
            let amount = money_of(row);
            *self.money.entry(row.currency.to_string()).or_default() +=
                if row.kind == "refund" { -amount } else { amount };
        }
    }

    fn of<'a>(rows: impl IntoIterator<Item = &'a EventRow<'a>>) -> Self {
        let mut counted = Self::default();
        rows.into_iter().for_each(|row| counted.add(row));
        counted
    }

    fn metrics(&self) -> Value {
        let revenue = self.money.get("EUR").copied().unwrap_or(0);
        json!({"visitors": self.visitors.len(), "page_views": self.views, "events": self.events,
            "orders": self.orders, "revenue": decimal(revenue)})
    }

    fn other_revenue(&self) -> Value {
        let others = self.money.iter().filter(|(currency, _)| *currency != "EUR");
        others.map(|(currency, sum)| json!({"amount": decimal(*sum), "currency": currency})).collect()
    }
}

fn money_of(row: &EventRow<'_>) -> i64 {
    row.revenue
}

/// Ten-thousandths as decimal text of two to four places.
fn decimal(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:04}", amount.abs() / 10_000, amount.abs() % 10_000);
    let shorter = text.strip_suffix("00").or(text.strip_suffix('0'));
    shorter.unwrap_or(&text).to_owned()
}

fn day_of(zone: &TimeZone, ts: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(ts).unwrap();
    moment.to_zoned(zone.clone()).date().to_string()
}

/// Of a day, what was counted.
fn by_day<'a>(zone: &TimeZone, rows: &[&'a EventRow<'a>]) -> BTreeMap<String, Counted> {
    let mut days: BTreeMap<String, Counted> = BTreeMap::new();
    for row in rows {
        days.entry(day_of(zone, row.ts)).or_default().add(row);
    }
    days
}

const METRICS: &str = "metrics=visitors,page_views,events,orders,revenue";

/// Numbers over days, with and without a filter that holds for all, are those of the events' own days.
async fn numbers(service: &Service, seed: u64, zone: &TimeZone, rows: &[&EventRow<'_>]) {
    let series = get(service, seed, &format!("/stats?{METRICS}&interval=day&{PERIOD}")).await;
    let days = by_day(zone, rows);
    let none = Counted::default();
    for row in series["rows"].as_array().unwrap() {
        let day = row["dimensions"]["time"].as_str().unwrap();
        assert_eq!(row["metrics"], days.get(day).unwrap_or(&none).metrics(), "seed {seed} {day}");
    }
    let all = Counted::of(rows.iter().copied());
    assert_eq!(series["totals"], all.metrics(), "seed {seed}");
    let others = series.get("other_revenue").cloned().unwrap_or(json!([]));
    assert_eq!(others, all.other_revenue(), "seed {seed}");
    for filter in ["channel:is_not:nothing", "entry_page:is_not:nothing", "country:is_not:nothing"] {
        let filtered =
            get(service, seed, &format!("/stats?{METRICS}&interval=day&filter={filter}&{PERIOD}")).await;
        assert_eq!(filtered["rows"], series["rows"], "seed {seed} {filter}");
        assert_eq!(filtered.get("other_revenue"), series.get("other_revenue"), "seed {seed} {filter}");
    }
}

/// The channel of an event is that of its visit's first event; nobody sent a visit without one.
async fn channels(service: &Service, seed: u64, rows: &[&EventRow<'_>]) {
    let mut firsts: BTreeMap<(&str, &str), (i64, &str, &str)> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.session.is_empty()) {
        let first = (row.ts, row.path.as_ref(), row.channel.as_ref());
        let entry = firsts.entry((&row.visitor, &row.session)).or_insert(first);
        *entry = first.min(*entry);
    }
    let mut expected: BTreeMap<&str, Counted> = BTreeMap::new();
    for row in rows {
        let channel = firsts.get(&(row.visitor.as_ref(), row.session.as_ref())).map_or("", |first| first.2);
        expected.entry(if channel.is_empty() { "direct" } else { channel }).or_default().add(row);
    }
    let answer =
        get(service, seed, &format!("/stats?{METRICS}&order_by=events&group_by=channel&{PERIOD}")).await;
    let found: BTreeMap<&str, &Value> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["dimensions"]["channel"].as_str().unwrap(), &row["metrics"]))
        .collect();
    let expected: BTreeMap<&str, Value> =
        expected.into_iter().map(|(channel, counted)| (channel, counted.metrics())).collect();
    assert_eq!(json!(found), json!(expected), "seed {seed}");
}

/// Visitors of other events are among those who came, in total and on each day; a page's purchases are those of the visits
/// that saw it.
async fn filters(service: &Service, seed: u64, zone: &TimeZone, rows: &[&EventRow<'_>]) {
    let kinds = ["search", "order", "newsletter_delivered"];
    let question =
        format!("/stats?metrics=visitors&interval=day&filter=kind:is:{}&{PERIOD}", kinds.join(","));
    let answer = get(service, seed, &question).await;
    let came = |day: Option<&str>| -> BTreeSet<String> {
        let of_day: Vec<&EventRow<'_>> =
            rows.iter().copied().filter(|row| day.is_none_or(|day| day_of(zone, row.ts) == day)).collect();
        let visitors_of_day = Counted::of(of_day.iter().copied()).visitors;
        let did = of_day.iter().filter(|row| kinds.contains(&row.kind.as_ref()));
        did.map(|row| row.visitor.to_string()).filter(|visitor| visitors_of_day.contains(visitor)).collect()
    };
    assert_eq!(answer["totals"]["visitors"], came(None).len(), "seed {seed}");
    for row in answer["rows"].as_array().unwrap() {
        let day = row["dimensions"]["time"].as_str().unwrap();
        assert_eq!(row["metrics"]["visitors"], came(Some(day)).len(), "seed {seed} {day}");
    }
    for channel in ["", "&filter=channel:is_not:nothing"] {
        let answer =
            get(service, seed, &format!("/stats?metrics=orders,revenue&filter=page:is:/a{channel}&{PERIOD}"))
                .await;
        let visits: BTreeSet<(&str, &str)> = rows
            .iter()
            .filter(|row| row.kind == "page_view" && row.path == "/a")
            .map(|row| (row.visitor.as_ref(), row.session.as_ref()))
            .collect();
        let bought = Counted::of(
            rows.iter().copied().filter(|row| visits.contains(&(row.visitor.as_ref(), row.session.as_ref()))),
        );
        let expected = bought.metrics();
        assert_eq!(answer["totals"]["orders"], expected["orders"], "seed {seed} {channel}");
        assert_eq!(answer["totals"]["revenue"], expected["revenue"], "seed {seed} {channel}");
        let others = answer.get("other_revenue").cloned().unwrap_or(json!([]));
        assert_eq!(others, bought.other_revenue(), "seed {seed} {channel}");
    }
}

/// Every event is one person's, and list, card and journey say the same of each.
async fn people(service: &Service, seed: u64, rows: &[&EventRow<'_>]) {
    let list = get(service, seed, "/people?limit=1000").await;
    let list = list["items"].as_array().unwrap();
    let all = Counted::of(rows.iter().copied());
    let sum = |field: &str| list.iter().map(|item| item[field].as_i64().unwrap()).sum::<i64>();
    assert_eq!(
        (sum("events"), sum("page_views"), sum("orders")),
        (all.events, all.views, all.orders),
        "seed {seed}"
    );
    for item in list {
        let person = item["person"].as_str().unwrap();
        let card = get(service, seed, &format!("/people/{person}")).await;
        for field in ["events", "page_views", "sessions", "orders", "revenue", "first_seen", "last_seen"] {
            assert_eq!(item[field], card[field], "seed {seed} {person} {field}");
        }
        assert_eq!(item.get("other_revenue"), card.get("other_revenue"), "seed {seed} {person}");
        let journey = get(service, seed, &format!("/people/{person}/journey?limit=200")).await;
        let sessions = journey["items"].as_array().unwrap();
        let events: usize = sessions.iter().map(|session| session["events"].as_array().unwrap().len()).sum();
        let views: i64 = sessions.iter().map(|session| session["page_views"].as_i64().unwrap()).sum();
        assert_eq!(
            (json!(events), json!(views)),
            (card["events"].clone(), card["page_views"].clone()),
            "seed {seed} {person}"
        );
        stages(seed, person, sessions);
    }
}

/// After a person's first order nothing is before a purchase, and before it nothing changed.
fn stages(seed: u64, person: &str, sessions: &[Value]) {
    let events = || sessions.iter().flat_map(|session| session["events"].as_array().unwrap());
    let moment = |event: &Value| event["ts"].as_str().unwrap().to_owned();
    let first = events().filter(|event| event["kind"] == "order").map(moment).min();
    for event in events() {
        let is_after = first.as_ref().is_some_and(|first| moment(event) > *first);
        let expected = if is_after { "post_purchase" } else { "pre_purchase" };
        assert_eq!(event["stage"], expected, "seed {seed} {person} {event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_histories_have_one_answer() {
    let seeds: u64 = std::env::var("ORMA_SEEDS").map_or(6, |text| text.parse().expect("a number"));
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let mut rows = Vec::new();
    for seed in 0..seeds {
        let zone = ZONES[seed as usize % ZONES.len()];
        let site = Site {
            site: site(seed),
            name: site(seed),
            timezone: zone.into(),
            currency: "EUR".into(),
            origins: Vec::new(),
        };
        service.registry.put_site(&site).await.unwrap();
        rows.extend(history(seed));
    }
    service.insert(&rows).await;
    // Every other event comes again.
    let again: Vec<EventRow<'_>> = rows
        .iter()
        .step_by(2)
        .map(|row| EventRow { received_at: row.received_at + 900, ..row.clone() })
        .collect();
    service.insert(&again).await;
    for seed in 0..seeds {
        let name = site(seed);
        let of_site: Vec<&EventRow<'_>> =
            rows.iter().filter(|row| row.site == name.as_str() && row.bot.is_empty()).collect();
        let zone = TimeZone::get(ZONES[seed as usize % ZONES.len()]).unwrap();
        numbers(&service, seed, &zone, &of_site).await;
        channels(&service, seed, &of_site).await;
        filters(&service, seed, &zone, &of_site).await;
        people(&service, seed, &of_site).await;
    }
    service.engine.stop().await;
}
