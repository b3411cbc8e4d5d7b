//! SQL counts what the other answers count.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ask_as, insert_two_sites, rows, value};
use crate::query_api::{ADMIN, Service};

const PERIOD: &str = "from=2026-11-01&to=2026-11-03";

async fn metric(service: &Service, site: &str, name: &str) -> Value {
    let told = service.get_of(site, &format!("/stats?metrics={name}&{PERIOD}")).await;
    told["totals"][name].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_those_of_the_dashboard() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    let is_view = "kind IN ('page_view', 'screen_view') AND NOT is_bot";
    for (name, query) in [
        ("events", "SELECT count() FROM events WHERE NOT is_bot".to_owned()),
        ("page_views", format!("SELECT count() FROM events WHERE {is_view}")),
        ("visitors", format!("SELECT uniqExact(visitor) FROM events WHERE {is_view}")),
        ("people", format!("SELECT uniqExact(person) FROM events WHERE {is_view}")),
        ("sessions", "SELECT countIf(is_session) FROM visits WHERE NOT is_bot".to_owned()),
        ("page_views", "SELECT sum(page_views) FROM visits WHERE NOT is_bot".to_owned()),
        ("events", "SELECT sum(events) FROM visits WHERE NOT is_bot".to_owned()),
        ("orders", "SELECT count() FROM events WHERE kind = 'order' AND NOT is_bot".to_owned()),
        ("orders", "SELECT sum(orders) FROM people".to_owned()),
    ] {
        assert_eq!(value(&service, &query).await, metric(&service, "demo", name).await, "{name}: {query}");
    }
    let money = metric(&service, "demo", "revenue").await;
    for query in [
        "SELECT sum(revenue) FROM events WHERE currency = 'EUR' AND NOT is_bot",
        "SELECT sum(revenue) FROM visits WHERE NOT is_bot",
        "SELECT sum(revenue) FROM people",
    ] {
        let told = value(&service, query).await;
        let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
        let cents = |value: &Value| (number(value) * 100.0).round() as i64;
        assert_eq!(cents(&told), cents(&money), "{query}");
    }
    // The site's own days: half past eleven in the evening in Rome is the day before that in UTC plus one hour.
    let days =
        rows(&service, "SELECT day, count() AS n FROM events WHERE NOT is_bot GROUP BY day ORDER BY day")
            .await;
    let by_day = service.get(&format!("/stats?metrics=events&interval=day&{PERIOD}")).await;
    let told: Vec<(Value, Value)> = days.iter().map(|row| (row["day"].clone(), row["n"].clone())).collect();
    for (day, n) in told {
        let found = by_day["rows"].as_array().unwrap().iter().find(|row| row["dimensions"]["time"] == day);
        assert_eq!(found.map(|row| row["metrics"]["events"].clone()), Some(n), "{day}: {by_day}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_those_of_the_list_and_of_the_journeys() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    // Twice: aliases by events, then another one that makes a chain.
    for round in 0..2 {
        let list = service.get("/people?limit=100").await;
        let told = rows(&service, "SELECT * FROM people ORDER BY last_seen DESC, person").await;
        let listed = list["items"].as_array().unwrap();
        assert_eq!(told.len(), listed.len(), "{told:?} {list}");
        for item in listed {
            let id = item["person"].as_str().or(item["id"].as_str()).unwrap();
            let row = told.iter().find(|row| row["person"] == id).unwrap_or_else(|| panic!("{id}: {told:?}"));
            for name in ["sessions", "page_views", "events", "orders"] {
                assert_eq!(row[name], item[name], "{id} {name}: {row} {item}");
            }
            assert_eq!(row["is_identified"], item["identified"], "{id}");
            let query =
                format!("SELECT event_id FROM events WHERE person = '{id}' AND NOT is_bot ORDER BY event_id");
            let events: Vec<Value> =
                rows(&service, &query).await.into_iter().map(|row| row["event_id"].clone()).collect();
            let journey = service.get(&format!("/people/{id}/journey?limit=100")).await;
            let mut of_journey: Vec<Value> = journey["items"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|session| {
                    session["events"].as_array().unwrap().iter().map(|event| event["event_id"].clone())
                })
                .collect();
            of_journey.sort_by_key(ToString::to_string);
            assert_eq!(json!(events), json!(of_journey), "{id} in round {round}");
        }
        if round == 0 {
            let link = json!({"visitor": "phone"});
            let answer = service.ask(Method::POST, "/people/anna/link", Some(link)).await;
            assert!(answer.status.is_success(), "{}", answer.text);
        }
    }
    let told = ask_as(&service, "other", ADMIN, json!({"query": "SELECT person FROM people"})).await;
    assert_eq!((told.status, &told.json()["data"]), (StatusCode::OK, &json!([{"person": "secret-user"}])));
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_are_followed_as_elsewhere_chains_and_circles_too() {
    use crate::query_api::{at, event};
    use orma_model::EventRow;
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let start = at("2026-11-02T10:00:00Z");
    // Chains of each length up to what is followed and more, circles with and without a tail.
    let mut steps: Vec<(String, String)> = Vec::new();
    for length in 1..20 {
        steps
            .extend((0..length).map(|at| (format!("c{length}-{at:02}"), format!("c{length}-{:02}", at + 1))));
    }
    for length in 2..18 {
        steps.extend(
            (0..length)
                .map(|at| (format!("r{length}-{at:02}"), format!("r{length}-{:02}", (at + 1) % length))),
        );
        steps.push((format!("t{length}"), format!("r{length}-01")));
    }
    // The later one counts.
    steps.extend([("x".into(), "y".into()), ("x".into(), "z".into())]);
    let ids: std::collections::BTreeSet<&String> =
        steps.iter().flat_map(|(previous, user)| [previous, user]).collect();
    let mut events: Vec<EventRow<'_>> = steps
        .iter()
        .enumerate()
        .map(|(number, (previous, user))| EventRow {
            user: user.into(),
            props: vec![("previous".into(), previous.into())],
            ..event("alias", format!("@{user}"), "", start + number as i64)
        })
        .collect();
    events.extend(ids.iter().enumerate().map(|(number, id)| EventRow {
        user: id.as_str().into(),
        ..event("store_visit", format!("@{id}"), "", start + 3_600_000 + number as i64)
    }));
    service.insert(&events).await;
    let list = service.get("/people?limit=500").await;
    let mut listed: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["person"].as_str().or(item["id"].as_str()).unwrap())
        .collect();
    listed.sort_unstable();
    for view in ["people", "events", "visits"] {
        let told = rows(&service, &format!("SELECT DISTINCT person FROM {view} ORDER BY person")).await;
        let told: Vec<&str> = told.iter().map(|row| row["person"].as_str().unwrap()).collect();
        assert_eq!(told, listed, "{view}");
    }
}
