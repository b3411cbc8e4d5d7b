//! `orma demo`: believable visitors of the demonstration shop, sent through the real collector.
//!
//! ```text
//! calendar, people, sources → agenda → visits, app, letters, aftermath, robots → story → batches → post
//!         (when, who, whence)            (what they do)                (in order)     (HTTP)
//! ```
//! The story is chance that repeats. The same seed, number of days and last day give the same events under the same
//! ids, so that telling it twice adds nothing; later on the last day it only goes on.

mod aftermath;
mod agenda;
mod app;
mod batches;
mod calendar;
mod checkout;
mod devices;
mod event;
mod letters;
mod people;
mod places;
mod post;
mod progress;
mod random;
mod robots;
mod segments;
mod shop;
mod sources;
mod story;
mod tab;
#[cfg(test)]
mod tests;
mod visits;

use std::sync::Arc;

use anyhow::{Context, ensure};
use jiff::Timestamp;
use orma_store::NewsletterKey;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

pub use segments::segments;

use batches::{Batch, Packer};
use post::Sender;
use progress::Progress;
use story::Teller;

/// Connections on which batches are sent side by side.
const CONNECTIONS: usize = 4;
/// Days that a story may have.
const DAYS_MAX: u32 = 730;
/// Visits that an average day may have: the people are held in memory.
const VISITS_PER_DAY_MAX: u32 = 100_000;

/// What is told, and to whom.
#[derive(Clone)]
pub struct Story {
    /// The collector's address, `http://host:port`.
    pub collector_url: String,
    /// The site's write key.
    pub write_key: String,
    /// A token that may send to the site.
    pub ingest_token: String,
    /// What the letters' links are sealed with; without it a click leads to the shop, but says nothing there.
    pub newsletter_key: Option<NewsletterKey>,
    /// How many days, today included.
    pub days: u32,
    /// Visits of an average day.
    pub visits_per_day: u32,
    /// The same seed tells the same story.
    pub seed: u64,
    /// When it ends: at the last full hour before this moment.
    pub until: Timestamp,
}

/// What was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Events that the collector took, those that it knew already included.
    pub events: u64,
    /// People, robots left out.
    pub people: u64,
    /// Sessions of people on the site and in the app.
    pub sessions: u64,
}

/// Tells a story.
///
/// # Errors
/// When a number is out of range, or nothing has happened yet on the only day, or the collector is not there, refuses an
/// event, or has no room for too long.
pub async fn tell(story: Story) -> anyhow::Result<Told> {
    ensure!((1..=DAYS_MAX).contains(&story.days), "days: expected 1 to {DAYS_MAX}, found {}", story.days);
    let visits = story.visits_per_day;
    ensure!(
        (1..=VISITS_PER_DAY_MAX).contains(&visits),
        "visits_per_day: expected 1 to {VISITS_PER_DAY_MAX}, found {visits}"
    );
    let sender = Arc::new(Sender::new(&story.collector_url, &story.ingest_token)?);
    let calendar = calendar::Calendar::ending(story.until, story.days)?;
    ensure!(
        calendar.end_ms > calendar.midnight(0),
        "days: the day has just begun in {}, a story of this day alone would be empty; ask for 2",
        calendar::ZONE
    );
    let progress = Arc::new(Progress::new((calendar.midnight(0), calendar.end_ms)));

    let (batches, queue) = mpsc::channel(CONNECTIONS);
    let writer = tokio::task::spawn_blocking(move || write(&story, &batches));
    let queue = Arc::new(Mutex::new(queue));
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        connections.spawn(send_all(Arc::clone(&sender), Arc::clone(&queue), Arc::clone(&progress)));
    }
    drop(queue);
    // The first failure ends the others: what is dropped here closes the queue, and with it the writer.
    while let Some(ended) = connections.join_next().await {
        ended.context("a connection's task")??;
    }
    let (people, sessions) = writer.await.context("the writer's task")??;
    Ok(Told { events: progress.finish(), people, sessions })
}

/// Writes the story into the queue. Answers how many people and sessions it told of.
fn write(story: &Story, batches: &mpsc::Sender<Batch>) -> anyhow::Result<(u64, u64)> {
    let mut teller =
        Teller::new(story.seed, story.days, story.visits_per_day, story.until, story.newsletter_key.clone())?;
    let mut packer = Packer::new(&story.write_key);
    for event in teller.by_ref() {
        if let Some(batch) = packer.push(&event)?
            && batches.blocking_send(batch).is_err()
        {
            break;
        }
    }
    if let Some(batch) = packer.finish() {
        // Nobody waits for it any more when sending has failed, which is reported there.
        let _unsent = batches.blocking_send(batch);
    }
    Ok(teller.counts())
}

async fn send_all(
    sender: Arc<Sender>,
    queue: Arc<Mutex<mpsc::Receiver<Batch>>>,
    progress: Arc<Progress>,
) -> anyhow::Result<()> {
    loop {
        let next = queue.lock().await.recv().await;
        let Some(batch) = next else { return Ok(()) };
        let until_ms = batch.until_ms;
        let events = sender.send(batch).await?;
        progress.add(events, until_ms);
    }
}
