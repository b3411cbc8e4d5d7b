//! Whose ids are one person: what joined them, changes by hand with a preview and an undo, and who has too many.

mod card;
mod links;
mod plan;
mod preview;
pub mod request;
pub mod response;
mod sql;
mod suspicious;

pub use card::card;
pub use links::links_of;
pub use suspicious::suspicious;

use orma_store::{Site, secret};

use self::plan::{ChangeRow, Planned, already_undone, plan};
use self::request::{ChangeRequest, check_visitor};
use self::response::{IdentityChange, IdentityLink, IdentityPreview};
use crate::error::ApiError;
use crate::identity::BY_HAND;
use crate::runner::{Needs, Runner};

/// What a change of a person would do. Nothing is written.
///
/// # Errors
/// It cannot be made, is about too much, or the store did not answer.
pub async fn preview(
    runner: &Runner,
    site: &Site,
    person: &str,
    request: &ChangeRequest,
) -> Result<IdentityPreview, ApiError> {
    request.check()?;
    runner.bring_visits_up_to_date(Needs::People).await;
    let planned = plan(runner, site, person, request).await?;
    preview::preview(runner, site, &planned).await
}

/// Makes a change of a person. One at a time: whoever calls this holds the lock of changes.
///
/// # Errors
/// It cannot be made, or the store did not answer.
pub async fn change(
    runner: &Runner,
    site: &Site,
    person: &str,
    request: &ChangeRequest,
    made_by: &str,
) -> Result<IdentityChange, ApiError> {
    make(runner, site, person, request, made_by).await.map(|(change, _)| change)
}

/// Says that a visitor is a person.
///
/// # Errors
/// As [`change`].
pub async fn link(
    runner: &Runner,
    site: &Site,
    person: &str,
    visitor: &str,
    made_by: &str,
) -> Result<IdentityLink, ApiError> {
    check_visitor(visitor)?;
    let request = ChangeRequest::Link { id: visitor.to_owned(), is_user: false };
    let (change, planned) = make(runner, site, person, &request, made_by).await?;
    Ok(IdentityLink {
        id: links::id_of(visitor, &planned.person),
        visitor: visitor.to_owned(),
        user: planned.person,
        source: BY_HAND.to_owned(),
        linked_at: change.at,
        recorded_by: made_by.to_owned(),
    })
}

/// Takes the edges between a visitor and a user back.
///
/// # Errors
/// As [`change`].
pub async fn unlink(
    runner: &Runner,
    site: &Site,
    person: &str,
    link: &str,
    made_by: &str,
) -> Result<(), ApiError> {
    let request = ChangeRequest::Unlink { link: link.to_owned() };
    make(runner, site, person, &request, made_by).await.map(|_| ())
}

async fn make(
    runner: &Runner,
    site: &Site,
    person: &str,
    request: &ChangeRequest,
    made_by: &str,
) -> Result<(IdentityChange, Planned), ApiError> {
    request.check()?;
    runner.bring_visits_up_to_date(Needs::People).await;
    let planned = plan(runner, site, person, request).await?;
    let change = secret::random_hex::<8>();
    let recorded = sql::Recorded {
        change: &change,
        action: planned.action,
        person: &planned.person,
        ids: &planned.ids,
        rows: &planned.rows,
        at: planned.at,
        made_by,
        undoes: &planned.undoes,
    };
    // First what was done: an edge that nobody can undo is worse than a change that did nothing.
    runner.execute(&sql::record(&site.site, &recorded)).await?;
    runner.execute(&sql::insert(&site.site, &planned.rows, made_by)).await?;
    if !planned.undoes.is_empty() {
        // Another process may have been faster. What both wrote is the same.
        let rows: Vec<ChangeRow> = runner.rows(&sql::change(&site.site, &planned.undoes)).await?;
        if let Some(undone) = rows.first().filter(|undone| undone.undone_change != change) {
            return Err(already_undone(undone));
        }
    }
    tracing::info!(
        site = site.site,
        made_by,
        action = planned.action,
        change,
        "identity was changed by hand"
    );
    let made = IdentityChange {
        change,
        action: planned.action.to_owned(),
        person: planned.person.clone(),
        ids: planned.ids.clone(),
        edges: planned.rows.len() as i64,
        at: planned.at,
        made_by: made_by.to_owned(),
        undone_at: None,
        undone_by: None,
    };
    Ok((made, planned))
}
