//! Who comes again: cohorts by when they first came, and in which of the stretches of time after it they came again.

pub mod request;
pub mod response;
mod rule;
mod sql;

use orma_store::{Block, column};

use crate::error::ApiError;
use crate::plan::period::Bucket;
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::{Asked, Others, Steps, computed, known};
use request::{PeopleRequest, Request};
use response::{Cohort, Retention};
use rule::{Activity, Member, members};

/// People or visitors who are looked at for one question.
const ROWS_MAX: usize = 5_000_000;

/// The cohorts.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Retention, ApiError> {
    let buckets = request.scope.period.buckets(request.interval)?;
    let members = read(runner, request, &buckets).await?;
    // What has not begun has nobody yet.
    let begun = buckets.partition_point(|bucket| bucket.start <= request.now);
    let mut people: Vec<Vec<u64>> = (0..begun).map(|cohort| vec![0; begun - cohort]).collect();
    for Member { cohort, came_again, .. } in members {
        let Some(people) = people.get_mut(cohort) else { continue };
        people[0] += 1;
        for later in came_again {
            if let Some(people) = people.get_mut(later) {
                *people += 1;
            }
        }
    }
    let finished = finished(request, &buckets);
    let cohorts = people.into_iter().zip(&buckets).enumerate().map(|(cohort, (people, bucket))| Cohort {
        cohort: bucket.label.clone(),
        finished: finished
            .iter()
            .skip(cohort)
            .take_while(|is_finished| **is_finished)
            .count()
            .min(people.len()),
        people,
    });
    Ok(Retention {
        from: request.scope.period.from,
        to: request.scope.period.to,
        unit: request.unit.name().to_owned(),
        interval: request.interval.name().to_owned(),
        cohorts: cohorts.collect(),
    })
}

/// Who a number of a cohort counts.
///
/// # Errors
/// There is no such cohort; or as of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let retention = &request.retention;
    let buckets = retention.scope.period.buckets(retention.interval)?;
    let cohort = buckets.iter().position(|bucket| bucket.label == request.cohort).ok_or_else(|| {
        let message = format!("There is no cohort `{}` in the period.", request.cohort);
        ApiError::invalid("unknown_cohort", "cohort", message)
    })?;
    let Some(bucket) = buckets.get(cohort..).and_then(|later| later.get(request.index)) else {
        let message = format!("`index` must be a number from 0 to {}.", buckets.len() - cohort - 1);
        return Err(ApiError::invalid("invalid_index", "index", message));
    };
    let members = read(runner, retention, &buckets).await?;
    let is_asked = |member: &Member| {
        member.cohort == cohort && (request.index == 0 || member.came_again.contains(&request.index))
    };
    let at = bucket.start.max(retention.scope.period.from).0;
    let found = members.into_iter().filter(is_asked).map(|member| Found { unit: member.unit, at }).collect();
    PeoplePage::read(runner, &retention.scope, retention.unit, found, request.paging).await
}

/// Of each stretch of time, whether it lies in the period as a whole and is over.
fn finished(request: &Request, buckets: &[Bucket]) -> Vec<bool> {
    let period = &request.scope.period;
    let ends = |bucket: usize| match buckets.get(bucket + 1) {
        Some(next) => next.start,
        None => period.end_of(request.interval),
    };
    let is_finished =
        |bucket: usize| buckets[bucket].start >= period.from && ends(bucket) <= period.to.min(request.now);
    (0..buckets.len()).map(is_finished).collect()
}

/// The members of all cohorts.
async fn read(runner: &Runner, request: &Request, buckets: &[Bucket]) -> Result<Vec<Member>, ApiError> {
    let scope = known(runner, &request.scope, request.unit).await?;
    let mut activities = Vec::new();
    let any = (request.first.is_none(), request.again.is_none());
    if any.0 || any.1 {
        activities.extend(visited(runner, &scope, request, buckets, any).await?);
    }
    let patterns: Vec<_> = request.first.iter().chain(&request.again).cloned().collect();
    if !patterns.is_empty() {
        let asked = Asked {
            scope: &scope,
            unit: request.unit,
            patterns: &patterns,
            others: Others::None,
            label: None,
            currency: None,
        };
        let steps = Steps::read(runner, &asked).await?;
        let (starts, returns) = match any {
            (false, false) => (1, 2),
            (false, true) => (1, 0),
            _ => (0, 1),
        };
        activities.extend(steps.units().flatten().map(|step| Activity {
            unit: step.unit,
            bucket: buckets.partition_point(|bucket| bucket.start.0 <= step.at).saturating_sub(1),
            starts: step.fits & starts != 0,
            returns: step.fits & returns != 0,
        }));
    }
    let mode = request.mode;
    computed(move || members(activities, mode)).await
}

/// Who was there, whatever they did: visits know that.
async fn visited(
    runner: &Runner,
    scope: &Scope,
    request: &Request,
    buckets: &[Bucket],
    (starts, returns): (bool, bool),
) -> Result<Vec<Activity>, ApiError> {
    let first = buckets.first().and_then(|bucket| bucket.key.parse().ok()).unwrap_or_default();
    let mut activities = Vec::new();
    let take = |block: &Block| {
        let units: Vec<u64> = column(block, "unit")?;
        let low: Vec<u64> = column(block, "low")?;
        let high: Vec<u64> = column(block, "high")?;
        for ((unit, low), high) in units.into_iter().zip(low).zip(high) {
            let stretches = u128::from(high) << 64 | u128::from(low);
            let there = (0..buckets.len()).filter(|bucket| stretches & (1 << bucket) != 0);
            activities.extend(there.map(|bucket| Activity { unit, bucket, starts, returns }));
        }
        Ok(())
    };
    let statement = sql::visited(scope, request.unit, request.interval, first);
    runner.each_block(&statement, ROWS_MAX, take).await?;
    Ok(activities)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::tests::{NOW, rome};

    #[test]
    fn a_stretch_is_finished_when_it_lies_in_the_period_and_is_over() {
        // NOW is the 21st of November 2026, a Saturday.
        for (interval, from, to, expected) in [
            ("day", "2026-11-19", "2026-11-22", &[true, true, false, false][..]),
            ("week", "2026-11-02", "2026-11-22", &[true, true, false]),
            ("week", "2026-11-03", "2026-11-15", &[false, true]),
            ("week", "2026-11-02", "2026-11-14", &[true, false]),
            ("month", "2026-09-01", "2026-10-31", &[true, true]),
            ("month", "2026-09-02", "2026-10-30", &[false, false]),
        ] {
            let body = json!({"interval": interval, "from": from, "to": to});
            let request = Request::parse(&rome(), &serde_json::from_value(body).unwrap(), NOW).unwrap();
            let buckets = request.scope.period.buckets(request.interval).unwrap();
            assert_eq!(finished(&request, &buckets), expected, "{interval} {from} {to}");
        }
    }
}
