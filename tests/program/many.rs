//! The questions about thousands of journeys, on random histories: each answer is what a plain computation over the events
//! says.
//!
//! A site holds several histories, whose people have nothing to do with each other: so one question answers about all of
//! them. `ORMA_SEEDS=1000` makes as many histories; without it there are 1,000 as well.
mod attribution;
mod funnel;
mod hostile;
mod journeys;
mod lifecycle;
mod paths;
mod reported;
mod reported_journeys;
mod retention;
mod stickiness;
mod stretches;
mod touchpoints;
mod twin;

use fastrand::Rng;
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::conditions;
use crate::query_api::Service;

/// The histories of a site.
const HISTORIES: u64 = 25;

/// A site and its histories.
struct Many {
    site: String,
    histories: Vec<Vec<EventRow<'static>>>,
    seed: u64,
}

/// A service with the histories of many sites, each event sent once or twice.
async fn many(dir: &std::path::Path) -> (Service, Vec<Many>) {
    let histories: u64 = std::env::var("ORMA_SEEDS").map_or(1_000, |text| text.parse().expect("a number"));
    let service = Service::start(dir).await;
    let sites: Vec<Many> = (0..histories.div_ceil(HISTORIES)).map(site).collect();
    let rows: Vec<EventRow<'_>> = sites.iter().flat_map(|site| site.histories.concat()).collect();
    service.insert(&rows).await;
    let again = rows.into_iter().step_by(3);
    let again: Vec<EventRow<'_>> =
        again.map(|row| EventRow { received_at: row.received_at + 900, ..row }).collect();
    service.insert(&again).await;
    for site in &sites {
        service.registry.put_site(&conditions::site_named(&site.site)).await.unwrap();
    }
    (service, sites)
}

fn site(seed: u64) -> Many {
    let site = format!("many{seed}");
    let histories = (0..HISTORIES).map(|number| {
        let mut random = Rng::with_seed(seed * HISTORIES + number);
        let mut rows = conditions::history(seed * HISTORIES + number);
        for row in &mut rows {
            row.site = site.clone().into();
            // The people of a history are strangers to those of the others.
            let own = |id: &str| match id.strip_prefix('@') {
                _ if id.is_empty() => String::new(),
                Some(user) => format!("@h{number}{user}"),
                None => format!("h{number}{id}"),
            };
            row.visitor = own(&row.visitor).into();
            row.user = own(&row.user).into();
            row.session = own(&row.session).into();
            for (name, value) in &mut row.props {
                if name == "previous" {
                    *value = own(value).into();
                }
            }
            // Kinds and touchpoints are told as the collector does, but that a few events came without.
            let (touchpoint, stage) = match row.kind.as_ref() {
                "order" => (*random.choice(&["site", "shop", "app"]).unwrap(), "purchase"),
                "call" => ("call", *random.choice(&["pre_purchase", "post_purchase"]).unwrap()),
                "search" => ("app", "pre_purchase"),
                _ => (*random.choice(&["site", "site", "site", "newsletter", ""]).unwrap(), "pre_purchase"),
            };
            row.device_class = (*random.choice(&["mobile", "desktop", ""]).unwrap()).into();
            (row.touchpoint, row.stage) = (touchpoint.into(), stage.into());
            if random.u64(..30) == 0 {
                row.stage = "".into();
            }
            if row.kind == "order" {
                row.revenue = random.i64(1..2_000_000);
                row.currency = if random.u64(..5) == 0 { "USD" } else { "EUR" }.into();
            }
        }
        rows
    });
    Many { histories: histories.collect(), site, seed }
}

/// What an event may have to be.
fn random_event(random: &mut Rng) -> Value {
    let is = |dimension: &str, value: &str| json!({"is": {"dimension": dimension, "values": [value]}});
    let events = [
        json!({"kind": "page_view"}),
        json!({"kind": "page_view", "path": "/a"}),
        json!({"path": "/"}),
        json!({"kind": "order"}),
        json!({"kind": "order"}),
        json!({"kind": "search"}),
        json!({"kind": "search", "name": "/a"}),
        json!({"where": is("country", "IT")}),
        json!({"kind": "page_view", "where": is("channel", "email")}),
        json!({"where": {"any": [is("page", "/c"), is("product", "Pisa")]}}),
        json!({"kind": "page_view", "where": {"not": is("page", "/")}}),
        json!({"touchpoint": "site", "where": {"set": {"dimension": "props.colore"}}}),
    ];
    random.choice(&events).unwrap().clone()
}

/// Whom a question is about, where not everybody.
fn random_condition(random: &mut Rng) -> Option<Value> {
    let is = |dimension: &str, value: &str| json!({"is": {"dimension": dimension, "values": [value]}});
    match random.u64(..6) {
        0 => Some(is("country", "IT")),
        1 => Some(json!({"not": is("channel", "email")})),
        _ => None,
    }
}
