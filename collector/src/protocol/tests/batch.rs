//! The request as a whole.

use super::{body, parse};
use crate::ingest::parse_error::ParseError;
use crate::protocol::native;

#[test]
fn good_and_bad_events_are_told_apart_by_their_index() {
    let body = body(&[
        r#"{"kind":"page_view","url":"/a"}"#,
        r#"{"kind":"page_view"}"#,
        r#""page_view""#,
        r#"{"kind":"page_view","url":"/b"}"#,
        r#"{"value":"fast","kind":"vital","name":"LCP"}"#,
        "null",
        r#"{"kind":"page_view","url":"/c"}"#,
    ]);
    let batch = parse(&body);
    let accepted: Vec<_> = batch.events.iter().map(|event| (event.index, &*event.row.path)).collect();
    assert_eq!(accepted, [(0, "/a"), (3, "/b"), (6, "/c")]);
    let refused: Vec<_> = batch.refused.iter().map(|refusal| (refusal.index, refusal.reason)).collect();
    assert_eq!(
        refused,
        [(1, "missing_field"), (2, "invalid_event"), (4, "invalid_field"), (5, "invalid_event")]
    );
    assert_eq!(batch.refused[2].kind, "vital");
    assert_eq!(batch.refused[2].message, "value: expected a number");
    assert_eq!(batch.refused[1].payload, r#""page_view""#);
}

#[test]
fn what_stands_outside_the_events_may_come_after_them() {
    let batch =
        parse(r#" {"events":[{"kind":"reset"}],"visitor":"v9","sent_at":1795255200512,"site":"demo"} "#);
    assert_eq!(batch.write_key, "demo");
    assert_eq!(batch.sent_at, Some(1_795_255_200_512));
    assert_eq!(batch.events[0].row.visitor, "v9");
    assert_eq!(batch.events[0].row.site, "");
}

#[test]
fn an_empty_list_is_a_request_without_events() {
    let batch = parse(r#"{"site":"demo","events":[]}"#);
    assert!(batch.events.is_empty() && batch.refused.is_empty());
    assert!(parse("\u{feff}{\"site\":\"demo\",\"events\":[]}").events.is_empty());
}

#[test]
fn a_bad_default_refuses_only_the_events_that_use_it() {
    let batch =
        parse(r#"{"site":"demo","visitor":"@u","events":[{"kind":"reset"},{"kind":"reset","visitor":"v"}]}"#);
    assert_eq!((batch.refused[0].index, batch.refused[0].reason), (0, "invalid_visitor"));
    assert_eq!(batch.events[0].index, 1);
}

#[test]
fn a_request_that_cannot_be_read_says_why() {
    let table = [
        ("", "not_json", "line 1"),
        ("hello", "not_json", "line 1"),
        ("{\n \"site\": \"mario@example.it\",\n oops}", "not_json", "line 3, column 2"),
        (r#"{"site":"demo","events":[{"kind":"reset"}"#, "not_json", "EOF"),
        (r#"{"site":"demo","events":[]} segreto"#, "not_json", "column 29"),
        (r#"{"site":"demo","events":[{"kind":tru}]}"#, "not_json", "line 1"),
        ("{\"site\":\"a\u{1}b\",\"events\":[]}", "not_json", "control character"),
        ("[1,", "not_json", "EOF"),
        ("[]", "invalid_field", "body: expected an object"),
        ("\"demo\"", "invalid_field", "body: expected an object"),
        ("null", "invalid_field", "body: expected an object"),
        (r#"{"events":[]}"#, "missing_field", "site: required"),
        (r#"{"site":"","events":[]}"#, "missing_field", "site: required"),
        (r#"{"site":null,"events":[]}"#, "missing_field", "site: required"),
        (r#"{"site":"demo"}"#, "missing_field", "events: required"),
        (r#"{"site":5,"events":[]}"#, "invalid_field", "site: expected text"),
        (r#"{"site":"demo","events":{}}"#, "invalid_field", "events: expected a list"),
        (r#"{"site":"demo","events":"none"}"#, "invalid_field", "events: expected a list"),
        (r#"{"site":"demo","events":null}"#, "invalid_field", "events: expected a list"),
        (r#"{"site":"demo","events":7}"#, "invalid_field", "events: expected a list"),
    ];
    for (body, code, part) in table {
        let error = native::parse(body.as_bytes()).expect_err(body);
        let message = error.to_string();
        assert_eq!((error.code(), error.status()), (code, 400), "{body}: {message}");
        assert!(message.contains(part), "{body}: {message}");
        for secret in ["mario", "oops", "segreto"] {
            assert!(!message.contains(secret), "{message}");
        }
    }
}

#[test]
fn bytes_that_are_not_text_are_placed() {
    let error = native::parse(b"{\"site\":\n\"de\xffmo\"}").unwrap_err();
    let problem = "a byte that is not UTF-8".to_owned();
    assert_eq!(error, ParseError::NotJson { line: 2, column: 4, problem });
}

#[test]
fn an_unusable_time_of_sending_costs_nothing() {
    for sent_at in
        [r#""now""#, "[]", "true", r#""""#, r#""1970-01-01T00:00:02Z""#, r#""9999-12-31T00:00:00Z""#, "1e300"]
    {
        let event = r#"{"kind":"reset","ts":"1970-01-01T00:00:01Z"}"#;
        let body = format!(r#"{{"site":"demo","sent_at":{sent_at},"events":[{event}]}}"#);
        let batch = parse(&body);
        assert_eq!((batch.events.len(), batch.refused.len()), (1, 0), "{sent_at}");
        assert_eq!(batch.events[0].client_ts, Some(1_000));
    }
}
