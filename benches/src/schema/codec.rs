//! What each codec and each column weighs.

use serde::Deserialize;

use super::layout;
use crate::events;
use crate::markdown::{self, number};
use crate::program::Bed;

/// Inserts of a candidate.
const BATCHES: u64 = 5;
/// Columns that are worth a line.
const COLUMNS_SHOWN: usize = 14;

/// Prints the weight of the codecs, and of the columns of the layout in use.
pub async fn compare(bed: &Bed, events: u64) -> anyhow::Result<()> {
    const TABLE: &str = "weighed";
    let mut rows = Vec::new();
    let mut columns = Vec::new();
    for layout in layout::codecs() {
        super::progress(&format!("codec: {}", layout.name));
        layout.create(bed, TABLE).await?;
        let names = layout.column_names(bed).await?;
        let mut insert = 0.0;
        for batch in 0..BATCHES {
            let edge = |batch: u64| events * batch / BATCHES;
            insert += events::feed(bed, TABLE, &names, edge(batch), edge(batch + 1)).await?;
        }
        let reading = events::cost_of_reading(bed, &names, events, events / BATCHES).await?;
        let merge = layout::merge(bed, TABLE).await?;
        let size = layout::size(bed, TABLE).await?;
        if columns.is_empty() {
            columns = heaviest_columns(bed, TABLE, events).await?;
        }
        bed.execute(&format!("DROP TABLE {TABLE} SYNC")).await?;
        rows.push(vec![
            layout.name.to_owned(),
            number(insert * 1e6 / events as f64 - reading),
            number(merge * 1e6 / events as f64),
            number(size.bytes_on_disk as f64 / events as f64),
        ]);
    }
    markdown::print(
        "Codecs and keys",
        "CPU seconds of the engine per million events to insert and to merge once; disk when merged.",
        &["events", "insert", "merge", "bytes/event"],
        &rows,
    );
    markdown::print(
        "Where the bytes are",
        "The heaviest columns of the layout in use, merged.",
        &["column", "bytes/event", "uncompressed"],
        &columns,
    );
    Ok(())
}

/// The columns of a table by what they weigh, per event.
///
/// # Errors
/// The engine does not answer.
pub async fn heaviest_columns(bed: &Bed, table: &str, events: u64) -> anyhow::Result<Vec<Vec<String>>> {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        compressed: u64,
        uncompressed: u64,
    }
    let sql = format!(
        "SELECT name, data_compressed_bytes AS compressed, data_uncompressed_bytes AS uncompressed \
         FROM system.columns WHERE database = currentDatabase() AND table = '{table}' \
         ORDER BY system.columns.data_compressed_bytes DESC, name LIMIT {COLUMNS_SHOWN}"
    );
    let rows: Vec<Row> = bed.store.select(&sql, &[]).await?;
    let each = |bytes: u64| number(bytes as f64 / events as f64);
    Ok(rows.into_iter().map(|row| vec![row.name, each(row.compressed), each(row.uncompressed)]).collect())
}
