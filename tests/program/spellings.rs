//! One page and one host, however they are written: by browsers, pixels and servers, in referrers, links, origins and
//! filters; and a person is nobody whose id is a placeholder.

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Orma, request, wait_for};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";
const HOST: &str = "xn--caff-8oa.example";
const PAGE: &str = "/men%C3%B9%2Fcaff%C3%A8";
/// The same page of the same host, as five clients write it.
const SPELLINGS: [&str; 5] = [
    "https://xn--caff-8oa.example/men%C3%B9%2Fcaff%C3%A8",
    "https://caffè.example:443/menù%2fcaffè",
    "https://CAFFÈ.example./men%c3%b9%2Fcaff%c3%a8",
    "https://caffe\u{300}.example/menu\u{300}%2Fcaffe%CC%80",
    "https://XN--CAFF-8OA.example/x/../%6Den%C3%B9%2Fcaff%C3%A8",
];

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn stats(orma: &Orma, question: &str, filters: &[&str]) -> Value {
    let filters =
        filters.iter().map(|filter| format!("&filter={}", encoded(filter))).collect::<Vec<_>>().concat();
    orma.ask(&format!("/api/v1/sites/demo/stats?{question}{filters}"))
}

fn rows(orma: &Orma, dimension: &str, filters: &[&str]) -> Vec<(String, i64)> {
    let answer = stats(orma, &format!("metrics=visitors&group_by={dimension}"), filters);
    let row = |row: &Value| {
        let value = row["dimensions"][dimension].as_str().unwrap().to_owned();
        (value, row["metrics"]["visitors"].as_i64().unwrap())
    };
    answer["rows"].as_array().unwrap().iter().map(row).collect()
}

/// Two views in each spelling, by a visitor each, the second coming from the first; every second visitor is an image's.
fn visit_in_every_spelling(orma: &Orma) {
    for (number, url) in SPELLINGS.iter().enumerate() {
        let session = format!("s{number}");
        let referrer = SPELLINGS[(number + 1) % SPELLINGS.len()];
        if number % 2 == 0 {
            let view = json!({"kind": "page_view", "url": url, "referrer": referrer});
            let link = json!({"kind": "outbound", "url": url, "href": "https://Bücher.example./ü"});
            let body = json!({"site": "demo", "visitor": format!("v{number}"), "session": session, "events": [view, link]});
            let answer = orma.post(body.to_string(), &[("user-agent", CHROME)]);
            assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
        } else {
            let query = format!(
                "/p.gif?site=demo&visitor=v{number}&session={session}&url={}&referrer={}",
                encoded(url),
                encoded(referrer)
            );
            assert_eq!(request("GET", &orma.url(&query), &[("user-agent", CHROME)], b"").status, 200);
        }
    }
    orma.wait_for_events(8);
}

#[test]
fn a_page_is_one_in_every_spelling() {
    let orma = Orma::start();
    visit_in_every_spelling(&orma);
    for (dimension, value) in [("page", PAGE), ("entry_page", PAGE), ("exit_page", PAGE), ("host", HOST)] {
        assert_eq!(rows(&orma, dimension, &[]), [(value.to_owned(), 5)], "{dimension}");
    }
    // Who comes from the site itself comes from nowhere.
    assert_eq!(rows(&orma, "channel", &[]), [("direct".to_owned(), 5)]);
    let referrers =
        orma.sql("SELECT DISTINCT referrer FROM events WHERE kind = 'page_view' FORMAT JSONEachRow");
    assert_eq!(referrers, [json!({"referrer": SPELLINGS[0]})]);
    let links = orma
        .sql("SELECT DISTINCT props['href'] AS link FROM events WHERE kind = 'outbound' FORMAT JSONEachRow");
    assert_eq!(links, [json!({"link": "https://xn--bcher-kva.example/%C3%BC"})]);

    for (filter, visitors) in [
        ("page:is:/menù%2Fcaffè", 5),
        ("page:is:/men%c3%b9%2fcaff%c3%a8", 5),
        ("page:is_not:/menu\u{300}%2Fcaffe\u{300}", 0),
        ("page:contains:CAFFÈ", 5),
        ("path:starts:/menù", 5),
        ("entry_page:is:/menù%2Fcaffè", 5),
        ("exit_page:contains:menù", 5),
        ("host:is:Caffè.example.", 5),
        ("host:is:xn--caff-8oa.example", 5),
        ("host:is_not:caffè.example", 0),
        ("host:contains:caffè", 5),
        // Another page: its slash is one.
        ("page:is:/menù/caffè", 0),
        ("page:is:/menù%252Fcaffè", 0),
    ] {
        assert_eq!(
            stats(&orma, "metrics=visitors", &[filter])["totals"]["visitors"],
            json!(visitors),
            "{filter}"
        );
    }
}

#[test]
fn commas_of_values_and_colons_of_properties_can_be_asked_for() {
    let orma = Orma::start();
    for (visitor, path, title) in
        [("v1", "/articolo-1,123.html", "a:is:b"), ("v2", "/articolo-1", "c"), ("v3", "/123.html", "c")]
    {
        let view = json!({"kind": "page_view", "url": format!("https://b.example{path}"), "props": {"og:title": title}});
        let body = json!({"site": "demo", "visitor": visitor, "session": visitor, "events": [view]});
        assert_eq!(orma.post(body.to_string(), &[("user-agent", CHROME)]).status, 200);
    }
    orma.wait_for_events(3);
    for (filter, visitors) in [
        (r"page:is:/articolo-1\,123.html", 1),
        (r"page:is:/articolo-1\,123.html,/123.html", 2),
        ("page:is:/articolo-1,123.html", 1),
        ("props.og:title:is:c", 2),
        (r"props.og\:title:is_not:c", 1),
        ("props.og:title:is:a:is:b", 1),
    ] {
        assert_eq!(
            stats(&orma, "metrics=visitors", &[filter])["totals"]["visitors"],
            json!(visitors),
            "{filter}"
        );
    }
    let refused = orma.get("/api/v1/sites/demo/stats?metrics=visitors&filter=page");
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains(r"`\\,` is a comma of a value"), "{}", refused.text);
}

#[test]
fn an_origin_is_kept_as_browsers_send_it() {
    let orma = Orma::start();
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let site = json!({"site": "shop", "origins": ["https://caffè.example", "https://Caffè.example:443/"]});
    let made = request("POST", &orma.url("/api/v1/sites"), &headers, site.to_string().as_bytes());
    assert_eq!(
        (made.status, &made.json()["origins"]),
        (201, &json!([format!("https://{HOST}")])),
        "{}",
        made.text
    );
    let key = made.json()["write_keys"][0].as_str().unwrap().to_owned();
    let send = |origin: &str| {
        let body = json!({"site": key, "visitor": "v", "events": [{"kind": "page_view", "url": "/"}]});
        orma.post(body.to_string(), &[("origin", origin)]).status
    };
    wait_for("the site", || (send("https://xn--caff-8oa.example") == 200).then_some(()));
    for (origin, status) in [
        ("https://xn--caff-8oa.example.", 200),
        ("https://XN--CAFF-8OA.example", 200),
        ("http://xn--caff-8oa.example", 403),
        ("https://xn--caff-8oa.example:8443", 403),
        ("https://caff.example", 403),
        ("null", 403),
    ] {
        assert_eq!(send(origin), status, "{origin}");
    }
    let change = json!({"origins": ["https://caffè.example/menù"]});
    let refused =
        request("PATCH", &orma.url("/api/v1/sites/shop/settings"), &headers, change.to_string().as_bytes());
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains(&format!("`https://{HOST}`")), "{}", refused.text);
}

#[test]
fn who_has_a_placeholder_for_an_id_is_not_one_person() {
    let orma = Orma::start();
    let ids =
        ["null", "0", "{{user_id}}", "[object Object]", "00000000-0000-0000-0000-000000000000", "Guest"];
    for (number, id) in ids.iter().enumerate() {
        for visitor in [format!("a{number}"), format!("b{number}")] {
            let events = json!([{"kind": "page_view", "url": "/", "user": id},
                {"kind": "identify", "user": id}, {"kind": "alias", "user": format!("u-{visitor}"), "previous": id}]);
            let body = json!({"site": "demo", "visitor": visitor, "session": visitor, "events": events});
            let answer = orma.post(body.to_string(), &[("user-agent", CHROME)]);
            assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
        }
    }
    // Without any id, from two browsers of one address.
    for agent in [CHROME, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"] {
        let query = "/p.gif?site=demo&visitor=undefined&session=-&user=%%USER%%&url=%2F&id=0";
        assert_eq!(request("GET", &orma.url(query), &[("user-agent", agent)], b"").status, 200);
    }
    let events = 2 * 3 * ids.len() as u64 + 2;
    orma.wait_for_events(events);
    let people = orma.ask("/api/v1/sites/demo/people?limit=100");
    let named: BTreeSet<_> =
        people["items"].as_array().unwrap().iter().map(|one| one["person"].to_string()).collect();
    assert_eq!(named.len(), 2 * ids.len() + 2, "{people}");
    assert_eq!(orma.number("SELECT count() FROM identity_edges WHERE source = 'alias'"), 0);
}

/// Shop, form, newsletter tool and ticket system write one address each in its way, by every protocol.
#[test]
fn a_person_is_one_in_every_case_of_an_e_mail_address() {
    let orma = Orma::start();
    let token = format!("Bearer {ADMIN_TOKEN}");
    let trusted: [(&str, &str); 1] = [("authorization", &token)];
    let at = |kind: &str, user: &str| json!({"kind": kind, "visitor": "v1", "session": "s1", "user": user});
    let mut view = at("page_view", "");
    view["url"] = json!("https://b.example/");
    let mut alias = at("alias", "MARIO@example.it");
    alias["previous"] = json!("M.Rossi@Example.it");
    let own = json!({"site": "demo", "events": [view, at("identify", "Mario@Example.it"), alias]});
    assert_eq!(orma.post(own.to_string(), &trusted).json()["rejected"], json!([]));
    let earlier = json!({"kind": "call", "user": "m.rossi@EXAMPLE.it"});
    let all = json!({"site": "demo", "user": "MARIO@EXAMPLE.IT", "events": [{"kind": "ticket_opened", "visitor": "v2"}, earlier]});
    let answer = orma.post(all.to_string(), &trusted);
    assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
    let segments =
        json!({"userId": "Mario@example.IT", "anonymousId": "v3", "event": "Visited", "type": "track"})
            .to_string();
    // The key `demo` and no password.
    let headers = [("content-type", "application/json"), ("authorization", "Basic ZGVtbzo=")];
    assert_eq!(request("POST", &orma.url("/v1/track"), &headers, segments.as_bytes()).status, 200);
    let pixel = "/p.gif?site=demo&visitor=v4&user=mario%40Example.it&url=https%3A%2F%2Fb.example%2F";
    assert_eq!(request("GET", &orma.url(pixel), &[("user-agent", CHROME)], b"").status, 200);
    orma.wait_for_events(7);

    let list = orma.ask("/api/v1/sites/demo/people");
    let people: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|one| &one["person"]).collect();
    assert_eq!(people, ["mario@example.it"], "{list}");
    for id in ["mario@example.it", "Mario@Example.it", "M.ROSSI@example.it", "v1", "v4"] {
        let path = format!("/api/v1/sites/demo/people/{}", encoded(id));
        let card = orma.ask(&path);
        assert_eq!(
            (&card["person"], &card["events"]),
            (&json!("mario@example.it"), &json!(7)),
            "{id}: {card}"
        );
        let journey = orma.ask(&format!("{path}/journey"));
        assert_eq!(journey["person"], "mario@example.it", "{id}");
    }
    for id in ["Anna@Example.it", "anna@example.it"] {
        for of in ["", "/journey"] {
            let path = format!("/api/v1/sites/demo/people/{}{of}", encoded(id));
            assert_eq!(orma.get(&path).json()["error"]["code"], "unknown_person", "{id}");
        }
    }
}
