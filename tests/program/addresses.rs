//! What is answered at addresses at which nothing is, and the scripts that pages of other makers' SDKs ask for.

use serde_json::json;

use crate::support::remote::Remote;
use crate::support::{ADMIN_TOKEN, Orma, Setup, request, wait_for};

const ORIGIN: (&str, &str) = ("origin", "https://shop.example");
const NAVIGATION: [(&str, &str); 2] = [("accept", "text/html,*/*;q=0.8"), ("sec-fetch-mode", "navigate")];

fn counted(orma: &Orma, method: &str) -> u64 {
    orma.metric(&format!("orma_unknown_addresses_total{{method=\"{method}\"}}")).unwrap() as u64
}

/// Asks as the trackers of other makers do. Each address is answered the same by every part.
fn check_unknown(orma: &Orma) {
    let table = [
        ("GET", "/i?e=pv&p=web"),
        ("GET", "/matomo.php?idsite=1&rec=1"),
        ("GET", "/js/plausible.js"),
        ("GET", "/sites/demo/people/mario"),
        ("HEAD", "/ingest/static/array.js"),
        ("POST", "/com.snowplowanalytics.snowplow/tp2"),
        ("POST", "/e/?compression=gzip-js"),
        ("POST", "/api/event"),
        ("POST", "/api/send"),
        ("GET", "/api/v0/hit"),
        ("PUT", "/x"),
        ("DELETE", "/x"),
    ];
    let before = ["GET", "POST", "other"].map(|method| counted(orma, method));
    for (method, path) in table {
        let answer = request(method, &orma.url(path), &[ORIGIN, ("accept", "*/*")], b"");
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN.1), "{method} {path}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        if method != "HEAD" {
            assert_eq!(answer.json()["error"]["code"], "unknown_address", "{method} {path}");
        }
    }
    let after = ["GET", "POST", "other"].map(|method| counted(orma, method));
    assert_eq!(std::array::from_fn(|at| after[at] - before[at]), [5, 4, 3]);
}

#[test]
fn at_an_address_at_which_nothing_is_only_a_browsers_navigation_is_answered_with_a_page() {
    let orma = Orma::start();
    check_unknown(&orma);
    for path in ["/", "/sites/demo/people/mario%40example.it", "/sign-in"] {
        let page = request("GET", &orma.url(path), &NAVIGATION, b"");
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert_eq!(page.header("access-control-allow-origin"), None);
    }
    assert_eq!(request("GET", &orma.url("/"), &[], b"").status, 200, "the start page is somewhere");
    let posted = request("POST", &orma.url("/"), &[ORIGIN], b"");
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
    // Nothing of the API is told to foreign pages, not even that it is not there.
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    for path in ["/api/v1/sites", "/api/v1/nothing"] {
        let answer = request("GET", &orma.url(path), &[ORIGIN, ("authorization", &bearer)], b"");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    for (method, path) in [
        ("POST", "/p.gif"),
        ("PUT", "/v1/events"),
        ("DELETE", "/readyz"),
        ("POST", "/orma.js"),
        ("TRACE", "/v1/projects/demo/settings"),
    ] {
        let answer = request(method, &orma.url(path), &[ORIGIN], b"");
        assert_eq!((answer.status, answer.header("allow").is_some()), (405, true), "{method} {path}");
        assert!(answer.text.contains("\"method_not_allowed\""), "{}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN.1));
    }
}

#[test]
fn a_collector_alone_and_a_query_service_alone_answer_the_same() {
    let remote = Remote::start();
    // The schema is made by whoever is everything.
    drop(Setup::default().argument("--clickhouse-url", remote.url()).start());
    check_unknown(&Setup::collect(remote.url()).start());
    let query = Setup::query(remote.url()).start();
    check_unknown_of_query(&query);
}

/// It has no collector's addresses.
fn check_unknown_of_query(query: &Orma) {
    let before = counted(query, "POST");
    let answer = request("POST", &query.url("/v1/events"), &[ORIGIN], b"{}");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, Some(ORIGIN.1)));
    assert_eq!(counted(query, "POST") - before, 1);
}

#[test]
fn pages_with_segments_snippet_get_its_script_from_here() {
    let orma = Orma::start();
    let path = "/analytics.js/v1/any-key/analytics.min.js";
    let answer = request("GET", &orma.url(path), &[ORIGIN], b"");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300, stale-while-revalidate=86400"));
    let head = answer.text.lines().next().unwrap();
    assert!(head.starts_with("/*! @segment/analytics-next 1.") && head.contains("| MIT |"), "{head}");
    assert!(!answer.text.contains("sourceMappingURL"));
    // It fetches the rest by names that it holds.
    let chunks = answer.text.matches(".bundle.").count();
    assert!(chunks > 0);
    for encoding in ["br", "gzip"] {
        let coded = request("HEAD", &orma.url(path), &[("accept-encoding", encoding)], b"");
        assert_eq!((coded.status, coded.header("content-encoding")), (200, Some(encoding)));
    }
    for script in ["/orma.js", "/orma-idle.js", "/orma-vitals.js"] {
        for encoding in ["br", "gzip"] {
            let head = request("HEAD", &orma.url(script), &[("accept-encoding", encoding)], b"");
            assert_eq!(
                (head.status, head.header("content-encoding"), &*head.text),
                (200, Some(encoding), "")
            );
        }
    }
}

#[test]
fn jitsus_clients_send_to_their_own_addresses() {
    let orma = Orma::start();
    let key = ("x-write-key", "demo:secret");
    let event = |id: &str, event: &str| {
        json!({"type": "track", "event": event, "messageId": id, "anonymousId": "a1",
        "properties": {"order_id": "o1"}, "context": {"page": {"url": "https://x.test/a"}}})
    };
    for (path, body) in [
        ("/api/s/track", event("1", "Wished")),
        ("/api/s/s2s/track", event("2", "Order Completed")),
        ("/api/s/batch", json!({"batch": [event("3", "A"), event("4", "B")]})),
    ] {
        let answer = request("POST", &orma.url(path), &[key], body.to_string().as_bytes());
        assert_eq!((answer.status, answer.json()), (200, json!({"success": true})), "{path}");
    }
    orma.wait_for_events(4);
    let nobody = wait_for("the refusal", || {
        let answer =
            request("POST", &orma.url("/api/s/page"), &[("x-write-key", "nobody:x")], b"{\"type\":\"page\"}");
        Some(answer).filter(|answer| answer.status != 503)
    });
    assert_eq!(nobody.status, 400);
    assert_eq!(request("GET", &orma.url("/api/s/page"), &[], b"").status, 405);
}
