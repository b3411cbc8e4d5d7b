//! What analysts are answered beside the intake: eight of them at the overview, five thousand events a second, and how soon
//! an event is in an answer meanwhile. The program as it is delivered, with the answers that it keeps.

mod analysts;
mod intake;

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use orma_benches::traffic::SITES;

use super::engine::Engine;
use super::measure::percentile;
use super::ours;
use super::stream::TO;
use crate::load::latency::percentile as percentile_of_sorted;
use crate::load::{raise_open_files_limit, wait_until_shipped};
use crate::markdown::{self, median, number};
use crate::running::Running;
use crate::visible::{self, Visible};
use analysts::{ANALYSTS, Analyst, Answered, Day};
use intake::{EVENTS_PER_SECOND, Intake, Taken};

/// Events alone.
const QUIET: Duration = Duration::from_secs(20);
/// Events with those who ask.
const CROWDED: Duration = Duration::from_mins(1);

/// The bounds: an answer, and an event's way into one, in milliseconds.
const ANSWER_MS_MAX: f64 = 3_000.0;
const VISIBLE_MS_MAX: f64 = 1_000.0;

/// Measures on the tables of a directory, which are afterwards as they were.
///
/// # Errors
/// The program does not start, refuses what it must not, or loses an event.
pub async fn run(dir: &Path) -> anyhow::Result<()> {
    raise_open_files_limit()?;
    let running = Running::up_in(Some(dir), &[]).await?;
    let engine = Engine::of(&running)?;
    add_missing_sites(&running).await?;
    let months = months(&engine).await?;
    engine.settle().await?;
    let mut analysts = Vec::new();
    for number in 1..=ANALYSTS {
        analysts.push(Analyst::admit(&running, number).await?);
    }
    let quiet = Phase::measure(&running, &engine, &[], QUIET).await?;
    let crowded = Phase::measure(&running, &engine, &analysts, CROWDED).await?;
    for analyst in analysts {
        analyst.dismiss(&running).await?;
    }
    print(&quiet, &crowded);
    engine.settle().await?;
    let months = months.union(&self::months(&engine).await?).cloned().collect();
    forget(&engine, &months).await?;
    running.stop().await
}

async fn add_missing_sites(running: &Running) -> anyhow::Result<()> {
    let known = running.ask("/api/v1/sites").await?;
    let known: HashSet<&str> =
        known["items"].as_array().into_iter().flatten().filter_map(|site| site["site"].as_str()).collect();
    let missing: Vec<&str> = SITES.into_iter().filter(|site| !known.contains(site)).collect();
    if missing.is_empty() { Ok(()) } else { running.add_sites(&missing, &[]).await }
}

/// What one phase came to.
#[derive(Debug)]
struct Phase {
    taken: Taken,
    stored: u64,
    visible: Visible,
    day: Day,
    asked: Questions,
    /// Of a processor, what the engine and the rest of orma used.
    engine_share: f64,
    orma_share: f64,
}

impl Phase {
    async fn measure(
        running: &Running,
        engine: &Engine,
        analysts: &[Analyst],
        duration: Duration,
    ) -> anyhow::Result<Self> {
        let stored_before = stored(engine).await?;
        let asked_before = Questions::so_far(running).await?;
        let cpu = || anyhow::Ok((engine.cpu_seconds()?, crate::process::cpu_seconds(running.pid)?));
        let (cpu_before, began) = (cpu()?, std::time::Instant::now());
        let intake = Intake::start(running.listen, duration)?;
        let (visible, day) = tokio::try_join!(
            visible::watch(running, ours::SITE, duration),
            analysts::look(running.listen, analysts, duration)
        )?;
        let taken = intake.ended().await?;
        let (cpu_after, seconds) = (cpu()?, began.elapsed().as_secs_f64());
        let asked = Questions::so_far(running).await?.since(&asked_before);
        wait_until_shipped(running).await?;
        Ok(Self {
            stored: stored(engine).await? - stored_before,
            taken,
            visible,
            day,
            asked,
            engine_share: (cpu_after.0 - cpu_before.0) / seconds,
            orma_share: (cpu_after.1 - cpu_before.1) / seconds,
        })
    }
}

/// Events of the sites of the load in the store.
async fn stored(engine: &Engine) -> anyhow::Result<u64> {
    let sites = SITES.map(|site| format!("'{site}'")).join(", ");
    engine.number(&format!("SELECT count() AS value FROM events WHERE site IN ({sites})")).await
}

/// What became of questions, as the service counts it.
#[derive(Debug)]
struct Questions {
    /// Statements that the store answered, that were answered with what is kept, and requests that were answered with another's.
    answered: f64,
    kept: f64,
    joined: f64,
}

impl Questions {
    async fn so_far(running: &Running) -> anyhow::Result<Self> {
        Ok(Self {
            answered: running.metric("orma_questions_total{result=\"answered\"}").await?,
            kept: running.metric("orma_questions_total{result=\"kept\"}").await?,
            joined: running.metric("orma_requests_joined_total").await?,
        })
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            answered: self.answered - before.answered,
            kept: self.kept - before.kept,
            joined: self.joined - before.joined,
        }
    }
}

/// The month in which something is received now, unless it is one of the stream's own.
async fn months(engine: &Engine) -> anyhow::Result<HashSet<String>> {
    let sql = "SELECT toString(toYYYYMM(now(), 'UTC')) AS month";
    let rows = engine.rows(sql).await?;
    let month = rows.first().and_then(|row| row["month"].as_str()).context("it is no month")?;
    let is_after = month > &TO.replace('-', "")[..6];
    Ok(is_after.then(|| month.to_owned()).into_iter().collect())
}

/// Drops what was received since these months began, so that a directory that is kept is asked about the same again.
async fn forget(engine: &Engine, months: &HashSet<String>) -> anyhow::Result<()> {
    if months.is_empty() {
        return Ok(());
    }
    let months = months.iter().map(|month| format!("'{month}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT DISTINCT concat('ALTER TABLE ', table, ' DROP PARTITION ', partition) AS sql FROM system.parts \
         WHERE active AND database = currentDatabase() AND partition IN ({months})"
    );
    for row in engine.rows(&sql).await? {
        engine.execute(&[row["sql"].as_str().context("a statement is text")?.to_owned()]).await?;
    }
    Ok(())
}

fn print(quiet: &Phase, crowded: &Phase) {
    markdown::print(
        "Under load",
        &format!(
            "{ANALYSTS} analysts with a token each look at the overview, 30 days with the 30 before, for {} s: all of its \
             questions as the page asks them, a second's look, and again; half of them at the page as it is, the others at \
             filters that nobody has asked for. Beside them {EVENTS_PER_SECOND} events a second, in batches and one by one.",
            CROWDED.as_secs()
        ),
        &["what", "number", "median ms", "95 % ms", "longest ms"],
        &crowded.day.rows(),
    );
    markdown::print(
        "The intake meanwhile",
        "Visible: from the acknowledgement of an event until `/stats` told it with its visit, and `/live` told it. Statements \
         are those of all questions, asked of the store or kept from before; joined are requests that were answered with \
         another's.",
        &["", "events alone", "beside the analysts"],
        &quiet
            .figures()
            .into_iter()
            .zip(crowded.figures())
            .map(|((name, quiet), (_, crowded))| vec![name.to_owned(), quiet, crowded])
            .collect::<Vec<_>>(),
    );
    print_budgets(quiet, crowded);
    for phase in [quiet, crowded] {
        if let Some(refusal) = &phase.taken.first_refusal {
            println!("\nThe first refused request was answered with {refusal}");
        }
        if phase.visible.refused > 0 {
            println!(
                "\n{} questions for what is visible were refused and asked again.",
                phase.visible.refused
            );
        }
        if phase.visible.given_up > 0 {
            println!(
                "\n{} views were in no answer within a minute, and count as that.",
                phase.visible.given_up
            );
        }
    }
}

fn print_budgets(quiet: &Phase, crowded: &Phase) {
    let answers = &crowded.day.answers;
    let longest = answers.iter().map(|answer| answer.milliseconds).fold(0.0, f64::max);
    let refused = answers.iter().filter(|answer| answer.status != 200).count();
    let both = |figure: fn(&Phase) -> u64| (figure(quiet) + figure(crowded)) as f64;
    let row = |what: &str, bound: f64, measured: f64| {
        let met = if measured <= bound { "met" } else { "**not met**" };
        vec![what.to_owned(), number(bound), number(measured), met.to_owned()]
    };
    markdown::print(
        "Budgets under load",
        "What is refused is counted in requests.",
        &["what", "at most", "measured", ""],
        &[
            row("every answer, ms", ANSWER_MS_MAX, longest),
            row("answers refused", 0.0, refused as f64),
            row("events refused", 0.0, both(|phase| phase.taken.requests_refused)),
            row("events lost or doubled", 0.0, both(|phase| phase.taken.events_sent.abs_diff(phase.stored))),
            row("visible in an answer, 99 %, ms", VISIBLE_MS_MAX, ms(&quiet.visible.in_statistics_us, 0.99)),
            row("the same beside the analysts", VISIBLE_MS_MAX, ms(&crowded.visible.in_statistics_us, 0.99)),
        ],
    );
}

/// A percentile in milliseconds.
fn ms(sorted_us: &[u64], share: f64) -> f64 {
    percentile_of_sorted(sorted_us, share).map_or(f64::NAN, |us| us as f64 / 1e3)
}

impl Phase {
    fn figures(&self) -> Vec<(&'static str, String)> {
        let Self { taken, visible, asked, .. } = self;
        vec![
            ("events sent", taken.events_sent.to_string()),
            ("requests with events refused", taken.requests_refused.to_string()),
            ("99 % of them answered, ms", number(taken.answered_ms)),
            ("visible, median, ms", number(ms(&visible.in_statistics_us, 0.5))),
            ("visible, 99 %, ms", number(ms(&visible.in_statistics_us, 0.99))),
            ("in `/live`, median, ms", number(ms(&visible.in_live_us, 0.5))),
            ("in `/live`, 99 %, ms", number(ms(&visible.in_live_us, 0.99))),
            ("statements asked of the store", format!("{:.0}", asked.answered)),
            ("statements kept", format!("{:.0}", asked.kept)),
            ("requests joined", format!("{:.0}", asked.joined)),
            ("engine, processors in use", number(self.engine_share)),
            ("orma, processors in use", number(self.orma_share)),
        ]
    }
}

impl Day {
    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = vec![
            row("pages as they are", self.pages.iter().filter(|page| !page.filtered)),
            row("pages with filters", self.pages.iter().filter(|page| page.filtered)),
            row("answers of pages as they are", self.answers.iter().filter(|answer| !answer.filtered)),
            row("answers with filters", self.answers.iter().filter(|answer| answer.filtered)),
            row("**all answers**", self.answers.iter()),
        ];
        let statuses: HashSet<u16> = self.answers.iter().map(|answer| answer.status).collect();
        let mut others: Vec<u16> = statuses.into_iter().filter(|status| *status != 200).collect();
        others.sort_unstable();
        for status in others {
            let of_status = self.answers.iter().filter(|answer| answer.status == status);
            rows.push(row(&format!("answered with {status}"), of_status));
        }
        rows
    }
}

fn row<'a>(name: &str, answers: impl Iterator<Item = &'a Answered>) -> Vec<String> {
    let milliseconds: Vec<f64> = answers.map(|answer| answer.milliseconds).collect();
    let figure = |share| number(percentile(milliseconds.clone(), share));
    let count = milliseconds.len().to_string();
    vec![name.to_owned(), count, number(median(milliseconds.clone())), figure(0.95), figure(1.0)]
}
