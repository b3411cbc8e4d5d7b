//! What a change would write: rows of edges. Nothing is written here, so that a preview and the change itself are made of
//! the same.

use std::collections::HashSet;

use orma_store::Site;
use serde::Deserialize;

use super::links::{PairRow, pair_of};
use super::request::ChangeRequest;
use super::sql;
use crate::error::ApiError;
use crate::identity::{ALIAS, BY_HAND, EdgeRow, USER_MARK};
use crate::lookup::{Candidate, find};
use crate::runner::Runner;
use crate::sql::identity::visitor_is_known;
use crate::timestamp::Timestamp;

/// Edges that one change joins or takes back.
const CHANGED_EDGES_MAX: usize = 20_000;

/// A change that can be made.
#[derive(Debug)]
pub struct Planned {
    /// `link`, `unlink`, `split` or `undo`.
    pub action: &'static str,
    /// Whom it is about.
    pub person: String,
    /// The ids that are joined or taken away.
    pub ids: Vec<String>,
    /// What is written.
    pub rows: Vec<EdgeRow>,
    /// When: a moment that no other change of the site has.
    pub at: Timestamp,
    /// The change that is undone; else empty.
    pub undoes: String,
}

/// A change that was made.
#[derive(Clone, Debug, Deserialize)]
pub struct ChangeRow {
    /// Its id.
    pub change: String,
    /// `link`, `unlink`, `split` or `undo`.
    pub action: String,
    /// Whom it was about.
    pub person: String,
    /// The ids that were joined or taken away.
    pub ids: Vec<String>,
    /// Visitor, user and source of each row.
    pub edges: Vec<(String, String, String)>,
    /// When.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
    /// When it was undone; 1970 while it counts.
    pub undone_at: Timestamp,
    /// By whom.
    pub undone_by: String,
    /// By which change.
    pub undone_change: String,
}

/// A moment that no change of the site has: after all of them, whatever the clocks said.
async fn moment(runner: &Runner, site: &str) -> Result<Timestamp, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        at: i64,
    }
    let rows: Vec<Row> = runner.rows(&sql::last_change(site)).await?;
    let last = rows.first().map_or(0, |row| row.at);
    Ok(Timestamp(Timestamp::now().0.max(last + 1)))
}

/// What a change of a person would write.
///
/// # Errors
/// It cannot be made, or the store did not answer.
pub async fn plan(
    runner: &Runner,
    site: &Site,
    id: &str,
    request: &ChangeRequest,
) -> Result<Planned, ApiError> {
    request.check()?;
    let site = &site.site;
    let (found, identified) = find(runner, site, id).await?;
    let at = moment(runner, site).await?;
    match request {
        ChangeRequest::Link { id, is_user } => {
            if !identified {
                let message = "Only a person with a user id can be linked to a visitor.";
                return Err(ApiError::invalid("not_identified", "person", message));
            }
            if *is_user {
                link_user(runner, site, found, id, at).await
            } else {
                link_visitor(runner, site, found, id, at).await
            }
        }
        ChangeRequest::Unlink { link } => unlink(runner, site, &found, link, at).await,
        ChangeRequest::Split { ids } => split(runner, site, &found, ids, at).await,
        ChangeRequest::Undo { change } => undo(runner, site, change, at).await,
    }
}

async fn link_visitor(
    runner: &Runner,
    site: &str,
    found: Candidate,
    visitor: &str,
    at: Timestamp,
) -> Result<Planned, ApiError> {
    #[derive(Deserialize)]
    struct SeenRow {
        seen: u8,
    }
    let seen: Vec<SeenRow> = runner.rows(&visitor_is_known(site, visitor)).await?;
    if visitor.starts_with(USER_MARK) || seen.first().is_none_or(|row| row.seen == 0) {
        let message = format!("There is no visitor `{visitor}`.");
        return Err(ApiError::NotFound { code: "unknown_visitor", message });
    }
    let rows: Vec<EdgeRow> = runner.rows(&sql::rows(site, &[visitor.to_owned()])).await?;
    let said_at = after_removals(&rows, &found.person, at);
    Ok(Planned {
        action: "link",
        ids: vec![visitor.to_owned()],
        rows: vec![row(visitor, &found.person, BY_HAND, 1, at, said_at)],
        person: found.person,
        at,
        undoes: String::new(),
    })
}

async fn link_user(
    runner: &Runner,
    site: &str,
    found: Candidate,
    user: &str,
    at: Timestamp,
) -> Result<Planned, ApiError> {
    let (other, identified) = find(runner, site, user).await?;
    if !identified {
        let message = format!("`{user}` is no user id; link it as a visitor.");
        return Err(ApiError::invalid("not_identified", "link.id", message));
    }
    if other.person == found.person {
        let message = format!("`{user}` is this person already.");
        return Err(ApiError::invalid("already_linked", "link.id", message));
    }
    let marked = format!("{USER_MARK}{}", other.person);
    let rows: Vec<EdgeRow> = runner.rows(&sql::rows(site, std::slice::from_ref(&marked))).await?;
    // The latest alias of an id counts: this one comes after all that events said.
    let latest = rows.iter().filter(|row| row.sign == 1).map(|row| row.said_at + 1).max().unwrap_or(0);
    let said_at = Timestamp(after_removals(&rows, &found.person, at).0.max(latest));
    Ok(Planned {
        action: "link",
        ids: vec![other.person],
        rows: vec![row(&marked, &found.person, ALIAS, 1, at, said_at)],
        person: found.person,
        at,
        undoes: String::new(),
    })
}

/// When an edge must be said so that nothing that was taken back takes it back.
fn after_removals(rows: &[EdgeRow], user: &str, at: Timestamp) -> Timestamp {
    let removals = rows.iter().filter(|row| row.sign == -1 && row.user == user).map(|row| row.said_at + 1);
    Timestamp(removals.max().unwrap_or(0).max(at.0))
}

async fn unlink(
    runner: &Runner,
    site: &str,
    found: &Candidate,
    link: &str,
    at: Timestamp,
) -> Result<Planned, ApiError> {
    let pair = pair_of(link).filter(|pair| found.ids.contains(&pair.user));
    let unknown = || ApiError::NotFound {
        code: "unknown_link",
        message: format!("`{}` has no link of this id.", found.person),
    };
    let pair = pair.ok_or_else(unknown)?;
    let rows = in_force(runner, site, std::slice::from_ref(&pair.user)).await?;
    let row = rows.into_iter().find(|row| row.visitor == pair.visitor && row.user == pair.user);
    let row = row.ok_or_else(unknown)?;
    Ok(Planned {
        action: "unlink",
        person: found.person.clone(),
        ids: vec![row.id().to_owned()],
        rows: vec![removal(&row, at)],
        at,
        undoes: String::new(),
    })
}

/// All edges of some users that hold.
async fn in_force(runner: &Runner, site: &str, users: &[String]) -> Result<Vec<PairRow>, ApiError> {
    Ok(runner.rows(&sql::pairs(site, users, true, sql::ROWS_MAX)).await?)
}

async fn split(
    runner: &Runner,
    site: &str,
    found: &Candidate,
    ids: &[String],
    at: Timestamp,
) -> Result<Planned, ApiError> {
    let users: HashSet<&str> = found.ids.iter().map(String::as_str).collect();
    let rows = in_force(runner, site, &found.ids).await?;
    // What was joined to one of them and then to somebody else is nobody's here.
    let rows: Vec<PairRow> =
        rows.into_iter().filter(|row| !row.is_alias() || users.contains(row.id())).collect();
    let taken: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let known: HashSet<&str> = rows.iter().map(PairRow::id).chain(users.iter().copied()).collect();
    let strangers: Vec<String> = ids.iter().filter(|id| !known.contains(id.as_str())).cloned().collect();
    if !strangers.is_empty() {
        #[derive(Deserialize)]
        struct Row {
            id: String,
        }
        let seen: Vec<Row> = runner.rows(&sql::visitors_among(site, &found.ids, &strangers)).await?;
        let seen: HashSet<&str> = seen.iter().map(|row| row.id.as_str()).collect();
        if let Some(index) =
            ids.iter().position(|id| !known.contains(id.as_str()) && !seen.contains(id.as_str()))
        {
            let message = format!("`{}` is no id of `{}`.", ids[index], found.person);
            return Err(ApiError::invalid("not_an_id_of_the_person", format!("split.ids[{index}]"), message));
        }
    }
    let crosses = |row: &&PairRow| taken.contains(row.id()) != taken.contains(row.user.as_str());
    let rows: Vec<EdgeRow> = rows.iter().filter(crosses).map(|row| removal(row, at)).collect();
    if rows.is_empty() {
        let message = "No edge joins these ids to the others of the person, so there is nothing to part.";
        return Err(ApiError::invalid("nothing_to_split", "split.ids", message));
    }
    if rows.len() > CHANGED_EDGES_MAX {
        let message = format!(
            "{} edges would be taken back; one change takes back at most {CHANGED_EDGES_MAX}. Take fewer ids.",
            rows.len()
        );
        return Err(ApiError::invalid("too_many_edges", "split.ids", message));
    }
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    Ok(Planned { action: "split", person: found.person.clone(), ids, rows, at, undoes: String::new() })
}

/// What takes the edges between two ids back, those with a moment to come as well.
fn removal(pair: &PairRow, at: Timestamp) -> EdgeRow {
    row(&pair.visitor, &pair.user, BY_HAND, -1, at, Timestamp(pair.latest_at.max(at.0)))
}

fn row(visitor: &str, user: &str, source: &str, sign: i8, exact: Timestamp, said_at: Timestamp) -> EdgeRow {
    EdgeRow {
        visitor: visitor.to_owned(),
        user: user.to_owned(),
        source: source.to_owned(),
        session_hash: 0,
        exact: exact.0,
        sign,
        said_at: said_at.0,
        is_of_a_day: 0,
    }
}

async fn undo(runner: &Runner, site: &str, change: &str, at: Timestamp) -> Result<Planned, ApiError> {
    let rows: Vec<ChangeRow> = runner.rows(&sql::change(site, change)).await?;
    let row_of_change = rows.into_iter().next().ok_or_else(|| ApiError::NotFound {
        code: "unknown_change",
        message: format!("There is no change `{change}`."),
    })?;
    if row_of_change.action == "undo" {
        let message = "What undid a change is not undone itself: make the change again.".to_owned();
        return Err(ApiError::Conflict { code: "not_undoable", message });
    }
    if row_of_change.undone_at.0 > 0 {
        return Err(already_undone(&row_of_change));
    }
    let mut visitors: Vec<String> = row_of_change.edges.iter().map(|(visitor, ..)| visitor.clone()).collect();
    visitors.dedup();
    let newer: Vec<ChangeRow> = runner.rows(&sql::newer(site, row_of_change.made_at.0, &visitors)).await?;
    if let Some(newer) = newer.first() {
        let message = format!(
            "The change `{}` of {} by {} came later and is about the same id; undo it first.",
            newer.change, newer.made_at, newer.made_by
        );
        return Err(ApiError::Conflict { code: "newer_change", message });
    }
    let rows = row_of_change.edges.iter();
    Ok(Planned {
        action: "undo",
        rows: rows
            .map(|(visitor, user, source)| row(visitor, user, source, 0, row_of_change.made_at, at))
            .collect(),
        person: row_of_change.person,
        ids: row_of_change.ids,
        at,
        undoes: row_of_change.change,
    })
}

/// Somebody was faster.
pub fn already_undone(change: &ChangeRow) -> ApiError {
    let message =
        format!("The change `{}` was undone on {} by {}.", change.change, change.undone_at, change.undone_by);
    ApiError::Conflict { code: "already_undone", message }
}
