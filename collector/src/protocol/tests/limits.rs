//! Each limit, at its bound and one beyond.

use super::{accepted, body, parse, prop, refused};
use crate::event::{
    BATCH_EVENTS_MAX, EVENT_BYTES_MAX, ID_BYTES_MAX, NAME_BYTES_MAX, PROP_DEPTH_MAX, PROP_KEY_BYTES_MAX,
    PROP_VALUE_BYTES_MAX, PROPS_MAX, REJECTED_PAYLOAD_BYTES_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
    URL_BYTES_MAX,
};
use crate::ingest::parse_error::ParseError;
use crate::protocol::native;

#[test]
fn a_thousand_events_fit_into_a_request() {
    let event = r#"{"kind":"reset"}"#;
    let full = body(&vec![event; BATCH_EVENTS_MAX]);
    assert_eq!(parse(&full).events.len(), BATCH_EVENTS_MAX);
    let over = body(&vec![event; BATCH_EVENTS_MAX + 1]);
    let error = native::parse(over.as_bytes()).unwrap_err();
    assert_eq!((error.status(), error.code()), (413, "too_many_events"));
    assert_eq!(error, ParseError::TooManyEvents);
}

#[test]
fn an_event_has_32_kib() {
    let event = |bytes: usize| {
        let (start, end) = (r#"{"kind":"reset","context":{"x":""#, r#""}}"#);
        format!("{start}{}{end}", "x".repeat(bytes - start.len() - end.len()))
    };
    accepted(&event(EVENT_BYTES_MAX), |_| {});
    let refusal = refused(&event(EVENT_BYTES_MAX + 1));
    assert_eq!(refusal.reason, "event_too_large");
    assert_eq!(refusal.payload.len(), REJECTED_PAYLOAD_BYTES_MAX);
}

#[test]
fn ids_and_names_beyond_their_limit_are_refused() {
    for (field, bytes_max, reason) in [
        ("visitor", ID_BYTES_MAX, "invalid_visitor"),
        ("user", ID_BYTES_MAX, "invalid_user"),
        ("name", NAME_BYTES_MAX, "name_too_long"),
    ] {
        let event = |bytes: usize| format!(r#"{{"kind":"reset","{field}":"{}"}}"#, "x".repeat(bytes));
        accepted(&event(bytes_max), |_| {});
        let refusal = refused(&event(bytes_max + 1));
        assert_eq!(refusal.reason, reason);
        assert_eq!(refusal.message, format!("{field}: longer than {bytes_max} bytes"));
    }
}

#[test]
fn descriptive_text_beyond_its_limit_is_cut() {
    let long = "è".repeat(PROP_VALUE_BYTES_MAX / 2 + 1);
    for (field, bytes_max) in [
        ("title", TITLE_BYTES_MAX),
        ("referrer", URL_BYTES_MAX),
        ("screen", TEXT_BYTES_MAX),
        ("target", TEXT_BYTES_MAX),
        ("message", TEXT_BYTES_MAX),
        ("link", TEXT_BYTES_MAX),
        ("text", TEXT_BYTES_MAX),
        ("href", URL_BYTES_MAX),
        ("comment", PROP_VALUE_BYTES_MAX),
    ] {
        accepted(&format!(r#"{{"kind":"reset","{field}":"x{long}"}}"#), |event| {
            let row = &event.row;
            let column = match field {
                "title" => &row.title,
                "referrer" => &row.referrer,
                "screen" => &row.screen,
                "target" => &row.target,
                "message" => &row.message,
                "link" => &row.link,
                _ => prop(event, field).unwrap(),
            };
            // One byte less than the limit: the character that crosses it goes as a whole.
            assert_eq!(column.len(), bytes_max - 1, "{field}");
        });
    }
}

#[test]
fn a_long_address_is_cut_and_keeps_its_page() {
    let url = format!("https://bottega.example/scarpe?q={}", "x".repeat(URL_BYTES_MAX));
    accepted(&format!(r#"{{"kind":"page_view","url":"{url}"}}"#), |event| {
        assert_eq!((&*event.row.host, &*event.row.path), ("bottega.example", "/scarpe"));
        assert_eq!(event.row.query.len(), URL_BYTES_MAX - "https://bottega.example/scarpe?".len());
    });
}

#[test]
fn there_are_64_props_fields_included() {
    let event = |props: usize, fields: usize| {
        let list = |start: usize, count: usize| {
            (start..start + count).map(|n| format!("\"p{n}\":{n}")).collect::<Vec<_>>().join(",")
        };
        format!(r#"{{"kind":"reset",{},"props":{{{}}}}}"#, list(1_000, fields), list(0, props))
    };
    for (props, fields) in [(PROPS_MAX - 1, 1), (1, PROPS_MAX - 1)] {
        accepted(&event(props, fields), |event| assert_eq!(event.row.props.len(), PROPS_MAX));
        accepted(&event(props + 1, fields), |event| {
            assert_eq!(event.row.props.len(), PROPS_MAX + 1);
            let last = format!("props.p{props}");
            assert_eq!(prop(event, "dropped_props"), Some(&*last), "the last, and no field");
        });
    }
    accepted(&event(PROPS_MAX + 1, 1), |event| {
        assert_eq!(prop(event, "dropped_props"), Some("props.p63,props.p64"));
        assert_eq!(prop(event, "p1000"), Some("1000"));
    });
    accepted(&event(0, PROPS_MAX + 1), |event| {
        assert_eq!(prop(event, "dropped_props"), Some("p1064"));
    });
}

#[test]
fn a_props_name_and_value_have_limits() {
    let event = |key: usize, value: usize| {
        format!(r#"{{"kind":"reset","props":{{"{}":"{}"}}}}"#, "k".repeat(key), "v".repeat(value))
    };
    accepted(&event(PROP_KEY_BYTES_MAX, PROP_VALUE_BYTES_MAX), |event| assert_eq!(event.row.props.len(), 1));
    accepted(&event(PROP_KEY_BYTES_MAX + 1, 1), |event| {
        let name = format!("props.{}…", "k".repeat(PROP_KEY_BYTES_MAX));
        assert_eq!((event.row.props.len(), prop(event, "dropped_props")), (1, Some(&*name)));
    });
    accepted(&event(3, PROP_VALUE_BYTES_MAX + 1), |event| {
        assert_eq!((event.row.props.len(), prop(event, "dropped_props")), (1, Some("props.kkk")));
    });
    // A large order is as long as an event may be.
    let items = |of_items: usize| {
        let (begin, end) = (r#"{"kind":"order","items":[""#, r#""]}"#);
        format!("{begin}{}{end}", "i".repeat(of_items - begin.len() - end.len()))
    };
    accepted(&items(EVENT_BYTES_MAX), |event| {
        assert_eq!(
            prop(event, "items").unwrap().len(),
            EVENT_BYTES_MAX - r#"{"kind":"order","items":}"#.len()
        );
    });
    let traits = |more: usize, value: usize| {
        let list: Vec<String> = (0..more).map(|n| format!(r#""t{n}":{n}"#)).collect();
        format!(
            r#"{{"kind":"identify","user":"u","traits":{{{},"long":"{}"}}}}"#,
            list.join(","),
            "v".repeat(value)
        )
    };
    accepted(&traits(1, PROP_VALUE_BYTES_MAX + 1), |event| {
        assert_eq!((prop(event, "t0"), prop(event, "dropped_props")), (Some("0"), Some("traits.long")));
    });
    accepted(&traits(PROPS_MAX, 1), |event| {
        assert_eq!(
            (event.row.props.len(), prop(event, "dropped_props")),
            (PROPS_MAX + 1, Some("traits.long"))
        );
    });
    // What its kind demands cannot be left out.
    let alias =
        format!(r#"{{"kind":"alias","user":"u","previous":"{}"}}"#, "i".repeat(PROP_VALUE_BYTES_MAX + 1));
    assert_eq!(refused(&alias).message, "previous: longer than 8192 bytes");
}

#[test]
fn depth_costs_the_prop_and_is_never_a_panic() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let event = |levels: usize| format!(r#"{{"kind":"reset","props":{{"deep":{}}}}}"#, nested(levels));
    accepted(&event(PROP_DEPTH_MAX), |event| assert_eq!(prop(event, "dropped_props"), None));
    for levels in [PROP_DEPTH_MAX + 1, 10_000] {
        accepted(&event(levels), |event| assert_eq!(prop(event, "dropped_props"), Some("props.deep")));
    }
    // Elsewhere it is a wrong type, or part of a field that no one reads, however deep.
    let deep = nested(1_000_000);
    accepted(&format!(r#"{{"kind":"reset","title":{}}}"#, nested(10_000)), |event| {
        assert_eq!(prop(event, "dropped_props"), Some("title"));
    });
    accepted(&format!(r#"{{"kind":"reset","context":{{"x":{}}}}}"#, nested(10_000)), |_| {});
    for body in [
        format!(r#"{{"site":"demo","other":{deep},"events":[]}}"#),
        format!(r#"{{"site":{deep},"events":[]}}"#),
        format!(r#"{{"site":"demo","events":{deep}}}"#),
        format!(r#"{{"site":"demo","events":[{deep}]}}"#),
        deep.clone(),
        "[".repeat(1_000_000),
        r#"{"a":"#.repeat(1_000_000),
    ] {
        if let Ok(batch) = native::parse(body.as_bytes()) {
            assert!(batch.events.is_empty());
        }
    }
}

#[test]
fn a_refused_events_payload_is_cut_before_a_character() {
    let event = format!(r#"{{"kind":"nessuno","x":"{}"}}"#, "👟".repeat(2_000));
    let refusal = refused(&event);
    assert!(event.starts_with(&refusal.payload));
    assert!((REJECTED_PAYLOAD_BYTES_MAX - 3..=REJECTED_PAYLOAD_BYTES_MAX).contains(&refusal.payload.len()));
    let kind = refused(&format!(r#"{{"kind":"{}"}}"#, "k".repeat(500)));
    assert_eq!(kind.kind.len(), NAME_BYTES_MAX);
    assert!(kind.message.len() < 300);
}
