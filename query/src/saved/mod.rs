//! What people save: reports (`report`), boards of reports (`board`) and alerts on a number of a report (`alert`), as requests
//! make them and answers tell them.
//!
//! Below them are plain rules: which number of an answer (`number`), of which time (`window`), what is unusual (`rule`), and
//! what a look makes of an alert's state (`state`). `looks` reads and writes what looks found, `watch` tells Prometheus. Uses
//! `runner`, `plan` and `sql`; `http` and the job in `alerting` use it.

pub mod alert;
pub mod board;
pub mod looks;
pub mod number;
pub mod report;
pub mod rule;
pub mod state;
pub mod watch;
pub mod window;

use orma_store::registry::Snapshot;
use orma_store::{Saved, SavedKind};

use crate::error::ApiError;
use crate::timestamp::Timestamp;

/// What a site has saved under an id.
pub fn find<'a>(snapshot: &'a Snapshot, site: &str, kind: SavedKind, id: &str) -> Option<&'a Saved> {
    snapshot.saved.get(id).filter(|saved| saved.site == site && saved.kind == kind)
}

/// Something new, or the next version of what is there.
///
/// # Errors
/// It is not said which version is replaced, or another one is there.
fn saved_anew(
    (kind, site): (SavedKind, &str),
    before: Option<&Saved>,
    (name, content, version): (String, String, Option<u32>),
    (by, at): (&str, Timestamp),
) -> Result<Saved, ApiError> {
    let name = name.trim().to_owned();
    let (by, at) = (by.to_owned(), at.0);
    match (before, version) {
        (None, None) => Ok(Saved {
            id: Saved::new_id(),
            site: site.to_owned(),
            kind,
            name,
            content,
            version: 1,
            created_by: by.clone(),
            created_at: at,
            changed_by: by,
            changed_at: at,
        }),
        (None, Some(_)) => {
            let message = "`version` is of what is replaced; something new has none.";
            Err(ApiError::invalid("invalid_version", "version", message))
        }
        (Some(_), None) => {
            let message = "`version` must say which version is replaced.";
            Err(ApiError::invalid("invalid_version", "version", message))
        }
        (Some(before), Some(version)) if before.version != version => Err(changed_meanwhile(kind)),
        (Some(before), Some(version)) => Ok(Saved {
            name,
            content,
            version: version.saturating_add(1),
            changed_by: by,
            changed_at: at,
            ..before.clone()
        }),
    }
}

/// Somebody else has changed it.
pub fn changed_meanwhile(kind: SavedKind) -> ApiError {
    let message = format!("Somebody has changed this {} meanwhile; look at it again.", kind.name());
    ApiError::Conflict { code: "changed_meanwhile", message }
}
