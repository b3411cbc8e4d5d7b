//! Requests with random damage: whatever comes, no panic, and no event is lost without a word.

use super::prop;
use crate::event::builder::DROPPED;
use crate::event::{
    BATCH_EVENTS_MAX, EVENT_BYTES_MAX, ID_BYTES_MAX, NAME_BYTES_MAX, PROP_VALUE_BYTES_MAX, PROPS_MAX,
    ParsedBatch, REJECTED_PAYLOAD_BYTES_MAX, TITLE_BYTES_MAX, URL_BYTES_MAX,
};
use crate::fuzz::{damaged, iterations, random};
use crate::ingest::parse_error::ParseError;
use crate::protocol::{body, native, pixel};
use orma_model::event_row::COLUMNS;
use orma_model::record_json::record_to_json;
use serde_json::value::RawValue;

const BODY: &str = r#"{"site":"demo","sent_at":"2026-11-21T10:00:01.000Z","visitor":"v\u00e8","session":"s","user":"mario@example.it",
"context":{"language":"it-IT","screen":{"width":390,"height":844},"app":{"name":"Bottega","version":"3.2.1"},"consent":"granted"},
"events":[{"id":"0193a5f0-6c1e-7d1a-9f00-0123456789ab","kind":"page_view","ts":"2026-11-21T10:00:00.512Z",
"url":"https://u:p@[::1]:443/scarpe?utm_source=news#x","title":"Scarpe \ud83d\udc5f","props":{"colore":"rosso","n":[1,{"a":null}]}},
{"kind":"vital","name":"CLS","value":1.5e-1},{"kind":"order","revenue":{"amount":"12.90","currency":"eur"},"items":[{"id":1}]},
{"kind":"identify","traits":{"piano":"oro"}},{"kind":"app_start","start":"cold","duration_ms":812.5,"ts":1795255200512}]}"#;

const QUERY: &str = "site=demo&kind=order&url=https%3A%2F%2Fbottega.example%2Fa%3Fb&title=Caff%C3%A8+nero&revenue=12.90\
    &currency=EUR&ts=1795255200512&visitor=v1&scroll_pct=50&value=1.5&colore=rosso";

/// What must hold of any batch.
pub fn check(batch: &ParsedBatch, events_max: usize) {
    assert!(!batch.write_key.is_empty());
    assert!(batch.events.len() + batch.refused.len() <= events_max);
    let mut indexes: Vec<_> = batch.events.iter().map(|event| event.index).collect();
    indexes.extend(batch.refused.iter().map(|refusal| refusal.index));
    indexes.sort_unstable();
    assert!(indexes.iter().copied().eq(0..indexes.len()), "{indexes:?}");
    for event in &batch.events {
        let row = &event.row;
        assert!(!row.event_id.is_nil() && !row.kind.is_empty());
        assert!(row.path.is_empty() || row.path.starts_with('/'), "{}", row.path);
        assert!(!row.query.contains('#') && !row.path.contains(['?', '#']) && !row.host.contains('@'));
        for id in [&row.visitor, &row.user, &row.session] {
            assert!(id.len() <= ID_BYTES_MAX && !id.chars().any(char::is_control));
        }
        assert!(row.name.len() <= NAME_BYTES_MAX && row.title.len() <= TITLE_BYTES_MAX);
        assert!(row.path.len() + row.query.len() <= URL_BYTES_MAX && row.scroll_pct <= 100);
        assert!(row.props.len() <= PROPS_MAX && row.value.is_none_or(f32::is_finite));
        let bytes_max = |name: &str| if name == "items" { EVENT_BYTES_MAX } else { PROP_VALUE_BYTES_MAX };
        assert!(row.props.iter().all(|(name, text)| text.len() <= bytes_max(name) && !text.contains('\0')));
        assert!(row.currency.is_empty() || row.currency.len() == 3);
        assert!(row.revenue == 0 || !row.currency.is_empty());
        let mut record = Vec::new();
        row.write_record(&mut record);
        let columns = COLUMNS.iter().map(|column| (column.name, column.column_type));
        assert_eq!(record_to_json(columns, &record).unwrap()["event_id"], row.event_id.to_string());
    }
    for refusal in &batch.refused {
        assert!(refusal.payload.len() <= REJECTED_PAYLOAD_BYTES_MAX);
        assert!(refusal.message.contains(": ") && !refusal.message.contains("mario"), "{}", refusal.message);
        assert!(refusal.reason.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()));
    }
}

#[test]
fn ten_thousand_damaged_bodies_do_no_harm() {
    let mut random = random("bodies");
    let (mut unreadable, mut mended, mut refused, mut partly, mut accepted) = (0, 0, 0, 0, 0);
    for _ in 0..iterations(10_000) {
        let body = damaged(BODY.as_bytes(), &mut random);
        let parsed = native::parse(&body);
        let is_json = serde_json::from_slice::<&RawValue>(&body).is_ok();
        assert!(parsed.is_err() || is_json, "{}", String::from_utf8_lossy(&body));
        assert!(!matches!(parsed, Err(ParseError::NotJson { .. })) || !is_json);
        match parsed {
            Ok(batch) => {
                check(&batch, BATCH_EVENTS_MAX);
                refused += batch.refused.len();
                accepted += batch.events.len();
                partly += batch.events.iter().filter(|event| prop(event, DROPPED).is_some()).count();
            }
            Err(error) => {
                assert!(
                    !error.to_string().contains("mario") && [400, 413].contains(&error.status()),
                    "{error}"
                );
                unreadable += 1;
                if let Some(body) = body::mended(&body)
                    && let Ok(batch) = native::parse(&body)
                {
                    check(&batch, BATCH_EVENTS_MAX);
                    mended += 1;
                }
            }
        }
    }
    // The damage is of a kind that reaches every outcome often.
    let outcomes = [unreadable, mended, refused, partly, accepted];
    let often = [1_000, 100, 300, 100, 5_000];
    assert!(outcomes.iter().zip(often).all(|(found, often)| *found > often), "{outcomes:?}");
}

#[test]
fn ten_thousand_damaged_queries_do_no_harm() {
    let mut random = random("queries");
    let (mut unreadable, mut refused, mut accepted) = (0, 0, 0);
    for _ in 0..iterations(10_000) {
        let query = damaged(QUERY.as_bytes(), &mut random);
        match pixel::parse(&String::from_utf8_lossy(&query)) {
            Ok(batch) => {
                check(&batch, BATCH_EVENTS_MAX);
                refused += batch.refused.len();
                accepted += batch.events.len();
            }
            Err(_) => unreadable += 1,
        }
    }
    assert!(unreadable > 100 && refused > 500 && accepted > 2_000, "{unreadable} {refused} {accepted}");
}
