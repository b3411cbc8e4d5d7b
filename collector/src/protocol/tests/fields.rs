//! Fields that all kinds share.

use std::borrow::Cow;

use super::{accepted, parse, prop, refused};

#[test]
fn text_is_borrowed_from_the_body_and_escapes_are_resolved() {
    accepted(r#"{"kind":"custom","name":"perché no 👟","props":{"a":"b"}}"#, |event| {
        assert!(matches!(event.row.name, Cow::Borrowed("perché no 👟")));
        assert!(matches!(event.row.props[0], (Cow::Borrowed("a"), Cow::Borrowed("b"))));
    });
    accepted(
        r#"{"kind":"custom","name":"perch\u00e9 no \ud83d\udc5f","props":{"\u0061":"\"b\"\n"}}"#,
        |event| {
            assert_eq!(event.row.name, "perché no 👟");
            assert_eq!(prop(event, "a"), Some("\"b\"\n"));
        },
    );
    accepted(
        r#"{"kind":"page_view","url":"https:\/\/Bottega.example\/a?b\u003dc","title":"cut \ud83d"}"#,
        |event| {
            assert_eq!(
                (&*event.row.host, &*event.row.path, &*event.row.query),
                ("bottega.example", "/a", "b=c")
            );
            assert!(event.row.title.starts_with("cut \u{fffd}"));
        },
    );
}

#[test]
fn props_keep_text_as_it_is_and_all_else_as_json() {
    let event = r#"{"kind":"custom","name":"a","props":{
        "text":" a ","empty":"","int":1,"decimal":1.10,"yes":true,"no":false,"null":null,
        "list":[ 1, "a b" ],"object":{ "k" : "v" }}}"#;
    accepted(event, |event| {
        let expected = [
            ("text", " a "),
            ("empty", ""),
            ("int", "1"),
            ("decimal", "1.10"),
            ("yes", "true"),
            ("no", "false"),
            ("list", r#"[1,"a b"]"#),
            ("object", r#"{"k":"v"}"#),
        ];
        let props: Vec<_> = event.row.props.iter().map(|(key, text)| (&**key, &**text)).collect();
        assert_eq!(props, expected);
    });
}

#[test]
fn a_key_that_comes_twice_counts_as_it_came_last() {
    let event = r#"{"kind":"reset","kind":"custom","name":"a","name":"b","props":{"x":1,"y":1,"x":2},"x":3,"x":4,
        "z":5,"z":6,"context":{"language":"it","sdk":"a"},"context":{"language":"de"}}"#;
    accepted(event, |event| {
        assert_eq!((&*event.row.kind, &*event.row.name), ("custom", "b"));
        // The event's own field wins over the prop of the same name.
        let props: Vec<_> = event.row.props.iter().map(|(key, text)| (&**key, &**text)).collect();
        assert_eq!(props, [("x", "4"), ("z", "6"), ("y", "1")]);
        assert_eq!((&*event.row.language, &*event.row.sdk), ("de", ""));
    });
    accepted(r#"{"kind":"custom","name":"a","props":{"x":1},"props":{"y":2}}"#, |event| {
        assert_eq!((prop(event, "x"), prop(event, "y")), (None, Some("2")));
    });
}

#[test]
fn the_context_fills_its_columns_and_the_events_own_wins_field_by_field() {
    let body = r#"{"site":"demo","visitor":"v1","user":"u1","session":"s1","context":{
        "language":"it-IT","timezone":"Europe/Rome","screen":{"width":390,"height":844.4,"density":3},
        "viewport":{"width":390,"height":664},"touch_points":5,"app":{"name":"Bottega","version":"3.2.1","build":412},
        "device":{"brand":"Apple","model":"iPhone15,2","class":"smartphone"},"os":{"name":"iOS","version":"18.1"},
        "network":"cellular","consent":"granted","sdk":"orma-js/1.0.0"},
        "events":[{"kind":"reset"},
            {"kind":"reset","visitor":"v2","user":"u2","session":"s2",
             "context":{"language":"de","app":{"build":"413"},"screen":{"width":70000},"consent":"perhaps"}},
            {"kind":"reset","visitor":null,"user":"undefined","session":"","context":null}]}"#;
    let batch = parse(body);
    assert_eq!(batch.refused, []);
    let [first, own, absent] = batch.events.as_slice() else { panic!("three events") };
    for event in [first, absent] {
        let row = &event.row;
        assert_eq!((&*row.visitor, &*row.user, &*row.session), ("v1", "u1", "s1"));
        assert_eq!((&*row.language, &*row.timezone), ("it-IT", "Europe/Rome"));
        assert_eq!((row.screen_width, row.screen_height), (390, 844));
        assert_eq!((&*row.app_name, &*row.app_version, &*row.app_build), ("Bottega", "3.2.1", "412"));
        assert_eq!(
            (&*row.device_brand, &*row.device_model, &*row.device_class),
            ("Apple", "iPhone15,2", "smartphone")
        );
        assert_eq!((&*row.os, &*row.os_version), ("iOS", "18.1"));
        assert_eq!((&*row.network, &*row.consent, &*row.sdk), ("cellular", "granted", "orma-js/1.0.0"));
        assert!(event.from_app);
    }
    let row = &own.row;
    assert_eq!((&*row.visitor, &*row.user, &*row.session), ("v2", "u2", "s2"));
    assert_eq!((&*row.language, &*row.timezone), ("de", "Europe/Rome"));
    assert_eq!((&*row.app_name, &*row.app_build), ("Bottega", "413"));
    assert_eq!((row.screen_width, row.screen_height), (u16::MAX, 844));
    assert_eq!(row.consent, "granted");
}

#[test]
fn only_a_named_app_makes_an_event_an_apps() {
    for (app, from_app) in [
        (r#"{"name":"Bottega"}"#, true),
        (r#"{"version":"3.2.1"}"#, true),
        (r#"{"build":"412"}"#, false),
        ("{}", false),
        ("null", false),
    ] {
        accepted(&format!(r#"{{"kind":"reset","context":{{"app":{app}}}}}"#), |event| {
            assert_eq!(event.from_app, from_app, "{app}");
        });
    }
}

#[test]
fn the_clients_time_is_kept_apart() {
    for ts in [r#""2026-11-21T10:00:00.512Z""#, "1795255200512", r#""1795255200512""#] {
        accepted(&format!(r#"{{"kind":"reset","ts":{ts}}}"#), |event| {
            assert_eq!(event.client_ts, Some(1_795_255_200_512), "{ts}");
            assert_eq!((event.row.client_ts, event.row.ts), (1_795_255_200_512, 0));
        });
    }
    accepted(r#"{"kind":"reset"}"#, |event| assert_eq!((event.client_ts, event.row.client_ts), (None, 0)));
    for ts in [r#""soon""#, "1e999", "[]", r#""2026-11-21""#] {
        accepted(&format!(r#"{{"kind":"reset","ts":{ts}}}"#), |event| {
            let error = event.time_error.as_ref().unwrap();
            assert_eq!((error.reason, error.field()), ("invalid_time", "ts"), "{ts}");
            assert_eq!((event.client_ts, prop(event, "dropped_props")), (None, Some("ts")), "{ts}");
        });
    }
}

#[test]
fn a_repeated_body_repeats_its_ids() {
    let body = super::body(&[
        r#"{"kind":"reset","id":"0193a5f0-6c1e-7d1a-9f00-0123456789ab"}"#,
        r#"{"kind":"reset","id":"ordine 12"}"#,
        r#"{"kind":"reset","ts":1795255200512}"#,
        r#"{"kind":"logout","ts":1795255200512}"#,
        r#"{"kind":"reset","id":"undefined"}"#,
    ]);
    let ids = || parse(&body).events.iter().map(|event| event.row.event_id).collect::<Vec<_>>();
    let (first, second) = (ids(), ids());
    assert_eq!(first[..4], second[..4]);
    assert_ne!(first[4], second[4]);
    assert_eq!(first.iter().map(uuid::Uuid::get_version_num).collect::<Vec<_>>(), [7, 8, 8, 8, 7]);
    assert_ne!(first[2], first[3]);
    let other_visitor = body.replace("\"v1\"", "\"v2\"");
    assert_ne!(parse(&other_visitor).events[2].row.event_id, first[2]);
}

#[test]
fn ids_are_checked_and_never_repeated_in_messages() {
    let table = [
        (r#""visitor":"@mario""#, "invalid_visitor", "visitor"),
        (r#""visitor":"mario\u0000""#, "invalid_visitor", "visitor"),
        (r#""visitor":"ma\nrio""#, "invalid_visitor", "visitor"),
        (r#""user":"mario\u007f""#, "invalid_user", "user"),
    ];
    for (field, reason, name) in table {
        let refusal = refused(&format!(r#"{{"kind":"reset",{field}}}"#));
        assert_eq!(refusal.reason, reason, "{field}");
        assert!(refusal.message.starts_with(&format!("{name}: ")), "{}", refusal.message);
        assert!(!refusal.message.contains("mario"), "{}", refusal.message);
    }
    accepted(r#"{"kind":"reset","user":"@mario@example.it"}"#, |event| {
        assert_eq!(event.row.user, "@mario@example.it");
    });
}

#[test]
fn nul_leaves_text_and_other_control_characters_stay() {
    let event = r#"{"kind":"custom","name":"a\u0000b","title":"c\u0000\td","props":{"k\u0000":"e\u0000f"}}"#;
    accepted(event, |event| {
        assert_eq!((&*event.row.name, &*event.row.title), ("ab", "c\td"));
        assert_eq!(prop(event, "k"), Some("ef"));
    });
}

#[test]
fn an_event_without_visitor_and_user_is_fine() {
    let batch = parse(r#"{"site":"demo","events":[{"kind":"page_view","url":"/"}]}"#);
    assert_eq!((&*batch.events[0].row.visitor, &*batch.events[0].row.user), ("", ""));
}
