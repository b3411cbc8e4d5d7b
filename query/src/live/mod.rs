//! Who is on now, what happens: one task for each site asks the store while somebody listens, and everybody who
//! listens hears the same.

mod activity;
mod snapshot;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orma_store::StoreError;
use tokio::sync::broadcast;
use tokio::time::MissedTickBehavior;

use crate::moment::Moment;
use crate::runner::Runner;
use activity::Activity;

/// How often the store is asked for new events.
const POLL_MS: u64 = 500;
/// A snapshot comes with every so many polls: every 2 seconds.
const POLLS_PER_SNAPSHOT: u64 = 4;
/// Messages that a slow client may be behind.
const MESSAGES_MAX: usize = 1024;

/// What listeners hear; the bodies are JSON, made once for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A [`crate::api::live::LiveSnapshot`].
    Snapshot(Arc<str>),
    /// A [`crate::api::live::LiveActivity`].
    Activity(Arc<str>),
    /// Some activity was left out.
    Resync {
        /// How many messages, at least.
        skipped: i64,
    },
}

/// The feeds of all sites that somebody listens to. Cheap to clone.
#[derive(Clone, Default)]
pub struct Live {
    feeds: Arc<Mutex<HashMap<String, Arc<Feed>>>>,
    closed: Arc<AtomicBool>,
}

struct Feed {
    sender: broadcast::Sender<Message>,
    /// The latest snapshot, so that a new listener need not wait for the next.
    latest: Mutex<Option<Message>>,
}

/// One listener.
pub struct Subscription {
    first: Option<Message>,
    receiver: broadcast::Receiver<Message>,
}

impl Subscription {
    /// The next message; `None` when the service stops.
    pub async fn next(&mut self) -> Option<Message> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        match self.receiver.recv().await {
            Ok(message) => Some(message),
            Err(broadcast::error::RecvError::Lagged(skipped)) => {
                Some(Message::Resync { skipped: skipped as i64 })
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

impl Live {
    /// Listens to a site; the first listener starts the asking.
    pub fn subscribe(&self, runner: &Runner, site: &str) -> Subscription {
        let mut feeds = self.feeds.lock().expect("no panic while locked");
        if self.closed.load(Ordering::Relaxed) {
            let (_, receiver) = broadcast::channel(1);
            return Subscription { first: None, receiver };
        }
        let feed = feeds.entry(site.to_owned()).or_insert_with(|| {
            let feed =
                Arc::new(Feed { sender: broadcast::channel(MESSAGES_MAX).0, latest: Mutex::default() });
            let (live, runner, site) = (self.clone(), runner.clone(), site.to_owned());
            tokio::spawn(poll(live, runner, site, Arc::downgrade(&feed)));
            feed
        });
        let first = feed.latest.lock().expect("no panic while locked").clone();
        Subscription { first, receiver: feed.sender.subscribe() }
    }

    /// Ends all streams.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.feeds.lock().expect("no panic while locked").clear();
    }

    /// Whether nobody listens to the site any more; it is then forgotten. Under the lock under which listeners come.
    fn is_deserted(&self, site: &str) -> bool {
        let mut feeds = self.feeds.lock().expect("no panic while locked");
        let deserted = feeds.get(site).is_none_or(|feed| feed.sender.receiver_count() == 0);
        if deserted {
            feeds.remove(site);
        }
        deserted
    }
}

async fn poll(live: Live, runner: Runner, site: String, feed: std::sync::Weak<Feed>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(POLL_MS));
    // A store that is slow must not be asked in a burst afterwards.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut activity = Activity::default();
    let mut polls: u64 = 0;
    loop {
        ticks.tick().await;
        if live.is_deserted(&site) {
            return;
        }
        let now = Moment::now();
        let snapshot = if polls.is_multiple_of(POLLS_PER_SNAPSHOT) {
            Some(snapshot::take(&runner, &site, now).await)
        } else {
            None
        };
        let happened = activity.poll(&runner, &site, now).await;
        let Some(feed) = feed.upgrade() else { return };
        for message in happened.unwrap_or_else(|error| failed(&error)) {
            // Nobody listening is found out with the next tick.
            let _ = feed.sender.send(message);
        }
        if let Some(Ok(message)) = snapshot {
            *feed.latest.lock().expect("no panic while locked") = Some(message.clone());
            let _ = feed.sender.send(message);
        } else if let Some(Err(error)) = snapshot {
            failed(&error);
        }
        polls += 1;
    }
}

/// The stream goes on: the store may be back with the next poll.
fn failed(error: &StoreError) -> Vec<Message> {
    tracing::warn!(transient = error.is_transient(), "the live feed could not ask the store");
    Vec::new()
}
