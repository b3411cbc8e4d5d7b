//! What the fast path before hyper saves: the same beacons with it and without it, in turn, to one running orma.

use std::time::Duration;

use orma_benches::traffic::SITES;

use super::rounds;
use crate::markdown;
use crate::running::Running;

/// Rounds of each.
const ROUNDS: usize = 12;
/// Seconds of all rounds together when the command line names none.
pub const SECONDS_DEFAULT: u64 = 48;

/// Starts `orma up` and prints what a beacon costs on either path.
///
/// # Errors
/// It does not start, refuses a request, or does not ship what it took.
pub async fn run(seconds: u64, up: &[String]) -> anyhow::Result<()> {
    let running = Running::up(up).await?;
    running.add_sites(&SITES, &[]).await?;
    let round = Duration::from_secs(seconds) / (2 * ROUNDS as u32);
    let series = rounds::both_paths(&running, ROUNDS, round).await?;
    let [_, general] = &series;
    let rows = series.iter().map(|series| {
        let [lowest, highest] = series.spread(|round| round.answer_cpu_us).map(markdown::number);
        vec![
            series.name.to_owned(),
            markdown::number(series.median(|round| round.answer_cpu_us)),
            format!("{lowest}–{highest}"),
            markdown::number(series.median(|round| round.whole_cpu_us)),
            markdown::number(series.ratio(general, |round| round.whole_cpu_us)),
        ]
    });
    markdown::print(
        "A beacon with the fast path and without it",
        "CPU microseconds of orma, median of the rounds; the ratio is of both with shipping, round by round.",
        &["", "until the answer", "lowest–highest", "with shipping", "ratio"],
        &rows.collect::<Vec<_>>(),
    );
    running.stop().await
}
