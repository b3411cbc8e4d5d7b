//! The overview in a browser: from the address, or the click, until everything on it is painted.
//!
//! `benches/browser/overview.mjs` drives Chromium; it is left out, with a line that says why, where that cannot be done.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use serde::Deserialize;
use tokio::process::Command;

use super::ours;
use super::stream::{FROM, TO};
use crate::markdown::{self, median, number};
use crate::running::{Running, TOKEN};

/// How often the page is opened at most, in each way, and for how many seconds at most.
const TIMES: usize = 7;
const SECONDS_MAX: u64 = 15;
/// The bound, in milliseconds.
const PAINTED_MS_MAX: f64 = 1_200.0;

/// What the script prints, in milliseconds.
#[derive(Debug, Deserialize)]
struct Painted {
    /// In a browser that has never been here but to sign in.
    cold: Vec<f64>,
    /// From another page of the dashboard.
    warm: Vec<f64>,
    /// Until the last answer was there, of all of these.
    answered: Vec<f64>,
}

/// Opens the overview of the tables of a directory, with answers that are kept and without.
///
/// # Errors
/// The program does not start, or the page is not painted.
pub async fn run(dir: &Path) -> anyhow::Result<()> {
    let script = match script() {
        Ok(script) => script,
        Err(missing) => {
            println!("\nThe overview was not opened in a browser: {missing}.");
            return Ok(());
        }
    };
    let mut rows = Vec::new();
    let ways: [(&str, &[String]); 2] = [
        ("every question asked of the store", &["--question-cache-bytes-max".to_owned(), "0".to_owned()]),
        ("answers kept", &[]),
    ];
    for (way, options) in ways {
        let running = Running::up_in(Some(dir), options).await?;
        let painted = open(&script, &running).await.with_context(|| format!("the overview, {way}"))?;
        running.stop().await?;
        rows.push(row(&format!("new browser, {way}"), painted.cold));
        rows.push(row(&format!("from another page, {way}"), painted.warm));
        rows.push(row(&format!("its last answer, {way}"), painted.answered));
    }
    markdown::print(
        "The overview in Chromium",
        &format!(
            "30 days with the 30 before, until the last tile, chart and list is painted: from the start of the navigation, or \
             from the click. At most {} are meant.",
            number(PAINTED_MS_MAX)
        ),
        &["what", "times", "median ms", "longest ms"],
        &rows,
    );
    Ok(())
}

fn row(what: &str, milliseconds: Vec<f64>) -> Vec<String> {
    let (times, longest) = (milliseconds.len(), milliseconds.iter().copied().fold(f64::NAN, f64::max));
    vec![what.to_owned(), times.to_string(), number(median(milliseconds)), number(longest)]
}

/// The script, where all is there that it needs; otherwise what is missing.
fn script() -> Result<PathBuf, String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = sources.join("browser").join("overview.mjs");
    let packages = sources.with_file_name("node_modules").join("playwright-core");
    let chromium = chromium();
    let is_in_path = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    if !script.is_file() {
        return Err(format!("{} is missing", script.display()));
    }
    if !is_in_path("node") {
        return Err("node is missing".to_owned());
    }
    if !packages.is_dir() {
        return Err(format!("{} is missing: run `make deps`", packages.display()));
    }
    if !Path::new(&chromium).is_file() {
        return Err(format!("{chromium} is missing: run `make chromium`, or name another in CHROMIUM"));
    }
    Ok(script)
}

/// As the tests of the browser find it.
fn chromium() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned())
}

async fn open(script: &Path, running: &Running) -> anyhow::Result<Painted> {
    let page = format!("/sites/{}/overview?period=custom&from={FROM}&to={TO}&compare=previous", ours::SITE);
    let output = Command::new("node")
        .arg(script)
        .args([&format!("http://{}", running.listen), TOKEN, &page])
        .args([TIMES.to_string(), SECONDS_MAX.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await?;
    ensure!(output.status.success(), "{} ended with {}", script.display(), output.status);
    serde_json::from_slice(&output.stdout).context("the script prints JSON")
}
