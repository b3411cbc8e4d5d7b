//! Days that are over are read from what they were rolled up to, until one of their visits changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Orma, Setup, request, wait_for};

/// Every site's days are rolled up.
pub fn setup() -> Setup {
    Setup::default().argument("--rollup-visits-min", "1")
}

/// Visitors, people and views of each day of a zone, and of all: as the API has them, and as the visits say. People without
/// aliases.
pub fn agree(orma: &Orma, zone: &str, when: &str) {
    let (from, to) = days(orma);
    let answer = orma.ask(&format!(
        "/api/v1/sites/demo/stats?metrics=visitors,people,page_views&interval=day&from={from}&to={to}"
    ));
    let counted = "uniqExact(visitor_hash) AS visitors, uniqExact(person_hash) AS people, toUInt64(count()) AS page_views";
    let views = "FROM visits FINAL ARRAY JOIN view_ms AS ms WHERE site = 'demo' AND is_seen AND NOT is_bot AND NOT is_continued";
    let has_aliases = orma.number("SELECT count() FROM identity_edges WHERE source = 'alias'") > 0;
    let counts = ["visitors", "page_views", if has_aliases { "visitors" } else { "people" }];
    let of = |row: &Value| counts.map(|name| row[name].as_u64().unwrap());
    let rows = orma.sql(&format!(
        "SELECT toString(toDate(addMilliseconds(started, ms), '{zone}')) AS day, {counted} {views} GROUP BY day"
    ));
    let mut expected: BTreeMap<String, [u64; 3]> =
        rows.iter().map(|row| (row["day"].as_str().unwrap().to_owned(), of(row))).collect();
    expected.insert("all".into(), of(&orma.sql(&format!("SELECT {counted} {views}"))[0]));
    let mut found: BTreeMap<String, [u64; 3]> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["dimensions"]["time"].as_str().unwrap().to_owned(), of(&row["metrics"])))
        .filter(|(_, counts)| *counts != [0; 3])
        .collect();
    found.insert("all".into(), of(&answer["totals"]));
    assert_eq!(found, expected, "{when}");
}

/// From before the first day to after the last.
fn days(orma: &Orma) -> (String, String) {
    // Brings the visits up to date.
    orma.ask("/api/v1/sites/demo/stats?metrics=visitors");
    let rows = orma.sql("SELECT toString(min(day) - 2) AS first, toString(max(day) + 2) AS last FROM visits");
    let text = |name: &str| rows[0][name].as_str().unwrap().to_owned();
    (text("first"), text("last"))
}

/// How many days with visits are rolled up in a zone and have not changed since.
fn rolled_up(orma: &Orma, zone: &str) -> u64 {
    orma.number(&format!(
        "SELECT count() FROM ({}) WHERE day IN (SELECT day FROM rollups WHERE page_views > 0)",
        valid(zone)
    ))
}

fn valid(zone: &str) -> String {
    format!(
        "SELECT day FROM (SELECT day, max(made) AS made FROM rollup_days WHERE zone = '{zone}' GROUP BY day) AS made \
         LEFT JOIN (SELECT day, max(made) AS changed FROM rollup_days WHERE zone = '' GROUP BY day) AS changed USING day \
         WHERE made > changed"
    )
}

/// Waits until all days that are over are rolled up, those before the first visit as well.
fn wait_until_rolled_up(orma: &Orma, zone: &str) {
    let left = format!(
        "SELECT count() FROM (SELECT arrayJoin(range(toUInt16(min(day)) - 2, toUInt16(today()) - 1)) AS day FROM visits) \
         WHERE toDate(day) NOT IN ({})",
        valid(zone)
    );
    wait_for("the days to be rolled up", || {
        orma.try_sql(&left).ok()?[0].as_object()?.values().all(|left| *left == 0).then_some(())
    });
}

/// An event of so many hours ago.
fn view(visitor: &str, hours: i64, path: &str) -> Value {
    let ts = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
    json!({"site": "demo", "visitor": visitor, "sent_at": jiff::Timestamp::now().to_string(), "events": [
        {"kind": "page_view", "url": format!("https://bottega.example{path}"), "ts": ts.to_string()}]})
}

fn send(orma: &Orma, body: &Value) {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let answer = orma.post(body.to_string(), &[("authorization", &bearer)]);
    assert_eq!((answer.status, answer.json()["accepted"].as_u64()), (200, Some(1)), "{}", answer.text);
}

fn views_in_all(orma: &Orma) -> u64 {
    let (from, to) = days(orma);
    let answer = orma.ask(&format!("/api/v1/sites/demo/stats?metrics=page_views&from={from}&to={to}"));
    answer["totals"]["page_views"].as_u64().unwrap()
}

#[test]
fn days_are_read_from_rollups_until_they_change_and_after_kills() {
    let mut orma = setup().start();
    for number in 0..30 {
        // Half of them come on two days.
        send(&orma, &view(&format!("v{number}"), 60, "/a"));
        send(&orma, &view(&format!("v{}", number % 15), 36 + 48 * (number % 2), "/b"));
        send(&orma, &view(&format!("v{number}"), 0, "/c"));
    }
    orma.wait_for_events(90);
    agree(&orma, "Europe/Rome", "before any day is rolled up");
    wait_until_rolled_up(&orma, "Europe/Rome");
    agree(&orma, "Europe/Rome", "rolled up");
    // What comes today leaves the days before as they are, once nothing of these is made again.
    wait_for("the journal to be empty", || {
        (orma.try_sql("SELECT count() AS n FROM touched").ok()?[0]["n"] == 0).then_some(())
    });
    wait_until_rolled_up(&orma, "Europe/Rome");
    let before = rolled_up(&orma, "Europe/Rome");
    send(&orma, &view("v0", 0, "/c"));
    orma.wait_for_events(91);
    agree(&orma, "Europe/Rome", "with one more today");
    assert_eq!(rolled_up(&orma, "Europe/Rome"), before);
    // Where the answer comes from: a thousand views that no visit has.
    orma.sql(
        "ALTER TABLE rollups UPDATE page_views = page_views + 1000 WHERE dimension = '' AND page_views > 0 \
         SETTINGS mutations_sync = 1",
    );
    let days = rolled_up(&orma, "Europe/Rome");
    assert!(days >= 3, "{days}");
    assert_eq!(views_in_all(&orma), 91 + 1000 * days);
    // What comes late changes its day, which is then read from visits with all that follow.
    send(&orma, &view("late", 60, "/late"));
    orma.wait_for_events(92);
    let after = views_in_all(&orma);
    assert!(after < 92 + 1000 * days && after % 1000 == 92, "{after} after {days}");
    assert!(rolled_up(&orma, "Europe/Rome") < days);
    for kill in [Orma::kill_group, Orma::kill_program] {
        kill(&mut orma);
        orma.start_again();
        // Nothing that has changed counts again.
        let again = views_in_all(&orma);
        assert!(again % 1000 == 92 && again <= after, "{again} after {after}");
    }
    wait_until_rolled_up(&orma, "Europe/Rome");
    // Days of another zone are others.
    let settings = json!({"timezone": "Asia/Kolkata"}).to_string();
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let answer = request("PATCH", &orma.url("/api/v1/sites/demo/settings"), &headers, settings.as_bytes());
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text);
    wait_for("the zone to be known", || {
        (orma.ask("/api/v1/sites/demo/stats?metrics=visitors")["timezone"] == "Asia/Kolkata").then_some(())
    });
    agree(&orma, "Asia/Kolkata", "in another zone");
    wait_until_rolled_up(&orma, "Asia/Kolkata");
    agree(&orma, "Asia/Kolkata", "rolled up in another zone");
}
