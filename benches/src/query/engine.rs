//! The engine of the running `orma`, past its API: what is filled, what it costs, and how much was read.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use orma_store::Store;
use rustix::fs::{Advice, fadvise, syncfs};
use serde_json::Value;

use crate::process;
use crate::running::Running;

/// One statement may take this long.
const STATEMENT_HOURS_MAX: u64 = 1;
/// How long merges may go on after the last insert.
const PENDING_MINUTES_MAX: u64 = 30;
/// Merges are chosen one after the other, so that none runs for a moment between two.
const QUIET_LOOKS: u32 = 5;
const LOOK_PAUSE: Duration = Duration::from_millis(300);
/// What ClickHouse keeps in memory of what it has read.
const CACHES: [&str; 7] = [
    "MARK CACHE",
    "PRIMARY INDEX CACHE",
    "UNCOMPRESSED CACHE",
    "INDEX MARK CACHE",
    "INDEX UNCOMPRESSED CACHE",
    "QUERY CONDITION CACHE",
    "COMPILED EXPRESSION CACHE",
];

/// What was read for answers so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    pub rows: u64,
    /// Uncompressed.
    pub bytes: u64,
}

impl Read {
    /// What was read since `before`.
    pub const fn since(self, before: Self) -> Self {
        Self { rows: self.rows.saturating_sub(before.rows), bytes: self.bytes.saturating_sub(before.bytes) }
    }
}

/// The engine.
#[derive(Debug)]
pub struct Engine {
    store: Store,
    pid: u32,
    /// ClickHouse's own directory.
    dir: PathBuf,
}

impl Engine {
    /// The engine of a running `orma up`.
    ///
    /// # Errors
    /// It has not noted where it listens.
    pub fn of(running: &Running) -> anyhow::Result<Self> {
        let store = running.store()?.with_time_limit(Duration::from_hours(STATEMENT_HOURS_MAX));
        let dir = orma_store::engine::config::store_dir(running.dir());
        Ok(Self { store, pid: running.engine_pid, dir })
    }

    /// CPU seconds so far.
    ///
    /// # Errors
    /// The engine is gone.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        process::cpu_seconds(self.pid)
    }

    /// Carries statements out, one after the other.
    ///
    /// # Errors
    /// What the engine refuses.
    pub async fn execute(&self, statements: &[String]) -> anyhow::Result<()> {
        for sql in statements {
            self.store.execute(sql, &[]).await.with_context(|| beginning(sql))?;
        }
        Ok(())
    }

    /// The rows that answer a question, as JSON.
    ///
    /// # Errors
    /// What the engine refuses.
    pub async fn rows(&self, sql: &str) -> anyhow::Result<Vec<Value>> {
        self.store.select_with(sql, &[], &[]).await.with_context(|| beginning(sql))
    }

    /// The answer of one row, a whole number in the column `value`.
    ///
    /// # Errors
    /// What the engine refuses, or another answer.
    pub async fn number(&self, sql: &str) -> anyhow::Result<u64> {
        let rows = self.rows(sql).await?;
        rows.first()
            .and_then(|row| row["value"].as_u64())
            .with_context(|| format!("no number: {}", beginning(sql)))
    }

    /// Asks and lets the answer pass; returns how many bytes it has.
    ///
    /// # Errors
    /// What the engine refuses.
    pub async fn drain(&self, sql: &str) -> anyhow::Result<usize> {
        let mut answer = self.store.select_stream(sql, &[], &[])?;
        let mut bytes = 0;
        while let Some(piece) = answer.next().await.with_context(|| beginning(sql))? {
            bytes += piece.len();
        }
        Ok(bytes)
    }

    /// What was read for all questions so far; this one reads a little, too.
    ///
    /// # Errors
    /// The engine is gone.
    pub async fn read_so_far(&self) -> anyhow::Result<Read> {
        let sql = "SELECT sumIf(value, event = 'SelectedRows') AS rows, sumIf(value, event = 'SelectedBytes') AS bytes \
                   FROM system.events WHERE event IN ('SelectedRows', 'SelectedBytes')";
        let rows = self.rows(sql).await?;
        let counted =
            |name: &str| rows.first().and_then(|row| row[name].as_u64()).context("there are no events");
        Ok(Read { rows: counted("rows")?, bytes: counted("bytes")? })
    }

    /// Waits until nothing is left to be done for what was inserted: nothing to be merged, no mutation, and no visit to
    /// be made anew where the store keeps a list of those.
    ///
    /// # Errors
    /// There is still something after half an hour.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let listed = "SELECT count() AS value FROM system.tables WHERE database = currentDatabase() AND name = 'touched'";
        let mut pending = "SELECT (SELECT count() FROM system.merges) + \
                           (SELECT count() FROM system.mutations WHERE NOT is_done) AS value"
            .to_owned();
        if self.number(listed).await? > 0 {
            pending = pending.replace(" AS value", " + (SELECT count() FROM touched) AS value");
        }
        let deadline = Instant::now() + Duration::from_mins(PENDING_MINUTES_MAX);
        let mut quiet = 0;
        while quiet < QUIET_LOOKS {
            ensure!(Instant::now() < deadline, "the engine is not done after {PENDING_MINUTES_MAX} minutes");
            quiet = if self.number(&pending).await? == 0 { quiet + 1 } else { 0 };
            tokio::time::sleep(LOOK_PAUSE).await;
        }
        Ok(())
    }

    /// Merges each table of a database into one part a partition.
    ///
    /// # Errors
    /// What the engine refuses.
    pub async fn merge(&self, database: &str) -> anyhow::Result<()> {
        let sql = format!(
            "SELECT concat(database, '.', name) AS name FROM system.tables \
             WHERE database = '{database}' AND engine LIKE '%MergeTree'"
        );
        for row in self.rows(&sql).await? {
            let name = row["name"].as_str().context("a table has a name")?;
            self.execute(&[format!("OPTIMIZE TABLE {name} FINAL")]).await?;
        }
        Ok(())
    }

    /// Forgets what was read: ClickHouse's caches, and the pages of its files, for which no rights are needed once they
    /// are on the disk.
    ///
    /// # Errors
    /// A file cannot be opened, or the engine refuses.
    pub async fn forget(&self) -> anyhow::Result<()> {
        self.execute(&CACHES.map(|cache| format!("SYSTEM DROP {cache}"))).await?;
        tokio::task::block_in_place(|| {
            syncfs(File::open(&self.dir)?)?;
            forget_files(&self.dir)
        })
    }
}

fn forget_files(dir: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // What is merged away while we walk needs no forgetting.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            forget_files(&entry.path()).or_else(|error| match error.downcast_ref::<std::io::Error>() {
                Some(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        } else if kind.is_file()
            && let Ok(file) = File::open(entry.path())
        {
            fadvise(file, 0, None, Advice::DontNeed)?;
        }
    }
    Ok(())
}

/// Enough of a statement to find it.
fn beginning(sql: &str) -> String {
    sql.chars().take(200).collect()
}
