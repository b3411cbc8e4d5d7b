//! `orma doctor`: what is wrong with this installation, and what to do about it.
//!
//! Works beside a running orma, whose engine and admin address it asks, and without one, when it starts the engine
//! for the moment. It changes nothing but a probe file, which it deletes.

mod host;
pub mod running;
mod spool;
mod store;

use std::io::Write as _;

use anyhow::bail;
use orma_store::DataDir;
use orma_store::data_dir::DataDirError;
use serde::Serialize;

use crate::cli::DoctorOptions;
use crate::configuration::{self, Setting};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    Warning,
    Problem,
}

#[derive(Clone, Debug, Serialize)]
pub struct Check {
    name: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    advice: String,
}

#[derive(Debug, Default)]
pub struct Report {
    checks: Vec<Check>,
}

impl Report {
    /// All is well.
    fn ok(&mut self, name: &'static str, found: impl Into<String>) {
        self.add(name, Verdict::Ok, found.into(), String::new());
    }

    /// It works, but may not for long.
    fn warning(&mut self, name: &'static str, found: impl Into<String>, advice: impl Into<String>) {
        self.add(name, Verdict::Warning, found.into(), advice.into());
    }

    /// Something does not work.
    fn problem(&mut self, name: &'static str, found: impl Into<String>, advice: impl Into<String>) {
        self.add(name, Verdict::Problem, found.into(), advice.into());
    }

    fn add(&mut self, name: &'static str, verdict: Verdict, found: String, advice: String) {
        self.checks.push(Check { name, verdict, found, advice });
    }

    fn worst(&self) -> Verdict {
        self.checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Ok)
    }
}

/// What there is of the data directory.
pub enum DataState {
    /// Not made yet.
    Missing,
    /// Ours for the time of the examination.
    Ours(DataDir),
    /// A running orma has it.
    Held,
    /// It cannot be used.
    Unusable,
}

/// Carries out all checks and prints the report.
///
/// # Errors
/// There is a problem, or the report cannot be printed.
pub async fn run(options: DoctorOptions) -> anyhow::Result<()> {
    let settings = configuration::settings(std::env::args_os())
        .map_err(|error| anyhow::Error::msg(error.to_string()))?;
    let mut report = Report::default();
    let up = &options.up;
    let path = up.store.common.data_dir.clone();
    let state = data_directory(&mut report, &path);
    host::disk(&mut report, &path, up.collector.spool_bytes_max, matches!(state, DataState::Missing));
    let held = matches!(state, DataState::Held);
    let instance = running::ask(&mut report, &path, held).await;
    spool::check(&mut report, &path.join("spool"), up.collector.spool_bytes_max);
    store::check(&mut report, &up.store, state, instance.as_ref()).await;
    host::geo(&mut report, &up.collector.geo_database);
    host::ports(&mut report, &up.listen, instance.as_ref());
    host::open_files(&mut report, up.collector.workers, up.collector.network.connections_max);
    host::clock(&mut report);
    print(&settings, &report, options.json)?;
    match report.worst() {
        Verdict::Problem => bail!("there are problems; each line says what to do"),
        _ => Ok(()),
    }
}

fn data_directory(report: &mut Report, path: &std::path::Path) -> DataState {
    const NAME: &str = "data directory";
    if !path.exists() {
        report.ok(NAME, format!("{} does not exist yet; the first start makes it", path.display()));
        return DataState::Missing;
    }
    match DataDir::open(path) {
        Ok(data_dir) => {
            report.ok(NAME, format!("{}, not in use", data_dir.path().display()));
            DataState::Ours(data_dir)
        }
        Err(DataDirError::InUse { pid, .. }) => {
            report.ok(NAME, format!("{}, in use by the running orma (process {pid})", path.display()));
            DataState::Held
        }
        Err(error @ DataDirError::Newer { .. }) => {
            report.problem(
                NAME,
                error.to_string(),
                "install the newer version again, or choose another --data-dir",
            );
            DataState::Unusable
        }
        Err(error) => {
            let advice = "make the directory readable and writable for the user that runs orma";
            report.problem(NAME, error.to_string(), advice);
            DataState::Unusable
        }
    }
}

fn print(settings: &[Setting], report: &Report, as_json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        let document = serde_json::json!({
            "version": env!("CARGO_PKG_VERSION"), "verdict": report.worst(), "checks": report.checks,
            "settings": settings,
        });
        writeln!(out, "{document:#}")?;
        return Ok(());
    }
    writeln!(out, "orma {}\n\nsettings", env!("CARGO_PKG_VERSION"))?;
    for Setting { name, value, origin } in settings {
        let value = if value.is_empty() { "-" } else { value };
        writeln!(out, "  {name:<36} {value:<40} {origin}")?;
    }
    writeln!(out, "\nchecks")?;
    for check in &report.checks {
        let verdict = match check.verdict {
            Verdict::Ok => "ok",
            Verdict::Warning => "WARNING",
            Verdict::Problem => "PROBLEM",
        };
        writeln!(out, "  {verdict:<8} {:<16} {}", check.name, check.found)?;
        if !check.advice.is_empty() {
            writeln!(out, "  {:<8} {:<16} → {}", "", "", check.advice)?;
        }
    }
    Ok(())
}

/// Bytes for people.
pub fn readable_bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut amount = bytes as f64;
    while amount >= 1024.0 && unit + 1 < UNITS.len() {
        amount /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{amount:.1} {}", UNITS[unit]) }
}
