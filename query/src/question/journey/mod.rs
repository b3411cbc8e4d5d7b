//! A person's journey: the sessions, newest first, with their events.
//!
//! The sessions are the visits of the person's visitors: what a visit is, is decided where they are made. They are read
//! newest first, until the page is full; which of their events are the person's is decided one by one. A session is shown
//! when no unread one can stand before it.

mod piece;
mod read;
pub mod request;
pub mod response;
mod sql;
mod visit;

use crate::error::ApiError;
use crate::lookup::{Candidate, candidate, identified_visitor, other_spelling, unknown_person};
use crate::plan::cursor;
use crate::runner::{Needs, Runner};
use piece::Piece;
use read::Reader;
use request::Request;
use response::{Journey, JourneySession};

/// A page of a journey.
///
/// # Errors
/// Nobody has the id, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Journey, ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    let found = journey_of(runner, request, &request.person).await;
    match other_spelling(&request.person, &found) {
        Some(person) => journey_of(runner, request, &person).await,
        None => found,
    }
}

async fn journey_of(runner: &Runner, request: &Request, person: &str) -> Result<Journey, ApiError> {
    let site = &request.scope.site;
    let (found, aliases) = candidate(runner, site, person).await?;
    let read_once = read(runner, request, &found).await?;
    if read_once.any {
        return Ok(page(request, found.person, read_once));
    }
    // Without events in the period, the person may still have some. Or the first has come since: it is looked for once
    // more, so that nobody is told of a person without events.
    if found.is_identified(runner, site).await?.is_some() {
        let read_again = read(runner, request, &found).await?;
        return Ok(page(request, found.person, read_again));
    }
    // The person has no event: the id may be a visitor's who has been identified since.
    let identified = identified_visitor(runner, site, person, &aliases).await?;
    let found = identified.ok_or_else(|| unknown_person(person))?;
    let read_of_user = read(runner, request, &found).await?;
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

async fn read(runner: &Runner, request: &Request, found: &Candidate) -> Result<Read, ApiError> {
    let mut reader = Reader::open(runner, found, request).await?;
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
    let next_cursor = (in_period > request.limit).then(|| cursor::encode(&pieces[count - 1].cursor()));
    let older: Vec<Option<i64>> = (0..count).map(|index| pieces.get(index + 1).map(Piece::ended)).collect();
    let session = |(piece, older): (Piece, Option<i64>)| -> JourneySession {
        let gap = older.map(|ended| (piece.started() - ended).max(0));
        piece.into_session(&request.currency, gap)
    };
    let items = pieces.into_iter().take(count).zip(older).map(session).collect();
    Journey { person, timezone: request.scope.period.zone_name.clone(), items, next_cursor, truncated }
}
