//! The tables that are printed.

use std::collections::BTreeMap;

use super::agree::{Check, Difference, Verdict};
use super::measure::Cost;
use super::peers::{Filled, Peer};
use crate::markdown::{self, number};

/// Whose tables, in a state in which they were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tables {
    Of(Peer),
    /// orma's, as merges left them.
    OrmaLeft,
    /// orma's, merged into one part a partition, as the peers' are.
    OrmaMerged,
    /// orma's, as they were found.
    OrmaFound,
}

impl Tables {
    const fn name(self) -> &'static str {
        match self {
            Self::Of(peer) => peer.name(),
            Self::OrmaLeft => "orma",
            Self::OrmaMerged => "orma, merged",
            Self::OrmaFound => "orma, as found",
        }
    }
}

/// What the parts of a table take.
#[derive(Clone, Debug)]
pub struct Size {
    pub tables: Tables,
    pub table: String,
    pub rows: u64,
    pub bytes: u64,
    pub parts: u64,
}

/// Costs by question and tables; `order` has the questions.
#[derive(Debug, Default)]
pub struct Costs {
    order: Vec<String>,
    costs: BTreeMap<(String, Tables), Cost>,
}

impl Costs {
    /// Notes one.
    pub fn note(&mut self, question: &str, tables: Tables, cost: Cost) {
        if !self.order.iter().any(|name| name == question) {
            self.order.push(question.to_owned());
        }
        self.costs.insert((question.to_owned(), tables), cost);
    }

    fn of(&self, question: &str, tables: Tables) -> Option<&Cost> {
        self.costs.get(&(question.to_owned(), tables))
    }

    fn columns(&self) -> Vec<Tables> {
        let mut columns: Vec<Tables> = self.costs.keys().map(|(_, tables)| *tables).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The engine's CPU for orma's answer, as a multiple of that for the best peer's.
    fn ratio(&self, question: &str, tables: Tables) -> Option<f64> {
        let peers = Peer::ALL.iter().filter_map(|&peer| self.of(question, Tables::Of(peer)));
        let best = peers.map(|cost| cost.cpu_ms).min_by(f64::total_cmp)?;
        Some(self.of(question, tables)?.cpu_ms / best)
    }

    /// Prints everybody beside everybody.
    pub fn print_beside(&self) {
        let columns = self.columns();
        let ours: Vec<Tables> = columns.iter().copied().filter(|it| !matches!(it, Tables::Of(_))).collect();
        let ratios: Vec<String> = ours.iter().map(|it| format!("CPU of {} ÷ best peer", it.name())).collect();
        let header: Vec<&str> = ["question"]
            .into_iter()
            .chain(columns.iter().map(|it| it.name()))
            .chain(ratios.iter().map(String::as_str))
            .collect();
        let row = |question: &String| {
            let beside = columns.iter().map(|&it| {
                let cell = |cost: &Cost| format!("{:.0} · {:.0}", cost.median_ms, cost.cpu_ms);
                self.of(question, it).map_or("–".to_owned(), cell)
            });
            let ratios = ours.iter().map(|&it| self.ratio(question, it).map_or("–".to_owned(), number));
            [question.clone()].into_iter().chain(beside).chain(ratios).collect()
        };
        let rows: Vec<Vec<String>> = self.order.iter().map(row).collect();
        markdown::print(
            "Questions",
            "Milliseconds until the answer is whole, median, warm · milliseconds of the engine's CPU. The peers' tables \
             are merged, and asked past any API of theirs; orma is asked through its API.",
            &header,
            &rows,
        );
    }

    /// Prints all that was measured of each.
    pub fn print_each(&self) {
        let mut rows = Vec::new();
        for question in &self.order {
            for tables in self.columns() {
                let Some(cost) = self.of(question, tables) else { continue };
                rows.push(vec![
                    format!("{question}: {}", tables.name()),
                    cost.asks.to_string(),
                    number(cost.median_ms),
                    number(cost.p95_ms),
                    number(cost.cold_ms),
                    number(cost.cpu_ms),
                    cost.read.rows.to_string(),
                    number(cost.read.bytes as f64 / f64::from(1 << 20)),
                ]);
            }
        }
        markdown::print(
            "Each question",
            "Cold: the engine's caches are dropped, and the pages of all its files taken out of the system's cache; the \
             disk's own cache stays. Rows and bytes (uncompressed) are what a cold answer reads.",
            &["question", "asked", "median ms", "95 % ms", "cold ms", "CPU ms", "rows read", "MiB read"],
            &rows,
        );
    }
}

/// Prints what filling cost.
pub fn print_filled(filled: &[(&str, Filled)], events: u64) {
    let millions = events as f64 / 1e6;
    let row = |(name, filled): &(&str, Filled)| {
        vec![(*name).to_owned(), number(filled.seconds), number(filled.cpu_seconds / millions)]
    };
    markdown::print(
        "Filling",
        "From the stream, within the engine, in large pieces. The peers' until they are merged into one part a partition, \
         orma's until nothing merges by itself any more.",
        &["tables", "seconds", "CPU s a million events"],
        &filled.iter().map(row).collect::<Vec<_>>(),
    );
}

/// Prints what is on the disk.
pub fn print_sizes(sizes: &[Size], events: u64) {
    let each = |bytes: u64| number(bytes as f64 / events as f64);
    let mut rows = Vec::new();
    for of_one in sizes.chunk_by(|one, other| one.tables == other.tables) {
        let name = of_one[0].tables.name();
        let sum = of_one.iter().map(|size| size.bytes).sum();
        rows.push(vec![format!("**{name}**"), each(sum), String::new(), String::new()]);
        for size in of_one {
            rows.push(vec![
                format!("{name}: {}", size.table),
                each(size.bytes),
                size.rows.to_string(),
                size.parts.to_string(),
            ]);
        }
    }
    markdown::print(
        "On the disk",
        "Bytes of the parts in use, divided by the events of the stream.",
        &["tables", "bytes an event", "rows", "parts"],
        &rows,
    );
}

/// Prints what the comparisons came to.
pub fn print_checks(checks: &[Check]) {
    let row = |check: &Check| {
        let said = match &check.verdict {
            Verdict::Equal => "equal".to_owned(),
            Verdict::Explained { difference, why } => format!("differs, {}: {why}", extent(difference)),
            Verdict::Unexplained(difference) => format!("**differs, unexplained**, {}", extent(difference)),
        };
        vec![check.question.clone(), check.with.to_owned(), said]
    };
    markdown::print(
        "Agreement",
        "orma's answers beside what the stream itself says, in orma's definitions, and beside the peers' answers.",
        &["question", "beside", "orma's answer"],
        &checks.iter().map(row).collect::<Vec<_>>(),
    );
}

fn extent(difference: &Difference) -> String {
    let Difference { numbers, differing, largest, strangers } = difference;
    let only = if *strangers > 0 { format!(", {strangers} in one answer only") } else { String::new() };
    format!("{differing} of {numbers} numbers, by at most {} %{only}", number(largest * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::engine::Read;

    #[test]
    fn orma_is_held_beside_the_best_peer_that_has_the_question() {
        let cost = |cpu_ms| Cost {
            asks: 1,
            median_ms: 1.0,
            p95_ms: 1.0,
            cold_ms: 1.0,
            cpu_ms,
            read: Read::default(),
        };
        let mut costs = Costs::default();
        costs.note("a", Tables::Of(Peer::Rybbit), cost(40.0));
        costs.note("a", Tables::Of(Peer::Plausible), cost(20.0));
        costs.note("a", Tables::OrmaLeft, cost(30.0));
        costs.note("b", Tables::OrmaLeft, cost(30.0));
        assert_eq!(costs.ratio("a", Tables::OrmaLeft).map(f64::to_bits), Some(1.5f64.to_bits()));
        assert_eq!(costs.ratio("a", Tables::OrmaMerged), None);
        assert_eq!(costs.ratio("b", Tables::OrmaLeft), None, "no peer has it");
        assert_eq!(
            costs.columns(),
            [Tables::Of(Peer::Plausible), Tables::Of(Peer::Rybbit), Tables::OrmaLeft]
        );
    }

    #[test]
    fn the_extent_of_a_difference_is_told() {
        let difference = Difference { numbers: 30, differing: 2, largest: 0.0123, strangers: 1 };
        assert_eq!(extent(&difference), "2 of 30 numbers, by at most 1.23 %, 1 in one answer only");
    }
}
