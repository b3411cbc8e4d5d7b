//! What is asked: a page of a person's sessions.

use orma_store::Site;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::error::ApiError;
use crate::plan::cursor;
use crate::plan::parameter::parse_limit;
use crate::scope::{Scope, ScopeText};

/// What `GET /people/{person}/journey` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JourneyParams {
    /// A date in the site's zone or an instant: sessions that began since then.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive: sessions that began before then.
    pub to: Option<String>,
    /// How many sessions. Default 20, at most 200.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `bots`: events of bots and machines too.
    pub include: Option<String>,
}

const SESSIONS_DEFAULT: usize = 20;
const SESSIONS_MAX: usize = 200;

/// A request for a page of a journey.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is about; either end of the period may be open.
    pub scope: Scope,
    /// The site's money.
    pub currency: String,
    /// A user id or a visitor id.
    pub person: String,
    /// How many sessions.
    pub limit: usize,
    /// The last session of the page before.
    pub after: Option<Cursor>,
}

/// The last session of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    /// When it began: milliseconds since the epoch.
    pub started: i64,
    /// Its visitor and id, for sessions that began at the same moment.
    pub visitor: String,
    /// Empty for a session without an id.
    pub session: String,
    /// Whether of bots and machines.
    #[serde(default)]
    pub is_bot: bool,
}

impl cursor::Bounded for Cursor {
    fn is_possible(&self) -> bool {
        cursor::is_possible_timestamp(self.started)
    }
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used.
    pub fn parse(site: &Site, person: &str, params: &JourneyParams) -> Result<Self, ApiError> {
        let text = ScopeText {
            from: params.from.as_deref(),
            to: params.to.as_deref(),
            filter: &[],
            include: params.include.as_deref(),
        };
        Ok(Self {
            scope: Scope::parse_open(site, &text)?,
            currency: site.currency.clone(),
            person: person.to_owned(),
            limit: parse_limit(params.limit.as_deref(), SESSIONS_DEFAULT, SESSIONS_MAX)?,
            after: params.cursor.as_deref().map(cursor::decode).transpose()?,
        })
    }
}
