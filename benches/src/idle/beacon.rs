//! Beacons as a site with many visitors at once would send them through a relay: visits of five events.

use std::time::{SystemTime, UNIX_EPOCH};

use orma_benches::random::mix;
use serde_json::{Value, json};
use uuid::Uuid;

/// The visitor of the single events.
pub const PROBE: &str = "probe";
const VISIT_EVENTS: u64 = 5;
const PAGES: u64 = 2_000;
const LANGUAGES: [&str; 5] = ["it-IT", "de-DE", "fr-FR", "en-GB", "es-ES"];

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |elapsed| elapsed.as_millis() as u64)
}

/// The body of one page view, and its event's id.
pub fn single(probe: u64) -> (Uuid, String) {
    let id = Uuid::now_v7();
    let event = json!({"id": id, "kind": "page_view", "ts": now_ms(),
        "url": format!("https://bottega.example/probe/{probe}"), "title": "Probe"});
    (id, json!({"site": "demo", "visitor": PROBE, "session": PROBE, "events": [event]}).to_string())
}

/// The body of the batch `number`, of `events` events.
pub fn batch(number: u64, events: u64) -> String {
    let sent_at = now_ms();
    let mut list = Vec::new();
    let mut ids = [Uuid::nil(); 2];
    for place in 0..events {
        if place % VISIT_EVENTS == 0 {
            ids = [Uuid::now_v7(), Uuid::now_v7()];
        }
        let age_ms = (events - place) * 40 + mix(number * events + place) % 30;
        let mut event = content(mix(number * events + place), place % VISIT_EVENTS);
        event["id"] = json!(Uuid::now_v7());
        event["ts"] = json!(sent_at - age_ms);
        event["visitor"] = json!(ids[0]);
        event["session"] = json!(ids[1]);
        list.push(event);
    }
    let context = json!({"language": LANGUAGES[(mix(number) % 5) as usize], "timezone": "Europe/Rome",
        "screen": {"width": 390, "height": 844, "density": 3}, "sdk": "orma-js/1.0.0"});
    json!({"site": "demo", "sent_at": sent_at, "context": context, "events": list}).to_string()
}

/// A page view first, then what a visitor does. Few pages are seen often: the number of the page is distributed
/// like Zipf's law with exponent 1.
fn content(random: u64, place: u64) -> Value {
    let share = (random % 1_000_003) as f64 / 1_000_003.0;
    let page = (PAGES as f64).powf(share) as u64;
    let url = format!("https://bottega.example/scarpe/{page}");
    match (place, random % 5) {
        (0, _) => json!({"kind": "page_view", "url": url, "title": format!("Scarpa {page}"),
            "referrer": "https://www.google.com/"}),
        (_, 0 | 1) => json!({"kind": "page_view", "url": url, "title": format!("Scarpa {page}")}),
        (_, 2) => {
            json!({"kind": "page_leave", "url": url, "engaged_ms": random % 90_000, "scroll_pct": random % 101})
        }
        (_, 3) => json!({"kind": "vital", "url": url, "name": "LCP", "value": 300 + random % 4_000}),
        _ => json!({"kind": "click", "url": url, "target": format!("nav > a#link-{}", random % 200)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_holds_as_many_events_as_asked_each_with_an_id_of_its_own() {
        let body: Value = serde_json::from_str(&batch(3, 50)).unwrap();
        let events = body["events"].as_array().unwrap();
        let mut ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((events.len(), ids.len()), (50, 50));
        assert_eq!(events[0]["session"], events[4]["session"]);
        assert_ne!(events[4]["session"], events[5]["session"]);
    }
}
