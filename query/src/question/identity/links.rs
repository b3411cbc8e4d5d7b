//! The edges that make a person, as they are told, and the ids by which they are taken back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use orma_store::StoreError;
use serde::{Deserialize, Serialize};

use super::response::{IdentityEdge, IdentityLink};
use super::sql::{EDGES_MAX, pairs};
use crate::identity::{ALIAS, BY_HAND, USER_MARK};
use crate::plan::cursor;
use crate::runner::Runner;
use crate::timestamp::Timestamp;

/// What a link's id says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The visitor, or the earlier user with an `@` before.
    pub visitor: String,
    /// The user.
    pub user: String,
}

/// The id of a link.
pub fn id_of(visitor: &str, user: &str) -> String {
    cursor::encode(&Pair { visitor: visitor.to_owned(), user: user.to_owned() })
}

/// What the id of a link says; `None` for what is none.
pub fn pair_of(link: &str) -> Option<Pair> {
    let bytes = URL_SAFE_NO_PAD.decode(link).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The edges between two ids.
#[derive(Clone, Debug, Deserialize)]
pub struct PairRow {
    /// The visitor, or the earlier user with an `@` before.
    pub visitor: String,
    /// The user.
    pub user: String,
    source: String,
    linked_at: Timestamp,
    recorded_by: String,
    /// Whether any of them holds.
    pub in_force: bool,
    /// The last of them.
    pub latest_at: i64,
    taken_back_at: Timestamp,
    taken_back_by: String,
}

/// What events say is recorded by nobody.
const RECORDED_BY_EVENTS: &str = "event";

impl PairRow {
    /// Whether it joins two users.
    pub fn is_alias(&self) -> bool {
        self.visitor.starts_with(USER_MARK)
    }

    /// The id that was joined to the user, as people know it.
    pub fn id(&self) -> &str {
        self.visitor.strip_prefix(USER_MARK).unwrap_or(&self.visitor)
    }

    /// As it is told.
    pub fn edge(&self) -> IdentityEdge {
        let was_removed = self.taken_back_at.0 > 0;
        IdentityEdge {
            link: id_of(&self.visitor, &self.user),
            id: self.id().to_owned(),
            is_user: self.is_alias(),
            user: self.user.clone(),
            by_hand: self.source == BY_HAND
                || (self.source == ALIAS && self.recorded_by != RECORDED_BY_EVENTS),
            source: self.source.clone(),
            linked_at: self.linked_at,
            recorded_by: self.recorded_by.clone(),
            in_force: self.in_force,
            taken_back_at: was_removed.then_some(self.taken_back_at),
            taken_back_by: was_removed.then(|| self.taken_back_by.clone()),
        }
    }
}

/// The edges that make a person of some users.
///
/// # Errors
/// The store did not answer.
pub async fn links_of(
    runner: &Runner,
    site: &str,
    users: &[String],
) -> Result<Vec<IdentityLink>, StoreError> {
    let rows: Vec<PairRow> = runner.rows(&pairs(site, users, true, EDGES_MAX)).await?;
    let link = |row: PairRow| IdentityLink {
        id: id_of(&row.visitor, &row.user),
        visitor: row.visitor,
        user: row.user,
        source: row.source,
        linked_at: row.linked_at,
        recorded_by: row.recorded_by,
    };
    Ok(rows.into_iter().map(link).collect())
}
