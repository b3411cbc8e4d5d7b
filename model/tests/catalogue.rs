//! The committed catalogue is what the tables say. The SDK, the dashboard and the documentation are held against it.

use orma_model::kinds::{Activity, Items, KINDS, Stage, Touchpoint};
use orma_model::outcome::Outcome;
use orma_model::vitals::{APP_STARTS, Rating, VITALS};
use serde::Serialize;
use serde_json::Value;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue.json");

/// A rating where it is stored and sent, and where the API answers it.
#[derive(Serialize)]
struct RatingWords {
    in_events: &'static str,
    in_answers: &'static str,
}

/// One list for each name, one entry in each line.
fn catalogue() -> String {
    let rating =
        |rating: &Rating| RatingWords { in_events: rating.as_str(), in_answers: rating.in_answers() };
    let lists = [
        ("kinds", lines(KINDS)),
        ("activities", lines(Activity::ALL)),
        ("touchpoints", lines(Touchpoint::ALL)),
        ("stages", lines(Stage::ALL)),
        ("items", lines(Items::ALL)),
        ("vitals", lines(&VITALS)),
        ("app_starts", lines(&APP_STARTS)),
        ("ratings", lines(&Rating::ALL.iter().map(rating).collect::<Vec<_>>())),
        ("outcomes", lines(Outcome::ALL)),
    ];
    let lists = lists.map(|(name, lines)| format!("  \"{name}\": [\n{lines}\n  ]"));
    format!("{{\n{}\n}}\n", lists.join(",\n"))
}

fn lines(entries: &[impl Serialize]) -> String {
    let line = |entry| format!("    {}", serde_json::to_string(entry).unwrap());
    entries.iter().map(line).collect::<Vec<_>>().join(",\n")
}

#[test]
fn the_committed_catalogue_is_the_generated_one() {
    let generated = catalogue();
    serde_json::from_str::<Value>(&generated).unwrap();
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        std::fs::write(PATH, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        committed == generated,
        "model/catalogue.json is not what the tables say; rewrite it with: UPDATE_CATALOGUE=1 cargo test -p orma-model --test catalogue"
    );
}
