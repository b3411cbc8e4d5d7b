//! What somebody can do with nothing but the public write key: amounts, moments, identities, endless sessions, names
//! without number. Whatever was sent, every page of the dashboard has its answer, the numbers of honest people are
//! theirs, and their events are soon there.
//!
//! `ORMA_TORTURE=1` sends the full sizes: 100,000 aliases, a user of 50,000 visitors, months for ten minutes.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Answer, Orma, request, wait_for};

const DAY_MS: i64 = 86_400_000;
/// Bytes of events in one request.
const REQUEST_BYTES_MAX: usize = 900_000;
/// An honest event is there after this at the latest, on a machine that does nothing else.
const VISIBLE_MAX: Duration = Duration::from_secs(8);

/// A size for every day, and the one of `make torture`.
fn size(usual: usize, full: usize) -> usize {
    if std::env::var_os("ORMA_TORTURE").is_some() { full } else { usual }
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Sends events with the write key alone, as many in a request as fit.
fn send(orma: &Orma, events: impl IntoIterator<Item = Value>) {
    send_with(orma, &[], events);
}

/// Sends what only a server may tell.
fn send_trusted(orma: &Orma, events: impl IntoIterator<Item = Value>) {
    send_with(orma, &[("authorization", &format!("Bearer {ADMIN_TOKEN}"))], events);
}

fn send_with(orma: &Orma, headers: &[(&str, &str)], events: impl IntoIterator<Item = Value>) {
    let mut batch = String::new();
    let mut count = 0;
    let post = |batch: &str| {
        let answer = orma.post(format!(r#"{{"site":"demo","events":[{batch}]}}"#), headers);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["rejected"], json!([]), "{}", answer.text);
    };
    for event in events {
        let text = event.to_string();
        if count == 1_000 || batch.len() + text.len() > REQUEST_BYTES_MAX {
            post(&std::mem::take(&mut batch));
            count = 0;
        }
        if !batch.is_empty() {
            batch.push(',');
        }
        batch += &text;
        count += 1;
    }
    post(&batch);
}

/// Waits until everything that was sent is in the store.
fn settle(orma: &Orma) {
    let deadline = Instant::now() + Duration::from_mins(10);
    loop {
        // A question waits for the visits of so many events for some seconds only.
        let is_made = || orma.try_sql("SELECT count() AS n FROM touched").is_ok_and(|rows| rows[0]["n"] == 0);
        if orma.metric("orma_spool_bytes") == Some(0.0) && is_made() {
            return;
        }
        assert!(Instant::now() < deadline, "the spool did not empty, or visits are not made");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn money(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn view(visitor: &str, path: &str) -> Value {
    json!({"kind": "page_view", "visitor": visitor, "session": format!("s-{visitor}"),
        "url": format!("https://b.example{path}")})
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}

/// Anna looks around, says who she is, is known under another name too, and buys for 100, of which 30 come back.
fn send_the_honest(orma: &Orma) {
    send(
        orma,
        [
            view("anna-phone", "/"),
            json!({"kind": "identify", "visitor": "anna-phone", "session": "s-anna-phone", "user": "anna",
                "traits": {"name": "Anna"}}),
            json!({"kind": "alias", "visitor": "anna-phone", "session": "s-anna-phone",
                "user": "anna@example.it", "previous": "anna"}),
            json!({"kind": "order", "visitor": "anna-phone", "session": "s-anna-phone", "user": "anna@example.it",
                "order_id": "o-1", "revenue": money("100.005")}),
        ],
    );
    let refund = json!({"kind": "refund", "visitor": "anna-phone", "session": "s-anna-phone",
        "user": "anna@example.it", "order_id": "o-1", "revenue": money("-30")});
    send_trusted(orma, [refund]);
}

/// Anna's card and journey are hers, whatever others sent.
fn check_the_honest(orma: &Orma) {
    let person = format!("/api/v1/sites/demo/people/{}", encoded("anna@example.it"));
    let card = orma.ask(&person);
    let known = ["person", "events", "orders", "revenue", "traits", "sessions", "page_views"]
        .map(|field| &card[field]);
    let revenue = json!({"amount": "70.005", "currency": "EUR"});
    let traits = json!({"name": "Anna"});
    let expected = [&json!("anna@example.it"), &json!(5), &json!(1), &revenue, &traits, &json!(1), &json!(1)];
    assert_eq!(known, expected, "{card}");
    let by_alias = orma.ask("/api/v1/sites/demo/people/anna");
    assert_eq!(by_alias["person"], "anna@example.it");
    let journey = orma.ask(&format!("{person}/journey"));
    assert_eq!(journey["items"][0]["events"].as_array().unwrap().len(), 5, "{journey}");
    assert_eq!(journey["items"][0]["revenue"], revenue);
    assert_eq!(journey["truncated"], false);
    let found = orma.ask("/api/v1/sites/demo/people?search=anna@example");
    assert_eq!(found["items"][0]["name"], "Anna", "{found}");
    assert_eq!(found["items"][0]["revenue"], revenue);
}

/// Every question that a page asks, of these people too; the slowest answer.
fn every_page_answers(orma: &Orma, people: &[&str]) -> (Duration, String) {
    const METRICS: &str = "visitors,page_views,sessions,bounce_rate,session_duration_ms,views_per_session,events,\
        orders,revenue";
    const DIMENSIONS: [&str; 18] = [
        "page",
        "entry_page",
        "exit_page",
        "host",
        "source",
        "channel",
        "campaign",
        "country",
        "device_class",
        "device_model",
        "browser",
        "os",
        "language",
        "kind",
        "name",
        "touchpoint",
        "stage",
        "app_version",
    ];
    let mut paths: Vec<String> = [
        "stats?metrics=ALL",
        "stats?metrics=ALL&interval=day&compare=previous",
        "stats?metrics=ALL&interval=hour&from=today&to=today",
        "stats?metrics=ALL&include=bots",
        "stats?metrics=revenue&group_by=page,name&limit=1000",
        "stats?metrics=ALL&group_by=page&limit=1000&interval=day",
        "stats?metrics=ALL&group_by=page,name&limit=1000",
        "stats?metrics=ALL&filter=page:contains:a&filter=channel:is:direct",
        "people",
        "people?limit=1000",
        "people?search=e",
        "people?identified=true",
        // Cursors of the edges of time.
        "people?cursor=eyJsYXN0X3NlZW4iOiAtOTIyMzM3MjAzNjg1NDc3NTgwOCwgInBlcnNvbiI6ICJhIn0",
        "people?cursor=eyJsYXN0X3NlZW4iOiA5MjIzMzcyMDM2ODU0Nzc1ODA3LCAicGVyc29uIjogImEifQ",
        "people?identified=false&limit=1000",
        "accounting",
        "quality/web?group_by=page",
        "quality/app",
    ]
    .map(|path| path.replace("ALL", METRICS).replace("today", &today()))
    .to_vec();
    paths.extend(DIMENSIONS.map(|name| format!("stats?metrics={METRICS}&group_by={name}&limit=1000")));
    for person in people {
        let person = encoded(person);
        paths.extend([
            format!("people/{person}"),
            format!("people/{person}/journey"),
            format!(
                "people/{person}/journey?cursor={}",
                concat!(
                    "eyJzdGFydGVkIjogOTIyMzM3MjAzNjg1NDc3NTgwNywgInZpc2l0b3IiOiAiYSIsICJzZXNzaW9uIjogIiIs",
                    "ICJjdXRfYmVmb3JlIjogLTkyMjMzNzIwMzY4NTQ3NzU4MDh9",
                )
            ),
            format!("people/{person}/journey?limit=200&include=bots"),
        ]);
    }
    let mut slowest = (Duration::ZERO, String::new());
    let mut without_answer = Vec::new();
    for path in paths {
        let asked = Instant::now();
        let answer = orma.get(&format!("/api/v1/sites/demo/{path}"));
        let took = asked.elapsed();
        let shown: String = answer.text.chars().take(300).collect();
        // A cursor that no page gave is refused by its name, and never our fault.
        let refused = path.contains("cursor=") && answer.json()["error"]["field"] == "cursor";
        if answer.status != 200 && !(answer.status == 400 && refused) {
            without_answer.push(format!("{path}: {} {shown}", answer.status));
        }
        answer.json();
        if took > slowest.0 {
            slowest = (took, path);
        }
    }
    assert!(without_answer.is_empty(), "{without_answer:#?}");
    slowest
}

fn today() -> String {
    jiff::Timestamp::now().to_string()[..10].to_owned()
}

fn revenue(orma: &Orma, filter: &str) -> Value {
    orma.ask(&format!("/api/v1/sites/demo/stats?metrics=revenue{filter}"))["totals"]["revenue"].clone()
}

fn link(orma: &Orma, person: &str, visitor: &str) -> Answer {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let url = orma.url(&format!("/api/v1/sites/demo/people/{}/link", encoded(person)));
    request("POST", &url, &headers, json!({"visitor": visitor}).to_string().as_bytes())
}

#[test]
fn amounts_are_exact_or_refused() {
    let orma = Orma::start();
    send_the_honest(&orma);
    let order = |user: &str, amount: &str, currency: &str| {
        json!({"kind": "order", "visitor": format!("v-{user}"), "session": "s", "user": user,
            "revenue": {"amount": amount, "currency": currency}})
    };
    send(&orma, (0..10).map(|_| order("magnate", "99999999999999.9999", "EUR")));
    send(&orma, [order("jakarta", "100000000000", "IDR"), order("rich", "100000000000", " eur ")]);
    let refund = json!({"kind": "refund", "visitor": "v-debt", "session": "s", "user": "debt",
        "revenue": money("99999999999999.9999")});
    send_trusted(&orma, (0..3).map(|_| refund.clone()));
    let beyond = json!({"site": "demo", "events": [order("beyond", "100000000000000", "EUR")]});
    let answer = orma.post(beyond.to_string(), &[]).json();
    assert_eq!(answer["accepted"], 0);
    assert!(answer["rejected"][0].to_string().contains("more than 14 digits before the point"), "{answer}");
    settle(&orma);
    // 10 × 99,999,999,999,999.9999 + 100,000,000,000 + 70.005 − 3 × 99,999,999,999,999.9999
    assert_eq!(revenue(&orma, ""), "700100000000070.0043");
    assert_eq!(revenue(&orma, "&filter=kind:is:refund"), "-300000000000029.9997");
    let of = |person: &str| orma.ask(&format!("/api/v1/sites/demo/people/{person}"))["revenue"].clone();
    assert_eq!(of("magnate"), money("999999999999999.999"));
    assert_eq!(of("rich"), money("100000000000.00"));
    assert_eq!(of("debt"), money("-299999999999999.9997"));
    assert_eq!(of("jakarta"), Value::Null, "money of another currency than the site's");
    let journey = orma.ask("/api/v1/sites/demo/people/magnate/journey");
    assert_eq!(journey["items"][0]["revenue"], money("999999999999999.999"));
    let journey = orma.ask("/api/v1/sites/demo/people/jakarta/journey");
    let shown = &journey["items"][0]["events"][0]["revenue"];
    assert_eq!(*shown, json!({"amount": "100000000000.00", "currency": "IDR"}));
    every_page_answers(&orma, &["magnate", "rich", "debt", "jakarta"]);
    check_the_honest(&orma);
}

/// An event for each month since 2000, most of them with a time of sending that would put it there.
fn months() -> impl Iterator<Item = (String, String)> {
    (2000..2027).flat_map(|year| (1..=12).map(move |month| (year, month))).map(|(year, month)| {
        let ts = format!("{year}-{month:02}-15T12:00:00Z");
        (ts, format!("{year}-{month:02}-15T12:00:01Z"))
    })
}

#[test]
fn events_of_every_month_make_nobody_wait() {
    let orma = Orma::start();
    send(&orma, [view("before", "/")]);
    let seen = |visitor: &str| {
        orma.try_sql(&format!("SELECT count() AS n FROM events WHERE visitor = '{visitor}'"))
            .is_ok_and(|rows| rows[0]["n"] == 1)
    };
    wait_for("the first event", || seen("before").then_some(()));
    let over = AtomicBool::new(false);
    let (lags, requests) = std::thread::scope(|scope| {
        let attacker = scope.spawn(|| {
            let mut requests = 0;
            while !over.load(Ordering::Relaxed) {
                let in_one = months().map(|(ts, _)| {
                    json!({"id": format!("{ts}-{requests}"), "kind": "custom", "name": "m", "visitor": "x", "ts": ts})
                });
                send(&orma, in_one);
                // Months that are allowed, and one that its time of sending asks for.
                let days = (0..92).map(|day| {
                    let ts = now_ms() - day * DAY_MS;
                    json!({"kind": "custom", "name": "d", "visitor": "y", "ts": ts})
                });
                send(&orma, days);
                let (ts, sent_at) = months().nth(requests % 323).unwrap();
                let body = json!({"site": "demo", "sent_at": sent_at,
                    "events": [{"id": format!("s-{requests}"), "kind": "custom", "name": "s", "visitor": "z", "ts": ts}]});
                assert_eq!(orma.post(body.to_string(), &[]).status, 200);
                requests += 1;
                std::thread::sleep(Duration::from_millis(400));
            }
            requests
        });
        let mut lags = Vec::new();
        for _ in 0..size(5, 300) {
            std::thread::sleep(Duration::from_secs(2));
            let visitor = format!("honest-{}", lags.len());
            let sent = Instant::now();
            send(&orma, [view(&visitor, "/")]);
            wait_for("an honest event", || seen(&visitor).then_some(()));
            lags.push(sent.elapsed());
        }
        over.store(true, Ordering::Relaxed);
        (lags, attacker.join().unwrap())
    });
    let longest = lags.iter().max().unwrap();
    settle(&orma);
    let partitions =
        "SELECT uniqExact(partition) FROM system.parts WHERE active AND database = 'orma' AND table = ";
    // 92 days back: so many months, and so many weeks.
    for (table, most) in [("events", 5), ("visits", 16)] {
        let partitions = orma.number(&format!("{partitions}'{table}'"));
        assert!(partitions <= most, "{partitions} partitions of {table}");
    }
    println!("months: {requests} rounds of 417 events, an honest event is visible after {longest:?} at most");
    if std::env::var_os("ORMA_TORTURE").is_some() {
        assert!(*longest < VISIBLE_MAX, "{lags:?}");
    }
    // What lies outside is not lost: it has the time of its receipt, or the one that the time of sending tells.
    let stored = orma.number("SELECT uniqExact(event_id) FROM events WHERE name IN ('m', 's')");
    assert_eq!(stored, requests as u64 * 325, "324 months and the one by its time of sending");
    let odd = "SELECT countIf(abs(toInt64(ts) - toInt64(received_at)) > 5) FROM events \
        WHERE clock IN ('past', 'future') OR name = 's' AND clock = 'skewed'";
    assert_eq!(orma.number(odd), 0);
    every_page_answers(&orma, &["x", "y", "z", "honest-0"]);
}

#[test]
fn aliases_and_visitors_without_number_leave_every_page_its_answer() {
    let orma = Orma::start();
    send_the_honest(&orma);
    settle(&orma);
    check_the_honest(&orma);
    let aliases = size(3_000, 100_000);
    let visitors = size(8_000, 50_000);
    // Most aliases are of one user, with quotes and letters that take two bytes; others make a chain and circles.
    let own = |number: usize| format!("già-«o'brien\\»-{number:06}");
    let alias = |user: String, previous: String| json!({"kind": "alias", "visitor": format!("av-{previous}"), "session": "a", "user": user, "previous": previous});
    send(&orma, (0..aliases / 2).map(|number| alias("crowd".into(), own(number))));
    send(
        &orma,
        (0..aliases / 4).map(|number| alias(format!("chain-{}", number + 1), format!("chain-{number}"))),
    );
    send(
        &orma,
        (0..aliases / 4).map(|number| alias(format!("ring-{}", number ^ 1), format!("ring-{number}"))),
    );
    send(&orma, [view("crowd-visitor", "/")]);
    let known = json!({"kind": "identify", "visitor": "crowd-visitor", "session": "s-crowd-visitor",
        "user": own(0), "traits": {"name": "Crowd"}});
    send(&orma, [known]);
    // One user on many visitors, each of which has seen a page.
    let many = (0..visitors).flat_map(|number| {
        let (visitor, session) = (format!("many-visitor-{number:06}"), format!("many-session-{number:06}"));
        [
            json!({"kind": "page_view", "visitor": visitor, "session": session, "url": "https://b.example/many"}),
            json!({"kind": "identify", "visitor": visitor, "session": session, "user": "many"}),
        ]
    });
    send(&orma, many);
    settle(&orma);
    let people =
        ["crowd", &own(3), "chain-7", "ring-8", "ring-9", "many", "many-visitor-000007", "crowd-visitor"];
    let slowest = every_page_answers(&orma, &people);
    println!("{aliases} aliases, {visitors} visitors of one user: {:?} at most, {}", slowest.0, slowest.1);
    let card = |person: &str| orma.ask(&format!("/api/v1/sites/demo/people/{}", encoded(person)));
    let many = card("many");
    let expected = json!([visitors, visitors, 2 * visitors]);
    assert_eq!(json!([many["sessions"], many["page_views"], many["events"]]), expected);
    let crowd = card("crowd-visitor");
    assert_eq!((&crowd["person"], &crowd["traits"]["name"]), (&json!("crowd"), &json!("Crowd")));
    assert_eq!(card(&own(1))["person"], "crowd");
    assert_eq!(card("ring-9")["person"], "ring-8", "a circle is its smallest id");
    assert_eq!(link(&orma, "crowd", "many-visitor-000001").status, 201);
    assert_eq!(link(&orma, "many", "crowd-visitor").status, 201);
    check_the_honest(&orma);
}

#[test]
fn a_session_without_end_and_a_visitor_of_many_names_stay_bounded() {
    const HOUR_MAX: u64 = orma_collector::flood::VISITOR_EVENTS_PER_HOUR_MAX as u64;
    let orma = Orma::start();
    send_the_honest(&orma);
    let events = size(12_000, 300_000);
    let endless = |number: usize| {
        json!({"kind": "page_view", "visitor": "endless", "session": "endless", "user": "endless",
            "url": format!("https://b.example/{number}")})
    };
    send(&orma, (0..events).map(endless));
    // A device that changes hands all the time, with a view for each change.
    let shared = (0..size(2_000, 5_000)).flat_map(|number| {
        let at = |kind: &str| json!({"kind": kind, "visitor": "shared", "session": format!("shared-{}", number % 50)});
        let mut identify = at("identify");
        identify["user"] = json!(if number % 2 == 0 { "hand-3".into() } else { format!("hand-{number}") });
        let mut seen = at("page_view");
        seen["url"] = json!("https://b.example/shared");
        [identify, seen]
    });
    send(&orma, shared);
    settle(&orma);
    let slowest = every_page_answers(&orma, &["endless", "shared", "hand-3"]);
    println!("{events} events of one session: {:?} at most, {}", slowest.0, slowest.1);
    // All are stored and counted, what is more than a person's as a machine's. An hour may begin in between.
    let count = |condition: &str| {
        orma.number(&format!("SELECT count() FROM events FINAL WHERE visitor = 'endless'{condition}"))
    };
    assert_eq!(count(""), events as u64);
    let human = count(" AND bot = ''");
    assert!((HOUR_MAX - 500..=2 * HOUR_MAX).contains(&human), "{human} events of a person");
    assert_eq!(count(" AND bot = 'flood' AND bot_reason = 'events_per_hour'"), events as u64 - human);
    let longest = "SELECT max(event_count) FROM visits FINAL WHERE NOT is_bot";
    assert!(orma.number(longest) <= human);
    let all = orma.ask("/api/v1/sites/demo/stats?metrics=page_views&filter=page:starts:/&include=bots");
    assert!(all["totals"]["page_views"].as_u64().unwrap() >= events as u64);
    let journey = orma.ask("/api/v1/sites/demo/people/endless/journey?include=bots");
    assert_eq!(journey["truncated"], events > 20_000);
    check_the_honest(&orma);
}

#[test]
fn names_paths_and_traits_without_number_leave_every_page_its_answer() {
    let orma = Orma::start();
    send_the_honest(&orma);
    let names = size(1_500, 50_000);
    let long = "x".repeat(size(3_000, 3_000));
    let events = (0..names).flat_map(|number| {
        let visitor = format!("v-{}", number % 997);
        let at = |kind: &str| json!({"kind": kind, "visitor": visitor, "session": format!("s-{number}")});
        let mut seen = at("page_view");
        seen["url"] = json!(format!(
            "https://host-{number}.example/{number}/{long}?utm_source=s{number}&utm_campaign=c{number}"
        ));
        seen["title"] = json!(format!("title {number}"));
        seen["referrer"] = json!(format!("https://from-{number}.example/"));
        seen["context"] = json!({"language": format!("l{number}"), "app": {"version": format!("{number}")}});
        let mut done = at("custom");
        done["name"] = json!(format!("name-{number}"));
        done["props"] = json!({format!("key-{number}"): number});
        let mut told = at("identify");
        told["user"] = json!("traits");
        told["traits"] = (0..40)
            .map(|trait_number| (format!("trait-{number}-{trait_number}"), json!(long[..99])))
            .collect();
        [seen, done, told]
    });
    send(&orma, events);
    settle(&orma);
    let slowest = every_page_answers(&orma, &["traits", "v-3"]);
    println!("{names} names, paths, titles, hosts, sources: {:?} at most, {}", slowest.0, slowest.1);
    let card = orma.ask("/api/v1/sites/demo/people/traits");
    assert_eq!(card["traits"].as_object().unwrap().len(), 1_000);
    check_the_honest(&orma);
}

#[test]
fn a_journey_is_unknown_or_has_the_event() {
    let orma = Orma::start();
    let mut empty = 0;
    for number in 0..size(25, 200) {
        let visitor = format!("new-{number}");
        send(&orma, [view(&visitor, "/")]);
        wait_for("the journey", || {
            let answer = orma.get(&format!("/api/v1/sites/demo/people/{visitor}/journey"));
            if answer.status == 404 {
                return None;
            }
            assert_eq!(answer.status, 200, "{}", answer.text);
            empty += usize::from(answer.json()["items"] == json!([]));
            Some(())
        });
    }
    assert_eq!(empty, 0, "journeys of somebody without a session");
}
