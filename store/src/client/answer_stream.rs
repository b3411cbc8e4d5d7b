//! An answer that is read while it comes.

use std::time::Duration;

use bytes::Bytes;
use clickhouse::query::BytesCursor;

use super::error::StoreError;

/// How long the next piece of an answer may be on its way, where nothing else is said.
pub(super) const PIECE_SECONDS_MAX: u64 = 60;

/// The bytes of an answer, as they come. What is not read is not sent: an answer may be larger than memory.
pub struct AnswerStream {
    cursor: BytesCursor,
    piece_time_max: Duration,
}

impl std::fmt::Debug for AnswerStream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AnswerStream").finish_non_exhaustive()
    }
}

impl AnswerStream {
    pub(crate) fn new(cursor: BytesCursor, piece_time_max: Duration) -> Self {
        Self { cursor, piece_time_max }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::TimedOut`] when nothing came for too long.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match tokio::time::timeout(self.piece_time_max, self.cursor.next()).await {
            Ok(piece) => Ok(piece?),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}
