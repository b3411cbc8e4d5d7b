//! Statements held against files that were read by a person: `tests/snapshots/<name>.sql`.

use std::fmt::Write;

use super::Sql;

/// Fails when the statements are not those of the file, and shows what they are.
pub fn check(name: &str, statements: &[Sql]) {
    let mut got = String::new();
    for sql in statements {
        writeln!(got, "{};", broken(&sql.text)).expect("memory");
        for (name, value) in &sql.params {
            writeln!(got, "-- {name} = {}", serde_json::to_string(value).expect("plain")).expect("memory");
        }
    }
    let path = format!("{}/tests/snapshots/{name}.sql", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &got).expect("the folder of the snapshots");
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        got == want,
        "tests/snapshots/{name}.sql is not what is written; read what changes: UPDATE_SNAPSHOTS=1 cargo test -p orma-query --lib, then git diff\n{got}"
    );
}

/// A line for each clause, so that a change shows where it is.
fn broken(text: &str) -> String {
    let clauses =
        ["FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "INNER JOIN", "LEFT JOIN", "AND ", "UNION ALL"];
    clauses
        .iter()
        .fold(text.to_owned(), |text, clause| text.replace(&format!(" {clause}"), &format!("\n  {clause}")))
}
