//! The pixel's query.

use std::borrow::Cow;

use super::prop;
use crate::event::{EVENT_BYTES_MAX, ParsedBatch};
use crate::ingest::parse_error::ParseError;
use crate::protocol::pixel;

fn parse(query: &str) -> ParsedBatch<'_> {
    pixel::parse(query).unwrap_or_else(|error| panic!("{error}: {query}"))
}

#[test]
fn a_query_is_one_event() {
    let batch = parse(
        "site=demo&kind=page_view&url=https%3A%2F%2Fbottega.example%2Fscarpe%3Futm_source%3Dnews&title=Scarpe+ros%C3%A8\
         &referrer=&visitor=v1&session=s1&user=undefined&id=abc&ts=1795255200512&language=it&load_ms=12&colore=rosso",
    );
    assert_eq!(batch.write_key, "demo");
    assert_eq!(batch.refused, []);
    let event = &batch.events[0];
    let row = &event.row;
    assert_eq!((event.index, &*row.kind), (0, "page_view"));
    assert_eq!((&*row.host, &*row.path, &*row.query), ("bottega.example", "/scarpe", "utm_source=news"));
    assert_eq!((&*row.title, &*row.referrer, &*row.language), ("Scarpe rosè", "", "it"));
    assert_eq!((&*row.visitor, &*row.user, &*row.session), ("v1", "", "s1"));
    assert_eq!((event.client_ts, row.duration_ms), (Some(1_795_255_200_512), 12));
    assert_eq!((row.event_id.get_version_num(), event.from_app), (8, false));
    assert!(matches!(row.visitor, Cow::Borrowed(_)));
    assert_eq!(row.props, [("colore".into(), "rosso".into())]);
}

#[test]
fn a_pixel_without_a_kind_is_a_page_view() {
    for query in ["site=demo&url=/a", "kind=&url=%2Fa&site=demo&"] {
        assert_eq!(parse(query).events[0].row.kind, "page_view");
        assert_eq!(parse(query).events[0].row.path, "/a");
    }
}

#[test]
fn numbers_and_money_are_read_from_text() {
    let batch = parse("site=demo&kind=order&order_id=o-1&revenue=129.90&currency=eur&sent_at=1795255200512");
    let row = &batch.events[0].row;
    assert_eq!((row.revenue, &*row.currency), (1_299_000, "EUR"));
    assert_eq!(batch.sent_at, Some(1_795_255_200_512));
    let batch = parse("site=demo&kind=vital&name=CLS&value=0.3&scroll_pct=&revenue=&currency=EUR");
    let event = &batch.events[0];
    assert_eq!((event.row.value, &*event.row.rating), (Some(0.3), "poor"));
    assert_eq!(prop(event, "currency"), Some("EUR"));
}

#[test]
fn what_bears_the_name_of_an_object_is_a_prop() {
    let batch = parse("site=demo&kind=reset&props=a&context=b&traits=c");
    let event = &batch.events[0];
    assert_eq!(["props", "context", "traits"].map(|name| prop(event, name).unwrap()), ["a", "b", "c"]);
}

#[test]
fn a_bad_event_is_refused_with_its_parameters_as_json() {
    let table = [
        ("site=demo", "missing_field", "url"),
        ("site=demo&url=a", "invalid_url", "url"),
        ("site=demo&kind=visit", "unknown_kind", "kind"),
        ("site=demo&kind=vital&name=LCP&value=fast", "invalid_field", "value"),
        ("site=demo&kind=vital&name=LCP&value=inf", "invalid_field", "value"),
        ("site=demo&url=/&visitor=%40mario", "invalid_visitor", "visitor"),
        ("site=demo&url=/&user=a%00b", "invalid_user", "user"),
        ("site=demo&kind=order&revenue=100000000000000&currency=EUR", "invalid_revenue", "revenue.amount"),
        ("site=demo&kind=order&revenue=-1&currency=EUR", "invalid_revenue", "revenue.amount"),
    ];
    for (query, reason, field) in table {
        let batch = parse(query);
        let refusal = &batch.refused[0];
        assert_eq!((refusal.index, refusal.reason), (0, reason), "{query}");
        assert!(refusal.message.starts_with(&format!("{field}: ")), "{}", refusal.message);
    }
    let batch = parse("site=demo&kind=visit&title=caff%C3%A8+%22nero%22");
    assert_eq!(batch.refused[0].kind, "visit");
    let payload: serde_json::Value = serde_json::from_str(&batch.refused[0].payload).unwrap();
    assert_eq!(payload, serde_json::json!({"kind": "visit", "title": "caffè \"nero\""}));
    let long = format!("site=demo&url=/&x={}", "x".repeat(EVENT_BYTES_MAX));
    assert_eq!(parse(&long).refused[0].reason, "event_too_large");
}

#[test]
fn a_query_without_a_site_is_an_error() {
    for query in ["", "&", "site=&url=/", "url=/&sito=demo"] {
        assert_eq!(pixel::parse(query).unwrap_err(), ParseError::MissingField { field: "site" });
    }
}

#[test]
fn an_unusable_time_of_sending_costs_nothing() {
    for sent_at in ["now", "1999-01-01T00:00:00Z", "", "-1"] {
        let query = format!("site=demo&url=/&sent_at={sent_at}");
        assert_eq!(parse(&query).events.len(), 1, "{sent_at}");
    }
}
