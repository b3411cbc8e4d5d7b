//! How soon an event that was acknowledged is in an answer of the API, its visit with it: pages that nobody else sees are
//! viewed now and then, and asked for until they are there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use uuid::Uuid;

use crate::PATIENCE;
use crate::connection::Connection;
use crate::running::{Running, TOKEN};

/// Between two views.
const VIEW_PAUSE: Duration = Duration::from_millis(200);
/// Between an answer and the next question: what is measured is at most so much too long.
const LOOK_PAUSE: Duration = Duration::from_millis(50);
/// Views whose pages begin alike: a question is about few pages, however many were seen before.
const GROUP_VIEWS: u64 = 25;

/// How long it took from the acknowledgement of each view until it was told, in microseconds, sorted.
#[derive(Debug, Default)]
pub struct Visible {
    /// By `/stats`, as a view of its page and as a visit.
    pub in_statistics_us: Vec<u64>,
    /// By `/live`, as an activity.
    pub in_live_us: Vec<u64>,
    /// Questions that were refused, and asked again.
    pub refused: u64,
    /// Views that were not told within [`PATIENCE`]: each counts as so long.
    pub given_up: u64,
}

/// A view that was acknowledged.
#[derive(Clone, Copy, Debug)]
struct Viewed {
    number: u64,
    acknowledged: Instant,
}

/// The pages of one run.
#[derive(Clone, Debug)]
struct Pages {
    beginning: String,
}

impl Pages {
    fn new() -> Self {
        Self { beginning: format!("/visible/{}/", Uuid::now_v7().simple()) }
    }

    fn group(&self, number: u64) -> String {
        format!("{}{}/", self.beginning, number / GROUP_VIEWS)
    }

    fn page(&self, number: u64) -> String {
        format!("{}{number}", self.group(number))
    }

    /// The number of a page, if it is one of these.
    fn number(&self, page: &str) -> Option<u64> {
        page.strip_prefix(&self.beginning)?.split_once('/')?.1.parse().ok()
    }
}

/// Views pages of a site for so long, whose write key is its name, and asks for them until all are there.
///
/// # Errors
/// A view is refused, or a question cannot be asked.
pub async fn watch(running: &Running, site: &str, duration: Duration) -> anyhow::Result<Visible> {
    let pages = Pages::new();
    let ((to_statistics, of_statistics), (to_live, of_live)) = (unbounded_channel(), unbounded_channel());
    let listen = running.listen;
    let ((), (statistics, refused), live) = tokio::try_join!(
        view(listen, site, &pages, duration, [to_statistics, to_live]),
        ask_statistics(listen, site, &pages, of_statistics),
        hear_live(listen, site, &pages, of_live),
    )?;
    let given_up = statistics.given_up + live.given_up;
    Ok(Visible { in_statistics_us: statistics.sorted_us(), in_live_us: live.sorted_us(), refused, given_up })
}

async fn view(
    listen: SocketAddr,
    site: &str,
    pages: &Pages,
    duration: Duration,
    tell: [UnboundedSender<Viewed>; 2],
) -> anyhow::Result<()> {
    let mut connection = Connection::open(listen).await?;
    let started = Instant::now();
    for number in 0.. {
        let page = pages.page(number);
        let visitor = Uuid::now_v7();
        let body = format!(
            r#"{{"site":"{site}","visitor":"{visitor}","session":"{visitor}","events":[{{"id":"{}","kind":"page_view","url":"https://bottega.example{page}"}}]}}"#,
            Uuid::now_v7()
        );
        let answer = connection.post("/v1/events", &body).await?;
        ensure!(answer.status == 200, "a view was answered with {}: {}", answer.status, answer.body);
        for tell in &tell {
            tell.send(Viewed { number, acknowledged: Instant::now() })?;
        }
        if started.elapsed() >= duration {
            break;
        }
        tokio::time::sleep(VIEW_PAUSE).await;
    }
    Ok(())
}

/// What is not told yet.
#[derive(Debug)]
struct Waiting {
    views: UnboundedReceiver<Viewed>,
    acknowledged: BTreeMap<u64, Instant>,
    told_us: Vec<u64>,
    given_up: u64,
}

impl Waiting {
    fn new(views: UnboundedReceiver<Viewed>) -> Self {
        Self { views, acknowledged: BTreeMap::new(), told_us: Vec::new(), given_up: 0 }
    }

    /// Learns of the views since; whether any will come or is waited for.
    fn goes_on(&mut self) -> bool {
        while let Ok(Viewed { number, acknowledged }) = self.views.try_recv() {
            self.acknowledged.insert(number, acknowledged);
        }
        while let Some(oldest) = self.acknowledged.first_entry()
            && oldest.get().elapsed() >= PATIENCE
        {
            oldest.remove();
            self.given_up += 1;
            self.told_us.push(PATIENCE.as_micros() as u64);
        }
        !self.acknowledged.is_empty() || !self.views.is_closed() || !self.views.is_empty()
    }

    fn told(&mut self, number: u64) {
        if let Some(acknowledged) = self.acknowledged.remove(&number) {
            self.told_us.push(acknowledged.elapsed().as_micros() as u64);
        }
    }

    fn sorted_us(mut self) -> Vec<u64> {
        self.told_us.sort_unstable();
        self.told_us
    }
}

async fn ask_statistics(
    listen: SocketAddr,
    site: &str,
    pages: &Pages,
    views: UnboundedReceiver<Viewed>,
) -> anyhow::Result<(Waiting, u64)> {
    let mut waiting = Waiting::new(views);
    let mut connection = Connection::open(listen).await?;
    let mut refused = 0;
    let hour = SignedDuration::from_hours(1);
    while waiting.goes_on() {
        let mut groups: Vec<String> =
            waiting.acknowledged.keys().map(|number| pages.group(*number)).collect();
        groups.dedup();
        if !groups.is_empty() {
            let now = Timestamp::now();
            let path = format!(
                "/api/v1/sites/{site}/stats?metrics=page_views,sessions&group_by=page&limit=1000\
                 &from={:.0}&to={:.0}&filter=page:starts:{}",
                now - hour,
                now + hour,
                groups.join(",")
            );
            let answer = connection.get(&path, TOKEN).await?;
            match answer.status {
                200 => {
                    let answer: Value = serde_json::from_str(&answer.body)?;
                    seen_pages(&answer).filter_map(|page| pages.number(page)).for_each(|it| waiting.told(it));
                }
                429 | 503 => refused += 1,
                status => anyhow::bail!("{path} was answered with {status}: {}", answer.body),
            }
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
    Ok((waiting, refused))
}

/// The pages of an answer that somebody saw in a visit.
fn seen_pages(answer: &Value) -> impl Iterator<Item = &str> {
    let is_seen =
        |row: &&Value| ["page_views", "sessions"].iter().all(|it| row["metrics"][it].as_u64() > Some(0));
    let rows = answer["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().filter(is_seen).filter_map(|row| row["dimensions"]["page"].as_str())
}

async fn hear_live(
    listen: SocketAddr,
    site: &str,
    pages: &Pages,
    views: UnboundedReceiver<Viewed>,
) -> anyhow::Result<Waiting> {
    let mut waiting = Waiting::new(views);
    let mut connection = Connection::open(listen).await?;
    let path = format!("/api/v1/sites/{site}/live");
    connection.ask_for_stream(&path, TOKEN).await?;
    let mut unread = String::new();
    while waiting.goes_on() {
        if let Ok(read) = tokio::time::timeout(LOOK_PAUSE, connection.read_some()).await {
            unread.push_str(&read.with_context(|| format!("reading {path}"))?);
        }
        // A view may be told before its acknowledgement was read.
        waiting.goes_on();
        let end = unread.rfind('\n').map_or(0, |at| at + 1);
        for line in unread[..end].lines() {
            let activity =
                line.strip_prefix("data:").and_then(|text| serde_json::from_str::<Value>(text).ok());
            let page = activity.as_ref().and_then(|activity| activity["path"].as_str());
            if let Some(number) = page.and_then(|page| pages.number(page)) {
                waiting.told(number);
            }
        }
        unread.drain(..end);
    }
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_found_again_by_its_number() {
        let (own, other) = (Pages::new(), Pages { beginning: "/visible/other/".into() });
        assert_eq!(own.number(&own.page(137)), Some(137));
        assert!(own.page(137).starts_with(&own.group(125)) && !own.page(137).starts_with(&own.group(124)));
        assert_eq!(own.number(&other.page(137)), None);
        assert_eq!(own.number(&own.group(137)), None);
    }

    #[test]
    fn a_page_without_a_visit_is_not_seen_yet() {
        let row = |page, views, sessions| json!({"dimensions": {"page": page}, "metrics": {"page_views": views, "sessions": sessions}});
        let answer = json!({"rows": [row("/a", 1, 1), row("/b", 1, 0), row("/c", 0, 1)]});
        assert_eq!(seen_pages(&answer).collect::<Vec<_>>(), ["/a"]);
        assert_eq!(seen_pages(&json!({})).count(), 0);
    }

    #[test]
    fn who_waits_learns_of_all_views_and_ends_with_the_last() {
        let (tell, views) = unbounded_channel();
        let mut waiting = Waiting::new(views);
        for number in 0..2 {
            tell.send(Viewed { number, acknowledged: Instant::now() }).unwrap();
        }
        assert!(waiting.goes_on());
        drop(tell);
        waiting.told(1);
        waiting.told(7);
        assert!(waiting.goes_on());
        waiting.told(0);
        assert!(!waiting.goes_on());
        assert_eq!(waiting.told_us.len(), 2);
    }
}
