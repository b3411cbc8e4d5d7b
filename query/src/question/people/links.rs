//! Identity by hand: an edge that an analyst records, and the removal of edges. Nothing is rewritten, so every answer
//! can be restored.

use orma_store::{Site, StoreError};
use serde::{Deserialize, Serialize};

use super::response::IdentityLink;
use crate::error::ApiError;
use crate::lookup::{Candidate, find};
use crate::plan::cursor;
use crate::runner::{Needs, Runner};
use crate::sql::identity as sql;
use crate::timestamp::Timestamp;

#[derive(Deserialize)]
struct LinkRow {
    visitor: String,
    user: String,
    source: String,
    linked_at: Timestamp,
    recorded_by: String,
}

#[derive(Deserialize)]
struct SeenRow {
    seen: u8,
}

/// What a link's id says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pair {
    visitor: String,
    user: String,
}

fn id_of(visitor: &str, user: &str) -> String {
    cursor::encode(&Pair { visitor: visitor.to_owned(), user: user.to_owned() })
}

/// The edges that make a person.
///
/// # Errors
/// The store did not answer.
pub async fn links_of(
    runner: &Runner,
    site: &str,
    found: &Candidate,
) -> Result<Vec<IdentityLink>, StoreError> {
    let rows: Vec<LinkRow> = runner.rows(&sql::links(site, &found.ids)).await?;
    let link = |row: LinkRow| IdentityLink {
        id: id_of(&row.visitor, &row.user),
        visitor: row.visitor,
        user: row.user,
        source: row.source,
        linked_at: row.linked_at,
        recorded_by: row.recorded_by,
    };
    Ok(rows.into_iter().map(link).collect())
}

/// Says that a visitor is a person.
///
/// # Errors
/// The person has no user id, there is no such person or visitor, or the store did not answer.
pub async fn link(
    runner: &Runner,
    site: &Site,
    id: &str,
    visitor: &str,
    recorded_by: &str,
) -> Result<IdentityLink, ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    let (found, identified) = find(runner, &site.site, id).await?;
    if !identified {
        return Err(ApiError::invalid(
            "not_identified",
            "person",
            "Only a person with a user id can be linked to a visitor.",
        ));
    }
    // `@` marks ids of users among the visitors.
    if visitor.is_empty() || visitor.starts_with('@') {
        return Err(ApiError::invalid("invalid_visitor", "visitor", "`visitor` must be a visitor id."));
    }
    let seen: Vec<SeenRow> = runner.rows(&sql::visitor_is_known(&site.site, visitor)).await?;
    if seen.first().is_none_or(|row| row.seen == 0) {
        let message = format!("There is no visitor `{visitor}`.");
        return Err(ApiError::NotFound { code: "unknown_visitor", message });
    }
    let now = Timestamp::now();
    let edge = sql::record_edge(&site.site, visitor, &found.person, 1, now, recorded_by);
    runner.execute(&edge).await?;
    tracing::info!(site = site.site, recorded_by, "an identity edge was recorded by hand");
    Ok(IdentityLink {
        id: id_of(visitor, &found.person),
        visitor: visitor.to_owned(),
        user: found.person,
        source: "manual".into(),
        linked_at: now,
        recorded_by: recorded_by.to_owned(),
    })
}

/// Takes the edges between a visitor and a user back.
///
/// # Errors
/// There is no such person or link, or the store did not answer.
pub async fn unlink(
    runner: &Runner,
    site: &Site,
    id: &str,
    link_id: &str,
    recorded_by: &str,
) -> Result<(), ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    let (found, _) = find(runner, &site.site, id).await?;
    let links = links_of(runner, &site.site, &found).await?;
    let link = links.into_iter().find(|link| link.id == link_id).ok_or_else(|| ApiError::NotFound {
        code: "unknown_link",
        message: format!("`{}` has no link of this id.", found.person),
    })?;
    let removal = sql::record_edge(&site.site, &link.visitor, &link.user, -1, Timestamp::now(), recorded_by);
    runner.execute(&removal).await?;
    tracing::info!(site = site.site, recorded_by, "identity edges were taken back by hand");
    Ok(())
}
