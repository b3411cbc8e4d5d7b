//! Who has more ids, devices or countries than one person has.

use super::*;
use crate::conditions::site_named;

const SITE: &str = "suspicious";

fn on(device: usize, country: &str, row: EventRow<'static>) -> EventRow<'static> {
    EventRow {
        site: SITE.into(),
        device_class: "smartphone".into(),
        device_model: format!("model {device}").into(),
        os: "iOS".into(),
        country: country.to_owned().into(),
        ..row
    }
}

fn identified(user: &str, visitor: &str, ts: i64) -> EventRow<'static> {
    let row = event("identify", visitor.to_owned(), format!("{visitor}-s"), ts);
    EventRow { user: user.to_owned().into(), ..row }
}

fn alias(previous: &str, user: &str, ts: i64) -> EventRow<'static> {
    let row = event("alias", format!("@{user}"), "", ts);
    EventRow {
        user: user.to_owned().into(),
        props: vec![("previous".into(), previous.to_owned().into())],
        ..row
    }
}

/// A placeholder that thirty browsers hang on; two families that one alias joined; a visitor id that was copied to phones in
/// seven countries; an account with four addresses; and a crowd of people who are as people are.
async fn insert(service: &Service) {
    service.registry.put_site(&site_named(SITE)).await.unwrap();
    let start = at("2026-11-10T10:00:00Z");
    let mut rows = Vec::new();
    for number in 0..30 {
        let visitor = format!("g{number}");
        rows.push(on(number, "IT", view(visitor.clone(), format!("{visitor}-s"), start, "/")));
        rows.push(on(number, "IT", identified("guest", &visitor, start + MINUTE)));
    }
    for (user, from) in [("rossi", 0), ("bianchi", 15)] {
        for number in from..from + 15 {
            rows.push(on(0, "IT", identified(user, &format!("f{number}"), start)));
        }
    }
    rows.push(on(0, "IT", alias("rossi", "bianchi", start + DAY)));
    for (number, country) in ["IT", "DE", "FR", "ES", "US", "BR", "JP"].into_iter().enumerate() {
        let ts = start + i64::try_from(number).unwrap() * DAY;
        rows.push(on(number, country, view("copied", format!("copied-{number}"), ts, "/")));
    }
    for address in ["a@example.it", "b@example.it", "c@example.it"] {
        rows.push(on(0, "IT", alias(address, "d@example.it", start + DAY)));
    }
    for number in 0..40 {
        let visitor = format!("p{number}");
        rows.push(on(0, "IT", view(visitor.clone(), format!("{visitor}-s"), start, "/")));
        rows.push(on(1, "DE", identified(&format!("user{number}"), &visitor, start + MINUTE)));
    }
    for row in &mut rows {
        row.site = SITE.into();
    }
    service.insert(&rows).await;
}

fn names(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|one| (text(&one["person"]), texts(&one["reasons"]).into_iter().collect::<Vec<_>>().join(" ")))
        .collect()
}

pub async fn who_is_suspicious(service: &Service) {
    insert(service).await;
    let answer = service.get_of(SITE, "/identity/suspicious").await;
    let expected = [
        ("guest", "devices visitors"),
        ("d@example.it", "emails users"),
        ("bianchi", "visitors"),
        ("copied", "countries"),
    ];
    let expected = expected.map(|(person, reasons)| (person.to_owned(), reasons.to_owned()));
    assert_eq!(names(&answer), expected, "{answer}");
    assert_eq!((&answer["total"], &answer["next_cursor"]), (&json!(4), &Value::Null));
    let guest = &answer["items"][0]["cause"];
    assert_eq!(
        (&guest["kind"], &guest["id"], &guest["is_user"], &guest["ids"], &guest["split"]),
        (&json!("id"), &json!("guest"), &json!(true), &json!(30), &json!(["guest"])),
        "{guest}"
    );
    let families = &answer["items"][2]["cause"];
    assert_eq!(
        (&families["kind"], &families["ids"], &families["of_ids"], &families["edge"]["source"]),
        (&json!("edge"), &json!(16), &json!(32), &json!("alias")),
        "{families}"
    );
    assert_eq!(
        (&families["edge"]["id"], &families["edge"]["user"]),
        (&json!("rossi"), &json!("bianchi")),
        "{families}"
    );
    assert!(answer["items"][3]["cause"].is_null(), "one id, which nothing joined");
    // Parted where it says, nobody of the two is suspicious any more.
    let body = json!({"split": {"ids": families["split"]}});
    let (_, preview) = ask_change(service, SITE, "bianchi", "preview", &body).await;
    assert_eq!((&preview["before_total"], &preview["after_total"]), (&json!(1), &json!(2)), "{preview}");
    let (status, made) = ask_change(service, SITE, "bianchi", "changes", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let fewer = service.get_of(SITE, "/identity/suspicious").await;
    assert_eq!(names(&fewer).len(), 3, "{fewer}");
    let undo = json!({"undo": {"change": made["change"]}});
    assert_eq!(ask_change(service, SITE, "bianchi", "changes", &undo).await.0, StatusCode::CREATED);
    assert_eq!(service.get_of(SITE, "/identity/suspicious").await, answer, "undone");
    thresholds_and_pages(service, &answer).await;
    from_the_table_of_people_as_from_visits(service).await;
}

async fn thresholds_and_pages(service: &Service, all: &Value) {
    let asked = |query: &str| format!("/identity/suspicious?{query}");
    let many = "min_visitors=100&min_users=100&min_emails=100&min_devices=100&min_countries=7";
    assert_eq!(
        names(&service.get_of(SITE, &asked(many)).await),
        [("copied".to_owned(), "countries".to_owned())]
    );
    let first = service.get_of(SITE, &asked("limit=3")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = service.get_of(SITE, &asked(&format!("limit=3&cursor={cursor}"))).await;
    let paged: Vec<Value> =
        [first, second].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
    assert_eq!(json!(paged), all["items"]);
    for (query, field) in [
        ("min_visitors=1", "min_visitors"),
        ("min_countries=x", "min_countries"),
        ("min_emails=100001", "min_emails"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("min_dogs=2", "min_dogs"),
    ] {
        let answer = service.ask_of(SITE, Method::GET, &asked(query), None).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.json()["error"]["field"], field, "{query}");
    }
    let request = axum::http::Request::get(format!("/api/v1/sites/{SITE}/identity/suspicious"))
        .header("authorization", format!("Bearer {}", crate::query_api::ADMIN))
        .header("accept", "text/csv");
    let csv = service.answer(request.body(axum::body::Body::empty()).unwrap()).await.text;
    assert!(
        csv.trim_start_matches('\u{feff}')
            .starts_with("person,identified,visitors,users,emails,devices,countries,"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 5, "{csv}");
}

/// The list is the same whether the table of people says who may be on it or all visits are read.
async fn from_the_table_of_people_as_from_visits(service: &Service) {
    for query in ["min_visitors=2&min_devices=2&min_countries=2", "min_countries=2", "min_devices=3"] {
        let answer = service.get_of(SITE, &format!("/identity/suspicious?limit=100&{query}")).await;
        let number = |name: &str| {
            query.split('&').find_map(|part| part.strip_prefix(&format!("min_{name}="))).map_or_else(
                || answer["thresholds"][name].as_i64().unwrap(),
                |text| text.parse::<i64>().unwrap(),
            )
        };
        let (visitors, devices, countries) = (number("visitors"), number("devices"), number("countries"));
        let expected = service
            .store
            .select::<PersonRow>(
                &format!(
                    "SELECT if(person_id = 'rossi', 'bianchi', if(person_id IN ('a@example.it', 'b@example.it', 'c@example.it'), \
                     'd@example.it', person_id)) AS person, uniqExactIf(visitor, NOT startsWith(visitor, '@')) AS v, \
                     uniqExactIf((device_class, device_model, os), is_session AND (device_class != '' OR os != '')) AS d, \
                     uniqExactIf(country, is_session AND country != '') AS c FROM visits FINAL WHERE site = '{SITE}' \
                     AND NOT is_mixed AND NOT is_continued GROUP BY person \
                     HAVING v >= {visitors} OR d >= {devices} OR c >= {countries} OR person = 'd@example.it' ORDER BY person"
                ),
                &[],
            )
            .await
            .unwrap();
        let expected: Vec<String> = expected.into_iter().map(|row| row.person).collect();
        let mut told: Vec<String> = names(&answer).into_iter().map(|(person, _)| person).collect();
        told.sort();
        assert_eq!(told, expected, "{query}");
    }
}

#[derive(serde::Deserialize)]
struct PersonRow {
    person: String,
}
