//! What lies in a spool, read without touching it: a collector may be writing there.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use orma_model::event_row::ColumnType;
use orma_model::record_json::record_to_json;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{count, event, rejected};
use crate::ledger::Counts;
use crate::spool::names::{quarantine_dir, replay_dir};
use crate::spool::{FrameError, RecordKind, read_segment};

/// Where a segment is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Being written, or left open by a crash.
    Open,
    /// Waiting to be shipped.
    Sealed,
    /// Put back by an operator; whoever ships takes it next.
    Replay,
    /// Set aside for an operator.
    Quarantined,
    /// What a salvage left behind.
    Rest,
    /// The end of a segment that was cut off.
    Torn,
}

impl State {
    /// The state's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed => "sealed",
            Self::Replay => "replay",
            Self::Quarantined => "quarantined",
            Self::Rest => "rest",
            Self::Torn => "torn",
        }
    }
}

/// A file of the spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFile {
    /// The file.
    pub path: PathBuf,
    /// Where it is on its way.
    pub state: State,
    /// Its size.
    pub bytes: u64,
    /// When it was last written.
    pub modified: Option<SystemTime>,
}

impl SegmentFile {
    /// The file's name without its ending: what an operator calls the segment.
    pub fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// The segments below `dir`, those of a state together, each oldest first.
///
/// # Errors
/// A directory cannot be read; one that is missing is empty.
pub fn segments(dir: &Path) -> io::Result<Vec<SegmentFile>> {
    let mut found = Vec::new();
    for (place, states) in [
        (dir.to_owned(), &[("open", State::Open), ("seg", State::Sealed)][..]),
        (replay_dir(dir), &[("seg", State::Replay)]),
        (quarantine_dir(dir), &[("seg", State::Quarantined), ("rest", State::Rest), ("torn", State::Torn)]),
    ] {
        let entries = match fs::read_dir(&place) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = entry?.path();
            let state = states.iter().find(|(ending, _)| path.extension().is_some_and(|is| is == *ending));
            // One that was shipped meanwhile is not there any more.
            let (Some((_, state)), Ok(metadata)) = (state, fs::metadata(&path)) else { continue };
            if metadata.is_file() {
                let modified = metadata.modified().ok();
                found.push(SegmentFile { path, state: *state, bytes: metadata.len(), modified });
            }
        }
    }
    found.sort_by(|one, other| (one.state, one.path.file_name()).cmp(&(other.state, other.path.file_name())));
    Ok(found)
}

/// What a segment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Its id, which its file's name has too.
    pub id: Uuid,
    /// When it was begun, in milliseconds since the epoch.
    pub created_ms: i64,
    /// Events.
    pub events: u64,
    /// Refused events.
    pub refused: u64,
    /// Counts for the ledger.
    pub counts: u64,
    /// Events by site.
    pub sites: BTreeMap<String, u64>,
    /// Records whose checksum is right and whose content is not.
    pub unreadable: u64,
    /// Where the whole records end.
    pub valid_bytes: usize,
    /// Why reading stopped before the end.
    pub damage: Option<FrameError>,
}

/// Sums a segment up.
///
/// # Errors
/// The header cannot be read.
pub fn contents(bytes: &[u8]) -> Result<Contents, FrameError> {
    let segment = read_segment(bytes)?;
    let mut contents = Contents {
        id: segment.id,
        created_ms: segment.created_ms,
        valid_bytes: segment.valid_bytes,
        damage: segment.damage,
        ..Contents::default()
    };
    for (kind, payload) in segment.records {
        if !is_readable(kind, payload, &segment.columns) {
            contents.unreadable += 1;
            continue;
        }
        match kind {
            RecordKind::Event => {
                contents.events += 1;
                if let Some((site, _)) = event::site_and_reception(payload, &segment.columns) {
                    *contents.sites.entry(site.to_owned()).or_default() += 1;
                }
            }
            RecordKind::Rejected => contents.refused += 1,
            RecordKind::Count => contents.counts += 1,
        }
    }
    Ok(contents)
}

/// Whether a record can be shipped: its values are those of the columns.
pub(super) fn is_readable(kind: RecordKind, payload: &[u8], columns: &[(String, ColumnType)]) -> bool {
    to_json(kind, payload, columns).is_some()
        && (kind != RecordKind::Event || event::site_and_reception(payload, columns).is_some())
}

fn to_json(kind: RecordKind, payload: &[u8], columns: &[(String, ColumnType)]) -> Option<Map<String, Value>> {
    match kind {
        RecordKind::Event => {
            record_to_json(columns.iter().map(|(name, kind)| (name.as_str(), *kind)), payload)
        }
        RecordKind::Rejected => record_to_json(rejected::COLUMNS, payload),
        RecordKind::Count => {
            let mut counts = Counts::new();
            count::read_record(payload, &mut counts)?;
            let (key, events) = counts.pop_first()?;
            let count = json!({"site": key.site, "hour": hour(key.hour), "outcome": key.outcome,
                "reason": key.reason, "events": events});
            count.as_object().cloned()
        }
    }
}

fn hour(ms: i64) -> Value {
    jiff::Timestamp::from_millisecond(ms).map_or(ms.into(), |moment| moment.to_string().into())
}

/// The records of a segment, each with `record`: `event`, `refused` or `count`. Unless `personal`, free text, which is
/// where people are named, is replaced by its length.
///
/// # Errors
/// The header cannot be read.
pub fn records(bytes: &[u8], personal: bool) -> Result<Vec<Value>, FrameError> {
    let segment = read_segment(bytes)?;
    let shown = segment.records.into_iter().map(|(kind, payload)| {
        let (name, free_text) = match kind {
            RecordKind::Event => ("event", names_of_free_text(&segment.columns)),
            RecordKind::Rejected => ("refused", vec!["message", "kind", "payload"]),
            RecordKind::Count => ("count", Vec::new()),
        };
        let Some(mut values) = to_json(kind, payload, &segment.columns) else {
            return json!({"record": name, "unreadable_bytes": payload.len()});
        };
        if !personal {
            for (column, value) in &mut values {
                hide(value, free_text.contains(&column.as_str()));
            }
        }
        let mut shown = Map::from_iter([("record".to_owned(), name.into())]);
        shown.append(&mut values);
        Value::Object(shown)
    });
    Ok(shown.collect())
}

/// Columns with few distinct values (kinds, countries, hosts) name nobody.
fn names_of_free_text(columns: &[(String, ColumnType)]) -> Vec<&str> {
    let free = |kind: ColumnType| matches!(kind, ColumnType::Text | ColumnType::Map);
    columns.iter().filter(|(_, kind)| free(*kind)).map(|(name, _)| name.as_str()).collect()
}

fn hide(value: &mut Value, free_text: bool) {
    match value {
        Value::String(text) if !text.is_empty() && (free_text || text.contains('@')) => {
            *text = format!("({} bytes)", text.len());
        }
        Value::Object(pairs) => {
            let hidden = pairs.values().map(|value| value.as_str().map_or(0, str::len)).sum::<usize>();
            if !pairs.is_empty() {
                *value = format!("({} pairs, {hidden} bytes)", pairs.len()).into();
            }
        }
        _ => {}
    }
}
