//! What a request costs, orma and nginx in turn in one run: the machine's mood is then the same for both.

use std::time::{Duration, Instant};

use anyhow::ensure;
use orma_benches::traffic::{Requests, What};
use serde::Serialize;

use super::client::{Client, Pace};
use super::nginx::Nginx;
use crate::markdown::median;
use crate::process;
use crate::running::Running;

/// Connections of the load, each with one request at a time.
pub const CONNECTIONS: usize = 256;
/// The threads that a request passes before it is answered: workers, and the writer of the spool.
const ANSWERING_THREADS: [&str; 2] = ["collector-", "spool"];

/// How long a busy machine may take to ship what the spool holds.
const SHIPPING_MAX: Duration = Duration::from_mins(5);

/// What one round of one sort of requests took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Round {
    /// Answered.
    pub requests: u64,
    /// Answered in a second.
    pub requests_per_second: f64,
    /// CPU of a request until its answer, in microseconds.
    pub answer_cpu_us: f64,
    /// With all that follows in the same process (shipping), in microseconds.
    pub whole_cpu_us: f64,
}

/// The rounds of one sort of requests to one server.
#[derive(Debug, Serialize)]
pub struct Series {
    /// Who was sent what.
    pub name: &'static str,
    /// In order of time.
    pub rounds: Vec<Round>,
}

impl Series {
    /// The median of one figure.
    pub fn median(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(figure).collect())
    }

    /// The lowest and the highest of one figure.
    pub fn spread(&self, figure: impl Fn(&Round) -> f64) -> [f64; 2] {
        let values = self.rounds.iter().map(&figure);
        [values.clone().fold(f64::INFINITY, f64::min), values.fold(0.0, f64::max)]
    }

    /// The median of a figure's ratio to the whole cost in the same round of `reference`.
    pub fn ratio(&self, reference: &Self, figure: impl Fn(&Round) -> f64) -> f64 {
        let pairs = self.rounds.iter().zip(&reference.rounds);
        median(pairs.map(|(own, other)| figure(own) / other.whole_cpu_us).collect())
    }
}

/// Sends one sort of requests to orma for `duration`, and waits until all of it is shipped.
///
/// # Errors
/// A request is refused, or what was taken is not shipped.
pub async fn orma(
    running: &Running,
    client: &mut Client,
    requests: &mut Requests,
    duration: Duration,
) -> anyhow::Result<Round> {
    let answering = || process::cpu_seconds_of_threads(running.pid, &ANSWERING_THREADS);
    let before = (answering()?, process::cpu_seconds(running.pid)?);
    let driven = tokio::task::block_in_place(|| {
        client.drive(Pace::Closed, duration, |out| requests.write(out))?.all_taken()
    })?;
    wait_until_shipped(running).await?;
    let after = (answering()?, process::cpu_seconds(running.pid)?);
    let each = |seconds: f64| seconds * 1e6 / driven.requests() as f64;
    Ok(Round {
        requests: driven.requests(),
        requests_per_second: driven.per_second(),
        answer_cpu_us: each(after.0 - before.0),
        whole_cpu_us: each(after.1 - before.1),
    })
}

/// Sends one sort of requests to nginx for `duration`.
///
/// # Errors
/// A request is refused.
pub fn nginx(
    nginx: &Nginx,
    client: &mut Client,
    requests: &mut Requests,
    duration: Duration,
) -> anyhow::Result<Round> {
    let before = nginx.cpu_seconds()?;
    let driven = tokio::task::block_in_place(|| {
        client.drive(Pace::Closed, duration, |out| requests.write(out))?.all_taken()
    })?;
    let cpu_us = (nginx.cpu_seconds()? - before) * 1e6 / driven.requests() as f64;
    Ok(Round {
        requests: driven.requests(),
        requests_per_second: driven.per_second(),
        answer_cpu_us: cpu_us,
        whole_cpu_us: cpu_us,
    })
}

/// Waits until the spool is empty.
///
/// # Errors
/// It is not within five minutes.
pub async fn wait_until_shipped(running: &Running) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let bytes = running.metric("orma_spool_bytes").await?;
        if bytes <= 0.0 {
            return Ok(());
        }
        ensure!(started.elapsed() < SHIPPING_MAX, "{bytes} bytes of the spool are not shipped");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Single requests to orma and to nginx in turn, `count` times after a first round that is not counted. In this
/// order: nginx's GIF, nginx's answer to the same POST, orma's beacon, orma's pixel.
///
/// # Errors
/// A request is refused.
pub async fn in_turn(
    running: &Running,
    reference: &Nginx,
    count: usize,
    duration: Duration,
) -> anyhow::Result<[Series; 4]> {
    let names =
        ["nginx: GET /empty.gif", "nginx: POST, answered 204", "orma: POST /v1/events", "orma: GET /p.gif"];
    let mut series = names.map(|name| Series { name, rounds: Vec::new() });
    let mut gifs = Requests::new(What::EmptyGif);
    let mut posts = Requests::new(What::Beacon);
    let mut beacons = Requests::new(What::Beacon);
    let mut pixels = Requests::new(What::Pixel);
    let mut to_nginx = Client::open(reference.listen, CONNECTIONS)?;
    for round in 0..=count {
        // Opened anew each time: a server may close what has been idle.
        let mut to_orma = Client::open(running.listen, CONNECTIONS)?;
        let measured = [
            nginx(reference, &mut to_nginx, &mut gifs, duration)?,
            nginx(reference, &mut to_nginx, &mut posts, duration)?,
            orma(running, &mut to_orma, &mut beacons, duration).await?,
            orma(running, &mut to_orma, &mut pixels, duration).await?,
        ];
        if round > 0 {
            for (series, round) in series.iter_mut().zip(measured) {
                series.rounds.push(round);
            }
        }
    }
    Ok(series)
}

/// The same beacons to orma, by its fast path and by hyper alone, in turn; a first round is not counted.
///
/// # Errors
/// A request is refused.
pub async fn both_paths(running: &Running, count: usize, duration: Duration) -> anyhow::Result<[Series; 2]> {
    let mut series = ["fast path", "hyper alone"].map(|name| Series { name, rounds: Vec::new() });
    let mut requests = [What::Beacon, What::GeneralBeacon].map(Requests::new);
    for round in 0..=count {
        for (series, requests) in series.iter_mut().zip(&mut requests) {
            let mut client = Client::open(running.listen, CONNECTIONS)?;
            let measured = orma(running, &mut client, requests, duration).await?;
            if round > 0 {
                series.rounds.push(measured);
            }
        }
    }
    Ok(series)
}
