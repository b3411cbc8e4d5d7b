//! Analysts who look at the overview, each with a token of its own, all from the same moment on.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::query::ours;
use crate::running::{Running, TOKEN};

/// Analysts at once.
pub const ANALYSTS: usize = 8;
/// How long one looks at the page before the next: less than anybody does.
const LOOK: Duration = Duration::from_secs(1);

const TOKENS: &str = "/api/v1/tokens";

/// What the filters of the second half of the analysts look for: those of the stream's visitors that are the most.
const COUNTRIES: [&str; 10] = ["US", "IT", "DE", "FR", "GB", "ES", "IN", "BR", "NL", "PL"];
const DEVICES: [&str; 2] = ["smartphone", "desktop"];
const SOURCES: [&str; 6] = ["google.com", "bing.com", "newsletter", "facebook", "google", "duckduckgo.com"];
const BROWSERS: [&str; 3] = ["Chrome", "Safari", "Firefox"];

/// One who asks.
#[derive(Debug, Deserialize)]
pub struct Analyst {
    token_id: String,
    secret: String,
}

/// A question that was answered, or a whole page.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// Whether it was about the visitors of one filter, which nobody had asked about.
    pub filtered: bool,
    pub milliseconds: f64,
    pub status: u16,
}

/// What the analysts were answered.
#[derive(Debug, Default)]
pub struct Day {
    pub answers: Vec<Answered>,
    /// From the first question of a page to its last answer; the status is its worst.
    pub pages: Vec<Answered>,
}

impl Analyst {
    /// Lets one in, with a token of the site.
    ///
    /// # Errors
    /// The token is refused.
    pub async fn admit(running: &Running, number: usize) -> anyhow::Result<Self> {
        let body = format!(r#"{{"role":"analyst","site":"{}","name":"analyst {number}"}}"#, ours::SITE);
        let answer = Connection::open(running.listen).await?.send("POST", TOKENS, TOKEN, &body).await?;
        ensure!(answer.status == 201, "a token was answered with {}: {}", answer.status, answer.body);
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// Withdraws the token.
    ///
    /// # Errors
    /// That is refused.
    pub async fn dismiss(self, running: &Running) -> anyhow::Result<()> {
        let path = format!("{TOKENS}/{}", self.token_id);
        let answer = Connection::open(running.listen).await?.send("DELETE", &path, TOKEN, "").await?;
        ensure!(answer.status < 300, "a token's end was answered with {}: {}", answer.status, answer.body);
        Ok(())
    }
}

/// Lets all of them look for so long, half of them at the page as it is, the others at one filter after the other.
///
/// # Errors
/// The service is gone.
pub async fn look(listen: SocketAddr, analysts: &[Analyst], duration: Duration) -> anyhow::Result<Day> {
    let mut looking = JoinSet::new();
    let until = Instant::now() + duration;
    for (number, analyst) in analysts.iter().enumerate() {
        let secret = analyst.secret.clone();
        looking.spawn(async move {
            let mut day = Day::default();
            for round in 0.. {
                // Each of those who filter begins elsewhere in the list.
                let filter = (number % 2 == 1).then(|| filter(number / 2 + round * (ANALYSTS / 2)));
                day.look_at_page(listen, &secret, filter).await?;
                if Instant::now() + LOOK >= until {
                    break;
                }
                tokio::time::sleep(LOOK).await;
            }
            anyhow::Ok(day)
        });
    }
    let mut all = Day::default();
    while let Some(day) = looking.join_next().await {
        let day = day.context("an analyst panicked")??;
        all.answers.extend(day.answers);
        all.pages.extend(day.pages);
    }
    Ok(all)
}

impl Day {
    async fn look_at_page(
        &mut self,
        listen: SocketAddr,
        secret: &str,
        filter: Option<String>,
    ) -> anyhow::Result<()> {
        let page = ours::overview(filter.as_deref().unwrap_or_default());
        let filtered = filter.is_some();
        let began = Instant::now();
        let mut answers = vec![ask(listen, page.first, secret.to_owned(), filtered).await?];
        let mut then = JoinSet::new();
        for path in page.then {
            then.spawn(ask(listen, path, secret.to_owned(), filtered));
        }
        while let Some(answered) = then.join_next().await {
            answers.push(answered.context("a question of the page panicked")??);
        }
        let status = answers.iter().map(|answer| answer.status).max().unwrap_or_default();
        self.pages.push(Answered { filtered, milliseconds: milliseconds_since(began), status });
        self.answers.extend(answers);
        Ok(())
    }
}

async fn ask(listen: SocketAddr, path: String, secret: String, filtered: bool) -> anyhow::Result<Answered> {
    let began = Instant::now();
    let answer = Connection::open(listen).await?.get(&path, &secret).await?;
    Ok(Answered { filtered, milliseconds: milliseconds_since(began), status: answer.status })
}

fn milliseconds_since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

/// The filters with this number, as parameters: of one thing, then of two, then of three; none comes twice.
fn filter(number: usize) -> String {
    let (country, rest) = (COUNTRIES[number % COUNTRIES.len()], number / COUNTRIES.len());
    // One more than there are: the first is none.
    let further = |values: &[&str], name: &str, number: usize| match number % (values.len() + 1) {
        0 => String::new(),
        which => format!("&filter={name}:is:{}", values[which - 1]),
    };
    let (device, rest) = (further(&DEVICES, "device_class", rest), rest / (DEVICES.len() + 1));
    let (source, rest) = (further(&SOURCES, "source", rest), rest / (SOURCES.len() + 1));
    let browser = further(&BROWSERS, "browser", rest);
    format!("&filter=country:is:{country}{device}{source}{browser}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nobody_asks_for_a_filter_twice() {
        // One a second for ten minutes.
        let all: HashSet<String> = (0..ANALYSTS / 2 * 200).map(filter).collect();
        assert_eq!(all.len(), ANALYSTS / 2 * 200);
        assert_eq!(filter(1), "&filter=country:is:IT");
        assert_eq!(filter(10), "&filter=country:is:US&filter=device_class:is:smartphone");
    }
}
