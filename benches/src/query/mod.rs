//! What questions cost: one synthetic stream in orma's tables and in those of other systems, in the same engine of a
//! running `orma up`, orma asked through its API.
//!
//! `stream` makes what happened; `peers` and `ours` put it into tables and have the questions; `ask` asks one, `measure`
//! says what it costs, `agree` whether the answers are the same, `report` prints. `under_load` asks beside the intake, and
//! `page` opens the dashboard in a browser.

mod agree;
mod ask;
mod engine;
mod measure;
mod ours;
mod page;
mod peers;
mod report;
mod script;
mod stream;
mod under_load;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::running::Running;
use agree::Verdict;
use ask::{Asked, Respondent};
use engine::Engine;
use measure::{Rest, measure};
use peers::Filled;
use report::{Costs, Size, Tables};
use stream::Stream;

pub use peers::Peer;

/// Sizes of the stream without `--events`.
const EVENTS_DEFAULT: [u64; 2] = [1_000_000, 20_000_000];
const REPEATS_DEFAULT: usize = 11;
/// Orma and the peers alike may use this much: no question is to fail for want of memory.
const ENGINE_MEMORY_BYTES_MAX: u64 = 10 << 30;

/// The part of the command line that is about questions.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How often each question is asked at least, warm.
    pub repeats: Option<usize>,
    /// All of them by default.
    pub peers: Option<Vec<Peer>>,
    /// Where the filled data directory is to stay.
    pub keep: Option<PathBuf>,
    /// A data directory that was kept.
    pub again: Option<PathBuf>,
    /// Asks only once orma's tables are merged.
    pub optimize: bool,
    /// All of them by default.
    pub only: Option<Vec<Part>>,
}

/// A part of what is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Each question by itself.
    Questions,
    /// Many who ask beside the intake.
    Load,
    /// The overview in a browser.
    Page,
}

impl Part {
    const ALL: [Self; 3] = [Self::Questions, Self::Load, Self::Page];

    const fn name(self) -> &'static str {
        match self {
            Self::Questions => "questions",
            Self::Load => "load",
            Self::Page => "page",
        }
    }

    /// The parts of a comma separated list.
    ///
    /// # Errors
    /// There is no such part.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let named = |name: &str| {
            let part = Self::ALL.into_iter().find(|part| part.name() == name);
            part.ok_or_else(|| {
                format!("there is no part `{name}`; there are: {}", Self::ALL.map(Self::name).join(", "))
            })
        };
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(named).collect()
    }
}

/// Measures at one size, or at both that are published.
///
/// # Errors
/// The program does not start, a question has no answer, or an answer is wrong.
pub async fn run(events: Option<u64>, options: &Options) -> anyhow::Result<()> {
    if let Some(dir) = &options.again {
        let asks = options.has(Part::Questions);
        let asked = if asks { Bench::start(dir, options).await?.again().await } else { Ok(()) };
        return other_parts(dir, options, asked).await;
    }
    ensure!(options.keep.is_none() || events.is_some(), "--keep is for one size: say which with --events");
    for events in events.map_or(EVENTS_DEFAULT.to_vec(), |events| vec![events]) {
        let temporary = options.keep.is_none().then(tempfile::tempdir).transpose()?;
        let dir = options.keep.as_deref().or(temporary.as_ref().map(TempDir::path));
        let dir = dir.context("there is a directory")?;
        let asked = Bench::start(dir, options).await?.anew(events, options.has(Part::Questions)).await;
        other_parts(dir, options, asked).await?;
    }
    Ok(())
}

/// What is measured of filled tables beside the questions. Answers that are wrong are told at the end.
async fn other_parts(dir: &Path, options: &Options, asked: anyhow::Result<()>) -> anyhow::Result<()> {
    if options.has(Part::Load) {
        under_load::run(dir).await?;
    }
    if options.has(Part::Page) {
        page::run(dir).await?;
    }
    asked
}

impl Options {
    fn has(&self, part: Part) -> bool {
        self.only.as_ref().is_none_or(|parts| parts.contains(&part))
    }
}

struct Bench {
    respondent: Respondent,
    peers: Vec<Peer>,
    repeats: usize,
    merges_first: bool,
}

impl Bench {
    async fn start(dir: &Path, options: &Options) -> anyhow::Result<Self> {
        // What is kept of answers would cost nothing.
        let options_of_up = [
            "--engine-memory-bytes-max".to_owned(),
            ENGINE_MEMORY_BYTES_MAX.to_string(),
            "--question-cache-bytes-max".to_owned(),
            "0".to_owned(),
        ];
        let running = Running::up_in(Some(dir), &options_of_up).await?;
        let engine = Engine::of(&running)?;
        Ok(Self {
            respondent: Respondent { running, engine },
            peers: options.peers.clone().unwrap_or_else(|| Peer::ALL.to_vec()),
            repeats: options.repeats.unwrap_or(REPEATS_DEFAULT),
            merges_first: options.optimize,
        })
    }

    /// Fills all tables, and asks.
    async fn anew(self, events: u64, asks: bool) -> anyhow::Result<()> {
        let engine = &self.respondent.engine;
        ours::add_site(&self.respondent.running).await?;
        let visitors = stream::generate(engine, events).await?;
        let mut filled: Vec<(&str, Filled)> = Vec::new();
        for peer in &self.peers {
            filled.push((peer.name(), peer.fill(engine, visitors).await?));
        }
        filled.push(("orma", ours::fill(engine, visitors).await?));
        let states = if self.merges_first {
            vec![Tables::OrmaMerged]
        } else {
            vec![Tables::OrmaLeft, Tables::OrmaMerged]
        };
        let made = Stream::read(engine).await?;
        println!(
            "\n## Questions about {} events\n\n{} visitors, {} visits, 56 days; the questions are about 30 of them.",
            made.events, made.visitors, made.visits
        );
        report::print_filled(&filled, made.events);
        if !asks {
            return self.respondent.running.stop().await;
        }
        self.ask_all(&made, &states).await
    }

    /// Asks what was filled before.
    async fn again(mut self) -> anyhow::Result<()> {
        let engine = &self.respondent.engine;
        let made = Stream::read(engine).await.context("nothing was filled in this directory")?;
        let mut filled = Vec::new();
        for peer in self.peers {
            let sql =
                format!("SELECT count() AS value FROM system.databases WHERE name = '{}'", peer.database());
            if engine.number(&sql).await? > 0 {
                filled.push(peer);
            }
        }
        self.peers = filled;
        println!(
            "\n## Questions about {} events, again\n\n{} visitors, {} visits.",
            made.events, made.visitors, made.visits
        );
        let state = if self.merges_first { Tables::OrmaMerged } else { Tables::OrmaFound };
        self.ask_all(&made, &[state]).await
    }

    async fn ask_all(self, stream: &Stream, states: &[Tables]) -> anyhow::Result<()> {
        let engine = &self.respondent.engine;
        let (mut costs, mut sizes) = (Costs::default(), Vec::new());
        engine.settle().await?;
        let rest = Rest::watch(&self.respondent).await?;
        for &peer in &self.peers {
            sizes.extend(sizes_of(engine, peer.database(), Tables::Of(peer)).await?);
            for question in peer.questions(stream) {
                let cost = measure(&self.respondent, &Asked::Sql(question.sql), rest, self.repeats).await;
                let cost = cost.with_context(|| format!("{} of {}", question.name, peer.name()))?;
                costs.note(&question.name, Tables::Of(peer), cost);
            }
        }
        let questions = ours::questions(stream);
        let mut unanswered = Vec::new();
        for &state in states {
            if state == Tables::OrmaMerged {
                engine.merge(ours::DATABASE).await?;
                engine.settle().await?;
            }
            sizes.extend(sizes_of(engine, ours::DATABASE, state).await?);
            ours::fill_live(engine).await?;
            for question in &questions {
                if question.is_new && !self.is_known(&question.asked).await? {
                    continue;
                }
                // What has no answer in time is said, and leaves the others theirs.
                match measure(&self.respondent, &question.asked, rest, self.repeats).await {
                    Ok(cost) => costs.note(question.name, state, cost),
                    Err(error) => {
                        println!("\n{} had no answer: {error:#}", question.name);
                        unanswered.push(question.name);
                    }
                }
            }
        }
        costs.print_beside();
        costs.print_each();
        report::print_sizes(&sizes, stream.events);
        let checks = agree::check(&self.respondent, stream, &questions, &self.peers).await?;
        report::print_checks(&checks);
        self.respondent.running.stop().await?;
        let is_wrong = |check: &&agree::Check| matches!(check.verdict, Verdict::Unexplained(_));
        let wrong = checks.iter().filter(is_wrong).count();
        ensure!(wrong == 0, "{wrong} answers differ and no definition says why");
        ensure!(unanswered.is_empty(), "without an answer: {}", unanswered.join(", "));
        Ok(())
    }

    /// Whether this orma has the question.
    async fn is_known(&self, asked: &Asked) -> anyhow::Result<bool> {
        let answer = match asked {
            Asked::Get(path) => self.respondent.answer(path).await?,
            Asked::Post(path, body) => self.respondent.answer_to(path, body).await?,
            _ => return Ok(true),
        };
        Ok(!matches!(answer.status, 400 | 404 | 405))
    }
}

async fn sizes_of(engine: &Engine, database: &str, tables: Tables) -> anyhow::Result<Vec<Size>> {
    let sql = format!(
        "SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts FROM system.parts \
         WHERE active AND database = '{database}' GROUP BY table ORDER BY bytes DESC, table"
    );
    let rows = engine.rows(&sql).await?;
    let size = |row: &serde_json::Value| {
        Some(Size {
            tables,
            table: row["table"].as_str()?.to_owned(),
            rows: row["rows"].as_u64()?,
            bytes: row["bytes"].as_u64()?,
            parts: row["parts"].as_u64()?,
        })
    };
    rows.iter().map(size).collect::<Option<_>>().context("system.parts has other columns")
}
