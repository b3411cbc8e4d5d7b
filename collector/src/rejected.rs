//! Refused events: their record in the spool and their row in `rejected_events`.

use orma_store::event_row::{ColumnType, take_i64, take_text, write_text};

use crate::event::Refusal;
use crate::spool::{RecordKind, frame};

/// The columns of `rejected_events`, in the order of a record.
pub const COLUMNS: [(&str, ColumnType); 6] = [
    ("site", ColumnType::LowCardinality),
    ("received_at", ColumnType::Timestamp),
    ("reason", ColumnType::LowCardinality),
    ("message", ColumnType::Text),
    ("kind", ColumnType::LowCardinality),
    ("payload", ColumnType::Text),
];

/// Appends a refused event as a record of the spool.
pub fn write_record(site: &str, received_at: i64, refusal: &Refusal, out: &mut Vec<u8>) {
    frame(RecordKind::Rejected, out, |out| {
        write_text(site, out);
        out.extend_from_slice(&received_at.to_le_bytes());
        for text in [refusal.reason, &refusal.message, &refusal.kind, &refusal.payload] {
            write_text(text, out);
        }
    });
}

/// Site, moment of reception and reason of a record.
pub fn read_head(mut record: &[u8]) -> Option<(String, i64, String)> {
    Some((take_text(&mut record)?, take_i64(&mut record)?, take_text(&mut record)?))
}
