//! The numbers in memory: what has happened, what of it is settled, and what the store must be told.
//!
//! Of each hour there are two sets of numbers. The *live* ones are of this moment. The *settled* ones are those of
//! segments whose fate is decided (stored on the store's disk, set aside, lost), and are the ones that the file keeps:
//! all else is counted again from the tallies and segments that a crash leaves. A segment's counts are settled once,
//! together with its id, and the id is kept until its files are gone.
//!
//! The store is told absolute numbers with a rising version, so a row may be written again at any time: whatever came
//! last counts, and a lost or repeated insert changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::counts::{Counts, HOUR_MS, Outcome, hour_of};
use super::file;
use super::settled::{Numbers, Settled, SettledHour};

/// An hour in which nothing moves any more is forgotten after this long; the store keeps it. Milliseconds.
const FORGET_AFTER_MS: i64 = 2 * HOUR_MS;

#[derive(Debug)]
struct Hour {
    /// When it was begun, as a version: tells it from an hour of the same name that was forgotten. The file has it before
    /// the store is told, so that a process that counts the hour again counts it under the same mark.
    since: i64,
    live: Numbers,
    settled: Numbers,
    /// Events in files that are there. Below 0 for a moment, when a segment is faster than the count of its answer.
    pending: i64,
    /// The store does not know the latest.
    untold: bool,
}

impl Hour {
    fn new(since: i64, settled: Numbers) -> Self {
        Self { since, live: settled.clone(), settled, pending: 0, untold: true }
    }
}

/// A row for the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedHour {
    /// The site; empty when the key was unknown.
    pub site: String,
    /// Start of the hour of receipt, ms since the epoch.
    pub hour: i64,
    /// Tells it from other rows of the same hour.
    pub since: i64,
    /// Why; empty in the row that has all numbers but the rejected ones.
    pub reason: String,
    /// See [`super::Outcome`].
    pub accepted: u64,
    /// See [`super::Outcome`].
    pub duplicate: u64,
    /// See [`super::Outcome`].
    pub rejected: u64,
    /// See [`super::Outcome`].
    pub shipped: u64,
    /// See [`super::Outcome`].
    pub repeated: u64,
    /// In the spool.
    pub pending: u64,
    /// The later row has the higher one.
    pub version: i64,
}

#[derive(Debug, Default)]
struct Book {
    sites: BTreeMap<String, BTreeMap<i64, Hour>>,
    segments: BTreeSet<String>,
    version: i64,
    /// The file lacks something.
    unsaved: bool,
}

/// The collector's numbers.
#[derive(Debug)]
pub struct Ledger {
    file: PathBuf,
    book: Mutex<Book>,
}

impl Book {
    /// A number above all others so far.
    fn next_version(&mut self) -> i64 {
        self.version = (self.version + 1).max(jiff::Timestamp::now().as_millisecond());
        self.version
    }

    fn hour(&mut self, site: &str, hour: i64) -> &mut Hour {
        if !self.sites.get(site).is_some_and(|hours| hours.contains_key(&hour)) {
            let since = self.next_version();
            let fresh = Hour::new(since, Numbers::default());
            self.unsaved = true;
            self.sites.entry(site.to_owned()).or_default().insert(hour, fresh);
        }
        let numbers = self.sites.get_mut(site).and_then(|hours| hours.get_mut(&hour));
        let numbers = numbers.expect("it was made above");
        numbers.untold = true;
        numbers
    }

    fn live(&mut self, counts: &Counts, change: impl Fn(u64, u64) -> u64) {
        for (key, events) in counts {
            let hour = self.hour(&key.site, key.hour);
            hour.live.apply(&key.outcome, &key.reason, |before| change(before, *events));
        }
    }

    fn pending(&mut self, held: &Counts, sign: i64) {
        for (key, events) in held {
            self.hour(&key.site, key.hour).pending += sign * events.cast_signed();
        }
    }
}

impl Ledger {
    /// The ledger of a data directory, as its file has it.
    ///
    /// # Errors
    /// The file cannot be read. One that is damaged is set aside, and said.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join("ledger");
        let settled = file::read(&path)?;
        let mut book = Book { segments: settled.segments, version: settled.version, ..Book::default() };
        for SettledHour { site, hour, since, numbers } in settled.hours {
            book.sites.entry(site).or_default().insert(hour, Hour::new(since, numbers));
        }
        Ok(Self { file: path, book: Mutex::new(book) })
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.book.lock().expect("no panic while counting")
    }

    /// Counts events of a request that are about to be answered as accepted, duplicates included.
    pub fn answered(&self, site: &str, received_at: i64, accepted: u64, duplicate: u64) {
        if accepted == 0 {
            return;
        }
        let mut book = self.book();
        let hour = book.hour(site, hour_of(received_at));
        hour.live.accepted += accepted;
        hour.live.duplicate += duplicate;
        hour.pending += (accepted - duplicate).cast_signed();
    }

    /// Counts what was refused.
    pub fn refused(&self, site: &str, received_at: i64, reason: &str, events: u64) {
        let mut book = self.book();
        let hour = book.hour(site, hour_of(received_at));
        hour.live.apply(Outcome::Rejected.as_str(), reason, |before| before + events);
    }

    /// Adds what is counted otherwise: by an earlier process, or from a segment whose tally lacks it.
    pub fn counted(&self, counts: &Counts) {
        self.book().live(counts, u64::saturating_add);
    }

    /// Notes that these events lie in a file.
    pub fn begins_to_hold(&self, held: &Counts) {
        self.book().pending(held, 1);
    }

    /// Notes that these events lie in no file any more, or in one that is set aside.
    pub fn holds_no_longer(&self, held: &Counts) {
        self.book().pending(held, -1);
    }

    /// Notes that the store has confirmed the events that a segment held; `outcomes` says what became of them.
    pub fn shipped(&self, held: &Counts, outcomes: &Counts) {
        let mut book = self.book();
        book.pending(held, -1);
        book.live(outcomes, u64::saturating_add);
    }

    /// Takes [`Ledger::shipped`] back.
    pub fn not_shipped(&self, held: &Counts, outcomes: &Counts) {
        let mut book = self.book();
        book.pending(held, 1);
        book.live(outcomes, u64::saturating_sub);
    }

    /// Whether a segment's counts are settled, and only its files are left.
    pub fn is_settled(&self, segment: &str) -> bool {
        self.book().segments.contains(segment)
    }

    /// Settles a segment: its counts are final. They outlive this process when [`Ledger::save`] has returned.
    pub fn settle(&self, segment: &str, counts: &Counts) {
        let mut book = self.book();
        for (key, events) in counts {
            let hour = book.hour(&key.site, key.hour);
            hour.settled.apply(&key.outcome, &key.reason, |before| before.saturating_add(*events));
        }
        book.segments.insert(segment.to_owned());
        book.unsaved = true;
    }

    /// Notes that no file of these segments is left.
    pub fn gone<'a>(&self, segments: impl IntoIterator<Item = &'a str>) {
        let mut book = self.book();
        for segment in segments {
            book.unsaved |= book.segments.remove(segment);
        }
    }

    /// Whether the file lacks something.
    pub fn is_unsaved(&self) -> bool {
        self.book().unsaved
    }

    /// Writes the file when something was settled, or an hour begun, since the last time. Blocks.
    ///
    /// # Errors
    /// The disk's; the file is then as it was.
    pub fn save(&self) -> io::Result<()> {
        let settled = {
            let mut book = self.book();
            if !std::mem::take(&mut book.unsaved) {
                return Ok(());
            }
            let hours = book.sites.iter().flat_map(|(site, hours)| {
                hours.iter().map(|(hour, numbers)| {
                    let (site, since) = (site.clone(), numbers.since);
                    SettledHour { site, hour: *hour, since, numbers: numbers.settled.clone() }
                })
            });
            Settled { version: book.version, hours: hours.collect(), segments: book.segments.clone() }
        };
        let written = file::write(&self.file, &settled);
        self.book().unsaved |= written.is_err();
        written
    }

    /// The hours of which the store does not know the latest; they count as told.
    pub fn untold(&self) -> Vec<PublishedHour> {
        let mut book = self.book();
        let version = book.next_version();
        let mut rows = Vec::new();
        for (site, hours) in &mut book.sites {
            for (hour, numbers) in hours.iter_mut().filter(|(_, numbers)| numbers.untold) {
                numbers.untold = false;
                rows.extend(rows_of(site, *hour, numbers, version));
            }
        }
        rows
    }

    /// Takes [`Ledger::untold`] back: the store could not be told.
    pub fn not_told(&self, rows: &[PublishedHour]) {
        let mut book = self.book();
        for row in rows {
            book.hour(&row.site, row.hour);
        }
    }

    /// Forgets hours long past in which nothing moves and that the store knows.
    pub fn forget(&self, now: i64) {
        let mut book = self.book();
        let Book { sites, unsaved, .. } = &mut *book;
        for hours in sites.values_mut() {
            hours.retain(|hour, numbers| {
                let moves = numbers.untold || numbers.pending != 0 || numbers.live != numbers.settled;
                let stays = moves || *hour > now - FORGET_AFTER_MS;
                *unsaved |= !stays;
                stays
            });
        }
        sites.retain(|_, hours| !hours.is_empty());
    }

    /// Events in the spool, by site.
    pub fn pending(&self) -> BTreeMap<String, u64> {
        let book = self.book();
        let sums = book.sites.iter().map(|(site, hours)| {
            let sum: i64 = hours.values().map(|hour| hour.pending.max(0)).sum();
            (site.clone(), sum.unsigned_abs())
        });
        sums.filter(|(_, events)| *events > 0).collect()
    }
}

fn rows_of(site: &str, hour: i64, numbers: &Hour, version: i64) -> Vec<PublishedHour> {
    let live = &numbers.live;
    let all = PublishedHour {
        site: site.to_owned(),
        hour,
        since: numbers.since,
        reason: String::new(),
        accepted: live.accepted,
        duplicate: live.duplicate,
        rejected: 0,
        shipped: live.shipped,
        repeated: live.repeated,
        pending: numbers.pending.max(0).unsigned_abs(),
        version,
    };
    let blank =
        PublishedHour { accepted: 0, duplicate: 0, shipped: 0, repeated: 0, pending: 0, ..all.clone() };
    let refused = live.rejected.iter().map(|(reason, events)| {
        // The row without a reason is the one that has all other numbers.
        let reason = if reason.is_empty() { "unknown" } else { reason };
        PublishedHour { reason: reason.to_owned(), rejected: *events, ..blank.clone() }
    });
    std::iter::once(all).chain(refused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger;

    fn counts(of: &[(i64, Outcome, u64)]) -> Counts {
        let mut counts = Counts::new();
        for (hour, outcome, events) in of {
            ledger::add(&mut counts, "demo", hour * HOUR_MS, *outcome, "", *events);
        }
        counts
    }

    /// Accepted, duplicate, shipped, pending of an hour.
    fn numbers(ledger: &Ledger, hour: i64) -> (u64, u64, u64, u64) {
        let book = ledger.book();
        let hour = &book.sites["demo"][&(hour * HOUR_MS)];
        (hour.live.accepted, hour.live.duplicate, hour.live.shipped, hour.pending.max(0).unsigned_abs())
    }

    #[test]
    fn what_is_settled_outlives_the_process_and_what_is_not_is_counted_again() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        ledger.answered("demo", HOUR_MS + 5, 10, 2);
        ledger.answered("demo", HOUR_MS + 6, 5, 0);
        assert_eq!(numbers(&ledger, 1), (15, 2, 0, 13));
        let first = counts(&[(1, Outcome::Accepted, 10), (1, Outcome::Duplicate, 2)]);
        let outcomes = counts(&[(1, Outcome::Shipped, 8)]);
        ledger.shipped(&ledger::held(&first), &outcomes);
        assert_eq!(numbers(&ledger, 1), (15, 2, 8, 5));
        let mut all = first.clone();
        ledger::merge(&mut all, &outcomes);
        ledger.settle("first", &all);
        ledger.save().unwrap();

        // An hour that the store knows keeps its mark, also when nothing of it is settled.
        ledger.answered("demo", 2 * HOUR_MS, 1, 0);
        ledger.save().unwrap();
        let since = ledger.untold()[1].since;
        let again = Ledger::open(dir.path()).unwrap();
        assert_eq!(again.untold()[1].since, since);
        assert!(again.is_settled("first") && !again.is_settled("second"));
        assert_eq!(numbers(&again, 1), (10, 2, 8, 0));
        let second = counts(&[(1, Outcome::Accepted, 5)]);
        again.counted(&second);
        again.begins_to_hold(&ledger::held(&second));
        assert_eq!(numbers(&again, 1), (15, 2, 8, 5), "as before the crash");
        again.gone(["first"]);
        again.save().unwrap();
        assert!(!Ledger::open(dir.path()).unwrap().is_settled("first"));
    }

    #[test]
    fn the_store_is_told_the_latest_with_a_rising_version() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        ledger.answered("demo", HOUR_MS, 3, 1);
        ledger.refused("demo", HOUR_MS, "unknown_kind", 4);
        let rows = ledger.untold();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].accepted, rows[0].duplicate, rows[0].pending, rows[0].rejected), (3, 1, 2, 0));
        assert_eq!((rows[1].reason.as_str(), rows[1].rejected, rows[1].accepted), ("unknown_kind", 4, 0));
        assert_eq!(ledger.untold(), [], "told");
        ledger.not_told(&rows);
        let again = ledger.untold();
        assert_eq!(again.len(), 2);
        assert!(again[0].version > rows[0].version && again[0].since == rows[0].since);
    }

    #[test]
    fn an_hour_is_forgotten_when_nothing_moves_in_it_and_begun_anew_under_another_mark() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let now = 10 * HOUR_MS;
        ledger.answered("demo", HOUR_MS, 1, 0);
        ledger.forget(now);
        let since = ledger.untold()[0].since;
        ledger.forget(now);
        assert_eq!(numbers(&ledger, 1), (1, 0, 0, 1), "an event is still pending");
        let of_segment = counts(&[(1, Outcome::Accepted, 1)]);
        let outcomes = counts(&[(1, Outcome::Shipped, 1)]);
        ledger.shipped(&ledger::held(&of_segment), &outcomes);
        ledger.forget(now);
        let mut all = of_segment;
        ledger::merge(&mut all, &outcomes);
        ledger.settle("s", &all);
        ledger.untold();
        ledger.forget(now);
        assert!(ledger.book().sites.is_empty());
        ledger.answered("demo", HOUR_MS, 1, 0);
        assert!(ledger.untold()[0].since > since);
    }
}
