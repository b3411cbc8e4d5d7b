//! `orma up` in a directory of its own.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use orma_store::Store;
use orma_store::engine::config::read_connection;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::PATIENCE;
use super::connection::Connection;
use crate::{process, program};

const TOKEN: &str = "admin-token-of-the-benchmarks";
/// What a dashboard asks first.
const FIRST_QUESTION: &str = "/api/v1/sites/demo/stats?metrics=visitors,page_views";

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Its process.
    pub pid: u32,
    /// The engine's process.
    pub engine_pid: u32,
    /// Where it collects and answers.
    pub listen: SocketAddr,
    /// From the start of the process to the first answer, in milliseconds.
    pub first_answer_ms: f64,
    dir: TempDir,
}

impl Running {
    /// Starts it and asks a first question.
    ///
    /// # Errors
    /// It ends, does not answer within a minute, or answers with an error.
    pub async fn start() -> anyhow::Result<Self> {
        let program = program::path()?;
        let dir = tempfile::tempdir()?;
        let started = Instant::now();
        let child = Command::new(program)
            .args(["up", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir.path())
            .env("ORMA_ADMIN_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        let pid = child.id();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        // Held from here on, so that an error kills the child.
        let mut running = Self { child, pid, engine_pid: 0, listen, first_answer_ms: 0.0, dir };
        running.listen = running.wait_for_address().await?;
        let answer = Connection::open(running.listen).await?.get(FIRST_QUESTION, TOKEN).await?;
        ensure!(
            answer.status == 200,
            "{FIRST_QUESTION} was answered with {}: {}",
            answer.status,
            answer.body
        );
        running.first_answer_ms = started.elapsed().as_secs_f64() * 1e3;
        running.engine_pid = *process::children(pid)?.first().context("orma has started no engine")?;
        Ok(running)
    }

    /// The program notes its addresses when it serves.
    async fn wait_for_address(&mut self) -> anyhow::Result<SocketAddr> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("orma up ended at once: {status}");
            }
            if let Some(address) = noted_address(self.dir.path(), self.pid) {
                return Ok(address);
            }
            ensure!(Instant::now() < deadline, "orma up does not serve");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The engine's own store, past the query service.
    ///
    /// # Errors
    /// The engine has not noted where it listens.
    pub fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::connect(read_connection(self.dir.path())?))
    }

    /// Asks it to end, and waits.
    ///
    /// # Errors
    /// It does not end, or not well.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = Pid::from_raw(self.pid.cast_signed()).context("a process has a number")?;
        kill_process(pid, Signal::TERM)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "orma up ended with {status}");
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "orma up does not end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn noted_address(dir: &Path, pid: u32) -> Option<SocketAddr> {
    let noted: Value = serde_json::from_slice(&std::fs::read(dir.join("running.json")).ok()?).ok()?;
    (noted["pid"] == pid).then(|| noted["listen"].as_str()?.parse().ok())?
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            // The engine ends with its parent. A child that is gone already needs nothing.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
