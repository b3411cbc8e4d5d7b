//! Layouts of the table of events against each other: what it costs to write them, what they weigh, how fast the
//! usual questions are.

mod codec;
mod layout;
mod question;
mod taking;
mod view;

use std::time::Instant;

use crate::events;
use crate::markdown::{self, number};
use crate::program::Bed;
use layout::Layout;
use question::{Answered, Question, Reading};

/// Events when the command line names none.
pub const EVENTS_DEFAULT: u64 = 5_000_000;
/// Fewer leave some of the questions without rows.
pub const EVENTS_MIN: u64 = 10_000;
/// Inserts of one layout.
const BATCHES: u64 = 50;
/// Of these, how many are merged before the questions: the rest lies in parts of its own, as the latest events of a
/// running store do.
const BATCHES_MERGED: u64 = 45;
/// Part of the events that is enough to compare codecs and views.
const SAMPLE: u64 = 10;

/// Measures every layout, codec and view with `events` events.
///
/// # Errors
/// The engine cannot be started or refuses a statement.
pub async fn run(events: u64) -> anyhow::Result<()> {
    let started = Instant::now();
    println!(
        "\n## Schema, {events} events\n\n`cargo run --release -p orma-benches -- schema --events {events}`"
    );
    let bed = prepare(events).await?;
    codec::compare(&bed, events / SAMPLE).await?;
    taking::compare(&bed, events / SAMPLE).await?;
    view::compare(&bed, events / SAMPLE).await?;
    let questions = question::all(&bed).await?;
    let mut measured = Vec::new();
    for layout in layout::candidates() {
        progress(&format!("layout: {}", layout.name));
        measured.push(measure(&bed, layout, &questions, events).await?);
    }
    print_writing(&measured);
    print_questions(&questions, &measured);
    bed.stop().await;
    progress(&format!("done in {:.0} s", started.elapsed().as_secs_f64()));
    Ok(())
}

/// Asks the questions of the layout in use, read in several ways.
///
/// # Errors
/// The engine cannot be started or refuses a statement.
pub async fn run_questions(events: u64) -> anyhow::Result<()> {
    println!(
        "\n## Questions, {events} events\n\n`cargo run --release -p orma-benches -- questions --events {events}`"
    );
    let bed = prepare(events).await?;
    let layout = layout::current();
    let questions = question::all(&bed).await?;
    layout.create(&bed, "candidate").await?;
    layout.fill(&bed, "candidate", events, 0, BATCHES).await?;
    layout::merge(&bed, "candidate").await?;
    let mut rows = Vec::new();
    for question in &questions {
        progress(&format!("question: {}", question.name));
        let mut row = vec![question.name.to_owned()];
        for reading in Reading::ALL {
            row.push(cell(&question.ask(&bed, "candidate", &layout, reading).await?));
        }
        rows.push(row);
    }
    let header: Vec<&str> =
        std::iter::once("question").chain(Reading::ALL.iter().map(|reading| reading.name())).collect();
    markdown::print("Questions to the layout in use", QUESTIONS_EXPLAINED, &header, &rows);
    bed.stop().await;
    Ok(())
}

/// An engine with the staged events, and the days on which each visitor was here.
async fn prepare(events: u64) -> anyhow::Result<Bed> {
    let bed = Bed::start().await?;
    progress(&format!("making {events} events"));
    events::stage(&bed, events).await?;
    bed.execute(
        "CREATE TABLE visitor_days ENGINE = MergeTree ORDER BY (site, visitor, day) AS \
         SELECT DISTINCT site, visitor, toDate(ts) AS day FROM staging",
    )
    .await?;
    Ok(bed)
}

/// What one layout showed.
struct Measured {
    layout: Layout,
    /// CPU seconds a million events.
    insert: f64,
    /// CPU seconds a million events.
    merge: f64,
    bytes_per_event: f64,
    index_bytes: u64,
    /// With the latest events in parts of their own, then after they are merged too.
    answers: Vec<[Answered; 2]>,
}

async fn measure(bed: &Bed, layout: Layout, questions: &[Question], events: u64) -> anyhow::Result<Measured> {
    const TABLE: &str = "candidate";
    layout.create(bed, TABLE).await?;
    let merged = events * BATCHES_MERGED / BATCHES;
    let mut insert = layout.fill(bed, TABLE, events, 0, BATCHES_MERGED).await?;
    let merge = layout::merge(bed, TABLE).await? * 1e6 / merged as f64;
    insert += layout.fill(bed, TABLE, events, BATCHES_MERGED, BATCHES).await?;
    let names = layout.column_names(bed).await?;
    let reading = events::cost_of_reading(bed, &names, events / SAMPLE, events / BATCHES).await?;
    let mut answers = Vec::new();
    for question in questions {
        answers.push(question.ask(bed, TABLE, &layout, Reading::Needed).await?);
    }
    layout::merge(bed, TABLE).await?;
    let mut both = Vec::new();
    for (question, live) in questions.iter().zip(answers) {
        both.push([live, question.ask(bed, TABLE, &layout, Reading::Needed).await?]);
    }
    let size = layout::size(bed, TABLE).await?;
    bed.execute(&format!("DROP TABLE {TABLE} SYNC")).await?;
    Ok(Measured {
        layout,
        insert: insert * 1e6 / events as f64 - reading,
        merge,
        bytes_per_event: size.bytes_on_disk as f64 / events as f64,
        index_bytes: size.primary_key_bytes,
        answers: both,
    })
}

fn print_writing(measured: &[Measured]) {
    let rows: Vec<Vec<String>> = measured
        .iter()
        .map(|one| {
            vec![
                one.layout.name.to_owned(),
                number(one.insert),
                number(one.merge),
                number(one.bytes_per_event),
                format!("{:.2} MiB", one.index_bytes as f64 / f64::from(1 << 20)),
            ]
        })
        .collect();
    markdown::print(
        "Writing each layout",
        "CPU seconds of the engine per million events: to insert them in 50 batches in order of time (reading the \
         source taken off, no views), and to merge 45 of these batches once into one part a month. Disk when all is \
         merged; memory of the primary index.",
        &["layout", "insert", "merge", "bytes/event", "index"],
        &rows,
    );
}

const QUESTIONS_EXPLAINED: &str = "Median elapsed milliseconds of five, and in brackets the engine's CPU \
    milliseconds of one. The site has 70 % of the events. Rows that are counted are read with FINAL.";

fn print_questions(questions: &[Question], measured: &[Measured]) {
    for (state, title) in ["with five batches not yet merged", "all merged"].iter().enumerate() {
        let header: Vec<&str> =
            std::iter::once("question").chain(measured.iter().map(|one| one.layout.name)).collect();
        let rows: Vec<Vec<String>> = questions
            .iter()
            .enumerate()
            .map(|(index, question)| {
                let cells = measured.iter().map(|one| cell(&one.answers[index][state]));
                std::iter::once(question.name.to_owned()).chain(cells).collect()
            })
            .collect();
        markdown::print(&format!("Questions, {title}"), QUESTIONS_EXPLAINED, &header, &rows);
    }
}

fn cell(answered: &Answered) -> String {
    format!("{:.0} ({:.0})", answered.elapsed_ms, answered.cpu_ms)
}

/// Says on standard error what is being done; the tables go to standard output.
fn progress(what: &str) {
    eprintln!("… {what}");
}
