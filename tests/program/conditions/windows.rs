//! Where the window of "did it so often within so long" ends: a duration from the first of the events on, its last
//! millisecond in, the next one out.

use orma_model::EventRow;
use orma_query::condition::Condition;
use orma_query::scope::{Scope, ScopeText};
use orma_query::{Runner, selection};
use serde_json::{Value, json};

use super::{HOUR, site_named};
use crate::query_api::{Service, at, view};

/// The windows: how they are written, and their hours.
const WINDOWS: [(&str, i64, i64); 4] =
    [("within_hours", 1, 1), ("within_hours", 36, 36), ("within_days", 1, 24), ("within_days", 3, 72)];
const TIMES: [u32; 2] = [2, 5];
/// Who did it, and how many milliseconds after a whole window the last time was.
const PEOPLE: [(&str, i64); 3] = [("inside", -1), ("edge", 0), ("outside", 1)];
/// Daylight saving time begins within it, in the site's zone: a window is as long on that day.
const PERIOD: (&str, &str) = ("2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z");

/// So many events from the first to the last moment, and one long before and after, which are in no window with them.
fn events(site: &str, person: &str, hours: i64, times: u32, beyond_ms: i64) -> Vec<EventRow<'static>> {
    let (first, window) = (at("2026-03-28T20:17:03.412Z"), hours * HOUR);
    let last = first + window + beyond_ms;
    let between = (1..i64::from(times) - 1).map(|place| first + place * window / i64::from(times));
    let moments = [first - 4 * window, first].into_iter().chain(between).chain([last, last + 4 * window]);
    moments
        .map(|ts| EventRow { site: site.to_owned().into(), ..view(person.to_owned(), "", ts, "/scarpe") })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_ends_a_millisecond_before_its_length_has_passed() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let runner = Runner::new(service.store.clone(), &crate::support::patient_limits());
    let cases: Vec<_> =
        WINDOWS.iter().flat_map(|window| TIMES.iter().map(move |times| (*window, *times))).collect();
    let name = |(unit, length, _): (&str, i64, i64), times: u32| format!("{unit}-{length}-{times}");
    let rows = cases.iter().flat_map(|(window, times)| {
        let site = name(*window, *times);
        PEOPLE.into_iter().flat_map(move |(person, beyond)| events(&site, person, window.2, *times, beyond))
    });
    service.insert(&rows.collect::<Vec<_>>()).await;
    for (window, times) in cases {
        let (unit, length, _) = window;
        let selected = async |often: Value| {
            let mut did = json!({"did": often});
            did["did"]["event"] = json!({"kind": "page_view"});
            did["did"][unit] = json!(length);
            let text = ScopeText { from: Some(PERIOD.0), to: Some(PERIOD.1), ..ScopeText::default() };
            let now = orma_query::Timestamp(at("2026-04-20T00:00:00Z"));
            let scope = Scope::parse(&site_named(&name(window, times)), &text, 30, now).unwrap();
            let scope = Scope { condition: Condition::from_json(&did, "condition").unwrap(), ..scope };
            let people = selection::people(&runner, &scope).await.unwrap();
            (people.into_iter().collect::<Vec<_>>(), did)
        };
        let expected = [
            (json!({"at_least": times}), &["inside"][..]),
            (json!({"at_least": times - 1}), &["edge", "inside", "outside"]),
            (json!({"at_most": times - 1}), &["edge", "outside"]),
            (json!({"exactly": times}), &["inside"]),
            (json!({"exactly": times - 1}), &["edge", "outside"]),
        ];
        for (often, people) in expected {
            let (found, did) = selected(often).await;
            assert_eq!(found, people, "{did}");
        }
    }
    service.engine.stop().await;
}
