//! What may go wrong.

use orma_store::StoreError;

/// Why visits, or the rows of people, were not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk did not take them.
    #[error("the disk did not keep the visits: {0}")]
    Disk(#[from] std::io::Error),
}
