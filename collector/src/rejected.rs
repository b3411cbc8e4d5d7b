//! Refused events: their record in the spool and their row in `rejected_events`.

use orma_store::event_row::ColumnType;
use orma_store::record::{RecordReader, RecordWriter};

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
        let mut writer = RecordWriter::new(COLUMNS.len(), out);
        writer.push(&site);
        writer.push(&received_at);
        for text in [refusal.reason, &refusal.message, &refusal.kind, &refusal.payload] {
            writer.push(&text);
        }
        writer.finish();
    });
}

/// Site, moment of reception and reason of a record.
pub fn read_head(record: &[u8]) -> Option<(String, i64, String)> {
    let (mut site, mut received_at, mut reason) = (String::new(), 0, String::new());
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).ok();
    let mut reader = RecordReader::new(record, COLUMNS.len())?;
    while let Some(column) = reader.next_column() {
        let (name, column_type) = COLUMNS[column];
        let value = reader.value(column_type)?;
        match name {
            "site" => site = text(value)?,
            "received_at" => received_at = i64::from_le_bytes(value.try_into().ok()?),
            "reason" => reason = text(value)?,
            _ => break,
        }
    }
    Some((site, received_at, reason))
}
