//! Everything that makes a person of several ids.

use std::collections::HashMap;

use orma_store::Site;
use serde::Deserialize;

use super::links::PairRow;
use super::plan::ChangeRow;
use super::response::{IdentityChange, IdentityEdge, PersonId, PersonIdentity};
use super::sql::{self, EDGES_MAX};
use crate::error::ApiError;
use crate::lookup::find;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;

#[derive(Debug, Deserialize)]
struct IdRow {
    is_user: bool,
    id: String,
    first_seen: Timestamp,
    last_seen: Timestamp,
    sessions: i64,
    events: i64,
    total: i64,
}

impl From<ChangeRow> for IdentityChange {
    fn from(row: ChangeRow) -> Self {
        let is_undone = row.undone_at.0 > 0;
        Self {
            change: row.change,
            action: row.action,
            person: row.person,
            ids: row.ids,
            edges: row.edges.len() as i64,
            at: row.made_at,
            made_by: row.made_by,
            undone_at: is_undone.then_some(row.undone_at),
            undone_by: is_undone.then_some(row.undone_by),
        }
    }
}

/// The ids of a person, what joined them, and what was changed by hand.
///
/// # Errors
/// There is no such person, or the store did not answer.
pub async fn card(runner: &Runner, site: &Site, id: &str) -> Result<PersonIdentity, ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    let site = &site.site;
    let (found, identified) = find(runner, site, id).await?;
    let users = if identified { found.ids.as_slice() } else { &[] };
    let rows: Vec<PairRow> = if users.is_empty() {
        Vec::new()
    } else {
        runner.rows(&sql::pairs(site, users, false, EDGES_MAX)).await?
    };
    let seen: Vec<IdRow> = runner.rows(&sql::ids(site, &found.ids)).await?;
    // In force, the earliest first: the one that joined an id.
    let mut joined: HashMap<(bool, String), IdentityEdge> = HashMap::new();
    let leads_here = |row: &&PairRow| row.in_force && found.ids.contains(&row.user);
    for row in rows.iter().rev().filter(leads_here) {
        joined.entry((row.is_alias(), row.id().to_owned())).or_insert_with(|| row.edge());
    }
    let mut total = [0, users.len() as i64];
    let mut ids: Vec<PersonId> = Vec::new();
    for row in seen {
        if !row.is_user {
            total[0] = row.total;
        }
        ids.push(PersonId {
            joined_by: joined
                .remove(&(row.is_user, row.id.clone()))
                .filter(|_| row.id != found.person || !row.is_user),
            is_user: row.is_user,
            id: row.id,
            first_seen: Some(row.first_seen),
            last_seen: Some(row.last_seen),
            sessions: row.sessions,
            events: row.events,
        });
    }
    // Users of whom there is no event yet, or no more.
    let unseen = users.iter().filter(|user| !ids.iter().any(|id| id.is_user && id.id == **user));
    let unseen: Vec<PersonId> = unseen
        .map(|user| PersonId {
            joined_by: joined.remove(&(true, user.clone())),
            is_user: true,
            id: user.clone(),
            first_seen: None,
            last_seen: None,
            sessions: 0,
            events: 0,
        })
        .collect();
    ids.extend(unseen);
    ids.sort_by_key(|id| (!id.is_user, id.id != found.person));
    let mut about = found.ids.clone();
    about.extend(ids.iter().filter(|id| !id.is_user).map(|id| id.id.clone()));
    let changes: Vec<ChangeRow> = runner.rows(&sql::changes(site, &about)).await?;
    Ok(PersonIdentity {
        person: found.person,
        identified,
        ids,
        ids_total: total.iter().sum(),
        edges: rows.iter().map(PairRow::edge).collect(),
        changes: changes.into_iter().map(IdentityChange::from).collect(),
    })
}
