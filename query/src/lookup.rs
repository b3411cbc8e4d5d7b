//! Looks in the store for whom an id means: aliases, timelines, the visitors of people.
//!
//! What is read is judged by `identity`; every question about people begins here.

use std::collections::{BTreeSet, HashMap};
use std::sync::Once;

use orma_store::StoreError;
use serde::Deserialize;

use crate::error::ApiError;
use crate::identity::{
    ALIAS_BYTES_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX, Mark, Timeline, Timelines, Visitors,
};
use crate::runner::Runner;
use crate::sql::identity as sql;

/// More visitors than this are not carried from one question to the next: each finds them by itself.
const VISITORS_CARRIED_MAX: usize = 1_000;

/// Reads the aliases of a site.
///
/// # Errors
/// The store did not answer.
pub async fn aliases(runner: &Runner, site: &str) -> Result<Aliases, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        previous: String,
        user: String,
    }
    let rows: Vec<Row> = runner.rows(&sql::aliases(site)).await?;
    let bytes: usize = rows.iter().map(|row| row.previous.len() + row.user.len()).sum();
    if rows.len() == ALIASES_MAX || bytes + 2 * ID_BYTES_MAX > ALIAS_BYTES_MAX {
        // Once: somebody who looks at a journey asks every second.
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            tracing::warn!(
                site,
                ALIASES_MAX,
                ALIAS_BYTES_MAX,
                "a site has more aliases than are read; the latest are left out"
            );
        });
    }
    Ok(Aliases::new(rows.into_iter().map(|row| (row.previous, row.user))))
}

/// Reads the timelines of some visitors.
///
/// # Errors
/// The store did not answer.
pub async fn timelines(runner: &Runner, site: &str, visitors: &[String]) -> Result<Timelines, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        visitor: String,
        user: String,
        at: i64,
        active: u8,
        session: String,
    }
    if visitors.is_empty() {
        return Ok(Timelines::new());
    }
    let rows: Vec<Row> = runner.rows(&sql::marks(site, visitors)).await?;
    let mut marks: HashMap<String, Vec<Mark>> = HashMap::new();
    for row in rows {
        let mark = Mark { at: row.at, user: row.user, active: row.active != 0, session: row.session };
        marks.entry(row.visitor).or_default().push(mark);
    }
    Ok(marks.into_iter().map(|(visitor, marks)| (visitor, Timeline::new(marks))).collect())
}

/// The refusal of an id that nobody has.
pub fn unknown_person(id: &str) -> ApiError {
    ApiError::NotFound { code: "unknown_person", message: format!("Nobody has the id `{id}`.") }
}

/// What may be a person, with everything that is the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// All ids of the person.
    pub ids: Vec<String>,
    /// The visitors on which the person has, or had, events.
    pub visitors: Visitors,
}

impl Candidate {
    /// Whether somebody was identified, or is an alias: whether the person has a user id. Exact for who has events.
    pub async fn is_identified(
        &self,
        runner: &Runner,
        site: &str,
        aliases: &Aliases,
    ) -> Result<Option<bool>, StoreError> {
        let owner = owner_on(runner, site, &self.visitors, aliases, Some(&self.person)).await?;
        Ok(owner.map(|owner| owner.identified))
    }
}

/// Aliases of the site, and who an id may be. Nothing says yet that the person has events.
///
/// # Errors
/// The store did not answer.
pub async fn candidate(runner: &Runner, site: &str, id: &str) -> Result<(Candidate, Aliases), StoreError> {
    let own = [id.to_owned()];
    // Most ids are nobody's alias, so both are asked at the same time.
    let (aliases, visitors) =
        futures_util::try_join!(aliases(runner, site), visitors_of(runner, site, &own, &own))?;
    let person = aliases.person(id).to_owned();
    let ids = aliases.ids(&person);
    let people = std::slice::from_ref(&person);
    let visitors = if ids == own { visitors } else { visitors_of(runner, site, people, &ids).await? };
    Ok((Candidate { person, ids, visitors }, aliases))
}

/// Who a visitor is, all of whose events are somebody's: that of the latest. `None` when the visitor has no events.
///
/// # Errors
/// The store did not answer.
pub async fn identified_visitor(
    runner: &Runner,
    site: &str,
    visitor: &str,
    aliases: &Aliases,
) -> Result<Option<Candidate>, StoreError> {
    let own = Visitors::These(vec![visitor.to_owned()]);
    let Some(owner) = owner_on(runner, site, &own, aliases, None).await? else { return Ok(None) };
    let ids = aliases.ids(&owner.person);
    let visitors = visitors_of(runner, site, std::slice::from_ref(&owner.person), &ids).await?;
    Ok(Some(Candidate { person: owner.person, ids, visitors }))
}

/// The person of a user id or a visitor id, whether with a user id, and the site's aliases.
///
/// # Errors
/// There is none, or the store did not answer.
pub async fn find(runner: &Runner, site: &str, id: &str) -> Result<(Candidate, bool, Aliases), ApiError> {
    let (found, aliases) = candidate(runner, site, id).await?;
    if let Some(identified) = found.is_identified(runner, site, &aliases).await? {
        return Ok((found, identified, aliases));
    }
    let found = identified_visitor(runner, site, id, &aliases).await?;
    let found = found.ok_or_else(|| unknown_person(id))?;
    Ok((found, true, aliases))
}

#[derive(Deserialize)]
struct OwnerRow {
    person: String,
    identified: bool,
}

/// Who was last seen on some visitors, or this person if it was.
async fn owner_on(
    runner: &Runner,
    site: &str,
    visitors: &Visitors,
    aliases: &Aliases,
    only: Option<&str>,
) -> Result<Option<OwnerRow>, StoreError> {
    Ok(runner.rows(&sql::owner(site, visitors, aliases, only)).await?.into_iter().next())
}

/// The visitors on which the people of some ids have, or had, events. The ids themselves too: each may be a visitor,
/// or an alias of one.
///
/// # Errors
/// The store did not answer.
pub async fn visitors_of(
    runner: &Runner,
    site: &str,
    people: &[String],
    ids: &[String],
) -> Result<Visitors, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        visitor: String,
    }
    let edges: Vec<Row> = runner.rows(&sql::visitors_of_users(site, ids, VISITORS_CARRIED_MAX)).await?;
    if edges.len() > VISITORS_CARRIED_MAX {
        return Ok(Visitors::OfUsers { people: people.to_vec(), ids: ids.to_vec() });
    }
    let own = ids.iter().flat_map(|id| [id.clone(), format!("@{id}")]);
    let visitors: BTreeSet<String> =
        edges.into_iter().map(|row| row.visitor).chain(own).filter(|visitor| !visitor.is_empty()).collect();
    Ok(Visitors::These(visitors.into_iter().collect()))
}
