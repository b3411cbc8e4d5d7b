//! What the documentation lists of the vocabulary is what the vocabulary says.

use orma_model::kinds::{Activity, Items, KINDS, Kind};
use orma_model::vitals::Rating;

fn document(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The words in backticks of what stands between two phrases, which are in the document once.
fn words<'a>(document: &'a str, after: &str, before: &str) -> Vec<&'a str> {
    let (_, rest) = document.split_once(after).unwrap_or_else(|| panic!("{after:?} is not there"));
    let (between, _) = rest.split_once(before).unwrap_or_else(|| panic!("{before:?} is not there"));
    between.split('`').skip(1).step_by(2).collect()
}

fn kinds(is_meant: fn(&Kind) -> bool) -> Vec<&'static str> {
    KINDS.iter().filter(|kind| is_meant(kind)).map(|kind| kind.name).collect()
}

#[test]
fn the_definitions_name_the_kinds_that_are_views_and_those_that_are_about_items() {
    let definitions = document("definitions.md");
    let views = words(&definitions, "| page view | an event", "|");
    assert_eq!(views, kinds(|kind| kind.activity == Activity::View));
    let about_items = words(&definitions, "count the events that are about such an item:", ". An order of");
    assert_eq!(about_items, kinds(|kind| kind.items != Items::No));
}

#[test]
fn the_report_of_newsletters_names_the_kinds_that_a_mail_tool_tells_of() {
    let newsletter = document("newsletter.md");
    let told = words(&newsletter, "of which the mail tool said so:", "|");
    assert_eq!(told, kinds(|kind| kind.by_mail_tool));
}

#[test]
fn every_call_of_segment_becomes_a_kind_that_exists() {
    let segment = document("segment.md");
    let table = segment.split_once("| Call | Here |").unwrap().1.split_once("\n\n").unwrap().0;
    let rows = table.lines().filter(|line| line.starts_with("| · "));
    let mut found = 0;
    for row in rows {
        let mut family = "";
        for word in row.split('`').skip(1).step_by(2) {
            // `_open` after `newsletter_delivered` is `newsletter_open`.
            let name = if word.starts_with('_') { format!("{family}{word}") } else { word.to_owned() };
            assert!(Kind::find(&name).is_some(), "{name}");
            family = word.split('_').next().filter(|_| !word.starts_with('_')).unwrap_or(family);
            found += 1;
        }
    }
    assert!(found > 0);
}

#[test]
fn the_api_names_the_ratings_of_answers_and_what_they_are_in_events() {
    let api = document("api.md");
    let answered: Vec<&str> = Rating::ALL.iter().map(|rating| rating.in_answers()).collect();
    assert_eq!(words(&api, "- A rating is", "in every answer"), answered);
    let others: Vec<&str> = Rating::ALL
        .iter()
        .filter(|rating| rating.as_str() != rating.in_answers())
        .map(|rating| rating.as_str())
        .collect();
    assert_eq!(words(&api, "of the web-vitals library,", "; an export"), others);
}
