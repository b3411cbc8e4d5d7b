//! How often people come: in how many days, weeks or months of a period they were there, and how many of those who come in a
//! month come on a day.

pub mod request;
pub mod response;
mod rule;

use crate::condition::Condition;
use crate::error::ApiError;
use crate::plan::Interval;
use crate::plan::period::{Bucket, Period};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::presence::request::Request;
use crate::steps::presence::{self, Presence, Whom};
use crate::steps::{computed, known};
use request::PeopleRequest;
use response::{Stickiness, StickinessBefore, StickinessDay, StickinessFound, StickinessRolling};
use rule::{MONTH_DAYS, actives, distribution};

/// The stickiness.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Stickiness, ApiError> {
    let period = &request.scope.period;
    let found = found(runner, request, period).await?;
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(Stickiness {
        from: period.from,
        to: period.to,
        unit: request.unit.name().to_owned(),
        interval: request.interval.name().to_owned(),
        found,
        previous,
    })
}

/// Who was there in so many intervals.
///
/// # Errors
/// As of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let stickiness = &request.stickiness;
    let period = &stickiness.scope.period;
    let buckets = period.buckets(stickiness.interval)?;
    let presences = read(runner, stickiness, period, &buckets).await?;
    let is_asked = |presence: &&Presence| {
        let count = presence.stretches.count_ones() as usize;
        count == request.intervals || (request.or_more && count > request.intervals)
    };
    let last = |presence: &Presence| {
        let place = (presence.stretches.ilog2() as usize).min(buckets.len() - 1);
        buckets[place].start.max(period.from).0
    };
    let found = presences.iter().filter(is_asked).map(|one| Found { unit: one.unit, at: last(one) });
    PeoplePage::read(runner, &stickiness.scope, stickiness.unit, found.collect(), request.paging).await
}

async fn before(runner: &Runner, request: &Request) -> Result<StickinessBefore, ApiError> {
    let count = request.scope.period.buckets(request.interval)?.len();
    let period = request.scope.period.stretches_before(request.interval, count);
    let found = found(runner, request, &period).await?;
    Ok(StickinessBefore { from: period.from, to: period.to, found })
}

/// What is found of a period of whole intervals.
async fn found(runner: &Runner, request: &Request, period: &Period) -> Result<StickinessFound, ApiError> {
    // Nothing lies before the calendar.
    let buckets = if period.from < period.to { period.buckets(request.interval)? } else { Vec::new() };
    let begun = buckets.partition_point(|bucket| bucket.start <= request.now);
    let ends = buckets.iter().skip(1).map(|bucket| bucket.start).chain([period.to]);
    let finished = ends.take(begun).filter(|end| *end <= request.now).count();
    // Those who came in the month before a day are asked for with its condition, the others with that of the period.
    let has_rolling = request.interval == Interval::Day && finished > 0;
    let lead = period.stretches_before(Interval::Day, MONTH_DAYS - 1);
    let month = Period { from: lead.from, ..period.clone() };
    let days = if has_rolling { month.buckets(Interval::Day)? } else { Vec::new() };
    let rolling = if has_rolling { read(runner, request, &month, &days).await? } else { Vec::new() };
    let lead = days.len().saturating_sub(buckets.len());
    let presences = if has_rolling && request.scope.condition == Condition::EVERYTHING {
        rolling.iter().map(|one| Presence { stretches: one.stretches >> lead, ..*one }).collect()
    } else {
        read(runner, request, period, &buckets).await?
    };
    computed(move || {
        let distribution = distribution(&presences, begun);
        let people: u64 = distribution.iter().sum();
        let sum: u64 = distribution.iter().zip(1..).map(|(people, count)| people * count).sum();
        StickinessFound {
            intervals: begun,
            finished,
            people,
            mean: (people > 0).then(|| sum as f64 / people as f64),
            distribution,
            rolling: has_rolling.then(|| told(&rolling, &days[lead..lead + finished], lead)),
        }
    })
    .await
}

/// Who comes on a day, in a week and in a month, by the days that are over: the first of them is that of a number.
fn told(presences: &[Presence], days: &[Bucket], first: usize) -> StickinessRolling {
    let days: Vec<StickinessDay> = days
        .iter()
        .zip(first..)
        .map(|(day, number)| {
            let [daily, weekly, monthly] = actives(presences, number);
            StickinessDay { time: day.label.clone(), daily, weekly, monthly }
        })
        .collect();
    let sum = |of: fn(&StickinessDay) -> u64| days.iter().map(of).sum::<u64>() as f64;
    let (daily, weekly, monthly) = (sum(|day| day.daily), sum(|day| day.weekly), sum(|day| day.monthly));
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let count = days.len() as f64;
    StickinessRolling {
        daily: daily / count,
        weekly: weekly / count,
        monthly: monthly / count,
        daily_of_weekly: share(daily, weekly),
        daily_of_monthly: share(daily, monthly),
        weekly_of_monthly: share(weekly, monthly),
        days,
    }
}

/// Who was there in which of the intervals of a period.
async fn read(
    runner: &Runner,
    request: &Request,
    period: &Period,
    stretches: &[Bucket],
) -> Result<Vec<Presence>, ApiError> {
    if stretches.is_empty() {
        return Ok(Vec::new());
    }
    let scope = Scope { period: period.clone(), ..request.scope.clone() };
    let scope = known(runner, &scope, request.unit).await?;
    let whom = Whom { scope: &scope, unit: request.unit, interval: request.interval, stretches };
    match &request.event {
        None => Ok(presence::visited(runner, whom, None).await?.0),
        Some(event) => presence::did(runner, whom, event).await,
    }
}
