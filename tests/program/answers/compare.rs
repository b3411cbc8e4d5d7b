//! Asks, and holds the answers against the plain computation and against each other.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use fastrand::Rng;
use orma_model::EventRow;
use serde_json::{Value, json};

use super::history::Site;
use super::question::Question;
use super::twin::{CURRENCY, Place, Twin, decimal, is_bot, is_view, money};
use super::{Findings, is_close};
use crate::query_api::{ADMIN, Service};

const COUNTS: [&str; 6] = ["visitors", "people", "page_views", "events", "orders", "sessions"];

/// Asks about a site.
pub struct Asker<'a> {
    pub service: &'a Service,
    pub site: &'a Site,
    pub twin: &'a Twin<'a>,
    pub findings: Findings,
}

/// What nothing comes to.
fn nothing(metric: &str) -> Value {
    match metric {
        "revenue" | "product_revenue" => json!("0.00"),
        "average_order_value"
        | "bounce_rate"
        | "session_duration_ms"
        | "views_per_session"
        | "conversion_rate" => Value::Null,
        "quantity" => json!(0.0),
        _ => json!(0),
    }
}

fn moneys(sums: impl IntoIterator<Item = (String, i128)>) -> Value {
    sums.into_iter().map(|(currency, sum)| json!({"amount": decimal(sum), "currency": currency})).collect()
}

impl Asker<'_> {
    async fn text(&self, address: &str, accept: &str) -> String {
        let request = Request::get(format!("/api/v1/sites/{}{address}", self.site.name))
            .header("authorization", format!("Bearer {ADMIN}"))
            .header("accept", accept);
        let answer = self.service.answer(request.body(Body::empty()).unwrap()).await;
        if answer.status != StatusCode::OK {
            self.findings.differ(format!("{} {address}\n  {}", self.site.name, answer.text));
        }
        answer.text
    }

    async fn get(&self, address: &str) -> Value {
        serde_json::from_str(&self.text(address, "application/json").await).unwrap_or_default()
    }

    fn agree(&self, address: &str, what: &str, found: &Value, expected: &Value) {
        if !is_close(found, expected) {
            self.findings.differ(format!(
                "{} {address}\n  {what}\n  found    {found}\n  expected {expected}",
                self.site.name
            ));
        }
    }

    /// A question about numbers.
    pub async fn numbers(&self, question: &Question, as_csv: bool) {
        let names = question.metrics.iter().chain(&question.group_by);
        let of_filters = question.filters.iter().flat_map(|filter| [filter.dimension, filter.operator]);
        names.copied().chain(of_filters).for_each(|name| self.findings.asked(name));
        let address = question.address();
        let answer = self.get(&address).await;
        if answer["totals"].is_null() {
            return;
        }
        self.totals(&address, "totals", question, &answer["totals"]);
        self.rows(&address, question, &answer["rows"]);
        let others = [
            (["revenue", "average_order_value"], "other_revenue"),
            (["product_revenue"; 2], "other_product_revenue"),
        ];
        for (metrics, name) in others {
            if question.metrics.iter().any(|metric| metrics.contains(metric)) {
                let sums = self.twin.other_money(question, name == "other_product_revenue");
                let found = answer.get(name).cloned().unwrap_or(json!([]));
                self.agree(&address, name, &found, &moneys(sums));
            }
        }
        if question.with_previous {
            let before = question.before(&self.twin.zone);
            let edge =
                |name: &str| answer["compare"][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
            let edges = ["from", "to"].map(|name| edge(name).as_millisecond());
            self.agree(&address, "period before", &json!(edges), &json!([before.from, before.to]));
            self.totals(&address, "totals before", &before, &answer["compare"]["totals"]);
        }
        self.no_filter_gives_more(&address, question);
        if as_csv {
            self.csv(&address, &answer).await;
        }
    }

    fn totals(&self, address: &str, what: &str, question: &Question, found: &Value) {
        let question = question.totals();
        for metric in &question.metrics {
            let expected = self.twin.metric(&question, metric).remove(&(String::new(), Vec::new()));
            let expected = expected.unwrap_or_else(|| nothing(metric));
            self.agree_metric(address, what, metric, &found[metric], &expected);
        }
    }

    fn agree_metric(&self, address: &str, what: &str, metric: &str, found: &Value, expected: &Value) {
        // Rounded to whole milliseconds.
        let is_near = |found: f64, expected: f64| (found - expected).abs() <= 0.500_001;
        if metric == "session_duration_ms"
            && found.as_f64().zip(expected.as_f64()).is_some_and(|(found, expected)| is_near(found, expected))
        {
            return;
        }
        self.agree(address, &format!("{what}: {metric}"), found, expected);
    }

    fn rows(&self, address: &str, question: &Question, rows: &Value) {
        let rows = rows.as_array().unwrap();
        let place = |row: &Value| -> Place {
            let text = |name: &str| row["dimensions"][name].as_str().unwrap_or_default().to_owned();
            (text("time"), question.group_by.iter().map(|name| text(name)).collect())
        };
        let places: BTreeSet<Place> = rows.iter().map(place).collect();
        let keys: BTreeSet<&Vec<String>> = places.iter().map(|(_, key)| key).collect();
        self.agree(address, "each row once", &json!(rows.len()), &json!(places.len()));
        for metric in &question.metrics {
            let mut expected = self.twin.metric(question, metric);
            for row in rows {
                let place = place(row);
                let expected = expected.remove(&place).unwrap_or_else(|| nothing(metric));
                self.agree_metric(address, &format!("{place:?}"), metric, &row["metrics"][metric], &expected);
            }
            // What is left is of keys that are not on the page, because the first metric has nothing there.
            expected.retain(|(_, key), value| {
                *value != nothing(metric) && (*metric == question.metrics[0] || keys.contains(key))
            });
            // What comes to nothing over the period is on no page, though it may not in each bucket.
            let is_of_no_page = question.interval.is_some() && rows.is_empty();
            if !expected.is_empty() && !is_of_no_page {
                self.agree(
                    address,
                    &format!("{metric} of rows that are not there"),
                    &json!(null),
                    &json!(expected.iter().map(|(place, value)| json!([place, value])).collect::<Vec<_>>()),
                );
            }
        }
    }

    /// Whoever is left in is a part of all.
    fn no_filter_gives_more(&self, address: &str, question: &Question) {
        if question.filters.is_empty() {
            return;
        }
        let (filtered, all) = (
            question.totals(),
            Question { filters: vec![], group_by: vec![], interval: None, ..question.clone() },
        );
        for metric in question.metrics.iter().copied().filter(|metric| COUNTS.contains(metric)) {
            let of = |question: &Question| {
                let found = self.twin.metric(question, metric).remove(&(String::new(), Vec::new()));
                found.and_then(|count| count.as_i64()).unwrap_or(0)
            };
            let (filtered, all) = (of(&filtered), of(&all));
            if filtered > all {
                self.findings.differ(format!(
                    "{} {address}\n  {metric}: {filtered} with filters, {all} without",
                    self.site.name
                ));
            }
        }
    }

    /// The same as a table.
    async fn csv(&self, address: &str, answer: &Value) {
        let text = self.text(address, "text/csv").await;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let names = reader.headers().unwrap().clone();
        let rows: Vec<Value> = reader
            .records()
            .map(|record| {
                names
                    .iter()
                    .zip(record.unwrap().iter())
                    .map(|(name, value)| (name.to_owned(), json!(value)))
                    .collect()
            })
            .collect();
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let expected: Vec<Value> = answer["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let fields =
                    ["dimensions", "metrics"].into_iter().flat_map(|part| row[part].as_object().unwrap());
                fields.map(|(name, value)| (name.clone(), json!(text(value)))).collect()
            })
            .collect();
        self.agree(address, "csv", &json!(rows), &json!(expected));
    }

    /// The list of people, and of some the card and the journey.
    pub async fn people(&self, random: &mut Rng, some: usize) {
        let mut expected = self.everybody();
        let orders = ["last_seen", "first_seen", "sessions", "page_views", "events", "orders", "revenue"];
        let address = format!("/people?limit=1000&order_by={}", random.choice(orders).unwrap());
        let list = self.get(&address).await;
        let Some(list) = list["items"].as_array() else { return };
        for item in list {
            let person = item["person"].as_str().unwrap();
            let Some(told) = expected.remove(person) else {
                self.agree(&address, "nobody", &json!(person), &Value::Null);
                continue;
            };
            for (field, value) in told.as_object().unwrap() {
                let found = item.get(field).unwrap_or(&Value::Null);
                self.agree(&address, &format!("{person} {field}"), found, value);
            }
        }
        self.agree(&address, "who is not there", &json!([]), &json!(expected.keys().collect::<Vec<_>>()));
        self.viewers(random).await;
        for _ in 0..some {
            if let Some(item) = random.choice(list) {
                self.person(random, item).await;
            }
        }
    }

    /// People as a number are those whom the list has with a view.
    async fn viewers(&self, random: &mut Rng) {
        let mut question = Question::random(random, self.twin);
        (question.metrics, question.group_by, question.filters) = (vec!["people"], vec![], vec![]);
        (question.interval, question.with_bots, question.with_previous) = (None, false, false);
        let address = question
            .address()
            .replace("/stats?metrics=people", "/people?filter=kind:is:page_view,screen_view");
        let list = self.get(&address).await;
        let expected = self.twin.metric(&question, "people").into_values().next().unwrap_or(json!(0));
        self.agree(&address, "people with a view", &json!(list["items"].as_array().map(Vec::len)), &expected);
    }

    fn of_person(&self) -> BTreeMap<String, Vec<&EventRow<'_>>> {
        let mut people: BTreeMap<String, Vec<&EventRow<'_>>> = BTreeMap::new();
        for row in self.site.rows.iter().filter(|row| !is_bot(row)) {
            people.entry(self.twin.person(row).to_owned()).or_default().push(row);
        }
        people
    }

    /// What the list says of everybody.
    fn everybody(&self) -> BTreeMap<String, Value> {
        let mut sessions: BTreeMap<String, i64> = BTreeMap::new();
        for visit in self.twin.visits() {
            let mut owners: BTreeMap<String, bool> = BTreeMap::new();
            for row in &visit.rows {
                *owners.entry(self.twin.person(row).to_owned()).or_default() |=
                    is_view(row) || !row.session.is_empty();
            }
            for (person, counts) in owners {
                *sessions.entry(person).or_default() += i64::from(counts);
            }
        }
        let told = |(person, rows): (String, Vec<&EventRow<'_>>)| {
            let count = |is_meant: fn(&EventRow<'_>) -> bool| rows.iter().filter(|row| is_meant(row)).count();
            let moments = || rows.iter().map(|row| row.ts);
            let visitors: BTreeSet<&str> = rows.iter().map(|row| row.visitor.as_ref()).collect();
            let (revenue, other_revenue) = revenue(rows.iter().copied());
            let value = json!({
                "events": rows.len(), "page_views": count(is_view), "orders": count(|row| row.kind == "order"),
                "sessions": sessions.get(&person), "visitors": visitors.len(),
                "first_seen": instant(moments().min().unwrap()), "last_seen": instant(moments().max().unwrap()),
                "revenue": revenue, "other_revenue": other_revenue,
            });
            (person, value)
        };
        self.of_person().into_iter().map(told).collect()
    }

    /// Card and journey say the same as the list.
    async fn person(&self, random: &mut Rng, item: &Value) {
        let person = item["person"].as_str().unwrap();
        let address = format!("/people/{person}");
        let card = self.get(&address).await;
        for field in [
            "events",
            "page_views",
            "sessions",
            "orders",
            "revenue",
            "other_revenue",
            "first_seen",
            "last_seen",
        ] {
            self.agree(&address, field, &card[field], &item[field]);
        }
        let limit = *random.choice(&[1, 2, 100]).unwrap();
        let mut sessions: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{address}/journey?limit={limit}{cursor}")).await;
            sessions.extend(page["items"].as_array().into_iter().flatten().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut expected: Vec<Value> = Vec::new();
        for visit in self.twin.visits() {
            let rows: Vec<&EventRow<'_>> =
                visit.rows.iter().copied().filter(|row| self.twin.person(row) == person).collect();
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { continue };
            let ids: Vec<String> = rows.iter().rev().map(|row| row.event_id.to_string()).collect();
            let (revenue, other_revenue) = revenue(rows.iter().copied());
            expected.push(
                json!({"started_at": instant(first.ts), "ended_at": instant(last.ts), "events": ids,
                "page_views": rows.iter().filter(|row| is_view(row)).count(), "visitor": first.visitor,
                "revenue": revenue, "other_revenue": other_revenue}),
            );
        }
        let told = |session: &Value| -> Value {
            let events = session["events"].as_array().unwrap();
            let ids: Vec<&Value> = events.iter().map(|event| &event["event_id"]).collect();
            let mut told = json!({"events": ids, "other_revenue": session.get("other_revenue")});
            for name in ["started_at", "ended_at", "page_views", "visitor", "revenue"] {
                told[name] = session[name].clone();
            }
            told
        };
        let sorted = |mut sessions: Vec<Value>| {
            sessions.sort_by_key(ToString::to_string);
            json!(sessions)
        };
        let found = sorted(sessions.iter().map(told).collect());
        self.agree(&format!("{address}/journey?limit={limit}"), "sessions", &found, &sorted(expected));
        self.stages(&address, &sessions);
    }

    /// After a person's first order nothing is before a purchase, and before it nothing changed.
    fn stages(&self, address: &str, sessions: &[Value]) {
        let events = || sessions.iter().flat_map(|session| session["events"].as_array().unwrap());
        let first =
            events().filter(|event| event["kind"] == "order").filter_map(|event| event["ts"].as_str()).min();
        for event in events() {
            let row =
                self.site.rows.iter().find(|row| event["event_id"] == row.event_id.to_string()).unwrap();
            let is_after = first.is_some_and(|first| event["ts"].as_str() > Some(first));
            let changes = is_after && row.stage == "pre_purchase";
            let expected = if changes { "post_purchase" } else { row.stage.as_ref() };
            self.agree(address, "stage", &event["stage"], &json!(expected));
        }
    }
}

/// Money in the site's currency, if there was any, and in others.
fn revenue<'r, 'a: 'r>(rows: impl Iterator<Item = &'r EventRow<'a>>) -> (Value, Value) {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    for row in rows.filter(|row| row.revenue != 0) {
        *sums.entry(row.currency.to_string()).or_default() += money(row);
    }
    let own = sums
        .remove(CURRENCY)
        .map_or(Value::Null, |sum| json!({"amount": decimal(sum), "currency": CURRENCY}));
    let others = if sums.is_empty() { Value::Null } else { moneys(sums) };
    (own, others)
}

fn instant(ts: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(ts).unwrap();
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
