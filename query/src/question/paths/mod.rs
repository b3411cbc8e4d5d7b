//! What people do next: what follows what in thousands of journeys.

pub mod request;
pub mod response;
mod rule;
mod sql;

use foldhash::HashMap;
use orma_store::{Block, StoreError, column};

use crate::error::ApiError;
use crate::runner::Runner;
use crate::scope::Scope;
use crate::steps::people::{Found, PeoplePage};
use crate::steps::{Asked, Label, Others, Steps, Unit, computed, known};
use request::{Nodes, PeopleRequest, Request};
use response::{PathLink, Paths};
use rule::{END, Links, Node, START};
use sql::Rows;

/// Different journeys of pages that are read for one question.
const JOURNEYS_MAX: usize = 2_000_000;
/// Links of a step that are told.
const LINKS_OF_STEP_MAX: usize = 200;

/// A journey.
struct Journey<'a> {
    nodes: &'a [Node],
    /// How many are the same.
    times: u64,
    /// Where each is told by itself: the number of its session or person, and when it began.
    unit: u64,
    at: i64,
}

/// The paths.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Paths, ApiError> {
    let rule = request.rule;
    let add = move |links: &mut Links, _: &[String], journey: &Journey<'_>| {
        links.add(&rule, journey.nodes, journey.times);
    };
    let (links, names) = walk(runner, request, Rows::Alike, Links::default(), add).await?;
    Ok(told(request, &links, &names))
}

/// Who took a link, or was at a node.
///
/// # Errors
/// As of [`respond`].
pub async fn people(runner: &Runner, request: &PeopleRequest) -> Result<PeoplePage, ApiError> {
    let owned = request.clone();
    let look = move |found: &mut Vec<Found>, names: &[String], journey: &Journey<'_>| {
        let name = |number: Option<u32>| number.map(|number| names[number as usize].as_str());
        let is_asked = |asked: &Option<Option<String>>, number: Option<u32>| {
            asked.as_ref().is_none_or(|asked| asked.as_deref() == name(number))
        };
        let links = owned.paths.rule.links(journey.nodes).unwrap_or_default();
        let link = links.get(owned.step);
        if link.is_some_and(|(_, from, to)| is_asked(&owned.from, *from) && is_asked(&owned.to, *to)) {
            found.push(Found { unit: journey.unit, at: journey.at });
        }
    };
    let (found, _) = walk(runner, &request.paths, Rows::Each, Vec::new(), look).await?;
    PeoplePage::read(runner, &request.paths.scope, request.paths.unit, found, request.paging).await
}

/// Takes each journey, with the names of nodes so far, and gives what became of them with all names.
async fn walk<T: Send + 'static>(
    runner: &Runner,
    request: &Request,
    rows: Rows,
    taken: T,
    take: impl FnMut(&mut T, &[String], &Journey<'_>) + Send + 'static,
) -> Result<(T, Vec<String>), ApiError> {
    let scope = known(runner, &request.scope, request.unit).await?;
    if sql::is_of_visits(request) {
        of_visits(runner, &scope, request, rows, taken, take).await
    } else {
        of_events(runner, &scope, request, taken, take).await
    }
}

/// From the pages that visits have in order.
async fn of_visits<T>(
    runner: &Runner,
    scope: &Scope,
    request: &Request,
    rows: Rows,
    mut taken: T,
    mut take: impl FnMut(&mut T, &[String], &Journey<'_>),
) -> Result<(T, Vec<String>), ApiError> {
    let mut names: Vec<String> = Vec::new();
    let mut numbers: HashMap<String, u32> = HashMap::default();
    let mut nodes: Vec<Node> = Vec::new();
    let read = |block: &Block| {
        let journeys: Vec<&str> = column(block, "nodes")?;
        let is_each = rows == Rows::Each;
        let times: Vec<u64> = if is_each { Vec::new() } else { column(block, "times")? };
        let units: Vec<u64> = if is_each { column(block, "unit")? } else { Vec::new() };
        let moments: Vec<i64> = if is_each { column(block, "at")? } else { Vec::new() };
        for (row, journey) in journeys.into_iter().enumerate() {
            nodes.clear();
            let mut parts = journey.split(sql::PART_END);
            while let (Some(name), Some(fits)) = (parts.next(), parts.next()) {
                let unreadable = |_| StoreError::Answer("a node has no number".to_owned());
                let fits = fits.parse().map_err(unreadable)?;
                let next = numbers.len() as u32;
                let number = *numbers.entry(name.to_owned()).or_insert(next);
                if number == next {
                    names.push(name.to_owned());
                }
                nodes.push(Node { name: number, fits });
            }
            let journey = Journey {
                nodes: &nodes,
                times: times.get(row).copied().unwrap_or(1),
                unit: units.get(row).copied().unwrap_or_default(),
                at: moments.get(row).copied().unwrap_or_default(),
            };
            take(&mut taken, &names, &journey);
        }
        Ok(())
    };
    runner.each_block(&sql::journeys(scope, request, rows), JOURNEYS_MAX, read).await?;
    Ok((taken, names))
}

/// From events, whatever they are.
async fn of_events<T: Send + 'static>(
    runner: &Runner,
    scope: &Scope,
    request: &Request,
    mut taken: T,
    mut take: impl FnMut(&mut T, &[String], &Journey<'_>) + Send + 'static,
) -> Result<(T, Vec<String>), ApiError> {
    let patterns: Vec<_> = request.start.iter().chain(&request.end).cloned().collect();
    let asked = Asked {
        scope,
        unit: request.unit,
        patterns: &patterns,
        others: if request.nodes == Nodes::Pages { Others::Seen } else { Others::SeenOrDone },
        label: Some(Label::Node),
        currency: None,
    };
    let steps = Steps::read(runner, &asked).await?;
    let rule = request.rule;
    computed(move || {
        let bit = |is_asked: bool, place: u32| if is_asked { 1 << place } else { 0 };
        let (start, end) = (bit(rule.has_start, 0), bit(rule.has_end, u32::from(rule.has_start)));
        let mut nodes: Vec<Node> = Vec::new();
        for steps_of in steps.units() {
            nodes.clear();
            nodes.extend(steps_of.iter().map(|step| Node {
                name: step.label,
                fits: if step.fits & start != 0 { START } else { 0 }
                    | if step.fits & end != 0 { END } else { 0 },
            }));
            let (unit, at) = (steps_of[0].unit, steps_of[0].at);
            take(&mut taken, &steps.labels, &Journey { nodes: &nodes, times: 1, unit, at });
        }
        (taken, steps.labels)
    })
    .await
}

fn told(request: &Request, links: &Links, names: &[String]) -> Paths {
    let name = |number: Option<u32>| number.map(|number| names[number as usize].clone());
    let mut all: Vec<PathLink> = links
        .counts
        .iter()
        .map(|(&(step, from, to), &count)| PathLink { step, from: name(from), to: name(to), count })
        .collect();
    all.sort_unstable_by(|one, other| {
        let key = |link: &PathLink| (link.step, std::cmp::Reverse(link.count));
        key(one).cmp(&key(other)).then_with(|| (&one.from, &one.to).cmp(&(&other.from, &other.to)))
    });
    let count = all.len();
    let mut of_step = vec![0; request.rule.steps];
    all.retain(|link| {
        of_step[link.step] += 1;
        link.count >= request.min_count && of_step[link.step] <= LINKS_OF_STEP_MAX
    });
    Paths {
        from: request.scope.period.from,
        to: request.scope.period.to,
        scope: if request.unit == Unit::Sessions { "session" } else { "person" }.to_owned(),
        journeys: links.paths,
        left_out: count - all.len(),
        links: all,
    }
}
