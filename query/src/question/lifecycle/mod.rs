//! Who is new, who comes again and who is lost, in each day, week or month.

pub mod request;
pub mod response;
mod rule;

use crate::error::ApiError;
use crate::plan::period::{Bucket, Period};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::known;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::presence::request::Request;
use crate::steps::presence::{self, Presence, Whom};
use crate::timestamp::Timestamp;
use request::PeopleRequest;
use response::{Lifecycle, LifecycleBefore, LifecycleBucket};
use rule::{State, state};

/// Who was there when.
struct Lives {
    /// The intervals with the one before them, and whom they are about.
    scope: Scope,
    /// That one, and the intervals.
    stretches: Vec<Bucket>,
    presences: Vec<Presence>,
}

/// The lifecycle.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Lifecycle, ApiError> {
    let period = &request.scope.period;
    let buckets = told(request, period, &read(runner, request, period).await?);
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(Lifecycle {
        from: period.from,
        to: period.to,
        unit: request.unit.name().to_owned(),
        interval: request.interval.name().to_owned(),
        buckets,
        previous,
    })
}

/// Who a number of an interval counts.
///
/// # Errors
/// There is no such interval, or it is not over and has lost nobody yet; or as of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let lifecycle = &request.lifecycle;
    let period = &lifecycle.scope.period;
    let buckets = period.buckets(lifecycle.interval)?;
    let place = buckets.iter().position(|bucket| bucket.label == request.time).ok_or_else(|| {
        let message = format!("There is no interval `{}` in the period.", request.time);
        ApiError::invalid("unknown_interval", "time", message)
    })?;
    let is_lost = request.state == Some(State::Lost);
    if is_lost && end_of(period, &buckets, place) > lifecycle.now {
        let message = format!("`{}` is not over: nobody is lost yet.", request.time);
        return Err(ApiError::invalid("unfinished_interval", "time", message));
    }
    let lives = read(runner, lifecycle, period).await?;
    // The one before the first stands before them.
    let stretch = place + 1;
    let is_asked = |presence: &&Presence| match request.state {
        None => presence.has(stretch),
        asked => state(**presence, stretch) == asked,
    };
    // Who is lost was there last.
    let at = lives.stretches[if is_lost { place } else { stretch }].start.max(lives.scope.period.from).0;
    let found = lives.presences.iter().filter(is_asked).map(|presence| Found { unit: presence.unit, at });
    PeoplePage::read(runner, &lives.scope, lifecycle.unit, found.collect(), request.paging).await
}

/// Who was there in the intervals of a period and in the one before.
async fn read(runner: &Runner, request: &Request, period: &Period) -> Result<Lives, ApiError> {
    let own = period.buckets(request.interval)?.len();
    let from = period.stretches_before(request.interval, 1).from;
    let period = Period { from, ..period.clone() };
    let mut stretches = period.buckets(request.interval)?;
    let scope = known(runner, &Scope { period, ..request.scope.clone() }, request.unit).await?;
    let whom = Whom { scope: &scope, unit: request.unit, interval: request.interval, stretches: &stretches };
    let mut presences = presence::with_history(runner, whom, request.event.as_ref()).await?;
    // The calendar's first interval has none before it: nobody was there.
    if stretches.len() == own {
        for presence in &mut presences {
            presence.stretches <<= 1;
        }
        stretches.insert(0, stretches[0].clone());
    }
    Ok(Lives { scope, stretches, presences })
}

async fn before(runner: &Runner, request: &Request) -> Result<LifecycleBefore, ApiError> {
    let count = request.scope.period.buckets(request.interval)?.len();
    let period = request.scope.period.stretches_before(request.interval, count);
    let (from, to) = (period.from, period.to);
    // Nothing lies before the calendar.
    let buckets =
        if from < to { told(request, &period, &read(runner, request, &period).await?) } else { Vec::new() };
    Ok(LifecycleBefore { from, to, buckets })
}

fn told(request: &Request, period: &Period, lives: &Lives) -> Vec<LifecycleBucket> {
    let buckets = &lives.stretches[1..];
    // What has not begun has nobody yet.
    let begun = buckets.partition_point(|bucket| bucket.start <= request.now);
    let mut counts = vec![[0_u64; State::ALL.len()]; begun];
    for presence in &lives.presences {
        for (place, counts) in counts.iter_mut().enumerate() {
            if let Some(state) = state(*presence, place + 1) {
                counts[state as usize] += 1;
            }
        }
    }
    let bucket = |(place, [new, returning, resurrected, lost]): (usize, [u64; 4])| {
        let is_finished = end_of(period, buckets, place) <= request.now;
        LifecycleBucket {
            time: buckets[place].label.clone(),
            is_finished,
            active: new + returning + resurrected,
            new,
            returning,
            resurrected,
            lost: is_finished.then_some(lost),
        }
    };
    counts.into_iter().enumerate().map(bucket).collect()
}

/// Where an interval of a period of whole ones ends.
fn end_of(period: &Period, buckets: &[Bucket], place: usize) -> Timestamp {
    buckets.get(place + 1).map_or(period.to, |next| next.start)
}
