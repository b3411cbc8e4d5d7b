//! Looks in the store for whom an id means: aliases, timelines, people.
//!
//! What is read is judged by `identity`; every question about people begins here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Once;

use orma_model::spelling::user_id;
use orma_store::StoreError;
use orma_visits::{Mark, Timeline};
use serde::Deserialize;

use crate::error::ApiError;
use crate::identity::{ALIAS_BYTES_MAX, ALIASES_MAX, Aliases, ID_BYTES_MAX};
use crate::runner::Runner;
use crate::sql::identity as sql;
use crate::sql::person::{self, Ids};

/// The code of the refusal of an id that nobody has.
const UNKNOWN_PERSON: &str = "unknown_person";

/// The timelines of some visitors.
pub type Timelines = HashMap<String, Timeline>;

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
        session_hash: u64,
    }
    if visitors.is_empty() {
        return Ok(Timelines::new());
    }
    let rows: Vec<Row> = runner.rows(&sql::marks(site, visitors)).await?;
    let mut marks: HashMap<String, Vec<Mark>> = HashMap::new();
    for row in rows {
        let mark = Mark { at: row.at, user: row.user, active: row.active != 0, session: row.session_hash };
        marks.entry(row.visitor).or_default().push(mark);
    }
    Ok(marks.into_iter().map(|(visitor, marks)| (visitor, Timeline::new(marks))).collect())
}

/// The refusal of an id that nobody has.
pub fn unknown_person(id: &str) -> ApiError {
    ApiError::NotFound { code: UNKNOWN_PERSON, message: format!("Nobody has the id `{id}`.") }
}

/// What may be a person, with everything that is the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// All ids of the person.
    pub ids: Vec<String>,
}

impl Candidate {
    fn new(id: &str, aliases: &Aliases) -> Self {
        let person = aliases.person(id).to_owned();
        Self { ids: aliases.ids(&person), person }
    }

    /// What statements about the person need.
    pub fn ids(&self) -> Ids<'_> {
        Ids(&self.ids)
    }

    /// Whether the person has a user id; `None` for who has no events.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn is_identified(&self, runner: &Runner, site: &str) -> Result<Option<bool>, StoreError> {
        #[derive(Deserialize)]
        struct Row {
            identified: bool,
        }
        let rows: Vec<Row> = runner.rows(&person::is_identified(site, self.ids(), &self.person)).await?;
        Ok(rows.first().map(|row| row.identified))
    }
}

/// Aliases of the site, and who an id may be. Nothing says yet that the person has events.
///
/// # Errors
/// The store did not answer.
pub async fn candidate(runner: &Runner, site: &str, id: &str) -> Result<(Candidate, Aliases), StoreError> {
    let aliases = aliases(runner, site).await?;
    Ok((Candidate::new(id, &aliases), aliases))
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
    #[derive(Deserialize)]
    struct Row {
        owner: String,
    }
    let rows: Vec<Row> = runner.rows(&person::last_owner(site, visitor)).await?;
    Ok(rows.first().map(|row| Candidate::new(&row.owner, aliases)))
}

/// The person of a user id or a visitor id, and whether with a user id.
///
/// # Errors
/// There is none, or the store did not answer.
pub async fn find(runner: &Runner, site: &str, id: &str) -> Result<(Candidate, bool), ApiError> {
    let mut candidates = Candidates::new(runner, site, id);
    while let Some(found) = candidates.next().await? {
        if let Some(identified) = found.is_identified(runner, site).await? {
            return Ok((found, identified));
        }
    }
    Err(unknown_person(id))
}

/// Who a user id or a visitor id may mean, one after the other: the first who has events is the person.
pub struct Candidates<'a> {
    runner: &'a Runner,
    site: &'a str,
    /// Under what the id is still to be looked for, the last of them next.
    spellings: Vec<String>,
    /// What was last looked for: if it is nobody's, it may be a visitor's who has been identified since.
    last: Option<(String, Aliases)>,
}

impl<'a> Candidates<'a> {
    /// Nobody has been looked for yet.
    pub fn new(runner: &'a Runner, site: &'a str, id: &str) -> Self {
        // Ids that came before there was one spelling are found as they are.
        let spelled = user_id(Cow::Borrowed(id)).into_owned();
        let mut spellings = vec![spelled, id.to_owned()];
        spellings.dedup();
        Self { runner, site, spellings, last: None }
    }

    /// The next.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn next(&mut self) -> Result<Option<Candidate>, StoreError> {
        if let Some((id, aliases)) = self.last.take()
            && let Some(found) = identified_visitor(self.runner, self.site, &id, &aliases).await?
        {
            return Ok(Some(found));
        }
        let Some(id) = self.spellings.pop() else { return Ok(None) };
        let (found, aliases) = candidate(self.runner, self.site, &id).await?;
        self.last = Some((id, aliases));
        Ok(Some(found))
    }
}

/// Under what an id would be stored today, when nobody was found under it as it is written: ids that came before there was
/// one spelling are found as they are.
pub fn other_spelling<T>(id: &str, found: &Result<T, ApiError>) -> Option<String> {
    let is_unknown = matches!(found, Err(ApiError::NotFound { code: UNKNOWN_PERSON, .. }));
    let spelled = user_id(Cow::Borrowed(id));
    (is_unknown && spelled != id).then(|| spelled.into_owned())
}
