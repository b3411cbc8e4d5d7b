//! What a question costs: time until the answer is whole, the engine's CPU, and what is read for it.

use std::time::{Duration, Instant};

use super::ask::{Asked, Respondent};
use super::engine::Read;
use crate::markdown::median;

/// Answers after the engine has forgotten everything.
const COLD_ASKS: usize = 3;
/// Quick questions are asked until this has passed, so that their CPU is more than a few ticks of the clock.
const WARM_TIME_MIN: Duration = Duration::from_millis(600);
const WARM_ASKS_MAX: usize = 100;
/// Slow ones no more, once they have been asked a few times.
const WARM_TIME_MAX: Duration = Duration::from_secs(20);
const WARM_ASKS_MIN: usize = 3;
const REST: Duration = Duration::from_secs(3);

/// What one question costs.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// How often it was asked, warm.
    pub asks: usize,
    /// Milliseconds until the answer was whole.
    pub median_ms: f64,
    pub p95_ms: f64,
    /// The median, when nothing of the tables is in memory.
    pub cold_ms: f64,
    /// The engine's CPU for one answer, warm.
    pub cpu_ms: f64,
    /// Cold, when no cache saves any of it.
    pub read: Read,
}

/// What goes on when nothing is asked, and is taken off.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    /// CPU seconds of the engine a second.
    cpu: f64,
    /// What is read to learn what was read.
    read: Read,
}

impl Rest {
    /// Looks on for some seconds.
    ///
    /// # Errors
    /// The engine is gone.
    pub async fn watch(respondent: &Respondent) -> anyhow::Result<Self> {
        let engine = &respondent.engine;
        let before = engine.cpu_seconds()?;
        tokio::time::sleep(REST).await;
        let cpu = (engine.cpu_seconds()? - before) / REST.as_secs_f64();
        let mut read = Vec::new();
        for _ in 0..COLD_ASKS {
            let before = engine.read_so_far().await?;
            read.push(engine.read_so_far().await?.since(before));
        }
        Ok(Self { cpu, read: read.into_iter().min().unwrap_or_default() })
    }
}

/// Asks cold, then warm.
///
/// # Errors
/// There is no answer.
pub async fn measure(
    respondent: &Respondent,
    asked: &Asked,
    rest: Rest,
    repeats: usize,
) -> anyhow::Result<Cost> {
    let engine = &respondent.engine;
    let (mut cold, mut reads) = (Vec::new(), Vec::new());
    for _ in 0..COLD_ASKS {
        pause(asked).await;
        engine.forget().await?;
        let before = engine.read_so_far().await?;
        cold.push(timed(respondent, asked).await?);
        reads.push(engine.read_so_far().await?.since(before).since(rest.read));
    }
    let (mut warm, mut cpu) = (Vec::new(), 0.0);
    let started = Instant::now();
    while wants_more(warm.len(), started.elapsed(), repeats) {
        pause(asked).await;
        let before = engine.cpu_seconds()?;
        let elapsed_ms = timed(respondent, asked).await?;
        cpu += engine.cpu_seconds()? - before - rest.cpu * elapsed_ms / 1e3;
        warm.push(elapsed_ms);
    }
    Ok(Cost {
        asks: warm.len(),
        median_ms: median(warm.clone()),
        cpu_ms: (cpu * 1e3 / warm.len() as f64).max(0.0),
        p95_ms: percentile(warm, 0.95),
        cold_ms: median(cold),
        // What else was read meanwhile is in some of them.
        read: reads.into_iter().min().unwrap_or_default(),
    })
}

fn wants_more(asks: usize, elapsed: Duration, repeats: usize) -> bool {
    let enough = asks >= repeats && (elapsed >= WARM_TIME_MIN || asks >= WARM_ASKS_MAX);
    let too_long = elapsed >= WARM_TIME_MAX && asks >= WARM_ASKS_MIN.min(repeats);
    !enough && !too_long
}

async fn pause(asked: &Asked) {
    if let Some(pause) = asked.pause() {
        tokio::time::sleep(pause).await;
    }
}

async fn timed(respondent: &Respondent, asked: &Asked) -> anyhow::Result<f64> {
    let started = Instant::now();
    respondent.ask(asked).await?;
    Ok(started.elapsed().as_secs_f64() * 1e3)
}

/// The smallest value that at least `share` of the values do not exceed.
pub fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (values, share, expected) in [
            (hundred.clone(), 0.95, 95.0),
            (hundred, 1.0, 100.0),
            (vec![3.0, 1.0, 2.0], 0.95, 3.0),
            (vec![7.0], 0.5, 7.0),
        ] {
            assert_eq!(percentile(values, share).to_bits(), f64::to_bits(expected));
        }
        assert!(percentile(Vec::new(), 0.95).is_nan());
    }

    #[test]
    fn quick_questions_are_asked_more_often_and_slow_ones_less() {
        let [short, long, longer] = [10, 700, 25_000].map(Duration::from_millis);
        assert!(wants_more(11, short, 11), "too little CPU to tell");
        assert!(!wants_more(11, long, 11));
        assert!(wants_more(10, long, 11));
        assert!(!wants_more(WARM_ASKS_MAX, short, 11));
        assert!(wants_more(2, longer, 11) && !wants_more(3, longer, 11));
    }
}
