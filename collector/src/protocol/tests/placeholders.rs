//! What machines write where they have no id, through every protocol: whoever carries one is nobody, and never the
//! same person as all others who do; and what cannot be an id costs the id, not the event.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use orma_store::newsletter::{Act, Letter};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::event::ParsedBatch;
use crate::protocol::segment_io::Sender;
use crate::protocol::segment_io::envelope::Body;
use crate::protocol::{native, newsletter, pixel};

const PLACEHOLDERS: [&str; 20] = [
    "",
    "null",
    "undefined",
    "NaN",
    "None",
    "0",
    "-",
    "-1",
    "unknown",
    "anonymous",
    "Guest",
    "[object Object]",
    "{{user_id}}",
    "%%USER%%",
    "%USER%",
    "*|EMAIL|*",
    "${user.id}",
    "<USER_ID>",
    "00000000-0000-0000-0000-000000000000",
    "\"\"",
];

/// A page of Segment's client.
const SENDER: Sender = Sender {
    address: IpAddr::V4(Ipv4Addr::new(79, 0, 0, 1)),
    user_agent: "Mozilla/5.0",
    from_page: true,
    sent_at: "",
    trusted: false,
    currency: "EUR",
};

/// Values of JSON that are no id either.
const NO_TEXT: [&str; 6] = ["null", "false", "0", "{}", "[]", r#"{"id":"mario"}"#];

/// Visitor, user and session of the only event, and its own id's version: 7 is that of a new one.
fn ids(batch: &ParsedBatch<'_>, sent: &str) -> (String, String, String, usize) {
    assert_eq!(batch.refused, [], "{sent}");
    let [event] = batch.events.as_slice() else { panic!("one event: {sent}") };
    let row = &event.row;
    let texts = [&row.visitor, &row.user, &row.session].map(ToString::to_string);
    let [visitor, user, session] = texts;
    (visitor, user, session, row.event_id.get_version_num())
}

fn nothing() -> (String, String, String, usize) {
    (String::new(), String::new(), String::new(), 7)
}

fn json_values() -> impl Iterator<Item = String> {
    let texts = PLACEHOLDERS.iter().map(|text| serde_json::to_string(text).expect("text is JSON"));
    texts.chain(NO_TEXT.map(ToOwned::to_owned))
}

#[test]
fn of_the_native_protocol() {
    for id in json_values() {
        let own = format!(
            r#"{{"site":"demo","events":[{{"kind":"reset","visitor":{id},"user":{id},"session":{id},"id":{id}}}]}}"#
        );
        let outside = format!(
            r#"{{"site":"demo","visitor":{id},"user":{id},"session":{id},"events":[{{"kind":"reset"}}]}}"#
        );
        for body in [own, outside] {
            assert_eq!(ids(&native::parse(body.as_bytes()).expect(&body), &body), nothing(), "{body}");
        }
        let beside = format!(
            r#"{{"site":"demo","visitor":"v1","user":"u1","session":"s1","events":[{{"kind":"reset","user":{id}}}]}}"#
        );
        let found = ids(&native::parse(beside.as_bytes()).expect(&beside), &beside);
        assert_eq!((&*found.0, &*found.1, &*found.2), ("v1", "u1", "s1"), "{beside}");
    }
    let numbers = r#"{"site":"demo","visitor":17,"user":42,"events":[{"kind":"reset","id":7}]}"#;
    let found = ids(&native::parse(numbers.as_bytes()).unwrap(), numbers);
    assert_eq!((&*found.0, &*found.1, found.3), ("17", "42", 8));
}

#[test]
fn of_a_pixel() {
    for id in PLACEHOLDERS {
        let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
        let query = format!("site=demo&kind=reset&visitor={id}&user={id}&session={id}&id={id}");
        assert_eq!(ids(&pixel::parse(&query).unwrap(), &query), nothing(), "{query}");
    }
    // As templates leave them, not encoded.
    let query = "site=demo&kind=reset&visitor=%%VISITOR%%&user={{ user.id }}&session=*|SESSION|*";
    assert_eq!(ids(&pixel::parse(query).unwrap(), query), nothing());
}

#[test]
fn of_segment() {
    let sender = SENDER;
    for id in json_values() {
        let body = format!(
            r#"{{"batch":[{{"type":"track","event":"A","anonymousId":{id},"userId":{id},"messageId":{id},
            "context":{{"sessionId":{id}}}}}]}}"#
        );
        let messages = Body::read(body.as_bytes(), "").expect(&body);
        assert_eq!(ids(&messages.events(Cow::Borrowed("demo"), &sender), &body), nothing(), "{body}");
        let body = format!(r#"{{"batch":[{{"type":"identify","anonymousId":"a1","userId":{id}}}]}}"#);
        let messages = Body::read(body.as_bytes(), "").expect(&body);
        let found = ids(&messages.events(Cow::Borrowed("demo"), &sender), &body);
        assert_eq!((&*found.0, &*found.1), ("a1", ""), "{body}");
    }
}

#[test]
fn of_a_newsletter() {
    for recipient in PLACEHOLDERS {
        let letter = Letter {
            act: Act::Open,
            sent_at: 1_795_341_600,
            campaign: "c",
            message: "m",
            recipient,
            link: "",
            target: "",
        };
        let batch = newsletter::event::event(&letter, Uuid::from_u128(7), "of the day".into(), 5);
        let found = ids(&batch, recipient);
        assert_eq!((&*found.0, &*found.1), ("of the day", ""), "{recipient}");
    }
}

#[test]
fn nobody_is_identified_and_nothing_is_joined() {
    let table = [
        (r#"{"kind":"identify","user":"undefined","traits":{"plan":"gold"}}"#, ("v1", ""), 1),
        (r#"{"kind":"identify","user":{}}"#, ("v1", ""), 0),
        (r#"{"kind":"alias","user":"u1","previous":"null"}"#, ("v1", "u1"), 0),
        (r#"{"kind":"alias","user":"u1","props":{"previous":"{{old}}"}}"#, ("v1", "u1"), 0),
        (r#"{"kind":"alias","user":"guest","previous":"old"}"#, ("v1", ""), 1),
        (r#"{"kind":"order","order_id":"0"}"#, ("v1", ""), 0),
        (r#"{"kind":"order","props":{"order_id":"unknown","total":"0"}}"#, ("v1", ""), 1),
        // Not an id: a property that has the same name.
        (r#"{"kind":"custom","name":"a","previous":"0"}"#, ("v1", ""), 1),
    ];
    for (event, who, props) in table {
        super::accepted(event, |event| {
            assert_eq!((&*event.row.visitor, &*event.row.user), who);
            assert_eq!(event.row.props.len(), props, "{:?}", event.row.props);
        });
    }
    for (event, name) in [
        (r#"{"kind":"alias","user":"u1","previous":" old\n"}"#, "previous"),
        (r#"{"kind":"order","props":{"order_id":"\told "}}"#, "order_id"),
    ] {
        super::accepted(event, |event| assert_eq!(super::prop(event, name), Some("old")));
    }
    for event in
        [r#"{"kind":"identify"}"#, r#"{"kind":"alias","user":"u1"}"#, r#"{"kind":"identify","user":null}"#]
    {
        assert_eq!(super::refused(event).reason, "missing_field", "{event}");
    }
}

#[test]
fn an_address_that_is_none_costs_no_event() {
    for ip in ["", "unknown", "-", "null", "{{ip}}"] {
        let event = format!(r#"{{"kind":"reset","context":{{"ip":"{ip}"}}}}"#);
        super::accepted(&event, |event| assert_eq!(event.behalf.address, None));
    }
    for (ip, address) in [
        (r#""203.0.113.7:4711""#, Some("203.0.113.7")),
        (r#""[2001:db8::7]:443""#, Some("2001:db8::7")),
        (r#""unknown, 203.0.113.7, 10.0.0.1""#, Some("203.0.113.7")),
        (r#"["203.0.113.7","10.0.0.1"]"#, Some("203.0.113.7")),
        ("[]", None),
        ("[7]", None),
        (r#""203.0.113""#, None),
        ("{}", None),
    ] {
        let event = format!(r#"{{"kind":"reset","context":{{"ip":{ip}}}}}"#);
        super::accepted(&event, |event| {
            assert_eq!(event.behalf.address.map(|address| address.to_string()).as_deref(), address, "{ip}");
        });
        let message = format!(
            r#"{{"batch":[{{"type":"track","event":"A","userId":"u","context":{{"ip":{ip},
            "library":{{"name":"analytics-python"}}}}}}]}}"#
        );
        let sender = Sender { from_page: false, user_agent: "analytics-python/2", ..SENDER };
        let messages = Body::read(message.as_bytes(), "").unwrap();
        let batch = messages.events(Cow::Borrowed("demo"), &sender);
        let read = batch.events[0].behalf.address.map(|address| address.to_string());
        assert_eq!(read.as_deref(), address, "{ip}");
    }
}
