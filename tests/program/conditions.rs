//! Random conditions on random histories: the events, visits and people that the store selects are those that a plain
//! computation finds.
//!
//! `ORMA_SEEDS=1000` makes as many histories, each on a site of its own; without it there are 40.
pub mod twin;
mod windows;

use std::cell::OnceCell;

use crate::query_api::{Service, at, event, view};
use fastrand::Rng;
use orma_model::EventRow;
use orma_query::condition::Condition;
use orma_query::scope::{Scope, ScopeText};
use orma_query::{Runner, selection};
use orma_store::Site;
use serde_json::{Value, json};
use twin::{Twin, filter};
use uuid::Uuid;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const CHANNELS: [&str; 3] = ["", "email", "paid"];
const SOURCES: [&str; 3] = ["", "Google", "Lettera"];
const COUNTRIES: [&str; 3] = ["IT", "FR", ""];
const HOSTS: [&str; 2] = ["bottega.example", "shop.example"];
const PAGES: [&str; 4] = ["/", "/a", "/a/b", "/c"];
const COLOURS: [&str; 3] = ["rosso", "Verde", ""];
/// Numbers as text, and what is none.
const PRICES: [&str; 6] = ["9.5", "10", "-3", "1e3", "x", ""];
const PRODUCTS: [&str; 3] = ["Livorno", "Pisa", "Lucca"];
const CATEGORIES: [&str; 2] = ["sneaker", "boot"];
/// Of every so many histories the people are asked for, too.
const PEOPLE_EVERY: u64 = 4;
/// Some days of each history lie before, some after.
const PERIOD: (&str, &str) = ("2026-11-11T06:00:00Z", "2026-11-13T18:30:00Z");

fn site(seed: u64) -> Site {
    site_named(&format!("site{seed}"))
}

pub fn site_named(name: &str) -> Site {
    Site {
        site: name.to_owned(),
        name: name.to_owned(),
        timezone: "Europe/Rome".into(),
        currency: "EUR".into(),
        origins: Vec::new(),
    }
}

/// Some days: visits with and without a session id, on devices that change hands; orders of items; letters to who never
/// comes; bots; moments shared by several events; two users who are one.
pub fn history(seed: u64) -> Vec<EventRow<'static>> {
    let mut random = Rng::with_seed(seed);
    let mut rows = Vec::new();
    let start = at("2026-11-10T00:00:00Z");
    for visit in 0..5 + random.u64(..8) {
        let visitor = format!("v{}", random.u64(..4));
        let session = if random.u64(..4) == 0 { String::new() } else { format!("s{visit}") };
        let hour = *random.choice(&[0, 5, 18, 22, 23]).unwrap();
        let mut ts = start + random.u64(..5) as i64 * DAY + hour * HOUR + random.u64(..60) as i64 * MINUTE;
        let (channel, source) = (*random.choice(&CHANNELS).unwrap(), *random.choice(&SOURCES).unwrap());
        let (country, host) = (*random.choice(&COUNTRIES).unwrap(), *random.choice(&HOSTS).unwrap());
        let mut user = String::new();
        for place in 0..=random.u64(..6) {
            let page = *random.choice(&PAGES).unwrap();
            let row = match random.u64(..10) {
                6 => event("search", visitor.clone(), session.clone(), ts),
                7 => order(&mut random, &visitor, &session, ts),
                8 if !session.is_empty() => {
                    user = format!("u{}", random.u64(..3));
                    event("identify", visitor.clone(), session.clone(), ts)
                }
                9 if place > 0 && !session.is_empty() => {
                    user.clear();
                    event("reset", visitor.clone(), session.clone(), ts)
                }
                _ => view(visitor.clone(), session.clone(), ts, page),
            };
            let is_told = row.kind == "identify" || row.kind != "reset" && random.u64(..2) == 0;
            let is_bot = random.u64(..12) == 0 && row.kind == "page_view";
            let mut props = row.props.clone();
            props.push(("colore".into(), (*random.choice(&COLOURS).unwrap()).into()));
            props.push(("prezzo".into(), (*random.choice(&PRICES).unwrap()).into()));
            rows.push(EventRow {
                user: if is_told { user.clone() } else { String::new() }.into(),
                channel: if place == 0 { channel } else { "" }.into(),
                source: if place == 0 { source } else { "" }.into(),
                country: if random.u64(..5) == 0 { "DE" } else { country }.into(),
                host: host.into(),
                name: if row.kind == "search" { page } else { "" }.into(),
                bot: if is_bot { "crawler" } else { "" }.into(),
                props,
                ..row
            });
            ts += *random.choice(&[0, 1, 30_000, 7 * MINUTE, 20 * MINUTE, 29 * MINUTE]).unwrap();
        }
    }
    for letter in 0..random.u64(..4) {
        let visitor = format!("@u{}", random.u64(..3));
        rows.push(event("call", visitor, "", start + letter as i64 * DAY + 9 * HOUR));
    }
    if random.u64(..3) == 0 {
        let row = event("alias", "", "", start + DAY);
        let props = vec![("previous".into(), "u0".into())];
        rows.push(EventRow { visitor: "@u1".into(), user: "u1".into(), props, ..row });
    }
    for row in &mut rows {
        row.site = site(seed).site.into();
        let high = random.u64(..u64::MAX);
        row.event_id = Uuid::from_u64_pair(high, random.u64(..u64::MAX));
    }
    rows
}

fn order(random: &mut Rng, visitor: &str, session: &str, ts: i64) -> EventRow<'static> {
    let items: Vec<Value> = (0..random.u64(..3))
        .map(|_| json!({"name": random.choice(&PRODUCTS).unwrap(), "category": random.choice(&CATEGORIES).unwrap()}))
        .collect();
    let row = event("order", visitor.to_owned(), session.to_owned(), ts);
    EventRow { props: vec![("items".into(), json!(items).to_string().into())], ..row }
}

fn random_filter(random: &mut Rng) -> Value {
    if random.u64(..8) == 0 {
        let operator = *random.choice(&["greater", "less"]).unwrap();
        return filter(
            "props.prezzo",
            operator,
            &[*random.choice(&["9.5", "0", "1e2", "-3.0", "9e9"]).unwrap()],
        );
    }
    let (dimension, values): (&str, &[&str]) = *random
        .choice(&[
            ("page", &PAGES[..]),
            ("content_group", &["/a", "/c", "/"]),
            ("kind", &["page_view", "order", "search", "identify", "call"]),
            ("kind", &["page_view", "order", "search"]),
            ("name", &PAGES[..]),
            ("props.colore", &COLOURS[..2]),
            ("product", &PRODUCTS[..]),
            ("product_category", &CATEGORIES[..]),
            ("country", &["IT", "FR", "DE"]),
            ("host", &HOSTS[..]),
            ("channel", &["direct", "email", "paid"]),
            ("source", &SOURCES[..]),
            ("entry_page", &PAGES[..]),
            ("exit_page", &PAGES[..]),
        ])
        .unwrap();
    let operator =
        *random.choice(&["is", "is", "is", "is_not", "contains", "starts", "matches", "set"]).unwrap();
    let needs_text = operator == "contains" || operator == "starts";
    let mut chosen: Vec<&str> = (0..=random.u64(..2)).map(|_| *random.choice(values).unwrap()).collect();
    chosen.retain(|value| !needs_text || !value.is_empty());
    if chosen.is_empty() {
        chosen.push("o");
    }
    // Of a page and a host other spellings are looked for as well, but not of a pattern, which is what it is.
    if operator == "matches" {
        chosen = vec![*random.choice(&["^/", "o", "a$", "^I", "e"]).unwrap()];
    }
    filter(dimension, operator, &chosen)
}

fn random_condition(random: &mut Rng, depth: u64, with_did: bool) -> Value {
    let members = |random: &mut Rng| -> Vec<Value> {
        (0..=random.u64(..3)).map(|_| random_condition(random, depth - 1, with_did)).collect()
    };
    match random.u64(..if depth > 1 { 10 } else { 3 }) {
        3..=5 => json!({"all": members(random)}),
        6 | 7 => json!({"any": members(random)}),
        8 => json!({"not": random_condition(random, depth - 1, with_did)}),
        2 | 9 if with_did => random_did(random, depth),
        _ => random_filter(random),
    }
}

/// What somebody did so often, or one after the other.
fn random_did(random: &mut Rng, depth: u64) -> Value {
    match random.u64(..6) {
        0 => return random_visited(random),
        1..=3 => return random_times(random, depth),
        _ => {}
    }
    let kinds = ["page_view", "page_view", "page_view", "order", "search"];
    let event = |random: &mut Rng| match random.u64(..3) {
        0 => json!({"path": random.choice(&PAGES).unwrap()}),
        1 => json!({"kind": random.choice(&kinds).unwrap()}),
        _ => {
            json!({"kind": random.choice(&kinds).unwrap(), "where": random_condition(random, depth.min(2), false)})
        }
    };
    let events: Vec<Value> = (0..2 + random.u64(..3)).map(|_| event(random)).collect();
    let mut sequence = json!({"events": events});
    match random.u64(..3) {
        0 => sequence["within_hours"] = json!(random.choice(&[1, 1, 2, 24]).unwrap()),
        1 => sequence["within_days"] = json!(1 + random.u64(..2)),
        _ => {}
    }
    json!({"sequence": sequence})
}

fn random_visited(random: &mut Rng) -> Value {
    let mut visited = match random.u64(..3) {
        0 => json!({"at_least": 1 + random.u64(..3)}),
        1 => json!({"at_most": random.u64(..3)}),
        _ => json!({"exactly": random.u64(..3)}),
    };
    match random.u64(..4) {
        0 => {}
        1 => visited["where"] = json!({"all": [random_filter(random), random_filter(random)]}),
        _ => visited["where"] = random_filter(random),
    }
    json!({"visited": visited})
}

fn random_times(random: &mut Rng, depth: u64) -> Value {
    let mut event = serde_json::Map::new();
    if random.u64(..3) > 0 {
        event.insert(
            "kind".into(),
            json!(random.choice(&["page_view", "page_view", "order", "search", "call"]).unwrap()),
        );
    }
    if event.is_empty() || random.u64(..3) == 0 {
        event.insert("where".into(), random_condition(random, depth.min(2), false));
    }
    // Windows about as long as visits and the gaps between them, and more times than one: there the edge matters.
    let within = match random.u64(..4) {
        0 => Some(("within_hours", *random.choice(&[1, 1, 2, 3, 24, 30]).unwrap())),
        1 => Some(("within_days", 1 + random.u64(..2))),
        _ => None,
    };
    let least = if within.is_some() { 2 } else { 1 };
    let times = match random.u64(..4) {
        0 => json!({"at_most": random.u64(..4)}),
        1 => json!({"exactly": random.u64(..4)}),
        _ => json!({"at_least": least + random.u64(..3)}),
    };
    let mut did = times;
    did["event"] = json!(event);
    if let Some((unit, length)) = within {
        did[unit] = json!(length);
    }
    json!({"did": did})
}

/// What the store selects of a site is what the twin finds.
async fn agree(runner: &Runner, seed: u64, rows: &[EventRow<'static>], selected: &mut [usize; 3]) {
    let mut random = Rng::with_seed(seed ^ 0x5eed);
    // What was done how often hides behind what stands beside it: every third history asks for it alone.
    let condition = if seed.is_multiple_of(3) {
        random_did(&mut random, 2)
    } else {
        random_condition(&mut random, 3, true)
    };
    let with_bots = random.u64(..4) == 0;
    let text = ScopeText { from: Some(PERIOD.0), to: Some(PERIOD.1), ..ScopeText::default() };
    let scope =
        Scope::parse(&site(seed), &text, 30, orma_query::Timestamp(at("2026-11-20T00:00:00Z"))).unwrap();
    let read = Condition::from_json(&condition, "condition").unwrap();
    let scope = Scope { condition: read, with_bots, ..scope };
    let twin = Twin { rows, from: at(PERIOD.0), to: at(PERIOD.1), with_bots, visits: OnceCell::new() };
    let told = |unit| format!("seed {seed}: {unit} of {condition}, bots: {with_bots}");
    let (events, visits) = tokio::join!(selection::events(runner, &scope), selection::visits(runner, &scope));
    let (events, visits) = (events.unwrap(), visits.unwrap());
    assert_eq!(events, twin.events(&condition), "{}", told("events"));
    assert_eq!(visits, twin.visits(&condition), "{}", told("visits"));
    selected[0] += usize::from(!events.is_empty());
    selected[1] += usize::from(!visits.is_empty());
    // The dearest of the three.
    if seed.is_multiple_of(PEOPLE_EVERY) {
        let people = selection::people(runner, &scope).await.unwrap();
        // Bots are nobody.
        let twin = Twin { with_bots: false, ..twin };
        assert_eq!(people, twin.people(&condition), "{}", told("people"));
        selected[2] += usize::from(!people.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_selects_what_a_plain_computation_finds() {
    let seeds: u64 = std::env::var("ORMA_SEEDS").map_or(40, |text| text.parse().expect("a number"));
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let histories: Vec<Vec<EventRow<'static>>> = (0..seeds).map(history).collect();
    service.insert(&histories.concat()).await;
    // Every other event comes again.
    let again = histories.concat().into_iter().step_by(2);
    let again: Vec<EventRow<'_>> =
        again.map(|row| EventRow { received_at: row.received_at + 900, ..row }).collect();
    service.insert(&again).await;
    let runner = Runner::new(service.store.clone(), &crate::support::patient_limits());
    let mut selected = [0; 3];
    for (seed, rows) in histories.iter().enumerate() {
        agree(&runner, seed as u64, rows, &mut selected).await;
    }
    // Conditions that nothing ever holds for would test nothing.
    let least = [seeds, seeds, seeds / PEOPLE_EVERY].map(|asked| asked as usize / 4);
    assert!(selected.iter().zip(least).all(|(found, least)| *found >= least), "{selected:?} of {seeds}");
    service.engine.stop().await;
}
