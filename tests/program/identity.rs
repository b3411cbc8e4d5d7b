//! Identity by hand: every preview says what the change then does, every undo restores the answers, and whoever is
//! suspicious is told with what did it; against a plain computation over random histories in which events go on coming.

mod changes;
mod suspicious;
mod twin;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use fastrand::Rng;
use orma_model::EventRow;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::query_api::{Service, at, event, view};
use twin::{Pair, Said, Totals, Twin};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const PEOPLE: &str = "/people?limit=1000&order_by=events";

fn random_id(random: &mut Rng) -> Uuid {
    Uuid::from_u64_pair(random.u64(..), random.u64(..))
}

/// Some visits of a few visitors, on whom a few users sign in and out; a user id in two spellings, some that are also a
/// visitor's, and moments that are shared or still to come.
fn some_events(random: &mut Rng, site: &str, count: u64) -> Vec<EventRow<'static>> {
    let start = at("2026-11-10T10:00:00Z");
    let mut rows = Vec::new();
    for _ in 0..count {
        let visitor = format!("v{}", random.u64(..6));
        let number = random.u64(..12);
        let session = if number == 0 { String::new() } else { format!("{visitor}-s{number}") };
        let mut ts = start + i64::try_from(number).unwrap() * DAY + random.i64(0..20) * MINUTE;
        if random.u64(..25) == 0 {
            // Its clock is ahead.
            ts = jiff::Timestamp::now().as_millisecond() + DAY;
        }
        let user = (*random.choice(&["u0", "u1", "u2", "u3", "v1", "è'\"<b>"]).unwrap()).to_owned();
        let told = |user: &str, row: EventRow<'static>| EventRow { user: user.to_owned().into(), ..row };
        let mut row = match random.u64(..14) {
            0 | 1 => told(&user, event("identify", visitor, session, ts)),
            2 => event("reset", visitor, session, ts),
            3 => {
                let row = told(&user, view(visitor, session, ts, "/conto"));
                EventRow {
                    kind: "order".into(),
                    revenue: random.i64(1..500_000),
                    currency: "EUR".into(),
                    ..row
                }
            }
            4 => told(&user, view(visitor, session, ts, "/conto")),
            5 => told(&user, event("call", format!("@{user}"), "", ts)),
            6 if random.u64(..2) == 0 => {
                let previous = (*random.choice(&["u0", "u1", "u2", "old"]).unwrap()).to_owned();
                let row = told(&user, event("alias", format!("@{user}"), "", ts));
                EventRow { props: vec![("previous".into(), previous.into())], ..row }
            }
            _ => view(visitor, session, ts, "/scarpe"),
        };
        row.site = site.to_owned().into();
        row.event_id = random_id(random);
        rows.push(row);
    }
    rows
}

fn decimal(amount: &Value) -> i64 {
    let Some(text) = amount["amount"].as_str() else { return 0 };
    let (whole, fraction) = text.split_once('.').unwrap();
    whole.parse::<i64>().unwrap() * 10_000 + format!("{fraction:0<4}").parse::<i64>().unwrap()
}

fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// The people of a preview's side.
fn side(people: &Value) -> BTreeMap<String, Totals> {
    let totals = |one: &Value| Totals {
        events: one["events"].as_i64().unwrap(),
        sessions: one["sessions"].as_i64().unwrap(),
        page_views: one["page_views"].as_i64().unwrap(),
        orders: one["orders"].as_i64().unwrap(),
        revenue: decimal(&one["revenue"]),
        users: texts(&one["users"]),
        visitors: texts(&one["visitors"]),
    };
    people
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["person"].as_str().unwrap().to_owned(), totals(one)))
        .collect()
}

/// Those for whom the other side has something else.
fn other_than(
    people: &BTreeMap<String, Totals>,
    others: &BTreeMap<String, Totals>,
) -> BTreeMap<String, Totals> {
    people
        .iter()
        .filter(|(person, totals)| others.get(*person) != Some(totals))
        .map(|(person, totals)| (person.clone(), totals.clone()))
        .collect()
}

/// The list of people is the twin's.
async fn list_agrees(service: &Service, site: &str, twin: &Twin, when: &str) {
    let list = service.get_of(site, PEOPLE).await;
    let numbers = |events: i64, sessions: i64, views: i64, orders: i64, revenue: i64| {
        (events, sessions, views, orders, revenue)
    };
    let told: BTreeMap<String, _> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let number = |name: &str| one[name].as_i64().unwrap();
            let told = numbers(
                number("events"),
                number("sessions"),
                number("page_views"),
                number("orders"),
                decimal(&one["revenue"]),
            );
            (one["person"].as_str().unwrap().to_owned(), told)
        })
        .collect();
    let expected: BTreeMap<String, _> = twin
        .people()
        .into_iter()
        .map(|(person, one)| {
            (person, numbers(one.events, one.sessions, one.page_views, one.orders, one.revenue))
        })
        .collect();
    assert_eq!(told, expected, "{when}");
}

/// All answers that an undo must restore.
async fn answers(service: &Service, site: &str, people: &BTreeSet<String>) -> Vec<Value> {
    let stats = "/stats?metrics=people,visitors,sessions,events,revenue&from=2026-11-01&to=2026-12-31";
    let mut answers =
        vec![service.get_of(site, PEOPLE).await, service.get_of(site, stats).await["rows"].take()];
    for person in people {
        let person = percent(person);
        answers
            .push(service.ask_of(site, Method::GET, &format!("/people/{person}/journey"), None).await.json());
        let mut card =
            service.ask_of(site, Method::GET, &format!("/people/{person}/identity"), None).await.json();
        // What was changed by hand is told, undone as it is.
        card["changes"] = Value::Null;
        if let Some(edges) = card["edges"].as_array_mut() {
            edges.retain(|edge| edge["in_force"] == true);
        }
        answers.push(card);
    }
    answers
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn ask_change(
    service: &Service,
    site: &str,
    person: &str,
    what: &str,
    body: &Value,
) -> (StatusCode, Value) {
    let path = format!("/people/{}/identity/{what}", percent(person));
    let answer = service.ask_of(site, Method::POST, &path, Some(body.clone())).await;
    (answer.status, answer.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_say_what_changes_do_and_undoing_restores_the_answers() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    changes::random_changes(&service).await;
    changes::refusals(&service).await;
    changes::at_once(&service).await;
    changes::segments_and_kept_answers_notice(&service).await;
    suspicious::who_is_suspicious(&service).await;
    service.engine.stop().await;
}
