//! What the table of sessions weighs, and what its states could weigh.

use super::{codec, layout, view};
use crate::markdown::{self, number};
use crate::program::Bed;

/// What the view of the migrations says, and what is tried instead.
type Change = (&'static str, &'static str);

/// A first or last event is told from another at the same moment by four bytes instead of sixteen.
const SHORT_TIES: Change = ("(ts, event_id)", "(ts, toUInt32(cityHash64(event_id)))");
/// Events that are neither a view nor an action, so that no id lies in two sets.
const DISJOINT_SETS: Change = (
    "uniqState(event_id) AS events",
    "uniqStateIf(event_id, kind IN ('page_leave', 'vital', 'identify', 'reset', 'alias', 'consent', \
     'app_foreground', 'app_background', 'frames', 'app_start', 'screen_load', 'network')) AS events",
);
const NO_ENTRY_TIES: Change = ("(ts, event_id)", "ts");

const VARIANTS: [(&str, &[Change]); 4] = [
    ("in use", &[]),
    ("ties by 4 bytes", &[SHORT_TIES]),
    ("ties by 4 bytes, sets apart", &[SHORT_TIES, DISJOINT_SETS]),
    ("no ties, sets apart", &[NO_ENTRY_TIES, DISJOINT_SETS]),
];

/// Prints the weight of the variants, and of the columns of the table in use.
///
/// # Errors
/// The engine refuses.
pub async fn compare(bed: &Bed, events: u64) -> anyhow::Result<()> {
    const TABLE: &str = "sessions_tried";
    let mut rows = Vec::new();
    let mut columns = Vec::new();
    for (name, changes) in VARIANTS {
        super::progress(&format!("sessions: {name}"));
        let mut select = view::select_of_sessions(bed, 0, events).await?;
        for (before, after) in changes {
            // A view that says it otherwise by now has nothing to compare.
            select = select.replace(before, after);
        }
        let cpu = bed
            .execute(&format!(
                "CREATE TABLE {TABLE} ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(day) \
                 ORDER BY (site, visitor, day, session) \
                 SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048, \
                 allow_dimensions_outside_sorting_key = 1 AS {select}"
            ))
            .await?;
        layout::merge(bed, TABLE).await?;
        let size = layout::size(bed, TABLE).await?;
        if columns.is_empty() {
            columns = codec::heaviest_columns(bed, TABLE, events).await?;
        }
        bed.execute(&format!("DROP TABLE {TABLE} SYNC")).await?;
        rows.push(vec![
            name.to_owned(),
            number(cpu * 1e6 / events as f64),
            number(size.rows as f64 / events as f64),
            number(size.bytes_on_disk as f64 / events as f64),
        ]);
    }
    markdown::print(
        "Sessions",
        "CPU seconds of the engine per million events to make the sessions at once; rows and bytes per event.",
        &["states", "CPU", "rows/event", "bytes/event"],
        &rows,
    );
    markdown::print(
        "Where the bytes of sessions are",
        "The heaviest columns of the table in use, merged, per event.",
        &["column", "bytes/event", "uncompressed"],
        &columns,
    );
    Ok(())
}
