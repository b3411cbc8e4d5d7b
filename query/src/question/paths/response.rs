//! What is told of paths.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// What follows what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Paths {
    /// The period's beginning.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
    /// `session` or `person`: what a journey is.
    #[schema(example = "session")]
    pub scope: String,
    /// How many journeys had a path.
    pub journeys: u64,
    /// The links, by step, those that most took first.
    pub links: Vec<PathLink>,
    /// How many links are left out: those below `min_count`, and of each step those beyond the first 200.
    pub left_out: usize,
}

/// A link of paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PathLink {
    /// Which link it is, from 0, counted from where the paths are walked from: with an `end` alone, backward.
    pub step: usize,
    /// Path, screen, the name of a custom event or the kind of another; null is the beginning.
    #[schema(example = "/scarpe")]
    pub from: Option<String>,
    /// The same; null is the end.
    #[schema(example = "add_to_cart")]
    pub to: Option<String>,
    /// How many journeys took it.
    pub count: u64,
}
