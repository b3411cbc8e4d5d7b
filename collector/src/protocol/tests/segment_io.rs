//! What Segment's and RudderStack's SDKs send, and what becomes of it.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::event::{
    EVENT_BYTES_MAX, NAME_BYTES_MAX, PROP_VALUE_BYTES_MAX, PROPS_MAX, ParsedBatch, ParsedEvent, RejectedEvent,
};
use crate::protocol::segment_io::Sender;
use crate::protocol::segment_io::envelope::Body;

use super::prop;

pub const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// A page in a browser.
pub const PAGE: Sender = Sender {
    address: IpAddr::V4(std::net::Ipv4Addr::new(79, 0, 0, 1)),
    user_agent: CHROME,
    from_page: true,
    sent_at: "",
    trusted: false,
    currency: "EUR",
};
/// A server with only a write key.
const SERVER: Sender = Sender { user_agent: "analytics-node-next/latest", from_page: false, ..PAGE };
const TRUSTED: Sender = Sender { trusted: true, ..SERVER };

/// Sends one message and looks at what becomes of it.
fn read<T>(message: &str, sender: &Sender<'_>, look: impl FnOnce(&mut ParsedBatch) -> T) -> T {
    let body = format!(r#"{{"batch":[{message}],"sentAt":"2026-11-21T10:00:01.000Z","writeKey":"demo"}}"#);
    let body = Body::read(body.as_bytes(), "").unwrap_or_else(|error| panic!("{error}: {message}"));
    look(&mut body.events(Cow::Borrowed("demo"), sender))
}

fn accepted<T>(message: &str, sender: &Sender<'_>, look: impl FnOnce(&ParsedEvent) -> T) -> T {
    read(message, sender, |batch| {
        assert_eq!(batch.refused, [], "{message}");
        look(&batch.events[0])
    })
}

fn refused(message: &str) -> RejectedEvent {
    read(message, &PAGE, |batch| {
        assert!(batch.events.is_empty(), "accepted: {message}");
        batch.refused.remove(0)
    })
}

fn track(event: &str, properties: &str) -> String {
    format!(r#"{{"type":"track","event":"{event}","anonymousId":"a1","properties":{properties}}}"#)
}

#[test]
fn named_events_are_kinds_and_the_others_are_custom() {
    // event, sender, kind, name
    let table = [
        ("Product Viewed", &PAGE, "view_item", ""),
        ("product added", &PAGE, "add_to_cart", ""),
        ("Products Searched", &PAGE, "search", ""),
        ("Checkout Started", &PAGE, "begin_checkout", ""),
        ("Order Completed", &PAGE, "order", ""),
        ("Completed Order", &PAGE, "order", ""),
        ("Signed Up", &PAGE, "signup", ""),
        ("Signed In", &PAGE, "login", ""),
        ("Signed Out", &PAGE, "logout", ""),
        ("Application Installed", &PAGE, "app_installed", ""),
        ("Application Updated", &PAGE, "app_updated", ""),
        ("Application Opened", &PAGE, "app_foreground", ""),
        ("Application Backgrounded", &PAGE, "app_background", ""),
        ("Application Crashed", &PAGE, "crash", ""),
        ("Unsubscribed", &PAGE, "unsubscribe", ""),
        ("Wished", &PAGE, "custom", "Wished"),
        ("page_view", &PAGE, "custom", "page_view"),
        // What only a server knows needs its token; without it nothing is lost.
        ("Order Refunded", &TRUSTED, "refund", ""),
        ("Order Refunded", &SERVER, "custom", "Order Refunded"),
        ("Email Opened", &TRUSTED, "newsletter_open", ""),
        ("Email Opened", &PAGE, "custom", "Email Opened"),
        ("Live Chat Conversation Started", &TRUSTED, "chat_started", ""),
        ("Live Chat Conversation Started", &PAGE, "custom", "Live Chat Conversation Started"),
    ];
    for (event, sender, kind, name) in table {
        let bare = format!(r#"{{"type":"track","event":"{event}","anonymousId":"a1"}}"#);
        for message in [track(event, "{}"), track(event, "null"), bare] {
            accepted(&message, sender, |event| {
                assert_eq!((&*event.row.kind, &*event.row.name), (kind, name));
                assert!(!event.server_only || sender.trusted);
            });
        }
    }
}

#[test]
fn money_is_counted_once_and_only_when_it_is_earned() {
    // event, properties, sender, ten-thousandths, currency
    let table = [
        ("Order Completed", r#"{"revenue":12.5,"currency":"usd","total":20}"#, &PAGE, 125_000, "USD"),
        ("Order Completed", r#"{"total":"27.50","value":1}"#, &PAGE, 275_000, "EUR"),
        ("Order Completed", r#"{"value":3}"#, &PAGE, 30_000, "EUR"),
        ("Order Completed", r#"{"revenue":33.333333}"#, &PAGE, 333_333, "EUR"),
        ("Order Completed", r#"{"revenue":"12 euro","total":12}"#, &PAGE, 120_000, "EUR"),
        ("Order Completed", r#"{"revenue":-5}"#, &PAGE, 0, ""),
        ("Order Completed", r#"{"revenue":5,"currency":"euro"}"#, &PAGE, 0, ""),
        ("Order Completed", r#"{"revenue":"","total":null}"#, &PAGE, 0, ""),
        ("Order Completed", r#"{"revenue":{"amount":5}}"#, &PAGE, 0, ""),
        ("Order Refunded", r#"{"total":5}"#, &TRUSTED, 50_000, "EUR"),
        ("Order Refunded", r#"{"revenue":-5}"#, &TRUSTED, -50_000, "EUR"),
        ("Order Refunded", r#"{"revenue":5}"#, &SERVER, 0, ""),
        ("Order Updated", r#"{"revenue":5}"#, &PAGE, 0, ""),
        ("Checkout Started", r#"{"revenue":5,"value":5}"#, &PAGE, 0, ""),
        ("Product Added", r#"{"price":5,"value":5}"#, &PAGE, 0, ""),
        ("Subscription Renewed", r#"{"revenue":9.9}"#, &PAGE, 99_000, "EUR"),
        ("Goal Reached", r#"{"value":9.9,"total":3}"#, &PAGE, 0, ""),
    ];
    for (event, properties, sender, amount, currency) in table {
        accepted(&track(event, properties), sender, |parsed| {
            assert_eq!(
                (parsed.row.revenue, &*parsed.row.currency),
                (amount, currency),
                "{event} {properties}"
            );
        });
    }
    // An amount that cannot be read is kept as it is.
    let message =
        track("Order Completed", r#"{"order_id":"o1","revenue":-5,"products":[{"product_id":"p"}]}"#);
    accepted(&message, &PAGE, |event| {
        assert_eq!((prop(event, "revenue"), prop(event, "dropped_props")), (Some("-5"), Some("revenue")));
        assert_eq!(prop(event, "order_id"), Some("o1"));
        assert_eq!(prop(event, "items"), Some(r#"[{"product_id":"p"}]"#));
    });
    let message = track("Order Completed", r#"{"revenue":5,"currency":"EUR","coupon":"c"}"#);
    accepted(&message, &PAGE, |event| {
        assert_eq!(
            [prop(event, "revenue"), prop(event, "currency"), prop(event, "coupon")],
            [None, None, Some("c")]
        );
    });
}

#[test]
fn calls_become_kinds() {
    // the message without its ids, kind, name, screen, host and path
    let table = [
        (
            r#""type":"page","context":{"page":{"url":"https://x.test/a?q=1"}}"#,
            "page_view",
            "",
            "",
            "x.test/a",
        ),
        (
            r#""type":"page","category":"Docs","name":"Index","properties":{"url":"https://x.test/b"},"context":{"page":{"url":"https://x.test/a"}}"#,
            "page_view",
            "Docs Index",
            "",
            "x.test/b",
        ),
        (r#""type":"page","properties":{"path":"/c"}"#, "page_view", "", "", "/c"),
        (r#""type":"page","name":"Home","properties":{"url":"about:blank"}"#, "custom", "Home", "", ""),
        (r#""type":"page""#, "custom", "page", "", ""),
        (r#""type":"screen","name":"Cart""#, "screen_view", "", "Cart", ""),
        (r#""type":"screen","category":"Shop","name":"Cart""#, "screen_view", "", "Shop Cart", ""),
        (r#""type":"screen""#, "screen_view", "", "screen", ""),
        (r#""type":"identify","userId":"u1","traits":{"plan":"pro"}"#, "identify", "", "", ""),
        (r#""type":"identify","traits":{"plan":"pro"}"#, "identify", "", "", ""),
        (r#""type":"group","groupId":"g1","traits":{"plan":"pro"}"#, "custom", "group", "", ""),
        (r#""type":"alias","previousId":"p1","userId":"u1""#, "alias", "", "", ""),
        (r#""type":"track","event":"A","context":{"page":{"url":"not an address"}}"#, "custom", "A", "", ""),
    ];
    for (fields, kind, name, screen, address) in table {
        accepted(&format!(r#"{{"anonymousId":"a1",{fields}}}"#), &PAGE, |event| {
            let row = &event.row;
            assert_eq!((&*row.kind, &*row.name, &*row.screen), (kind, name, screen), "{fields}");
            assert_eq!(format!("{}{}", row.host, row.path), address, "{fields}");
        });
    }
    let plan = |message: &str| accepted(message, &PAGE, |event| prop(event, "plan").map(str::to_owned));
    for message in [
        r#"{"type":"identify","userId":"u","traits":{"plan":"pro"},"context":{"traits":{"plan":"old"}}}"#,
        r#"{"type":"identify","userId":"u","context":{"traits":{"plan":"pro"}}}"#,
        r#"{"type":"group","userId":"u","groupId":"g","traits":{"plan":"pro"}}"#,
    ] {
        assert_eq!(plan(message).as_deref(), Some("pro"), "{message}");
    }
    assert_eq!(
        plan(r#"{"type":"track","event":"A","userId":"u","context":{"traits":{"plan":"pro"}}}"#),
        None
    );
    let group = accepted(r#"{"type":"group","userId":"u","groupId":7}"#, &PAGE, |event| {
        prop(event, "groupId").map(str::to_owned)
    });
    assert_eq!(group.as_deref(), Some("7"));
}

#[test]
fn an_alias_of_a_server_joins_what_the_visitor_did() {
    let alias = |ids: &str| {
        accepted(&format!(r#"{{"type":"alias",{ids}}}"#), &SERVER, |event| {
            (
                event.row.visitor.to_string(),
                event.row.user.to_string(),
                prop(event, "previous").map(str::to_owned),
            )
        })
    };
    let expected =
        |visitor: &str, previous: &str| (visitor.to_owned(), "u1".to_owned(), Some(previous.to_owned()));
    assert_eq!(alias(r#""previousId":"anon","userId":"u1""#), expected("anon", "anon"));
    assert_eq!(alias(r#""previousId":"old","userId":"u1","anonymousId":"a1""#), expected("a1", "old"));
    assert_eq!(alias(r#""previousId":"@old","userId":"u1""#), expected("", "@old"));
}

#[test]
fn what_scripts_write_for_nothing_is_nothing() {
    for nothing in [r#""""#, "null", r#""null""#, r#""undefined""#] {
        let message = format!(
            r#"{{"type":"track","event":"A","anonymousId":"a1","userId":{nothing},"messageId":{nothing},"timestamp":{nothing},
            "properties":{{"a":{nothing},"b":1}},"context":{{"ip":{nothing},"userAgent":{nothing},"locale":{nothing},
            "timezone":{nothing},"page":{{"url":{nothing},"referrer":{nothing},"title":{nothing}}},"os":{{"name":{nothing}}},
            "campaign":{{"source":{nothing}}},"app":{{"name":{nothing},"version":{nothing}}},"network":{nothing}}}}}"#
        );
        accepted(&message, &PAGE, |event| {
            let row = &event.row;
            for text in [
                &row.user,
                &row.host,
                &row.referrer,
                &row.title,
                &row.os,
                &row.language,
                &row.timezone,
                &row.utm_source,
                &row.app_name,
                &row.app_version,
                &row.network,
            ] {
                assert_eq!(text, "", "{nothing}");
            }
            assert_eq!((event.client_ts, event.from_app), (None, false));
            assert_eq!((prop(event, "a"), prop(event, "b")), (None, Some("1")));
            assert_eq!(event.behalf.address, Some(PAGE.address));
            assert_eq!(event.behalf.user_agent.as_deref(), Some(CHROME));
        });
    }
}

#[test]
fn a_server_says_whom_it_speaks_for_and_its_own_connection_says_nothing() {
    let chrome = Some(CHROME.to_owned());
    let own = Some(PAGE.address.to_string());
    let (none, silent) = (None, Some(String::new()));
    // context, further fields, sender; address, user agent
    let table = [
        ("", "", &PAGE, own.clone(), chrome.clone()),
        (r#""library":{"name":"@segment/analytics-node"}"#, "", &SERVER, none.clone(), none.clone()),
        (r#""library":{"name":"analytics-python"}"#, "", &SERVER, none.clone(), none.clone()),
        // … even when an edge worker lends it a browser's name
        (r#""library":{"name":"@segment/analytics-node"}"#, "", &PAGE, none.clone(), none.clone()),
        (r#""library":{"name":"anything"}"#, r#","channel":"server""#, &PAGE, none.clone(), none.clone()),
        // the HTTP API from a script
        ("", "", &SERVER, none.clone(), none.clone()),
        (
            r#""library":{"name":"analytics-python"},"ip":"203.0.113.9","userAgent":"UA/1""#,
            "",
            &SERVER,
            Some("203.0.113.9".to_owned()),
            Some("UA/1".to_owned()),
        ),
        (r#""library":{"name":"analytics-python"},"ip":"here""#, "", &SERVER, none.clone(), none),
        // apps
        (r#""library":{"name":"analytics-kotlin"}"#, "", &SERVER, own.clone(), silent.clone()),
        (r#""app":{"name":"Bottega"}"#, "", &SERVER, own.clone(), silent.clone()),
        (r#""device":{"type":"ios"}"#, "", &SERVER, own.clone(), silent),
        (
            r#""device":{"type":"ios"},"userAgent":"Bottega/3 (iPhone)""#,
            "",
            &SERVER,
            own.clone(),
            Some("Bottega/3 (iPhone)".to_owned()),
        ),
        (r#""library":{"name":"RudderLabs JavaScript SDK"}"#, "", &PAGE, own, chrome),
    ];
    for (context, fields, sender, address, user_agent) in table {
        let message =
            format!(r#"{{"type":"track","event":"A","userId":"u","context":{{{context}}}{fields}}}"#);
        accepted(&message, sender, |event| {
            assert_eq!(event.behalf.address.map(|address| address.to_string()), address, "{message}");
            assert_eq!(event.behalf.user_agent.as_deref(), user_agent.as_deref(), "{message}");
        });
    }
    let nobody = r#"{"type":"track","event":"A","context":{"library":{"name":"analytics-python"}}}"#;
    read(nobody, &SERVER, |batch| {
        assert_eq!((batch.refused[0].reason, &*batch.refused[0].kind), ("missing_field", "custom"));
    });
}

#[test]
fn the_context_fills_the_columns() {
    let message = r#"{"type":"track","event":"A","anonymousId":"a1","context":{
        "app":{"name":"Bottega","version":"3.2.1","build":412,"namespace":"it.bottega"},
        "device":{"id":"secret","advertisingId":"secret","name":"iPhone di Mario","manufacturer":"Apple","model":"iPhone15,2","type":"ios"},
        "os":{"name":"iOS","version":18.1},"network":{"wifi":false,"cellular":true,"bluetooth":true},
        "screen":{"width":390,"height":844,"density":3},"locale":"it_IT","timezone":"Europe/Rome",
        "campaign":{"source":"nl","medium":"email","name":"spring","term":"t","content":"c"},"groupId":"g1",
        "library":{"name":"analytics-swift","version":"1.6.0"},"sessionId":1795297890683}}"#;
    accepted(message, &SERVER, |event| {
        let row = &event.row;
        assert_eq!([&row.app_name, &row.app_version, &row.app_build], ["Bottega", "3.2.1", "412"]);
        assert_eq!(
            [&row.device_brand, &row.device_model, &row.device_class],
            ["Apple", "iPhone15,2", "smartphone"]
        );
        assert_eq!([&row.os, &row.os_version, &row.network], ["iOS", "18.1", "cellular"]);
        assert_eq!(
            [&row.language, &row.timezone, &row.sdk],
            ["it-IT", "Europe/Rome", "analytics-swift/1.6.0"]
        );
        assert_eq!((row.screen_width, row.screen_height), (390, 844));
        let campaign = [&row.utm_source, &row.utm_medium, &row.utm_campaign, &row.utm_term, &row.utm_content];
        assert_eq!(campaign, ["nl", "email", "spring", "t", "c"]);
        assert_eq!(row.session, "1795297890683");
        assert_eq!(prop(event, "groupId"), Some("g1"));
        assert!(event.from_app);
        assert!(row.props.iter().all(|(_, value)| !value.contains("secret") && !value.contains("Mario")));
    });
    // What has a wrong type is passed over, and costs nothing else.
    let message = r#"{"type":"page","anonymousId":"a1","properties":7,"traits":"x","context":{"app":"x","device":[1],"os":7,
        "screen":{"width":-5,"height":"tall"},"network":"wifi","locale":{"a":1},"page":{"url":"https://x.test/","title":["t"]},
        "campaign":null,"library":true,"userAgentData":[]}}"#;
    accepted(message, &PAGE, |event| {
        assert_eq!((&*event.row.host, event.row.screen_width, &*event.row.title), ("x.test", 0, ""));
    });
}

#[test]
fn client_hints_know_versions_that_user_agents_have_frozen() {
    // platform, its version; os, os_version
    let table = [
        ("Windows", "15.0.0", "Windows", "11"),
        ("Windows", "10.0.0", "Windows", "10"),
        ("Windows", "0.3.0", "", ""),
        ("macOS", "14.5.0", "macOS", "14.5.0"),
        ("Android", "13.0.0", "Android", "13.0.0"),
        ("Windows", "", "", ""),
    ];
    for (platform, version, os, os_version) in table {
        let message = format!(
            r#"{{"type":"track","event":"A","anonymousId":"a","context":{{"userAgentData":{{"mobile":false,
            "platform":"{platform}","platformVersion":"{version}","model":"Pixel 7"}}}}}}"#
        );
        accepted(&message, &PAGE, |event| {
            assert_eq!([&event.row.os, &event.row.os_version], [os, os_version], "{platform} {version}");
            assert_eq!(event.row.device_model, "Pixel 7");
        });
    }
}

#[test]
fn rudderstack_says_direct_and_calls_itself_an_app() {
    let message = r#"{"type":"page","channel":"web","anonymousId":"a1","userId":"","messageId":"m1",
        "originalTimestamp":"2026-11-21T10:00:00.500Z","sentAt":"2026-11-21T10:00:00.900Z",
        "properties":{"path":"/a","referrer":"$direct","referring_domain":"","search":"?x=1","title":"T","url":"https://x.test/a?x=1",
        "tab_url":"https://x.test/a?x=1","initial_referrer":"$direct","initial_referring_domain":""},
        "context":{"app":{"name":"RudderLabs JavaScript SDK","namespace":"com.rudderlabs.javascript","version":"3.34.1"},
        "library":{"name":"RudderLabs JavaScript SDK","version":"3.34.1"},"os":{"name":"","version":""},
        "screen":{"density":1,"width":800,"height":600,"innerWidth":800,"innerHeight":600},"sessionId":1795297890683,"sessionStart":true,
        "page":{"referrer":"$direct","url":"https://x.test/a?x=1"}}}"#;
    accepted(message, &PAGE, |event| {
        let row = &event.row;
        assert_eq!([&row.host, &row.path, &row.query, &row.referrer], ["x.test", "/a", "x=1", ""]);
        assert!(!event.from_app && row.app_name.is_empty() && row.app_version.is_empty());
        assert_eq!(row.session, "1795297890683");
        assert_eq!(event.client_ts, Some(1_795_255_200_500));
        assert_eq!(event.delivery.sent_at, Some(1_795_255_200_900), "its own, not the batch's");
        let props: Vec<_> = row.props.iter().map(|(key, _)| &**key).collect();
        assert_eq!(props, ["initial_referrer"]);
    });
}

#[test]
fn times_and_retries_are_the_messages_own() {
    let delivery = |fields: &str, sender: &Sender<'_>| {
        accepted(&format!(r#"{{"type":"track","event":"A","anonymousId":"a",{fields}}}"#), sender, |event| {
            (
                event.client_ts.map(|ts| ts - 1_795_255_200_000),
                event.delivery.sent_at.map(|ts| ts - 1_795_255_200_000),
                event.delivery.retry,
            )
        })
    };
    let header = Sender { sent_at: "2026-11-21T10:00:07.000Z", ..PAGE };
    let table = [
        (r#""timestamp":"2026-11-21T10:00:00.500Z""#, Some(500), Some(1_000), false),
        (r#""timestamp":"2026-11-21T10:00:00.500+00:00""#, Some(500), Some(1_000), false),
        (r#""timestamp":1795255200500"#, Some(500), Some(1_000), false),
        (r#""originalTimestamp":"2026-11-21T10:00:00.250Z""#, Some(250), Some(1_000), false),
        (r#""timestamp":null,"originalTimestamp":"2026-11-21T10:00:00.250Z""#, Some(250), Some(1_000), false),
        (
            r#""timestamp":"2026-11-21T10:00:00Z","originalTimestamp":"2026-11-21T10:00:00.250Z""#,
            Some(0),
            None,
            false,
        ),
        (r#""sentAt":"2026-11-21T10:00:03.000Z""#, None, Some(3_000), false),
        (r#""sentAt":"yesterday""#, None, Some(1_000), false),
        (r#""timestamp":"yesterday""#, None, Some(1_000), false),
        (r#""timestamp":[],"originalTimestamp":"2026-11-21T10:00:00.250Z""#, Some(250), Some(1_000), false),
        (r#""_metadata":{"retryCount":2}"#, None, Some(1_000), true),
        (r#""_metadata":{"retryCount":0,"nodeVersion":"20"}"#, None, Some(1_000), false),
        (r#""_metadata":7"#, None, Some(1_000), false),
        (r#""context":{"library":{"name":"analytics-kotlin"}}"#, None, Some(1_000), true),
        (r#""context":{"library":{"name":"analytics-swift"}}"#, None, Some(1_000), true),
        (r#""context":{"library":{"name":"analytics-node"}}"#, None, Some(1_000), true),
        (r#""context":{"library":{"name":"@segment/analytics-node"}}"#, None, Some(1_000), false),
    ];
    for (fields, client_ts, sent_at, retry) in table {
        assert_eq!(delivery(fields, &header), (client_ts, sent_at, retry), "{fields}");
    }
    let body = Body::read(br#"{"type":"track","event":"A","anonymousId":"a"}"#, "").unwrap();
    let batch = body.events(Cow::Borrowed("demo"), &header);
    assert_eq!(batch.events[0].delivery.sent_at, Some(1_795_255_207_000), "RudderStack's header");
}

#[test]
fn a_bad_message_is_refused_alone_and_named() {
    let long = "x".repeat(NAME_BYTES_MAX + 1);
    let large = "x".repeat(EVENT_BYTES_MAX);
    let table: &[(&str, &str, &str)] = &[
        ("7", "invalid_event", ""),
        (r#"{"anonymousId":"a"}"#, "missing_field", ""),
        (r#"{"type":"tracks","anonymousId":"a"}"#, "unknown_kind", "tracks"),
        (r#"{"type":"track","anonymousId":"a"}"#, "missing_field", "track"),
        (r#"{"type":"track","event":"","anonymousId":"a"}"#, "missing_field", "track"),
        (r#"{"type":"track","event":{},"anonymousId":"a"}"#, "invalid_field", "track"),
        (&format!(r#"{{"type":"track","event":"{long}","anonymousId":"a"}}"#), "name_too_long", "track"),
        (&format!(r#"{{"type":"track","event":"{large}","anonymousId":"a"}}"#), "event_too_large", ""),
        (r#"{"type":"track","event":"A","anonymousId":"a\u0000"}"#, "invalid_visitor", "custom"),
        (r#"{"type":"track","event":"A","anonymousId":"@a"}"#, "invalid_visitor", "custom"),
        (r#"{"type":"alias","userId":"u"}"#, "missing_field", "alias"),
        (r#"{"type":"alias","previousId":"u"}"#, "missing_field", "alias"),
    ];
    for (message, reason, kind) in table {
        let refusal = refused(message);
        assert_eq!((refusal.reason, &*refusal.kind), (*reason, *kind), "{message}: {}", refusal.message);
        assert!(!refusal.payload.is_empty());
    }
    let good = track("A", "{}");
    read(&format!("{good},7,{good}"), &PAGE, |batch| {
        let kept: Vec<_> = batch.events.iter().map(|event| event.index).collect();
        assert_eq!((kept, batch.refused[0].index), (vec![0, 2], 1));
    });
}

#[test]
fn an_event_outweighs_its_longest_prop() {
    let long = "x".repeat(PROP_VALUE_BYTES_MAX + 1);
    // A list of products may be as long as the message.
    let message =
        track("Order Completed", &format!(r#"{{"products":["{long}"],"notes":["{long}"],"revenue":5}}"#));
    accepted(&message, &PAGE, |event| {
        assert_eq!((event.row.revenue, prop(event, "dropped_props")), (50_000, Some("notes")));
        assert_eq!(prop(event, "items").map(str::len), Some(long.len() + 4));
    });
    let many: Vec<String> = (0..PROPS_MAX + 3).map(|number| format!(r#""p{number}":1"#)).collect();
    accepted(&track("A", &format!("{{{}}}", many.join(","))), &PAGE, |event| {
        assert_eq!(event.row.props.len(), PROPS_MAX + 1);
        assert_eq!(prop(event, "dropped_props"), Some("p64,p65,p66"));
        assert_eq!(prop(event, "p63"), Some("1"));
    });
}

#[test]
fn the_same_message_has_the_same_id() {
    let id = |message: &str| accepted(message, &PAGE, |event| event.row.event_id);
    let message = |id: &str, rest: &str| {
        format!(r#"{{"type":"track","event":"A","anonymousId":"a","messageId":"{id}"{rest}}}"#)
    };
    let first = id(&message("node-next-1795297890683-578963db-3f1c-4b9e", ""));
    assert_eq!(
        first,
        id(&message("node-next-1795297890683-578963db-3f1c-4b9e", r#","sentAt":"2026-11-21T10:00:09Z""#))
    );
    assert_ne!(first, id(&message("node-next-1795297890683-578963db-3f1c-4b9f", "")));
    let uuid = "0193a5f0-6c1e-7d1a-9f00-0123456789ab";
    assert_eq!(id(&message(uuid, "")).to_string(), uuid);
}

#[test]
fn a_batch_has_a_context_of_its_own() {
    let body = br#"{"batch":[{"type":"track","event":"A","userId":"u"},{"type":"track","event":"B","userId":"u","context":{"locale":"fr-FR"}}],
        "context":{"locale":"it-IT","library":{"name":"analytics-ruby"}}}"#;
    let body = Body::read(body, "").unwrap();
    let batch = body.events(Cow::Borrowed("demo"), &SERVER);
    let languages: Vec<_> = batch.events.iter().map(|event| &*event.row.language).collect();
    assert_eq!(languages, ["it-IT", "fr-FR"]);
    assert!(batch.events.iter().all(|event| event.row.sdk == "analytics-ruby"));
}
