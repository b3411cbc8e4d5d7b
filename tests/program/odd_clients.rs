//! What clients of other makers send that is not quite as it should be: nothing of it costs the rest.

use std::io::Write;

use serde_json::{Value, json};

use crate::support::{Orma, request, wait_for};

const BASIC: (&str, &str) = ("authorization", "Basic ZGVtbzo=");
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";

fn stored(orma: &Orma, count: u64) {
    wait_for("the events", || (orma.number("SELECT uniqExact(event_id) FROM events") == count).then_some(()));
}

fn track(id: impl Into<Value>, name: &str) -> Value {
    json!({"type": "track", "event": name, "messageId": id.into(), "anonymousId": "a1"})
}

#[test]
fn ids_that_are_no_uuids_and_texts_that_are_no_unicode_cost_no_event() {
    let orma = Orma::start();
    // A database's number as the id of an event, twice, and next to it one that is as it should be.
    let native = json!({"site": "demo", "visitor": "v1", "events": [
        {"kind": "custom", "name": "number", "id": "50172"}, {"kind": "custom", "name": "number", "id": "50172"},
        {"kind": "custom", "name": "uuid", "id": "018f0000-0000-7000-8000-000000000009"}]});
    let answer = orma.post(native.to_string(), &[]);
    assert_eq!((answer.status, answer.json()["rejected"].clone()), (200, json!([])), "{}", answer.text);
    // The same number is the same event, whichever protocol says it.
    let segment = json!({"batch": [track(50172, "number"), track("50173", "text")]});
    assert_eq!(request("POST", &orma.url("/v1/batch"), &[BASIC], segment.to_string().as_bytes()).status, 200);
    stored(&orma, 3);

    // A text that was cut in the middle of an emoji, and bytes of another encoding in an address.
    let cut = r#"{"site":"demo","visitor":"v2","events":[{"kind":"custom","name":"cut","props":{"said":"bella \ud83d"}},
        {"kind":"custom","name":"whole","props":{"said":"bella \ud83d\ude00"}}]}"#;
    let answer = orma.post(cut, &[]);
    assert_eq!((answer.status, answer.json()["accepted"].clone()), (200, json!(2)), "{}", answer.text);
    let pixel = request(
        "GET",
        &orma.url(
            "/p.gif?site=demo&visitor=v3&title=hduy%20%AC%20nuo&url=https://x.test/%E0%A4%A?price=216,456",
        ),
        &[("user-agent", CHROME)],
        b"",
    );
    assert_eq!((pixel.status, pixel.header("content-type")), (200, Some("image/gif")));
    stored(&orma, 6);
}

#[test]
fn one_message_of_a_batch_that_cannot_be_read_costs_none_of_the_others() {
    let orma = Orma::start();
    let mut odd = track("odd", "Odd");
    odd["timestamp"] = json!("Invalid date");
    let mut absent = track("absent", "No time");
    absent["timestamp"] = Value::Null;
    let batch = json!({"batch": [track("1", "A"), odd, 7, "text", {}, absent, track("2", "B")]});
    let answer = request("POST", &orma.url("/v1/batch"), &[BASIC], batch.to_string().as_bytes());
    assert_eq!(answer.status, 200);
    let rejected = answer.json()["rejected"].clone();
    let refused: Vec<u64> =
        rejected.as_array().unwrap().iter().map(|one| one["index"].as_u64().unwrap()).collect();
    assert_eq!(refused, [1, 2, 3, 4], "{rejected}");
    stored(&orma, 3);
    // What was refused is kept with its reason.
    let kept = || orma.number("SELECT count() FROM rejected_events");
    wait_for("the refused", || (kept() == 4).then_some(()));
}

#[test]
fn batches_as_large_as_clients_make_them_are_taken() {
    let orma = Orma::start();
    let message = |number: usize| {
        let mut message = track(format!("m{number}"), "Large");
        message["properties"] = json!({"text": "b".repeat(7_000)});
        message
    };
    // Half a megabyte is what the makers promise, and their clients exceed.
    let plain = json!({"batch": (0..120).map(message).collect::<Vec<_>>()}).to_string();
    assert!(plain.len() > 600_000);
    assert_eq!(request("POST", &orma.url("/v1/import"), &[BASIC], plain.as_bytes()).status, 200);
    let many = json!({"batch": (120..1_000).map(message).collect::<Vec<_>>()}).to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(many.as_bytes()).unwrap();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let answer = request("POST", &orma.url("/v1/batch"), &[BASIC, form], &gzip.finish().unwrap());
    assert_eq!(answer.status, 200, "{}", answer.text);
    stored(&orma, 1_000);
}

#[test]
fn browsers_inside_apps_and_servers_that_speak_for_somebody_are_people() {
    let orma = Orma::start();
    let reader = "Mozilla/5.0 (Linux; Android 10; SM-G9650 Build/QP1A.190711.020; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
        Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 JsSdk/2 NewsArticle/2.0.4 GoldBrowser/2.0.4 NetType/wifi \
        TTWebView/1121130048408";
    let view = |visitor: &str| {
        json!({"site": "demo", "visitor": visitor, "events": [{"kind": "page_view", "url": "https://x.test/a"}]}).to_string()
    };
    assert_eq!(orma.post(view("reader"), &[("user-agent", reader)]).status, 200);
    // A server function's own user agent and address say nothing of whom it speaks for.
    let mut message = track("s1", "Donated");
    message["context"] = json!({"ip": "79.0.0.1", "userAgent": CHROME});
    let server = ("user-agent", "Deno/1.40.4");
    let body = json!({"batch": [message]}).to_string();
    assert_eq!(request("POST", &orma.url("/v1/batch"), &[BASIC, server], body.as_bytes()).status, 200);
    stored(&orma, 2);
    let rows = orma.sql("SELECT visitor, bot FROM events ORDER BY visitor");
    assert_eq!(rows, [json!({"visitor": "a1", "bot": ""}), json!({"visitor": "reader", "bot": ""})]);
}
