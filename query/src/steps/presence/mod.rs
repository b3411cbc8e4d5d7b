//! In which stretches of time somebody was there, or did something: a bit for each day, week or month, for all units of a
//! period. What retention, lifecycle and stickiness are computed from.
//!
//! Whoever was there, whatever they did, visits know, in one row for each unit; who did one thing is told by the steps of it.

pub mod request;
mod rolled;
mod sql;

use foldhash::{HashMap, HashSet};
use orma_store::{Block, column};

pub use rolled::counted;

use super::{Asked, Others, Step, Steps, Unit};
use crate::condition::Condition;
use crate::error::ApiError;
use crate::plan::Interval;
use crate::plan::dimension::{Dimension, Level};
use crate::plan::period::Bucket;
use crate::runner::Runner;
use crate::scope::Scope;

/// The most stretches of a question: a number has a bit for each.
pub const STRETCHES_MAX: usize = 128;
/// People or visitors who are looked at for one question.
const UNITS_MAX: usize = 5_000_000;

/// When a unit was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The unit.
    pub unit: u64,
    /// Bit *n*: it was there in stretch *n*.
    pub stretches: u128,
    /// It was there before the first stretch; asked for or not told.
    pub was_before: bool,
    /// The number of its label.
    pub label: u32,
}

impl Presence {
    /// The numbers of the stretches in which it was there.
    pub fn each(self) -> impl Iterator<Item = usize> {
        (0..STRETCHES_MAX).filter(move |stretch| self.has(*stretch))
    }

    /// Whether it was there in a stretch.
    pub fn has(self, stretch: usize) -> bool {
        self.stretches >> stretch & 1 != 0
    }
}

/// Who is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Whom<'a> {
    /// Which site, and whom of it, as of [`known`](super::known). Its period holds the stretches.
    pub scope: &'a Scope,
    /// Who is counted.
    pub unit: Unit,
    /// The length of a stretch.
    pub interval: Interval,
    /// The stretches, at most [`STRETCHES_MAX`].
    pub stretches: &'a [Bucket],
}

impl Whom<'_> {
    /// The stretch of a moment.
    pub fn stretch_of(&self, at: i64) -> usize {
        self.stretches.partition_point(|stretch| stretch.start.0 <= at).saturating_sub(1)
    }

    fn first_day(&self) -> jiff::civil::Date {
        self.stretches.first().and_then(|stretch| stretch.key.parse().ok()).unwrap_or_default()
    }
}

/// Whether visits know a dimension.
pub fn is_of_visits(dimension: Dimension) -> bool {
    matches!(dimension.level(), Level::Session | Level::Both)
}

/// Who was there, whatever they did. With the label of the first visit of each, by a dimension that [visits
/// know](is_of_visits): its number, and the names of all.
///
/// # Errors
/// There are too many units, or the store did not answer.
pub async fn visited(
    runner: &Runner,
    whom: Whom<'_>,
    label: Option<Dimension>,
) -> Result<(Vec<Presence>, Vec<String>), ApiError> {
    read(runner, &sql::visited(whom, whom.first_day(), label), label.is_some(), false).await
}

/// Who did something that fits, or was there at all, in a stretch, and whether ever before the period.
///
/// # Errors
/// As of [`visited`]; or there are too many events.
pub async fn with_history(
    runner: &Runner,
    whom: Whom<'_>,
    event: Option<&Condition>,
) -> Result<Vec<Presence>, ApiError> {
    let Some(event) = event else {
        return Ok(read(runner, &sql::ever_visited(whom, whom.first_day()), false, true).await?.0);
    };
    let mut presences = did(runner, whom, event).await?;
    let period = whom.scope.period.everything_before();
    if period.from == period.to {
        return Ok(presences);
    }
    // Whom it is about is known by what they did since.
    let before = Scope { period, condition: Condition::EVERYTHING, ..whom.scope.clone() };
    let units = Steps::units_of(runner, &asked(&before, whom.unit, std::slice::from_ref(event))).await?;
    mark_before(&mut presences, &units);
    Ok(presences)
}

/// Who did something that fits in a stretch.
///
/// # Errors
/// There are too many events, or the store did not answer.
pub async fn did(runner: &Runner, whom: Whom<'_>, event: &Condition) -> Result<Vec<Presence>, ApiError> {
    let steps = Steps::read(runner, &asked(whom.scope, whom.unit, std::slice::from_ref(event))).await?;
    let presence = |steps: &[Step]| Presence {
        unit: steps[0].unit,
        stretches: steps.iter().fold(0, |bits, step| bits | 1 << whom.stretch_of(step.at)),
        was_before: false,
        label: 0,
    };
    Ok(steps.units().map(presence).collect())
}

fn mark_before(presences: &mut [Presence], units: &HashSet<u64>) {
    for presence in presences {
        presence.was_before = units.contains(&presence.unit);
    }
}

fn asked<'a>(scope: &'a Scope, unit: Unit, patterns: &'a [Condition]) -> Asked<'a> {
    Asked { scope, unit, patterns, others: Others::None, label: None, currency: None }
}

async fn read(
    runner: &Runner,
    statement: &crate::sql::Sql,
    has_label: bool,
    has_history: bool,
) -> Result<(Vec<Presence>, Vec<String>), ApiError> {
    let mut presences = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut numbers: HashMap<String, u32> = HashMap::default();
    let take = |block: &Block| {
        let units: Vec<u64> = column(block, "unit")?;
        let low: Vec<u64> = column(block, "low")?;
        let high: Vec<u64> = column(block, "high")?;
        let labels: Vec<&str> = if has_label { column(block, "label")? } else { Vec::new() };
        let before: Vec<u8> = if has_history { column(block, "was_before")? } else { Vec::new() };
        for row in 0..block.num_rows() {
            let label = labels.get(row).map_or(0, |label| {
                numbers.get(*label).copied().unwrap_or_else(|| {
                    names.push((*label).to_owned());
                    numbers.insert((*label).to_owned(), names.len() as u32 - 1);
                    names.len() as u32 - 1
                })
            });
            presences.push(Presence {
                unit: units[row],
                stretches: u128::from(high[row]) << 64 | u128::from(low[row]),
                was_before: before.get(row).is_some_and(|before| *before != 0),
                label,
            });
        }
        Ok(())
    };
    runner.each_block(statement, UNITS_MAX, take).await?;
    Ok((presences, names))
}
