//! `compare=previous` against the real engine: a part is compared with a part, held against a count by hand over the
//! clocks of three zones, one of them in a week in which they change.

use std::collections::BTreeMap;
use std::sync::Arc;

use orma_model::EventRow;
use orma_query::Timestamp;
use orma_query::{AppState, Clock, QueryConfig};
use orma_store::Site;
use orma_visits::Maker;
use serde_json::{Value, json};

use crate::query_api::{Service, at, view};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A site's zone as this test knows it: how far its clocks are ahead of UTC before and after a moment.
struct Zone {
    site: &'static str,
    name: &'static str,
    before_ms: i64,
    after_ms: i64,
    change: &'static str,
}

const ZONES: [Zone; 3] = [
    Zone {
        site: "autumn",
        name: "Europe/Rome",
        before_ms: 2 * HOUR_MS,
        after_ms: HOUR_MS,
        change: "2026-10-25T01:00:00Z",
    },
    Zone {
        site: "half",
        name: "Asia/Kolkata",
        before_ms: 11 * HOUR_MS / 2,
        after_ms: 11 * HOUR_MS / 2,
        change: "2026-10-25T00:00:00Z",
    },
    Zone {
        site: "spring",
        name: "Australia/Adelaide",
        before_ms: 19 * HOUR_MS / 2,
        after_ms: 21 * HOUR_MS / 2,
        change: "2026-10-03T16:30:00Z",
    },
];

impl Zone {
    /// What the site's clocks show, as if it were UTC.
    fn civil(&self, ts: i64) -> i64 {
        ts + if ts < at(self.change) { self.before_ms } else { self.after_ms }
    }
}

/// A view every 37 minutes from the 14th of September to the 30th of October, each of somebody else.
fn moments() -> Vec<i64> {
    let (first, last) = (at("2026-09-14T07:11:00Z"), at("2026-10-30T23:00:00Z"));
    (first..last).step_by(37 * 60_000).collect()
}

async fn asked_at(service: &mut Service, now: &str, site: &str, question: &str) -> Value {
    let now = Timestamp(at(now));
    let config = QueryConfig { clock: Clock(Arc::new(move || now)), ..crate::support::patient_config() };
    service.state = AppState::new(service.store.clone(), service.registry.clone(), vec![7; 32], config);
    service.get_of(site, &format!("/stats?{question}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_compared_with_the_same_part() {
    let dir = tempfile::tempdir().unwrap();
    let mut service = Service::start(dir.path()).await;
    for zone in &ZONES {
        let site = Site {
            site: zone.site.into(),
            name: String::new(),
            timezone: zone.name.into(),
            currency: "EUR".into(),
            origins: Vec::new(),
        };
        service.registry.put_site(&site).await.unwrap();
        let rows: Vec<EventRow<'_>> = moments()
            .into_iter()
            .map(|ts| EventRow {
                site: zone.site.into(),
                ..view(format!("v{ts}"), format!("s{ts}"), ts, if ts % 2 == 0 { "/even" } else { "/odd" })
            })
            .collect();
        service.insert(&rows).await;
    }
    // Each question is asked of a service of its own, which would make them all anew.
    Maker::new(service.store.clone()).make_all(None).await.unwrap();
    for zone in &ZONES {
        for now in
            ["2026-10-04T08:16:00Z", "2026-10-05T08:16:00Z", "2026-10-25T17:46:00Z", "2026-10-26T17:46:00Z"]
        {
            for (turn, days) in [1, 3, 7].into_iter().enumerate() {
                compared_by_hand(&mut service, zone, now, days, turn).await;
            }
        }
    }
    what_there_is_to_compare_with(&mut service).await;
    service.engine.stop().await;
}

/// Filters that all events pass: asked in turn, so that each meets every zone and moment by day and by hour.
const FILTERS: [&str; 3] = ["", "&filter=kind:is:page_view", "&filter=channel:is_not:nothing"];

/// Days up to and with today, asked in the middle of it.
async fn compared_by_hand(service: &mut Service, zone: &Zone, now: &str, days: i64, turn: usize) {
    let today = zone.civil(at(now)) / DAY_MS;
    let first = today - days + 1;
    let date = |day: i64| Timestamp(day * DAY_MS).to_string()[..10].to_owned();
    let period = format!("from={}&to={}", date(first), date(today));
    let reached = zone.civil(at(now)) - days * DAY_MS;
    let seen: Vec<i64> = moments().into_iter().map(|ts| zone.civil(ts)).collect();
    let compared: Vec<i64> =
        seen.iter().copied().filter(|civil| *civil >= (first - days) * DAY_MS && *civil < reached).collect();
    assert!(compared.len() > 5, "{now}");
    for (number, (interval, length_ms)) in [("day", DAY_MS), ("hour", HOUR_MS)].into_iter().enumerate() {
        let filter = FILTERS[(turn + number) % FILTERS.len()];
        let question = format!(
            "metrics=page_views,visitors,sessions&interval={interval}&compare=previous&{period}{filter}"
        );
        let answer = asked_at(service, now, zone.site, &question).await;
        let what = format!("{} at {now}: {question}", zone.site);
        assert_eq!(answer["as_of"], Timestamp(at(now)).to_string(), "{what}");
        let count = compared.len();
        let totals = json!({"page_views": count, "visitors": count, "sessions": count});
        assert_eq!(answer["compare"]["totals"], totals, "{what}");

        let rows = answer["rows"].as_array().unwrap();
        let before = answer["compare"]["rows"].as_array().unwrap();
        // How many of the period before fall to each place, by what the clocks show.
        let mut by_place: BTreeMap<i64, u64> = BTreeMap::new();
        for civil in &compared {
            *by_place.entry(civil.div_euclid(length_ms)).or_default() += 1;
        }
        let mut found: BTreeMap<i64, u64> = BTreeMap::new();
        for (row, before) in rows.iter().zip(before) {
            let place = local(row) - days * DAY_MS;
            // An hour that was skipped in the period before begins where the clocks jumped to.
            let is_empty = before["metrics"]["page_views"] == 0;
            assert!(local(before) == place || is_empty, "{what}: {row} beside {before}");
            for metric in ["visitors", "sessions"] {
                assert_eq!(before["metrics"][metric], before["metrics"]["page_views"], "{what}: {before}");
            }
            // An hour that stands twice in the period is compared once.
            let Some(count) = before["metrics"]["page_views"].as_u64() else { continue };
            if count > 0 {
                assert_eq!(found.insert(place.div_euclid(length_ms), count), None, "{what}: {before}");
            }
        }
        // An hour that the clocks skip in the period falls to its neighbour: the sum stays.
        if interval == "day" || rows.len() != (days * 24 - 1) as usize {
            assert_eq!(found, by_place, "{what}");
        }
        assert_eq!(found.values().sum::<u64>(), count as u64, "{what}");
        let begun = rows.iter().filter(|row| local(row) < zone.civil(at(now))).count();
        assert_eq!(before.len(), begun, "{what}: as many as have begun");
    }
    let question = format!("metrics=page_views&group_by=page&interval=day&compare=previous&{period}");
    let answer = asked_at(service, now, zone.site, &question).await;
    let pages: u64 = answer["compare"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["metrics"]["page_views"].as_u64().unwrap())
        .sum();
    assert_eq!(pages, compared.len() as u64, "{question}");
}

/// What a row's local time shows, as if it were UTC.
fn local(row: &Value) -> i64 {
    let time = row["dimensions"]["time"].as_str().unwrap();
    at(&format!("{}Z", if time.len() > 10 { time[..19].to_owned() } else { format!("{time}T00:00:00") }))
}

/// The site's first event says how much of the period before there is.
async fn what_there_is_to_compare_with(service: &mut Service) {
    let first = Timestamp(moments()[0]).to_string();
    let week = "metrics=visitors,bounce_rate&compare=previous&from=2026-09-16&to=2026-09-22";
    for site in ["autumn", "half"] {
        let part = asked_at(service, "2026-11-20T10:00:00Z", site, week).await;
        assert_eq!(part["compare"]["data_from"], first);
        assert!(first.as_str() > part["compare"]["from"].as_str().unwrap());
    }
    let nobody = asked_at(service, "2026-11-20T10:00:00Z", "other", week).await;
    assert_eq!(nobody["compare"]["data_from"], Value::Null);
    assert_eq!(nobody["compare"]["totals"], json!({"visitors": 0, "bounce_rate": null}));
    // A period that has not begun is compared with nothing.
    let ahead = asked_at(service, "2026-09-13T10:00:00Z", "autumn", &format!("{week}&interval=day")).await;
    assert_eq!(ahead["compare"]["from"], ahead["compare"]["to"]);
    assert_eq!(ahead["compare"]["rows"], json!([]));
    // Weeks and months of the period before begin as long before as the period itself.
    let november = "metrics=page_views&interval=week&compare=previous&from=2026-10-15&to=2026-10-24";
    let weeks = asked_at(service, "2026-11-20T10:00:00Z", "half", november).await;
    let labels: Vec<&str> = weeks["compare"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["dimensions"]["time"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["2026-10-02", "2026-10-09"]);
    // Instants are compared with as many milliseconds.
    let hours =
        "metrics=page_views&interval=hour&compare=previous&from=2026-10-20T10:30:00Z&to=2026-10-20T13:30:00Z";
    let hours = asked_at(service, "2026-10-20T12:30:00Z", "autumn", hours).await;
    assert_eq!(hours["compare"]["to"], "2026-10-20T09:30:00.000Z");
    let counted =
        |from: &str, to: &str| moments().iter().filter(|ts| (at(from)..at(to)).contains(*ts)).count();
    let counts: Vec<u64> = hours["compare"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["metrics"]["page_views"].as_u64().unwrap())
        .collect();
    let expected = [
        counted("2026-10-20T07:30:00Z", "2026-10-20T08:00:00Z"),
        counted("2026-10-20T08:00:00Z", "2026-10-20T09:00:00Z"),
        counted("2026-10-20T09:00:00Z", "2026-10-20T09:30:00Z"),
    ];
    assert_eq!(counts, expected.map(|count| count as u64));
}
