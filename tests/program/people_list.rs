//! The list of people is that of the visits, in every order, from every page on, whenever it is asked: against a plain
//! computation over what people have of visits. (That visits are those of their events, `visits` tests.)

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::support::Orma;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// 2026-11-10, UTC.
const START: i64 = 1_794_268_800_000;
const DAYS: i64 = 12;
const ORDERS: [&str; 7] =
    ["last_seen", "first_seen", "sessions", "page_views", "events", "orders", "revenue"];

/// What a plain computation knows of a person.
#[derive(Clone, Debug, Default)]
struct Person {
    is_identified: bool,
    /// Beginning and end of what the person has of each visit, in milliseconds since the epoch.
    seen: Vec<(i64, i64)>,
    ids: BTreeSet<String>,
    visitors: BTreeSet<String>,
    /// Each once, of however many of the person's ids.
    sessions: BTreeSet<String>,
    page_views: i64,
    events: i64,
    orders: i64,
    /// Ten-thousandths of the site's currency.
    revenue: i64,
}

impl Person {
    fn value(&self, order: &str) -> i64 {
        match order {
            "last_seen" => self.seen.iter().map(|(_, end)| *end).max().unwrap(),
            "first_seen" => self.seen.iter().map(|(begin, _)| *begin).min().unwrap(),
            "sessions" => i64::try_from(self.sessions.len()).unwrap(),
            "page_views" => self.page_views,
            "events" => self.events,
            "orders" => self.orders,
            _ => self.revenue,
        }
    }
}

/// Everybody, of what is made of their events.
fn everybody(orma: &Orma) -> BTreeMap<String, Person> {
    let shares = orma.sql(
        "SELECT visitor, person_id, owner != '' AND owner != visitor AS is_identified, toUnixTimestamp64Milli(since) AS begin, \
         toUnixTimestamp64Milli(ended) AS end, view_count, event_count, order_count, session_hash != 0 AS has_session, \
         toString((visitor_hash, session_hash, is_bot, started)) AS visit, \
         toInt64(money['EUR'] * 10000) AS amount FROM visits FINAL \
         WHERE site = 'demo' AND NOT is_mixed AND NOT is_bot AND NOT is_continued AND visitor != ''",
    );
    let aliases: BTreeMap<String, String> = orma
        .sql("SELECT substring(visitor, 2) AS previous, user FROM identity_edges WHERE source = 'alias'")
        .iter()
        .map(|row| (row["previous"].as_str().unwrap().into(), row["user"].as_str().unwrap().into()))
        .collect();
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for share in &shares {
        let text = |name: &str| share[name].as_str().unwrap().to_owned();
        let number = |name: &str| share[name].as_i64().unwrap();
        let own = text("person_id");
        let id = aliases.get(&own).cloned().unwrap_or_else(|| own.clone());
        let person = people.entry(id.clone()).or_default();
        person.is_identified |= number("is_identified") == 1 || id != own;
        person.seen.push((number("begin"), number("end")));
        person.ids.extend([own, id]);
        person.visitors.insert(text("visitor"));
        if number("view_count") > 0 || number("has_session") == 1 {
            person.sessions.insert(text("visit"));
        }
        person.page_views += number("view_count");
        person.events += number("event_count");
        person.orders += number("order_count");
        person.revenue += number("amount");
    }
    people
}

/// The rows of the table are what one statement makes of all visits.
fn table_agrees(orma: &Orma, when: &str) {
    drop(orma.ask("/api/v1/sites/demo/people?limit=1"));
    let money =
        "arraySort(arrayFilter(pair -> pair.2 != 0, CAST(sums AS Array(Tuple(String, Decimal(38, 4))))))";
    let latest = "(ended, visitor_hash, session_hash, is_bot, started)";
    let kept = orma.sql(&format!(
        "SELECT toString(site) AS its, person_hash, person_id AS id, is_identified AS known, \
         toString(first_seen) AS first, toString(last_seen) AS last, session_count AS s, view_count AS v, event_count AS e, \
         order_count AS o, money AS sums, toString({money}) AS amounts, toString(currencies) AS c, visitor_count AS n, \
         toString((country, device_class, browser, os, last_page, channel, source)) AS shown FROM people FINAL ORDER BY its, person_hash"
    ));
    let made = orma.sql(&format!(
        "SELECT toString(site) AS its, person_hash, any(person_id) AS id, max(person_hash != visitor_hash) = 1 AS known, \
         toString(min(since)) AS first, toString(max(ended)) AS last, countIf(view_count > 0 OR session_hash != 0) AS s, \
         sum(view_count) AS v, sum(event_count) AS e, sum(order_count) AS o, sumMap(money) AS sums, toString({money}) AS amounts, \
         toString(arraySort(groupUniqArrayArray(mapKeys(money)))) AS c, uniqExact(visitor_hash) AS n, \
         argMaxIf((device_class, browser, os), {latest}, (device_class, browser, os) != ('', '', '')) AS device, \
         argMin((channel, source), (since, visitor_hash, session_hash, is_bot, started)) AS origin, \
         toString((argMaxIf(country, {latest}, country != ''), device.1, device.2, device.3, \
         argMaxIf(exit_page, {latest}, view_count > 0), origin.1, origin.2)) AS shown \
         FROM visits FINAL WHERE NOT is_mixed AND NOT is_bot AND NOT is_continued AND visitor != '' \
         GROUP BY its, person_hash ORDER BY its, person_hash"
    ));
    let told = |rows: &[Value]| -> Vec<String> {
        let names =
            ["its", "person_hash", "id", "first", "last", "s", "v", "e", "o", "amounts", "c", "n", "shown"];
        let row = |row: &Value| {
            let known = row["known"] == true || row["known"] == 1;
            names.map(|name| row[name].to_string()).join(" ") + &format!(" {known}")
        };
        rows.iter().map(row).collect()
    };
    assert_eq!(told(&kept), told(&made), "{when}");
}

/// A question of the list, and who a plain computation says is in it.
fn lists_agree(orma: &Orma, random: &mut Rng, when: &str) {
    let people = everybody(orma);
    let traits = orma.sql("SELECT id, value FROM traits FINAL WHERE site = 'demo'");
    for _ in 0..6 {
        let order = ORDERS[random.usize(..ORDERS.len())];
        let ascending = random.bool();
        let mut question = format!("order_by={order}&direction={}", if ascending { "asc" } else { "desc" });
        let moment = |random: &mut Rng| START + random.i64(-DAY..DAYS * DAY);
        let from = random.bool().then(|| moment(random));
        let to = random.bool().then(|| moment(random)).filter(|to| from.is_none_or(|from| from < *to));
        for (name, at) in [("from", from), ("to", to)] {
            if let Some(at) = at {
                let moment = jiff::Timestamp::from_millisecond(at).unwrap();
                write!(question, "&{name}={moment}").unwrap();
            }
        }
        let choice = |random: &mut Rng| (random.u64(..3) == 0).then(|| random.bool());
        let (identified, customers) = (choice(random), choice(random));
        for (name, choice) in [("identified", identified), ("customers", customers)] {
            if let Some(choice) = choice {
                write!(question, "&{name}={choice}").unwrap();
            }
        }
        let searches = ["V1", "anna", "U3", "lbicocca", "nobody at all", "7"];
        let search = (random.u64(..3) == 0).then(|| searches[random.usize(..searches.len())].to_lowercase());
        if let Some(search) = &search {
            write!(question, "&search={}", search.replace(' ', "%20")).unwrap();
        }
        let is_found = |person: &Person, search: &String| {
            let is_in = |text: &str| text.to_lowercase().contains(search.as_str());
            // A trait of a visitor is of whoever was there without a user, and of no user who was there as well.
            let are_told =
                |id: &str| traits.iter().any(|it| it["id"] == id && is_in(it["value"].as_str().unwrap()));
            person.visitors.iter().any(|visitor| is_in(visitor))
                || person.ids.iter().any(|id| is_in(id) || are_told(id))
        };
        let is_in = |person: &&Person| {
            let is_seen = |(begin, end): &(i64, i64)| {
                from.is_none_or(|from| *end >= from) && to.is_none_or(|to| *begin < to)
            };
            person.seen.iter().any(is_seen)
                && identified.is_none_or(|identified| identified == person.is_identified)
                && customers.is_none_or(|customers| customers == (person.orders > 0))
                && search.as_ref().is_none_or(|search| is_found(person, search))
        };
        let listed = people.iter().filter(|(_, person)| is_in(person));
        let mut expected: Vec<(i64, &str)> =
            listed.map(|(id, person)| (person.value(order), id.as_str())).collect();
        expected.sort_by(|one, other| {
            let by_value = one.0.cmp(&other.0);
            (if ascending { by_value } else { by_value.reverse() }).then(one.1.cmp(other.1))
        });
        let limit = [1, 7, 60, 1_000][random.usize(..4)].max(expected.len() / 3);
        let mut got: Vec<String> = Vec::new();
        let mut cursor = String::new();
        loop {
            let answer = orma.ask(&format!("/api/v1/sites/demo/people?{question}&limit={limit}{cursor}"));
            let items = answer["items"].as_array().unwrap();
            got.extend(items.iter().map(|item| item["person"].as_str().unwrap().to_owned()));
            let Some(next) = answer["next_cursor"].as_str() else { break };
            assert_eq!(items.len(), limit, "{when}: a page that is not the last is full: {question}");
            cursor = format!("&cursor={next}");
        }
        let expected: Vec<&str> = expected.into_iter().map(|(_, id)| id).collect();
        assert_eq!(got, expected, "{when}: {question}&limit={limit}");
    }
}

/// Some events of a visitor: most of them nobody's, some of one user, a few of two.
fn events(random: &mut Rng, visitor: u64) -> Vec<Value> {
    let mut at = START + random.i64(0..DAYS * DAY);
    let user = if random.u64(..3) == 0 { format!("U{}", random.u64(..25)) } else { String::new() };
    let count = 1 + random.u64(..6);
    let mut one = |random: &mut Rng| {
        at += [0, 5 * MINUTE, 50 * MINUTE, DAY][random.usize(..4)];
        let kind = ["page_view", "page_view", "search", "order", "refund"][random.usize(..5)];
        let user = match random.u64(..12) {
            0 => "anna",
            1..=4 => user.as_str(),
            _ => "",
        };
        let amount = if kind == "order" || kind == "refund" { random.i64(0..9) * 5_000 } else { 0 };
        let currency = ["EUR", "USD"][random.usize(..2)];
        json!({
            "site": "demo",
            "event_id": uuid::Uuid::from_u64_pair(random.u64(..), random.u64(..)).to_string(),
            "ts": format!("{:.3}", at as f64 / 1_000.0),
            "visitor": format!("V{visitor}"),
            "session": if random.bool() { "s" } else { "" },
            "user": user,
            "kind": kind,
            "revenue": amount as f64 / 10_000.0,
            "campaign_parts": format!("source {}\u{1f}email{}", random.u64(..5), "\u{1f}".repeat(9)),
            "device_parts": format!("{}\u{1f}\u{1f}\u{1f}Safari\u{1f}iOS\u{1f}", if random.bool() { "mobile" } else { "" }),
            "place_parts": format!("{}\u{1f}\u{1f}", if random.bool() { "IT" } else { "" }),
            "path": if kind == "page_view" { "/" } else { "" },
            "mark_parts": format!("{}{currency}\u{1f}", "\u{1f}".repeat(9)),
        })
    };
    (0..count).map(|_| one(random)).collect()
}

fn insert(orma: &Orma, events: &[Value]) {
    let rows: Vec<String> = events.iter().map(Value::to_string).collect();
    let rows = rows.join("\n");
    let columns = "site, event_id, ts, visitor, session, user, kind, revenue, path, mark_parts, \
         campaign_parts, device_parts, place_parts";
    orma.sql(&format!("INSERT INTO events ({columns}) FORMAT JSONEachRow\n{rows}"));
}

#[test]
fn the_list_of_people_is_that_of_their_visits() {
    let mut orma = Orma::start();
    let random = &mut Rng::with_seed(7);
    let check = |orma: &Orma, random: &mut Rng, when: &str| {
        table_agrees(orma, when);
        lists_agree(orma, random, when);
    };
    for batch in 0..4 {
        // Some visitors come again, with other users too.
        let some = (0..80).flat_map(|number| events(random, batch * 60 + number)).collect::<Vec<_>>();
        insert(&orma, &some);
        check(&orma, random, "as they came");
    }
    // Only the rows of those whose visits changed are made.
    let one = json!({"site": "demo", "event_id": uuid::Uuid::from_u128(1).to_string(), "ts": "1794300000.000",
        "visitor": "V1000", "session": "s", "user": "", "kind": "page_view", "revenue": 0.0, "path": "/",
        "mark_parts": "", "campaign_parts": "", "device_parts": "", "place_parts": ""});
    insert(&orma, &[one]);
    table_agrees(&orma, "one came");
    let made = orma.number("SELECT count() FROM people WHERE version = (SELECT max(version) FROM people)");
    assert!((1..=2).contains(&made), "{made} rows were made of one visit");
    orma.sql(
        "INSERT INTO traits (site, id, trait, value, ts) VALUES ('demo', 'V12', 'name', 'Anna Lbicocca', 1794268800), \
         ('demo', 'U3', 'email', 'u3@lbicocca.example', 1794268800), ('demo', 'U4', 'city', 'Albicocca', 1794268800)",
    );
    lists_agree(&orma, random, "some have traits");
    orma.sql(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT 'demo', 'carla', visitor, 'manual', '', max(ts) AS last, 1, last, 'somebody' FROM events \
         WHERE cityHash64(visitor) % 9 = 0 GROUP BY visitor",
    );
    check(&orma, random, "some are joined by hand");
    orma.sql(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT site, user, visitor, 'manual', '', now64(3), -1, max(ts), 'somebody' FROM identity_edges \
         WHERE cityHash64(user, visitor) % 2 = 0 GROUP BY site, user, visitor",
    );
    check(&orma, random, "and taken back");
    for (user, previous) in [("U1", "V3"), ("U2", "U5"), ("somebody new", "U6")] {
        orma.sql(&format!(
            "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
             SELECT 'demo', '{user}', '@{previous}', 'alias', '', now64(3) AS at, 1, at, 'somebody'"
        ));
    }
    check(&orma, random, "some are also somebody else");
    // Killed when visits are written and people are not.
    insert(&orma, &(0..40).flat_map(|number| events(random, number)).collect::<Vec<_>>());
    drop(orma.ask("/api/v1/sites/demo/stats?metrics=people"));
    orma.kill_group();
    orma.start_again();
    check(&orma, random, "after a kill");
    // In this order: what is touched before it is gone may be made before it is gone, too.
    orma.sql("ALTER TABLE events DELETE WHERE visitor_hash % 4 = 0 SETTINGS mutations_sync = 1");
    orma.sql(
        "INSERT INTO touched SELECT DISTINCT 'event', site, day, visitor, visitor_hash, session_hash, now64(3) FROM visits \
         WHERE visitor_hash % 4 = 0",
    );
    check(&orma, random, "some are erased");
}
