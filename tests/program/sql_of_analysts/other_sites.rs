//! What a condition may learn of the rows that it must not see.

use super::{ask, insert_two_sites, value};
use crate::query_api::Service;

/// Conditions that fail, or fail with a value in the message, on a row that holds a word.
const CONDITIONS: [&str; 8] = [
    "throwIf({column} LIKE '%{word}%') = 0",
    "{column} LIKE '{word}%' AND toUInt8({column}) = 1",
    "{column} LIKE '%{word}%' AND intDiv(1, NOT {column} LIKE '%{word}%') = 1",
    "intDiv(1, {column} NOT IN ('{word}-user', '{word}-visitor', '/{word}')) = 1",
    "if({column} LIKE '%{word}%', throwIf(1), 0) = 0",
    "throwIf(length(extractAll({column}, '{word}')) > 0) = 0 AND {column} != ''",
    "arrayMax(arrayMap(x -> throwIf(x LIKE '%{word}%'), [toString({column})])) = 0",
    "failing = 0",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_fails_on_another_site_s_rows_never_meets_them() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    assert_eq!(value(&service, "SELECT count() FROM events").await, 15);
    // Both sites' rows in the same granules: nothing but the views' own condition keeps them apart.
    for table in ["events", "visits", "people"] {
        service.store.execute(&format!("OPTIMIZE TABLE {table} FINAL"), &[]).await.unwrap();
    }
    for (view, column) in [
        ("events", "visitor"),
        ("events", "path"),
        ("visits", "user"),
        ("visits", "entry_page"),
        ("people", "person"),
    ] {
        for condition in CONDITIONS {
            let mut told = Vec::new();
            // One word is in each row of the other site, the other one nowhere.
            for word in ["secret", "sacred"] {
                let query = format!(
                    "SELECT count() FROM (SELECT *, throwIf({column} LIKE '%{word}%') AS failing FROM {view}) WHERE {condition}"
                );
                let query = query.replace("{column}", column).replace("{word}", word);
                let answer = ask(&service, &query).await;
                told.push((answer.status, answer.text().replace(word, "")));
            }
            assert_eq!(told[0], told[1], "{view}.{column}: {condition}");
        }
    }
}
