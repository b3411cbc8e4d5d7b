//! `/stats` against the real engine: numbers, days of the site, duplicates, bots, refusals, sign-in.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use orma_model::EventRow;
use orma_store::Role;
use serde_json::{Value, json};

use crate::query_api::{ADMIN, ANALYST, Service, at, event, view};

/// `dimension value: metric value` of each row.
fn pairs(answer: &Value, dimension: &str, metric: &str) -> Vec<(String, Value)> {
    let rows = answer["rows"].as_array().unwrap();
    let text = |row: &Value| row["dimensions"][dimension].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row), row["metrics"][metric].clone())).collect()
}

fn owned(pairs: &[(&str, Value)]) -> Vec<(String, Value)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Anna comes from Google, sees two pages and orders; Bruno bounces from a newsletter, without a source in his
/// address; Carla comes twice, the second time over midnight UTC; a crawler passes.
fn a_small_shop() -> Vec<EventRow<'static>> {
    let google = |row: EventRow<'static>| EventRow {
        source: "Google".into(),
        channel: "organic_search".into(),
        country: "IT".into(),
        browser: "Chrome".into(),
        ..row
    };
    let mail = |row: EventRow<'static>| EventRow {
        source: "news".into(),
        channel: "email".into(),
        utm_campaign: "autunno".into(),
        country: "FR".into(),
        ..row
    };
    let ten = at("2026-11-10T10:00:00Z");
    let order =
        EventRow { revenue: 890_000, currency: "EUR".into(), ..event("order", "anna", "s1", ten + 90_000) };
    let dollars =
        EventRow { revenue: 10_000, currency: "USD".into(), ..event("order", "anna", "s1", ten + 91_000) };
    let refund =
        EventRow { revenue: 90_000, currency: "EUR".into(), ..event("refund", "anna", "s1", ten + 95_000) };
    let night = at("2026-11-11T23:50:00Z");
    vec![
        google(view("anna", "s1", ten, "/")),
        EventRow {
            props: vec![("colore".into(), "rosso".into())],
            country: "IT".into(),
            ..view("anna", "s1", ten + 60_000, "/scarpe")
        },
        EventRow { country: "IT".into(), ..order },
        EventRow { country: "IT".into(), ..dollars },
        EventRow { country: "IT".into(), ..refund },
        mail(view("bruno", "s2", ten + 3_600_000, "/scarpe")),
        view("carla", "s3", ten - 86_400_000, "/"),
        view("carla", "s4", night, "/"),
        view("carla", "s4", night + 20 * 60_000, "/scarpe"),
        EventRow { bot: "crawler".into(), ..view("bot", "s9", ten, "/") },
        EventRow { site: "other".into(), ..view("elsewhere", "s1", ten, "/") },
    ]
}

const PERIOD: &str = "from=2026-11-09&to=2026-11-12";

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_a_small_shop() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let rows = a_small_shop();
    service.insert(&rows).await;
    // The same events through another collector change nothing.
    let again: Vec<EventRow<'_>> =
        rows.iter().map(|row| EventRow { received_at: row.received_at + 900, ..row.clone() }).collect();
    service.insert(&again).await;

    totals_and_sources(&service).await;
    dimensions(&service).await;
    mixed_sources(&service).await;
    time(&service).await;
    refusals(&service).await;
    exports(&service).await;
    sign_in(&service).await;
    service.engine.stop().await;
}

async fn totals_and_sources(service: &Service) {
    let all = "visitors,page_views,sessions,bounce_rate,session_duration_ms,views_per_session,events,orders,revenue";
    let answer = service.get(&format!("/stats?metrics={all}&{PERIOD}")).await;
    let totals = json!({"visitors": 3, "page_views": 6, "sessions": 4, "bounce_rate": 0.5,
        "session_duration_ms": 323_750, "views_per_session": 1.5, "events": 9, "orders": 2, "revenue": "80.00"});
    assert_eq!(answer["totals"], totals);
    assert_eq!(answer["rows"], json!([{"dimensions": {}, "metrics": totals}]));
    assert_eq!(answer["from"], "2026-11-08T23:00:00.000Z");
    assert_eq!(answer["to"], "2026-11-12T23:00:00.000Z");
    let bots = service.get(&format!("/stats?metrics=visitors,sessions&include=bots&{PERIOD}")).await;
    assert_eq!(bots["totals"], json!({"visitors": 4, "sessions": 5}));
}

async fn dimensions(service: &Service) {
    let answer =
        service.get(&format!("/stats?metrics=visitors,bounce_rate,revenue&group_by=channel&{PERIOD}")).await;
    assert_eq!(
        answer["rows"],
        json!([
            {"dimensions": {"channel": "direct"}, "metrics": {"visitors": 1, "bounce_rate": 0.5, "revenue": "0.00"}},
            {"dimensions": {"channel": "email"}, "metrics": {"visitors": 1, "bounce_rate": 1.0, "revenue": "0.00"}},
            {"dimensions": {"channel": "organic_search"},
             "metrics": {"visitors": 1, "bounce_rate": 0.0, "revenue": "80.00"}},
        ])
    );
    for (dimension, expected) in [
        ("page", vec![("/", json!(3)), ("/scarpe", json!(3))]),
        ("entry_page", vec![("/", json!(5)), ("/scarpe", json!(1))]),
        ("exit_page", vec![("/scarpe", json!(5)), ("/", json!(1))]),
        ("campaign", vec![("", json!(5)), ("autunno", json!(1))]),
        ("source", vec![("", json!(3)), ("Google", json!(2)), ("news", json!(1))]),
        ("host", vec![("bottega.example", json!(6))]),
        ("kind", vec![("page_view", json!(6))]),
        ("touchpoint", vec![("site", json!(6))]),
        ("stage", vec![("pre_purchase", json!(6))]),
        ("browser", vec![("", json!(5)), ("Chrome", json!(1))]),
        ("country", vec![("", json!(3)), ("IT", json!(2)), ("FR", json!(1))]),
    ] {
        let answer = service.get(&format!("/stats?metrics=page_views&group_by={dimension}&{PERIOD}")).await;
        assert_eq!(pairs(&answer, dimension, "page_views"), owned(&expected), "{dimension}");
    }
    for empty in ["device_class", "device_model", "os", "language", "name", "app_version"] {
        let answer = service.get(&format!("/stats?metrics=page_views&group_by={empty}&{PERIOD}")).await;
        assert_eq!(pairs(&answer, empty, "page_views"), owned(&[("", json!(6))]), "{empty}");
    }
    let first = service.get(&format!("/stats?metrics=page_views&group_by=country&limit=2&{PERIOD}")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = service
        .get(&format!("/stats?metrics=page_views&group_by=country&limit=2&cursor={cursor}&{PERIOD}"))
        .await;
    assert_eq!(pairs(&second, "country", "page_views"), owned(&[("FR", json!(1))]));
    assert_eq!(second["next_cursor"], Value::Null);
}

async fn mixed_sources(service: &Service) {
    for (question, expected) in [
        ("metrics=visitors&filter=channel:is:email,organic_search", json!({"visitors": 2})),
        ("metrics=visitors&filter=channel:is_not:direct&filter=page:starts:/sc", json!({"visitors": 2})),
        ("metrics=page_views&filter=page:contains:CARP", json!({"page_views": 3})),
        ("metrics=sessions&filter=page:is:/scarpe", json!({"sessions": 3})),
        ("metrics=orders,revenue&filter=source:is:Google", json!({"orders": 2, "revenue": "80.00"})),
        ("metrics=events&filter=props.colore:is:rosso", json!({"events": 1})),
        ("metrics=visitors&filter=kind:is:order", json!({"visitors": 1})),
        ("metrics=page_views&filter=country:is:", json!({"page_views": 3})),
        ("metrics=sessions&filter=country:is:IT,FR", json!({"sessions": 2})),
        ("metrics=bounce_rate&filter=kind:is:refund", json!({"bounce_rate": 0.0})),
        ("metrics=bounce_rate&filter=country:is:XX", json!({"bounce_rate": null})),
    ] {
        let answer = service.get(&format!("/stats?{question}&{PERIOD}")).await;
        assert_eq!(answer["totals"], expected, "{question}");
    }
    let question = "metrics=page_views,sessions,bounce_rate&group_by=page,channel&filter=country:is:IT,FR";
    let answer = service.get(&format!("/stats?{question}&{PERIOD}")).await;
    assert_eq!(
        answer["rows"],
        json!([
            {"dimensions": {"page": "/", "channel": "organic_search"},
             "metrics": {"page_views": 1, "sessions": 1, "bounce_rate": 0.0}},
            {"dimensions": {"page": "/scarpe", "channel": "email"},
             "metrics": {"page_views": 1, "sessions": 1, "bounce_rate": 1.0}},
            {"dimensions": {"page": "/scarpe", "channel": "organic_search"},
             "metrics": {"page_views": 1, "sessions": 1, "bounce_rate": 0.0}},
        ])
    );
    let bots = service.get(&format!("/stats?metrics=page_views&group_by=source&include=bots&{PERIOD}")).await;
    assert_eq!(bots["totals"], json!({"page_views": 7}));
}

async fn time(service: &Service) {
    // Carla's night begins on the 12th in Rome, on the 11th in UTC.
    let daily = service
        .get(&format!("/stats?metrics=visitors,sessions&interval=day&compare=previous&{PERIOD}"))
        .await;
    let days = [("2026-11-09", 1), ("2026-11-10", 2), ("2026-11-11", 0), ("2026-11-12", 1)];
    let expected: Vec<(String, Value)> = days.iter().map(|(day, n)| ((*day).to_owned(), json!(n))).collect();
    assert_eq!(pairs(&daily, "time", "visitors"), expected);
    assert_eq!(pairs(&daily, "time", "sessions"), expected);
    assert_eq!(daily["compare"]["totals"], json!({"visitors": 0, "sessions": 0}));
    assert_eq!(daily["compare"]["from"], "2026-11-04T23:00:00.000Z");
    assert_eq!(daily["compare"]["rows"].as_array().unwrap().len(), 4);

    let changes = [
        view("v", "a", at("2026-03-29T00:30:00Z"), "/"),
        view("v", "a", at("2026-03-29T01:30:00Z"), "/"),
        view("v", "b", at("2026-10-25T00:30:00Z"), "/"),
        view("v", "b", at("2026-10-25T01:30:00Z"), "/"),
        view("v", "b", at("2026-10-25T22:59:59.999Z"), "/"),
        view("v", "c", at("2026-10-25T23:00:00Z"), "/"),
    ];
    service.insert(&changes).await;
    let hourly = |day: &str| format!("/stats?metrics=page_views&interval=hour&from={day}&to={day}");
    let spring = pairs(&service.get(&hourly("2026-03-29")).await, "time", "page_views");
    assert_eq!(spring.len(), 23);
    assert_eq!(
        spring[1..3],
        owned(&[("2026-03-29T01:00:00+01:00", json!(1)), ("2026-03-29T03:00:00+02:00", json!(1))])
    );
    let autumn = pairs(&service.get(&hourly("2026-10-25")).await, "time", "page_views");
    assert_eq!(autumn.len(), 25);
    assert_eq!(
        autumn[2..4],
        owned(&[("2026-10-25T02:00:00+02:00", json!(1)), ("2026-10-25T02:00:00+01:00", json!(1))])
    );
    assert_eq!(autumn[24].1, json!(1), "the last millisecond of the day");
    for (interval, expected) in [
        ("day", vec![("2026-10-25", json!(3)), ("2026-10-26", json!(1))]),
        ("week", vec![("2026-10-19", json!(3)), ("2026-10-26", json!(1))]),
        ("month", vec![("2026-10-01", json!(4))]),
    ] {
        let question = format!("/stats?metrics=page_views&interval={interval}&from=2026-10-25&to=2026-10-26");
        assert_eq!(
            pairs(&service.get(&question).await, "time", "page_views"),
            owned(&expected),
            "{interval}"
        );
    }
    let minutes = "metrics=page_views&interval=minute&from=2026-10-25T00:29:00Z&to=2026-10-25T00:32:00Z";
    let minutes = pairs(&service.get(&format!("/stats?{minutes}")).await, "time", "page_views");
    assert_eq!(minutes.iter().map(|(_, n)| n.clone()).collect::<Vec<_>>(), [json!(0), json!(1), json!(0)]);
    let pages = service
        .get("/stats?metrics=page_views,sessions&group_by=page&interval=day&from=2026-11-10&to=2026-11-11")
        .await;
    assert_eq!(pages["rows"].as_array().unwrap().len(), 4, "two pages on two days, the empty ones too");
}

async fn refusals(service: &Service) {
    for (path, status, code, field) in [
        ("/stats?metrics=likes", 400, "unknown_metric", json!("metrics")),
        ("/stats?group_by=colour", 400, "unknown_dimension", json!("group_by")),
        ("/stats?filter=os:like:i", 400, "unknown_operator", json!("filter")),
        ("/stats?interval=decade", 400, "unknown_interval", json!("interval")),
        ("/stats?colour=red", 400, "unknown_parameter", json!("colour")),
        ("/nothing", 404, "unknown_resource", Value::Null),
    ] {
        let answer = service.ask(Method::GET, path, None).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{path}");
    }
    let quoted =
        "/stats?filter=page:is:';DROP%20TABLE%20events;--&filter=page:contains:%7Bp5:String%7D%5C%27%25";
    assert_eq!(service.get(quoted).await["totals"], json!({"visitors": 0}), "values are values");
}

async fn exports(service: &Service) {
    let request = |accept: &str| {
        Request::get(format!("/api/v1/sites/demo/stats?metrics=page_views,revenue&group_by=page&{PERIOD}"))
            .header("authorization", format!("Bearer {ADMIN}"))
            .header("accept", accept)
            .body(Body::empty())
            .unwrap()
    };
    let csv = service.answer(request("text/csv")).await;
    assert_eq!(csv.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(csv.text, "\u{feff}page,page_views,revenue\r\n/,3,80.00\r\n/scarpe,3,80.00\r\n");
    let lines = service.answer(request("application/x-ndjson")).await;
    let first: Value = serde_json::from_str(lines.text.lines().next().unwrap()).unwrap();
    assert_eq!(first, json!({"page": "/", "page_views": 3, "revenue": "80.00"}));
}

async fn sign_in(service: &Service) {
    let ask = |method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>| {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        request.header("content-type", "application/json").body(body).unwrap()
    };
    let anonymous = service.answer(ask(Method::GET, "/sites/demo/stats", &[], None)).await;
    assert_eq!(
        (anonymous.status, anonymous.json()["error"]["code"].clone()),
        (StatusCode::UNAUTHORIZED, json!("unauthorized"))
    );

    let analyst = format!("Bearer {ANALYST}");
    for (site, status) in [("demo", 200), ("other", 403), ("none", 403)] {
        let path = format!("/sites/{site}/stats");
        let answer = service.answer(ask(Method::GET, &path, &[("authorization", &analyst)], None)).await;
        assert_eq!(answer.status.as_u16(), status, "{site}");
    }
    let sites = service.answer(ask(Method::GET, "/sites", &[("authorization", &analyst)], None)).await.json();
    assert_eq!(sites["items"].as_array().unwrap().len(), 1);
    let admin = format!("Bearer {ADMIN}");
    let missing =
        service.answer(ask(Method::GET, "/sites/none/stats", &[("authorization", &admin)], None)).await;
    assert_eq!(
        (missing.status.as_u16(), missing.json()["error"]["code"].clone()),
        (404, json!("unknown_site"))
    );
    for role in [Role::Ingest, Role::Segments] {
        let secret = service.registry.add_token(role, "", "machine", None).await.unwrap();
        let bearer = format!("Bearer {secret}");
        let answer = service.answer(ask(Method::GET, "/sites", &[("authorization", &bearer)], None)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?}");
    }

    let secret = service.registry.add_token(Role::Analyst, "", "visiting", None).await.unwrap();
    let opened = service.answer(ask(Method::POST, "/session", &[], Some(json!({"token": secret})))).await;
    assert_eq!(opened.json(), json!({"role": "analyst", "name": "visiting", "site": null}));
    let cookie = opened.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let with_cookie = |origin: &'static str| {
        [("cookie", cookie.clone()), ("origin", origin.to_owned()), ("host", "h:1".to_owned())]
    };
    let link = |origin| {
        let headers = with_cookie(origin);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        ask(Method::POST, "/sites/demo/people/nobody/link", &headers, Some(json!({"visitor": "v"})))
    };
    assert_eq!(service.answer(link("http://evil")).await.json()["error"]["code"], "cross_origin");
    let answer = service.answer(link("http://h:1")).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (StatusCode::FORBIDDEN, json!("role_not_allowed"))
    );
    for (method, path) in [(Method::POST, "/people/nobody/link"), (Method::DELETE, "/people/nobody/links/x")]
    {
        for (bearer, code) in [(&analyst, "role_not_allowed"), (&admin, "unknown_person")] {
            let body = (method == Method::POST).then(|| json!({"visitor": "v"}));
            let request =
                ask(method.clone(), &format!("/sites/demo{path}"), &[("authorization", bearer)], body);
            let answer = service.answer(request).await;
            let code_there = answer.json()["error"]["code"].clone();
            // What does not exist is only told to whom may change it.
            assert!(
                code_there == code || (code_there != "role_not_allowed" && bearer == &admin),
                "{code_there}"
            );
        }
    }
    let whoami = || ask(Method::GET, "/session", &[("cookie", &cookie)], None);
    assert_eq!(service.answer(whoami()).await.status, StatusCode::OK);
    let token_id = service.registry.snapshot().token_of_secret(&secret).unwrap().token_id.clone();
    service.registry.revoke_token(&token_id).await.unwrap();
    assert_eq!(service.answer(whoami()).await.status, StatusCode::UNAUTHORIZED, "the token was withdrawn");

    let code = service.state.new_sign_in_code();
    let redeem = || ask(Method::POST, "/session", &[], Some(json!({"code": code})));
    assert_eq!(
        service.answer(redeem()).await.json(),
        json!({"role": "admin", "name": "first admin", "site": null})
    );
    assert_eq!(service.answer(redeem()).await.status, StatusCode::UNAUTHORIZED, "a code works once");
    let nothing = service.answer(ask(Method::POST, "/session", &[], Some(json!({})))).await;
    assert_eq!(nothing.json()["error"]["code"], "invalid_body");
}

/// As version 0.1.0 stored them: a page and a host in two spellings.
#[tokio::test(flavor = "multi_thread")]
async fn rows_in_other_spellings_stand_as_they_came_and_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let ten = at("2026-11-10T10:00:00Z");
    let written = |visitor, host: &'static str, path| EventRow {
        host: host.into(),
        source: host.into(),
        channel: "referral".into(),
        ..view(visitor, visitor, ten, path)
    };
    service
        .insert(&[
            written("v1", "caffè.example", "/caffè"),
            written("v2", "xn--caff-8oa.example", "/caff%C3%A8"),
            written("v3", "caff.example", "/caff"),
        ])
        .await;
    let ask = |question: String| {
        let path = format!("/stats?metrics=visitors&{PERIOD}&{question}");
        let service = &service;
        async move { service.get(&path).await }
    };
    let pages = ask("group_by=page".into()).await;
    let expected = [("/caff", json!(1)), ("/caff%C3%A8", json!(1)), ("/caffè", json!(1))];
    assert_eq!(pairs(&pages, "page", "visitors"), owned(&expected));
    for (filter, visitors) in [
        ("page:is:/caff%25C3%25A8", 1),
        ("page:is:/caff%C3%A8", 2),
        ("page:is_not:/caff%C3%A8", 1),
        ("page:contains:CAFF%C3%88", 2),
        ("page:contains:caff", 3),
        ("entry_page:starts:/caff%C3%A8", 2),
        ("exit_page:is:/caff%C3%A8", 2),
        ("host:is:caff%C3%A8.example", 2),
        ("host:is:xn--caff-8oa.example", 1),
        ("source:is:Caff%C3%A8.example", 1),
    ] {
        let answer = ask(format!("filter={filter}")).await;
        assert_eq!(answer["totals"]["visitors"], json!(visitors), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_and_makers_divide_visitors_money_and_sessions_alike() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let ten = at("2026-11-10T10:00:00Z");
    let of = |visitor: &'static str, place: [&'static str; 4], kind: &'static str, ts: i64| EventRow {
        country: place[0].into(),
        region: place[1].into(),
        city: place[2].into(),
        device_brand: place[3].into(),
        ..event(kind, visitor, format!("{visitor}-1"), ts)
    };
    let milan = ["IT", "Lombardy", "Milan", "Apple"];
    // Two cities of one name, in two countries.
    let (here, there) = (["IT", "Veneto", "Venice", "Apple"], ["US", "Florida", "Venice", "Samsung"]);
    let nowhere = ["", "", "", ""];
    let order = |row: EventRow<'static>| EventRow { revenue: 125_000, currency: "EUR".into(), ..row };
    service
        .insert(&[
            of("anna", milan, "page_view", ten),
            order(of("anna", milan, "order", ten + 1_000)),
            of("bruno", here, "page_view", ten),
            of("carla", there, "page_view", ten),
            order(of("carla", there, "order", ten + 1_000)),
            of("dario", nowhere, "page_view", ten),
        ])
        .await;
    let metrics = "from=2026-11-10&to=2026-11-10&metrics=visitors,orders,revenue,sessions,conversion_rate";
    let by = |dimensions: &'static str, row: [&'static str; 2], one: Value| {
        let dimensions: Vec<(String, Value)> =
            dimensions.split(',').zip(row).map(|(name, value)| (name.to_owned(), json!(value))).collect();
        json!({"dimensions": Value::Object(dimensions.into_iter().collect()), "metrics": one})
    };
    let sold = json!({"visitors": 1, "orders": 1, "revenue": "12.50", "sessions": 1, "conversion_rate": 1.0});
    let seen = json!({"visitors": 1, "orders": 0, "revenue": "0.00", "sessions": 1, "conversion_rate": 0.0});
    let answer = service.get(&format!("/stats?{metrics}&group_by=region,city")).await;
    assert_eq!(
        answer["rows"],
        json!([
            by("region,city", ["", ""], seen.clone()),
            by("region,city", ["Florida", "Venice"], sold.clone()),
            by("region,city", ["Lombardy", "Milan"], sold.clone()),
            by("region,city", ["Veneto", "Venice"], seen),
        ])
    );
    for (filter, visitors, conversion) in [
        ("city:is:Venice", 2, json!(0.5)),
        ("city:is:Venice&filter=country:is:IT", 1, json!(0.0)),
        ("region:is_not:", 3, json!(2.0 / 3.0)),
        ("device_brand:starts:App", 2, json!(0.5)),
        ("city:is:Atlantis", 0, Value::Null),
    ] {
        let answer = service.get(&format!("/stats?{metrics}&filter={filter}")).await;
        assert_eq!(answer["totals"]["visitors"], visitors, "{filter}");
        assert_eq!(answer["totals"]["conversion_rate"], conversion, "{filter}");
    }
    service.engine.stop().await;
}
