//! What it costs to take events while the engine merges: with the settings in use, and with ClickHouse's own.

use std::time::Duration;

use serde::Deserialize;

use super::layout;
use crate::events;
use crate::markdown::{self, number};
use crate::program::Bed;

/// Rows of an insert: what half a second of a busy collector holds.
const BATCH_ROWS: u64 = 10_000;
/// How long nothing may be merged until the merges are taken to be done, and how often that is looked at.
const QUIET_MS: u64 = 2_000;
const LOOK_MS: u64 = 250;

/// One setting that is not as in use: of the tables, or of the insert.
struct Variant {
    name: &'static str,
    of_tables: &'static str,
    of_insert: &'static str,
}

const VARIANTS: [Variant; 4] = [
    Variant { name: "in use", of_tables: "", of_insert: "" },
    Variant { name: "merged at the insert too", of_tables: "", of_insert: "optimize_on_insert = 1" },
    Variant { name: "merges of five parts", of_tables: "merge_selector_base = 5", of_insert: "" },
    Variant {
        name: "columns gathered one by one",
        of_tables: "vertical_merge_algorithm_min_rows_to_activate = 131072",
        of_insert: "",
    },
];

/// Prints what inserts and the merges that follow cost, with each variant.
///
/// # Errors
/// The engine refuses.
pub async fn compare(bed: &Bed, events: u64) -> anyhow::Result<()> {
    let names = layout::current().column_names(bed).await?;
    let reading = events::cost_of_reading(bed, &names, events, BATCH_ROWS).await?;
    let mut rows = Vec::new();
    for variant in &VARIANTS {
        super::progress(&format!("taking: {}", variant.name));
        // Tables of their own, as the settings of the others stay as they are.
        bed.execute("CREATE TABLE taken AS events").await?;
        if !variant.of_tables.is_empty() {
            bed.execute(&format!("ALTER TABLE taken MODIFY SETTING {}", variant.of_tables)).await?;
        }
        let before = bed.cpu_seconds()?;
        let mut from = 0;
        while from < events {
            let to = events.min(from + BATCH_ROWS);
            events::feed_with(bed, "taken", &names, from, to, variant.of_insert).await?;
            from = to;
        }
        wait_for_merges(bed).await?;
        let cpu = (bed.cpu_seconds()? - before) * 1e6 / events as f64 - reading;
        let size = layout::size(bed, "taken").await?;
        bed.execute("DROP TABLE taken SYNC").await?;
        rows.push(vec![
            variant.name.to_owned(),
            number(cpu),
            number(size.bytes_on_disk as f64 / events as f64),
        ]);
    }
    markdown::print(
        "Inserts and the merges that follow",
        "CPU seconds of the engine per million events in batches of 10,000, without views, until nothing is merged any \
         more; bytes per event then.",
        &["events", "insert and merge", "bytes/event"],
        &rows,
    );
    Ok(())
}

async fn wait_for_merges(bed: &Bed) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Merges {
        running: u64,
    }
    let mut quiet_ms = 0;
    while quiet_ms < QUIET_MS {
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        let merges: Vec<Merges> =
            bed.store.select("SELECT count() AS running FROM system.merges", &[]).await?;
        let idle = merges.iter().all(|merges| merges.running == 0);
        quiet_ms = if idle { quiet_ms + LOOK_MS } else { 0 };
    }
    Ok(())
}
