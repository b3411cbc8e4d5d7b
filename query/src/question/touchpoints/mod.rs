//! Where people are, where they wait and where they get lost: touchpoints at the stages of the relation.

pub mod request;
pub mod response;
mod rule;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::error::ApiError;
use crate::plan::{Dimension, Earlier};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::quartiles::Quartiles;
use crate::steps::{Asked, LABEL_BETWEEN, Label, Others, Steps, computed, known, seen_or_done};
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};
use request::Request;
use response::{TouchpointCell, TouchpointMatrix, TouchpointMove, Touchpoints, TouchpointsBefore};
use rule::{Place, Places, Rule};

const DAY_MS: i64 = 86_400_000;

/// A touchpoint and a stage, or a touchpoint alone.
type Name = (String, Option<String>);

/// The touchpoint matrix.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Touchpoints, ApiError> {
    let period = &request.scope.period;
    let known_until = period.to.min(request.now);
    let matrix = matrix(runner, request, &request.scope, known_until).await?;
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(Touchpoints {
        from: period.from,
        to: period.to,
        unit: request.unit.name().to_owned(),
        known_until,
        lost_after_days: request.lost_after_days,
        min_stays: request.min_stays,
        matrix,
        previous,
    })
}

async fn before(runner: &Runner, request: &Request) -> Result<TouchpointsBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    // Where the period has not begun, nothing stands before it.
    let matrix = if from < to {
        matrix(runner, request, &Scope { period, ..request.scope.clone() }, to).await?
    } else {
        TouchpointMatrix { people: 0, events: 0, cells: Vec::new(), touchpoints: Vec::new() }
    };
    Ok(TouchpointsBefore { from, to, matrix })
}

async fn matrix(
    runner: &Runner,
    request: &Request,
    scope: &Scope,
    known_until: Timestamp,
) -> Result<TouchpointMatrix, ApiError> {
    let scope = known(runner, scope, request.unit).await?;
    // In the order of `CONVERTS` and `IS_THERE`.
    let patterns = [request.conversion.clone(), seen_or_done()];
    let asked = Asked {
        scope: &scope,
        unit: request.unit,
        patterns: &patterns,
        others: Others::None,
        label: Some(Label::Pair(Dimension::STAGE, Dimension::TOUCHPOINT)),
        currency: Some(&request.currency),
    };
    let steps = Steps::read(runner, &asked).await?;
    let rule =
        Rule { known_until: known_until.0, lost_after_ms: i64::from(request.lost_after_days) * DAY_MS };
    let request = request.clone();
    computed(move || {
        let name = |label: &String| -> Name {
            let (stage, touchpoint) = label.split_once(LABEL_BETWEEN).unwrap_or(("", label));
            (touchpoint.to_owned(), Some(stage.to_owned()))
        };
        let cells: Vec<Name> = steps.labels.iter().map(name).collect();
        let touchpoints: Vec<Name> = cells.iter().map(|(touchpoint, _)| (touchpoint.clone(), None)).collect();
        let (places, cells) = told(&request, &rule, &steps, &cells);
        let (_, touchpoints) = told(&request, &rule, &steps, &touchpoints);
        TouchpointMatrix { people: places.people, events: places.events, cells, touchpoints }
    })
    .await
}

/// The places by these names of the labels.
fn told(request: &Request, rule: &Rule, steps: &Steps, names: &[Name]) -> (Places, Vec<TouchpointCell>) {
    // In the order of their names, so that the order is the same every time.
    let mut sorted: Vec<&Name> = names.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let place_of: Vec<u32> =
        names.iter().map(|name| sorted.partition_point(|other| *other < name) as u32).collect();
    let mut places = Places::default();
    for steps in steps.units() {
        places.add(rule, steps, |label| place_of[label as usize]);
    }
    let waits: BTreeMap<u32, Quartiles> = places
        .by_number
        .iter()
        .map(|(number, place)| (*number, Quartiles::of(place.waits.clone())))
        .collect();
    let enough = |count: u64| count >= request.min_stays;
    let lost_ranks = ranks(&places, |_, place| {
        lost_share(place).filter(|_| enough(place.known())).map(|share| (share, place.lost))
    });
    let wait_ranks = ranks(&places, |number, place| {
        waits[&number].median_ms.filter(|_| enough(place.moved())).map(|median| (median, place.moved()))
    });
    let mut cells: Vec<TouchpointCell> = places
        .by_number
        .iter()
        .map(|(number, place)| {
            let (touchpoint, stage) = sorted[*number as usize].clone();
            TouchpointCell {
                touchpoint,
                stage,
                people: place.people,
                events: place.events,
                stays: place.stays.len() as u64,
                moved: place.moved(),
                lost: place.lost,
                open: place.open,
                lost_share: lost_share(place),
                lost_rank: lost_ranks.get(number).copied(),
                stay: Quartiles::of(place.stays.clone()),
                wait: waits[number],
                wait_rank: wait_ranks.get(number).copied(),
                next: moves(place, &sorted),
                converted: place.converted,
                conversion_rate: place.converted as f64 / place.people as f64,
                conversions: place.conversions,
                revenue: Money::new(Amount(place.amount), &request.currency),
            }
        })
        .collect();
    // A stable sort: of as many people by name.
    cells.sort_by_key(|cell| Reverse(cell.people));
    (places, cells)
}

fn lost_share(place: &Place) -> Option<f64> {
    (place.known() > 0).then(|| place.lost as f64 / place.known() as f64)
}

/// The rank of each place with a value: the largest first, then the one that more had, then by name.
fn ranks(places: &Places, value: impl Fn(u32, &Place) -> Option<(f64, u64)>) -> BTreeMap<u32, u64> {
    let mut all: Vec<(f64, u64, u32)> = places
        .by_number
        .iter()
        .filter_map(|(number, place)| value(*number, place).map(|(value, had)| (value, had, *number)))
        .collect();
    all.sort_by(|one, other| {
        other.0.total_cmp(&one.0).then_with(|| (Reverse(one.1), one.2).cmp(&(Reverse(other.1), other.2)))
    });
    all.into_iter().zip(1..).map(|((.., number), rank)| (number, rank)).collect()
}

fn moves(place: &Place, names: &[&Name]) -> Vec<TouchpointMove> {
    let mut moves: Vec<TouchpointMove> = place
        .next
        .iter()
        .map(|(next, count)| {
            let (touchpoint, stage) = names[*next as usize].clone();
            TouchpointMove { touchpoint, stage, count: *count, share: *count as f64 / place.moved() as f64 }
        })
        .collect();
    moves.sort_by_key(|next| Reverse(next.count));
    moves
}
