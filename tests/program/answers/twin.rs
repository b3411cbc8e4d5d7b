//! What `docs/definitions.md` says, computed one event at a time over all events of a site: no SQL, no index, no plan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::tz::TimeZone;
use orma_model::EventRow;
use serde_json::Value;
use uuid::Uuid;

use super::history::{MINUTE, Site};
use super::people::People;
use super::question::{Filter, Level, Question, level};
use crate::support::visits::visits_of;

/// The site's currency.
pub const CURRENCY: &str = "EUR";
const PASSIVE: [&str; 4] = ["page_leave", "identify", "reset", "alias"];
const ABOUT_ITEMS: [&str; 4] = ["view_item", "add_to_cart", "order", "refund"];

/// The values of the dimensions of a row.
pub type Key = Vec<String>;
/// The bucket of time and the key of a row.
pub type Place = (String, Key);

/// All of a site, and what follows from it.
pub struct Twin<'a> {
    pub site: &'a Site,
    pub zone: TimeZone,
    /// Whose each event is.
    persons: HashMap<Uuid, String>,
    /// What each event is about, where it is about items.
    items: HashMap<Uuid, Vec<Item>>,
    visits: Vec<Visit<'a>>,
    visit_of: HashMap<Uuid, usize>,
}

/// A visit with its events, the first first.
pub struct Visit<'a> {
    pub is_bot: bool,
    pub rows: Vec<&'a EventRow<'a>>,
}

/// An item of an event: money in ten-thousandths.
#[derive(Clone, Debug)]
struct Item {
    name: String,
    id: String,
    category: String,
    amount: i128,
    quantity: i128,
}

pub fn is_view(row: &EventRow<'_>) -> bool {
    row.kind == "page_view" || row.kind == "screen_view"
}

pub fn is_bot(row: &EventRow<'_>) -> bool {
    !row.bot.is_empty() || row.verdict == "machine"
}

/// Items changed hands.
fn is_sold(row: &EventRow<'_>) -> bool {
    row.kind == "order" || row.kind == "refund"
}

/// What an event brought in ten-thousandths; a refund takes away.
pub fn money(row: &EventRow<'_>) -> i128 {
    let amount = i128::from(row.revenue);
    if row.kind == "refund" { -amount.abs() } else { amount }
}

fn page<'r>(row: &'r EventRow<'_>) -> &'r str {
    if row.path.is_empty() { &row.screen } else { &row.path }
}

fn prop<'r>(row: &'r EventRow<'_>, name: &str) -> &'r str {
    row.props.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_ref())
}

impl Visit<'_> {
    fn first(&self) -> &EventRow<'_> {
        self.rows[0]
    }

    pub fn started(&self) -> i64 {
        self.first().ts
    }

    fn views(&self) -> impl DoubleEndedIterator<Item = &&EventRow<'_>> {
        self.rows.iter().filter(|row| is_view(row))
    }

    /// Whether it counts as a session.
    pub fn is_session(&self) -> bool {
        !self.first().session.is_empty() || self.views().next().is_some()
    }

    fn is_bounce(&self) -> bool {
        let actions = self.rows.iter().filter(|row| !is_view(row) && !PASSIVE.contains(&row.kind.as_ref()));
        self.views().count() == 1 && actions.count() == 0 && self.duration() < 10_000
    }

    /// Until the last event, or the pause after which everything came by itself.
    pub fn duration(&self) -> i64 {
        let is_passive = |row: &&EventRow<'_>| PASSIVE.contains(&row.kind.as_ref());
        let pause = (1..self.rows.len()).find(|&index| {
            self.rows[index].ts - self.rows[index - 1].ts > 30 * MINUTE
                && self.rows[index..].iter().all(is_passive)
        });
        self.rows[pause.unwrap_or(self.rows.len()) - 1].ts - self.started()
    }
}

impl<'a> Twin<'a> {
    pub fn new(site: &'a Site) -> Self {
        let mut of_key: BTreeMap<_, Vec<&EventRow<'_>>> = BTreeMap::new();
        let keys = visits_of(site.rows.iter());
        for row in &site.rows {
            of_key.entry(keys[&row.event_id].clone()).or_default().push(row);
        }
        let visits: Vec<Visit<'_>> = of_key
            .into_iter()
            .map(|((_, _, is_bot, _), mut rows)| {
                rows.sort_by_key(|row| (row.ts, row.event_id));
                Visit { is_bot, rows }
            })
            .collect();
        let of_visit = |(index, visit): (usize, &Visit<'_>)| -> Vec<(Uuid, usize)> {
            visit.rows.iter().map(|row| (row.event_id, index)).collect()
        };
        let visit_of = visits.iter().enumerate().flat_map(of_visit).collect();
        let people = People::new(site);
        let persons = site.rows.iter().map(|row| (row.event_id, people.person(row))).collect();
        let about_items = site.rows.iter().filter(|row| ABOUT_ITEMS.contains(&row.kind.as_ref()));
        let items = about_items.map(|row| (row.event_id, items(row))).collect();
        Self { site, zone: TimeZone::get(site.zone).unwrap(), persons, items, visits, visit_of }
    }

    /// The person of an event.
    pub fn person(&self, row: &EventRow<'_>) -> &str {
        &self.persons[&row.event_id]
    }

    fn items(&self, row: &EventRow<'_>) -> &[Item] {
        self.items.get(&row.event_id).map_or(&[], Vec::as_slice)
    }

    fn visit(&self, row: &EventRow<'_>) -> &Visit<'a> {
        &self.visits[self.visit_of[&row.event_id]]
    }

    /// The visits of people.
    pub fn visits(&self) -> impl Iterator<Item = &Visit<'a>> {
        self.visits.iter().filter(|visit| !visit.is_bot)
    }

    /// The events that a question may count.
    pub fn events(&self, question: &Question) -> impl Iterator<Item = &'a EventRow<'a>> {
        let (from, to, with_bots) = (question.from, question.to, question.with_bots);
        self.site.rows.iter().filter(move |row| (from..to).contains(&row.ts) && (with_bots || !is_bot(row)))
    }

    /// A metric of a question, by the rows of its answer.
    pub fn metric(&self, question: &Question, metric: &str) -> BTreeMap<Place, Value> {
        match metric {
            "sessions" | "bounce_rate" | "session_duration_ms" | "views_per_session" | "conversion_rate" => {
                self.of_visits(question, metric)
            }
            _ => self.of_events(question, metric),
        }
    }

    /// The bucket of a moment.
    fn bucket(&self, question: &Question, ts: i64) -> String {
        question
            .interval
            .map_or_else(String::new, |interval| super::question::label(interval, ts, &self.zone))
    }

    fn of_events(&self, question: &Question, metric: &str) -> BTreeMap<Place, Value> {
        let is_of_items = matches!(metric, "product_revenue" | "quantity");
        let is_of_purchases = is_of_items || matches!(metric, "orders" | "revenue" | "average_order_value");
        // Who saw something when: what other events count for.
        let mut saw: BTreeSet<(String, String)> = BTreeSet::new();
        for row in self.events(question).filter(|row| is_view(row)) {
            saw.insert((self.who(metric, row), self.bucket(question, row.ts)));
        }
        let mut tallies: BTreeMap<Place, Tally> = BTreeMap::new();
        for row in self.events(question) {
            let bucket = self.bucket(question, row.ts);
            if is_of_purchases && !is_sold(row) && row.revenue == 0 {
                continue;
            }
            if is_of_items && !is_sold(row) {
                continue;
            }
            let keys = if is_of_purchases && question.asks_for_pages() {
                // An order has no page: those that its visit saw.
                let views = self.visit(row).views();
                let mut keys: BTreeMap<Key, Vec<Item>> = BTreeMap::new();
                for view in views {
                    keys.extend(self.keys(question, row, Some(view)));
                }
                keys
            } else {
                self.keys(question, row, None)
            };
            for (key, items) in keys {
                let tally = tallies.entry((bucket.clone(), key)).or_default();
                tally.events += 1;
                tally.views += i64::from(is_view(row));
                tally.orders += i64::from(row.kind == "order");
                if row.currency == CURRENCY {
                    tally.revenue += money(row);
                    if row.kind == "order" {
                        tally.paid += 1;
                        tally.spent += i128::from(row.revenue);
                    }
                }
                let who = self.who(metric, row);
                let counts = if question.counts_any_event() {
                    saw.contains(&(who.clone(), bucket.clone()))
                } else {
                    is_view(row)
                };
                if counts {
                    tally.who.insert(who);
                }
                for item in &items {
                    let sign = |number: i128| if row.kind == "refund" { -number.abs() } else { number };
                    tally.quantity += sign(item.quantity);
                    if row.currency == CURRENCY {
                        tally.product_revenue += sign(item.amount);
                    }
                }
            }
        }
        tallies.into_iter().map(|(place, tally)| (place, tally.value(metric))).collect()
    }

    /// A visitor, or the person of an event.
    fn who(&self, metric: &str, row: &EventRow<'_>) -> String {
        if metric == "people" { self.person(row).to_owned() } else { row.visitor.to_string() }
    }

    /// Money in other currencies over all of a question: what purchases brought, or their items.
    pub fn other_money(&self, question: &Question, of_items: bool) -> BTreeMap<String, i128> {
        let question =
            Question { group_by: vec![], interval: None, ..question.clone() }.with_pages_of(question);
        let mut sums: BTreeMap<String, i128> = BTreeMap::new();
        for row in self.events(&question) {
            if row.currency == CURRENCY || !is_sold(row) && (of_items || row.revenue == 0) {
                continue;
            }
            let views: Vec<Option<&EventRow<'_>>> = if question.asks_for_pages() {
                let views = self.visit(row).views();
                views.map(|view| Some(*view)).collect()
            } else {
                vec![None]
            };
            let Some(items) =
                views.into_iter().find_map(|view| self.keys(&question, row, view).into_values().next())
            else {
                continue;
            };
            let sign = |amount: i128| if row.kind == "refund" { -amount.abs() } else { amount };
            let sum = if of_items { items.iter().map(|item| sign(item.amount)).sum() } else { money(row) };
            if sum != 0 {
                *sums.entry(row.currency.to_string()).or_default() += sum;
            }
        }
        sums
    }

    /// The keys under which an event counts, each with the items that it counts for. `view` is the page that stands for it.
    fn keys(
        &self,
        question: &Question,
        row: &EventRow<'_>,
        view: Option<&EventRow<'_>>,
    ) -> BTreeMap<Key, Vec<Item>> {
        let visit = self.visit(row);
        let value = |name: &str| match level(name) {
            Level::Session => of_visit(visit, name),
            _ if matches!(name, "page" | "content_group") => of_event(view.unwrap_or(row), name),
            _ => of_event(row, name),
        };
        let others = |filter: &&Filter| level(filter.dimension) != Level::Item;
        if !question.filters.iter().filter(others).all(|filter| filter.holds(&value(filter.dimension))) {
            return BTreeMap::new();
        }
        let about = |item: Option<&Item>| -> Key {
            let value = |name: &&str| match (level(name), item) {
                (Level::Item, Some(item)) => item.value(name),
                _ => value(name),
            };
            question.group_by.iter().map(value).collect()
        };
        if !question.asks_for_items() {
            return BTreeMap::from([(about(None), self.items(row).to_vec())]);
        }
        let mut keys: BTreeMap<Key, Vec<Item>> = BTreeMap::new();
        for item in self.items(row) {
            let mut of_items = question.filters.iter().filter(|filter| !others(filter));
            if ABOUT_ITEMS.contains(&row.kind.as_ref())
                && of_items.all(|filter| filter.holds(&item.value(filter.dimension)))
            {
                keys.entry(about(Some(item))).or_default().push(item.clone());
            }
        }
        keys
    }

    fn of_visits(&self, question: &Question, metric: &str) -> BTreeMap<Place, Value> {
        let mut tallies: BTreeMap<Place, Visits> = BTreeMap::new();
        for visit in &self.visits {
            if !(question.from..question.to).contains(&visit.started()) || visit.is_bot && !question.with_bots
            {
                continue;
            }
            for key in self.keys_of_visit(question, visit) {
                let tally = tallies.entry((self.bucket(question, visit.started()), key.clone())).or_default();
                let views = visit.views().count() as f64;
                tally.with_views += f64::from(u8::from(views > 0.0));
                tally.views += views;
                tally.bounces += f64::from(u8::from(visit.is_bounce()));
                if visit.is_session() {
                    tally.sessions += 1;
                    tally.duration += visit.duration() as f64;
                    tally.bought += f64::from(u8::from(self.is_bought(question, visit, &key)));
                }
            }
        }
        tallies.into_iter().map(|(place, tally)| (place, tally.value(metric))).collect()
    }

    /// Whether there is an order in a visit; where items are asked for, one of such an item.
    fn is_bought(&self, question: &Question, visit: &Visit<'_>, key: &Key) -> bool {
        let mut orders = visit.rows.iter().filter(|row| row.kind == "order");
        if !question.asks_for_items() {
            return orders.next().is_some();
        }
        let fits = |item: &Item| {
            let mut dimensions =
                question.group_by.iter().zip(key).filter(|(name, _)| level(name) == Level::Item);
            let mut filters = question.filters.iter().filter(|filter| level(filter.dimension) == Level::Item);
            dimensions.all(|(name, value)| item.value(name) == *value)
                && filters.all(|filter| filter.holds(&item.value(filter.dimension)))
        };
        orders.any(|order| self.items(order).iter().any(fits))
    }

    /// The keys under which a visit counts: by what it is, and by what happened in it.
    fn keys_of_visit(&self, question: &Question, visit: &Visit<'_>) -> BTreeSet<Key> {
        let of_events = |name: &str| matches!(level(name), Level::Event | Level::Item);
        let of_it = |filter: &&Filter| !of_events(filter.dimension);
        if !question
            .filters
            .iter()
            .filter(of_it)
            .all(|filter| filter.holds(&of_visit(visit, filter.dimension)))
        {
            return BTreeSet::new();
        }
        if !question.filters.iter().any(|filter| !of_it(&filter))
            && !question.asks_for_events
            && !question.group_by.iter().any(|name| of_events(name))
        {
            return BTreeSet::from([question.group_by.iter().map(|name| of_visit(visit, name)).collect()]);
        }
        let mut keys = BTreeSet::new();
        let only_views = !question.counts_any_event();
        for row in visit.rows.iter().filter(|row| !only_views || is_view(row)) {
            let found = self.items(row);
            let found: Vec<Option<&Item>> =
                match (question.asks_for_items(), ABOUT_ITEMS.contains(&row.kind.as_ref())) {
                    (false, _) => vec![None],
                    (true, true) => found.iter().map(Some).collect(),
                    (true, false) => vec![],
                };
            for item in found {
                let value = |name: &str| match (level(name), item) {
                    (Level::Item, Some(item)) => item.value(name),
                    (Level::Event, _) => of_event(row, name),
                    _ => of_visit(visit, name),
                };
                let mut filters = question.filters.iter().filter(|filter| !of_it(filter));
                if filters.all(|filter| filter.holds(&value(filter.dimension))) {
                    keys.insert(question.group_by.iter().map(|name| value(name)).collect());
                }
            }
        }
        keys
    }
}

impl Item {
    fn value(&self, name: &str) -> String {
        match name {
            "product_id" => self.id.clone(),
            "product_category" => self.category.clone(),
            _ if self.name.is_empty() => self.id.clone(),
            _ => self.name.clone(),
        }
    }
}

fn items(row: &EventRow<'_>) -> Vec<Item> {
    let listed: Vec<Value> = serde_json::from_str(prop(row, "items")).unwrap_or_default();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<Item> = listed
        .iter()
        .map(|item| {
            let price = (item["price"].as_f64().unwrap_or(0.0) * 10_000.0).round() as i128;
            let quantity = i128::from(item["quantity"].as_i64().unwrap_or(1));
            let amount = price * quantity;
            Item {
                name: text(item, "item_name"),
                id: text(item, "id"),
                category: text(item, "category"),
                amount,
                quantity,
            }
        })
        .collect();
    if row.kind == "view_item" {
        let id = prop(row, "product_id").to_owned();
        found.push(Item { name: String::new(), id, category: String::new(), amount: 125_000, quantity: 1 });
    }
    found
}

/// A property of an event.
fn of_event(row: &EventRow<'_>, name: &str) -> String {
    if let Some(name) = name.strip_prefix("props.") {
        return prop(row, name).to_owned();
    }
    let text = match name {
        "page" => page(row),
        "content_group" if !prop(row, "content_group").is_empty() => prop(row, "content_group"),
        "content_group" if row.path.is_empty() => &row.screen,
        "content_group" => return format!("/{}", row.path.split('/').nth(1).unwrap_or_default()),
        "kind" => &row.kind,
        "name" => &row.name,
        "touchpoint" => &row.touchpoint,
        "stage" => &row.stage,
        _ => column(row, name),
    };
    text.to_owned()
}

/// A property of a visit: that of its first event, but for the pages.
fn of_visit(visit: &Visit<'_>, name: &str) -> String {
    let first = visit.first();
    let mut views = visit.views().map(|row| page(row));
    let text = match name {
        "entry_page" if first.path.is_empty() => views.next().unwrap_or_default(),
        "entry_page" => &first.path,
        "exit_page" => views.next_back().unwrap_or_default(),
        "channel" if first.channel.is_empty() => "direct",
        _ => column(first, name),
    };
    text.to_owned()
}

fn column<'r>(row: &'r EventRow<'_>, name: &str) -> &'r str {
    match name {
        "host" => &row.host,
        "source" => &row.source,
        "channel" => &row.channel,
        "campaign" => &row.utm_campaign,
        "utm_source" => &row.utm_source,
        "utm_medium" => &row.utm_medium,
        "utm_content" => &row.utm_content,
        "utm_term" => &row.utm_term,
        "country" => &row.country,
        "region" => &row.region,
        "city" => &row.city,
        "device_class" => &row.device_class,
        "device_brand" => &row.device_brand,
        "device_model" => &row.device_model,
        "browser" => &row.browser,
        "os" => &row.os,
        "language" => &row.language,
        "app_version" => &row.app_version,
        other => panic!("there is no dimension {other}"),
    }
}

#[derive(Debug, Default)]
struct Tally {
    events: i64,
    views: i64,
    orders: i64,
    revenue: i128,
    paid: i128,
    spent: i128,
    who: BTreeSet<String>,
    quantity: i128,
    product_revenue: i128,
}

impl Tally {
    fn value(&self, metric: &str) -> Value {
        match metric {
            "visitors" | "people" => self.who.len().into(),
            "page_views" => self.views.into(),
            "events" => self.events.into(),
            "orders" => self.orders.into(),
            "revenue" => decimal(self.revenue).into(),
            "average_order_value" if self.paid == 0 => Value::Null,
            // Half of a ten-thousandth is rounded up.
            "average_order_value" => decimal((2 * self.spent + self.paid).div_euclid(2 * self.paid)).into(),
            "product_revenue" => decimal(self.product_revenue).into(),
            "quantity" => (self.quantity as f64).into(),
            other => panic!("there is no metric {other}"),
        }
    }
}

#[derive(Debug, Default)]
struct Visits {
    sessions: i64,
    duration: f64,
    bought: f64,
    with_views: f64,
    views: f64,
    bounces: f64,
}

impl Visits {
    fn value(&self, metric: &str) -> Value {
        let of = |number: f64, all: f64| if all == 0.0 { Value::Null } else { (number / all).into() };
        match metric {
            "sessions" => self.sessions.into(),
            "bounce_rate" => of(self.bounces, self.with_views),
            "session_duration_ms" => of(self.duration, self.sessions as f64),
            "views_per_session" => of(self.views, self.with_views),
            _ => of(self.bought, self.sessions as f64),
        }
    }
}

/// Ten-thousandths as decimal text of two to four places.
pub fn decimal(amount: i128) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:04}", amount.abs() / 10_000, amount.abs() % 10_000);
    let shorter = text.strip_suffix("00").or(text.strip_suffix('0'));
    shorter.unwrap_or(&text).to_owned()
}
