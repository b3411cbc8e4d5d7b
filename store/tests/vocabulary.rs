//! What the migrations write of the vocabulary is what the vocabulary says. They stay as they were applied, so a kind that
//! changes needs a further one.

use std::collections::BTreeMap;

use orma_model::Outcome;
use orma_model::kinds::{KINDS, Kind};

/// The migrations' texts, in the order in which they are applied.
fn migrations() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Every list of kinds of a text, and what follows it.
fn lists(sql: &str) -> Vec<(Vec<&str>, &str)> {
    let begin = |operator: &'static str| sql.match_indices(operator).map(move |(at, _)| at + operator.len());
    begin("kind IN (")
        .chain(begin("kind NOT IN ("))
        .map(|begin| {
            let (list, rest) = sql[begin..].split_once(')').unwrap();
            (list.split(',').map(|name| name.trim().trim_matches('\'')).collect(), rest)
        })
        .collect()
}

/// What a list is for, by what follows it.
fn purpose(rest: &str) -> Option<&'static str> {
    rest.starts_with(", ['identify']").then_some("identifying")
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

#[test]
fn the_lists_of_kinds_in_the_newest_views_are_those_of_the_catalogue() {
    let migrations = migrations();
    let mut newest: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for sql in &migrations {
        let mut of_file: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
        for (names, rest) in lists(sql) {
            for name in &names {
                assert!(Kind::find(name).is_some(), "{name}");
            }
            if let Some(purpose) = purpose(rest) {
                of_file.entry(purpose).or_default().push(sorted(names));
            }
        }
        newest.extend(of_file);
    }
    let kinds = |is_meant: fn(&Kind) -> bool| {
        sorted(KINDS.iter().filter(|kind| is_meant(kind)).map(|kind| kind.name).collect())
    };
    // Of the other lists that migrations hold the views are gone.
    let expected = BTreeMap::from([("identifying", kinds(|kind| kind.identifies))]);
    assert_eq!(newest.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (purpose, lists) in newest {
        for list in lists {
            assert_eq!(list, expected[purpose], "{purpose}");
        }
    }
}

#[test]
fn the_table_of_outcomes_has_a_column_for_each_that_collectors_report() {
    let sql = migrations().into_iter().find(|sql| sql.contains("CREATE TABLE outcomes ")).unwrap();
    let table = sql.split_once("CREATE TABLE outcomes ").unwrap().1.split_once("ENGINE").unwrap().0;
    let columns: Vec<&str> = table
        .lines()
        .filter_map(|line| line.trim().trim_end_matches(',').strip_suffix(" UInt64"))
        .filter(|column| *column != "version")
        .collect();
    let reported: Vec<&str> = Outcome::REPORTED.iter().map(|outcome| outcome.as_str()).collect();
    assert_eq!(columns, reported);
}
