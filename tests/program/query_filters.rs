//! Filters mean the same whatever is asked: each dimension in each question, and the items of an event.

use axum::http::{Method, StatusCode};
use orma_model::EventRow;
use serde_json::{Value, json};

use crate::query_api::{Service, at, event, view};

const PERIOD: &str = "from=2026-11-10&to=2026-11-10";

/// Filters in one question.
const FILTERS: usize = 10;

/// All dimensions, as the error about an unknown one tells them.
async fn dimensions(service: &Service) -> Vec<String> {
    let refused = service.ask(Method::GET, "/stats?metrics=visitors&group_by=nothing", None).await.json();
    let message = refused["error"]["message"].as_str().unwrap();
    let (_, known) = message.rsplit_once(": ").unwrap();
    known.trim_end_matches('.').split(", ").map(ToOwned::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dimension_filters_every_question_and_an_item_is_one_item() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let ten = at("2026-11-10T10:00:00Z");
    let order = |visitor, items: &'static str| {
        let props = vec![("items".into(), items.into())];
        EventRow { props, ..event("order", visitor, format!("{visitor}-1"), ten + 1_000) }
    };
    let red = r#"[{"name":"Scarpa","category":"rosse"},{"name":"Stivale","category":"blu"}]"#;
    service
        .insert(&[
            view("anna", "anna-1", ten, "/scarpe"),
            order("anna", red),
            view("bruno", "bruno-1", ten, "/scarpe"),
            order("bruno", r#"[{"name":"Scarpa","category":"blu"}]"#),
            view("carla", "carla-1", ten, "/scarpe"),
        ])
        .await;
    let dimensions = dimensions(&service).await;
    assert!(dimensions.len() > 25 && dimensions.contains(&"product".to_owned()), "{dimensions:?}");
    let mut questions = Vec::new();
    for dimension in &dimensions {
        let metrics = "visitors,orders,revenue,conversion_rate";
        questions.push(format!("/stats?metrics={metrics}&{PERIOD}&filter={dimension}:is:x"));
        questions.push(format!("/stats?metrics={metrics}&{PERIOD}&group_by={dimension}"));
    }
    for some in dimensions.chunks(FILTERS) {
        let filters: Vec<_> = some.iter().map(|dimension| format!("&filter={dimension}:is_not:x")).collect();
        for path in ["/people?order_by=revenue", "/quality/web?", "/quality/app?"] {
            questions.push(format!("{path}&{PERIOD}{}", filters.concat()).replace("?&", "?"));
        }
    }
    for question in questions {
        let answer = service.ask(Method::GET, &question, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{question}: {}", answer.json());
    }
    for (filters, expected) in [
        ("filter=product:is:Scarpa", json!(["anna", "bruno"])),
        ("filter=product:is:Scarpa&filter=product_category:is:blu", json!(["bruno"])),
        ("filter=product_category:is:verdi", json!([])),
    ] {
        let people = service.get(&format!("/people?{PERIOD}&{filters}")).await;
        let mut found: Vec<Value> =
            people["items"].as_array().unwrap().iter().map(|item| item["person"].clone()).collect();
        found.sort_by_key(ToString::to_string);
        assert_eq!(json!(found), expected, "{filters}");
        let stats = service.get(&format!("/stats?metrics=visitors,orders&{PERIOD}&{filters}")).await;
        assert_eq!(stats["totals"]["orders"], found.len(), "{filters}: {stats}");
    }
    service.engine.stop().await;
}
