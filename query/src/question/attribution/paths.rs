//! The paths of people: by which visits they came, before each conversion or without one.

use super::request::Request;
use super::rule::{Touch, weights};
use crate::steps::{Step, Steps};

/// A visit of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// Whose it is.
    pub unit: u64,
    /// When it began.
    pub at: i64,
    /// The number of its touchpoint.
    pub touchpoint: usize,
    /// Nobody sent them.
    pub is_direct: bool,
}

/// Who came by what.
#[derive(Debug, Default)]
pub struct Visits {
    /// By unit and time.
    pub visits: Vec<Visit>,
    /// The names of the touchpoints, by number.
    pub names: Vec<String>,
}

impl Visits {
    /// The same in order, and the names in theirs, so that rounding is the same every time.
    pub fn in_order(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_unstable_by(|one, other| self.names[*one].cmp(&self.names[*other]));
        let mut place = vec![0; self.names.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        self.names.sort_unstable();
        for visit in &mut self.visits {
            visit.touchpoint = place[visit.touchpoint];
        }
        self.visits.sort_unstable();
        self
    }
}

/// Everybody who came or converted: the unit, its visits, its conversions.
pub fn each_unit(steps: &Steps, visits: &Visits, mut take: impl FnMut(u64, &[Visit], &[Step])) {
    let mut units = steps.units().peekable();
    let mut all = visits.visits.chunk_by(|one, other| one.unit == other.unit).peekable();
    // Both are in the order of the units.
    loop {
        let next = match (units.peek().map(|steps| steps[0].unit), all.peek().map(|visits| visits[0].unit)) {
            (Some(one), Some(other)) => one.min(other),
            (Some(one), None) => one,
            (None, Some(other)) => other,
            (None, None) => break,
        };
        let visits = all.next_if(|visits| visits[0].unit == next).unwrap_or_default();
        take(next, visits, units.next_if(|steps| steps[0].unit == next).unwrap_or_default());
    }
}

/// The visits before a conversion, within the window.
pub fn path(request: &Request, visits: &[Visit], conversion: &Step) -> Vec<Touch> {
    visits
        .iter()
        .filter(|visit| (conversion.at - request.window_ms..=conversion.at).contains(&visit.at))
        .map(|visit| Touch {
            touchpoint: visit.touchpoint,
            before_ms: conversion.at - visit.at,
            is_direct: visit.is_direct,
        })
        .collect()
}

/// What has credit for a conversion by the model that was asked for, `None` where no visit came before. A chain, which has no
/// weights, gives credit to all that somebody came by.
pub fn credited(request: &Request, visits: &[Visit], conversion: &Step) -> Vec<Option<usize>> {
    let path = path(request, visits, conversion);
    if path.is_empty() {
        return vec![None];
    }
    let weights = weights(request.model, &path);
    let has_credit = |place: usize| weights.as_ref().is_none_or(|weights| weights[place] > 0.0);
    let credited = path.iter().enumerate().filter(|(place, _)| has_credit(*place));
    credited.map(|(_, touch)| Some(touch.touchpoint)).collect()
}

/// The visits in the period of who did not convert in it.
pub fn unconverted<'a>(
    request: &Request,
    visits: &'a [Visit],
    converted: &[Step],
) -> impl DoubleEndedIterator<Item = &'a Visit> + use<'a> {
    let from = request.scope.period.from.0;
    let visits = if converted.is_empty() { visits } else { &[] };
    visits.iter().filter(move |visit| visit.at >= from)
}
