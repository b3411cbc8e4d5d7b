//! The synthetic stream: what happened, whoever's tables it is put into. Every choice in it is a hash, so that it is the
//! same on every machine.

use std::ops::Range;

use anyhow::Context;

use super::engine::Engine;
use super::script::{Named, named, statements};

const FUNCTIONS: &str = include_str!("sql/stream/functions.sql");
const SCHEMA: &str = include_str!("sql/stream/schema.sql");
const GENERATE: &str = include_str!("sql/stream/generate.sql");
const TRUTH: &str = include_str!("sql/stream/truth.sql");

const SEED: u64 = 42;
/// Visitors whose events are made, and put into tables, at a time: about 320,000 events.
const CHUNK_VISITORS: u64 = 20_000;
/// Visitors by whom it is told how many make so many events.
const PILOT_VISITORS: u64 = 4_000;
const VISITORS_MIN: u64 = 1_000;

/// The 30 days that are asked about: the first and the last one, and the one after.
pub const FROM: &str = "2026-01-31";
pub const TO: &str = "2026-03-01";
const END: &str = "2026-03-02";
/// Eight weeks to the same day.
pub const WEEKS_FROM: &str = "2026-01-05";

/// What is in it.
#[derive(Clone, Debug)]
pub struct Stream {
    pub events: u64,
    pub visitors: u64,
    pub visits: u64,
    /// The visitor with the most events.
    busiest: u64,
    /// That visitor's name in orma.
    pub person: String,
    /// The address of somebody who has logged in.
    pub email: String,
}

/// Statements about some of the visitors, for each chunk of `visitors`.
pub fn chunks(file: &str, visitors: u64, more: &[(&str, String)]) -> Vec<Vec<String>> {
    let starts = (0..visitors).step_by(CHUNK_VISITORS as usize);
    starts.map(|low| chunk(file, low..visitors.min(low + CHUNK_VISITORS), more)).collect()
}

fn chunk(file: &str, visitors: Range<u64>, more: &[(&str, String)]) -> Vec<String> {
    let count = visitors.end - visitors.start;
    let own = [("SEED", SEED.to_string()), ("LO", visitors.start.to_string()), ("CNT", count.to_string())];
    statements(file, &[&own, more].concat())
}

/// Makes a stream of about `events`; returns how many visitors were made.
///
/// # Errors
/// What the engine refuses.
pub async fn generate(engine: &Engine, events: u64) -> anyhow::Result<u64> {
    engine.execute(&statements(FUNCTIONS, &[])).await?;
    engine.execute(&statements(SCHEMA, &[])).await?;
    engine.execute(&chunk(GENERATE, 0..PILOT_VISITORS, &[])).await?;
    let of_pilot = engine.number("SELECT count() AS value FROM src.stream").await?;
    engine.execute(&["TRUNCATE TABLE src.stream".to_owned()]).await?;
    let visitors = visitors_for(events, of_pilot);
    for statements in chunks(GENERATE, visitors, &[]) {
        engine.execute(&statements).await?;
    }
    Ok(visitors)
}

fn visitors_for(events: u64, of_pilot: u64) -> u64 {
    (events * PILOT_VISITORS / of_pilot.max(1)).max(VISITORS_MIN)
}

impl Stream {
    /// What is in the stream that was made.
    ///
    /// # Errors
    /// There is none.
    pub async fn read(engine: &Engine) -> anyhow::Result<Self> {
        let number = |sql: &'static str| engine.number(sql);
        let busiest =
            number("SELECT v AS value FROM src.stream GROUP BY v ORDER BY count() DESC, v LIMIT 1").await?;
        let known = number("SELECT min(v) AS value FROM src.stream WHERE logged AND j = 1").await?;
        let sql = format!(
            "SELECT if(max(logged), concat('user-', toString(v)), \
             toString(pb_uuid(sipHash64({SEED}, v, 'uid'), sipHash64({SEED}, v, 'uid2')))) AS person \
             FROM src.stream WHERE v = {busiest} GROUP BY v"
        );
        let rows = engine.rows(&sql).await?;
        let person = rows.first().and_then(|row| row["person"].as_str()).context("the stream is empty")?;
        Ok(Self {
            events: number("SELECT count() AS value FROM src.stream").await?,
            visitors: number("SELECT uniqExact(v) AS value FROM src.stream").await?,
            visits: number("SELECT uniqExact(sid) AS value FROM src.stream").await?,
            busiest,
            person: person.to_owned(),
            email: format!("user{known}@example.org"),
        })
    }

    /// The questions of a file, about this stream.
    pub fn questions(&self, file: &str) -> Vec<Named> {
        let values = [("SEED", SEED.to_string()), ("V", self.busiest.to_string())];
        let days =
            [("FROM", FROM.to_owned()), ("END", END.to_owned()), ("WEEKS_FROM", WEEKS_FROM.to_owned())];
        named(file, &[&values[..], &days].concat())
    }

    /// What the stream itself says.
    pub fn truth(&self) -> Vec<Named> {
        self.questions(TRUTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visitors_of_a_stream_are_made_in_chunks_without_a_gap() {
        let chunks = chunks("SELECT {LO} + {CNT};", 45_000, &[]);
        assert_eq!(chunks, [["SELECT 0 + 20000"], ["SELECT 20000 + 20000"], ["SELECT 40000 + 5000"]]);
        assert_eq!(visitors_for(1_000_000, 64_000), 62_500);
        assert_eq!(visitors_for(100, 64_000), VISITORS_MIN);
    }
}
