//! Marks: how far a job got, in the store.

use std::sync::{Arc, Mutex};

use orma_store::{Param, Store, StoreError};
use serde::Deserialize;

use crate::lease::Held;

/// Of a position the lower bits count the marks of a term, the upper bits are the term.
const TERM_SHIFT: u32 = 32;

/// Why a mark was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// Another process may have the job by now.
    #[error("the lease was lost")]
    Lost,
    /// The store did not take it; it may have it nevertheless.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A mark of a job.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Mark {
    position: u64,
    text: String,
}

impl Mark {
    /// The mark that counts; a job that has none is at the position 0.
    pub async fn read(store: &Store, job: &str) -> Result<Self, StoreError> {
        let sql = "SELECT position, mark AS text FROM job_marks WHERE job = {job:String} ORDER BY position DESC LIMIT 1";
        let rows: Vec<Self> = store.select(sql, &[("job", job.into())]).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// The term in which it was written; 0 when there is none.
    pub const fn term(&self) -> u64 {
        self.position >> TERM_SHIFT
    }
}

/// A turn of the process that has a job.
#[derive(Clone, Debug)]
pub struct Turn {
    store: Store,
    job: &'static str,
    held: Arc<Held>,
    mark: Arc<Mutex<Mark>>,
}

impl Turn {
    pub(crate) fn new(store: Store, job: &'static str, held: Arc<Held>, mark: Mark) -> Self {
        Self { store, job, held, mark: Arc::new(Mutex::new(mark)) }
    }

    /// How often the job has changed hands: it rises with every process that takes it over.
    pub fn term(&self) -> u64 {
        self.held.term()
    }

    /// What was last kept, by this process or one before; `None`: nothing ever was.
    pub fn mark(&self) -> Option<String> {
        let mark = self.mark.lock().expect("no panic while locked");
        (mark.position > 0).then(|| mark.text.clone())
    }

    /// A condition in SQL that holds until another process has claimed the job, for statements that must do nothing from then
    /// on; nothing where no other process can. (Who claims it makes sure first that the claim of this one has run out.)
    pub fn fence(&self) -> Option<String> {
        let (job, term) = (self.job, self.term());
        (!self.held.is_alone())
            .then(|| format!("(SELECT max(term) FROM job_claims WHERE job = '{job}') <= {term}"))
    }

    /// Keeps how far the job got. A process that has lost the job moves nothing, even if it does not know it yet.
    ///
    /// # Errors
    /// See [`MarkError`].
    pub async fn keep(&self, text: &str) -> Result<(), MarkError> {
        if !self.held.is_ours() {
            return Err(MarkError::Lost);
        }
        let position = {
            let before = self.mark.lock().expect("no panic while locked").position;
            before.max(self.term() << TERM_SHIFT) + 1
        };
        let sql = "INSERT INTO job_marks SELECT {job:String}, {position:UInt64}, {mark:String}, now64(3)";
        let position_param = Param::Int(position.cast_signed());
        let params = [("job", self.job.into()), ("position", position_param), ("mark", text.into())];
        self.store.execute(sql, &params).await?;
        *self.mark.lock().expect("no panic while locked") = Mark { position, text: text.to_owned() };
        Ok(())
    }
}
