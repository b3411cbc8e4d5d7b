//! `/people`, the journey and identity by hand against the real engine.

use axum::http::{Method, StatusCode};
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::query_api::{Service, at, event, view};

const MINUTE: i64 = 60_000;

fn with_user<'a>(user: &'a str, row: EventRow<'a>) -> EventRow<'a> {
    EventRow { user: user.into(), ..row }
}

fn texts(list: &Value, field: &str) -> Vec<String> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap_or("-").to_owned())
        .collect()
}

/// The kinds and paths of each session of a journey, oldest event first.
fn story(journey: &Value) -> Vec<Vec<String>> {
    let text =
        |event: &Value| format!("{}{}", event["kind"].as_str().unwrap(), event["path"].as_str().unwrap());
    let sessions = journey["items"].as_array().unwrap().iter();
    sessions.map(|session| session["events"].as_array().unwrap().iter().rev().map(text).collect()).collect()
}

/// Day 1: Mario looks around before he says who he is. Day 2: he comes from the newsletter and buys, then leaves the
/// family's tablet to Anna, who signs in. Day 3: a shop's till knows Mario, a ticket too; somebody unknown passes.
async fn insert_the_family(service: &Service) {
    let one = at("2026-11-01T10:00:00Z");
    let two = at("2026-11-02T10:00:00Z");
    let three = at("2026-11-03T10:00:00Z");
    let mario = "mario@example.it";
    let identify = EventRow {
        props: vec![("name".into(), "Mario Rossi".into()), ("email".into(), mario.into())],
        ..with_user(mario, event("identify", "tablet", "s1", one + 2 * MINUTE))
    };
    let google = EventRow {
        source: "Google".into(),
        channel: "organic_search".into(),
        country: "IT".into(),
        device_class: "tablet".into(),
        browser: "Safari".into(),
        os: "iPadOS".into(),
        language: "it-IT".into(),
        ..view("tablet", "s1", one, "/")
    };
    let order = EventRow {
        revenue: 890_000,
        currency: "EUR".into(),
        ..with_user(mario, event("order", "tablet", "s2", two + MINUTE))
    };
    let till = EventRow {
        touchpoint: "store".into(),
        ..with_user(mario, event("store_visit", "@mario@example.it", "", three))
    };
    let ticket = EventRow {
        touchpoint: "ticket".into(),
        ..with_user(mario, event("ticket_opened", "@mario@example.it", "", three + 45 * MINUTE))
    };
    let rows = vec![
        google,
        view("tablet", "s1", one + MINUTE, "/scarpe"),
        identify,
        with_user(mario, view("tablet", "s1", one + 3 * MINUTE, "/conto")),
        with_user(mario, view("tablet", "s2", two, "/scarpe")),
        order,
        event("reset", "tablet", "s2", two + 2 * MINUTE),
        view("tablet", "s2", two + 3 * MINUTE, "/borse"),
        with_user("anna", event("login", "tablet", "s2", two + 4 * MINUTE)),
        with_user("anna", view("tablet", "s2", two + 5 * MINUTE, "/borse/1")),
        till,
        ticket,
        view("stranger", "s7", three + 60 * MINUTE, "/"),
        EventRow { bot: "crawler".into(), ..view("crawler", "s8", three, "/") },
        EventRow { bot: "crawler".into(), ..view("tablet", "s1", one + MINUTE, "/bot") },
    ];
    service.insert(&rows).await;
    // Everything comes again through another collector, and changes nothing.
    let again: Vec<EventRow<'_>> =
        rows.iter().map(|row| EventRow { received_at: row.received_at + 900, ..row.clone() }).collect();
    service.insert(&again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_their_cards_journeys_and_links() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_the_family(&service).await;
    lists(&service).await;
    cards(&service).await;
    journeys(&service).await;
    links(&service).await;
    aliases(&service).await;
    paging(&service).await;
    ids_of_a_day(&service).await;
    a_crowd_in_a_visit(&service).await;
    service.engine.stop().await;
}

async fn lists(service: &Service) {
    let list = service.get("/people").await;
    assert_eq!(texts(&list, "person"), ["stranger", "mario@example.it", "anna"]);
    assert_eq!(
        list["items"][1],
        json!({"person": "mario@example.it", "identified": true, "name": "Mario Rossi",
            "first_seen": "2026-11-01T10:00:00.000Z", "last_seen": "2026-11-03T10:45:00.000Z",
            "sessions": 2, "page_views": 4, "events": 9, "orders": 1,
            "revenue": {"amount": "89.00", "currency": "EUR"}, "country": "IT", "device_class": "tablet",
            "browser": "Safari", "os": "iPadOS", "channel": "organic_search", "source": "Google", "last_page": "/scarpe", "visitors": 2})
    );
    let anna = &list["items"][2];
    assert_eq!(
        (&anna["page_views"], &anna["events"], &anna["revenue"]),
        (&json!(2), &json!(3), &Value::Null)
    );
    for (question, expected) in [
        ("search=ROSSI", vec!["mario@example.it"]),
        ("search=tabl", vec!["mario@example.it", "anna"]),
        ("search=nobody", vec![]),
        ("identified=true", vec!["mario@example.it", "anna"]),
        ("identified=false", vec!["stranger"]),
        ("from=2026-11-03&to=2026-11-03", vec!["stranger", "mario@example.it"]),
        ("to=2026-11-01", vec!["mario@example.it"]),
        ("customers=true", vec!["mario@example.it"]),
        ("customers=false", vec!["stranger", "anna"]),
        // The tablet's visit is shared: each of the two has what was done in it before and after the reset.
        ("filter=kind:is:order", vec!["mario@example.it"]),
        ("filter=page:is:/borse", vec!["anna"]),
        ("filter=page:starts:/scarpe,/borse", vec!["mario@example.it", "anna"]),
        ("filter=page:is:/bot", vec![]),
        ("filter=touchpoint:is:store,ticket", vec!["mario@example.it"]),
        ("filter=country:is:IT", vec!["mario@example.it"]),
        ("filter=channel:is:direct", vec!["stranger", "mario@example.it", "anna"]),
        ("filter=channel:is:direct&filter=kind:is:order", vec!["mario@example.it"]),
        ("filter=channel:is:organic_search&filter=kind:is:order", vec![]),
        ("filter=page:is:/scarpe&to=2026-11-01", vec!["mario@example.it"]),
        ("filter=kind:is:order&from=2026-11-03", vec![]),
        ("filter=kind:is:order&search=anna", vec![]),
        ("filter=kind:is:page_view&identified=true&customers=false&order_by=revenue", vec!["anna"]),
    ] {
        assert_eq!(
            texts(&service.get(&format!("/people?{question}")).await, "person"),
            expected,
            "{question}"
        );
    }
    let (mario, anna, stranger) = ("mario@example.it", "anna", "stranger");
    for (question, expected) in [
        ("", [stranger, mario, anna]),
        ("&direction=asc", [anna, mario, stranger]),
        ("&order_by=first_seen", [stranger, anna, mario]),
        ("&order_by=first_seen&direction=asc", [mario, anna, stranger]),
        ("&order_by=sessions", [mario, anna, stranger]),
        ("&order_by=page_views", [mario, anna, stranger]),
        ("&order_by=events&direction=asc", [stranger, anna, mario]),
        ("&order_by=orders", [mario, anna, stranger]),
        ("&order_by=orders&direction=asc", [anna, stranger, mario]),
        ("&order_by=revenue&direction=desc", [mario, anna, stranger]),
        ("&order_by=revenue&direction=asc&from=2026-11-01", [anna, stranger, mario]),
    ] {
        let pages =
            |limit| async move { pages_of(service, &format!("/people?limit={limit}{question}")).await };
        let found = tokio::join!(pages(1), pages(2), pages(50));
        for (limit, found) in [(1, found.0), (2, found.1), (50, found.2)] {
            assert_eq!(found, expected, "limit={limit}{question}");
        }
    }
    orders_that_cannot_be(service).await;
}

/// The people of all pages of a list.
async fn pages_of(service: &Service, first: &str) -> Vec<String> {
    let (mut seen, mut path) = (Vec::new(), first.to_owned());
    loop {
        let page = service.get(&path).await;
        seen.extend(texts(&page, "person"));
        let Some(cursor) = page["next_cursor"].as_str() else { return seen };
        path = format!("{first}&cursor={cursor}");
    }
}

async fn orders_that_cannot_be(service: &Service) {
    let page = service.get("/people?limit=1&order_by=revenue").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let made_up = |place: Value| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(place.to_string())
    };
    let place = |order: &str, value: &str| {
        let place = json!({"order_by": order, "ascending": false, "value": value, "person": "a"});
        format!("order_by={order}&cursor={}", made_up(place))
    };
    for (question, field) in [
        ("order_by=colour".to_owned(), "order_by"),
        ("direction=up".to_owned(), "direction"),
        ("customers=yes".to_owned(), "customers"),
        ("filter=colour:is:red".to_owned(), "filter"),
        (format!("cursor={cursor}"), "cursor"),
        (format!("order_by=revenue&direction=asc&cursor={cursor}"), "cursor"),
        (place("revenue", "much"), "cursor"),
        (place("revenue", &format!("1{}", "0".repeat(37))), "cursor"),
        (place("last_seen", "-1"), "cursor"),
        (place("orders", "1.5"), "cursor"),
    ] {
        let refused = service.ask(Method::GET, &format!("/people?{question}"), None).await;
        let told = (refused.status, refused.json()["error"]["field"].clone());
        assert_eq!(told, (StatusCode::BAD_REQUEST, json!(field)), "{question}");
    }
}

async fn cards(service: &Service) {
    let card = service.get("/people/mario@example.it").await;
    assert_eq!(card["traits"], json!({"name": "Mario Rossi", "email": "mario@example.it"}));
    for (field, expected) in [
        ("sessions", json!(2)),
        ("page_views", json!(4)),
        ("events", json!(9)),
        ("orders", json!(1)),
        ("revenue", json!({"amount": "89.00", "currency": "EUR"})),
        ("country", json!("IT")),
        ("language", json!("it-IT")),
        ("first_channel", json!("organic_search")),
        ("first_source", json!("Google")),
        ("first_seen", json!("2026-11-01T10:00:00.000Z")),
        ("identified", json!(true)),
    ] {
        assert_eq!(card[field], expected, "{field}");
    }
    let touchpoints: Vec<(&str, i64)> = card["touchpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["touchpoint"].as_str().unwrap(), row["events"].as_i64().unwrap()))
        .collect();
    assert_eq!(touchpoints, [("site", 7), ("store", 1), ("ticket", 1)]);
    assert_eq!(card["devices"][0]["class"], "tablet");
    assert_eq!(card["links"][0]["visitor"], "tablet");
    let missing = service.ask(Method::GET, "/people/nobody", None).await;
    assert_eq!(
        (missing.status, missing.json()["error"]["code"].clone()),
        (StatusCode::NOT_FOUND, json!("unknown_person"))
    );
    assert_eq!(service.get("/people/stranger").await["identified"], false);
}

async fn journeys(service: &Service) {
    let journey = service.get("/people/mario@example.it/journey").await;
    assert_eq!(
        story(&journey),
        [
            vec!["ticket_opened"],
            vec!["store_visit"],
            vec!["page_view/scarpe", "order", "reset"],
            vec!["page_view/", "page_view/scarpe", "identify", "page_view/conto"],
        ]
    );
    let oldest = &journey["items"][3];
    let anonymous: Vec<bool> = oldest["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["anonymous"].as_bool().unwrap())
        .collect();
    assert_eq!(anonymous, [false, false, true, true], "newest first; before the login by an edge");
    assert_eq!(oldest["session"], "s1");
    assert_eq!(oldest["gap_before_ms"], Value::Null);
    assert_eq!(journey["items"][2]["gap_before_ms"], 24 * 60 * MINUTE - 3 * MINUTE);
    assert_eq!(journey["items"][2]["revenue"], json!({"amount": "89.00", "currency": "EUR"}));
    assert_eq!(journey["items"][1]["session"], Value::Null);
    assert_eq!(journey["items"][0]["gap_before_ms"], 45 * MINUTE);

    let anna = service.get("/people/anna/journey").await;
    assert_eq!(
        story(&anna),
        [vec!["page_view/borse", "login", "page_view/borse/1"]],
        "after the reset, hers"
    );
    let with_bots = service.get("/people/mario@example.it/journey?include=bots").await;
    assert_eq!(story(&with_bots)[3], ["page_view/bot"], "bots have sessions of their own");
    assert_eq!(story(&with_bots)[4], story(&journey)[3]);
    let nothing = service.get("/people/mario@example.it/journey?to=2020-01-01").await;
    assert_eq!((&nothing["person"], &nothing["items"]), (&json!("mario@example.it"), &json!([])));
    let missing = service.ask(Method::GET, "/people/nobody/journey", None).await;
    assert_eq!(missing.json()["error"]["code"], "unknown_person");
    // The reset is the last of Mario's visit, so nothing is left to the tablet itself: who was seen last is asked for.
    let tablet = service.get("/people/tablet/journey").await;
    assert_eq!((tablet["person"].clone(), story(&tablet)), (json!("anna"), story(&anna)));
}

async fn links(service: &Service) {
    let before = (service.get("/people").await, service.get("/people/stranger/journey").await);
    let path = "/people/mario@example.it/link";
    for (path, visitor, code) in [
        (path, "never-seen", "unknown_visitor"),
        (path, "@anna", "invalid_visitor"),
        ("/people/stranger/link", "tablet", "not_identified"),
        ("/people/nobody/link", "tablet", "unknown_person"),
    ] {
        let answer = service.ask(Method::POST, path, Some(json!({"visitor": visitor}))).await;
        assert_eq!(answer.json()["error"]["code"], code, "{path} {visitor}");
    }
    let made = service.ask(Method::POST, path, Some(json!({"visitor": "stranger"}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let link = made.json();
    assert_eq!((&link["source"], &link["recorded_by"]), (&json!("manual"), &json!("first admin")));

    assert_eq!(texts(&service.get("/people").await, "person"), ["mario@example.it", "anna"]);
    let resolved = service.get("/people/stranger").await;
    assert_eq!((&resolved["person"], &resolved["page_views"]), (&json!("mario@example.it"), &json!(5)));
    let journey = service.get("/people/stranger/journey").await;
    assert_eq!(journey["person"], "mario@example.it");
    assert_eq!(story(&journey)[0], ["page_view/"]);
    assert_eq!(journey["items"][0]["events"][0]["anonymous"], true);
    let listed = service.get("/people/mario@example.it").await["links"].clone();
    assert!(listed.as_array().unwrap().iter().any(|one| one["id"] == link["id"]), "{listed}");

    let delete = format!("/people/mario@example.it/links/{}", link["id"].as_str().unwrap());
    assert_eq!(service.ask(Method::DELETE, &delete, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(service.ask(Method::DELETE, &delete, None).await.json()["error"]["code"], "unknown_link");
    let after = (service.get("/people").await, service.get("/people/stranger/journey").await);
    assert_eq!(before, after, "taking the link back restores every answer");

    // The login's own edge can be taken back as well: the anonymous beginning is the visitor's again.
    let edge = service.get("/people/mario@example.it").await["links"][0]["id"].as_str().unwrap().to_owned();
    let delete = format!("/people/mario@example.it/links/{edge}");
    assert_eq!(service.ask(Method::DELETE, &delete, None).await.status, StatusCode::NO_CONTENT);
    let journey = service.get("/people/mario@example.it/journey").await;
    assert_eq!(story(&journey)[3], ["identify", "page_view/conto"], "what carries the user stays");
    let tablet = service.get("/people/tablet/journey").await;
    assert_eq!(story(&tablet), [vec!["reset"], vec!["page_view/", "page_view/scarpe"]]);
    let list = service.get("/people").await;
    assert_eq!(texts(&list, "person"), ["stranger", "mario@example.it", "anna", "tablet"]);
    assert_eq!((&list["items"][1]["page_views"], &list["items"][3]["page_views"]), (&json!(2), &json!(2)));
}

async fn aliases(service: &Service) {
    let when = at("2026-11-04T10:00:00Z");
    let alias = EventRow {
        props: vec![("previous".into(), "anna".into())],
        ..with_user("anna@example.it", event("alias", "phone", "p1", when))
    };
    let known = with_user("anna@example.it", view("phone", "p1", when + MINUTE, "/conto"));
    service.insert(&[view("phone", "p1", when - MINUTE, "/app"), alias, known]).await;
    let anna = service.get("/people/anna").await;
    assert_eq!((&anna["person"], &anna["page_views"]), (&json!("anna@example.it"), &json!(4)));
    let journey = service.get("/people/anna@example.it/journey").await;
    assert_eq!(
        story(&journey),
        [
            vec!["page_view/app", "alias", "page_view/conto"],
            vec!["page_view/borse", "login", "page_view/borse/1"],
        ]
    );
    let list = service.get("/people?search=anna").await;
    assert_eq!(texts(&list, "person"), ["anna@example.it"]);
}

/// Behind one address somebody reads, Bea signs in and reads on, somebody else reads, Carlo signs in: each has what carries
/// the name, and the rest stays the day's id's, with a session and without.
async fn ids_of_a_day(service: &Service) {
    let when = at("2026-11-05T10:00:00Z");
    for (visitor, session, names) in
        [("c0123456789abcdef0123", "", ["bea", "carlo"]), ("cfedcba98765432100123", "d1", ["bea2", "carlo2"])]
    {
        let [bea, carlo] = names;
        let page = |minute: i64, path: &'static str| view(visitor, session, when + minute * MINUTE, path);
        let rows = [
            page(0, "/hiv-test"),
            with_user(bea, event("identify", visitor, session, when + 5 * MINUTE)),
            with_user(bea, page(6, "/conto")),
            page(7, "/altro"),
            with_user(carlo, event("login", visitor, session, when + 8 * MINUTE)),
            page(9, "/dopo"),
        ];
        service.insert(&rows).await;
        for (person, events, own) in [
            (bea, 2, vec!["identify", "page_view/conto"]),
            (carlo, 1, vec!["login"]),
            (visitor, 3, vec!["page_view/hiv-test", "page_view/altro", "page_view/dopo"]),
        ] {
            let journey = service.get(&format!("/people/{person}/journey")).await;
            assert_eq!(story(&journey).concat(), own, "{person}");
            let card = service.get(&format!("/people/{person}")).await;
            assert_eq!((&card["person"], &card["events"]), (&json!(person), &json!(events)), "{person}");
            assert_eq!(card["links"], json!([]), "{person}");
            let list = service.get(&format!("/people?search={person}")).await;
            let listed =
                list["items"].as_array().unwrap().iter().find(|one| one["person"] == person).unwrap();
            assert_eq!(listed["events"], json!(events), "{person} in the list");
        }
    }
}

/// Of a visit that was mostly somebody else's nobody loses the rest.
async fn a_crowd_in_a_visit(service: &Service) {
    let start = at("2026-11-06T10:00:00Z");
    let machine_of =
        |user: &'static str, ts, path: &'static str| with_user(user, view("till", "t1", ts, path));
    let mut rows = vec![machine_of("ada", start, "/first")];
    rows.extend((1..=65_000).map(|number| machine_of("crowd", start + number * 100, "/")));
    rows.push(machine_of("ada", start + 6_500_001, "/last"));
    service.insert(&rows).await;
    let journey = service.get("/people/ada/journey").await;
    assert_eq!(story(&journey), [["page_view/first", "page_view/last"]]);
    assert_eq!(journey["truncated"], false);
    let crowd = service.get("/people/crowd/journey").await;
    assert_eq!((&crowd["truncated"], story(&crowd)[0].len()), (&json!(true), 20_000));
    // Nor does anybody lose a view.
    let card = service.get("/people/crowd").await;
    assert_eq!((&card["page_views"], &card["sessions"]), (&json!(65_000), &json!(1)));
    let numbers =
        service.get("/stats?metrics=page_views,sessions,people,visitors&from=2026-11-06&to=2026-11-06").await;
    assert_eq!(numbers["totals"], json!({"page_views": 65_002, "sessions": 1, "people": 2, "visitors": 1}));
}

async fn paging(service: &Service) {
    // A long life: a session each day, tickets in between, a session over midnight, one device shared.
    let mut rows = Vec::new();
    let start = at("2026-06-01T08:00:00Z");
    for day in 0..15 {
        let ts = start + day * 24 * 60 * MINUTE;
        rows.push(with_user("rosa", view("laptop", format!("l{day}"), ts, "/")));
        rows.push(view("laptop", format!("l{day}"), ts + MINUTE, "/due"));
        if day % 3 == 0 {
            rows.push(with_user("rosa", event("call", "@rosa", "", ts + 15 * 60 * MINUTE + 50 * MINUTE)));
            rows.push(with_user("rosa", event("call", "@rosa", "", ts + 16 * 60 * MINUTE + 10 * MINUTE)));
        }
        if day % 5 == 0 {
            rows.push(with_user("rosa", view("phone2", format!("n{day}"), ts + 15 * 60 * MINUTE, "/notte")));
            rows.push(with_user("rosa", view("phone2", format!("n{day}"), ts + 17 * 60 * MINUTE, "/alba")));
        }
    }
    service.insert(&rows).await;
    let whole = service.get("/people/rosa/journey?limit=200").await;
    assert_eq!(
        whole["items"].as_array().unwrap().len(),
        15 + 5 + 2 * 3,
        "two hours end a session, whatever its id"
    );
    assert_eq!(whole["next_cursor"], Value::Null);
    for limit in [1, 7] {
        let mut paged: Vec<Value> = Vec::new();
        let mut path = format!("/people/rosa/journey?limit={limit}");
        loop {
            let page = service.get(&path).await;
            paged.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/people/rosa/journey?limit={limit}&cursor={cursor}");
        }
        assert_eq!(json!(paged), whole["items"], "pages of {limit} are the whole, gaps included");
    }
    let june = service.get("/people/rosa/journey?from=2026-06-02&to=2026-06-03&limit=200").await;
    // In Rome the night of the 1st, with its two visits and its call, is the 2nd.
    assert_eq!(june["items"].as_array().unwrap().len(), 5);
    let list = service.get("/people?search=rosa").await;
    assert_eq!(list["items"][0]["sessions"], 21, "calls are events, not sessions");
}
