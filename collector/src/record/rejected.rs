//! Refused events: their record in the spool and their row in `rejected_events`.

use orma_model::event_row::ColumnType;
use orma_model::record::{RecordReader, RecordWriter};
use uuid::Uuid;

use crate::event::RejectedEvent;
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
pub fn write_record(site: &str, received_at: i64, event: &RejectedEvent, out: &mut Vec<u8>) {
    let RejectedEvent { reason, message, kind, payload, .. } = event;
    write_texts(site, received_at, [reason, message, kind, payload], out);
}

/// The same by its texts: reason, message, kind and payload.
pub fn write_texts(site: &str, received_at: i64, texts: [&str; 4], out: &mut Vec<u8>) {
    frame(RecordKind::Rejected, out, |out| {
        let mut writer = RecordWriter::new(COLUMNS.len(), out);
        writer.push(&site);
        writer.push(&received_at);
        for text in texts {
            writer.push(&text);
        }
        writer.finish();
    });
}

/// Site, time of reception and reason of a record.
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

/// The record of a row: that of the spool, and its segment. `None` when it cannot be read.
pub fn with_segment(record: &[u8], segment: Uuid, out: &mut Vec<u8>) -> Option<()> {
    const WITHIN_A_BYTE: () = assert!(COLUMNS.len() < 8, "the segment's bit lies in the byte of the others");
    let () = WITHIN_A_BYTE;
    let (present, values) = record.split_first()?;
    out.clear();
    out.push(present | 1 << COLUMNS.len());
    out.extend_from_slice(values);
    out.extend_from_slice(segment.as_bytes());
    Some(())
}

/// The statement that inserts them. `repeated`: the segment, when some of its rows may be there; each month of them is
/// there as a whole or not at all.
pub fn insert_statement(repeated: Option<Uuid>) -> String {
    let columns = COLUMNS.map(|(name, _)| name).join(", ");
    let Some(segment) = repeated else {
        return format!("INSERT INTO rejected_events ({columns}, segment) FORMAT Native");
    };
    let types: Vec<String> = COLUMNS
        .iter()
        .map(|(name, column_type)| format!("{name} {}", column_type.clickhouse_name()))
        .collect();
    format!(
        "INSERT INTO rejected_events ({columns}, segment) SELECT {columns}, segment \
         FROM input('{}, segment UUID') WHERE toYYYYMM(received_at) NOT IN \
         (SELECT toYYYYMM(received_at) FROM rejected_events WHERE segment = toUUID('{segment}')) FORMAT Native",
        types.join(", ").replace('\'', "\\'")
    )
}
