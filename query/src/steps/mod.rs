//! The steps of people, visitors or sessions: the events of a period that fit some patterns, those of each unit together and
//! in the order in which they happened. What questions about thousands of journeys are computed from.
//!
//! The store finds the events and says which of the patterns each fits, in columns; whose they are and in which order is
//! sorted out here, for what depends on the order is plain there and long in SQL. Whose an event is, its visit knows, and
//! only the few visits that are somebody's are read beside the events: to join all of them costs the store several times
//! what the events do.
//!
//! Two events of the same millisecond come in the order of their ids, as everywhere. To read the ids costs as much as all that
//! is asked besides, so only those are read of which the order matters. What is one event the table says: the id of a visitor
//! counts once a day of UTC, as in visits.

mod gathered;
mod owners;
pub mod people;
pub mod presence;
pub mod quartiles;
mod sql;

use foldhash::HashSet;
use orma_model::kinds::{Activity, KINDS, Kind};
use orma_store::StoreError;

pub use sql::{VISIT_NUMBER, chosen_units};

use crate::condition::Condition;
use crate::error::ApiError;
use crate::lookup;
use crate::plan::Dimension;
use crate::plan::filter::{Field, Filter, Operator};
use crate::runner::{Needs, Runner};
use crate::scope::Scope;
use gathered::Gathered;
use owners::Owners;
use sql::Which;

/// Events that are looked at for one question. They are held in memory, 64 bytes each.
const STEPS_MAX: usize = 4_000_000;
/// Events that are looked at of which none is held.
const PASSED_MAX: usize = 20_000_000;
/// Visits that are read beside them, 64 bytes each.
const VISITS_MAX: usize = 4_000_000;
/// Moments of visitors that are asked for by themselves; where more are unclear, all events are read with their ids.
const MOMENTS_MAX: usize = 20_000;

/// What stands behind the length of each part of a label.
const LENGTH_END: char = ':';

/// Whose steps are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// People: all that the identified person did, wherever.
    #[default]
    People,
    /// Visitors: a browser or an app.
    Visitors,
    /// Sessions: a visit.
    Sessions,
}

impl Unit {
    /// All of them.
    const ALL: [Self; 3] = [Self::People, Self::Visitors, Self::Sessions];

    /// Its name in requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Visitors => "visitors",
            Self::Sessions => "sessions",
        }
    }

    /// The unit of a name; people where none is given.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(name: Option<&str>) -> Result<Self, ApiError> {
        let Some(name) = name else { return Ok(Self::default()) };
        Self::ALL.into_iter().find(|unit| unit.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            ApiError::invalid(
                "unknown_unit",
                "unit",
                format!("There is no unit `{name}`. There are: {known}."),
            )
        })
    }
}

/// Which events are read that fit nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// None.
    None,
    /// Pages and screens.
    Seen,
    /// These, and whatever somebody did: not what was measured around it.
    SeenOrDone,
}

/// What a step is labelled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A dimension of the event or of its session.
    Dimension(Dimension),
    /// Several of them, in this order: [`parts_of`] the label.
    Several([Option<Dimension>; 3]),
    /// Path, screen, the name of a custom event or the kind of another.
    Node,
}

impl Label {
    /// The dimensions that it is made of.
    fn dimensions(self) -> impl Iterator<Item = Dimension> {
        let dimensions = match self {
            Self::Dimension(dimension) => [Some(dimension), None, None],
            Self::Several(dimensions) => dimensions,
            Self::Node => [None; 3],
        };
        dimensions.into_iter().flatten()
    }
}

/// The values that a label of several dimensions has, in their order. Each comes behind its length, for it may hold anything.
pub fn parts_of(label: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), label);
    while let Some((length, values)) = rest.split_once(LENGTH_END) {
        let Some((value, others)) = length.parse().ok().and_then(|length| values.split_at_checked(length))
        else {
            break;
        };
        parts.push(value);
        rest = others;
    }
    parts
}

/// The different values in their order, and which of them each is.
pub fn numbered<T: Ord + Clone>(values: &[T]) -> (Vec<T>, Vec<u32>) {
    let mut distinct = values.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let numbers = values.iter().map(|value| distinct.partition_point(|other| other < value) as u32).collect();
    (distinct, numbers)
}

/// What is asked of the events.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Which site and time, and which units: those that the condition holds for.
    pub scope: &'a Scope,
    /// Whose steps are put together.
    pub unit: Unit,
    /// What an event may fit, at most 31; one that fits none is no step.
    pub patterns: &'a [Condition],
    /// Also events that fit none.
    pub others: Others,
    /// What each step is labelled with.
    pub label: Option<Label>,
    /// Of what money each step brought.
    pub currency: Option<&'a str>,
}

/// An event of somebody that fits a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose it is: a number of that person, visitor or session.
    pub unit: u64,
    /// When it was: milliseconds since the epoch.
    pub at: i64,
    /// Its id; 0 where its place among those of the same moment does not matter.
    pub id: u128,
    /// Whether the id was read.
    pub has_id: bool,
    /// The visitor who has it in the store.
    pub visitor: u64,
    /// Bit *n*: it fits the pattern *n*.
    pub fits: u32,
    /// Which of the labels it has.
    pub label: u32,
    /// What it brought, in ten-thousandths of the currency's unit.
    pub amount: i64,
}

/// The steps of all units.
#[derive(Debug, Default)]
pub struct Steps {
    steps: Vec<Step>,
    /// The labels of steps, by number.
    pub labels: Vec<String>,
}

impl Steps {
    /// Reads the steps. The scope is one of [`known`].
    ///
    /// # Errors
    /// There are too many of them, or the store did not answer.
    pub async fn read(runner: &Runner, asked: &Asked<'_>) -> Result<Self, ApiError> {
        let mut gathered = Gathered::new(asked, Owners::read(runner, asked).await?);
        runner.each_block(&sql::steps(asked, Which::All), STEPS_MAX, |block| gathered.take(block)).await?;
        loop {
            let sorted = computed(move || gathered.sorted()).await?;
            if sorted.unclear.is_empty() {
                return Ok(sorted.gathered.finish());
            }
            gathered = sorted.gathered;
            let moments = (sorted.unclear.len() <= MOMENTS_MAX).then_some(sorted.unclear);
            let statement = sql::steps(asked, moments.as_ref().map_or(Which::AllWithIds, Which::Of));
            gathered.forget(moments);
            runner.each_block(&statement, STEPS_MAX, |block| gathered.take_with_ids(block)).await?;
        }
    }

    /// Who has any of these steps, of which there may be many more: none is kept.
    ///
    /// # Errors
    /// As of [`Steps::read`].
    pub async fn units_of(runner: &Runner, asked: &Asked<'_>) -> Result<HashSet<u64>, ApiError> {
        let mut gathered = Gathered::of_units(asked, Owners::read(runner, asked).await?);
        runner.each_block(&sql::steps(asked, Which::All), PASSED_MAX, |block| gathered.take(block)).await?;
        let unclear = gathered.changing_hands();
        if !unclear.is_empty() {
            let moments = (unclear.len() <= MOMENTS_MAX).then_some(unclear);
            let statement = sql::steps(asked, moments.as_ref().map_or(Which::AllWithIds, Which::Of));
            gathered.forget(moments);
            runner.each_block(&statement, PASSED_MAX, |block| gathered.take_with_ids(block)).await?;
        }
        Ok(gathered.units())
    }

    /// The steps of each unit, in their order.
    pub fn units(&self) -> impl Iterator<Item = &[Step]> {
        self.steps.chunk_by(|one, other| one.unit == other.unit)
    }
}

/// The scope of a question about units, with who is whom where that is asked; the visits are up to date.
///
/// # Errors
/// The store did not answer.
pub async fn known(runner: &Runner, scope: &Scope, unit: Unit) -> Result<Scope, ApiError> {
    let needs = if unit == Unit::People { Needs::People } else { scope.needs() };
    runner.bring_visits_up_to_date(needs).await;
    let mut scope = scope.clone();
    if needs == Needs::People {
        scope.aliases = lookup::aliases(runner, &scope.site).await?;
    }
    Ok(scope)
}

/// What fits where somebody saw something.
pub fn seen() -> Condition {
    of_kinds(|kind| kind.activity == Activity::View)
}

/// What fits where somebody saw or did something: not what was measured around it, nor what a mail tool did to people who
/// did nothing.
pub fn seen_or_done() -> Condition {
    of_kinds(|kind| kind.activity != Activity::Passive && !kind.by_mail_tool)
}

fn of_kinds(is_one: fn(&Kind) -> bool) -> Condition {
    let names = KINDS.iter().filter(|kind| is_one(kind)).map(|kind| kind.name.to_owned());
    Condition::Is(Filter {
        field: Field::Dimension(Dimension::KIND),
        operator: Operator::Is,
        values: names.collect(),
    })
}

/// What takes a moment to compute, on a thread that nobody else waits for.
///
/// # Errors
/// It panicked.
pub async fn computed<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ApiError::Store(StoreError::Answer(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_several_values_hold_anything() {
        for (label, parts) in [
            ("", &[][..]),
            ("0:", &[""]),
            ("4:site12:pre_purchase", &["site", "pre_purchase"]),
            ("3:1:23:4:5", &["1:2", "4:5"]),
            // By bytes.
            ("3:è!0:", &["è!", ""]),
        ] {
            assert_eq!(parts_of(label), parts, "{label}");
        }
        assert_eq!(numbered(&["b", "a", "b"]), (vec!["a", "b"], vec![1, 0, 1]));
    }
}
