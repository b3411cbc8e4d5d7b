//! Money where it is asked for, through the real program: random histories of shops, sent as their pages send them, and the
//! numbers by campaign, page and product beside a plain computation over the same events.
//!
//! `ORMA_SEEDS=100` makes as many histories, each on a site of its own; without it there are four.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Orma, request, wait_for};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Ten-thousandths.
const SCALE: i128 = 10_000;

const PAGES: [&str; 6] = ["/", "/scarpe", "/scarpe/rosse", "/scarpe/blu", "/saldi/", "/caff%C3%A8/nero"];
const UTM: [&str; 5] = ["source", "medium", "campaign", "content", "term"];
/// What an address may say of each.
const WORDS: [&str; 4] = ["", "news", "saldi d'estate", "caffè"];

/// A line of items, as a plain reader understands it.
#[derive(Clone, Debug)]
struct Line {
    product: &'static str,
    product_id: &'static str,
    product_category: &'static str,
    /// Ten-thousandths.
    quantity: i128,
    amount: i128,
}

#[derive(Clone, Debug)]
struct Event {
    sent: Value,
    kind: &'static str,
    visitor: String,
    session: String,
    ts: i64,
    path: &'static str,
    content_group: String,
    utm: [&'static str; 5],
    lines: Vec<Line>,
    /// Ten-thousandths, and the currency.
    revenue: (i128, &'static str),
}

impl Event {
    fn money(&self) -> i128 {
        if self.kind == "refund" { -self.revenue.0.abs() } else { self.revenue.0 }
    }

    fn is_sale(&self) -> bool {
        matches!(self.kind, "order" | "refund")
    }
}

/// Items as different systems write them: what is sent, and what it means.
fn line(random: &mut Rng) -> (Value, Line) {
    let lines = [
        (
            json!({"id": "p1", "name": "Mocassino Firenze", "category": "classiche", "price": "129.90", "quantity": 2}),
            ("Mocassino Firenze", "p1", "classiche", 20_000, 2_598_000),
        ),
        (
            json!({"item_id": "p1", "item_name": "Mocassino Firenze", "item_category": "classiche", "price": 129.9}),
            ("Mocassino Firenze", "p1", "classiche", 10_000, 1_299_000),
        ),
        (
            json!({"sku": "p2", "name": "  Sneaker\n\"Milano\" ", "category": "sneaker", "price": 8.33333, "quantity": "3"}),
            ("Sneaker \"Milano\"", "p2", "sneaker", 30_000, 250_000),
        ),
        (json!({"product_id": 77, "price": 1e3}), ("77", "77", "", 10_000, 10_000_000)),
        (
            json!({"name": "Laccio al metro", "price": "0.335", "quantity": 1.5}),
            ("Laccio al metro", "", "", 15_000, 5_025),
        ),
        // What cannot be a price costs nothing, and what has no name is sold all the same.
        (json!({"name": "Errore", "id": "p3", "price": 1e30}), ("Errore", "p3", "", 10_000, 0)),
        (json!({"name": "Errore", "id": "p3", "price": {"amount": 3}}), ("Errore", "p3", "", 10_000, 0)),
        (json!({"price": "2.00", "quantity": 0}), ("", "", "", 0, 0)),
        (json!({"price": "2.00", "quantity": null}), ("", "", "", 10_000, 20_000)),
    ];
    let (sent, (product, product_id, product_category, quantity, amount)) =
        random.choice(&lines).unwrap().clone();
    (sent, Line { product, product_id, product_category, quantity, amount })
}

fn decimal(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:04}", amount.abs() / SCALE, amount.abs() % SCALE);
    let shorter = text.strip_suffix("00").or(text.strip_suffix('0'));
    shorter.unwrap_or(&text).to_owned()
}

/// A shop's history of some days: visits from campaigns, with and without ids, products looked at, bought and given back.
fn history(random: &mut Rng, start: i64) -> Vec<Event> {
    let mut events = Vec::new();
    let mut place = 0;
    for visit in 0..12 + random.u64(..12) {
        let visitor = format!("v{}", random.u64(..6));
        // Without an id, those without a pause between them are one.
        let session = if random.u64(..5) == 0 { String::new() } else { format!("s{visit}") };
        let mut ts = start + random.u64(..4) as i64 * DAY + random.u64(..1_380) as i64 * MINUTE;
        for step in 0..=random.u64(..8) {
            // No two at the same moment: whose campaign a visit has is never a tie.
            place += 1;
            ts += 1_000 + place;
            let kind = match (step, random.u64(..8)) {
                (0, 0..6) | (_, 0..3) => "page_view",
                (_, 3) => "view_item",
                (_, 4) => "add_to_cart",
                (_, 5 | 6) => "order",
                _ => "refund",
            };
            let event = one(random, kind, &visitor, &session, ts, step == 0);
            events.push(event);
        }
    }
    events
}

fn one(random: &mut Rng, kind: &'static str, visitor: &str, session: &str, ts: i64, is_first: bool) -> Event {
    let mut sent = json!({"id": uuid::Uuid::from_u64_pair(random.u64(..u64::MAX), random.u64(..u64::MAX)),
        "kind": kind, "visitor": visitor, "ts": ts});
    if !session.is_empty() {
        sent["session"] = json!(session);
    }
    let mut event = Event {
        sent: Value::Null,
        kind,
        visitor: visitor.into(),
        session: session.into(),
        ts,
        path: "",
        content_group: String::new(),
        utm: [""; 5],
        lines: Vec::new(),
        revenue: (0, ""),
    };
    if kind == "page_view" {
        event.path = *random.choice(&PAGES).unwrap();
        if is_first {
            event.utm = std::array::from_fn(|_| *random.choice(&WORDS).unwrap());
        }
        let query: Vec<String> = UTM
            .iter()
            .zip(event.utm)
            .filter(|(_, word)| !word.is_empty())
            .map(|(name, word)| format!("utm_{name}={}", word.replace(' ', "+")))
            .collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        sent["url"] = json!(format!("https://bottega.example{}{query}", event.path));
        let first = event.path.split('/').nth(1).unwrap();
        event.content_group = format!("/{first}");
        if random.u64(..4) == 0 {
            event.content_group = "Ispirazioni".into();
            sent["props"] = json!({"content_group": event.content_group});
        }
    } else if kind == "view_item" && random.u64(..2) == 0 {
        // As Segment's SDKs send what is looked at.
        sent["props"] = json!({"product_id": "p1", "name": "Mocassino Firenze", "category": "classiche"});
        let (product, product_id, product_category) = ("Mocassino Firenze", "p1", "classiche");
        event.lines = vec![Line { product, product_id, product_category, quantity: SCALE, amount: 0 }];
    } else {
        let lines: Vec<(Value, Line)> = (0..random.u64(..4)).map(|_| line(random)).collect();
        sent["items"] = lines.iter().map(|(sent, _)| sent.clone()).collect();
        event.lines = lines.into_iter().map(|(_, line)| line).collect();
    }
    if event.is_sale() {
        // With shipping and less a discount: no sum of its items.
        event.revenue =
            (i128::from(random.u64(..3_000_000)), *random.choice(&["EUR", "EUR", "EUR", "USD"]).unwrap());
        sent["revenue"] = json!({"amount": decimal(event.revenue.0), "currency": event.revenue.1});
    }
    event.sent = sent;
    event
}

/// What a plain computation says of some sessions and some rows of events.
#[derive(Debug, Default)]
struct Counted {
    sessions: usize,
    converted: usize,
    orders: i128,
    revenue: i128,
    of_orders: i128,
    orders_in_euro: i128,
    product_revenue: i128,
    quantity: i128,
}

impl Counted {
    /// An event, with those of its lines that count.
    fn add<'a>(&mut self, event: &Event, lines: impl IntoIterator<Item = &'a Line>) {
        let in_euro = event.revenue.1 == "EUR";
        let is_order = event.kind == "order";
        self.orders += i128::from(is_order);
        if in_euro {
            self.revenue += event.money();
            self.of_orders += if is_order { event.revenue.0 } else { 0 };
            self.orders_in_euro += i128::from(is_order);
        }
        if event.is_sale() {
            let sign = if is_order { 1 } else { -1 };
            for line in lines {
                self.quantity += sign * line.quantity;
                self.product_revenue += if in_euro { sign * line.amount } else { 0 };
            }
        }
    }

    fn metrics(&self) -> Value {
        // Half of a ten-thousandth is rounded up.
        let mean = |sum: i128, count: i128| (2 * sum + count) / (2 * count);
        let average = (self.orders_in_euro > 0).then(|| decimal(mean(self.of_orders, self.orders_in_euro)));
        let conversion = (self.sessions > 0).then(|| self.converted as f64 / self.sessions as f64);
        json!({"sessions": self.sessions, "conversion_rate": conversion, "orders": self.orders,
            "revenue": decimal(self.revenue), "average_order_value": average,
            "product_revenue": decimal(self.product_revenue), "quantity": self.quantity as f64 / SCALE as f64})
    }
}

/// Numbers with their last digit left out, in which two ways of dividing and reading differ.
fn rounded(metrics: &Value) -> Value {
    let mut metrics = metrics.clone();
    for value in metrics.as_object_mut().unwrap().values_mut() {
        if let Some(number) = value.as_f64() {
            *value = json!(format!("{number:.12}"));
        }
    }
    metrics
}

const METRICS: &str =
    "metrics=sessions,conversion_rate,orders,revenue,average_order_value,product_revenue,quantity";

/// A visitor, a session id, and how manieth of its visits.
type Visit = (String, String, usize);

/// Without anything for longer, a visit is over.
const PAUSE_MS: i64 = 30 * 60 * 1_000;

/// The visits of a history: those that count as sessions, and those with an order.
struct Visits<'a> {
    events: BTreeMap<Visit, Vec<&'a Event>>,
}

impl<'a> Visits<'a> {
    fn of(events: &'a [Event]) -> Self {
        let mut sorted: Vec<&Event> = events.iter().collect();
        sorted.sort_by_key(|event| event.ts);
        let mut latest: BTreeMap<(&str, &str), (i64, usize)> = BTreeMap::new();
        let mut visits: BTreeMap<Visit, Vec<&Event>> = BTreeMap::new();
        for event in sorted {
            let (ts, number) = latest.entry((&event.visitor, &event.session)).or_insert((event.ts, 0));
            // All that these histories hold was seen or done by somebody.
            if event.ts - *ts > PAUSE_MS {
                *number += 1;
            }
            *ts = event.ts;
            visits.entry((event.visitor.clone(), event.session.clone(), *number)).or_default().push(event);
        }
        Self { events: visits }
    }

    fn is_session(&self, visit: &Visit) -> bool {
        !visit.1.is_empty() || self.events[visit].iter().any(|event| event.kind == "page_view")
    }

    /// By a property of each visit.
    fn by(&self, property: impl Fn(&[&Event]) -> String) -> BTreeMap<String, Counted> {
        let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
        for (visit, events) in &self.events {
            let row = counted.entry(property(events)).or_default();
            if self.is_session(visit) {
                row.sessions += 1;
                row.converted += usize::from(events.iter().any(|event| event.kind == "order"));
            }
            for event in events {
                row.add(event, &event.lines);
            }
        }
        counted
    }

    /// By a property of the pages that visits saw.
    fn by_page(&self, property: impl Fn(&Event) -> String) -> BTreeMap<String, Counted> {
        let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
        for (visit, events) in &self.events {
            let views = events.iter().filter(|event| event.kind == "page_view");
            let seen: BTreeSet<String> = views.map(|event| property(event)).collect();
            for page in seen {
                let row = counted.entry(page).or_default();
                if self.is_session(visit) {
                    row.sessions += 1;
                    row.converted += usize::from(events.iter().any(|event| event.kind == "order"));
                }
                for event in events {
                    row.add(event, &event.lines);
                }
            }
        }
        counted
    }

    /// By a property of the items of those events that hold one that fits.
    fn by_item(
        &self,
        property: impl Fn(&Line) -> &str,
        fits: impl Fn(&Line) -> bool,
    ) -> BTreeMap<String, Counted> {
        let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
        for (visit, events) in &self.events {
            let has = |event: &Event, value: &str| {
                event.lines.iter().any(|line| fits(line) && property(line) == value)
            };
            let values: BTreeSet<&str> = events
                .iter()
                .flat_map(|event| event.lines.iter().filter(|line| fits(line)).map(&property))
                .collect();
            for value in values {
                let row = counted.entry(value.to_owned()).or_default();
                if self.is_session(visit) {
                    row.sessions += 1;
                    let bought = events.iter().any(|event| event.kind == "order" && has(event, value));
                    row.converted += usize::from(bought);
                }
                for event in events.iter().filter(|event| has(event, value)) {
                    row.add(event, event.lines.iter().filter(|line| fits(line) && property(line) == value));
                }
            }
        }
        counted
    }
}

/// Path of the first event; where that has none, the first page that was seen.
fn entry_page(visit: &[&Event]) -> String {
    let seen = visit.iter().find(|event| event.kind == "page_view");
    let path = visit[0].path;
    if path.is_empty() { seen.map_or("", |view| view.path) } else { path }.to_owned()
}

struct Shop {
    orma: Orma,
    site: String,
    period: String,
}

impl Shop {
    fn ask(&self, question: &str) -> Value {
        self.orma.ask(&format!("/api/v1/sites/{}/stats?{question}&{}", self.site, self.period))
    }

    /// The rows by a dimension are those of the plain computation, where there is a session.
    fn compare(&self, dimension: &str, filter: &str, expected: &BTreeMap<String, Counted>) {
        let answer = self.ask(&format!("{METRICS}&group_by={dimension}&limit=1000{filter}"));
        let rows: BTreeMap<&str, Value> = answer["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["dimensions"][dimension].as_str().unwrap(), rounded(&row["metrics"])))
            .collect();
        let expected: BTreeMap<&str, Value> = expected
            .iter()
            .filter(|(_, counted)| counted.sessions > 0)
            .map(|(value, counted)| (value.as_str(), rounded(&counted.metrics())))
            .collect();
        assert_eq!(json!(rows), json!(expected), "{} {dimension} {filter}", self.site);
    }
}

/// Makes a site and sends it a history, every other event twice.
fn send(orma: &Orma, site: &str, events: &[Event]) {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let made = json!({"site": site, "timezone": "Europe/Rome", "currency": "EUR"}).to_string();
    let made = request("POST", &orma.url("/api/v1/sites"), &headers, made.as_bytes());
    assert_eq!(made.status, 201, "{}", made.text);
    let key = made.json()["write_keys"][0].clone();
    let again = events.iter().step_by(2);
    for batch in [events.iter().collect::<Vec<_>>(), again.collect()] {
        let sent: Vec<&Value> = batch.iter().map(|event| &event.sent).collect();
        let answer = orma.post(json!({"site": key, "events": sent}).to_string(), &headers);
        assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
    }
    let count = format!("SELECT uniqExact(event_id) FROM events WHERE site = '{site}'");
    wait_for("the events", || (orma.number(&count) == events.len() as u64).then_some(()));
    orma.wait_for_views();
}

#[test]
fn money_by_campaign_page_and_product_is_what_a_plain_computation_says() {
    let seeds: u64 = std::env::var("ORMA_SEEDS").map_or(4, |text| text.parse().expect("a number"));
    let today = jiff::Timestamp::now().as_millisecond() / DAY * DAY;
    let start = today - 20 * DAY;
    let day = |ts: i64| jiff::Timestamp::from_millisecond(ts).unwrap().strftime("%F").to_string();
    let period = format!("from={}&to={}", day(start - 2 * DAY), day(start + 8 * DAY));
    let mut shop = Shop { orma: Orma::start(), site: String::new(), period };
    for seed in 0..seeds {
        let mut random = Rng::with_seed(seed);
        let events = history(&mut random, start);
        shop.site = format!("shop{seed}");
        send(&shop.orma, &shop.site, &events);
        let visits = Visits::of(&events);
        for (place, dimension) in
            ["utm_source", "utm_medium", "campaign", "utm_content", "utm_term"].into_iter().enumerate()
        {
            shop.compare(dimension, "", &visits.by(|visit| visit[0].utm[place].to_owned()));
        }
        shop.compare("entry_page", "", &visits.by(entry_page));
        shop.compare("page", "", &visits.by_page(|view| view.path.to_owned()));
        shop.compare("content_group", "", &visits.by_page(|view| view.content_group.clone()));
        shop.compare("product", "", &visits.by_item(|line| line.product, |_| true));
        shop.compare("product_id", "", &visits.by_item(|line| line.product_id, |_| true));
        shop.compare("product_category", "", &visits.by_item(|line| line.product_category, |_| true));
        // Both filters hold of the same item.
        shop.compare(
            "product",
            "&filter=product_category:is:classiche,sneaker&filter=product_id:is_not:p2",
            &visits.by_item(|line| line.product, |line| line.product_id == "p1"),
        );
        totals(&shop, &events, &visits);
    }
}

/// The totals are those of everything, other currencies stand apart, and no filter gives more.
fn totals(shop: &Shop, events: &[Event], visits: &Visits<'_>) {
    let all = visits.by(|_| String::new()).remove("").unwrap();
    let answer = shop.ask(METRICS);
    assert_eq!(rounded(&answer["totals"]), rounded(&all.metrics()), "{}", shop.site);
    let dollars =
        |sum: i128| if sum == 0 { Value::Null } else { json!([{"amount": decimal(sum), "currency": "USD"}]) };
    let in_dollars = || events.iter().filter(|event| event.revenue.1 == "USD");
    let sign = |event: &Event| if event.kind == "order" { 1 } else { -1 };
    let amounts = |event: &Event| event.lines.iter().map(|line| line.amount).sum::<i128>();
    if in_dollars().any(|event| event.revenue.0 != 0) {
        assert_eq!(answer["other_revenue"], dollars(in_dollars().map(Event::money).sum()), "{}", shop.site);
    }
    if in_dollars().any(|event| amounts(event) != 0) {
        let sum = in_dollars().map(|event| sign(event) * amounts(event)).sum();
        assert_eq!(answer["other_product_revenue"], dollars(sum), "{}", shop.site);
    }
    let count = |answer: &Value, metric: &str| answer["totals"][metric].as_f64().unwrap();
    let counts = ["visitors", "sessions", "events", "orders", "page_views"];
    let whole = shop.ask(&format!("metrics={}", counts.join(",")));
    for filter in [
        "product:is_not:nothing",
        "product:is:Mocassino Firenze",
        "product_category:contains:S",
        "content_group:starts:/",
        "utm_term:is_not:nothing",
        "region:is_not:nothing",
        "city:is_not:nothing",
    ] {
        let part = shop.ask(&format!("metrics={}&filter={}", counts.join(","), filter.replace(' ', "%20")));
        for metric in counts {
            assert!(count(&part, metric) <= count(&whole, metric), "{} {filter} {metric}: {part}", shop.site);
        }
    }
}

#[test]
fn items_that_make_no_sense_break_no_answer_and_cost_no_sane_one() {
    let orma = Orma::start();
    let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
    let sane = json!({"name": "Sandalo", "price": "0.1", "quantity": 3});
    let prices = [
        json!("NaN"),
        json!("inf"),
        json!("-inf"),
        json!("0x10"),
        json!("12,90"),
        json!("1e400"),
        json!("99999999999999999999999999999999999999999"),
        json!(1e300),
        json!(-1e300),
        json!(1e-300),
        json!(""),
        json!(true),
        json!(null),
        json!([1]),
        json!({"amount": 1}),
        json!("１２"),
    ];
    let quantities = [json!(1e300), json!("x"), json!(-1e30), json!([]), json!("1e999")];
    let mut items: Vec<Value> = prices.iter().map(|price| json!({"name": "x", "price": price})).collect();
    items.extend(
        quantities.iter().map(|quantity| json!({"name": "x", "price": "5e13", "quantity": quantity})),
    );
    items.extend([json!("p1"), json!(7), json!(null), json!([]), json!([sane]), deep]);
    items.extend([
        json!({"name": {"it": "a"}}),
        json!({"name": "\u{0}\u{1f},'\\\"\u{202e}"}),
        json!({"": ""}),
    ]);
    items.push(json!({"name": "è".repeat(900), "id": -5.5, "category": [1]}));
    let order = |items: Value| json!({"kind": "order", "items": items, "revenue": {"amount": "1", "currency": "EUR"}});
    let mut events: Vec<Value> = items.into_iter().map(|item| order(json!([item, sane]))).collect();
    let largest = json!({"name": "x", "price": "99999999999999.99999999", "quantity": 999_999_999});
    events.push(order(json!([largest, largest, sane])));
    let sane_orders = events.len();
    // No list at all.
    events
        .extend([json!("text"), json!({"name": "a"}), json!(5), json!([]), json!("[{\"price\":")].map(order));
    let count = events.len() as u64;
    orma.collect(&json!(events));
    orma.wait_for_events(count);
    let ask = |question: &str| orma.ask(&format!("/api/v1/sites/demo/stats?{question}"));
    let metrics =
        "metrics=orders,product_revenue,quantity,revenue,conversion_rate,average_order_value,events,visitors";
    for dimension in ["product", "product_id", "product_category"] {
        let rows = ask(&format!("{metrics}&group_by={dimension}&limit=1000"));
        for row in rows["rows"].as_array().unwrap() {
            let value = row["dimensions"][dimension].as_str().unwrap();
            assert!(!value.contains(char::is_control), "{value:?}");
            // What is shown can be asked for.
            let filter = format!("{dimension}:is:{}", value.replace(',', "\\,"))
                .bytes()
                .map(|byte| format!("%{byte:02x}"))
                .collect::<Vec<_>>()
                .concat();
            let one = ask(&format!("{metrics}&filter={filter}"));
            for metric in ["orders", "product_revenue", "quantity", "revenue"] {
                assert_eq!(one["totals"][metric], row["metrics"][metric], "{dimension} {value:?} {metric}");
            }
        }
        assert_eq!(rows["totals"]["orders"], count, "{dimension}");
    }
    let sandals = ask(&format!("{metrics}&filter=product:is:Sandalo"));
    assert_eq!(sandals["totals"]["orders"], sane_orders);
    assert_eq!(sandals["totals"]["product_revenue"], decimal(sane_orders as i128 * 3_000), "{sandals}");
}
