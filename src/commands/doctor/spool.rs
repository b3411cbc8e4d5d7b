//! The spool: how much waits, since when, and what was set aside.

use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;
use orma_collector::record::inspect::{self, SegmentFile, State};

use super::{Report, readable_bytes};

/// A sealed segment is shipped within a second while ClickHouse answers.
const WAIT_SECONDS_MAX: u64 = 60;
/// A segment that claims to be begun later than this was written under another clock.
const AHEAD_MS_MAX: i64 = 60_000;

/// Looks at every segment's size and age, and into what was set aside.
pub fn check(report: &mut Report, dir: &Path, spool_bytes_max: u64) {
    const NAME: &str = "spool";
    let found = match inspect::segments(dir) {
        Ok(found) => found,
        Err(error) => {
            let advice = "the user that runs orma must be able to read the spool";
            return report.problem(NAME, format!("{}: {error}", dir.display()), advice);
        }
    };
    let waiting: Vec<_> = found
        .iter()
        .filter(|file| matches!(file.state, State::Open | State::Sealed | State::Replay))
        .collect();
    let bytes: u64 = waiting.iter().map(|file| file.bytes).sum();
    let now = SystemTime::now();
    let age = |modified: Option<SystemTime>| modified.and_then(|at| now.duration_since(at).ok());
    let oldest = waiting.iter().filter_map(|file| age(file.modified)).max().map_or(0, |age| age.as_secs());
    let text = format!("{} segments, {}, the oldest {oldest} s old", waiting.len(), readable_bytes(bytes));
    if bytes >= spool_bytes_max {
        report.problem(
            NAME,
            text,
            "the spool is full and events are refused: bring ClickHouse back, or raise --spool-bytes-max",
        );
    } else if oldest > WAIT_SECONDS_MAX {
        report.warning(
            NAME,
            text,
            "events wait for ClickHouse: see the lines `engine` and `running`; nothing is lost",
        );
    } else {
        report.ok(NAME, text);
    }

    let set_aside: Vec<_> = found.iter().filter(|file| file.state == State::Quarantined).collect();
    if set_aside.is_empty() {
        report.ok("quarantine", "empty");
    } else {
        let bytes: u64 = set_aside.iter().map(|file| file.bytes).sum();
        report.problem(
            "quarantine",
            format!("{} segments, {}", set_aside.len(), readable_bytes(bytes)),
            "`orma spool quarantine list` says what is in them, `orma spool replay --all` puts them back",
        );
    }
    damaged(report, &found);
    let kept = |file: &&SegmentFile| !matches!(file.state, State::Rest | State::Torn);
    let newest = found.iter().rev().find(kept);
    let created = newest.and_then(|file| inspect::contents(&std::fs::read(&file.path).ok()?).ok());
    let now_ms = Timestamp::now().as_millisecond();
    if let Some(created) = created.filter(|contents| contents.created_ms > now_ms + AHEAD_MS_MAX) {
        let ahead = (created.created_ms - now_ms) / 1000;
        report.problem(
            "clock",
            format!("a segment of the spool is from {ahead} s in the future: the clock was set back"),
            "let an NTP service keep the clock; events of the time between are stamped too late",
        );
    }
}

/// What was damaged stays until somebody has looked at it.
fn damaged(report: &mut Report, found: &[SegmentFile]) {
    let rest: Vec<_> = found.iter().filter(|file| file.state == State::Rest).collect();
    if rest.is_empty() {
        return;
    }
    let bytes: u64 = rest.iter().map(|file| file.bytes).sum();
    report.warning(
        "damage",
        format!(
            "{} damaged segments, {}; their whole records were shipped",
            rest.len(),
            readable_bytes(bytes)
        ),
        "look at the disk (dmesg, SMART); then delete the .rest files in spool/quarantine",
    );
}
