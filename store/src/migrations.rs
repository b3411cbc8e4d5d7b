//! Numbered migrations, each applied once. The same files serve one node and a cluster: table engines and
//! `ON CLUSTER` are placeholders.
//!
//! | placeholder | one node | cluster |
//! |---|---|---|
//! | `{on_cluster}` | – | `ON CLUSTER name` |
//! | `{merge_tree}` | `MergeTree` | `ReplicatedMergeTree` |
//! | `{replacing_merge_tree:column}` | `ReplacingMergeTree(column)` | `ReplicatedReplacingMergeTree(column)` |
//!
//! The replicated engines take their keeper path and replica from the server's default macros.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use crate::client::{Param, Store, StoreError};

/// A file of `migrations/`.
struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "events", sql: include_str!("../migrations/0001_events.sql") },
    Migration { version: 2, name: "identity", sql: include_str!("../migrations/0002_identity.sql") },
    Migration { version: 3, name: "ledger", sql: include_str!("../migrations/0003_ledger.sql") },
    Migration { version: 4, name: "registry", sql: include_str!("../migrations/0004_registry.sql") },
    Migration { version: 5, name: "newsletter", sql: include_str!("../migrations/0005_newsletter.sql") },
    Migration { version: 6, name: "outcomes", sql: include_str!("../migrations/0006_outcomes.sql") },
    Migration { version: 7, name: "ledger_view", sql: include_str!("../migrations/0007_ledger.sql") },
    Migration {
        version: 8,
        name: "campaign_terms",
        sql: include_str!("../migrations/0008_campaign_terms.sql"),
    },
    Migration {
        version: 9,
        name: "site_settings",
        sql: include_str!("../migrations/0009_site_settings.sql"),
    },
    Migration { version: 10, name: "sites", sql: include_str!("../migrations/0010_sites.sql") },
    Migration { version: 11, name: "write_offs", sql: include_str!("../migrations/0011_write_offs.sql") },
    Migration { version: 12, name: "jobs", sql: include_str!("../migrations/0012_jobs.sql") },
    Migration { version: 13, name: "visits", sql: include_str!("../migrations/0013_visits.sql") },
    Migration { version: 14, name: "people", sql: include_str!("../migrations/0014_people.sql") },
    Migration { version: 15, name: "arrivals", sql: include_str!("../migrations/0015_arrivals.sql") },
    Migration {
        version: 16,
        name: "user_spellings",
        sql: include_str!("../migrations/0016_user_spellings.sql"),
    },
    Migration {
        version: 17,
        name: "selected_events",
        sql: include_str!("../migrations/0017_selected_events.sql"),
    },
    Migration { version: 18, name: "rollups", sql: include_str!("../migrations/0018_rollups.sql") },
    Migration { version: 19, name: "audiences", sql: include_str!("../migrations/0019_audiences.sql") },
    Migration { version: 20, name: "reports", sql: include_str!("../migrations/0020_reports.sql") },
];

/// The newest schema that this program knows.
pub fn newest_version() -> u32 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer program has been here.
    #[error(
        "the store was written by a newer version of orma (schema {found}, this program knows {known}): \
         start that version, or give this one another data directory"
    )]
    Newer {
        /// The store's schema.
        found: u32,
        /// The newest schema of this program.
        known: u32,
    },
    /// The cluster's name would need quoting.
    #[error("clickhouse_cluster is `{0}`; only letters, digits, - and _ are allowed")]
    ClusterName(String),
    /// A statement failed.
    #[error("migration {migration}: {source}")]
    Statement {
        /// The file's number and name.
        migration: String,
        /// What ClickHouse said.
        source: StoreError,
    },
    /// Tables that were made are gone: without them events would be refused.
    #[error(
        "the database {database} of ClickHouse has lost {tables}, which it had: restore them from a backup, or give \
         orma an empty database"
    )]
    Missing {
        /// The database.
        database: String,
        /// Their names.
        tables: String,
    },
    /// ClickHouse could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A migration may rewrite a large table.
const STATEMENT_TIME_MAX: Duration = Duration::from_hours(1);

/// Creates the database and applies what is missing; returns the versions that were applied now.
///
/// # Errors
/// See [`MigrationError`]. A migration that failed half-way is applied again by the next call: its statements are
/// made idempotent by `IF NOT EXISTS`.
pub async fn migrate(store: &Store, cluster: Option<&str>) -> Result<Vec<u32>, MigrationError> {
    if let Some(name) = cluster
        && !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return Err(MigrationError::ClusterName(name.into()));
    }
    let store = &store.clone().with_time_limit(STATEMENT_TIME_MAX);
    let database = store.endpoint().database;
    let on_cluster = on_cluster(cluster);
    // The database of the connection does not exist yet, and ClickHouse refuses a session in one that is missing.
    let server = Store::connect(crate::Endpoint { database: "system".into(), ..store.endpoint() });
    server.execute(&format!("CREATE DATABASE IF NOT EXISTS {database}{on_cluster}"), &[]).await?;
    store
        .execute(
            &render(
                "CREATE TABLE IF NOT EXISTS schema_migrations {on_cluster} (version UInt32, name String, \
                 applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = {replacing_merge_tree} ORDER BY version",
                cluster,
            ),
            &[],
        )
        .await?;
    let found = current_version(store).await?;
    if found > newest_version() {
        return Err(MigrationError::Newer { found, known: newest_version() });
    }
    let mut applied = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > found) {
        apply(store, migration, cluster).await?;
        applied.push(migration.version);
    }
    if !applied.is_empty() {
        keep_on_disk(store, cluster).await?;
    }
    match missing_tables(store).await?.as_slice() {
        [] => Ok(applied),
        missing => Err(MigrationError::Missing { database, tables: missing.join(", ") }),
    }
}

/// What ClickHouse put aside because it could not read it, by table: rows that are no longer in any answer.
///
/// # Errors
/// ClickHouse cannot be asked, or the user may not read `system.detached_parts`.
pub async fn detached_parts(store: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    #[derive(Deserialize)]
    struct Detached {
        table: String,
        parts: u64,
    }
    let question = "SELECT table, count() AS parts FROM system.detached_parts \
        WHERE database = {database:String} AND reason NOT IN ('', 'ignored') GROUP BY table ORDER BY table";
    let database = [("database", store.endpoint().database.into())];
    let rows: Vec<Detached> = store.select(question, &database).await?;
    Ok(rows.into_iter().map(|row| (row.table, row.parts)).collect())
}

/// Tables and views that the migrations have made by now and that are not there.
async fn missing_tables(store: &Store) -> Result<Vec<&'static str>, StoreError> {
    #[derive(Deserialize)]
    struct Table {
        name: String,
    }
    let question = "SELECT name FROM system.tables WHERE database = {database:String}";
    let database = [("database", store.endpoint().database.into())];
    let found: Vec<Table> = store.select(question, &database).await?;
    let made = made_tables(MIGRATIONS.iter().map(|migration| migration.sql));
    Ok(made.into_iter().filter(|name| !found.iter().any(|table| table.name == *name)).collect())
}

/// The names that stand behind `CREATE TABLE` and `CREATE MATERIALIZED VIEW` and were not dropped or renamed later.
fn made_tables<'a>(scripts: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut made = BTreeSet::new();
    for line in scripts.flat_map(str::lines) {
        let mut words = line
            .split([' ', ',', '(', ';'])
            .filter(|word| !word.is_empty() && !matches!(*word, "MATERIALIZED" | "IF" | "NOT" | "EXISTS"));
        match (words.next(), words.next(), words.next()) {
            (Some("CREATE"), Some("TABLE" | "VIEW"), Some(name)) => drop(made.insert(name)),
            (Some("DROP"), Some("TABLE" | "VIEW"), Some(name)) => drop(made.remove(name)),
            (Some("RENAME"), Some("TABLE"), Some(name)) => {
                made.remove(name);
                made.extend(words.nth(1));
            }
            _ => {}
        }
    }
    made
}

/// Tables of which a segment's deletion depends.
const TABLES_OF_EVENTS: [&str; 11] = [
    "events",
    "selected_events",
    "visits",
    "visitor_numbers",
    "rollups",
    "rollup_days",
    "touched",
    "identity_edges",
    "traits",
    "rejected_events",
    "outcomes",
];
/// Tables that are seldom written to, and whose rows nobody sends again.
const TABLES_OF_THE_REGISTRY: [&str; 7] =
    ["site_settings", "write_keys", "tokens", "newsletter_keys", "write_offs", "job_claims", "job_marks"];

/// Makes inserts durable where they are made. The collector forces the disk of an embedded engine itself, once for many
/// inserts, which costs a fraction; that of a server it cannot reach, so there each insert does it.
async fn keep_on_disk(store: &Store, cluster: Option<&str>) -> Result<(), MigrationError> {
    let of_events = if store.is_on_this_machine() { &[][..] } else { &TABLES_OF_EVENTS };
    let on_cluster = on_cluster(cluster);
    for table in of_events.iter().chain(&TABLES_OF_THE_REGISTRY) {
        let sql = format!(
            "ALTER TABLE {table}{on_cluster} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1"
        );
        store.execute(&sql, &[]).await?;
    }
    Ok(())
}

/// The version of the store's schema, 0 when it has none.
///
/// # Errors
/// ClickHouse cannot be asked, or has no such database.
pub async fn current_version(store: &Store) -> Result<u32, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        version: u32,
    }
    let rows: Vec<Row> = store.select("SELECT max(version) AS version FROM schema_migrations", &[]).await?;
    Ok(rows.first().map_or(0, |row| row.version))
}

async fn apply(store: &Store, migration: &Migration, cluster: Option<&str>) -> Result<(), MigrationError> {
    let failed = |source| MigrationError::Statement {
        migration: format!("{:04}_{}", migration.version, migration.name),
        source,
    };
    for statement in statements(&render(migration.sql, cluster)) {
        store.execute(&statement, &[]).await.map_err(failed)?;
    }
    store
        .execute(
            "INSERT INTO schema_migrations (version, name) SELECT {version:UInt32}, {name:String}",
            &[
                ("version", Param::Int(i64::from(migration.version))),
                ("name", Param::Text(migration.name.into())),
            ],
        )
        .await
        .map_err(failed)?;
    tracing::info!(version = migration.version, name = migration.name, "schema migration applied");
    Ok(())
}

fn on_cluster(cluster: Option<&str>) -> String {
    cluster.map(|name| format!(" ON CLUSTER `{name}`")).unwrap_or_default()
}

/// Fills the placeholders in.
fn render(sql: &str, cluster: Option<&str>) -> String {
    const ENGINES: [(&str, &str); 4] = [
        ("replacing_merge_tree", "ReplacingMergeTree"),
        ("aggregating_merge_tree", "AggregatingMergeTree"),
        ("summing_merge_tree", "SummingMergeTree"),
        ("merge_tree", "MergeTree"),
    ];
    let prefix = if cluster.is_some() { "Replicated" } else { "" };
    let mut text = sql.replace(" {on_cluster}", &on_cluster(cluster));
    for (placeholder, engine) in ENGINES {
        text = text.replace(&format!("{{{placeholder}}}"), &format!("{prefix}{engine}"));
        while let Some(start) = text.find(&format!("{{{placeholder}:")) {
            let Some(length) = text[start..].find('}') else { break };
            let column = text[start + placeholder.len() + 2..start + length].to_owned();
            text.replace_range(start..=start + length, &format!("{prefix}{engine}({column})"));
        }
    }
    text
}

/// The statements of a file, without comment lines, each safe to repeat.
fn statements(sql: &str) -> Vec<String> {
    let code: String =
        sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
    code.split(";\n")
        .map(|statement| statement.trim().trim_end_matches(';'))
        .filter(|statement| !statement.is_empty())
        .map(|statement| {
            statement.replacen("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1).replacen(
                "CREATE MATERIALIZED VIEW ",
                "CREATE MATERIALIZED VIEW IF NOT EXISTS ",
                1,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_rise_without_a_gap() {
        let versions: Vec<u32> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=newest_version()).collect::<Vec<_>>());
    }

    #[test]
    fn no_placeholder_is_left_on_one_node_or_on_a_cluster() {
        for cluster in [None, Some("main")] {
            for migration in MIGRATIONS {
                for statement in statements(&render(migration.sql, cluster)) {
                    assert!(!statement.contains('{'), "{statement}");
                    let creates_storage = statement.contains("ENGINE =");
                    assert_eq!(
                        creates_storage && cluster.is_some(),
                        statement.contains("ENGINE = Replicated"),
                        "{statement}"
                    );
                    // What is inserted reaches the replicas by itself.
                    let everywhere = cluster.is_some() && !statement.starts_with("INSERT");
                    assert_eq!(everywhere, statement.contains("ON CLUSTER `main`"), "{statement}");
                }
            }
        }
        assert_eq!(render("{replacing_merge_tree:ts}", Some("c")), "ReplicatedReplacingMergeTree(ts)");
    }

    #[test]
    fn what_the_migrations_made_is_known_by_name() {
        let sql = [
            "CREATE TABLE a {on_cluster}\nCREATE TABLE IF NOT EXISTS b (\nCREATE MATERIALIZED VIEW c TO b AS\nSELECT 1",
            "DROP VIEW c;\nRENAME TABLE a TO d;\n-- CREATE TABLE e",
        ];
        assert_eq!(made_tables(sql.into_iter()), BTreeSet::from(["b", "d"]));
        let ours = made_tables(MIGRATIONS.iter().map(|migration| migration.sql));
        assert!(ours.contains("events") && ours.contains("touched_from_events"), "{ours:?}");
    }
}
