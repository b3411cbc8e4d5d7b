//! What statements are for, and how many of each kind there are at a time.

use std::time::Duration;

use tokio::sync::Semaphore;

/// What a statement is for. Each kind has places and a time limit of its own, so that none waits behind another: whoever
/// withdraws a token must not wait for somebody's questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Sites, keys and tokens, read and written.
    Registry,
    /// What the program asks and writes for itself: accounts, status, migrations, the end of a question.
    Upkeep,
    /// What people ask. They have no places here: the query service shares them out among its callers. The embedded
    /// engine knows them as a user of their own, who may only read and whose memory is bounded as a whole.
    Questions,
    /// What analysts ask in SQL of their own: as the [reader of the views](crate::reader), who sees nothing else. Its places
    /// are the query service's affair, too.
    Sql,
}

impl Work {
    /// Statements at the same time; the engine keeps a thread for each connection.
    pub(super) const fn statements_max(self) -> usize {
        match self {
            Self::Registry | Self::Upkeep => 4,
            Self::Questions | Self::Sql => Semaphore::MAX_PERMITS,
        }
    }

    /// A statement that takes longer than this, waiting included, is given up by the client.
    pub(super) const fn time_limit(self) -> Duration {
        match self {
            Self::Registry => Duration::from_secs(10),
            Self::Upkeep | Self::Questions | Self::Sql => Duration::from_mins(1),
        }
    }
}
