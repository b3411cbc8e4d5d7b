//! An answer that is read while it comes.

use std::time::Duration;

use bytes::Bytes;
use clickhouse::query::BytesCursor;

use super::error::StoreError;

/// How long the next piece of an answer may be on its way.
const PIECE_SECONDS_MAX: u64 = 60;

/// The bytes of an answer, as they come. What is not read is not sent: an answer may be larger than memory.
pub struct AnswerStream {
    cursor: BytesCursor,
}

impl std::fmt::Debug for AnswerStream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AnswerStream").finish_non_exhaustive()
    }
}

impl AnswerStream {
    pub(crate) fn new(cursor: BytesCursor) -> Self {
        Self { cursor }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::TimedOut`] when nothing came for a minute.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match tokio::time::timeout(Duration::from_secs(PIECE_SECONDS_MAX), self.cursor.next()).await {
            Ok(piece) => Ok(piece?),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}
