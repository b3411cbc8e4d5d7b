//! Makes what analysts read, and who reads it, when somebody first asks.
//!
//! The views are in memory: they hold no rows, and a store that starts anew needs none of them. Whoever finds them gone makes
//! them again. Before anybody reads, the reader is shown a table that it must not see.

use std::sync::Arc;
use std::time::Duration;

use orma_store::{Store, StoreError, Work, reader};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::views;
use crate::error::ApiError;

/// What the store says when the reader or the views are gone: UNKNOWN_TABLE, UNKNOWN_DATABASE, UNKNOWN_USER,
/// AUTHENTICATION_FAILED.
const LOST: [u32; 4] = [60, 81, 192, 516];
const ACCESS_DENIED: u32 = 497;
/// How long it may take the store to refuse what the reader must not see.
const CHECK_TIME_MAX: Duration = Duration::from_secs(10);
/// That nobody may make users, or that there is no place for them.
const CANNOT_MAKE_USERS: [u32; 3] = [ACCESS_DENIED, 514, 495];

/// Whether the views are made. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    is_made: Arc<Mutex<bool>>,
}

impl Setup {
    /// Makes the views unless they were made before.
    ///
    /// # Errors
    /// The store does not let them be made; the message says what is missing.
    pub async fn make_ready(&self, store: &Store) -> Result<(), ApiError> {
        let mut is_made = self.is_made.lock().await;
        if !*is_made {
            make(store).await?;
            *is_made = true;
        }
        Ok(())
    }

    /// Makes them again.
    ///
    /// # Errors
    /// As there.
    pub async fn make_anew(&self, store: &Store) -> Result<(), ApiError> {
        *self.is_made.lock().await = false;
        self.make_ready(store).await
    }

    /// Whether an error may say that they are gone: most often a table is unknown because there is none.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn is_lost(&self, store: &Store, error: &StoreError) -> Result<bool, ApiError> {
        #[derive(Deserialize)]
        struct Row {
            views: u64,
        }
        let Some(code) = error.code().filter(|code| LOST.contains(code)) else { return Ok(false) };
        if code != LOST[0] {
            return Ok(true);
        }
        let (database, _) = reader::of_store(store);
        let made = views::all(&database).len() as u64;
        let sql = "SELECT count() AS views FROM system.tables WHERE database = {database:String}";
        let rows: Vec<Row> = store.select(sql, &[("database", database.as_str().into())]).await?;
        Ok(rows.first().is_none_or(|row| row.views < made))
    }
}

async fn make(store: &Store) -> Result<(), ApiError> {
    let (database, _) = reader::of_store(store);
    let not_made = |error: StoreError| match error.code() {
        Some(code) if CANNOT_MAKE_USERS.contains(&code) => {
            tracing::warn!(%error, "SQL of analysts cannot be set up");
            let rights = reader::rights_needed(store);
            let message = format!(
                "The ClickHouse server lets orma make no reader for SQL: it needs a place for users that can be written to, and \
                 an administrator must say there: {rights}"
            );
            ApiError::SqlNotSetUp { message }
        }
        // An older ClickHouse may not know a setting.
        Some(code) if !store.is_on_this_machine() && !error.is_transient() => {
            tracing::warn!(%error, "SQL of analysts cannot be set up");
            let message = format!(
                "The ClickHouse server refuses what SQL needs there (its code {code}); the log says why."
            );
            ApiError::SqlNotSetUp { message }
        }
        _ => ApiError::Store(error),
    };
    // The engine of this machine has its reader from the start.
    if !store.is_on_this_machine() {
        for statement in reader::create_user(store) {
            store.execute(&statement, &[]).await.map_err(not_made)?;
        }
    }
    let make = format!("CREATE DATABASE IF NOT EXISTS {database} ENGINE = Memory");
    store.execute(&make, &[]).await.map_err(not_made)?;
    for view in views::all(&database) {
        let make = format!(
            "CREATE OR REPLACE VIEW {database}.{} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS {}",
            view.name, view.select
        );
        // `*` has the parts of columns, too.
        let answer =
            store.client().query_raw(&make).with_setting("asterisk_include_alias_columns", "1").execute();
        answer.await.map_err(StoreError::from).map_err(not_made)?;
    }
    check_reader(store).await
}

/// Holds the reader against what it must not see.
async fn check_reader(store: &Store) -> Result<(), ApiError> {
    let of_orma = store.endpoint().database;
    let sql = format!("SELECT 1 FROM {of_orma}.tokens LIMIT 0");
    let reader = store.clone().for_work(Work::Sql);
    let read = async { reader.read_sql(&sql, &[], &[], "JSONEachRow", CHECK_TIME_MAX)?.next().await };
    match read.await {
        Err(error) if error.code() == Some(ACCESS_DENIED) => Ok(()),
        Err(error) => Err(ApiError::Store(error)),
        Ok(_) => {
            tracing::error!("the reader of SQL sees more than its views, so SQL is carried out for nobody");
            let message =
                "The store's user for SQL may read more than its views, so no SQL is carried out.".into();
            Err(ApiError::SqlNotSetUp { message })
        }
    }
}
