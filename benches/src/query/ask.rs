//! One question, asked as those ask it whose it is, until its answer is whole.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::task::JoinSet;

use super::engine::Engine;
use crate::connection::{Answer, Connection};
use crate::running::{Running, TOKEN};

/// The last listener's feed ends within half a second; who listens later is told what is known.
const LIVE_PAUSE: Duration = Duration::from_millis(1_200);

/// What is asked, and of whom.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A peer's question, of the engine.
    Sql(String),
    /// A path of the API.
    Get(String),
    /// The same with a body.
    Post(String, String),
    /// The live stream, until it has told who was here and how many there are.
    Live(String),
    /// Several paths, as a page of the dashboard asks them.
    Page(Page),
}

/// The questions of a page of the dashboard.
#[derive(Clone, Debug)]
pub struct Page {
    /// What the page waits for.
    pub first: String,
    /// Asked once the first answer is there.
    pub then: Vec<String>,
}

/// Whom questions are asked of.
#[derive(Debug)]
pub struct Respondent {
    pub running: Running,
    pub engine: Engine,
}

impl Respondent {
    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// There is none, or another than 200.
    pub async fn ask(&self, asked: &Asked) -> anyhow::Result<()> {
        let listen = self.running.listen;
        match asked {
            Asked::Sql(sql) => {
                ensure!(self.engine.drain(sql).await? > 0, "the answer is empty: {sql}");
            }
            Asked::Get(path) => {
                good(listen, path.clone()).await?;
            }
            Asked::Post(path, body) => {
                let answer = self.answer_to(path, body).await?;
                ensure!(answer.status == 200, "{path} was answered with {}: {}", answer.status, answer.body);
            }
            Asked::Live(path) => {
                let mut connection = Connection::open(listen).await?;
                connection.get_until(path, TOKEN, &["event: recent", "event: snapshot"]).await?;
            }
            Asked::Page(page) => page.ask(listen).await?,
        }
        Ok(())
    }

    /// The answer of one path, whatever its status.
    ///
    /// # Errors
    /// There is none.
    pub async fn answer(&self, path: &str) -> anyhow::Result<Answer> {
        get(self.running.listen, path).await
    }

    /// The same of a body.
    ///
    /// # Errors
    /// There is none.
    pub async fn answer_to(&self, path: &str, body: &str) -> anyhow::Result<Answer> {
        Connection::open(self.running.listen).await?.send("POST", path, TOKEN, body).await
    }
}

impl Asked {
    /// How long to wait before it may be asked again, to be answered anew.
    pub const fn pause(&self) -> Option<Duration> {
        match self {
            Self::Live(_) => Some(LIVE_PAUSE),
            Self::Sql(_) | Self::Get(_) | Self::Post(..) | Self::Page(_) => None,
        }
    }
}

impl Page {
    async fn ask(&self, listen: SocketAddr) -> anyhow::Result<()> {
        good(listen, self.first.clone()).await?;
        let mut then = JoinSet::new();
        for path in &self.then {
            then.spawn(good(listen, path.clone()));
        }
        while let Some(answered) = then.join_next().await {
            answered.context("a question of the page panicked")??;
        }
        Ok(())
    }
}

async fn good(listen: SocketAddr, path: String) -> anyhow::Result<()> {
    let answer = get(listen, &path).await?;
    ensure!(answer.status == 200, "{path} was answered with {}: {}", answer.status, answer.body);
    Ok(())
}

async fn get(listen: SocketAddr, path: &str) -> anyhow::Result<Answer> {
    Connection::open(listen).await?.get(path, TOKEN).await
}
