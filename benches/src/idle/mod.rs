//! The whole program at rest and under beacons.

/// Events when the command line names none.
pub const EVENTS_DEFAULT: u64 = 200_000;

/// Measures.
pub async fn run(_events: u64) -> anyhow::Result<()> { Ok(()) }
