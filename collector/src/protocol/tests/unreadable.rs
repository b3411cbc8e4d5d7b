//! What cannot be read costs itself, not its event, and never the request; the event names it. Only what a kind demands
//! costs the event.

use super::{accepted, parse, prop};
use crate::event::ParsedEvent;
use crate::protocol::pixel;

/// Values of JSON that are none of what the fields below are.
const GARBAGE: [&str; 6] = ["true", "[]", "[[1],{}]", "{}", r#"{"a":{"b":[null]}}"#, r#"["scarpe"]"#];

fn dropped<'e>(event: &'e ParsedEvent<'_>) -> &'e str {
    prop(event, "dropped_props").unwrap_or_default()
}

#[test]
fn a_field_of_a_wrong_type_costs_itself() {
    let fields = [
        "title",
        "referrer",
        "target",
        "message",
        "link",
        "engaged_ms",
        "scroll_pct",
        "load_ms",
        "ttid_ms",
        "value",
        "score",
        "ts",
        "duration_ms",
        "screen",
        "name",
    ];
    for field in fields {
        for value in GARBAGE {
            let event = format!(r#"{{"kind":"page_view","url":"/a","{field}":{value},"colore":"rosso"}}"#);
            accepted(&event, |event| {
                assert_eq!((&*event.row.path, dropped(event)), ("/a", field), "{field} {value}");
                assert_eq!(prop(event, "colore"), Some("rosso"));
            });
        }
    }
    for (kind, fields, name) in [
        ("page_leave", r#""scroll_pct":101"#, "scroll_pct"),
        ("page_leave", r#""scroll_pct":-1"#, "scroll_pct"),
        ("page_leave", r#""engaged_ms":"long""#, "engaged_ms"),
        ("page_leave", r#""engaged_ms":4294967296"#, "engaged_ms"),
        ("vital", r#""name":"LCP","value":1,"rating":"fine""#, "rating"),
        ("vital", r#""name":"LCP","value":1,"rating":[1]"#, "rating"),
        ("identify", r#""user":"u1","traits":["oro"]"#, "traits"),
        ("newsletter_sent", r#""campaign":["natale"]"#, "campaign"),
        ("survey_answer", r#""survey":"nps","score":"nine""#, "score"),
        ("custom", r#""name":"a","props":"b""#, "props"),
        ("custom", r#""name":"a","props":[1]"#, "props"),
        ("custom", r#""name":"a","url":"about:blank""#, "url"),
        ("custom", r#""name":"a","url":{}"#, "url"),
        ("reset", r#""session":"a\u0000b""#, "session"),
        ("reset", r#""title":1,"scroll_pct":"x","props":7"#, "props,scroll_pct,title"),
    ] {
        accepted(&format!(r#"{{"kind":"{kind}",{fields}}}"#), |event| {
            assert_eq!((&*event.row.kind, dropped(event)), (kind, name), "{fields}");
        });
    }
    accepted(r#"{"kind":"vital","name":"LCP","value":1,"rating":"fine"}"#, |event| {
        assert_eq!(event.row.rating, "good", "computed");
    });
    let long = "x".repeat(crate::event::ID_BYTES_MAX + 1);
    accepted(&format!(r#"{{"kind":"reset","session":"{long}","id":"{long}"}}"#), |event| {
        assert_eq!((&*event.row.session, event.row.event_id.get_version_num()), ("", 8));
    });
}

#[test]
fn money_that_cannot_be_read_stays_to_be_seen() {
    for (revenue, field) in [
        ("12.9", "revenue"),
        ("[]", "revenue"),
        (r#""NaN""#, "revenue"),
        ("{}", "revenue.amount"),
        (r#"{"amount":null,"currency":"EUR"}"#, "revenue.amount"),
        (r#"{"amount":"NaN","currency":"EUR"}"#, "revenue.amount"),
        (r#"{"amount":"12,90","currency":"EUR"}"#, "revenue.amount"),
        (r#"{"amount":[1],"currency":"EUR"}"#, "revenue.amount"),
        (r#"{"amount":1}"#, "revenue.currency"),
        (r#"{"amount":1,"currency":"euro"}"#, "revenue.currency"),
        (r#"{"amount":1,"currency":["EUR"]}"#, "revenue.currency"),
    ] {
        let event = format!(r#"{{"kind":"order","order_id":"o1","revenue":{revenue}}}"#);
        accepted(&event, |event| {
            assert_eq!(
                (event.row.revenue, &*event.row.currency, dropped(event)),
                (0, "", field),
                "{revenue}"
            );
            assert_eq!(prop(event, "revenue"), Some(revenue.trim_matches('"')));
            assert_eq!(prop(event, "order_id"), Some("o1"));
        });
    }
    accepted(r#"{"kind":"order","revenue":null}"#, |event| assert_eq!(event.row.props, []));
}

#[test]
fn a_context_costs_what_of_it_cannot_be_read() {
    for context in [r#""it""#, "7", "[]", r#"[{"language":"it"}]"#, "true"] {
        accepted(&format!(r#"{{"kind":"reset","context":{context}}}"#), |event| {
            assert_eq!((&*event.row.language, dropped(event)), ("", "context"), "{context}");
        });
        let body = format!(
            r#"{{"site":"demo","visitor":"v1","events":[{{"kind":"reset"}},{{"kind":"reset","context":{{"language":"it"}}}}],
            "context":{context}}}"#
        );
        let batch = parse(&body);
        let languages: Vec<_> =
            batch.events.iter().map(|event| (&*event.row.language, dropped(event))).collect();
        assert_eq!(
            (batch.refused.len(), languages),
            (0, vec![("", "context"), ("it", "context")]),
            "{context}"
        );
    }
    let parts = [
        ("language", "language"),
        ("timezone", "timezone"),
        ("network", "network"),
        ("sdk", "sdk"),
        ("consent", "consent"),
        ("user_agent", "user_agent"),
        ("hints", "hints"),
        ("touch_points", "touch_points"),
        ("screen", "screen"),
        ("app", "app"),
        ("device", "device"),
        ("os", "os"),
    ];
    for (part, name) in parts {
        for value in ["[]", "true", r#"[["x"]]"#] {
            for outside in [false, true] {
                let context =
                    format!(r#""context":{{"{part}":{value},"app":{{"version":"3"}},"language":"it"}}"#);
                let context = match part {
                    "app" => context.replace(r#","app":{"version":"3"}"#, ""),
                    "language" => context.replace(r#","language":"it""#, ""),
                    _ => context,
                };
                let body = if outside {
                    format!(r#"{{"site":"demo","visitor":"v1",{context},"events":[{{"kind":"reset"}}]}}"#)
                } else {
                    format!(r#"{{"site":"demo","visitor":"v1","events":[{{"kind":"reset",{context}}}]}}"#)
                };
                let batch = parse(&body);
                assert_eq!(batch.refused, [], "{body}");
                let event = &batch.events[0];
                assert_eq!(dropped(event), format!("context.{name}"), "{body}");
                assert!(event.row.language == "it" || part == "language", "{body}");
                assert!(event.row.app_version == "3" || part == "app", "{body}");
            }
        }
    }
    for (object, fields) in [
        ("screen", "width height"),
        ("app", "name version build"),
        ("device", "brand model class"),
        ("os", "name version"),
    ] {
        for field in fields.split(' ') {
            let event = format!(r#"{{"kind":"reset","context":{{"{object}":{{"{field}":[1]}},"sdk":"s"}}}}"#);
            accepted(&event, |event| {
                let name = format!("context.{object}.{field}");
                assert_eq!((dropped(event), &*event.row.sdk), (&*name, "s"));
            });
        }
    }
    accepted(
        r#"{"kind":"reset","context":{"screen":{"width":"wide","height":844},"app":"Bottega"}}"#,
        |event| {
            assert_eq!((event.row.screen_height, event.from_app), (844, false));
            assert_eq!(dropped(event), "context.app,context.screen.width");
        },
    );
}

#[test]
fn a_parameter_of_a_pixel_costs_itself() {
    for (query, name) in [
        ("ts=soon", "ts"),
        ("ts=[object+Object]", "ts"),
        ("engaged_ms=NaN", "engaged_ms"),
        ("scroll_pct=150", "scroll_pct"),
        ("load_ms=undefined", "load_ms"),
        ("value=fast", "value"),
        ("score=null", "score"),
        ("revenue=12%2C90&currency=EUR", "revenue.amount"),
        ("revenue=NaN&currency=EUR", "revenue.amount"),
        ("revenue=12.90", "revenue.currency"),
        ("revenue=12.90&currency=undefined", "revenue.currency"),
    ] {
        let query = format!("site=demo&kind=order&order_id=o1&{query}");
        let batch = pixel::parse(&query).unwrap();
        assert_eq!(batch.refused, [], "{query}");
        let event = &batch.events[0];
        assert_eq!((dropped(event), prop(event, "order_id")), (name, Some("o1")), "{query}");
    }
    let batch = pixel::parse("site=demo&kind=order&revenue=12%2C90&currency=EUR").unwrap();
    let event = &batch.events[0];
    assert_eq!((prop(event, "revenue"), prop(event, "currency")), (Some("12,90"), Some("EUR")));
}

#[test]
fn a_full_list_of_props_has_room_for_the_names_of_what_was_left_out() {
    let props: Vec<String> = (0..crate::event::PROPS_MAX).map(|number| format!(r#""p{number}":1"#)).collect();
    let event = format!(r#"{{"kind":"order","title":[],"revenue":7,"props":{{{}}}}}"#, props.join(","));
    accepted(&event, |event| {
        assert_eq!((event.row.props.len(), dropped(event)), (crate::event::PROPS_MAX + 1, "revenue,title"));
    });
}
