//! Who the people behind a number are: units by number, as ids that the card and the journey know.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Unit, sql};
use crate::error::ApiError;
use crate::lookup;
use crate::plan::{Dimension, cursor};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::timestamp::Timestamp;

/// A unit of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number.
    pub unit: u64,
    /// When it did what the answer is about.
    pub at: i64,
}

/// A value of a dimension at the first of somebody's events.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChoice {
    /// The dimension.
    #[schema(example = "device_class")]
    pub dimension: String,
    /// Its value.
    pub value: String,
}

impl GroupChoice {
    /// The dimension, which is one of events or sessions.
    ///
    /// # Errors
    /// It is not.
    pub fn dimension(&self) -> Result<Dimension, ApiError> {
        Dimension::parse_of_event(&self.dimension, "group.dimension")
    }
}

/// People of a page, unless told otherwise, and at most.
const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 1000;

/// Which of the people behind a number are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// After how many.
    offset: usize,
    /// How many.
    limit: usize,
}

impl Paging {
    /// Reads the fields `limit` and `cursor` of a body.
    ///
    /// # Errors
    /// One of them cannot be used.
    pub fn parse(limit: Option<usize>, cursor: Option<&str>) -> Result<Self, ApiError> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let message = format!("`limit` must be a number from 1 to {LIMIT_MAX}.");
            return Err(ApiError::invalid("invalid_limit", "limit", message));
        }
        Ok(Self { offset: cursor.map(cursor::decode).transpose()?.unwrap_or(0), limit })
    }
}

/// Refuses what a question about people says of no person: fields of `question`, and whether each is set.
///
/// # Errors
/// One is set.
pub fn refuse_set<const N: usize>(question: &str, fields: [(&str, bool); N]) -> Result<(), ApiError> {
    match fields.into_iter().find(|(_, is_set)| *is_set) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("`{question}.{name}` says nothing about people; leave it out.");
            Err(ApiError::invalid("invalid_field", format!("{question}.{name}"), message))
        }
    }
}

/// A page of the people behind a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeoplePage {
    /// How many units there are in all.
    pub count: usize,
    /// Who they are, the latest first.
    pub items: Vec<PersonFound>,
    /// Given where there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A person behind a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonFound {
    /// The user id, or the visitor id of who is not known.
    #[schema(example = "mario@example.it")]
    pub person: String,
    /// Whether there is a user id.
    pub identified: bool,
    /// When they did what the number counts; of a cohort, when the stretch of time began in which they did.
    pub at: Timestamp,
}

impl PeoplePage {
    /// The people of a page, of all that were found. Of visitors and sessions it is said whose they are.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn read(
        runner: &Runner,
        scope: &Scope,
        unit: Unit,
        mut found: Vec<Found>,
        Paging { offset, limit }: Paging,
    ) -> Result<Self, ApiError> {
        #[derive(Deserialize)]
        struct Row {
            number: u64,
            person: String,
            identified: bool,
        }
        found.sort_unstable_by_key(|found| (std::cmp::Reverse(found.at), found.unit));
        let count = found.len();
        let page = found.get(offset..).unwrap_or_default();
        let page = &page[..page.len().min(limit)];
        let next = offset + page.len();
        let mut items = Vec::with_capacity(page.len());
        if !page.is_empty() {
            let scope = Scope { aliases: lookup::aliases(runner, &scope.site).await?, ..scope.clone() };
            let numbers: Vec<u64> = page.iter().map(|found| found.unit).collect();
            let rows: Vec<Row> = runner.rows(&sql::names(&scope, unit, &numbers)).await?;
            let rows: foldhash::HashMap<u64, Row> = rows.into_iter().map(|row| (row.number, row)).collect();
            items.extend(page.iter().filter_map(|found| {
                let Row { person, identified, .. } = rows.get(&found.unit)?;
                Some(PersonFound { person: person.clone(), identified: *identified, at: Timestamp(found.at) })
            }));
        }
        Ok(Self { count, items, next_cursor: (next < count).then(|| cursor::encode(&next)) })
    }
}
