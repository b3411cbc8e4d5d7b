//! Losses that an operator has looked into and given up.
//!
//! Without it a loss is an alarm for ever, and nobody sees the next one. What is written off stays in the accounts, with
//! when and why; it is counted by hour and by where it is missing, so it hides nothing that is lost later or elsewhere,
//! and what comes back after all is no longer counted.

use std::collections::BTreeMap;

use orma_store::{Param, Store, StoreError};

use super::difference::Difference;
use super::watch::AccountsWatch;
use crate::sql::accounting as sql;
use crate::timestamp::Timestamp;

/// A note is no longer. Characters.
const NOTE_CHARACTERS_MAX: usize = 500;

/// Why nothing was written off.
#[derive(Debug, thiserror::Error)]
pub enum WriteOffError {
    /// It must say why.
    #[error("the note must say why, in at most {NOTE_CHARACTERS_MAX} characters")]
    Note,
    /// There is nothing to write off.
    #[error("nothing is missing there")]
    Nothing,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes off what does not add up in the hours of a site that begin in `from..to` (milliseconds since the epoch), as two
/// looks of this moment find it; returns it by the hour's start, in seconds since the epoch.
///
/// # Errors
/// See [`WriteOffError`].
pub async fn write_off(
    store: &Store,
    site: &str,
    hours: std::ops::Range<Timestamp>,
    note: &str,
) -> Result<BTreeMap<i64, Difference>, WriteOffError> {
    let note = note.trim();
    if note.is_empty() || note.chars().count() > NOTE_CHARACTERS_MAX {
        return Err(WriteOffError::Note);
    }
    let found: BTreeMap<i64, Difference> = AccountsWatch::differing(store)
        .await?
        .into_iter()
        .filter(|((of, start), _)| of == site && hours.contains(&Timestamp(start * 1000)))
        .map(|((_, start), judged)| (start, judged.open()))
        .filter(|(_, open)| !open.is_none())
        .collect();
    if found.is_empty() {
        return Err(WriteOffError::Nothing);
    }
    let texts = |number: fn(&(&i64, &Difference)) -> i64| {
        Param::Texts(found.iter().map(|hour| number(&hour).to_string()).collect())
    };
    let params = [
        ("site", site.into()),
        ("note", note.into()),
        ("hours", texts(|(start, _)| **start)),
        ("unshipped", texts(|(_, open)| open.unshipped)),
        ("unstored", texts(|(_, open)| open.unstored)),
        ("surplus", texts(|(_, open)| open.surplus)),
        ("written_at", Param::Int(Timestamp::now().0)),
    ];
    store.execute(sql::WRITE_OFF, &params).await?;
    Ok(found)
}
