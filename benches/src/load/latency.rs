//! How soon a beacon is answered, and how soon an event is in the store and in an answer, at half of what the collector can take.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::ensure;
use orma_benches::traffic::{PROBE_SITE, Requests, What};
use orma_store::Store;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::client::{Client, Pace};
use super::rounds::{CONNECTIONS, wait_until_shipped};
use crate::PATIENCE;
use crate::connection::Connection;
use crate::running::Running;
use crate::visible;

/// Between two events whose way into an answer is timed.
const PROBE_PAUSE: Duration = Duration::from_millis(50);
/// Between two looks for them: what is measured is at most so much too long.
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// Latencies at a constant rate.
#[derive(Debug, Serialize)]
pub struct Latency {
    /// Requests due in a second.
    pub requests_per_second: f64,
    /// From the moment at which a request was due to its answer: 50, 90, 99 and 99.9 %, in milliseconds.
    pub answered_ms: [f64; 4],
    /// From the answer until a question to the store found the event: 50 and 99 %, in milliseconds.
    pub stored_ms: [f64; 2],
    /// Events timed until stored.
    pub probes: usize,
    /// From the answer until `/stats` told the event with its visit: 50 and 99 %, in milliseconds.
    pub visible_ms: [f64; 2],
    /// From the answer until `/live` told the event: 50 and 99 %, in milliseconds.
    pub live_ms: [f64; 2],
    /// Events timed until visible.
    pub views: usize,
}

/// The value below which `share` of the sorted values are.
pub fn percentile<T: Copy>(sorted: &[T], share: f64) -> Option<T> {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied()
}

/// Sends beacons at a constant rate for `duration`, and beside them events that are looked for.
///
/// # Errors
/// A beacon is refused, or an event does not appear.
pub async fn at_constant_rate(
    running: &Running,
    store: &Store,
    requests_per_second: f64,
    duration: Duration,
) -> anyhow::Result<Latency> {
    let mut client = Client::open(running.listen, CONNECTIONS)?;
    let load = tokio::task::spawn_blocking(move || {
        let mut requests = Requests::new(What::Beacon);
        let pace = Pace::Open(requests_per_second);
        client.drive(pace, duration, |out| requests.write(out))?.all_taken()
    });
    let (mut stored_us, visible) =
        tokio::try_join!(probes(running, store, duration), visible::watch(running, PROBE_SITE, duration))?;
    ensure!(visible.given_up == 0, "{} views are in no answer", visible.given_up);
    let mut latencies_us = load.await??.latencies_us;
    wait_until_shipped(running).await?;
    latencies_us.sort_unstable();
    stored_us.sort_unstable();
    let answered = |share| percentile(&latencies_us, share).map_or(f64::NAN, |us| f64::from(us) / 1e3);
    let both = |sorted_us: &[u64]| {
        [0.5, 0.99].map(|share| percentile(sorted_us, share).map_or(f64::NAN, |us| us as f64 / 1e3))
    };
    Ok(Latency {
        requests_per_second,
        answered_ms: [0.5, 0.9, 0.99, 0.999].map(answered),
        stored_ms: both(&stored_us),
        probes: stored_us.len(),
        visible_ms: both(&visible.in_statistics_us),
        live_ms: both(&visible.in_live_us),
        views: visible.in_statistics_us.len(),
    })
}

/// Sends an event now and then and asks the store for those of the last seconds: microseconds from each answer to the
/// first sight.
async fn probes(running: &Running, store: &Store, duration: Duration) -> anyhow::Result<Vec<u64>> {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let mut connection = Connection::open(running.listen).await?;
    let sending = tokio::spawn(async move {
        let started = Instant::now();
        while started.elapsed() < duration {
            let id = Uuid::now_v7();
            let body = format!(
                r#"{{"site":"{PROBE_SITE}","visitor":"probe","events":[{{"id":"{id}","kind":"page_view","url":"https://bottega.example/"}}]}}"#
            );
            let answer = connection.post("/v1/events", &body).await?;
            ensure!(answer.status == 200, "a probe was answered with {}: {}", answer.status, answer.body);
            sender.send((id, Instant::now()))?;
            tokio::time::sleep(PROBE_PAUSE).await;
        }
        anyhow::Ok(())
    });
    let mut waiting = HashMap::new();
    let mut visible_us = Vec::new();
    let started = Instant::now();
    while !receiver.is_closed() || !receiver.is_empty() || !waiting.is_empty() {
        while let Ok((id, answered)) = receiver.try_recv() {
            waiting.insert(id, answered);
        }
        for id in seen_lately(store).await? {
            // An event may be seen before its answer has been read: then it took no time.
            if let Some(answered) = waiting.remove(&id) {
                visible_us.push(answered.elapsed().as_micros() as u64);
            }
        }
        ensure!(started.elapsed() < duration + PATIENCE, "{} events do not appear", waiting.len());
        tokio::time::sleep(LOOK_PAUSE).await;
    }
    sending.await??;
    Ok(visible_us)
}

async fn seen_lately(store: &Store) -> anyhow::Result<Vec<Uuid>> {
    #[derive(Deserialize)]
    struct Seen {
        id: String,
    }
    let sql = format!(
        "SELECT toString(event_id) AS id FROM events \
         WHERE site = '{PROBE_SITE}' AND received_at > now64(3) - INTERVAL 30 SECOND"
    );
    let seen = store.select::<Seen>(&sql, &[]).await?;
    Ok(seen.into_iter().filter_map(|seen| seen.id.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sorted: Vec<u32> = (1..=1000).collect();
        let found = [0.5, 0.99, 0.999, 1.0].map(|share| percentile(&sorted, share));
        assert_eq!(found, [Some(500), Some(990), Some(999), Some(1000)]);
        assert_eq!(percentile(&[7], 0.001), Some(7));
        assert_eq!(percentile::<u32>(&[], 0.5), None);
    }
}
