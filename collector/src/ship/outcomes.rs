//! What the store is told of the ledger's hours: a block of the table `outcomes`.

use bytes::Bytes;
use orma_model::event_row::ColumnType;
use orma_model::record::RecordWriter;
use orma_store::native_block::BlockBuilder;

use crate::ledger::PublishedHour;

/// The block of `outcomes`, and its columns.
pub(super) fn outcome_block(rows: &[PublishedHour], collector: &str) -> (Vec<Bytes>, [&'static str; 12]) {
    use ColumnType::{LowCardinality, Timestamp, UInt64};
    const COLUMNS: [(&str, ColumnType); 12] = [
        ("site", LowCardinality),
        ("hour", Timestamp),
        ("collector", LowCardinality),
        ("since", Timestamp),
        ("reason", LowCardinality),
        ("accepted", UInt64),
        ("duplicate", UInt64),
        ("rejected", UInt64),
        ("shipped", UInt64),
        ("repeated", UInt64),
        ("pending", UInt64),
        ("version", UInt64),
    ];
    let mut block = BlockBuilder::new(COLUMNS);
    let mut record = Vec::new();
    for row in rows {
        record.clear();
        let mut writer = RecordWriter::new(COLUMNS.len(), &mut record);
        writer.push(&row.site.as_str());
        writer.push(&row.hour);
        writer.push(&collector);
        writer.push(&row.since);
        writer.push(&row.reason.as_str());
        for number in [row.accepted, row.duplicate, row.rejected, row.shipped, row.repeated, row.pending] {
            writer.push(&number);
        }
        writer.push(&row.version.unsigned_abs());
        writer.finish();
        block.push(&record).expect("a record of these columns");
    }
    (block.finish(), COLUMNS.map(|(name, _)| name))
}
