//! The turn of an analyst's SQL, from the moment at which it has its places.

use std::sync::Arc;
use std::time::Instant;

use orma_store::StoreError;

use super::execution::{Executor, Rows, SqlQuestion};
use crate::limits::{Permit, SqlLimits};

/// The turn of one request. Its permits are held until it and all of its rows are dropped.
#[derive(Debug)]
pub struct SqlTurn {
    executor: Arc<Executor>,
    limits: SqlLimits,
    permits: Vec<Arc<Permit>>,
    since: Instant,
}

impl SqlTurn {
    /// A turn that begins now.
    pub(super) fn new(executor: Arc<Executor>, limits: SqlLimits, permits: Vec<Arc<Permit>>) -> Self {
        Self { executor, limits, permits, since: Instant::now() }
    }

    /// The answer to a question within what is left of the time of this turn.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn read(&self, question: &SqlQuestion<'_>) -> Result<Rows, StoreError> {
        match self.limits.seconds_max.saturating_sub(self.since.elapsed().as_secs()) {
            0 => Err(self.executor.failed(StoreError::OutOfTime)),
            seconds => self.executor.read_sql(question, seconds, &self.limits, self.permits.clone()),
        }
    }
}
