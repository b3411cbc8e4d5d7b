//! The release build of `orma` in a directory of its own.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use orma_store::Store;
use orma_store::engine::config::read_connection;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::connection::Connection;
use crate::{PATIENCE, process, program};

/// The administrator's.
pub const TOKEN: &str = "admin-token-of-the-benchmarks";
/// Longer than a collector takes to learn of a new site.
const REGISTRY_REFRESH: Duration = Duration::from_millis(2_500);
/// What a dashboard asks first.
const FIRST_QUESTION: &str = "/api/v1/sites/demo/stats?metrics=visitors,page_views";

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    pub pid: u32,
    /// The engine's process.
    pub engine_pid: u32,
    /// Where it collects and answers.
    pub listen: SocketAddr,
    /// Where its metrics are.
    pub admin: SocketAddr,
    /// From the start of the process to the first answer, in milliseconds.
    pub first_answer_ms: f64,
    dir: PathBuf,
    // Last, so that it outlives what runs in it.
    _temporary: Option<TempDir>,
}

impl Running {
    /// Starts `orma up` with further options and asks a first question.
    ///
    /// # Errors
    /// It ends, does not answer within a minute, or answers with an error.
    pub async fn up(options: &[String]) -> anyhow::Result<Self> {
        Self::up_in(None, options).await
    }

    /// The same in a directory that stays, where there is one.
    ///
    /// # Errors
    /// As there.
    pub async fn up_in(dir: Option<&Path>, options: &[String]) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut running = Self::spawn("up", dir, |command| command.args(options)).await?;
        let answer = Connection::open(running.listen).await?.get(FIRST_QUESTION, TOKEN).await?;
        ensure!(
            answer.status == 200,
            "{FIRST_QUESTION} was answered with {}: {}",
            answer.status,
            answer.body
        );
        running.first_answer_ms = started.elapsed().as_secs_f64() * 1e3;
        running.engine_pid =
            *process::children(running.pid)?.first().context("orma has started no engine")?;
        Ok(running)
    }

    /// Starts `orma collect` with further options, for the engine of a running `orma up`; it has no engine.
    ///
    /// # Errors
    /// It ends or does not serve within a minute.
    pub async fn collect(up: &Self, options: &[String]) -> anyhow::Result<Self> {
        let url = std::fs::read_to_string(up.dir.join("engine").join("connection"))?;
        Self::spawn("collect", None, |command| command.env("ORMA_CLICKHOUSE_URL", url.trim()).args(options))
            .await
    }

    async fn spawn(
        name: &str,
        dir: Option<&Path>,
        prepare: impl FnOnce(&mut Command) -> &mut Command,
    ) -> anyhow::Result<Self> {
        let temporary = dir.is_none().then(tempfile::tempdir).transpose()?;
        let dir = temporary.as_ref().map(TempDir::path).or(dir).context("there is a directory")?;
        let dir = std::path::absolute(dir)?;
        let mut command = Command::new(program::path()?);
        command
            .args([name, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir"])
            .arg(&dir)
            .env("ORMA_ADMIN_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0);
        let child = prepare(&mut command).spawn()?;
        let pid = child.id();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        // Held from here on, so that an error kills the child.
        let mut running = Self {
            child,
            pid,
            engine_pid: 0,
            listen: nowhere,
            admin: nowhere,
            first_answer_ms: 0.0,
            dir,
            _temporary: temporary,
        };
        (running.listen, running.admin) = running.wait_for_addresses().await?;
        Ok(running)
    }

    /// Adds sites whose write keys are their names, with further options of `orma site add`, and waits until the collector knows them.
    ///
    /// # Errors
    /// `orma site add` fails.
    pub async fn add_sites(&self, names: &[&str], options: &[&str]) -> anyhow::Result<()> {
        for name in names {
            let mut command = Command::new(program::path()?);
            command.args(["site", "add", name, "--key", name, "--data-dir"]).arg(&self.dir).args(options);
            let output = tokio::task::block_in_place(|| command.stdin(Stdio::null()).output())?;
            ensure!(output.status.success(), "orma site add: {}", String::from_utf8_lossy(&output.stderr));
        }
        tokio::time::sleep(REGISTRY_REFRESH).await;
        Ok(())
    }

    /// A number of `/metrics` that has no labels.
    ///
    /// # Errors
    /// The program does not answer, or has no such metric.
    pub async fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let text = Connection::open(self.admin).await?.get("/metrics", TOKEN).await?.body;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.with_context(|| format!("there is no metric {name}"))
    }

    /// Asks the API as the administrator.
    ///
    /// # Errors
    /// The answer is no 200, or no JSON.
    pub async fn ask(&self, path: &str) -> anyhow::Result<Value> {
        let answer = Connection::open(self.listen).await?.get(path, TOKEN).await?;
        ensure!(answer.status == 200, "{path} was answered with {}: {}", answer.status, answer.body);
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// The program notes its addresses when it serves.
    async fn wait_for_addresses(&mut self) -> anyhow::Result<(SocketAddr, SocketAddr)> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("orma ended at once: {status}");
            }
            if let Some(addresses) = noted_addresses(&self.dir, self.pid) {
                return Ok(addresses);
            }
            ensure!(Instant::now() < deadline, "orma does not serve");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Its data directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The engine's own store, past the query service.
    ///
    /// # Errors
    /// The engine has not noted where it listens.
    pub fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::connect(read_connection(&self.dir)?))
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
                ensure!(status.success(), "orma ended with {status}");
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "orma does not end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn noted_addresses(dir: &Path, pid: u32) -> Option<(SocketAddr, SocketAddr)> {
    let noted: Value = serde_json::from_slice(&std::fs::read(dir.join("running.json")).ok()?).ok()?;
    let address = |name: &str| noted[name].as_str()?.parse().ok();
    (noted["pid"] == pid).then(|| address("listen").zip(address("admin")))?
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
