//! What was measured, as tables and as JSON.

use serde::Serialize;

use super::engine::{Settled, Weight};
use super::latency::Latency;
use super::memory::{Alone, IDLE_CONNECTIONS, Memory};
use super::rounds::{CONNECTIONS, Round, Series};
use crate::markdown::{self, mebibytes, number};

/// Bytes an event below which a table has no line of its own.
const BYTES_SHOWN_MIN: f64 = 0.5;

/// Everything of one run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// One event a request.
    pub singles: Singles,
    /// Many events a request.
    pub batches: Batches,
    /// At half of what it can take.
    pub latency: Latency,
    /// Of `orma up`.
    pub memory: Memory,
    /// `orma collect`.
    pub alone: Alone,
    /// On disk.
    pub disk: Disk,
    /// The share of a core that the engine uses at rest.
    pub engine_at_rest: f64,
    /// Resident bytes of the engine at the end.
    pub engine_resident: u64,
}

/// One event a request, beside nginx.
#[derive(Debug, Serialize)]
pub struct Singles {
    /// nginx's GIF, nginx's POST, orma's beacon, orma's pixel.
    series: [Series; 4],
    /// Stored, those of the first round included.
    events: u64,
    /// The engine's part.
    settled: Settled,
}

/// Many events a request.
#[derive(Debug, Serialize)]
pub struct Batches {
    /// All.
    pub events: u64,
    /// In each.
    pub events_a_batch: u64,
    /// The rounds.
    pub series: Series,
    /// The engine's part.
    pub settled: Settled,
}

/// What lies on disk.
#[derive(Debug, Serialize)]
pub struct Disk {
    /// In the table of events.
    pub events: u64,
    /// All tables, heaviest first.
    pub tables: Vec<Weight>,
}

/// A bound of `docs/performance.md` and what was measured.
struct Budget {
    what: &'static str,
    bound: f64,
    measured: f64,
    unit: &'static str,
}

impl Singles {
    /// The rounds, and what the engine needed for `events`.
    pub fn new(series: [Series; 4], events: u64, settled: Settled) -> Self {
        Self { series, events, settled }
    }

    /// Beacons a second, the median of the rounds.
    pub fn beacons_per_second(&self) -> f64 {
        self.series[2].median(|round| round.requests_per_second)
    }
}

impl Settled {
    fn seconds_a_million(&self, events: u64) -> f64 {
        self.cpu_seconds * 1e6 / events as f64
    }
}

impl Disk {
    fn bytes_an_event(&self) -> f64 {
        self.tables.iter().map(|table| table.bytes as f64).sum::<f64>() / self.events as f64
    }
}

impl Batches {
    fn seconds_a_million(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        // Microseconds of an event are seconds of a million.
        self.series.median(figure) / self.events_a_batch as f64
    }
}

impl Report {
    /// Prints the tables.
    pub fn print(&self) {
        println!("\n## The collector under load\n\n`cargo run --release -p orma-benches -- load`");
        self.singles.print();
        self.print_rest();
        self.print_memory();
        self.print_budgets();
    }

    fn print_rest(&self) {
        let Self { singles, batches, latency, disk, .. } = self;
        let mut rows = vec![
            row(
                "batches of 100: events a second",
                number(
                    batches.series.median(|round| round.requests_per_second) * batches.events_a_batch as f64,
                ),
            ),
            row(
                "batches of 100: orma until the answer, CPU s a million events",
                number(batches.seconds_a_million(|round| round.answer_cpu_us)),
            ),
            row(
                "batches of 100: orma with shipping, CPU s a million events",
                number(batches.seconds_a_million(|round| round.whole_cpu_us)),
            ),
            row(
                "batches of 100: engine, views and merges included, CPU s a million events",
                format!(
                    "{} ({} events, {} parts left)",
                    number(batches.settled.seconds_a_million(batches.events)),
                    batches.events,
                    batches.settled.parts
                ),
            ),
            row(
                "single events: engine, views and merges included, CPU s a million events",
                format!(
                    "{} ({} events, {} parts left)",
                    number(singles.settled.seconds_a_million(singles.events)),
                    singles.events,
                    singles.settled.parts
                ),
            ),
        ];
        for (name, ms) in ["50", "90", "99", "99.9"].iter().zip(latency.answered_ms) {
            rows.push(row(
                &format!("{name} % of {:.0} beacons a second answered within", latency.requests_per_second),
                format!("{} ms", number(ms)),
            ));
        }
        for (events, what, both_ms) in [
            (latency.probes, "in the store", latency.stored_ms),
            (latency.views, "in `/stats`, with their visits,", latency.visible_ms),
            (latency.views, "in `/live`", latency.live_ms),
        ] {
            for (share, ms) in ["50", "99"].iter().zip(both_ms) {
                rows.push(row(
                    &format!("{share} % of {events} events {what} after their answer within"),
                    format!("{ms:.0} ms"),
                ));
            }
        }
        let bytes = |table: &Weight| table.bytes as f64 / disk.events as f64;
        for table in disk.tables.iter().filter(|table| bytes(table) >= BYTES_SHOWN_MIN) {
            rows.push(row(&format!("disk: {}, bytes an event", table.name), number(bytes(table))));
        }
        rows.push(row("disk: all tables, bytes an event", number(disk.bytes_an_event())));
        markdown::print(
            "Batches, latency, disk",
            "CPU of the engine until it has nothing left to merge, less what it uses at rest. Latency at half of the \
             beacons a second above, at a constant rate whatever the collector does, counted from the moment at which \
             a request was due. Visible: from the answer until a question asked every 20 ms finds the event.",
            &["what", "measured"],
            &rows,
        );
    }

    fn print_memory(&self) {
        let rows: Vec<Vec<String>> = [("orma up", &self.memory), ("orma collect", &self.alone.memory)]
            .into_iter()
            .map(|(name, memory)| {
                let Memory { at_rest, peak, after, with_idle_connections, idle_connections } = memory;
                let mut row = vec![name.to_owned()];
                row.extend([at_rest, peak, after, with_idle_connections].map(|bytes| mebibytes(*bytes)));
                row.push(idle_connections.to_string());
                row
            })
            .collect();
        let Round { answer_cpu_us, whole_cpu_us, .. } = self.alone.beacons;
        markdown::print(
            "Memory",
            &format!(
                "Resident. {IDLE_CONNECTIONS} connections that have sent one beacon and stay open. At the end the \
                 engine has {}. A beacon costs `orma collect` {} µs of CPU until the answer, {} µs with shipping.",
                mebibytes(self.engine_resident),
                number(answer_cpu_us),
                number(whole_cpu_us)
            ),
            &["process", "at rest", "peak", "after the load", "with idle connections", "still open"],
            &rows,
        );
    }

    fn print_budgets(&self) {
        let rows: Vec<Vec<String>> = self
            .budgets()
            .iter()
            .map(|Budget { what, bound, measured, unit }| {
                let verdict = if measured <= bound { "met" } else { "**not met**" };
                let with_unit = |value: f64| format!("{} {unit}", number(value));
                vec![(*what).to_owned(), with_unit(*bound), with_unit(*measured), verdict.to_owned()]
            })
            .collect();
        markdown::print("Budgets", "Of this run.", &["what", "at most", "measured", ""], &rows);
    }

    fn budgets(&self) -> [Budget; 7] {
        let Self { singles, batches, latency, memory, alone, disk, .. } = self;
        let beacon = singles.series[2].ratio(&singles.series[0], |round| round.answer_cpu_us);
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let budget = |what, bound, measured, unit| Budget { what, bound, measured, unit };
        [
            budget("CPU of a beacon until its answer", 1.0, beacon, "× nginx's GIF"),
            budget(
                "CPU of the collector, batches of 100, shipping included",
                1.5,
                batches.seconds_a_million(|round| round.whole_cpu_us),
                "s a million events",
            ),
            budget(
                "CPU of the engine, batches of 100, views and merges included",
                4.0,
                batches.settled.seconds_a_million(batches.events),
                "s a million events",
            ),
            budget("answered to visible, 99 %", 1000.0, latency.visible_ms[1], "ms"),
            budget(
                "`orma collect` with 10,000 idle connections",
                64.0,
                mebibytes(alone.memory.with_idle_connections),
                "MiB",
            ),
            budget(
                "`orma up` with 10,000 idle connections",
                64.0,
                mebibytes(memory.with_idle_connections),
                "MiB",
            ),
            budget("disk, all tables", 60.0, disk.bytes_an_event(), "bytes an event"),
        ]
    }
}

impl Singles {
    fn print(&self) {
        let gif = &self.series[0];
        let mut rows = Vec::new();
        let mut row = |name: String, series: &Series, figure: fn(&Round) -> f64| {
            let [low, high] = series.spread(figure);
            rows.push(vec![
                name,
                number(series.median(|round| round.requests_per_second)),
                number(series.median(figure)),
                format!("{}–{}", number(low), number(high)),
                number(series.ratio(gif, figure)),
            ]);
        };
        for series in &self.series {
            if series.name.starts_with("orma") {
                row(format!("{}, until the answer", series.name), series, |round| round.answer_cpu_us);
                row(format!("{}, with shipping", series.name), series, |round| round.whole_cpu_us);
            } else {
                row(series.name.to_owned(), series, |round| round.whole_cpu_us);
            }
        }
        markdown::print(
            "One event a request, beside nginx",
            &format!(
                "{CONNECTIONS} connections that are kept open, each with one request at a time; {} rounds in turn. CPU \
                 of the server's processes, user and system. nginx answers from memory and writes its log through a \
                 buffer; orma has parsed, enriched and flushed the event to the disk when it answers.",
                gif.rounds.len(),
            ),
            &["what", "requests a second", "CPU µs a request, median", "spread", "× nginx's GIF"],
            &rows,
        );
    }
}

fn row(what: &str, measured: String) -> Vec<String> {
    vec![what.to_owned(), measured]
}
