//! Segments: who is a member is who a plain computation finds, whoever entered or left is told once, and a token that pulls
//! them sees nothing else.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use orma_model::EventRow;
use orma_store::Role;
use serde_json::{Value, json};

use crate::conditions::{history, site_named};
use crate::query_api::{Answer, Service, at, event, view};

const SITES: u64 = 8;
const NOW: &str = "2026-11-16T00:00:00Z";
const DAYS: i64 = 30;
const PULL: &str = "a-token-that-pulls-segments";
const MINUTE: i64 = 60_000;

async fn evaluate(service: &Service) {
    evaluate_at(service, at(NOW)).await;
}

async fn evaluate_at(service: &Service, now: i64) {
    service.evaluator.evaluate(None, orma_query::Timestamp(now)).await.unwrap();
}

async fn make(service: &Service, site: &str, body: Value) -> String {
    let answer = service.ask_of(site, Method::POST, "/segments", Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["segment"].as_str().unwrap().to_owned()
}

async fn pulled(service: &Service, site: &str, segment: &str, rest: &str) -> Value {
    service.get_of(site, &format!("/segments/{segment}/members?{rest}")).await
}

fn people(answer: &Value, field: &str) -> Vec<String> {
    let items = answer[field].as_array().unwrap().iter();
    items.map(|item| item["person"].as_str().unwrap().to_owned()).collect()
}

fn order(person: &str, minute: i64) -> EventRow<'static> {
    let ts = at("2026-11-10T10:00:00Z") + minute * MINUTE;
    EventRow { user: person.to_owned().into(), ..event("order", format!("v-{person}"), "s1", ts) }
}

fn bought(times: u32) -> Value {
    json!({"did": {"event": {"kind": "order"}, "at_least": times}})
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_those_for_whom_the_condition_holds() {
    use crate::conditions::twin::Twin;
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let conditions = [
        bought(1),
        json!({"not": {"is": {"dimension": "country", "values": ["IT"]}}}),
        json!({"sequence": {"events": [{"kind": "page_view"}, {"kind": "order"}], "within_hours": 24}}),
        json!({"all": [{"is": {"dimension": "channel", "values": ["email", "paid"]}}, {"did": {"event": {"path": "/a"}, "at_most": 2}}]}),
    ];
    let histories: Vec<Vec<EventRow<'static>>> = (0..SITES).map(history).collect();
    for number in 0..SITES {
        service.registry.put_site(&site_named(&format!("site{number}"))).await.unwrap();
    }
    let mut segments = Vec::new();
    for number in 0..SITES {
        for (place, condition) in conditions.iter().enumerate() {
            let body = json!({"name": format!("segment {place}"), "condition": condition, "days": DAYS});
            segments.push((number, condition, make(&service, &format!("site{number}"), body).await));
        }
    }
    // What comes in two parts, and out of order, comes to the same.
    let (early, late): (Vec<EventRow<'_>>, Vec<EventRow<'_>>) =
        histories.concat().into_iter().partition(|row| row.event_id.as_u128().is_multiple_of(3));
    service.insert(&early).await;
    evaluate(&service).await;
    service.insert(&late).await;
    evaluate(&service).await;
    let mut found = 0;
    for (number, condition, segment) in segments {
        let rows = &histories[number as usize];
        let now = at(NOW);
        let twin = Twin {
            rows,
            from: now - DAYS * 24 * 60 * MINUTE,
            to: now,
            with_bots: false,
            visits: std::cell::OnceCell::new(),
        };
        let answer = pulled(&service, &format!("site{number}"), &segment, "limit=1000").await;
        let members: BTreeSet<String> = people(&answer, "members").into_iter().collect();
        assert_eq!(members, twin.people(condition), "site{number}: {condition}");
        assert_eq!(answer["people"], members.len(), "site{number}: {condition}");
        found += usize::from(!members.is_empty());
        the_filter_leaves_in_who_is_a_member(&service, &format!("site{number}"), &segment).await;
        // Up to now, a preview says as many as the segment will have.
        if number == 0 {
            let body = json!({"condition": condition, "days": 396});
            let preview = service.ask_of("site0", Method::POST, "/segments/preview", Some(body)).await.json();
            let twin = Twin { from: 0, to: i64::MAX, visits: std::cell::OnceCell::new(), ..twin };
            let of = twin.people(&json!({"all": []}));
            assert_eq!(
                (&preview["people"], &preview["of"]),
                (&json!(twin.people(condition).len()), &json!(of.len()))
            );
            assert_eq!(people(&preview, "sample").len(), twin.people(condition).len().min(10));
        }
    }
    assert!(found > SITES as usize, "{found}");
    an_answer_changes_with_the_members(&service).await;
    service.engine.stop().await;
}

/// The period of the histories.
const PERIOD: &str = "from=2026-11-09&to=2026-11-15";

/// Of a `GET` with the filter what a `POST` with the condition says; with it and with its opposite, what there is without.
async fn the_filter_leaves_in_who_is_a_member(service: &Service, site: &str, segment: &str) {
    let metrics = "stats?metrics=people,page_views,sessions,events";
    let totals = async |filter: String| -> Vec<u64> {
        let path = format!("/{metrics}&{PERIOD}{filter}");
        let totals = service.get_of(site, &path).await["totals"].clone();
        ["people", "page_views", "sessions", "events"].map(|metric| totals[metric].as_u64().unwrap()).to_vec()
    };
    let listed = async |filter: String| -> BTreeSet<String> {
        let answer = service.get_of(site, &format!("/people?limit=200&{PERIOD}{filter}")).await;
        people(&answer, "items").into_iter().collect()
    };
    let posted = async |condition: Value| -> u64 {
        let view = json!({"where": {"is": {"dimension": "kind", "values": ["page_view", "screen_view"]}}});
        let mut body = json!({"steps": [view, {"kind": "order"}], "condition": condition});
        (body["from"], body["to"]) = ("2026-11-09".into(), "2026-11-15".into());
        let answer = service.ask_of(site, Method::POST, "/funnels", Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json()["steps"][0]["people"].as_u64().unwrap()
    };
    let (is, is_not) = (format!("&filter=segment:is:{segment}"), format!("&filter=segment:is_not:{segment}"));
    let (of, others, all) =
        (totals(is.clone()).await, totals(is_not.clone()).await, totals(String::new()).await);
    for place in 0..all.len() {
        assert_eq!(of[place] + others[place], all[place], "{site} {segment}: {of:?} {others:?} {all:?}");
    }
    assert_eq!(of[0], posted(json!({"segment": segment})).await, "{site} {segment}");
    assert_eq!(others[0], posted(json!({"not": {"segment": segment}})).await, "{site} {segment}");
    let (members, strangers, everybody) =
        (listed(is).await, listed(is_not).await, listed(String::new()).await);
    assert!(members.is_disjoint(&strangers), "{site} {segment}");
    assert_eq!(members.union(&strangers).cloned().collect::<BTreeSet<_>>(), everybody, "{site} {segment}");
    let known = pulled(service, site, segment, "limit=1000").await;
    let known: BTreeSet<String> = people(&known, "members").into_iter().collect();
    assert!(members.is_subset(&known), "{members:?} {known:?}");
}

/// Also of a period that is over, whose answers are kept. A segment of another site is none.
async fn an_answer_changes_with_the_members(service: &Service) {
    let everybody = service.get_of("site0", &format!("/people?limit=1&{PERIOD}")).await;
    let person = &everybody["items"][0]["person"];
    let list = make(service, "site0", json!({"name": "Elenco", "people": ["nobody"]})).await;
    let sessions = async || -> u64 {
        let path = format!("/stats?metrics=sessions&{PERIOD}&filter=segment:is:{list}");
        service.get_of("site0", &path).await["totals"]["sessions"].as_u64().unwrap()
    };
    assert_eq!((sessions().await, sessions().await), (0, 0));
    for (change, some) in [("add", true), ("remove", false)] {
        let mut body = json!({});
        body[change] = json!([person]);
        let path = format!("/segments/{list}/people");
        let answer = service.ask_of("site0", Method::POST, &path, Some(body)).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        assert_eq!(sessions().await > 0, some, "{change}");
    }
    for (site, filter) in
        [("site0", "segment:is:none".to_owned()), ("site1", format!("segment:is_not:{list}"))]
    {
        for question in
            ["stats?metrics=visitors", "people?limit=1", "quality/web?limit=1", "quality/app?limit=1"]
        {
            let answer =
                service.ask_of(site, Method::GET, &format!("/{question}&filter={filter}"), None).await;
            let error = &answer.json()["error"];
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{question} {filter}: {}", answer.text);
            assert_eq!((&error["code"], &error["field"]), (&json!("unknown_segment"), &json!("filter")));
        }
    }
    for question in ["quality/web", "quality/app"] {
        service.get_of("site0", &format!("/{question}?{PERIOD}&filter=segment:is:{list}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_entered_and_left_is_told_since_a_cursor_and_the_list_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let twice =
        make(&service, "demo", json!({"name": "Due ordini", "condition": bought(2), "days": 8})).await;
    let path = format!("/segments/{twice}");
    // Before anybody has looked nothing is known, and what comes then is the whole list.
    let unknown = pulled(&service, "demo", &twice, "").await;
    assert_eq!((&unknown["people"], &unknown["more"]), (&Value::Null, &json!(false)));

    let rows: Vec<EventRow<'_>> =
        ["anna", "bice", "carlo"].iter().flat_map(|person| [order(person, 0), order(person, 5)]).collect();
    service.insert(&rows).await;
    evaluate(&service).await;
    let since = unknown["cursor"].as_str().unwrap();
    let first = pulled(&service, "demo", &twice, &format!("limit=2&since={since}")).await;
    assert_eq!(people(&first, "members"), ["anna", "bice"]);
    assert_eq!((&first["more"], &first["people"]), (&json!(true), &json!(3)));

    // While somebody pulls the list it changes: they get it as it was when they began, and then what has changed.
    service.insert(&[order("aldo", 0), order("aldo", 1), order("zeno", 0)]).await;
    evaluate(&service).await;
    let since = first["cursor"].as_str().unwrap();
    let rest = pulled(&service, "demo", &twice, &format!("since={since}")).await;
    assert_eq!(people(&rest, "members"), ["carlo"]);
    assert_eq!((&rest["more"], &rest["people"]), (&json!(false), &json!(3)));
    let since = rest["cursor"].as_str().unwrap();
    let changed = pulled(&service, "demo", &twice, &format!("since={since}")).await;
    assert_eq!((people(&changed, "members"), people(&changed, "left")), (vec!["aldo".to_owned()], vec![]));
    assert_eq!(changed["people"], 4);

    // Nothing new; then zeno orders again, and bice turns out to be anna.
    let since = changed["cursor"].as_str().unwrap().to_owned();
    evaluate(&service).await;
    let nothing = pulled(&service, "demo", &twice, &format!("since={since}")).await;
    assert_eq!((people(&nothing, "members"), people(&nothing, "left")), (vec![], vec![]));
    let alias = EventRow {
        user: "anna".into(),
        props: vec![("previous".into(), "bice".into())],
        ..event("alias", "@anna", "", at("2026-11-10T11:00:00Z"))
    };
    service.insert(&[order("zeno", 7), alias]).await;
    evaluate(&service).await;
    let changed = pulled(&service, "demo", &twice, &format!("since={since}")).await;
    assert_eq!(people(&changed, "members"), ["zeno"]);
    assert_eq!(people(&changed, "left"), ["bice"]);

    // Some days later nobody has ordered within eight days.
    let later = at("2026-11-20T00:00:00Z");
    service.insert(&[EventRow { ts: later - MINUTE, ..view("v9", "s9", later - MINUTE, "/") }]).await;
    evaluate_at(&service, later).await;
    let since = changed["cursor"].as_str().unwrap();
    let left = pulled(&service, "demo", &twice, &format!("since={since}")).await;
    assert_eq!(people(&left, "left"), ["aldo", "anna", "carlo", "zeno"]);
    assert_eq!(left["people"], 0);

    let log = service.get(&format!("{path}/changes?limit=3")).await;
    assert_eq!(log["items"].as_array().unwrap().len(), 3);
    let cursor = log["next_cursor"].as_str().unwrap();
    let log = service.get(&format!("{path}/changes?limit=100&cursor={cursor}")).await;
    // Five entered, five left.
    assert_eq!(log["items"].as_array().unwrap().len(), 7);
    let history = service.get(&format!("{path}/history?from=2026-11-15&to=2026-11-20")).await;
    let items = history["items"].as_array().unwrap();
    let sum = |field: &str| items.iter().map(|item| item[field].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("entered"), sum("left")), (5, 5), "{history}");
    let days: Vec<(&str, u64)> =
        items.iter().map(|item| (item["at"].as_str().unwrap(), item["people"].as_u64().unwrap())).collect();
    assert_eq!(days[1], ("2026-11-16", 4), "{history}");
    assert_eq!(days.last(), Some(&("2026-11-20", 0)), "{history}");
    service.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_who_was_named_and_conditions_ask_for_its_members() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let rows: Vec<EventRow<'_>> = ["anna", "bice", "carlo"].iter().map(|person| order(person, 0)).collect();
    service.insert(&rows).await;
    let body = json!({"name": "Amici", "people": [" Anna ", "Bice@Example.it", "bice@example.it"]});
    let friends = make(&service, "demo", body).await;
    let outsiders = make(
        &service,
        "demo",
        json!({"name": "Altri", "condition": {"all": [bought(1), {"not": {"segment": friends}}]}}),
    )
    .await;
    let answer = pulled(&service, "demo", &friends, "").await;
    assert_eq!(people(&answer, "members").len(), 2, "{answer}");
    evaluate(&service).await;
    let answer = pulled(&service, "demo", &outsiders, "").await;
    let all = ["anna", "bice", "carlo"];
    let members = people(&answer, "members");
    assert!(members.contains(&"bice".to_owned()) && members.contains(&"carlo".to_owned()), "{members:?}");
    let change = json!({"add": all, "remove": ["bice@example.it", "carlo"]});
    let changed =
        service.ask(Method::POST, &format!("/segments/{friends}/people"), Some(change)).await.json();
    assert_eq!(changed["removed"], 1, "{changed}");
    let answer = pulled(&service, "demo", &friends, "").await;
    assert!(all.iter().all(|person| people(&answer, "members").contains(&(*person).to_owned())), "{answer}");
    // Whoever asks for members is asked again when these have changed, though no visit has.
    evaluate(&service).await;
    let answer = pulled(&service, "demo", &outsiders, "").await;
    assert_eq!(people(&answer, "members"), Vec::<String>::new());
    // Other questions ask for them, too.
    let funnel = json!({"from": "2026-11-01", "to": "2026-11-20", "condition": {"segment": friends},
        "steps": [{"kind": "order"}, {"kind": "order"}]});
    let funnel = service.ask(Method::POST, "/funnels", Some(funnel)).await.json();
    assert_eq!(funnel["steps"][0]["people"], 3, "{funnel}");
    service.engine.stop().await;
}

async fn as_puller(service: &Service, method: Method, path: &str, accept: &str) -> Answer {
    let request = Request::builder().method(method).uri(format!("/api/v1/sites/{path}"));
    let request = request.header("authorization", format!("Bearer {PULL}")).header("accept", accept);
    service.answer(request.body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_pulls_segments_sees_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    service.registry.add_token(Role::Segments, "demo", "mail tool", Some(PULL)).await.unwrap();
    let told = EventRow {
        user: "anna".into(),
        props: vec![("email".into(), "anna@example.it".into()), ("nome".into(), "Anna \"A\", Rossi".into())],
        ..event("identify", "v-anna", "s1", at("2026-11-10T10:00:00Z"))
    };
    service.insert(&[told, order("anna", 1), order("bice", 1)]).await;
    let once = make(&service, "demo", json!({"name": "Un ordine", "condition": bought(1)})).await;
    let other = make(&service, "other", json!({"name": "Un ordine", "condition": bought(1)})).await;
    evaluate(&service).await;
    let json = "application/json";
    let answer =
        as_puller(&service, Method::GET, &format!("demo/segments/{once}/members?traits=email,nome"), json)
            .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(
        answer["members"][0]["traits"],
        json!({"email": "anna@example.it", "nome": "Anna \"A\", Rossi"})
    );
    assert_eq!(answer["members"][1]["traits"], json!({}));
    let list = as_puller(&service, Method::GET, "demo/segments", json).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let lines = as_puller(
        &service,
        Method::GET,
        &format!("demo/segments/{once}/members?traits=nome"),
        "application/x-ndjson",
    )
    .await;
    let line: Value = serde_json::from_str(lines.text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["person"], &line["is_member"], &line["nome"]),
        (&json!("anna"), &json!(true), &json!("Anna \"A\", Rossi"))
    );
    assert_eq!(lines.headers["orma-more"], "false");
    assert_eq!(lines.headers["orma-cursor"], answer["cursor"].as_str().unwrap());
    let csv =
        as_puller(&service, Method::GET, &format!("demo/segments/{once}/members?traits=nome"), "text/csv")
            .await;
    assert!(csv.text.contains("\"Anna \"\"A\"\", Rossi\""), "{}", csv.text);
    for (method, path, status) in [
        (Method::GET, format!("demo/segments/{once}/changes"), StatusCode::FORBIDDEN),
        (Method::GET, format!("demo/segments/{once}"), StatusCode::FORBIDDEN),
        (Method::DELETE, format!("demo/segments/{once}"), StatusCode::FORBIDDEN),
        (Method::GET, "demo/people".to_owned(), StatusCode::FORBIDDEN),
        (Method::GET, "demo/stats?metrics=visitors".to_owned(), StatusCode::FORBIDDEN),
        (Method::GET, "demo/people/anna".to_owned(), StatusCode::FORBIDDEN),
        (Method::GET, "other/segments".to_owned(), StatusCode::FORBIDDEN),
        (Method::GET, format!("other/segments/{other}/members"), StatusCode::FORBIDDEN),
        // Of another site it is as if it were not there.
        (Method::GET, format!("demo/segments/{other}/members"), StatusCode::NOT_FOUND),
    ] {
        let answer = as_puller(&service, method, &path, json).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
    service.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_segment_is_refused_by_the_name_of_the_field() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let one = make(&service, "demo", json!({"name": "Uno", "condition": bought(1)})).await;
    let two = make(&service, "demo", json!({"name": "Due", "condition": {"not": {"segment": one}}})).await;
    let list = make(&service, "demo", json!({"name": "Lista", "people": []})).await;
    let foreign = make(&service, "other", json!({"name": "Uno", "condition": bought(1)})).await;
    let deep = (0..9).fold(bought(1), |inner, _| json!({"not": inner}));
    let values: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    let many = json!({"is": {"dimension": "country", "values": values}});
    let events: Vec<Value> = (0..9).map(|_| json!({"kind": "order"})).collect();
    let post = Method::POST;
    let put = Method::PUT;
    let cases = [
        (&post, String::new(), json!({"name": " ", "condition": bought(1)}), "name"),
        (&post, String::new(), json!({"name": "UNO ", "condition": bought(1)}), "name"),
        (&post, String::new(), json!({"name": "x".repeat(201), "condition": bought(1)}), "name"),
        (&post, String::new(), json!({"name": "x", "condition": bought(1), "days": 0}), "days"),
        (&post, String::new(), json!({"name": "x", "condition": bought(1), "days": 397}), "days"),
        (&post, String::new(), json!({"name": "x", "days": 3}), "days"),
        (&post, String::new(), json!({"name": "x", "condition": bought(1), "people": ["a"]}), "people"),
        (&post, String::new(), json!({"name": "x", "people": ["a", ""]}), "people[1]"),
        (&post, String::new(), json!({"name": "x", "condition": deep}), "condition"),
        (&post, String::new(), json!({"name": "x", "condition": many}), "condition.is.values"),
        (&post, String::new(), json!({"name": "x", "condition": {"segment": foreign}}), "condition"),
        (&post, String::new(), json!({"name": "x", "condition": {"segment": 7}}), "condition.segment"),
        (
            &post,
            String::new(),
            json!({"name": "x", "condition": {"sequence": {"events": events}}}),
            "condition.sequence.events",
        ),
        (
            &post,
            String::new(),
            json!({"name": "x", "condition": {"sequence": {"events": [{"kind": "order"}, {"kind": "voto"}]}}}),
            "condition.sequence.events[1].kind",
        ),
        (
            &post,
            String::new(),
            json!({"name": "x", "condition": {"did": {"event": {"where": {"segment": one}}}}}),
            "condition.did.event.where",
        ),
        (&post, String::new(), json!({"name": "x", "colour": 1}), "colour"),
        (&post, "/preview".to_owned(), json!({"condition": {"segment": "nobody"}}), "condition"),
        (&put, format!("/{one}"), json!({"name": "Uno", "condition": {"segment": two}}), "condition"),
        (&put, format!("/{one}"), json!({"name": "Due", "condition": bought(1)}), "name"),
        (&put, format!("/{list}"), json!({"name": "Lista", "condition": bought(1)}), "condition"),
        (&post, format!("/{one}/people"), json!({"add": ["a"]}), "segment"),
    ];
    for (method, path, body, field) in cases {
        let answer = service.ask(method.clone(), &format!("/segments{path}"), Some(body.clone())).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text);
        assert_eq!(answer.json()["error"]["field"], field, "{body}: {}", answer.text);
    }
    for (path, field) in [
        (format!("/segments/{one}/members?since=xyz"), "since"),
        (format!("/segments/{one}/members?limit=0"), "limit"),
        (format!("/segments/{one}/members?colour=1"), "colour"),
    ] {
        let answer = service.ask(Method::GET, &path, None).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{path}"
        );
    }
    let refused = service.ask(Method::DELETE, &format!("/segments/{one}"), None).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (StatusCode::CONFLICT, &json!("segment_in_use"))
    );
    for segment in [&two, &one] {
        let deleted = service.ask(Method::DELETE, &format!("/segments/{segment}"), None).await;
        assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.text);
        let gone = service.ask(Method::GET, &format!("/segments/{segment}"), None).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    }
    service.engine.stop().await;
}

/// What others got wrong, each by itself.
#[tokio::test(flavor = "multi_thread")]
async fn what_others_got_wrong_is_right() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let rows: Vec<EventRow<'_>> = ["anna", "bice", "carlo"]
        .iter()
        .enumerate()
        .flat_map(|(place, person)| (0..=place as i64).map(move |minute| order(person, minute)))
        .collect();
    service.insert(&rows).await;
    let members = async |segment: &str| people(&pulled(&service, "demo", segment, "").await, "members");

    // A list has its number as soon as it is made, and the number is that of the members (PostHog 24046, 33759, 12130).
    let list = make(&service, "demo", json!({"name": "Lista", "people": ["anna", "dora"]})).await;
    let told = service.get(&format!("/segments/{list}")).await;
    assert_eq!((&told["people"], members(&list).await.len()), (&json!(2), 2), "{told}");

    // Before a segment was evaluated it does not say that it was (PostHog 25455).
    let twice = make(&service, "demo", json!({"name": "Due", "condition": bought(2)})).await;
    let told = service.get(&format!("/segments/{twice}")).await;
    assert_eq!((&told["people"], &told["evaluated_at"]), (&Value::Null, &Value::Null));
    evaluate(&service).await;
    assert_eq!(members(&twice).await, ["bice", "carlo"]);
    let told = service.get(&format!("/segments/{twice}")).await;
    assert!(told["people"] == 2 && told["evaluated_at"].is_string(), "{told}");

    // Who does not fit a condition that was changed leaves (Mautic 4095, 5123, 7679), and is told as left.
    let since = pulled(&service, "demo", &twice, "").await["cursor"].as_str().unwrap().to_owned();
    let change = json!({"name": "Tre", "condition": bought(3)});
    let changed = service.ask(Method::PUT, &format!("/segments/{twice}"), Some(change)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    evaluate(&service).await;
    assert_eq!(members(&twice).await, ["carlo"]);
    let left = pulled(&service, "demo", &twice, &format!("since={since}")).await;
    assert_eq!((people(&left, "left"), people(&left, "members")), (vec!["bice".to_owned()], vec![]));

    // Any event whatever is an event, too (PostHog 21137).
    let anything = json!({"did": {"event": {"where": {"all": []}}, "at_least": 2}});
    let anything = make(&service, "demo", json!({"name": "Attivi", "condition": anything})).await;
    // A segment of nobody takes nothing from an `any` (PostHog 36954), and `not` is the others (PostHog 12174, Mautic 3790).
    let nobody = make(&service, "demo", json!({"name": "Nessuno", "people": []})).await;
    let either = json!({"any": [{"segment": nobody}, bought(3)]});
    let either = make(&service, "demo", json!({"name": "O", "condition": either})).await;
    let others = json!({"all": [{"not": {"segment": either}}]});
    let others = make(&service, "demo", json!({"name": "Altri", "condition": others})).await;
    evaluate(&service).await;
    assert_eq!(members(&anything).await, ["bice", "carlo"]);
    assert_eq!(members(&either).await, ["carlo"]);
    assert_eq!(members(&others).await, ["anna", "bice"]);
    // Who joins what others are left out of leaves these.
    let body = json!({"add": ["bice"]});
    service.ask(Method::POST, &format!("/segments/{nobody}/people"), Some(body)).await;
    evaluate(&service).await;
    assert_eq!(
        (members(&either).await, members(&others).await),
        (vec!["bice".into(), "carlo".into()], vec!["anna".to_owned()])
    );
    service.engine.stop().await;
}
