//! What each materialized view costs.

use serde::Deserialize;

use super::layout;
use crate::events;
use crate::markdown::{self, number};
use crate::program::Bed;

/// Rows of an insert: some seconds of a busy collector.
const BATCH_ROWS: u64 = 10_000;

/// A materialized view of the migrations.
#[derive(Clone, Debug, Deserialize)]
struct View {
    name: String,
    /// The table that it fills.
    target: String,
}

async fn views(bed: &Bed) -> anyhow::Result<Vec<View>> {
    let sql = "SELECT name, extract(create_table_query, ' TO (?:`?\\\\w+`?\\\\.)?`?(\\\\w+)`?') AS target \
               FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView' ORDER BY name";
    Ok(bed.store.select(sql, &[]).await?)
}

/// Prints what an insert costs without views, with each alone, and with all.
pub async fn compare(bed: &Bed, events: u64) -> anyhow::Result<()> {
    let views = views(bed).await?;
    let names = layout::current().column_names(bed).await?;
    let reading = events::cost_of_reading(bed, &names, events, BATCH_ROWS).await?;
    layout::stop_background_merges(bed, "events").await?;
    for view in &views {
        layout::stop_background_merges(bed, &view.target).await?;
        bed.execute(&format!("DETACH TABLE {}", view.name)).await?;
    }
    super::progress("views: none");
    let alone = insert(bed, "events", &names, events).await? - reading;
    bed.execute("TRUNCATE TABLE events SYNC").await?;
    let mut rows = vec![vec!["events alone".into(), number(alone), "–".into(), "–".into(), "–".into()]];
    for view in &views {
        super::progress(&format!("views: {}", view.name));
        bed.execute(&format!("ATTACH TABLE {}", view.name)).await?;
        let cpu = insert(bed, "events", &names, events).await? - reading;
        let merge = layout::merge(bed, &view.target).await?;
        let size = layout::size(bed, &view.target).await?;
        rows.push(vec![
            format!("{} → {}", view.name, view.target),
            number(cpu - alone),
            number(merge * 1e6 / events as f64),
            number(size.rows as f64 / events as f64),
            number(size.bytes_on_disk as f64 / events as f64),
        ]);
        bed.execute(&format!("DETACH TABLE {}", view.name)).await?;
        bed.execute(&format!("TRUNCATE TABLE {} SYNC", view.target)).await?;
        bed.execute("TRUNCATE TABLE events SYNC").await?;
    }
    for view in &views {
        bed.execute(&format!("ATTACH TABLE {}", view.name)).await?;
    }
    let all = insert(bed, "events", &names, events).await? - reading;
    let mut merge = 0.0;
    for table in std::iter::once("events").chain(views.iter().map(|view| view.target.as_str())) {
        merge += layout::merge(bed, table).await?;
    }
    rows.push(vec![
        "events and all views".into(),
        number(all),
        number(merge * 1e6 / events as f64),
        "–".into(),
        "–".into(),
    ]);
    markdown::print(
        "What each view costs",
        "CPU seconds of the engine per million events, in batches of 10,000: what the view adds to an insert, and to \
         merge once the table that it fills; rows and bytes of that table per event.",
        &["view", "insert", "merge", "rows/event", "bytes/event"],
        &rows,
    );
    bed.execute("TRUNCATE TABLE events SYNC").await?;
    Ok(())
}

/// Inserts the first `events` staged events into `table`; returns CPU seconds a million.
///
/// # Errors
/// The engine refuses.
pub async fn insert(bed: &Bed, table: &str, names: &str, events: u64) -> anyhow::Result<f64> {
    let mut cpu = 0.0;
    let mut from = 0;
    while from < events {
        let to = events.min(from + BATCH_ROWS);
        cpu += events::feed(bed, table, names, from, to).await?;
        from = to;
    }
    Ok(cpu * 1e6 / events as f64)
}
