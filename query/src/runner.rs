//! Executes what `sql` wrote: with a time limit, an id, and an end when nobody waits for the answer any more.

use std::time::Instant;

use orma_store::{Param, Store, StoreError};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::sql::Sql;

/// Carries questions to the store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runner {
    store: Store,
    seconds_max: String,
}

impl Runner {
    /// A runner that gives each question this long.
    pub fn new(store: Store, seconds_max: u64) -> Self {
        Self { store, seconds_max: seconds_max.to_string() }
    }

    /// The rows that answer a question. Dropping the future ends the question in the store too.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn rows<T: DeserializeOwned>(&self, sql: &Sql) -> Result<Vec<T>, StoreError> {
        let query_id = format!("orma-{}", Uuid::now_v7());
        let settings = [
            ("query_id", query_id.as_str()),
            ("max_execution_time", self.seconds_max.as_str()),
            // An event's day decides its partition, so duplicates never lie in two.
            ("do_not_merge_across_partitions_select_final", "1"),
        ];
        let params: Vec<(&str, Param)> =
            sql.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let mut kill = KillOnDrop { store: &self.store, query_id: Some(query_id.clone()) };
        let asked = Instant::now();
        let rows = self.store.select_with(&sql.text, &params, &settings).await;
        // The text holds no value: these are bound.
        tracing::debug!(query_id, elapsed_ms = asked.elapsed().as_millis(), sql = sql.text, "asked");
        kill.query_id = None;
        rows
    }

    /// Carries out a statement that answers nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&self, sql: &Sql) -> Result<(), StoreError> {
        let params: Vec<(&str, Param)> =
            sql.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        self.store.execute(&sql.text, &params).await
    }
}

/// A client that goes away does not end its query: ClickHouse must be told.
struct KillOnDrop<'a> {
    store: &'a Store,
    query_id: Option<String>,
}

impl Drop for KillOnDrop<'_> {
    fn drop(&mut self) {
        let Some(query_id) = self.query_id.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let store = self.store.clone();
        runtime.spawn(async move {
            let kill = crate::sql::kill_query(&query_id);
            let params: Vec<(&str, Param)> =
                kill.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            if let Err(error) = store.execute(&kill.text, &params).await {
                tracing::debug!(%error, query_id, "the query could not be ended");
            }
        });
    }
}
