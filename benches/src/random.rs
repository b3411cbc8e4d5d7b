//! Numbers that look random and are the same in every run.

/// The number that belongs to this one.
pub fn mix(seed: u64) -> u64 {
    fastrand::Rng::with_seed(seed).u64(..)
}
