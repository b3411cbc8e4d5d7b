//! Where people are, where they wait and where they get lost: touchpoints at the stages of the relation.

pub mod request;
pub mod response;
mod rule;
mod whom;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::ApiError;
use crate::plan::{Dimension, Earlier};
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::quartiles::Quartiles;
use crate::steps::{Asked, Label, Others, Step, Steps, computed, known, numbered, parts_of, seen_or_done};
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};
use request::{Name, Outcome, PeopleRequest, Request};
use response::{
    TouchpointCell, TouchpointGroup, TouchpointMatrix, TouchpointMove, Touchpoints, TouchpointsBefore,
};
use rule::{Moves, Place, Places, Rule};
use whom::Whom;

const DAY_MS: i64 = 86_400_000;
/// Values of a dimension that are told: each is a whole matrix.
const GROUPS_MAX: usize = 20;

/// The touchpoint matrix.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Touchpoints, ApiError> {
    let period = &request.scope.period;
    let known_until = period.to.min(request.now);
    let visits = Arc::new(Visits::read(runner, request, &request.scope, known_until).await?);
    let of_all = Arc::clone(&visits);
    let asked = request.clone();
    let matrix = computed(move || of_all.matrix(&asked, None)).await?;
    let (groups, groups_left_out) = if request.breakdown.is_some() {
        let asked = request.clone();
        computed(move || visits.groups(&asked)).await?
    } else {
        (Vec::new(), 0)
    };
    let previous = if request.with_previous { Some(before(runner, request).await?) } else { None };
    Ok(Touchpoints {
        from: period.from,
        to: period.to,
        unit: request.unit.name().to_owned(),
        known_until,
        lost_after_days: request.lost_after_days,
        min_stays: request.min_stays,
        matrix,
        groups,
        groups_left_out,
        previous,
    })
}

/// The people behind a number of the matrix.
///
/// # Errors
/// As of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let PeopleRequest { touchpoints, place, outcome, group, paging } = request.clone();
    let scope = touchpoints.scope.clone();
    let known_until = scope.period.to.min(touchpoints.now);
    let visits = Visits::read(runner, &touchpoints, &scope, known_until).await?;
    let found = computed(move || visits.found(&place, &outcome, group.as_deref())).await?;
    PeoplePage::read(runner, &scope, touchpoints.unit, found, paging).await
}

async fn before(runner: &Runner, request: &Request) -> Result<TouchpointsBefore, ApiError> {
    let Earlier { period, .. } = Earlier::of(&request.scope.period, request.now);
    let (from, to) = (period.from, period.to);
    // Where the period has not begun, nothing stands before it.
    let matrix = if from < to {
        let plain = Request { breakdown: None, ..request.clone() };
        let visits = Visits::read(runner, &plain, &Scope { period, ..request.scope.clone() }, to).await?;
        computed(move || visits.matrix(&plain, None)).await?
    } else {
        TouchpointMatrix { people: 0, events: 0, cells: Vec::new(), touchpoints: Vec::new() }
    };
    Ok(TouchpointsBefore { from, to, matrix })
}

/// The events of a period, and where each was.
struct Visits {
    steps: Steps,
    rule: Rule,
    /// By the number of the label of an event: the cell.
    cells: Vec<Name>,
    /// The value of the breakdown, of an event that is somebody's first.
    groups: Vec<String>,
}

impl Visits {
    async fn read(
        runner: &Runner,
        request: &Request,
        scope: &Scope,
        known_until: Timestamp,
    ) -> Result<Self, ApiError> {
        let scope = known(runner, scope, request.unit).await?;
        // In the order of `CONVERTS` and `IS_THERE`.
        let patterns = [request.conversion.clone(), seen_or_done()];
        let dimensions = [Some(Dimension::TOUCHPOINT), Some(Dimension::STAGE), request.breakdown];
        let asked = Asked {
            scope: &scope,
            unit: request.unit,
            patterns: &patterns,
            others: Others::None,
            label: Some(Label::Several(dimensions)),
            currency: Some(&request.currency),
        };
        let steps = Steps::read(runner, &asked).await?;
        let lost_after_ms = i64::from(request.lost_after_days) * DAY_MS;
        let part =
            |label: &String, place: usize| parts_of(label).get(place).copied().unwrap_or_default().to_owned();
        let cells = steps.labels.iter().map(|label| (part(label, 0), Some(part(label, 1)))).collect();
        let groups = steps.labels.iter().map(|label| part(label, 2)).collect();
        Ok(Self { steps, rule: Rule { known_until: known_until.0, lost_after_ms }, cells, groups })
    }

    /// The steps of each unit of a group; of all, where none is asked for.
    fn units(&self, group: Option<&str>) -> impl Iterator<Item = &[Step]> {
        self.steps.units().filter(move |steps| {
            group.is_none_or(|group| {
                steps.first().is_some_and(|first| self.groups[first.label as usize] == group)
            })
        })
    }

    /// The same as the cells, whatever the stage.
    fn touchpoints(&self) -> Vec<Name> {
        self.cells.iter().map(|(touchpoint, _)| (touchpoint.clone(), None)).collect()
    }

    fn matrix(&self, request: &Request, group: Option<&str>) -> TouchpointMatrix {
        let (places, cells) = self.told(request, &self.cells, group);
        let (_, touchpoints) = self.told(request, &self.touchpoints(), group);
        TouchpointMatrix { people: places.people, events: places.events, cells, touchpoints }
    }

    fn groups(&self, request: &Request) -> (Vec<TouchpointGroup>, usize) {
        let mut people: BTreeMap<&str, u64> = BTreeMap::new();
        for steps in self.steps.units() {
            if steps.iter().any(|step| step.fits & rule::IS_THERE != 0) {
                *people.entry(&self.groups[steps[0].label as usize]).or_default() += 1;
            }
        }
        let mut sorted: Vec<(&str, u64)> = people.into_iter().collect();
        // A stable sort: of as many people by value.
        sorted.sort_by_key(|(_, people)| Reverse(*people));
        let left_out = sorted.len().saturating_sub(GROUPS_MAX);
        let told = sorted.into_iter().take(GROUPS_MAX).map(|(value, _)| TouchpointGroup {
            value: value.to_owned(),
            matrix: self.matrix(request, Some(value)),
        });
        (told.collect(), left_out)
    }

    /// Who is asked for of a place.
    fn found(&self, place: &Name, outcome: &Outcome, group: Option<&str>) -> Vec<Found> {
        let names = if place.1.is_some() { &self.cells } else { &self.touchpoints() };
        let (sorted, place_of) = numbered(names);
        let number = |name: &Name| sorted.binary_search(name).ok().map(|number| number as u32);
        // Where nobody was, there is nobody.
        let Some(place) = number(place) else { return Vec::new() };
        let whom = match outcome {
            Outcome::All => Whom::All,
            Outcome::Lost => Whom::Lost,
            Outcome::Open => Whom::Open,
            Outcome::Converted => Whom::Converted,
            Outcome::MovedTo(next) => match number(next) {
                Some(next) => Whom::MovedTo(next),
                None => return Vec::new(),
            },
        };
        let at = |steps: &[Step]| self.rule.found(steps, |label| place_of[label as usize], place, whom);
        self.units(group)
            .filter_map(|steps| Some(Found { unit: steps.first()?.unit, at: at(steps)? }))
            .collect()
    }

    /// The places by these names of the labels.
    fn told(&self, request: &Request, names: &[Name], group: Option<&str>) -> (Places, Vec<TouchpointCell>) {
        // In the order of their names, so that the order is the same every time.
        let (sorted, place_of) = numbered(names);
        let mut places = Places::default();
        for steps in self.units(group) {
            places.add(&self.rule, steps, |label| place_of[label as usize]);
        }
        let cells = cells(request, &places, &sorted);
        (places, cells)
    }
}

/// What is told of places by their names, those with most people first.
fn cells(request: &Request, places: &Places, sorted: &[Name]) -> Vec<TouchpointCell> {
    let waits: BTreeMap<u32, Quartiles> = places
        .by_number
        .iter()
        .map(|(number, place)| (*number, Quartiles::of(place.waits.clone())))
        .collect();
    let enough = |count: u64| count >= request.min_stays;
    let lost_ranks = ranks(places, |_, place| {
        lost_share(place).filter(|_| enough(place.known())).map(|share| (share, place.lost))
    });
    let wait_ranks = ranks(places, |number, place| {
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
                next: moves(place, sorted),
                converted: place.converted,
                conversion_rate: place.converted as f64 / place.people as f64,
                conversions: place.conversions,
                revenue: Money::new(Amount(place.amount), &request.currency),
            }
        })
        .collect();
    // A stable sort: of as many people by name.
    cells.sort_by_key(|cell| Reverse(cell.people));
    cells
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

fn moves(place: &Place, names: &[Name]) -> Vec<TouchpointMove> {
    let mut moves: Vec<TouchpointMove> = place
        .next
        .iter()
        .map(|(next, Moves { count, people })| {
            let (touchpoint, stage) = names[*next as usize].clone();
            let share = *count as f64 / place.moved() as f64;
            TouchpointMove { touchpoint, stage, count: *count, people: *people, share }
        })
        .collect();
    moves.sort_by_key(|next| Reverse(next.count));
    moves
}
