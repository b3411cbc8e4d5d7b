//! `/newsletters` against the real engine: random histories beside a plain computation of the same numbers.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use fastrand::Rng;
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::query_api::{ADMIN, Service, at, event, view};
use crate::support::visits::{VisitKey, visits_of};

const MINUTE: i64 = 60_000;
const PERIOD: &str = "from=2026-11-10&to=2026-11-10";
/// The site's day begins in Rome at this moment.
const DAY: &str = "2026-11-09T23:00:00Z";
const SEEDS: u64 = 5;
/// So many of them are asked for the people too, which is a question for each number.
const SEEDS_OF_PEOPLE: u64 = 2;

/// A history whose moments and ids meet often.
fn history(random: &mut Rng) -> Vec<EventRow<'static>> {
    let begin = at(DAY);
    let mut rows = Vec::new();
    for _ in 0..40 + random.u64(..80) {
        // Close together, so that sweeps, landings and orders meet; some lie before the day and some after it.
        let minute = *random.choice(&[-4, -1, 1, 3, 5, 700, 702, 1437, 1439, 1441]).unwrap();
        let near = begin + minute * MINUTE + random.u64(..5) as i64 * 30_000;
        let visitor = *random.choice(&["v1", "v2", "v3"]).unwrap();
        let session = *random.choice(&["s1", "s2", ""]).unwrap();
        let row = match random.u64(..10) {
            0..=5 => {
                let kind = *random
                    .choice(&[
                        "newsletter_sent",
                        "newsletter_delivered",
                        "newsletter_bounce",
                        "newsletter_open",
                        "newsletter_open",
                        "newsletter_click",
                        "newsletter_click",
                        "newsletter_click",
                    ])
                    .unwrap();
                let (verdict, reason) = *random
                    .choice(&[
                        ("human", "browser"),
                        ("proxy", "gmail_proxy"),
                        ("machine", "many_links"),
                        ("machine", "trap"),
                        ("machine", "too_soon"),
                        ("unknown", "bare_user_agent"),
                        ("", ""),
                    ])
                    .unwrap();
                let is_read = matches!(kind, "newsletter_open" | "newsletter_click");
                EventRow {
                    user: (*random.choice(&["anna", "bruno", ""]).unwrap()).into(),
                    newsletter_campaign: (*random.choice(&["saldi", "auguri", "=1+1"]).unwrap()).into(),
                    message: (*random.choice(&["m1", "m2"]).unwrap()).into(),
                    link: if kind == "newsletter_click" {
                        *random.choice(&["hero", "footer"]).unwrap()
                    } else {
                        ""
                    }
                    .into(),
                    verdict: if is_read { verdict } else { "" }.into(),
                    verdict_reason: if is_read { reason } else { "" }.into(),
                    ..event(kind, visitor, "", near)
                }
            }
            6 | 7 => EventRow {
                newsletter_campaign: (*random.choice(&["saldi", "auguri"]).unwrap()).into(),
                link: (*random.choice(&["hero", "footer"]).unwrap()).into(),
                verdict: "human".into(),
                verdict_reason: (*random.choice(&["landed", "landed", ""]).unwrap()).into(),
                bot: (*random.choice(&["", "", "", "crawler"]).unwrap()).into(),
                ..view(visitor, session, near, "/scarpe")
            },
            _ => {
                let kind = *random.choice(&["order", "order", "refund"]).unwrap();
                EventRow {
                    revenue: random.u64(..100_000) as i64,
                    currency: (*random.choice(&["EUR", "EUR", "USD"]).unwrap()).into(),
                    bot: (*random.choice(&["", "", "", "crawler"]).unwrap()).into(),
                    ..event(kind, visitor, session, near + 1)
                }
            }
        };
        // The same event twice counts once.
        if random.u64(..6) == 0 {
            rows.push(row.clone());
        }
        rows.push(row);
    }
    rows
}

#[derive(Default)]
struct Copies {
    sent: BTreeSet<Copy3>,
    delivered: BTreeSet<Copy3>,
    bounced: BTreeSet<Copy3>,
    opened: BTreeSet<Copy3>,
    opened_at_all: BTreeSet<Copy3>,
    clicked: BTreeSet<Copy3>,
    clicked_at_all: BTreeSet<Copy3>,
    visits: BTreeSet<VisitKey>,
    orders: i64,
    revenue: i64,
}

/// Campaign, message, recipient.
type Copy3 = (String, String, String);
/// Campaign and link; `None` over everything.
type Key = Option<(String, String)>;

/// The same numbers, event by event.
fn plainly(rows: &[EventRow<'static>], by_link: bool, campaign: Option<&str>) -> BTreeMap<Key, Value> {
    let (from, to) = (at(DAY), at(DAY) + 24 * 60 * MINUTE);
    let mut seen = BTreeSet::new();
    let visits = visits_of(rows.iter());
    let visit = |row: &EventRow<'_>| visits[&row.event_id].clone();
    let all: Vec<&EventRow<'_>> =
        rows.iter().filter(|row| row.bot.is_empty() && seen.insert(row.event_id)).collect();
    let in_period = |row: &&EventRow<'_>| row.ts >= from && row.ts < to;
    let rows: Vec<&EventRow<'_>> = all.iter().copied().filter(in_period).collect();
    let recipient =
        |row: &EventRow<'_>| if row.user.is_empty() { row.visitor.to_string() } else { row.user.to_string() };
    let copy = |row: &EventRow<'_>| -> Copy3 {
        (row.newsletter_campaign.to_string(), row.message.to_string(), recipient(row))
    };
    let of_mail: Vec<_> = rows.iter().copied().filter(|row| row.kind.starts_with("newsletter_")).collect();
    let swept = |click: &EventRow<'_>| {
        of_mail.iter().any(|row| {
            copy(row) == copy(click)
                && matches!(&*row.verdict_reason, "many_links" | "trap")
                && (row.ts - click.ts).abs() <= MINUTE
        })
    };
    let asked = |row: &EventRow<'_>| campaign.is_none_or(|asked| row.newsletter_campaign == asked);
    let mut found: BTreeMap<Key, Copies> = BTreeMap::new();
    let keys = |row: &EventRow<'_>| -> [Key; 2] {
        let link = if by_link { row.link.to_string() } else { String::new() };
        [None, Some((row.newsletter_campaign.to_string(), link))]
    };
    for row in of_mail.iter().filter(|row| asked(row)) {
        let by_person = !matches!(&*row.verdict, "machine" | "unknown");
        for key in keys(row) {
            let copies = found.entry(key).or_default();
            match &*row.kind {
                "newsletter_sent" => drop(copies.sent.insert(copy(row))),
                "newsletter_delivered" => drop(copies.delivered.insert(copy(row))),
                "newsletter_bounce" => drop(copies.bounced.insert(copy(row))),
                "newsletter_open" => {
                    copies.opened_at_all.insert(copy(row));
                    if by_person {
                        copies.opened.insert(copy(row));
                    }
                }
                "newsletter_click" => {
                    copies.clicked_at_all.insert(copy(row));
                    if by_person && !swept(row) {
                        copies.clicked.insert(copy(row));
                    }
                }
                other => panic!("{other}"),
            }
        }
    }
    // An order of the period may be owed to a landing before it.
    let landings: Vec<_> = all.iter().copied().filter(|row| row.verdict_reason == "landed").collect();
    for row in landings.iter().copied().filter(in_period).filter(|row| asked(row)) {
        for key in keys(row) {
            found.entry(key).or_default().visits.insert(visit(row));
        }
    }
    for row in rows.iter().filter(|row| matches!(&*row.kind, "order" | "refund")) {
        let before = landings.iter().filter(|landing| visit(landing) == visit(row) && landing.ts <= row.ts);
        // Of two landings at the same moment the one whose name is greater.
        let last = before
            .max_by_key(|landing| (landing.ts, landing.newsletter_campaign.clone(), landing.link.clone()));
        let Some(last) = last.filter(|landing| asked(landing)) else { continue };
        for key in keys(last) {
            let copies = found.entry(key).or_default();
            copies.orders += i64::from(row.kind == "order");
            if row.currency == "EUR" {
                copies.revenue += if row.kind == "refund" { -row.revenue } else { row.revenue };
            }
        }
    }
    found.into_iter().map(|(key, copies)| (key.clone(), numbers(&copies, by_link && key.is_some()))).collect()
}

fn money(amount: i64) -> String {
    let (sign, amount) = (if amount < 0 { "-" } else { "" }, amount.abs());
    let text = format!("{sign}{}.{:04}", amount / 10_000, amount % 10_000);
    let cut = text.trim_end_matches('0');
    if text.len() - cut.len() >= 2 { text[..text.len() - 2].to_owned() } else { cut.to_owned() }
}

fn numbers(copies: &Copies, of_link: bool) -> Value {
    let of_mail = |count: usize| if of_link { Value::Null } else { json!(count) };
    json!({
        "sent": of_mail(copies.sent.len()), "delivered": of_mail(copies.delivered.len()),
        "bounced": of_mail(copies.bounced.len()), "opened": of_mail(copies.opened.len()),
        "opened_by_machines": of_mail(copies.opened_at_all.len() - copies.opened.len()),
        "clicked": copies.clicked.len(),
        "clicked_by_machines": copies.clicked_at_all.len() - copies.clicked.len(),
        "visits": copies.visits.len(), "orders": copies.orders,
        "revenue": {"amount": money(copies.revenue), "currency": "EUR"},
    })
}

/// The answer, told apart as [`plainly`] does.
fn told(answer: &Value) -> BTreeMap<Key, Value> {
    let mut told: BTreeMap<Key, Value> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let mut row = row.as_object().unwrap().clone();
            let campaign = row.remove("campaign").unwrap().as_str().unwrap().to_owned();
            let link = row.remove("link").unwrap().as_str().unwrap_or_default().to_owned();
            (Some((campaign, link)), Value::Object(row))
        })
        .collect();
    told.insert(None, answer["totals"].clone());
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn random_histories_give_what_a_plain_computation_gives() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let mut orders = 0;
    for seed in 1..=SEEDS {
        let mut random = Rng::with_seed(seed);
        let rows = history(&mut random);
        service.store.execute("TRUNCATE TABLE events", &[]).await.unwrap();
        service.insert(&rows).await;
        for (by, campaign) in
            [("campaign", None), ("link", None), ("campaign", Some("saldi")), ("link", Some("auguri"))]
        {
            let only = campaign.map(|name| format!("&campaign={name}")).unwrap_or_default();
            let answer = service.get(&format!("/newsletters?{PERIOD}&by={by}{only}")).await;
            let mut expected = plainly(&rows, by == "link", campaign);
            expected.entry(None).or_insert_with(|| numbers(&Copies::default(), by == "link"));
            if by == "link" {
                // What is not of a link has no row.
                let nothing = numbers(&Copies::default(), true);
                expected.retain(|key, numbers| key.is_none() || *numbers != nothing);
            }
            orders += expected[&None]["orders"].as_i64().unwrap();
            assert_eq!(told(&answer), expected, "seed {seed}, by {by}, {campaign:?}");
            if seed <= SEEDS_OF_PEOPLE {
                the_people_are_those_of_the_numbers(&service, &rows, &expected, by == "link", campaign).await;
            }
        }
    }
    assert!(orders > SEEDS.cast_signed(), "the histories have orders: {orders}");
    the_rest(&service).await;
    service.engine.stop().await;
}

/// The people of each number, whose copies and orders add up to it; those of a link, of whoever clicked it.
async fn the_people_are_those_of_the_numbers(
    service: &Service,
    rows: &[EventRow<'static>],
    expected: &BTreeMap<Key, Value>,
    by_link: bool,
    campaign: Option<&str>,
) {
    for (key, numbers) in expected {
        let mut only = campaign.map(|name| format!("&campaign={name}")).unwrap_or_default();
        if let Some((campaign, link)) = key {
            only = format!("&campaign={}", campaign.replace('=', "%3D").replace('+', "%2B"));
            if by_link {
                only = format!("{only}&link={link}");
            }
        }
        for (number, amount) in numbers.as_object().unwrap().iter().filter(|(_, amount)| amount.is_i64()) {
            let answer = service.get(&format!("/newsletters/people?{PERIOD}&number={number}{only}")).await;
            let people = answer["items"].as_array().unwrap();
            let sum: i64 = people.iter().map(|person| person["count"].as_i64().unwrap()).sum();
            let amount = amount.as_i64().unwrap();
            if number == "visits" {
                assert!(sum >= amount && people.len() as i64 <= sum, "{only}: {answer}");
                assert_eq!(people.is_empty(), amount == 0, "{only}: {answer}");
            } else {
                assert_eq!(sum, amount, "{number}{only}: {answer}");
            }
            for person in people {
                let name = person["person"].as_str().unwrap();
                assert!(
                    rows.iter().any(|row| row.user == name || (row.user.is_empty() && row.visitor == name))
                );
            }
        }
    }
}

async fn the_rest(service: &Service) {
    service.store.execute("TRUNCATE TABLE events", &[]).await.unwrap();
    let empty = service.get(&format!("/newsletters?{PERIOD}")).await;
    assert_eq!((&empty["rows"], &empty["totals"]["sent"]), (&json!([]), &json!(0)));
    let noon = at("2026-11-10T12:00:00Z");
    let sent = |campaign: &'static str, user: &'static str| EventRow {
        newsletter_campaign: campaign.into(),
        user: user.into(),
        message: "m".into(),
        ..event("newsletter_sent", format!("@{user}"), "", noon)
    };
    service.insert(&[sent("=1+1", "a"), sent("saldi", "a"), sent("saldi", "b")]).await;
    let answer = service.get(&format!("/newsletters?{PERIOD}&limit=1")).await;
    assert_eq!((&answer["rows"][0]["campaign"], &answer["more"]), (&json!("saldi"), &json!(true)));
    assert_eq!(answer["totals"]["sent"], 3);

    let request = Request::get(format!("/api/v1/sites/demo/newsletters?{PERIOD}"))
        .header("authorization", format!("Bearer {ADMIN}"))
        .header("accept", "text/csv");
    let csv = service.answer(request.body(Body::empty()).unwrap()).await;
    let lines: Vec<&str> = csv.text.lines().collect();
    assert_eq!(
        lines,
        [
            "\u{feff}campaign,sent,delivered,bounced,opened,opened_by_machines,clicked,clicked_by_machines,visits,orders,revenue,currency",
            "saldi,2,0,0,0,0,0,0,0,0,0.00,EUR",
            "'=1+1,1,0,0,0,0,0,0,0,0,0.00,EUR",
        ]
    );

    let people = service.get(&format!("/newsletters/people?{PERIOD}&number=sent&limit=1")).await;
    assert_eq!(
        (&people["items"][0], &people["more"]),
        (&json!({"person": "a", "count": 2, "last_at": "2026-11-10T12:00:00.000Z"}), &json!(true))
    );
    let refused = service.ask(Method::GET, "/newsletters/people?number=king", None).await;
    assert_eq!(refused.json()["error"]["field"], "number", "{}", refused.text);
    for (query, field) in
        [("by=day", "by"), ("limit=0", "limit"), ("from=yesterday", "from"), ("kampagne=x", "kampagne")]
    {
        let refused = service.ask(Method::GET, &format!("/newsletters?{query}"), None).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.json()["error"]["field"], field, "{query}: {}", refused.text);
    }
}
