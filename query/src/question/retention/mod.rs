//! Who comes again: cohorts by when they first came, and in which of the stretches of time after it they came again.

pub mod request;
pub mod response;
mod rule;

use foldhash::HashMap;

use crate::condition::Condition;
use crate::error::ApiError;
use crate::plan::Earlier;
use crate::plan::period::Bucket;
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::presence::{self, Whom, is_of_visits};
use crate::steps::{Asked, Label, Others, Steps, computed, known};
use request::{PeopleRequest, Request};
use response::{Cohort, Retention, RetentionBefore, RetentionGroup};
use rule::{Activity, Member, members};

/// Values of a dimension that are told, with all cohorts of each.
const GROUPS_MAX: usize = 20;

/// The members of all cohorts of a period.
struct Cohorts {
    members: Vec<Member>,
    buckets: Vec<Bucket>,
    /// By unit, where they are divided: the number of its value.
    labels: HashMap<u64, u32>,
    values: Vec<String>,
}

/// The cohorts.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Retention, ApiError> {
    let read = read(runner, request, &request.scope, false).await?;
    let (groups, groups_left_out) = match request.group_by {
        Some(_) => groups(request, &read),
        None => (Vec::new(), 0),
    };
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(Retention {
        from: request.scope.period.from,
        to: request.scope.period.to,
        unit: request.unit.name().to_owned(),
        interval: request.interval.name().to_owned(),
        cohorts: told(request, &request.scope, &read.buckets, read.members.iter()),
        groups,
        groups_left_out,
        previous,
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
    let read = read(runner, retention, &retention.scope, true).await?;
    let is_asked = |member: &&Member| {
        member.cohort == cohort
            && (request.index == 0 || member.came_again.contains(&request.index))
            && request.group.as_ref().is_none_or(|group| read.value_of(member) == Some(group))
    };
    let at = bucket.start.max(retention.scope.period.from).0;
    let found = read.members.iter().filter(is_asked).map(|member| Found { unit: member.unit, at }).collect();
    PeoplePage::read(runner, &retention.scope, retention.unit, found, request.paging).await
}

impl Cohorts {
    fn value_of(&self, member: &Member) -> Option<&String> {
        self.labels.get(&member.unit).map(|label| &self.values[*label as usize])
    }
}

/// The numbers of cohorts.
fn told<'a>(
    request: &Request,
    scope: &Scope,
    buckets: &[Bucket],
    members: impl Iterator<Item = &'a Member>,
) -> Vec<Cohort> {
    // What has not begun has nobody yet.
    let begun = buckets.partition_point(|bucket| bucket.start <= request.now);
    let mut people: Vec<Vec<u64>> = (0..begun).map(|cohort| vec![0; begun - cohort]).collect();
    for Member { cohort, came_again, .. } in members {
        let Some(people) = people.get_mut(*cohort) else { continue };
        people[0] += 1;
        for later in came_again {
            if let Some(people) = people.get_mut(*later) {
                *people += 1;
            }
        }
    }
    let finished = finished(request, scope, buckets);
    let cohorts = people.into_iter().zip(buckets).enumerate().map(|(cohort, (people, bucket))| Cohort {
        cohort: bucket.label.clone(),
        finished: finished
            .iter()
            .skip(cohort)
            .take_while(|is_finished| **is_finished)
            .count()
            .min(people.len()),
        people,
    });
    cohorts.collect()
}

fn groups(request: &Request, read: &Cohorts) -> (Vec<RetentionGroup>, usize) {
    let mut by_value: HashMap<&str, Vec<&Member>> = HashMap::default();
    for member in &read.members {
        let value = read.value_of(member).map_or("", String::as_str);
        by_value.entry(value).or_default().push(member);
    }
    let mut groups: Vec<(&str, Vec<&Member>)> = by_value.into_iter().collect();
    groups.sort_unstable_by(|(one, members), (other, others)| {
        others.len().cmp(&members.len()).then_with(|| one.cmp(other))
    });
    let left_out = groups.len().saturating_sub(GROUPS_MAX);
    groups.truncate(GROUPS_MAX);
    let group = |(value, members): (&str, Vec<&Member>)| RetentionGroup {
        value: value.to_owned(),
        cohorts: told(request, &request.scope, &read.buckets, members.into_iter()),
    };
    (groups.into_iter().map(group).collect(), left_out)
}

async fn before(runner: &Runner, request: &Request) -> Result<RetentionBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    // Where the period has not begun, nothing stands before it.
    if from >= to {
        return Ok(RetentionBefore { from, to, cohorts: Vec::new() });
    }
    let scope = Scope { period, ..request.scope.clone() };
    let plain = Request { group_by: None, ..request.clone() };
    let read = read(runner, &plain, &scope, false).await?;
    let cohorts = told(request, &scope, &read.buckets, read.members.iter());
    Ok(RetentionBefore { from, to, cohorts })
}

/// Of each stretch of time, whether it lies in the period as a whole and is over.
fn finished(request: &Request, scope: &Scope, buckets: &[Bucket]) -> Vec<bool> {
    let period = &scope.period;
    let ends = |bucket: usize| match buckets.get(bucket + 1) {
        Some(next) => next.start,
        None => period.end_of(request.interval),
    };
    let is_finished =
        |bucket: usize| buckets[bucket].start >= period.from && ends(bucket) <= period.to.min(request.now);
    (0..buckets.len()).map(is_finished).collect()
}

/// The members of all cohorts; `are_named`: it matters who they are.
async fn read(
    runner: &Runner,
    request: &Request,
    scope: &Scope,
    are_named: bool,
) -> Result<Cohorts, ApiError> {
    let buckets = scope.period.buckets(request.interval)?;
    let scope = known(runner, scope, request.unit).await?;
    let whom = Whom { scope: &scope, unit: request.unit, interval: request.interval, stretches: &buckets };
    let mut activities = Vec::new();
    let (mut labels, mut values) = (HashMap::default(), Vec::new());
    // What visits do not know of whoever came first, only events do.
    let first_of_events = request.group_by.is_some_and(|dimension| !is_of_visits(dimension));
    let any = Condition::EVERYTHING;
    let first = request.first.as_ref().or(first_of_events.then_some(&any));
    let any = (first.is_none(), request.again.is_none());
    if any.0 || any.1 {
        let by = request.group_by.filter(|_| any.0);
        let (presences, names) = if are_named || by.is_some() || any != (true, true) {
            presence::visited(runner, whom, by).await?
        } else {
            (presence::counted(runner, whom).await?, Vec::new())
        };
        if by.is_some() {
            labels = presences.iter().map(|presence| (presence.unit, presence.label)).collect();
            values = names;
        }
        activities.extend(presences.into_iter().flat_map(|presence| {
            let activity =
                move |bucket| Activity { unit: presence.unit, bucket, starts: any.0, returns: any.1 };
            presence.each().map(activity)
        }));
    }
    let patterns: Vec<_> = first.into_iter().chain(&request.again).cloned().collect();
    if !patterns.is_empty() {
        let by = request.group_by.filter(|_| !any.0);
        let asked = Asked {
            scope: &scope,
            unit: request.unit,
            patterns: &patterns,
            others: Others::None,
            label: by.map(Label::Dimension),
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
            bucket: whom.stretch_of(step.at),
            starts: step.fits & starts != 0,
            returns: step.fits & returns != 0,
        }));
        if by.is_some() {
            let first = |steps: &[_]| {
                steps.iter().find(|step: &&crate::steps::Step| step.fits & starts != 0).copied()
            };
            labels = steps.units().filter_map(first).map(|step| (step.unit, step.label)).collect();
            values = steps.labels;
        }
    }
    let mode = request.mode;
    let members = computed(move || members(activities, mode)).await?;
    Ok(Cohorts { members, buckets, labels, values })
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
            assert_eq!(finished(&request, &request.scope, &buckets), expected, "{interval} {from} {to}");
        }
    }
}
