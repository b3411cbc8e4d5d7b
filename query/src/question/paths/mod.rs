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
use crate::steps::{Asked, Label, Others, Steps, Unit, computed, known};
use request::{Nodes, Request};
use response::{PathLink, Paths};
use rule::{END, Links, Node, START};

/// Different journeys of pages that are read for one question.
const JOURNEYS_MAX: usize = 2_000_000;
/// Links of a step that are told.
const LINKS_OF_STEP_MAX: usize = 200;

/// Links, and the names of what they lead from and to.
#[derive(Debug, Default)]
struct Walked {
    links: Links,
    names: Vec<String>,
}

/// The paths.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn respond(runner: &Runner, request: &Request) -> Result<Paths, ApiError> {
    let scope = known(runner, &request.scope, request.unit).await?;
    let walked = if sql::is_of_visits(request) {
        of_visits(runner, &scope, request).await?
    } else {
        of_events(runner, &scope, request).await?
    };
    Ok(told(request, &walked))
}

/// From the pages that visits have in order.
async fn of_visits(runner: &Runner, scope: &Scope, request: &Request) -> Result<Walked, ApiError> {
    let mut walked = Walked::default();
    let mut numbers: HashMap<String, u32> = HashMap::default();
    let mut journey: Vec<Node> = Vec::new();
    let take = |block: &Block| {
        let nodes: Vec<&str> = column(block, "nodes")?;
        let times: Vec<u64> = column(block, "times")?;
        for (nodes, times) in nodes.into_iter().zip(times) {
            journey.clear();
            let mut parts = nodes.split(sql::PART_END);
            while let (Some(name), Some(fits)) = (parts.next(), parts.next()) {
                let unreadable = |_| StoreError::Answer("a node has no number".to_owned());
                let fits = fits.parse().map_err(unreadable)?;
                let next = numbers.len() as u32;
                let number = *numbers.entry(name.to_owned()).or_insert(next);
                if number == next {
                    walked.names.push(name.to_owned());
                }
                journey.push(Node { name: number, fits });
            }
            walked.links.add(&request.rule, &journey, times);
        }
        Ok(())
    };
    runner.each_block(&sql::journeys(scope, request), JOURNEYS_MAX, take).await?;
    Ok(walked)
}

/// From events, whatever they are.
async fn of_events(runner: &Runner, scope: &Scope, request: &Request) -> Result<Walked, ApiError> {
    let patterns: Vec<_> = request.start.iter().chain(&request.end).cloned().collect();
    let asked = Asked {
        scope,
        unit: request.unit,
        patterns: &patterns,
        others: if request.nodes == Nodes::Pages { Others::Seen } else { Others::SeenOrDone },
        label: Some(Label::Node),
        currency: None,
    };
    let mut steps = Steps::read(runner, &asked).await?;
    let rule = request.rule;
    computed(move || {
        let bit = |is_asked: bool, place: u32| if is_asked { 1 << place } else { 0 };
        let (start, end) = (bit(rule.has_start, 0), bit(rule.has_end, u32::from(rule.has_start)));
        let mut links = Links::default();
        let mut journey: Vec<Node> = Vec::new();
        for steps in steps.units() {
            journey.clear();
            journey.extend(steps.iter().map(|step| Node {
                name: step.label,
                fits: if step.fits & start != 0 { START } else { 0 }
                    | if step.fits & end != 0 { END } else { 0 },
            }));
            links.add(&rule, &journey, 1);
        }
        Walked { links, names: std::mem::take(&mut steps.labels) }
    })
    .await
}

fn told(request: &Request, Walked { links, names }: &Walked) -> Paths {
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
