//! What the demo's visitors show: each of its stories, told through the real collector, is found by the question that is
//! there to find it.

use std::process::Command;

use orma_demo::Story;
use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Orma, program, request, wait_for};

/// A month of few visitors that is over: the same story on every day on which it is told.
const UNTIL: &str = "2024-11-23T10:30:00Z";
const VISITS_PER_DAY: u32 = 70;
/// Maker's code of the phone on which the payment does not open.
const PHONE: &str = "SM-A546B";
const CONTEST: &str = "vinci-un-paio";

/// Asks about the month of the story.
fn ask(orma: &Orma, path: &str, mut question: Value) -> Value {
    question["from"] = "2024-10-25".into();
    question["to"] = "2024-11-23".into();
    post(orma, path, &question)
}

fn post(orma: &Orma, path: &str, body: &Value) -> Value {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let url = orma.url(&format!("/api/v1/sites/demo/{path}"));
    let answer = request("POST", &url, &headers, body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

async fn tell(orma: &Orma) {
    let dir = orma.dir.path();
    let made = Command::new(program())
        .args(["token", "add", "--role", "ingest", "--site", "demo", "--data-dir"])
        .arg(dir)
        .output()
        .unwrap();
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    // What no collector takes, until this one knows the token.
    let bearer = format!("Bearer {token}");
    let sent = json!({"site": "demo", "events": [{"kind": "nothing"}]}).to_string();
    let refused = || orma.post(sent.clone(), &[("authorization", &bearer)]).status == 401;
    tokio::task::block_in_place(|| wait_for("the token", || (!refused()).then_some(())));
    let told = orma_demo::tell(Story {
        collector_url: orma.url(""),
        write_key: "demo".into(),
        ingest_token: token,
        newsletter_key: None,
        days: 30,
        visits_per_day: VISITS_PER_DAY,
        seed: 1,
        until: UNTIL.parse().unwrap(),
    });
    let told = told.await.unwrap();
    tokio::task::block_in_place(|| orma.wait_for_events(told.events));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_story_of_the_demo_is_found_by_the_question_that_looks_for_it() {
    let orma = Orma::start();
    tell(&orma).await;
    tokio::task::block_in_place(|| {
        the_payment_fails_on_one_phone(&orma);
        who_comes_for_the_contest_does_not_come_back(&orma);
        the_newsletter_brings_orders_late(&orma);
        every_segment_has_some_of_the_people(&orma);
    });
}

fn the_payment_fails_on_one_phone(orma: &Orma) {
    let steps = json!([{"kind": "view_item"}, {"kind": "begin_checkout"}, {"kind": "order"}]);
    let funnel = ask(orma, "funnels", json!({"steps": steps, "group_by": "device_model"}));
    let people = |steps: &Value, step: usize| steps[step]["people"].as_f64().unwrap();
    let groups = funnel["groups"].as_array().unwrap();
    let phone = &groups.iter().find(|group| group["value"] == PHONE).expect("the phone")["steps"];
    let others = |step: usize| people(&funnel["steps"], step) - people(phone, step);
    let (at_checkout, bought) = (people(phone, 1), people(phone, 2));
    assert!(at_checkout >= 8.0, "{phone}");
    let (conversion, of_others) = (bought / at_checkout, others(2) / others(1));
    assert!(conversion < of_others / 2.0, "{conversion} of {at_checkout} beside {of_others}");
    // Up to there it is a phone like the others.
    let (reached, by_others) = (at_checkout / people(phone, 0), others(1) / others(0));
    assert!(reached > by_others / 2.0, "{reached} beside {by_others}");

    // What they do: they press the button, and again.
    let condition = json!({"is": {"dimension": "device_model", "values": [PHONE]}});
    let question = json!({"start": {"kind": "begin_checkout"}, "steps": 4, "condition": condition});
    let links = ask(orma, "paths", question)["links"].clone();
    let count = |from: &str, to: &str| -> u64 {
        let links = links.as_array().unwrap().iter();
        links
            .filter(|link| link["from"] == from && link["to"] == to)
            .map(|link| link["count"].as_u64().unwrap())
            .sum()
    };
    assert!(
        count("error", "rage_click") >= 8
            && count("error", "rage_click") > 3 * count("begin_checkout", "order")
    );
}

fn who_comes_for_the_contest_does_not_come_back(orma: &Orma) {
    // Of the weeks that are over: how many came first in one of them, and how many were back in the next.
    let retained = |operator: &str| {
        let mut condition = json!({});
        condition[operator] = json!({"dimension": "campaign", "values": [CONTEST]});
        let answer = ask(orma, "retention", json!({"interval": "week", "condition": condition}));
        let cohorts = answer["cohorts"].as_array().unwrap().clone();
        let over = cohorts.iter().filter(|cohort| cohort["finished"].as_u64().unwrap() > 1);
        over.fold((0, 0), |(first, again), cohort| {
            let people = |week: usize| cohort["people"][week].as_u64().unwrap();
            (first + people(0), again + people(1))
        })
    };
    let ((came, back), (others, others_back)) = (retained("is"), retained("is_not"));
    assert!(came >= 50, "{came}");
    assert!(others_back * 5 > others, "{others_back} of {others}");
    assert!(back * 10 * others < others_back * came, "{back} of {came} beside {others_back} of {others}");

    let numbers = orma.ask(
        "/api/v1/sites/demo/stats?metrics=visitors,orders&group_by=campaign&from=2024-10-25&to=2024-11-23",
    );
    let of = |campaign: &str| -> (u64, u64) {
        let mut rows = numbers["rows"].as_array().unwrap().iter();
        let row = rows.find(|row| row["dimensions"]["campaign"] == campaign).expect(campaign);
        (row["metrics"]["visitors"].as_u64().unwrap(), row["metrics"]["orders"].as_u64().unwrap())
    };
    let ((contest, contest_orders), (vetrina, vetrina_orders)) = (of(CONTEST), of("vetrina"));
    assert!(contest > vetrina && contest_orders < vetrina_orders, "{contest} {contest_orders}");
}

fn the_newsletter_brings_orders_late(orma: &Orma) {
    let conversions = |window_days: u32, model: &str| -> f64 {
        let question = json!({"group_by": "channel", "window_days": window_days});
        let rows = ask(orma, "attribution", question)["rows"].clone();
        let row = rows.as_array().unwrap().iter().find(|row| row["touchpoint"] == "email").cloned();
        let models = row.map(|row| row["models"].as_array().unwrap().clone()).unwrap_or_default();
        models.iter().find(|of| of["model"] == model).map_or(0.0, |of| of["conversions"].as_f64().unwrap())
    };
    // Who asks for the last visit, or looks back a few days, sees next to nothing of it.
    let (last, late, short) =
        (conversions(30, "last"), conversions(30, "last_non_direct"), conversions(3, "last_non_direct"));
    assert!(late >= 5.0 && late > 3.0 * last && late > 2.0 * short, "{last} {late} {short}");

    // So do whole journeys: from the letter straight back to the shop.
    let map = ask(orma, "journeys", json!({"group_by": "channel", "min_support": 5}));
    let differences = map["separation"]["differences"].as_array().unwrap().clone();
    let way =
        differences.iter().find(|one| one["node"]["value"] == "email" && one["next"]["value"] == "direct");
    let way = way.expect("from the letter straight to the shop");
    assert!(way["lift"].as_f64().unwrap() > 2.0 && way["adjusted_p"].as_f64().unwrap() < 0.01, "{way}");

    // At the touchpoints: its readers wait for days where others click on within a minute, and then buy.
    let places = ask(orma, "touchpoints", json!({"min_stays": 10}))["touchpoints"].clone();
    let of = |touchpoint: &str, number: fn(&Value) -> &Value| -> f64 {
        let mut places = places.as_array().unwrap().iter();
        let place = places.find(|place| place["touchpoint"] == touchpoint).expect(touchpoint);
        number(place).as_f64().unwrap_or_else(|| panic!("{place}"))
    };
    let rate = |place| of(place, |place| &place["conversion_rate"]);
    assert!(rate("newsletter") > 2.0 * rate("promotion"), "{} {}", rate("newsletter"), rate("promotion"));
    let wait = |place| of(place, |place| &place["wait"]["q3_ms"]);
    assert!(wait("newsletter") > 24.0 * 3_600_000.0, "{}", wait("newsletter"));
}

fn every_segment_has_some_of_the_people(orma: &Orma) {
    let count = |condition: Value| -> u64 {
        let answer = ask(orma, "retention", json!({"interval": "month", "condition": condition}));
        answer["cohorts"].as_array().unwrap().iter().map(|cohort| cohort["people"][0].as_u64().unwrap()).sum()
    };
    let all = count(json!({"all": []}));
    for (name, condition) in orma_demo::segments() {
        let people = count(condition);
        assert!(people >= 5 && people < all / 2, "{name}: {people} of {all}");
    }
}
