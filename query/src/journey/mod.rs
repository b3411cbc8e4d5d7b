//! A person's journey: the sessions, newest first, with their events.
//!
//! The days on which the person's visitors were here are known from the sessions, so only these are read, newest
//! first, until the page is full. Which events are the person's is decided one by one (`crate::identity`); how they
//! fall into sessions, in `cut`. A session is shown when nothing that could belong to it is unread.

mod cut;
mod read;

use orma_store::Site;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::http::journey::{Journey, JourneyParams, JourneySession};
use crate::identity::Aliases;
use crate::lookup::{Candidate, candidate, identified_visitor};
use crate::people::unknown_person;
use crate::plan::cursor;
use crate::plan::parameter::parse_limit;
use crate::runner::Runner;
use crate::scope::{Scope, ScopeText};
use cut::Piece;
use read::Reader;

const SESSIONS_DEFAULT: usize = 20;
const SESSIONS_MAX: usize = 200;

/// A request for a page of a journey.
#[derive(Clone, Debug)]
pub struct Request {
    scope: Scope,
    /// The site's money.
    currency: String,
    person: String,
    limit: usize,
    after: Option<Place>,
}

/// The last session of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// When it began: milliseconds since the epoch.
    pub started: i64,
    /// Its visitor and id, for sessions that began at the same moment.
    pub visitor: String,
    /// Empty for a session that was cut.
    pub session: String,
    /// When the oldest cut session that was shown began: events without a session since then are done.
    pub cut_before: Option<i64>,
}

impl cursor::Bounded for Place {
    fn is_possible(&self) -> bool {
        cursor::is_possible_moment(self.started) && self.cut_before.is_none_or(cursor::is_possible_moment)
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

/// A page of a journey.
///
/// # Errors
/// Nobody has the id, or the store did not answer.
pub async fn answer(runner: &Runner, request: &Request) -> Result<Journey, ApiError> {
    let site = &request.scope.site;
    let (found, aliases) = candidate(runner, site, &request.person).await?;
    let read_once = read(runner, request, &found, &aliases).await?;
    if read_once.any {
        return Ok(page(request, found.person, read_once));
    }
    // Without events in the period, the person may still have some. Or the first has come since: it is looked for once
    // more, so that nobody is told of a person without events.
    if found.is_identified(runner, site, &aliases).await?.is_some() {
        let read_again = read(runner, request, &found, &aliases).await?;
        return Ok(page(request, found.person, read_again));
    }
    // The person has no event: the id may be a visitor's who has been identified since.
    let identified = identified_visitor(runner, site, &request.person, &aliases).await?;
    let found = identified.ok_or_else(|| unknown_person(&request.person))?;
    let read_of_user = read(runner, request, &found, &aliases).await?;
    Ok(page(request, found.person, read_of_user))
}

/// What was read for a page.
struct Read {
    /// The sessions of the page and one more, when there is one: its end is the beginning of the gap before the last.
    shown: Vec<Piece>,
    /// Whether any event of the person was met.
    any: bool,
    /// Whether older events were left out.
    truncated: bool,
}

async fn read(
    runner: &Runner,
    request: &Request,
    found: &Candidate,
    aliases: &Aliases,
) -> Result<Read, ApiError> {
    let mut reader = Reader::open(runner, found, aliases, request).await?;
    let mut shown: Vec<Piece> = Vec::new();
    while reader.read_more(runner).await? {
        shown = reader.complete_pieces(request);
        let is_before =
            |piece: &Piece| request.scope.period.beginning().is_some_and(|from| piece.started() < from.0);
        if shown.len() > request.limit || shown.last().is_some_and(is_before) {
            break;
        }
    }
    Ok(Read { shown, any: reader.has_events(), truncated: reader.is_truncated() })
}

/// The page from the sessions that are whole, newest first.
fn page(request: &Request, person: String, read: Read) -> Journey {
    let Read { shown: pieces, truncated, .. } = read;
    let from = request.scope.period.beginning().map_or(i64::MIN, |from| from.0);
    let in_period = pieces.iter().take_while(|piece| piece.started() >= from).count();
    let count = in_period.min(request.limit);
    let next_cursor = (in_period > request.limit).then(|| {
        let last = &pieces[count - 1];
        let oldest_cut =
            pieces[..count].iter().filter(|piece| piece.session.is_empty()).map(Piece::started).min();
        let before = request.after.as_ref().and_then(|place| place.cut_before);
        cursor::encode(&Place { cut_before: oldest_cut.or(before), ..last.place() })
    });
    let older: Vec<Option<i64>> = (0..count).map(|index| pieces.get(index + 1).map(Piece::ended)).collect();
    let session = |(piece, older): (Piece, Option<i64>)| -> JourneySession {
        let gap = older.map(|ended| (piece.started() - ended).max(0));
        piece.into_session(&request.currency, gap)
    };
    let items = pieces.into_iter().take(count).zip(older).map(session).collect();
    Journey { person, timezone: request.scope.period.zone_name.clone(), items, next_cursor, truncated }
}
