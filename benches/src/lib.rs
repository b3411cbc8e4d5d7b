//! What the benchmarks send: used by the load and by the benchmarks of the single stages.

pub mod random;
pub mod traffic;
