//! A site is set up through the API of the real program: who may, what is refused, and what its page says of what arrives.

use serde_json::{Value, json};

use crate::support::{self, ADMIN_TOKEN, Answer, Orma, Setup, request, wait_for};

fn call(orma: &Orma, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    request(method, &orma.url(&format!("/api/v1{path}")), &headers, body.as_bytes())
}

fn admin(orma: &Orma, method: &str, path: &str, body: &Value) -> Answer {
    call(orma, ADMIN_TOKEN, method, path, body)
}

fn error(answer: &Answer) -> (u16, String, String) {
    let error = &answer.json()["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status, text("code"), text("field"))
}

fn new_token(orma: &Orma, role: &str, site: &Value) -> (String, String) {
    let made = admin(orma, "POST", "/tokens", &json!({"role": role, "site": site, "name": "of a test"}));
    assert_eq!(made.status, 201, "{}", made.text);
    let text = |name: &str| made.json()[name].as_str().unwrap().to_owned();
    (text("token_id"), text("secret"))
}

fn send(orma: &Orma, key: &str, origin: &str) -> u16 {
    let body = json!({"site": key, "visitor": "v", "events": [{"kind": "page_view", "url": format!("{origin}/scarpe")}]});
    orma.post(body.to_string(), &[("origin", origin)]).status
}

fn installation(orma: &Orma, site: &str) -> Value {
    orma.ask(&format!("/api/v1/sites/{site}/installation"))
}

#[test]
fn a_site_is_made_changed_and_seen_to_work() {
    let orma = Orma::start();
    let made = admin(
        &orma,
        "POST",
        "/sites",
        &json!({"site": "shop", "name": "La Bottega", "origins": ["https://shop.example"]}),
    );
    assert_eq!(made.status, 201, "{}", made.text);
    let settings = made.json();
    let key = settings["write_keys"][0].as_str().unwrap().to_owned();
    assert!(key.starts_with("wk_"));
    assert_eq!((&settings["timezone"], &settings["currency"]), (&json!("Europe/Rome"), &json!("EUR")));

    let before = installation(&orma, "shop");
    assert_eq!(
        (&before["events"], &before["refused"], &before["last_hour"]),
        (&json!(0), &json!([]), &Value::Null)
    );
    assert_eq!(before["write_key"], key);
    what_arrives_is_seen(&orma, &key);
    what_is_refused_is_named(&orma, &key);
    a_change_holds_at_once(&orma, &key);
    what_cannot_be_is_refused(&orma);
    newsletter_secrets_come_and_go(&orma);
}

fn what_arrives_is_seen(orma: &Orma, key: &str) {
    assert_eq!(send(orma, key, "https://shop.example"), 200);
    let arrived = wait_for("the first event", || {
        let seen = installation(orma, "shop");
        (seen["events"] == 1).then_some(seen)
    });
    assert_eq!(arrived["hosts"][0]["host"], "shop.example");
    assert_eq!(
        (&arrived["latest"][0]["kind"], &arrived["latest"][0]["path"]),
        (&json!("page_view"), &json!("/scarpe"))
    );
    wait_for("the hour in the accounts", || installation(orma, "shop")["last_hour"].as_str().map(drop));
}

/// The refusals of a site as reason, origin, key and count.
fn refusals(orma: &Orma, token: &str, site: &str) -> Vec<(String, String, String, i64)> {
    let answer = call(orma, token, "GET", &format!("/sites/{site}/installation"), &Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let row = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        (text("reason"), text("origin"), text("key"), row["count"].as_i64().unwrap())
    };
    let mut rows: Vec<_> = answer.json()["refused"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn what_is_refused_is_named(orma: &Orma, key: &str) {
    assert_eq!(send(orma, key, "https://www.shop.example"), 403);
    wait_for("the refused origin", || {
        let refused = refusals(orma, ADMIN_TOKEN, "shop");
        let named =
            ("origin_not_allowed".to_owned(), "https://www.shop.example".to_owned(), key.to_owned(), 1);
        refused.contains(&named).then_some(())
    });
    for _ in 0..4 {
        assert_eq!(send(orma, key, "https://www.shop.example"), 403);
    }
    let image = format!("/p.gif?site={key}");
    let referer = ("referer", "https://blog.example/a?b");
    assert_eq!(request("GET", &orma.url(&image), &[referer], &[]).status, 403);
    // Neither names a site: one has another key, the other cannot be read.
    wait_for("the unknown key", || (send(orma, "wk_wrong", "https://shop.example") == 401).then_some(()));
    assert_eq!(orma.post("{oops", &[("origin", "https://shop.example")]).status, 400);
    assert_eq!(orma.post("{oops", &[("origin", "https://other.example")]).status, 400);
    // A single event, in a request that is taken: what looks like the collector's own word is not taken for it.
    let forged = r#"{"request":{"origin":"https://evil.example","key":"k","requests":9},"kind":"dance"}"#;
    let body = format!(r#"{{"site":"{key}","visitor":"v","events":[{forged}]}}"#);
    assert_eq!(orma.post(body, &[("origin", "https://shop.example")]).status, 200);
    let expected = |with_strangers: bool| {
        let mut rows = vec![
            ("origin_not_allowed", "https://blog.example", key, 1),
            ("origin_not_allowed", "https://www.shop.example", key, 5),
            ("unknown_key", "https://shop.example", "wk_wrong", 1),
            ("unknown_kind", "", "", 1),
            ("not_json", "https://shop.example", "", 1),
        ];
        if with_strangers {
            rows.push(("not_json", "https://other.example", "", 1));
        }
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|(reason, origin, key, count)| (reason.to_owned(), origin.to_owned(), key.to_owned(), count))
            .collect();
        rows.sort();
        rows
    };
    let mut last = Vec::new();
    wait_for("all refusals", || {
        last = refusals(orma, ADMIN_TOKEN, "shop");
        (last.len() == 6 && last.iter().any(|row| row.3 == 5)).then_some(())
    });
    assert_eq!(last, expected(true));
    let (_, of_shop) = new_token(orma, "analyst", &json!("shop"));
    assert_eq!(refusals(orma, &of_shop, "shop"), expected(false), "what may be another site's is not shown");

    wait_for("the accounts of the site", || {
        let accounts = orma.ask("/api/v1/sites/shop/accounting");
        let origin =
            accounts["reasons"].as_array()?.iter().find(|row| row["reason"] == "origin_not_allowed")?.clone();
        (origin["count"] == 6 && accounts["totals"]["rejected"] == 7).then_some(())
    });
}

fn a_change_holds_at_once(orma: &Orma, key: &str) {
    let change = json!({"name": "Bottega", "timezone": "UTC", "origins": ["https://www.shop.example"]});
    let changed = admin(orma, "PATCH", "/sites/shop/settings", &change).json();
    assert_eq!(
        (&changed["name"], &changed["timezone"], &changed["currency"], &changed["origins"]),
        (&json!("Bottega"), &json!("UTC"), &json!("EUR"), &json!(["https://www.shop.example"]))
    );
    assert_eq!(send(orma, key, "https://www.shop.example"), 200);
    assert_eq!(send(orma, key, "https://shop.example"), 403);

    let second = admin(orma, "POST", "/sites/shop/settings/keys", &json!({}));
    assert_eq!(second.status, 201);
    let second = second.json()["key"].as_str().unwrap().to_owned();
    assert_eq!(send(orma, &second, "https://www.shop.example"), 200);
    assert_eq!(admin(orma, "DELETE", &format!("/sites/shop/settings/keys/{key}"), &Value::Null).status, 204);
    wait_for("the end of the first key", || {
        (send(orma, key, "https://www.shop.example") == 401).then_some(())
    });
    let settings = orma.ask("/api/v1/sites/shop/settings");
    assert_eq!(settings["write_keys"], json!([second]));
}

fn what_cannot_be_is_refused(orma: &Orma) {
    for (method, path, body, status, code, field) in [
        ("POST", "/sites", json!({"site": "shop"}), 400, "site_exists", "site"),
        ("POST", "/sites", json!({"site": "la bottega"}), 400, "invalid_field", "site"),
        ("POST", "/sites", json!({"site": "x", "colour": 1}), 400, "invalid_body", "colour"),
        (
            "PATCH",
            "/sites/shop/settings",
            json!({"timezone": "europe/rome"}),
            400,
            "invalid_field",
            "timezone",
        ),
        ("PATCH", "/sites/shop/settings", json!({"currency": "euro"}), 400, "invalid_field", "currency"),
        (
            "PATCH",
            "/sites/shop/settings",
            json!({"origins": ["https://a.example/x"]}),
            400,
            "invalid_field",
            "origins",
        ),
        ("PATCH", "/sites/nobody/settings", json!({}), 404, "unknown_site", ""),
        ("POST", "/sites/shop/settings/keys", json!({"key": "demo"}), 400, "invalid_field", "key"),
        ("DELETE", "/sites/shop/settings/keys/demo", Value::Null, 404, "unknown_key", ""),
        ("DELETE", "/sites/shop/settings/newsletter-keys/00000000", Value::Null, 404, "unknown_key", ""),
        ("DELETE", "/sites/shop/settings/keys/%FF", Value::Null, 404, "unknown_site", ""),
        ("DELETE", "/tokens/%FF", Value::Null, 400, "invalid_path", "path"),
        ("POST", "/tokens", json!({"role": "king"}), 400, "unknown_role", "role"),
        ("POST", "/tokens", json!({"role": "admin", "site": "nobody"}), 400, "invalid_field", "site"),
        ("DELETE", "/tokens/tok_000000000000", Value::Null, 404, "unknown_token", ""),
    ] {
        let refused = admin(orma, method, path, &body);
        assert_eq!(
            error(&refused),
            (status, code.to_owned(), field.to_owned()),
            "{method} {path} {body}: {}",
            refused.text
        );
    }
    assert_eq!(send(orma, "demo", "https://demo.example"), 200, "the key is still the site demo's");
}

fn newsletter_secrets_come_and_go(orma: &Orma) {
    let path = "/sites/shop/settings/newsletter-keys";
    let made = admin(orma, "POST", path, &Value::Null);
    assert_eq!(made.status, 201, "{}", made.text);
    let (id, secret) = (made.json()["key_id"].clone(), made.json()["secret"].clone());
    assert!(secret.as_str().unwrap().starts_with(&format!("ns_{}_", id.as_str().unwrap())));
    let settings = admin(orma, "GET", "/sites/shop/settings", &Value::Null);
    assert_eq!(settings.json()["newsletter_keys"][0]["key_id"], id);
    assert!(!settings.text.contains(secret.as_str().unwrap()), "the secret is shown once");
    let gone = admin(orma, "DELETE", &format!("{path}/{}", id.as_str().unwrap()), &Value::Null);
    assert_eq!(gone.status, 204);
    assert_eq!(orma.ask("/api/v1/sites/shop/settings")["newsletter_keys"], json!([]));
}

#[test]
fn only_an_admin_changes_and_an_admin_of_one_site_only_that_site() {
    let orma = Setup::default().start();
    for site in ["shop", "blog"] {
        assert_eq!(admin(&orma, "POST", "/sites", &json!({"site": site})).status, 201);
    }
    let changes = [
        ("POST", "/sites", json!({"site": "new"})),
        ("PATCH", "/sites/shop/settings", json!({"name": "x"})),
        ("POST", "/sites/shop/settings/keys", json!({})),
        ("DELETE", "/sites/shop/settings/keys/wk", Value::Null),
        ("POST", "/sites/shop/settings/newsletter-keys", Value::Null),
        ("DELETE", "/sites/shop/settings/newsletter-keys/00", Value::Null),
        ("GET", "/tokens", Value::Null),
        ("POST", "/tokens", json!({"role": "admin"})),
        ("DELETE", "/tokens/tok_0", Value::Null),
    ];
    let before = orma.ask("/api/v1/sites/shop/settings");
    for role in ["analyst", "segments", "ingest"] {
        let (_, secret) = new_token(&orma, role, &Value::Null);
        for (method, path, body) in &changes {
            let refused = call(&orma, &secret, method, path, body);
            assert_eq!(error(&refused).0, 403, "{role} {method} {path}: {}", refused.text);
            assert_eq!(error(&refused).1, "role_not_allowed");
        }
        let reads = if role == "analyst" { 200 } else { 403 };
        for path in ["/sites/shop/settings", "/sites/shop/installation"] {
            assert_eq!(call(&orma, &secret, "GET", path, &Value::Null).status, reads, "{role} {path}");
        }
    }
    for (method, path, body) in &changes {
        let refused = call(&orma, "nobody's token, long enough", method, path, body);
        assert_eq!(refused.status, 401, "{method} {path}");
    }
    assert_eq!(orma.ask("/api/v1/sites/shop/settings"), before, "nothing has changed");

    an_admin_of_one_site(&orma);
    a_token_is_shown_once_and_withdrawn(&orma);
    another_page_changes_nothing(&orma);
}

fn an_admin_of_one_site(orma: &Orma) {
    let (id, secret) = new_token(orma, "admin", &json!("shop"));
    let mine = |method: &str, path: &str, body: Value| call(orma, &secret, method, path, &body);
    assert_eq!(mine("PATCH", "/sites/shop/settings", json!({"name": "Mine"})).status, 200);
    assert_eq!(mine("POST", "/sites/shop/settings/keys", json!({})).status, 201);
    for (method, path, body) in [
        ("PATCH", "/sites/blog/settings", json!({"name": "Mine"})),
        ("GET", "/sites/blog/settings", Value::Null),
        ("GET", "/sites/blog/installation", Value::Null),
        ("POST", "/sites", json!({"site": "new"})),
        ("POST", "/tokens", json!({"role": "analyst"})),
        ("POST", "/tokens", json!({"role": "analyst", "site": "blog"})),
        ("POST", "/tokens", json!({"role": "analyst", "site": "nobody"})),
    ] {
        let refused = mine(method, path, body);
        assert_eq!(error(&refused), (403, "site_not_allowed".to_owned(), String::new()), "{method} {path}");
    }
    assert_eq!(
        mine("POST", "/tokens", json!({"role": "analyst", "site": "shop", "name": "of shop"})).status,
        201
    );
    let listed = mine("GET", "/tokens", Value::Null).json();
    let items = listed["items"].as_array().unwrap();
    assert!(items.len() == 2 && items.iter().all(|token| token["site"] == "shop"), "{listed}");
    let all = admin(orma, "GET", "/tokens", &Value::Null).json();
    let foreign = all["items"].as_array().unwrap().iter().find(|token| token["site"].is_null()).unwrap();
    let path = format!("/tokens/{}", foreign["token_id"].as_str().unwrap());
    assert_eq!(error(&mine("DELETE", &path, Value::Null)).1, "unknown_token");
    assert_eq!(error(&mine("DELETE", &format!("/tokens/{id}"), Value::Null)).1, "own_token");
}

fn a_token_is_shown_once_and_withdrawn(orma: &Orma) {
    let (id, secret) = new_token(orma, "analyst", &Value::Null);
    assert_eq!(call(orma, &secret, "GET", "/sites", &Value::Null).status, 200);
    let list = admin(orma, "GET", "/tokens", &Value::Null);
    assert!(list.text.contains(&id) && !list.text.contains(&secret), "{}", list.text);
    let own: Vec<Value> = list.json()["items"].as_array().unwrap().clone();
    assert_eq!(own.iter().filter(|token| token["current"] == true).count(), 1);
    assert_eq!(admin(orma, "DELETE", &format!("/tokens/{id}"), &Value::Null).status, 204);
    assert_eq!(call(orma, &secret, "GET", "/sites", &Value::Null).status, 401);
    assert_eq!(error(&admin(orma, "DELETE", &format!("/tokens/{id}"), &Value::Null)).1, "unknown_token");
}

/// A session's cookie alone changes nothing when another site makes the browser send it.
fn another_page_changes_nothing(orma: &Orma) {
    let signed_in = request(
        "POST",
        &orma.url("/api/v1/session"),
        &[("content-type", "application/json")],
        json!({"token": ADMIN_TOKEN}).to_string().as_bytes(),
    );
    assert_eq!(signed_in.json()["site"], Value::Null);
    let cookie = signed_in.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let patch = |site: &str| {
        let headers =
            [("cookie", cookie.as_str()), ("content-type", "application/json"), ("sec-fetch-site", site)];
        let body = json!({"name": "Taken"}).to_string();
        request("PATCH", &orma.url("/api/v1/sites/blog/settings"), &headers, body.as_bytes())
    };
    assert_eq!(error(&patch("cross-site")).1, "cross_origin");
    assert_eq!(patch("same-origin").status, 200);
}

#[test]
fn who_changes_one_field_at_the_same_moment_as_others_changes_no_other() {
    let orma = Orma::start();
    assert_eq!(admin(&orma, "POST", "/sites", &json!({"site": "shop"})).status, 201);
    for round in 0..10 {
        let currency = if round % 2 == 0 { "USD" } else { "CHF" };
        let timezone = if round % 2 == 0 { "UTC" } else { "Europe/Paris" };
        let origin = format!("https://shop{round}.example");
        let wanted = json!({"name": format!("Bottega {round}"), "timezone": timezone, "currency": currency,
            "origins": [origin]});
        let fields = wanted.as_object().unwrap();
        let together = std::sync::Barrier::new(fields.len());
        std::thread::scope(|scope| {
            for (field, value) in fields {
                let (orma, together) = (&orma, &together);
                scope.spawn(move || {
                    together.wait();
                    let change = json!({ field.as_str(): value });
                    let changed = admin(orma, "PATCH", "/sites/shop/settings", &change);
                    assert_eq!((changed.status, &changed.json()[field]), (200, value), "{}", changed.text);
                });
            }
        });
        let settings = orma.ask("/api/v1/sites/shop/settings");
        for (field, value) in fields {
            assert_eq!(&settings[field], value, "round {round}: {settings}");
        }
    }
}

#[test]
fn an_origin_that_an_older_version_took_hinders_no_other_change_and_is_named() {
    let orma = Orma::start();
    let usable = "https://shop.example";
    assert_eq!(admin(&orma, "POST", "/sites", &json!({"site": "shop", "origins": [usable]})).status, 201);
    // As version 0.1.0 left it.
    orma.sql(
        "INSERT INTO site_settings SELECT 'shop', 'origins', 'https://*.shop.example\\nhttps://shop.example', now64(6)",
    );
    let change = json!({"name": "La Bottega", "currency": "USD"});
    let changed = admin(&orma, "PATCH", "/sites/shop/settings", &change);
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.json();
    assert_eq!((&changed["name"], &changed["currency"]), (&json!("La Bottega"), &json!("USD")));
    assert_eq!(changed["origins"], json!(["https://*.shop.example", usable]));
    assert_eq!(changed["unusable_origins"], json!(["https://*.shop.example"]));

    let dir = orma.dir.path();
    let cli = |arguments: &[&str]| {
        let run = std::process::Command::new(support::program())
            .args(arguments)
            .arg("--data-dir")
            .arg(dir)
            .env_remove("ORMA_ADMIN_TOKEN")
            .output()
            .unwrap();
        assert!(run.status.success(), "{run:?}");
        String::from_utf8(run.stderr).unwrap()
    };
    let what = "origins of shop: `https://*.shop.example` has a wildcard";
    let told = cli(&["site", "set", "shop", "--timezone", "UTC"]);
    assert!(told.contains(what), "{told}");
    assert!(cli(&["site", "list"]).contains(what));
    assert_eq!(orma.ask("/api/v1/sites/shop/settings")["timezone"], "UTC");

    let again = json!({"origins": ["https://*.shop.example"]});
    let refused = admin(&orma, "PATCH", "/sites/shop/settings", &again);
    assert_eq!(error(&refused), (400, "invalid_field".to_owned(), "origins".to_owned()));
    let mended = admin(&orma, "PATCH", "/sites/shop/settings", &json!({"origins": [usable]}));
    assert_eq!(mended.json()["unusable_origins"], json!([]));
    assert!(!cli(&["site", "list"]).contains("wildcard"));
}
