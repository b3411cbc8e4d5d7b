//! Newsletters: from the signed address in a mail to the recipient's journey, and who is no reader.

use std::path::Path;
use std::process::{Command, Stdio};

use orma_store::newsletter::{Act, Letter, NewsletterKey};
use serde_json::{Value, json};

use crate::support::{self, ADMIN_TOKEN, Answer, Orma, Setup, request, wait_for, with_failing_disk};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";
const MARIO: &str = "mario@example.it";
const TARGET: &str = "https://bottega.example/scarpe?taglia=42#rosse";

/// What a browser sends with every page that it goes to.
const BROWSER: [(&str, &str); 3] =
    [("user-agent", CHROME), ("accept", "text/html,application/xhtml+xml"), ("accept-language", "it-IT")];

fn get(url: &str, user_agent: &str) -> Answer {
    // Two events of one millisecond have no order.
    std::thread::sleep(std::time::Duration::from_millis(2));
    request("GET", url, &[("user-agent", user_agent), BROWSER[1], BROWSER[2]], &[])
}

fn cli(orma: &Orma, arguments: &[&str]) -> String {
    let output = Command::new(support::program())
        .args(arguments)
        .arg("--data-dir")
        .arg(orma.dir.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The secret as an operator sees it. The program that runs knows it already: it made it.
fn key(orma: &Orma, site: &str) -> NewsletterKey {
    links(orma, site, ADMIN_TOKEN, &json!({"campaign": "first", "recipients": [{}]}));
    let secret = cli(orma, &["site", "newsletter-secret", site]);
    let key_id = secret.split('_').nth(1).unwrap().to_owned();
    NewsletterKey { key_id, site: site.into(), secret, created_at: 0 }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A click on a mail that was sent an hour ago.
fn letter<'a>(message: &'a str, recipient: &'a str) -> Letter<'a> {
    Letter {
        act: Act::Click,
        sent_at: now() - 3_600,
        campaign: "saldi",
        message,
        recipient,
        link: "hero",
        target: TARGET,
    }
}

fn click_url(orma: &Orma, key: &NewsletterKey, letter: &Letter) -> String {
    orma.url(&format!("/c/{}", letter.sign(key).unwrap()))
}

fn open_url(orma: &Orma, key: &NewsletterKey, letter: &Letter) -> String {
    let open = Letter { act: Act::Open, link: "", target: "", ..*letter };
    orma.url(&format!("/o/{}.gif", open.sign(key).unwrap()))
}

fn links(orma: &Orma, site: &str, token: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let url = orma.url(&format!("/api/v1/sites/{site}/newsletters/links"));
    request("POST", &url, &headers, body.to_string().as_bytes())
}

/// Waits until the collector knows a secret that another process made.
fn until_known(url: &str) {
    wait_for("the collector to know the secret", || {
        (request("HEAD", url, &[], &[]).status != 404).then_some(())
    });
}

fn events(orma: &Orma, columns: &str, count: usize) -> Vec<Value> {
    let rows = wait_for("the events", || {
        let rows = orma.sql(&format!("SELECT {columns} FROM events ORDER BY ts, event_id"));
        (rows.len() >= count).then_some(rows)
    });
    orma.wait_for_views();
    rows
}

fn page_view(orma: &Orma, visitor: &str, url: &str, referrer: &str) {
    let body = json!({"site": "demo", "visitor": visitor, "session": format!("s-{visitor}"),
        "events": [{"kind": "page_view", "url": url, "referrer": referrer}]});
    let answer = orma.post(body.to_string(), &[("user-agent", CHROME)]);
    assert_eq!(answer.json(), json!({"accepted": 1, "rejected": []}), "{}", answer.text);
    // Two events of one millisecond have no order.
    std::thread::sleep(std::time::Duration::from_millis(2));
}

#[test]
fn an_open_and_a_click_lead_to_the_site_and_into_one_journey() {
    let orma = Orma::start();
    let sent_at = jiff::Timestamp::from_second(now() - 3_600).unwrap().to_string();
    let body = json!({"campaign": "saldi", "sent_at": sent_at,
        "recipients": [{"user": MARIO, "message": "m-1"}], "links": [{"name": "hero", "url": TARGET}]});
    let made = links(&orma, "demo", ADMIN_TOKEN, &body);
    assert_eq!(made.status, 200, "{}", made.text);
    let made = made.json()["items"][0].clone();
    let (open, click) = (made["open"].as_str().unwrap(), made["links"][0]["url"].as_str().unwrap());

    // Whoever looks at the headers only has done nothing.
    for url in [open, click] {
        let head = request("HEAD", url, &BROWSER, &[]);
        assert!(matches!(head.status, 200 | 302) && head.text.is_empty(), "{head:?}");
        assert_eq!(head.header("location").is_some(), url == click);
        assert_eq!(request("POST", url, &BROWSER, &[]).status, 405);
    }
    let pixel = get(open, CHROME);
    assert_eq!((pixel.status, pixel.header("content-type")), (200, Some("image/gif")));
    assert_eq!(pixel.header("content-length"), Some("43"));
    assert_eq!(pixel.header("cache-control"), Some("no-store, private"));
    let followed = get(click, CHROME);
    assert_eq!((followed.status, followed.header("cache-control")), (302, Some("no-store")));
    let location = followed.header("location").unwrap().to_owned();
    assert!(location.starts_with("https://bottega.example/scarpe?taglia=42&orma_id="), "{location}");
    assert!(location.ends_with("#rosse") && !location.contains("mario"), "{location}");

    page_view(&orma, "v1", "https://bottega.example/", "");
    page_view(&orma, "v1", &location, "");
    page_view(&orma, "v1", "https://bottega.example/carrello", &location);
    page_view(&orma, "v2", &location.replace("orma_id=", "orma_id=A"), "");
    events(&orma, "kind", 6);
    let rows = orma.sql(
        "SELECT kind, user, visitor, query, referrer, newsletter_campaign AS campaign, message, link, verdict, \
         verdict_reason AS reason, touchpoint, device_class, source, channel FROM events ORDER BY received_at, path",
    );
    let mail = |kind: &str, link: &str| {
        json!({"kind": kind, "user": MARIO, "visitor": format!("@{MARIO}"), "query": "", "referrer": "",
            "campaign": "saldi", "message": "m-1", "link": link, "verdict": "human", "reason": "browser",
            "touchpoint": "newsletter", "device_class": "desktop", "source": "newsletter", "channel": "email"})
    };
    assert_eq!(rows[0], mail("newsletter_open", ""));
    assert_eq!(rows[1], mail("newsletter_click", "hero"));
    let landed = &rows[3];
    assert_eq!(
        *landed,
        json!({"kind": "page_view", "user": MARIO, "visitor": "v1", "query": "taglia=42", "referrer": "",
            "campaign": "saldi", "message": "m-1", "link": "hero", "verdict": "human", "reason": "landed",
            "touchpoint": "site", "device_class": "desktop", "source": "newsletter", "channel": "email"})
    );
    assert_eq!(rows[4]["referrer"], "https://bottega.example/scarpe?taglia=42#rosse");
    assert_eq!((&rows[5]["query"], &rows[5]["user"]), (&json!("taglia=42"), &json!("")), "forged");
    let click_id = orma.sql(
        "SELECT countIf(toString(event_id) IN (SELECT props['newsletter_click'] FROM events)) AS n FROM events",
    );
    assert_eq!(click_id[0]["n"], 1, "the page view names its click");

    let steps = |journey: &Value| -> Vec<String> {
        let sessions = journey["items"].as_array().unwrap().iter();
        let events = sessions.flat_map(|session| session["events"].as_array().unwrap());
        let mut steps: Vec<String> = events
            .map(|event| {
                format!("{} {}", event["kind"].as_str().unwrap(), event["path"].as_str().unwrap_or(""))
            })
            .collect();
        steps.sort();
        steps
    };
    let journey = wait_for("the whole journey", || {
        let journey = orma.get(&format!("/api/v1/sites/demo/people/{MARIO}/journey"));
        let steps = (journey.status == 200).then(|| steps(&journey.json()))?;
        (steps.len() >= 5).then_some(steps)
    });
    // Before the landing and after it: the visit is his.
    assert_eq!(
        journey,
        ["newsletter_click ", "newsletter_open ", "page_view /", "page_view /carrello", "page_view /scarpe"]
    );
    let card = orma.ask(&format!("/api/v1/sites/demo/people/{MARIO}"));
    assert_eq!((&card["links"][0]["visitor"], &card["events"]), (&json!("v1"), &json!(5)), "{card}");
    assert_eq!(orma.metric("orma_newsletter_events_total{kind=\"click\",verdict=\"human\"}"), Some(1.0));
    assert_eq!(orma.metric("orma_newsletter_landings_total{result=\"identified\"}"), Some(1.0));
    assert_eq!(orma.metric("orma_newsletter_landings_total{result=\"refused\"}"), Some(1.0));
    wait_for("a balanced account", || {
        (orma.ask("/api/v1/sites/demo/accounting")["status"] == "balanced").then_some(())
    });

    // It was somebody else, to whom he had forwarded the mail.
    let link = card["links"][0]["id"].as_str().unwrap();
    let url = orma.url(&format!("/api/v1/sites/demo/people/{MARIO}/links/{link}"));
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    assert_eq!(request("DELETE", &url, &[("authorization", &bearer)], &[]).status, 204);
    let journey = orma.ask(&format!("/api/v1/sites/demo/people/{MARIO}/journey"));
    assert_eq!(steps(&journey), ["newsletter_click ", "newsletter_open ", "page_view /scarpe"]);
}

#[test]
fn an_old_mail_names_its_campaign_but_nobody() {
    let orma = Orma::start();
    let key = key(&orma, "demo");
    let old = Letter { sent_at: now() - 31 * 86_400, ..letter("m-1", MARIO) };
    let click = click_url(&orma, &key, &old);
    until_known(&click);
    let nobody = click_url(&orma, &key, &Letter { recipient: "", ..letter("m-2", "") });
    for (visitor, url) in [("v1", click), ("v2", nobody)] {
        let followed = get(&url, CHROME);
        page_view(&orma, visitor, followed.header("location").unwrap(), "");
    }
    let rows = events(
        &orma,
        "kind, user, newsletter_campaign AS campaign, channel, startsWith(visitor, 'c') AS c",
        4,
    );
    let view = json!({"kind": "page_view", "user": "", "campaign": "saldi", "channel": "email", "c": 0});
    assert_eq!(rows.iter().filter(|row| **row == view).count(), 2, "{rows:?}");
    let unnamed =
        json!({"kind": "newsletter_click", "user": "", "campaign": "saldi", "channel": "email", "c": 1});
    assert!(rows.contains(&unnamed), "{rows:?}");
    assert_eq!(orma.metric("orma_newsletter_landings_total{result=\"attributed\"}"), Some(2.0));
}

#[test]
fn only_what_a_valid_secret_signed_leads_anywhere() {
    let orma = Orma::start();
    what_was_not_signed_here_leads_nowhere(&orma);
    a_new_secret_leaves_the_old_links_alone_until_the_old_one_is_withdrawn(&orma);
}

fn what_was_not_signed_here_leads_nowhere(orma: &Orma) {
    cli(orma, &["site", "add", "other", "--key", "wk_other"]);
    let (demo, other) = (key(orma, "demo"), key(orma, "other"));
    let good = click_url(orma, &demo, &letter("m-1", MARIO));
    let of_other = click_url(orma, &other, &letter("m-1", MARIO));
    until_known(&good);
    until_known(&of_other);
    let (base, token) = good.split_once("/c/").unwrap();

    let altered = format!("{}{}", &token[..token.len() - 2], if token.ends_with("Nl") { "Nk" } else { "AA" });
    let foreign = NewsletterKey { secret: other.secret.clone(), ..demo.clone() };
    let made_up = NewsletterKey::random("demo", 0);
    let open = open_url(orma, &demo, &letter("m-1", MARIO));
    let open_token = open.rsplit('/').next().unwrap().trim_end_matches(".gif");
    let table = [
        ("altered", format!("/c/{altered}")),
        ("signed with another site's secret", format!("/c/{}", letter("m", MARIO).sign(&foreign).unwrap())),
        ("signed with nobody's secret", format!("/c/{}", letter("m", MARIO).sign(&made_up).unwrap())),
        ("cut", format!("/c/{}", &token[..40])),
        ("empty", "/c/".to_owned()),
        ("an address", "/c/https://evil.example/".to_owned()),
        ("an encoded address", "/c/https%3A%2F%2Fevil.example".to_owned()),
        ("an address behind slashes", "/c///evil.example/".to_owned()),
        ("more behind the token", format!("/c/{token}/https://evil.example/")),
        ("padding", format!("/c/{token}=")),
        ("another spelling", format!("/c/{}%41", &token[..token.len() - 1])),
        ("an open's token as a click", format!("/c/{open_token}")),
        ("a click's token as an open", format!("/o/{token}.gif")),
        ("a click's address with .gif", format!("/c/{token}.gif")),
        ("an open without .gif", format!("/o/{open_token}")),
    ];
    for (what, path) in &table {
        for method in ["GET", "HEAD"] {
            let answer = request(method, &format!("{base}{path}"), &BROWSER, &[]);
            assert_eq!(answer.status, 404, "{what}: {answer:?}");
            assert_eq!(answer.header("location"), None, "{what}");
        }
    }
    // A query does not change where it leads.
    let query = get(&format!("{good}?url=https://evil.exampleorma_id=x"), CHROME);
    assert!(query.header("location").unwrap().starts_with("https://bottega.example/"), "{query:?}");
    let crossed = get(&of_other, CHROME);
    page_view(orma, "v1", crossed.header("location").unwrap(), "");
    let rows = events(orma, "site, kind, user, query", 3);
    assert_eq!(
        rows,
        [
            json!({"site": "demo", "kind": "newsletter_click", "user": MARIO, "query": ""}),
            json!({"site": "other", "kind": "newsletter_click", "user": MARIO, "query": ""}),
            json!({"site": "demo", "kind": "page_view", "user": "", "query": "taglia=42"}),
        ],
        "another site's mail identifies nobody here"
    );
    wait_for("the refused tokens in the ledger", || {
        let rows = orma.sql("SELECT sum(events) AS n FROM ledger WHERE reason = 'newsletter_token'");
        (rows[0]["n"].as_u64()? >= 2 * table.len() as u64).then_some(())
    });
    let refused = |reason: &str| {
        orma.metric(&format!("orma_newsletter_tokens_refused_total{{reason=\"{reason}\"}}")).unwrap_or(0.0)
    };
    assert!(refused("signature") >= 4.0 && refused("unknown_key") >= 2.0 && refused("malformed") >= 10.0);
}

fn a_new_secret_leaves_the_old_links_alone_until_the_old_one_is_withdrawn(orma: &Orma) {
    let first = key(orma, "demo");
    assert_eq!(key(orma, "demo").secret, first.secret, "asking twice changes nothing");
    let old = click_url(orma, &first, &letter("m-1", MARIO));
    until_known(&old);
    let rotated = cli(orma, &["site", "newsletter-secret", "demo", "--rotate"]);
    assert_ne!(rotated, first.secret);
    let second = key(orma, "demo");
    assert_eq!(second.secret, rotated, "the newest is shown");
    let new = click_url(orma, &second, &letter("m-2", MARIO));
    until_known(&new);
    assert_eq!(get(&old, CHROME).status, 302);
    cli(orma, &["site", "newsletter-secret", "demo", "--revoke", &first.key_id]);
    wait_for("the end of the old links", || (get(&old, CHROME).status == 404).then_some(()));
    assert_eq!(get(&new, CHROME).status, 302);
    let mirror = std::fs::read_to_string(orma.dir.path().join("sites.json")).unwrap();
    assert!(mirror.contains(&second.secret) && !mirror.contains(&first.secret));
}

#[test]
fn machines_and_proxies_are_kept_with_their_reason_and_left_out() {
    let orma = Orma::start();
    let key = key(&orma, "demo");
    let name = ["m-1", "m-2", "m-3", "m-4", "m-5", "m-6"];
    let opens: Vec<String> = name.iter().map(|name| open_url(&orma, &key, &letter(name, name))).collect();
    until_known(&opens[0]);
    let gmail = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    get(&opens[0], gmail);
    get(&opens[1], "Mozilla/5.0");
    get(&opens[2], "");
    get(&opens[3], CHROME);
    let click = click_url(&orma, &key, &letter("m-5", "m-5"));
    let scanned = get(&click, "Mozilla/5.0 (compatible; Proofpoint URL Defense)");
    assert_eq!(scanned.header("location"), Some(TARGET), "a machine is led on, without a trace");
    let bare = request("GET", &click_url(&orma, &key, &letter("m-6", "m-6")), &[("user-agent", CHROME)], &[]);
    assert_eq!(bare.header("location"), Some(TARGET));
    let hidden = Letter { act: Act::Trap, link: "trap", ..letter("m-4", "m-4") };
    get(&click_url(&orma, &key, &hidden), CHROME);
    get(&click_url(&orma, &key, &letter("m-4", "m-4")), CHROME);

    events(&orma, "kind", 8);
    let rows = orma.sql(
        "SELECT concat(message, ' ', kind, ' ', verdict, ' ', verdict_reason, ' ', device_class, bot, country) AS said \
         FROM events ORDER BY received_at, message",
    );
    let said: Vec<&str> = rows.iter().map(|row| row["said"].as_str().unwrap().trim()).collect();
    assert_eq!(
        said,
        [
            "m-1 newsletter_open proxy gmail_proxy",
            "m-2 newsletter_open machine apple_privacy",
            "m-3 newsletter_open unknown empty_user_agent",
            "m-4 newsletter_open human browser desktop",
            "m-5 newsletter_click machine scanner: proofpoint",
            "m-6 newsletter_click machine not_a_browser",
            "m-4 newsletter_click machine trap",
            "m-4 newsletter_click machine after_trap",
        ]
    );
    let count = |include: &str| {
        let stats = orma.ask(&format!("/api/v1/sites/demo/stats?metrics=events{include}"));
        stats.to_string()
    };
    assert!(count("").contains("\"events\":3"), "{}", count(""));
    assert!(count("&include=machines").contains("\"events\":8"), "{}", count("&include=machines"));
    let journey = orma.get("/api/v1/sites/demo/people/m-5/journey");
    assert_eq!(journey.status, 404, "a gateway makes nobody a reader: {}", journey.text);
    let journey = orma.get("/api/v1/sites/demo/people/m-4/journey?include=machines").json();
    // What machines did is a session of its own.
    let reasons_of = |session: &Value| -> Vec<String> {
        let events = session["events"].as_array().unwrap();
        events.iter().map(|event| event["verdict_reason"].as_str().unwrap().to_owned()).collect()
    };
    let mut reasons: Vec<Vec<String>> = journey["items"].as_array().unwrap().iter().map(reasons_of).collect();
    reasons.sort();
    assert_eq!(reasons, [vec!["after_trap", "trap"], vec!["browser"]], "{journey}");
    // The question that the document asks.
    let document = document();
    let rows = orma.sql(&block(&document, "sql"));
    assert_eq!(
        rows,
        [json!({"campaign": "saldi", "confirmed_clicks": 0, "probable_clicks": 0, "probable_opens": 2,
            "doubtful_opens": 2})]
    );
}

#[test]
fn a_full_disk_loses_the_count_but_not_the_reader() {
    let (orma, trigger, _dir) = with_failing_disk(Setup::default());
    let key = key(&orma, "demo");
    let click = click_url(&orma, &key, &letter("m-1", MARIO));
    until_known(&click);
    std::fs::write(&trigger, "full").unwrap();
    let followed = get(&click, CHROME);
    assert_eq!(followed.status, 302, "{}", followed.text);
    assert!(
        followed.header("location").unwrap().starts_with("https://bottega.example/scarpe?taglia=42&orma_id=")
    );
    let pixel = get(&open_url(&orma, &key, &letter("m-1", MARIO)), CHROME);
    assert_eq!((pixel.status, pixel.header("content-length")), (200, Some("43")));
    assert_eq!(orma.metric("orma_events_rejected_total{reason=\"spool_full\"}"), Some(2.0));
    std::fs::remove_file(&trigger).unwrap();
    wait_for("the loss in the ledger", || {
        let rows = orma.sql(
            "SELECT sum(events) AS n FROM ledger WHERE site = 'demo' AND outcome = 'rejected' AND reason = 'spool_full'",
        );
        (rows[0]["n"] == 2).then_some(())
    });
    assert_eq!(get(&click, CHROME).status, 302);
    events(&orma, "kind", 1);
}

#[test]
fn whoever_is_too_fast_is_led_on_and_not_counted() {
    let orma = Setup::default()
        .argument("--requests-per-second-per-address", "1")
        .variable("ORMA_LIMIT_LOOPBACK", "true")
        .start();
    let key = NewsletterKey::random("demo", 0);
    orma.sql(&format!(
        "INSERT INTO newsletter_keys VALUES ('{}', 'demo', '{}', false, now64(3), now64(3))",
        key.key_id, key.secret
    ));
    let click = click_url(&orma, &key, &letter("m-1", MARIO));
    until_known(&click);
    let lost = || orma.metric("orma_events_rejected_total{reason=\"rate_limited\"}").unwrap_or(0.0);
    let mut clicks = 0;
    while lost() == 0.0 {
        assert_eq!(get(&click, CHROME).status, 302);
        clicks += 1;
        assert!(clicks < 250, "at one a second these are too many");
    }
    assert!(clicks > 1, "some at once are allowed");
}

/// A running `orma collect` without a store; killed when dropped.
struct Alone(std::process::Child);

impl Drop for Alone {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn a_collector_that_starts_without_its_store_knows_the_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let key = NewsletterKey::random("demo", 0);
    let site = json!({"site": "demo", "name": "Demo", "timezone": "UTC", "currency": "EUR", "origins": []});
    let mirror = json!({"sites": {"demo": site}, "keys": {"demo": "demo"}, "tokens": {},
        "newsletter_keys": {&key.key_id: serde_json::to_value(&key).unwrap()}});
    std::fs::write(dir.path().join("sites.json"), mirror.to_string()).unwrap();
    let setup = Setup::default().argument("--clickhouse-url", "http://127.0.0.1:9/orma");
    let mut command = setup.command("collect", dir.path());
    let mut alone = Alone(command.stdout(Stdio::null()).spawn().unwrap());
    let base = wait_for("orma collect", || {
        assert!(alone.0.try_wait().unwrap().is_none(), "orma collect ended at once");
        let noted = std::fs::read(dir.path().join("running.json")).ok()?;
        let noted: Value = serde_json::from_slice(&noted).ok()?;
        Some(format!("http://{}", noted["listen"].as_str()?))
    });
    let token = letter("m-1", MARIO).sign(&key).unwrap();
    let followed = get(&format!("{base}/c/{token}"), CHROME);
    assert_eq!(followed.status, 302, "{}", followed.text);
    assert_eq!(get(&format!("{base}/c/x{token}"), CHROME).status, 404);
}

#[test]
fn the_api_and_the_document_sign_alike() {
    let orma = Orma::start();
    the_api_signs_for_those_who_may_send(&orma);
    the_examples_of_the_document_make_what_the_api_makes_and_the_collector_takes(&orma);
}

fn the_api_signs_for_those_who_may_send(orma: &Orma) {
    cli(orma, &["site", "add", "other"]);
    let ingest = cli(orma, &["token", "add", "--role", "ingest", "--site", "demo"]);
    let analyst = cli(orma, &["token", "add", "--role", "analyst"]);
    let body = json!({"campaign": "saldi", "recipients": [{"user": MARIO}, {"message": "m-2"}],
        "links": [{"url": TARGET}, {"name": "trap", "url": TARGET, "trap": true}],
        "collector_url": "https://collect.example/"});
    let made = links(orma, "demo", &ingest, &body);
    assert_eq!(made.status, 200, "{}", made.text);
    let made = made.json();
    let copies = made["items"].as_array().unwrap();
    assert_eq!((copies.len(), copies[0]["links"].as_array().unwrap().len()), (2, 2));
    assert!(copies[1]["open"].as_str().unwrap().starts_with("https://collect.example/o/"), "{made}");
    let path =
        copies[0]["links"][0]["url"].as_str().unwrap().strip_prefix("https://collect.example").unwrap();
    assert_eq!(get(&orma.url(path), CHROME).status, 302, "it is known at once");

    let change = |field: &str, value: Value| {
        let mut changed = body.clone();
        changed[field] = value;
        changed
    };
    let many = json!((0..1_001).map(|_| json!({"user": "x"})).collect::<Vec<_>>());
    let table = [
        (change("campaign", json!("")), "campaign"),
        (change("sent_at", json!("yesterday")), "sent_at"),
        (change("recipients", json!([])), "recipients"),
        (change("recipients", many), "recipients"),
        (change("recipients", json!([{"user": "x"}, {"user": "a\nb"}])), "recipients[1].user"),
        (change("links", json!([{"url": TARGET}, {"url": "javascript:alert(1)"}])), "links[1].url"),
        (change("collector_url", json!("collect.example")), "collector_url"),
        (change("colour", json!("red")), "colour"),
    ];
    for (body, field) in table {
        let answer = links(orma, "demo", &ingest, &body);
        assert_eq!(
            (answer.status, &answer.json()["error"]["field"]),
            (400, &json!(field)),
            "{}",
            answer.text
        );
    }
    for (site, token, status) in [
        ("demo", analyst.as_str(), 403),
        ("other", &ingest, 403),
        ("demo", "nobody", 401),
        ("none", ADMIN_TOKEN, 404),
    ] {
        assert_eq!(links(orma, site, token, &body).status, status, "{site}");
    }
}

fn document() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/newsletter.md")).unwrap()
}

/// The first block of a language.
fn block(document: &str, language: &str) -> String {
    let (_, rest) = document.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Runs an example; `None` when the machine does not have the language.
fn run(program: &str, file: &Path, source: &str) -> Option<Vec<String>> {
    std::fs::write(file, source).unwrap();
    let output = Command::new(program).arg(file).output().ok()?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(ToOwned::to_owned).collect())
}

fn the_examples_of_the_document_make_what_the_api_makes_and_the_collector_takes(orma: &Orma) {
    let document = document();
    let vectors = block(&document, "text");
    let vectors: Vec<&str> = vectors.lines().collect();
    let secret = "ns_1a2b3c4d_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let key = key(orma, "demo");
    let body = json!({"campaign": "saldi-2026", "sent_at": "2026-11-22T10:00:00Z",
        "recipients": [{"user": MARIO, "message": "m-42"}], "links": [{"name": "hero", "url": TARGET}]});
    let made = links(orma, "demo", ADMIN_TOKEN, &body).json()["items"][0].clone();
    let made = [made["open"].as_str().unwrap(), made["links"][0]["url"].as_str().unwrap()];
    assert_eq!(get(made[0], CHROME).status, 200);
    assert!(
        get(made[1], CHROME)
            .header("location")
            .unwrap()
            .starts_with("https://bottega.example/scarpe?taglia=42")
    );

    let dir = tempfile::tempdir().unwrap();
    let mut ran = Vec::new();
    for (language, program, name) in
        [("python", "python3", "example.py"), ("js", "node", "example.mjs"), ("php", "php", "example.php")]
    {
        let example = block(&document, language);
        // Whatever the machine can run: the constants are those of the vectors.
        for constant in [secret, "https://collect.example", "1795341600", "'saldi-2026'", TARGET] {
            let constant = constant.trim_matches('\'');
            assert!(example.contains(constant), "{language} lacks {constant}");
        }
        let file = dir.path().join(name);
        let Some(printed) = run(program, &file, &example) else { continue };
        assert_eq!(printed, vectors, "{language}");
        let own = example.replace(secret, &key.secret).replace("https://collect.example", &orma.url(""));
        assert_eq!(run(program, &file, &own).unwrap(), made, "{language}");
        ran.push(language);
    }
    assert!(ran.contains(&"js"), "Node.js builds the dashboard, so it is there");
    let has_python = Command::new("python3").arg("--version").output().is_ok();
    assert_eq!(ran.contains(&"python"), has_python);
}
