//! What users of other tools have reported of wrong numbers, through the program itself. Each test names the reports.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Orma, request, wait_for};

/// Four days ago, in UTC, and the day before and after it.
struct Days {
    before: String,
    day: String,
    after: String,
}

fn days(orma: &Orma) -> Days {
    let day = |ago: u64| {
        let rows = orma.sql(&format!("SELECT toString(toDate(now('UTC')) - {ago}) AS day"));
        rows[0]["day"].as_str().unwrap().to_owned()
    };
    Days { before: day(5), day: day(4), after: day(3) }
}

fn send(orma: &Orma, visitor: &str, session: &str, events: &[Value]) {
    let mut body = json!({"site": "demo", "visitor": visitor, "events": events});
    if !session.is_empty() {
        body["session"] = json!(session);
    }
    let answer = orma.post(body.to_string(), &[]);
    assert_eq!((answer.status, &answer.json()["rejected"]), (200, &json!([])), "{}", answer.text);
    wait_for("all that was accepted", || {
        let [accepted, shipped] =
            ["accepted", "shipped"].map(|what| orma.metric(&format!("orma_events_{what}_total")));
        (accepted? > 0.0 && shipped? >= accepted?).then_some(())
    });
}

fn event(kind: &str, ts: &str) -> Value {
    json!({"kind": kind, "url": "https://shop.example/p", "ts": ts})
}

fn with(mut event: Value, more: &Value) -> Value {
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

fn ask(orma: &Orma, path: &str) -> Value {
    orma.ask(&format!("/api/v1/sites/demo{path}"))
}

fn set_zone(orma: &Orma, zone: &str) {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let settings = json!({"timezone": zone}).to_string();
    let answer = request("PATCH", &orma.url("/api/v1/sites/demo/settings"), &headers, settings.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text);
}

fn sum(answer: &Value, metric: &str) -> i64 {
    answer["rows"].as_array().unwrap().iter().map(|row| row["metrics"][metric].as_i64().unwrap()).sum()
}

/// umami-software/umami 2228, betterlytics/betterlytics 439, pirsch-analytics/pirsch 185: a visit that goes on in the next
/// hour counts as a bounce of each; bounce rate and duration change with the interval.
#[test]
fn a_visit_is_whole_however_time_is_divided() {
    let orma = Orma::start();
    let Days { day, .. } = days(&orma);
    let at = |time: &str| format!("{day}T{time}Z");
    // Over the hour, over the site's midnight, and over that of the store.
    for (visitor, first, last) in
        [("a", "10:59:00", "11:01:00"), ("b", "22:59:00", "23:01:00"), ("c", "23:59:00", "23:59:40")]
    {
        send(&orma, visitor, "", &[event("page_view", &at(first)), event("page_view", &at(last))]);
    }
    let metrics = "metrics=sessions,bounce_rate,session_duration_ms,views_per_session,page_views";
    let whole = ask(&orma, &format!("/stats?{metrics}"));
    assert_eq!(
        whole["totals"],
        json!({"sessions": 3, "bounce_rate": 0.0, "session_duration_ms": 93_333, "views_per_session": 2.0, "page_views": 6})
    );
    for interval in ["hour", "day", "week", "month"] {
        let series = ask(&orma, &format!("/stats?{metrics}&interval={interval}"));
        assert_eq!(series["totals"], whole["totals"], "{interval}");
        assert_eq!((sum(&series, "sessions"), sum(&series, "page_views")), (3, 6), "{interval}");
        for row in series["rows"].as_array().unwrap() {
            let rate = &row["metrics"]["bounce_rate"];
            assert!(rate.is_null() || *rate == 0.0, "{interval} {row}");
        }
    }
}

/// umami-software/umami 4541, arp242/goatcounter 431 and 852: hours of a zone of half hours are those of UTC, and lists of
/// browsers and places have days of UTC.
#[test]
fn all_numbers_have_the_hours_and_days_of_the_site() {
    let orma = Orma::start();
    let Days { day, after, .. } = days(&orma);
    set_zone(&orma, "Asia/Tehran");
    for (visitor, time) in [("a", "10:31:00"), ("b", "11:29:00"), ("c", "20:31:00"), ("d", "20:29:59")] {
        send(&orma, visitor, "", &[event("page_view", &format!("{day}T{time}Z"))]);
    }
    let series = ask(&orma, &format!("/stats?metrics=visitors&interval=hour&from={day}&to={day}"));
    let filled: Vec<(&str, i64)> = series["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (row["dimensions"]["time"].as_str().unwrap(), row["metrics"]["visitors"].as_i64().unwrap())
        })
        .filter(|(_, visitors)| *visitors > 0)
        .collect();
    // Half past the hour of UTC begins an hour there: from 14:00 to 15:00, and the last before midnight.
    assert_eq!(filled, [(&*format!("{day}T14:00:00+03:30"), 2), (&*format!("{day}T23:00:00+03:30"), 1)]);
    for (asked, visitors) in [(&day, 3), (&after, 1)] {
        for dimension in ["browser", "country", "page", "source", "device_class", "entry_page", "kind"] {
            let list =
                ask(&orma, &format!("/stats?metrics=visitors&group_by={dimension}&from={asked}&to={asked}"));
            assert_eq!(
                (sum(&list, "visitors"), &list["totals"]["visitors"]),
                (visitors, &json!(visitors)),
                "{dimension}"
            );
        }
        let people = ask(&orma, &format!("/people?from={asked}&to={asked}"));
        assert_eq!(people["items"].as_array().unwrap().len() as i64, visitors);
    }
}

/// plausible/analytics 6260, 5804 and 5563, 2141: under a filter of pages or properties, top numbers, lists and the
/// conversion rate are of different visits.
#[test]
fn under_a_filter_all_numbers_are_of_the_same_visits() {
    let orma = Orma::start();
    let Days { day, .. } = days(&orma);
    let at = |time: &str| format!("{day}T{time}Z");
    let page = |time: &str, path: &str| {
        with(event("page_view", &at(time)), &json!({"url": format!("https://shop.example{path}")}))
    };
    let pro = |event: Value| with(event, &json!({"props": {"plan": "pro"}}));
    let google = |event: Value| with(event, &json!({"referrer": "https://www.google.com/"}));
    let order =
        || with(event("order", &at("10:03:00")), &json!({"revenue": {"amount": "10", "currency": "EUR"}}));
    send(
        &orma,
        "a",
        "a1",
        &[google(pro(page("10:00:00", "/p"))), page("10:01:00", "/q"), page("10:02:00", "/p"), order()],
    );
    send(&orma, "b", "b1", &[pro(page("10:00:00", "/p"))]);
    send(&orma, "c", "c1", &[page("10:00:00", "/q"), order()]);
    for filter in ["page:is:/p", "props.plan:is:pro"] {
        let of = |more: &str| {
            ask(
                &orma,
                &format!(
                    "/stats?metrics=visitors,sessions,views_per_session,conversion_rate{more}&filter={filter}"
                ),
            )
        };
        let all = of("");
        assert_eq!(
            all["totals"],
            json!({"visitors": 2, "sessions": 2, "views_per_session": 2.0, "conversion_rate": 0.5}),
            "{filter}"
        );
        for dimension in ["source", "channel", "country", "browser", "os", "entry_page", "exit_page", "host"]
        {
            let list = of(&format!("&group_by={dimension}"));
            assert_eq!((sum(&list, "visitors"), sum(&list, "sessions")), (2, 2), "{filter} {dimension}");
            assert_eq!(list["totals"], all["totals"], "{filter} {dimension}");
        }
    }
}

/// rybbit-io/rybbit 959, snowplow/dbt-snowplow-web 96 and 47: how long visits last depends on the filter, and grows by
/// what a forgotten page sends.
#[test]
fn a_visit_lasts_as_long_in_numbers_and_in_the_journey() {
    let orma = Orma::start();
    let Days { before, day, after } = days(&orma);
    let google = json!({"referrer": "https://www.google.com/"});
    let morning = |day: &str, time: &str| format!("{day}T{time}Z");
    send(
        &orma,
        "a",
        "kept",
        &[
            with(event("page_view", &morning(&before, "09:00:00")), &google),
            event("search", &morning(&before, "09:03:00")),
            // The page is left in the evening, and once more the next morning.
            event("page_leave", &morning(&before, "18:00:00")),
            event("page_leave", &morning(&day, "08:00:00")),
            // The same session id, days later.
            with(event("page_view", &morning(&after, "09:00:00")), &google),
            event("page_view", &morning(&after, "09:01:00")),
        ],
    );
    let direct = with(event("page_view", &morning(&day, "09:00:00")), &json!({}));
    send(&orma, "b", "b1", &[direct]);
    let journey = ask(&orma, "/people/a/journey");
    let lasted: Vec<i64> = journey["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["duration_ms"].as_i64().unwrap())
        .collect();
    assert_eq!(lasted, [60_000, 180_000]);
    for filter in ["channel:is:organic_search", "source:is:Google", "page:is:/p", "kind:is:page_view"] {
        let answer = ask(
            &orma,
            &format!("/stats?metrics=sessions,session_duration_ms&filter={filter}&group_by=channel"),
        );
        let google = answer["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["dimensions"]["channel"] == "organic_search");
        assert_eq!(
            google.unwrap()["metrics"],
            json!({"sessions": 2, "session_duration_ms": 120_000}),
            "{filter}"
        );
    }
}

/// PostHog/posthog 10964, 18109, 381 and PostHog/posthog-js 512: people are counted by their devices in one place and not
/// in another; who logs in next on a device has the events of who was there before.
#[test]
fn people_are_the_same_people_everywhere() {
    let orma = Orma::start();
    let Days { day, .. } = days(&orma);
    let at = |time: &str| format!("{day}T{time}Z");
    let identify = |time: &str, user: &str| json!({"kind": "identify", "user": user, "ts": at(time)});
    for device in ["phone", "laptop", "tablet"] {
        send(&orma, device, "", &[event("page_view", &at("10:00:00")), identify("10:01:00", "anna")]);
    }
    // A family's computer: Anna leaves, somebody looks around, Bruno logs in.
    send(
        &orma,
        "family",
        "f1",
        &[
            event("page_view", &at("11:00:00")),
            identify("11:01:00", "anna"),
            event("reset", &at("11:02:00")),
            event("page_view", &at("11:03:00")),
            identify("11:04:00", "bruno"),
            event("page_view", &at("11:05:00")),
        ],
    );
    let list = ask(&orma, "/people?filter=kind:is:page_view");
    let views = |person: &str| {
        let item = list["items"].as_array().unwrap().iter().find(|item| item["person"] == person).unwrap();
        (item["page_views"].as_i64().unwrap(), item["visitors"].as_i64().unwrap())
    };
    assert_eq!((views("anna"), views("bruno")), ((4, 4), (2, 1)));
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    for question in ["", "&filter=kind:is:identify", "&filter=page:is:/p", "&group_by=kind", "&interval=day"]
    {
        let answer = ask(&orma, &format!("/stats?metrics=people,visitors{question}"));
        assert_eq!(answer["totals"], json!({"people": 2, "visitors": 4}), "{question}");
    }
}

/// PostHog/posthog 14951 and 16849, matomo-org/matomo 17631 and 22024, dbt-labs/snowplow 54: what was asked once goes on
/// being told when late events have come.
#[test]
fn what_came_late_is_in_the_next_answer() {
    let orma = Orma::start();
    let Days { before, day, .. } = days(&orma);
    let ts = |time: &str| format!("{day}T{time}Z");
    send(&orma, "a", "s", &[event("page_view", &ts("10:00:00")), event("page_view", &ts("10:40:00"))]);
    let asked = |from: &str| {
        let period = format!("from={from}&to={day}");
        let numbers =
            ask(&orma, &format!("/stats?metrics=sessions,page_views,bounce_rate&{period}"))["totals"].clone();
        (numbers, ask(&orma, &format!("/people?{period}"))["items"][0]["sessions"].clone())
    };
    let told = |sessions: i64, views: i64, bounced: f64| {
        (json!({"sessions": sessions, "page_views": views, "bounce_rate": bounced}), json!(sessions))
    };
    for _ in 0..2 {
        assert_eq!(asked(&day), told(2, 2, 1.0));
    }
    // It joins two visits; then one comes before them.
    send(&orma, "a", "s", &[event("page_view", &ts("10:20:00"))]);
    for _ in 0..2 {
        assert_eq!(asked(&day), told(1, 3, 0.0));
    }
    send(&orma, "a", "s", &[event("page_view", &format!("{before}T10:00:00Z"))]);
    assert_eq!(asked(&before), told(2, 4, 0.5));
}

/// plausible/analytics 393, matomo-org/matomo 23708 and 12250, arp242/goatcounter 878, pirsch-analytics/pirsch 88 and 285,
/// plausible/analytics 3715: a source stands in several rows, by the case of a link, by link and referrer, by its app.
#[test]
fn a_source_is_one_however_an_arrival_names_it() {
    let orma = Orma::start();
    let Days { day, .. } = days(&orma);
    let arrivals = [
        ("LinkedIn", "?utm_source=LinkedIn&utm_medium=social", ""),
        ("LinkedIn", "?utm_source=linkedin", ""),
        ("LinkedIn", "?UTM_SOURCE=Linkedin", "https://www.linkedin.com/"),
        ("LinkedIn", "", "https://www.linkedin.com/feed/"),
        ("LinkedIn", "", "https://lnkd.in/x"),
        ("LinkedIn", "", "android-app://com.linkedin.android/"),
        ("ChatGPT", "?utm_source=chatgpt.com", "https://chatgpt.com/"),
        ("ChatGPT", "?utm_source=ChatGPT", ""),
        ("ChatGPT", "", "https://chatgpt.com/c/1"),
        ("Slack", "", "android-app://com.Slack/"),
        ("Slack", "", "android-app://com.slack"),
        ("Slack", "?utm_source=slack", ""),
        ("Pinterest", "", "android-app://com.pinterest/"),
        ("Pinterest", "", "https://it.pinterest.com/pin/1"),
    ];
    for (number, (_, query, referrer)) in arrivals.iter().enumerate() {
        let view = with(
            event("page_view", &format!("{day}T10:00:00Z")),
            &json!({"url": format!("https://shop.example/p{query}"), "referrer": referrer}),
        );
        send(&orma, &format!("v{number}"), "", &[view]);
    }
    let list = ask(&orma, "/stats?metrics=visitors&group_by=source");
    let mut found: Vec<(&str, i64)> = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (row["dimensions"]["source"].as_str().unwrap(), row["metrics"]["visitors"].as_i64().unwrap())
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("ChatGPT", 3), ("LinkedIn", 6), ("Pinterest", 2), ("Slack", 3)]);
}

/// matomo-org/matomo 18511, 9299 and 18612, PostHog/posthog-js 877: campaigns that are named twice, the way back from a
/// payment and a page that is left late make new visits, which take the order.
#[test]
fn a_visit_keeps_its_source_to_the_order() {
    let orma = Orma::start();
    let Days { day, .. } = days(&orma);
    let at = |time: &str| format!("{day}T{time}Z");
    let landing = "https://shop.example/p?utm_source=bing&utm_medium=sem&utm_campaign=&matchtype=b&utm_term=test1&utm_content=\
        &utm_medium=ppc&utm_term=test2&utm_campaign=test3&utm_source=bing&urlref=https://se.search.yahoo.com/";
    let view = |time: &str, url: &str, referrer: &str| {
        with(event("page_view", &at(time)), &json!({"url": url, "referrer": referrer}))
    };
    let order =
        with(event("order", &at("10:20:05")), &json!({"revenue": {"amount": "10", "currency": "EUR"}}));
    send(
        &orma,
        "a",
        "",
        &[
            view("10:00:00", landing, "https://www.bing.com/"),
            view("10:05:00", "https://shop.example/cart", landing),
            // Back to the first page, its campaign and all.
            view("10:06:00", landing, "https://shop.example/cart"),
            view("10:20:00", "https://shop.example/thanks", "https://www.paypal.com/checkoutnow"),
            order,
            event("page_leave", &at("12:00:00")),
        ],
    );
    let numbers = ask(&orma, "/stats?metrics=sessions,orders,revenue&group_by=campaign");
    assert_eq!(numbers["rows"][0]["dimensions"]["campaign"], "test3", "{numbers}");
    assert_eq!(
        numbers["rows"][0]["metrics"],
        json!({"sessions": 1, "orders": 1, "revenue": "10.00"}),
        "{numbers}"
    );
    for (dimension, value) in [("source", "Bing"), ("utm_medium", "sem"), ("utm_term", "test1")] {
        let list = ask(&orma, &format!("/stats?metrics=sessions,orders&group_by={dimension}"));
        let rows = list["rows"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["dimensions"][dimension]), (1, &json!(value)), "{list}");
        assert_eq!(rows[0]["metrics"], json!({"sessions": 1, "orders": 1}), "{dimension}");
    }
}

/// plausible/analytics 6604, matomo-org/matomo 17441, simpleanalytics/roadmap 451: an export under a filter of entry or
/// exit pages, one by weeks, and filters on campaigns with signs that addresses encode are broken.
#[test]
fn what_is_exported_and_filtered_is_what_is_shown() {
    let orma = Orma::start();
    let Days { day, .. } = days(&orma);
    let campaigns = ["no code founders", "no+code founders", "50% off, \"now\"", "caffè=1&2"];
    for (number, campaign) in campaigns.iter().enumerate() {
        let encoded = utf8_percent_encode(campaign, NON_ALPHANUMERIC);
        let view = with(
            event("page_view", &format!("{day}T10:00:00Z")),
            &json!({"url": format!("https://shop.example/in,{number}?utm_campaign={encoded}")}),
        );
        let exit = with(
            event("page_view", &format!("{day}T10:01:00Z")),
            &json!({"url": format!("https://shop.example/out,{number}")}),
        );
        send(&orma, &format!("v{number}"), "", &[view, exit]);
    }
    let csv = |question: &str| {
        let bearer = format!("Bearer {ADMIN_TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("accept", "text/csv")];
        let url = orma.url(&format!("/api/v1/sites/demo/stats?{question}"));
        let answer = request("GET", &url, &headers, b"");
        assert_eq!(answer.status, 200, "{question}: {}", answer.text);
        answer.text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let one = |filter: String| {
        let encoded = utf8_percent_encode(&filter, NON_ALPHANUMERIC);
        format!("metrics=visitors&filter={encoded}")
    };
    for (number, campaign) in campaigns.iter().enumerate() {
        let escaped = campaign.replace(',', "\\,");
        for filter in [
            format!("campaign:is:{escaped}"),
            format!("entry_page:is:/in\\,{number}"),
            format!("exit_page:is:/out\\,{number}"),
        ] {
            let question = one(filter);
            assert_eq!(
                ask(&orma, &format!("/stats?{question}"))["totals"],
                json!({"visitors": 1}),
                "{question}"
            );
            let table = csv(&format!("{question}&group_by=campaign"));
            assert_eq!(table.len(), 2, "{question}: {table:?}");
            assert!(
                table[1].ends_with(",1") && table[1].contains(&campaign.replace('"', "\"\"")),
                "{table:?}"
            );
        }
    }
    let weeks = csv("metrics=visitors,page_views&interval=week");
    let columns = weeks[0].split(',').count();
    assert!(weeks.len() > 1 && weeks.iter().all(|row| row.split(',').count() == columns), "{weeks:?}");
}
