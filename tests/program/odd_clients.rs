//! What clients of other makers send that is not quite as it should be: nothing of it costs the rest.

use std::io::Write;

use serde_json::{Value, json};

use crate::support::{Orma, request, wait_for};

const BASIC: (&str, &str) = ("authorization", "Basic ZGVtbzo=");
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";

fn stored(orma: &Orma, count: u64) {
    orma.wait_for_events(count);
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
    // A time that is none costs the time.
    let batch = json!({"batch": [track("1", "A"), odd, 7, "text", {}, absent, track("2", "B")]});
    let answer = request("POST", &orma.url("/v1/batch"), &[BASIC], batch.to_string().as_bytes());
    assert_eq!(answer.status, 200);
    let rejected = answer.json()["rejected"].clone();
    let refused: Vec<u64> =
        rejected.as_array().unwrap().iter().map(|one| one["index"].as_u64().unwrap()).collect();
    assert_eq!(refused, [2, 3, 4], "{rejected}");
    stored(&orma, 4);
    let times = orma.sql("SELECT clock FROM events WHERE name IN ('Odd', 'No time')");
    assert_eq!(times, vec![json!({"clock": "absent"}); 2]);
    // What was refused is kept with its reason.
    let kept = || orma.number("SELECT count() FROM rejected_events");
    wait_for("the refused", || (kept() == 3).then_some(()));
}

#[test]
fn what_cannot_be_read_costs_itself_in_every_protocol() {
    let orma = Orma::start();
    let data_dir = orma.dir.path().to_str().unwrap();
    let made = std::process::Command::new(crate::support::program())
        .args(["token", "add", "--role", "ingest", "--site", "demo", "--data-dir", data_dir])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let bearer = format!("Bearer {}", String::from_utf8(made.stdout).unwrap().trim());
    let order = |more: &str| format!(r#"{{"kind":"order","user":"u1","order_id":"o"{more}}}"#);
    let native =
        |more: &str, event: &str| format!(r#"{{"site":"demo","visitor":"v1"{more},"events":[{event}]}}"#);
    let mut sent = 0;
    let mut taken = |body: &[u8], headers: &[(&str, &str)]| {
        let answer = orma.post(body, headers);
        let what = body.escape_ascii().to_string();
        assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{what}: {}", answer.text);
        sent += 1;
    };
    for context in [
        r#""it""#,
        "7",
        "[]",
        "null",
        r#"[{"language":"it"}]"#,
        r#"{"screen":"1920x1080","app":7,"language":[[]]}"#,
    ] {
        taken(native(&format!(r#","context":{context}"#), &order("")).as_bytes(), &[]);
        taken(native("", &order(&format!(r#","context":{context}"#))).as_bytes(), &[]);
    }
    for field in [
        r#""ts":"soon""#,
        r#""title":[1]"#,
        r#""revenue":12"#,
        r#""session":{}"#,
        r#""props":"x""#,
        r#""value":NaN"#,
        r#""revenue":{"amount":Infinity,"currency":"EUR"}"#,
    ] {
        taken(native("", &order(&format!(",{field}"))).as_bytes(), &[]);
    }
    taken(
        b"{\"site\":\"demo\",\"visitor\":\"v1\",\"events\":[{\"kind\":\"order\",\"title\":\"caff\xe8\"}]}",
        &[],
    );
    // A server's person: the address as its proxy wrote it, and as nobody can read it.
    for ip in
        [r#""79.1.2.3:4711""#, r#"["79.1.2.3","10.0.0.1"]"#, r#""79.1.2.3, 10.0.0.1""#, r#""79.1.2""#, "[]"]
    {
        let context = format!(r#","context":{{"ip":{ip}}}"#);
        taken(native("", &order(&context)).as_bytes(), &[("authorization", &bearer)]);
    }
    // Who can mend his history is told.
    let old = native("", &order(r#","ts":"21/11/2026 10:00""#));
    let answer = wait_for("the token", || {
        Some(orma.post(&*old, &[("authorization", &bearer)])).filter(|answer| answer.status == 200)
    });
    assert_eq!(
        (&answer.json()["accepted"], &answer.json()["rejected"][0]["reason"]),
        (&json!(0), &json!("invalid_time"))
    );
    let refused =
        wait_for("the refused event", || orma.sql("SELECT kind, payload FROM rejected_events").pop());
    assert_eq!(refused, json!({"kind": "order", "payload": order(r#","ts":"21/11/2026 10:00""#)}));

    for query in ["ts=soon", "revenue=12,90&currency=EUR", "scroll_pct=NaN", "title=caff%E8", "engaged_ms=-1"]
    {
        let path = format!("/p.gif?site=demo&visitor=v1&kind=order&{query}");
        assert_eq!(request("GET", &orma.url(&path), &[("user-agent", CHROME)], b"").status, 200);
        sent += 1;
    }
    for message in [
        &b"{\"type\":\"track\",\"event\":\"A\",\"anonymousId\":\"a\",\"properties\":{\"x\":NaN,\"y\":\"caff\xe8\"}}"[..],
        br#"{"type":"track","event":"A","anonymousId":"a","timestamp":"soon","context":7,"properties":[1]}"#,
        br#"{"batch":[{"type":"track","event":"A","anonymousId":"a"}],"context":"it","sentAt":NaN}"#,
    ] {
        let answer = request("POST", &orma.url("/v1/batch"), &[BASIC], message);
        assert_eq!((answer.status, answer.json()), (200, json!({"success": true})), "{}", answer.text);
        sent += 1;
    }
    stored(&orma, sent);
    let counted =
        |condition: &str| orma.number(&format!("SELECT uniqExact(event_id) FROM events WHERE {condition}"));
    assert_eq!(counted("props['dropped_props'] = 'context'"), 8);
    assert_eq!(counted("props['dropped_props'] = 'context.app,context.language,context.screen'"), 2);
    assert_eq!(counted("country = 'IT'"), 3);
    assert_eq!(counted("title = 'caff\u{fffd}'"), 2);
    assert_eq!(counted("has(splitByChar(',', props['dropped_props']), 'ts') AND clock = 'absent'"), 2);
    assert_eq!(
        counted(
            "revenue = 0 AND props['revenue'] IN ('12', '12,90', '{\"amount\":null,\"currency\":\"EUR\"}')"
        ),
        3
    );
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

/// umami-software/umami 3162, snowplow/enrich 695, snowplow/snowplow 2322, PostHog/posthog 10527, 15575 and 6227,
/// rudderlabs/rudder-sdk-android 359, matomo-org/matomo 21392, magento/magento2 37708.
#[test]
fn what_servers_and_shops_hand_on_as_it_came_is_read_as_far_as_it_can_be() {
    let orma = Orma::start();
    let event = |more: Value| {
        let mut event = json!({"kind": "custom", "name": "n"});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let send = |visitor: &str, context: &Value, events: &[Value], agent: &str| {
        let body = json!({"site": "demo", "visitor": visitor, "context": context, "events": events});
        let answer = orma.post(body.to_string(), &[("user-agent", agent)]);
        assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
    };
    // A server's Accept-Language, other spellings, and a screen that nobody knows.
    for (visitor, language) in [
        ("l1", "es-ES,es;q=0.9,en;q=0.8"),
        ("l2", "es_ES"),
        ("l3", "ES-es"),
        ("l4", "es_ES.UTF-8"),
        ("l5", "es-ES"),
    ] {
        send(visitor, &json!({"language": language, "screen": "Unknown"}), &[event(json!({}))], CHROME);
    }
    let locale = json!({"batch": [{"type": "track", "event": "n", "messageId": "l6", "anonymousId": "l6",
        "context": {"locale": "es_ES"}}]});
    assert_eq!(request("POST", &orma.url("/v1/batch"), &[BASIC], locale.to_string().as_bytes()).status, 200);
    // Signs of a percent encoding that is none, in a user agent and in addresses, one with blanks.
    let odd_agent = format!("{CHROME} 100% %zz%");
    let page = "https://shop.example/motor oil?engine=SE, 4CYL 2.5L (2ARFE)&off=50%";
    let view = json!({"kind": "page_view", "url": page, "referrer": page});
    send("p1", &Value::Null, &[view], &odd_agent);
    let image = [("user-agent", odd_agent.as_str()), ("referer", page)];
    assert_eq!(request("GET", &orma.url("/p.gif?site=demo&visitor=p2"), &image, b"").status, 200);
    // Events of one request without ids and times, the same to the letter; and one among them that is nobody's.
    send("e1", &Value::Null, &vec![event(json!({})); 4], CHROME);
    let nobodys = json!({"batch": [track("r1", "A"), {"type": "track", "event": "A", "messageId": "r2",
        "context": {"library": {"name": "analytics-node"}}}, track("r3", "A")]});
    let answer = request("POST", &orma.url("/v1/batch"), &[BASIC], nobodys.to_string().as_bytes());
    assert_eq!((answer.status, &answer.json()["rejected"][0]["index"]), (200, &json!(1)), "{}", answer.text);
    // An amount as people read it is not taken for a thousandth of itself; the order is kept, and what it says.
    for (order, amount) in [("o1", "1,000.00"), ("o2", "6,795"), ("o3", "€ 5")] {
        let revenue =
            json!({"kind": "order", "order_id": order, "revenue": {"amount": amount, "currency": "EUR"}});
        send(order, &Value::Null, &[revenue], CHROME);
    }
    stored(&orma, 6 + 2 + 4 + 2 + 3);
    let rows =
        orma.sql("SELECT language, count() AS n FROM events WHERE visitor LIKE 'l_' GROUP BY language");
    assert_eq!(rows, [json!({"language": "es-ES", "n": 6})]);
    let pages = orma.sql("SELECT DISTINCT path, query, bot, browser FROM events WHERE kind = 'page_view'");
    assert_eq!(
        pages,
        [
            json!({"path": "/motor%20oil", "query": "engine=SE, 4CYL 2.5L (2ARFE)&off=50%", "bot": "", "browser": "Chrome"})
        ]
    );
    let money = orma.sql(
        "SELECT revenue = 0 AS is_none, props['dropped_props'] AS dropped, JSONExtractString(props['revenue'], 'amount') AS said \
         FROM events WHERE kind = 'order' ORDER BY visitor",
    );
    let said = ["1,000.00", "6,795", "€ 5"];
    let expected = said.map(|said| json!({"is_none": 1, "dropped": "revenue.amount", "said": said}));
    assert_eq!(money, expected);
}
