//! How many get from one step to the next, how long they take, and who they are.

pub mod instead;
pub mod request;
pub mod response;
mod rule;

use std::collections::BTreeMap;

use crate::error::ApiError;
use crate::plan::period::Bucket;
use crate::plan::{Earlier, Interval};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::quartiles::Quartiles;
use crate::steps::{Asked, Label, Others, Step, Steps, known};
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};
use request::{PeopleRequest, Request};
use response::{Funnel, FunnelBefore, FunnelBucket, FunnelGroup, FunnelStep};
use rule::{Order, Way};

/// Values of a dimension that are told; of more nobody reads.
const GROUPS_MAX: usize = 50;

/// The funnel.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Funnel, ApiError> {
    let (steps, ways) = ways(runner, request, &request.scope).await?;
    let (groups, groups_left_out) = match request.group_by {
        Some(_) => groups(request, &steps, &ways),
        None => (Vec::new(), 0),
    };
    let trend = match request.interval {
        Some(interval) => trend(request, interval, &ways)?,
        None => Vec::new(),
    };
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    let all = Told::of(request, ways.iter().map(|(_, way)| way));
    Ok(Funnel {
        from: request.scope.period.from,
        to: request.scope.period.to,
        unit: request.unit.name().to_owned(),
        steps: all.steps,
        revenue: all.revenue,
        groups,
        groups_left_out,
        trend,
        previous,
    })
}

/// Who came as far as a step.
///
/// # Errors
/// As of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let funnel = &request.funnel;
    let (steps, ways) = ways(runner, funnel, &funnel.scope).await?;
    let is_asked = |(_, way): &&(u64, Way)| {
        let reached =
            if request.only_dropped { way.reached == request.step + 1 } else { way.reached > request.step };
        reached && request.group.as_ref().is_none_or(|group| steps.labels[way.label as usize] == *group)
    };
    let found =
        ways.iter().filter(is_asked).map(|(unit, way)| Found { unit: *unit, at: way.at[request.step] });
    let found = found.collect();
    PeoplePage::read(runner, &funnel.scope, funnel.unit, found, request.paging).await
}

/// How far each unit got, of those that began.
async fn ways(
    runner: &Runner,
    request: &Request,
    scope: &Scope,
) -> Result<(Steps, Vec<(u64, Way)>), ApiError> {
    let scope = known(runner, scope, request.unit).await?;
    let asked = Asked {
        scope: &scope,
        unit: request.unit,
        patterns: &request.patterns,
        others: if request.rule.order == Order::Strict { Others::SeenOrDone } else { Others::None },
        label: request.group_by.map(Label::Dimension),
        currency: Some(&request.currency),
    };
    let steps = Steps::read(runner, &asked).await?;
    let rule = request.rule;
    let way = |steps: &[Step]| Some((steps.first()?.unit, rule.furthest(steps)?));
    let ways = steps.units().filter_map(way).collect();
    Ok((steps, ways))
}

async fn before(runner: &Runner, request: &Request) -> Result<FunnelBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    // Where the period has not begun, nothing stands before it.
    let ways = if from < to {
        let plain = Request { group_by: None, ..request.clone() };
        ways(runner, &plain, &Scope { period, ..request.scope.clone() }).await?.1
    } else {
        Vec::new()
    };
    let Told { steps, revenue } = Told::of(request, ways.iter().map(|(_, way)| way));
    Ok(FunnelBefore { from, to, steps, revenue })
}

/// The steps of a funnel and its money.
struct Told {
    steps: Vec<FunnelStep>,
    revenue: Money,
}

impl Told {
    fn of<'a>(request: &Request, ways: impl Iterator<Item = &'a Way>) -> Self {
        let count = request.rule.steps;
        let mut ended = vec![0_u64; count];
        let mut took: Vec<Vec<i64>> = vec![Vec::new(); count];
        let mut revenue = Amount::default();
        for way in ways {
            ended[way.reached - 1] += 1;
            for (step, pair) in way.moments().windows(2).enumerate() {
                took[step + 1].push(pair[1] - pair[0]);
            }
            if way.reached == count {
                revenue.0 += i128::from(way.amount);
            }
        }
        let mut people: u64 = 0;
        let mut steps = Vec::with_capacity(count);
        for (step, took) in took.into_iter().enumerate().rev() {
            people += ended[step];
            let Quartiles { q1_ms, median_ms, q3_ms } = Quartiles::of(took);
            steps.push(FunnelStep {
                people,
                dropped: if step + 1 == count { 0 } else { ended[step] },
                q1_ms,
                median_ms,
                q3_ms,
            });
        }
        steps.reverse();
        Self { steps, revenue: Money::new(revenue, &request.currency) }
    }
}

fn groups(request: &Request, steps: &Steps, ways: &[(u64, Way)]) -> (Vec<FunnelGroup>, usize) {
    let mut by_label: BTreeMap<u32, Vec<&Way>> = BTreeMap::new();
    for (_, way) in ways {
        by_label.entry(way.label).or_default().push(way);
    }
    let mut groups: Vec<FunnelGroup> = by_label
        .into_iter()
        .map(|(label, ways)| {
            let Told { steps: told, revenue } = Told::of(request, ways.into_iter());
            FunnelGroup { value: steps.labels[label as usize].clone(), steps: told, revenue }
        })
        .collect();
    groups.sort_by(|one, other| {
        other.steps[0].people.cmp(&one.steps[0].people).then_with(|| one.value.cmp(&other.value))
    });
    let left_out = groups.len().saturating_sub(GROUPS_MAX);
    groups.truncate(GROUPS_MAX);
    (groups, left_out)
}

fn trend(request: &Request, interval: Interval, ways: &[(u64, Way)]) -> Result<Vec<FunnelBucket>, ApiError> {
    let period = &request.scope.period;
    let buckets: Vec<Bucket> = period.buckets(interval)?;
    // What happens after the period counts in no way that began in it.
    let seen_until = period.to.min(request.now);
    let ends = buckets.iter().skip(1).map(|bucket| bucket.start).chain([period.to]);
    let mut trend: Vec<FunnelBucket> = buckets
        .iter()
        .zip(ends)
        .map(|(bucket, end)| FunnelBucket {
            time: bucket.label.clone(),
            people: vec![0; request.rule.steps],
            is_finished: Timestamp(end.0.saturating_add(request.rule.window_ms)) <= seen_until,
        })
        .collect();
    for (_, way) in ways {
        let after = buckets.partition_point(|bucket| bucket.start.0 <= way.at[0]);
        let Some(bucket) = trend[..after].last_mut() else { continue };
        for people in &mut bucket.people[..way.reached] {
            *people += 1;
        }
    }
    Ok(trend)
}
