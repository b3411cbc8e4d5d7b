//! Who is on now, what happens: one task for each site asks the store while somebody listens, and everybody who
//! listens hears the same.

mod activity;
mod recent;
pub mod response;
mod row;
mod snapshot;
mod sql;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use orma_store::StoreError;
use tokio::sync::broadcast;
use tokio::time::MissedTickBehavior;

use crate::runner::Runner;
use crate::timestamp::Timestamp;
use activity::{Activity, News};
use recent::Recent;
use response::LiveActivity;

/// How often the store is asked for new events.
const POLL_MS: u64 = 500;
/// A snapshot comes with every so many polls: every 2 seconds.
const POLLS_PER_SNAPSHOT: u64 = 4;
/// Messages that a slow client may be behind.
const MESSAGES_MAX: usize = 1024;

/// What listeners hear; the bodies are JSON, made once for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A [`response::LiveSnapshot`].
    Snapshot(Arc<str>),
    /// A [`response::LiveRecent`]: whatever was told before is in it or forgotten.
    Recent(Arc<str>),
    /// A [`LiveActivity`].
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
    /// Held while something is told, so that who begins to listen meanwhile hears everything once.
    known: Mutex<Known>,
}

/// What a new listener is told at once.
#[derive(Default)]
struct Known {
    snapshot: Option<Message>,
    /// `None` until the store has said it.
    recent: Option<Recent>,
}

impl Known {
    fn messages(&self) -> VecDeque<Message> {
        let recent = self.recent.as_ref().map(|recent| Message::Recent(recent.json()));
        recent.into_iter().chain(self.snapshot.clone()).collect()
    }
}

impl Feed {
    fn listen(&self) -> (VecDeque<Message>, broadcast::Receiver<Message>) {
        let known = self.known.lock().expect("no panic while locked");
        (known.messages(), self.sender.subscribe())
    }

    fn tell_snapshot(&self, snapshot: Message) {
        let mut known = self.known.lock().expect("no panic while locked");
        known.snapshot = Some(snapshot.clone());
        // Nobody listening is found out with the next tick.
        let _ = self.sender.send(snapshot);
    }

    fn tell_news(&self, news: News) {
        let mut known = self.known.lock().expect("no panic while locked");
        match news {
            News::More(activities) => {
                let recent = known.recent.get_or_insert_default();
                for activity in activities {
                    let json = keep(recent, &activity);
                    let _ = self.sender.send(Message::Activity(json));
                }
            }
            News::Whole { activities, skipped } => {
                let mut recent = Recent::default();
                for activity in activities {
                    keep(&mut recent, &activity);
                }
                if skipped > 0 {
                    let _ = self.sender.send(Message::Resync { skipped });
                }
                let _ = self.sender.send(Message::Recent(recent.json()));
                known.recent = Some(recent);
            }
        }
    }
}

fn keep(recent: &mut Recent, activity: &LiveActivity) -> Arc<str> {
    let json: Arc<str> = serde_json::to_string(activity).expect("plain fields").into();
    recent.push(&activity.visitor, activity.ts.0, Arc::clone(&json));
    json
}

/// One listener.
pub struct Subscription {
    /// What was known when it began.
    first: VecDeque<Message>,
    receiver: broadcast::Receiver<Message>,
    /// Weak, because a stream ends when nobody tells anything any more.
    feed: Weak<Feed>,
}

impl Subscription {
    /// The next message; `None` when the service stops.
    pub async fn next(&mut self) -> Option<Message> {
        if let Some(first) = self.first.pop_front() {
            return Some(first);
        }
        match self.receiver.recv().await {
            Ok(message) => Some(message),
            Err(broadcast::error::RecvError::Lagged(skipped)) => {
                // As if it began anew: what it missed is among what is known, or forgotten.
                let feed = self.feed.upgrade()?;
                (self.first, self.receiver) = feed.listen();
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
            return Subscription { first: VecDeque::new(), receiver, feed: Weak::new() };
        }
        let feed = feeds.entry(site.to_owned()).or_insert_with(|| {
            let feed = Arc::new(Feed { sender: broadcast::channel(MESSAGES_MAX).0, known: Mutex::default() });
            let (live, runner, site) = (self.clone(), runner.clone(), site.to_owned());
            tokio::spawn(poll(live, runner, site, Arc::downgrade(&feed)));
            feed
        });
        let (first, receiver) = feed.listen();
        Subscription { first, receiver, feed: Arc::downgrade(feed) }
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

async fn poll(live: Live, runner: Runner, site: String, feed: Weak<Feed>) {
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
        let now = Timestamp::now();
        let snapshot = if polls.is_multiple_of(POLLS_PER_SNAPSHOT) {
            Some(snapshot::take(&runner, &site, now).await)
        } else {
            None
        };
        let news = activity.poll(&runner, &site, now).await;
        let Some(feed) = feed.upgrade() else { return };
        match news {
            Ok(news) => feed.tell_news(news),
            Err(error) => failed(&error),
        }
        match snapshot {
            Some(Ok(snapshot)) => feed.tell_snapshot(snapshot),
            Some(Err(error)) => failed(&error),
            None => {}
        }
        polls += 1;
    }
}

/// The stream goes on: the store may be back with the next poll.
fn failed(error: &StoreError) {
    tracing::warn!(transient = error.is_transient(), "the live feed could not ask the store");
}
