//! Visits are what a plain computation makes of the stored events: on random histories (late, doubled, out of order, changed,
//! erased, over midnight, without ids, of machines, of several users, joined and taken back by hand), whenever they were brought up to date in between, and when all are made
//! anew.
//!
//! `ORMA_SEEDS=1000` makes as many histories, each on a site of its own; without it there are 1,000.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::support::{Orma, program, wait_for};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// 2026-11-10, UTC.
const START: i64 = 1_794_268_800_000;
const SITE: &str = "demo";

/// An event of the store.
#[derive(Clone, Debug)]
struct Event {
    id: String,
    at: i64,
    is_view: bool,
    is_passive: bool,
    is_order: bool,
    /// The user whose it is, empty when nobody.
    owner: String,
    /// Ten-thousandths; a refund takes away.
    amount: i64,
    currency: String,
    page: String,
    path: String,
    campaign: String,
    /// Host, language and version of the app, and then device and place.
    with: [String; 3],
}

/// A row of visits without its version, as text that is compared.
type Row = String;

/// What identified or reset a visitor: when, the user (empty for a reset), the session's number. In this order.
type Mark = (i64, String, u64);

/// The marks of each visitor of a site that hold.
fn marks(orma: &Orma) -> BTreeMap<(String, String), Vec<Mark>> {
    let edges = orma.sql(
        "SELECT toString(site) AS site, visitor, user, toString(source) AS source, session, toUnixTimestamp64Milli(at) AS at, \
         toUnixTimestamp64Milli(ts) AS ts, sign, if(session = '', 0, sipHash64(session)) AS number \
         FROM identity_edges FINAL WHERE source != 'alias'",
    );
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let pair = |row: &Value| (text(row, "site"), text(row, "visitor"), text(row, "user"));
    let mut removed: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for row in edges.iter().filter(|row| row["sign"] == -1) {
        let last = removed.entry(pair(row)).or_insert(i64::MIN);
        *last = row["ts"].as_i64().unwrap().max(*last);
    }
    let mut marks: BTreeMap<(String, String), Vec<Mark>> = BTreeMap::new();
    for row in edges.iter().filter(|row| row["sign"] == 1) {
        let at = row["ts"].as_i64().unwrap();
        if removed.get(&pair(row)).is_none_or(|removal| *removal < at) {
            let mark = (at, text(row, "user"), row["number"].as_u64().unwrap());
            marks.entry((text(row, "site"), text(row, "visitor"))).or_default().push(mark);
        }
    }
    for marks in marks.values_mut() {
        marks.sort();
    }
    marks
}

/// The user whose an event is that carries none: the next mark's, unless that is of another session and an earlier one of
/// the event's own says who it is, with no reset since.
fn owner(marks: &[Mark], session: u64, at: i64) -> String {
    let place = marks.iter().filter(|mark| mark.0 < at).count();
    let next = marks.get(place).map(|mark| mark.1.clone()).unwrap_or_default();
    let at_once =
        |mark: &Mark| marks.iter().any(|other| (other.0, &other.1, other.2) == (mark.0, &mark.1, session));
    let is_of_next =
        marks.get(place).is_some_and(|mark| !mark.1.is_empty() && (mark.0 == at || at_once(mark)));
    if session == 0 || is_of_next {
        return next;
    }
    let before = marks[..place].iter().rev().find(|mark| mark.1.is_empty() || mark.2 == session);
    before.map(|mark| mark.1.clone()).filter(|user| !user.is_empty()).unwrap_or(next)
}

/// What a plain computation makes of the events of all visitors.
fn plain(orma: &Orma) -> Vec<Row> {
    let events = orma.sql(
        "SELECT toString(site) AS site, visitor, session, bot != '' OR verdict = 'machine' AS is_bot, toString(event_id) AS id, \
         toUnixTimestamp64Milli(ts) AS at, toString(kind) AS kind, user, path, toString(screen) AS screen, \
         toInt64(revenue * 10000) AS amount, toString(currency) AS currency, if(session = '', 0, sipHash64(session)) AS number, toString(campaign_parts) AS campaign, \
         arrayStringConcat(arraySlice(splitByChar('\\x1F', client_parts), 1, 3), '|') AS client, device_parts AS device, place_parts AS place \
         FROM events FINAL",
    );
    let marks = marks(orma);
    let mut by_session: BTreeMap<(String, String, String, bool), Vec<Event>> = BTreeMap::new();
    for row in &events {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let kind = text("kind");
        let path = text("path");
        let key = (text("site"), text("visitor"), text("session"), row["is_bot"].as_u64().unwrap() == 1);
        let (user, at) = (text("user"), row["at"].as_i64().unwrap());
        let marks = marks.get(&(key.0.clone(), key.1.clone())).map_or(&[][..], Vec::as_slice);
        let owner = if user.is_empty() { owner(marks, row["number"].as_u64().unwrap(), at) } else { user };
        by_session.entry(key).or_default().push(Event {
            id: text("id"),
            at,
            is_view: kind == "page_view" || kind == "screen_view",
            is_passive: ["page_leave", "vital", "identify", "reset", "app_background", "alias"]
                .contains(&&*kind),
            is_order: kind == "order",
            owner,
            amount: if kind == "refund" {
                -row["amount"].as_i64().unwrap().abs()
            } else {
                row["amount"].as_i64().unwrap()
            },
            currency: text("currency"),
            page: if path.is_empty() { text("screen") } else { path.clone() },
            path,
            campaign: text("campaign"),
            with: [text("client"), text("device"), text("place")],
        });
    }
    let mut rows = Vec::new();
    for ((site, visitor, session, is_bot), mut events) in by_session {
        events.sort_by(|left, right| (left.at, &left.id).cmp(&(right.at, &right.id)));
        for visit in divided(&events) {
            rows.extend(rows_of(&site, &visitor, &session, is_bot, visit));
        }
    }
    rows.sort();
    rows
}

/// The events of a session cut wherever a visit ends.
fn divided(events: &[Event]) -> Vec<&[Event]> {
    let mut begins = vec![0];
    for index in 1..events.len() {
        if events[index].at - events[index - 1].at > 30 * MINUTE {
            begins.push(index);
        }
    }
    // What only came by itself within a day goes to the visit before.
    let mut kept = vec![0];
    for (number, &begin) in begins.iter().enumerate().skip(1) {
        let end = begins.get(number + 1).copied().unwrap_or(events.len());
        let by_itself = events[begin..end].iter().all(|event| event.is_passive);
        if !(by_itself && events[begin].at - events[begin - 1].at <= DAY) {
            kept.push(begin);
        }
    }
    let end = |number: usize| kept.get(number + 1).copied().unwrap_or(events.len());
    kept.iter().enumerate().map(|(number, begin)| &events[*begin..end(number)]).collect()
}

/// Views by whose they are and with what they were seen, where that is not all as in the beginning.
fn seen(events: &[Event]) -> Vec<Vec<&Event>> {
    let how = |event: &Event| (event.owner.clone(), event.with.clone());
    let views: Vec<&Event> = events.iter().filter(|event| event.is_view).collect();
    let mut ways = Vec::new();
    for view in &views {
        if !ways.contains(&how(view)) {
            ways.push(how(view));
        }
    }
    if ways.iter().all(|way| *way == how(&events[0])) {
        return Vec::new();
    }
    let of_way = |way| views.iter().copied().filter(|view| how(view) == way).collect();
    ways.into_iter().map(of_way).collect()
}

/// The rows of a visit: of all its events, and of each owner's where there are several.
fn rows_of(site: &str, visitor: &str, session: &str, is_bot: bool, events: &[Event]) -> Vec<Row> {
    let mut owners: Vec<&str> = Vec::new();
    let mut turns: Vec<Value> = Vec::new();
    let mut holder = None;
    for event in events {
        if holder != Some(&event.owner) {
            let number = uuid::Uuid::parse_str(&event.id).unwrap().as_u128().to_string();
            turns.push(json!([event.at - events[0].at, number, event.owner]));
            holder = Some(&event.owner);
        }
        if !owners.contains(&&*event.owner) {
            owners.push(&event.owner);
        }
    }
    let is_mixed = owners.len() > 1;
    if !is_mixed {
        turns.clear();
    }
    let mut shares: Vec<(usize, Vec<&Event>)> = vec![(0, events.iter().collect())];
    if is_mixed {
        let of_owner = |owner: &&str| events.iter().filter(|event| event.owner == **owner).collect();
        shares.extend((1..).zip(owners.iter().map(of_owner)));
    }
    let seen = seen(events);
    let is_divided = !seen.is_empty();
    shares.extend((32_768..).zip(seen));
    let paths = events.iter().filter(|event| event.is_view).map(|event| event.page.as_str());
    let pages_of_all: Vec<&str> = paths.collect();
    // What came by itself after a pause is not a part of how long it lasted.
    let pause = (1..events.len()).find(|&index| {
        events[index].at - events[index - 1].at > 30 * MINUTE
            && events[index..].iter().all(|event| event.is_passive)
    });
    let lasted = events[pause.unwrap_or(events.len()) - 1].at;
    let mut rows = Vec::new();
    for (part, events_of) in &shares {
        let (part, is_of_views) = (*part, *part >= 32_768);
        let (first, last) = (events_of[0], events_of[events_of.len() - 1]);
        let views: Vec<&&Event> = events_of.iter().filter(|event| event.is_view).collect();
        let pages: Vec<&str> = views.iter().map(|view| view.page.as_str()).collect();
        let times: Vec<i64> = views.iter().map(|view| view.at - events[0].at).collect();
        let count = |is_meant: fn(&Event) -> bool| events_of.iter().filter(|event| is_meant(event)).count();
        let first_order =
            events_of.iter().find(|event| event.is_order).map_or(0, |order| order.at - events[0].at);
        let mut money: BTreeMap<&str, i64> = BTreeMap::new();
        for event in events_of.iter().filter(|event| event.amount != 0) {
            *money.entry(&event.currency).or_default() += event.amount;
        }
        let (told_by, pages_told) = if is_of_views { (&events[0], &pages_of_all) } else { (first, &pages) };
        let entry = if told_by.path.is_empty() {
            pages_told.first().copied().unwrap_or_default()
        } else {
            &told_by.path
        };
        let (first_day, last_day) = (first.at.div_euclid(DAY), last.at.div_euclid(DAY));
        for day in first_day..=last_day {
            let row = json!([
                site,
                day,
                visitor,
                session,
                is_bot,
                events[0].at,
                part,
                first.owner,
                is_of_views || is_mixed && part == 0,
                if is_of_views { Vec::new() } else { turns.clone() },
                first.at,
                last.at,
                lasted.clamp(first.at, last.at),
                day > first_day,
                views.len(),
                count(|event| !event.is_view && !event.is_passive),
                events_of.len(),
                count(|event| event.is_order),
                first_order,
                money.iter().map(|(currency, sum)| json!([currency, sum])).collect::<Vec<_>>(),
                times.last().copied().unwrap_or_default(),
                entry,
                pages_told.last().copied().unwrap_or_default(),
                pages,
                times,
                told_by.campaign,
                first.with,
                last_day - day,
                !session.is_empty() || !pages.is_empty(),
                is_of_views || part == 0 && !is_divided
            ]);
            rows.push(row.to_string());
        }
    }
    rows
}

/// The rows of the store. A session is told by its events' id.
fn stored(orma: &Orma) -> Vec<Row> {
    let sql = "SELECT toString(site), toUInt16(day), visitor, any_session, is_bot, toUnixTimestamp64Milli(started), part, \
        owner, is_mixed, arrayZip(turn_ms, arrayMap(id -> toString(id), turn_event), turn_owner), \
        toUnixTimestamp64Milli(since), toUnixTimestamp64Milli(ended), \
        toUnixTimestamp64Milli(addMilliseconds(started, lasted_ms)), is_continued, view_count, action_count, event_count, order_count, first_order_ms, \
        arraySort(arrayZip(mapKeys(money), arrayMap(sum -> toInt64(sum * 10000), mapValues(money)))), \
        last_view_ms, toString(entry_page), toString(exit_page), pages, view_ms, toString(campaign_parts), \
        [arrayStringConcat(arraySlice(splitByChar('\\x1F', client_parts), 1, 3), '|'), toString(device_parts), toString(place_parts)], \
        days_after, is_session, is_seen FROM visits FINAL LEFT JOIN (SELECT session_hash, any(session) AS any_session FROM events GROUP BY session_hash) AS named \
        USING session_hash FORMAT JSONCompactEachRow";
    let mut rows: Vec<Row> = orma.sql(sql).iter().map(Value::to_string).collect();
    rows.sort();
    rows
}

/// The visits of the store, once all are made, are those of the plain computation.
pub fn check(orma: &Orma, when: &str) {
    wait_for("the journal to be empty", || {
        (orma.try_sql("SELECT count() AS n FROM touched").ok()?[0]["n"] == 0).then_some(())
    });
    let (plain, stored) = (plain(orma), stored(orma));
    let only = |these: &[Row], those: &[Row]| -> Vec<Row> {
        these.iter().filter(|row| those.binary_search(row).is_err()).take(5).cloned().collect()
    };
    assert_eq!(
        plain.len(),
        stored.len(),
        "{when}: {:#?} {:#?}",
        only(&plain, &stored),
        only(&stored, &plain)
    );
    assert_eq!(only(&stored, &plain), only(&plain, &stored), "{when}");
}

/// People as a number are those whose a view is, however they are divided.
fn people_agree(orma: &Orma) {
    let human = |row: &&Value| row["is_bot"] == 0 && row["site"] == SITE;
    let events = orma.sql(
        "SELECT toString(site) AS site, visitor, user, if(session = '', 0, sipHash64(session)) AS number, \
         bot != '' OR verdict = 'machine' AS is_bot, toUnixTimestamp64Milli(ts) AS at, toString(kind) AS kind, \
         if(path = '', toString(screen), path) AS page, toString(toDate(ts, 'Europe/Rome')) AS day, country FROM events FINAL",
    );
    let aliases =
        orma.sql("SELECT substring(visitor, 2) AS previous, user FROM identity_edges WHERE source = 'alias'");
    let marks = marks(orma);
    let mut people: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
    for row in events.iter().filter(human) {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        if !["page_view", "screen_view"].contains(&&*text("kind")) {
            continue;
        }
        let of = marks.get(&(text("site"), text("visitor"))).map_or(&[][..], Vec::as_slice);
        let user = match text("user") {
            user if user.is_empty() => {
                owner(of, row["number"].as_u64().unwrap(), row["at"].as_i64().unwrap())
            }
            user => user,
        };
        let id = if user.is_empty() { text("visitor") } else { user };
        let alias = aliases.iter().find(|alias| alias["previous"] == id.as_str());
        let person = alias.map_or(id.clone(), |alias| alias["user"].as_str().unwrap().to_owned());
        for key in [
            ("total", String::new()),
            ("time", text("day")),
            ("page", text("page")),
            ("country", text("country")),
        ] {
            people.entry(key).or_default().insert(person.clone());
        }
    }
    let period = "from=2026-11-01&to=2026-12-31";
    let counts = |answer: &Value, dimension: &str| -> BTreeMap<String, u64> {
        let rows = answer["rows"].as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["dimensions"][dimension].as_str().unwrap().to_owned(),
                row["metrics"]["people"].as_u64().unwrap(),
            )
        })
        .filter(|(_, people)| *people > 0)
        .collect()
    };
    let total = people[&("total", String::new())].len();
    for (dimension, question) in
        [("time", "&interval=day"), ("page", "&group_by=page"), ("country", "&group_by=country")]
    {
        let answer = orma.ask(&format!(
            "/api/v1/sites/{SITE}/stats?metrics=people,visitors{question}&{period}&limit=1000"
        ));
        let expected: BTreeMap<String, u64> = people
            .iter()
            .filter(|((of, _), _)| *of == dimension)
            .map(|((_, value), people)| (value.clone(), people.len() as u64))
            .collect();
        assert_eq!(counts(&answer, dimension), expected, "{question}");
        assert_eq!(answer["totals"]["people"], total, "{question}");
    }
}

/// Has all visits made anew by the program that runs.
pub fn touch_all(orma: &Orma) {
    orma.sql(
        "INSERT INTO touched SELECT DISTINCT 'anew', site, toDate(ts), visitor, visitor_hash, session_hash, now64(3) FROM events",
    );
}

/// The events that lie by themselves are those of all events.
fn selected_agree(orma: &Orma) {
    let of = |rows: &str| {
        let row = "sipHash64(site, event_id, ts, visitor, session_hash, kind, path, revenue, mark_parts)";
        orma.sql(&format!("SELECT count(), sum({row}) FROM {rows}"))
    };
    let selected =
        "kind IN ('vital', 'view_item', 'add_to_cart', 'begin_checkout', 'order', 'refund') OR revenue != 0";
    assert_eq!(
        of("selected_events FINAL WHERE NOT is_deleted"),
        of(&format!("events FINAL WHERE {selected}"))
    );
    let period = "toDate(ts, 'Europe/Rome') BETWEEN '2026-11-01' AND '2026-12-31'";
    let orders = orma.number(&format!(
        "SELECT count() FROM events FINAL WHERE site = '{SITE}' AND kind = 'order' AND bot = '' AND verdict != 'machine' AND {period}"
    ));
    assert!(orders > 0);
    let answer =
        orma.ask(&format!("/api/v1/sites/{SITE}/stats?metrics=orders&from=2026-11-01&to=2026-12-31"));
    assert_eq!(answer["totals"]["orders"], orders);
}

/// All visits are made anew, as after a change of the rule.
fn make_anew(orma: &Orma) {
    let output = Command::new(program())
        .args(["visits", "make-anew", "--data-dir"])
        .arg(orma.dir.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.ends_with("all visits are made of their events\n"), "{told}");
}

/// Some events of one visitor's sessions, near enough to join and to part.
fn history(random: &mut Rng, site: &str) -> Vec<Value> {
    let kinds =
        ["page_view", "screen_view", "search", "order", "page_leave", "vital", "identify", "reset", "refund"];
    let sessions = ["", "s1", "s2"];
    let mut events = Vec::new();
    let mut at = START + random.i64(0..2 * DAY);
    for number in 0..random.u64(2..40) {
        at += match random.u64(..10) {
            0 => 30 * MINUTE + random.i64(-1..=1),
            1 => random.i64(0..3 * DAY),
            2 => DAY + random.i64(-1..=1),
            3 => 0,
            // Right before or after midnight.
            4 => DAY - at.rem_euclid(DAY) + random.i64(-MINUTE..MINUTE),
            _ => random.i64(0..20 * MINUTE),
        };
        let kind = kinds[random.usize(..kinds.len())];
        let machine = random.u64(..8) == 0;
        let path = if kind == "screen_view" || random.u64(..3) == 0 {
            String::new()
        } else {
            format!("/{}", random.u64(..5))
        };
        let session = sessions[random.usize(..3)];
        let carries = kind == "identify" || kind != "reset" && random.u64(..12) == 0;
        let sells = kind == "order" || kind == "refund";
        let (amount, currency) =
            if sells { (random.i64(0..500) * 100, ["EUR", "USD"][random.usize(..2)]) } else { (0, "") };
        let user = if carries { ["anna", "bruno"][random.usize(..2)] } else { "" };
        events.push(json!({
            "site": site,
            "event_id": uuid::Uuid::from_u64_pair(random.u64(..), random.u64(..)).to_string(),
            "ts": at,
            "visitor": format!("v{}", random.u64(..2)),
            "session": session,
            "user": user,
            "kind": kind,
            "revenue": amount as f64 / 10_000.0,
            "path": path,
            "page_parts": format!("title\u{1f}Screen {}\u{1f}", random.u64(..3)),
            // Most have one device and one place; it may be shared, or be on its way.
            "client_parts": format!("host\u{1f}{}\u{1f}\u{1f}Europe/Rome\u{1f}{}{}", ["it", "en"][usize::from(random.u64(..15) == 0)],
                random.u64(..3), "\u{1f}".repeat(6)),
            "device_parts": format!("{}{}", ["desktop", "smartphone"][usize::from(random.u64(..15) == 0)], "\u{1f}".repeat(7)),
            "place_parts": format!("{}{}", ["IT", "FR"][usize::from(random.u64(..15) == 0)], "\u{1f}".repeat(3)),
            "campaign_parts": format!("source {number}\u{1f}email{}", "\u{1f}".repeat(9)),
            "mark_parts": format!("{}{}{currency}\u{1f}", if machine { "crawler" } else { "" }, "\u{1f}".repeat(9)),
        }));
    }
    events
}

fn insert(orma: &Orma, events: &[Value]) {
    let mut rows = String::new();
    for event in events {
        let mut event = event.clone();
        event["ts"] = json!(format!("{:.3}", event["ts"].as_i64().unwrap() as f64 / 1_000.0));
        writeln!(rows, "{event}").unwrap();
    }
    let columns = "site, event_id, ts, visitor, session, user, kind, revenue, path, page_parts, client_parts, device_parts, place_parts, \
                   campaign_parts, mark_parts";
    orma.sql(&format!("INSERT INTO events ({columns}) FORMAT JSONEachRow\n{rows}"));
}

#[test]
fn visits_kept_up_to_date_are_those_made_anew_and_those_of_a_plain_computation() {
    let seeds: u64 = std::env::var("ORMA_SEEDS").map_or(1_000, |text| text.parse().expect("a number"));
    // Days are rolled up beside it.
    let orma = crate::rollups::setup().start();
    let ask = |question: &str| drop(orma.ask(&format!("/api/v1/sites/{SITE}/{question}")));
    let random = &mut Rng::with_seed(11);
    let mut waiting: Vec<Vec<Value>> = Vec::new();
    for seed in 0..seeds {
        // Some of them on the site that is asked.
        let site = if seed % 50 == 0 { SITE.to_owned() } else { format!("site-{seed}") };
        let mut events = history(&mut Rng::with_seed(seed), &site);
        random.shuffle(&mut events);
        // Some come twice, some of these with something else.
        for mut event in events.clone() {
            match random.u64(..10) {
                0 => events.push(event),
                1 => {
                    event["path"] = json!("/changed");
                    events.push(event);
                }
                _ => {}
            }
        }
        waiting.push(events);
    }
    let mut pass = 0;
    while waiting.iter().any(|events| !events.is_empty()) {
        let mut together = Vec::new();
        for events in &mut waiting {
            let count = random.usize(..=events.len().min(8));
            together.extend(events.drain(..count));
        }
        if !together.is_empty() {
            insert(&orma, &together);
        }
        match random.u64(..4) {
            0 => ask("stats?metrics=sessions"),
            1 => ask("people?limit=1"),
            _ => {}
        }
        pass += 1;
        if pass == 3 {
            check(&orma, "in between");
        }
    }
    check(&orma, "as they came");
    selected_agree(&orma);
    orma.sql(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT site, user, visitor, 'manual', '', now64(3), -1, max(ts), 'somebody' FROM identity_edges \
         WHERE cityHash64(site, user, visitor) % 3 = 0 AND source != 'alias' GROUP BY site, user, visitor",
    );
    check(&orma, "some edges are taken back");
    orma.sql(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT site, 'carla', visitor, 'manual', '', max(ts) AS last, 1, last, 'somebody' FROM events \
         WHERE cityHash64(site, visitor) % 5 = 0 GROUP BY site, visitor",
    );
    check(&orma, "some are joined by hand");
    people_agree(&orma);
    // Who is also somebody else.
    orma.sql(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT 'demo', 'bruno', '@anna', 'alias', '', now64(3) AS at, 1, at, 'somebody'",
    );
    people_agree(&orma);
    // What is erased is told like what comes.
    let erased = "visitor = 'v1' AND cityHash64(event_id) % 3 = 0";
    orma.sql(&format!(
        "INSERT INTO touched SELECT DISTINCT 'event', site, toDate(ts), visitor, visitor_hash, session_hash, now64(3) FROM events \
         WHERE {erased}"
    ));
    orma.sql(&format!("ALTER TABLE events DELETE WHERE {erased} SETTINGS mutations_sync = 1"));
    orma.sql(
        "INSERT INTO touched SELECT 'event', site, day, visitor, visitor_hash, session_hash, now64(3) FROM visits FINAL \
         WHERE visitor = 'v1'",
    );
    check(&orma, "some are erased");
    selected_agree(&orma);
    // What nobody told, a command finds.
    orma.sql(
        "ALTER TABLE selected_events DELETE WHERE cityHash64(event_id) % 2 = 0 SETTINGS mutations_sync = 1",
    );
    orma.sql("INSERT INTO selected_events (site, event_id, ts, visitor, kind) VALUES ('demo', generateUUIDv4(), now64(3), 'v9', 'order')");
    make_anew(&orma);
    check(&orma, "made anew");
    selected_agree(&orma);
    assert!(orma.number("SELECT count() FROM selected_events FINAL WHERE NOT is_deleted") > 1_000);
    assert!(orma.number("SELECT countIf(is_continued) FROM visits FINAL") > 0, "some go over midnight");
    assert!(orma.number("SELECT countIf(is_bot) FROM visits FINAL") > 0, "some are of machines");
    assert!(orma.number("SELECT countIf(is_mixed AND part = 0) FROM visits FINAL") > 0, "some change hands");
    assert!(
        orma.number("SELECT countIf(part = 32769) FROM visits FINAL") > 0,
        "some are seen in several ways"
    );
}
