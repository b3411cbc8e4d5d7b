//! The layouts that are compared.

use anyhow::Context;
use serde::Deserialize;

use crate::events;
use crate::program::Bed;

/// How one person's events are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// By the days on which the visitor was here, which are known.
    ByDay,
    /// By the visitor alone: the table is sorted so.
    ByVisitor,
}

/// A way to lay out the table of events.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    pub name: &'static str,
    /// How a journey is read.
    pub access: Access,
    /// The column that stands for the visitor when visitors are counted.
    pub counted: &'static str,
    /// What follows the columns; none: as the migrations have it.
    engine: Option<&'static str>,
    /// Added to the columns, with a comma before.
    addition: &'static str,
    /// Columns whose codec differs from that of the migrations.
    codecs: &'static [(&'static str, &'static str)],
}

const BY_DAY: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, toDate(ts), visitor) ORDER BY (site, toDate(ts), visitor, event_id) \
    SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048";

const BY_DAY_COARSE: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, toDate(ts), visitor) ORDER BY (site, toDate(ts), visitor, event_id) \
    SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 8192";

const BY_DAY_LZ4: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, toDate(ts), visitor) ORDER BY (site, toDate(ts), visitor, event_id) \
    SETTINGS default_compression_codec = 'LZ4', index_granularity = 2048";

const BY_DAY_ZSTD3: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, toDate(ts), visitor) ORDER BY (site, toDate(ts), visitor, event_id) \
    SETTINGS default_compression_codec = 'ZSTD(3)', index_granularity = 2048";

const BY_DAY_AND_ID: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, toDate(ts)) ORDER BY (site, toDate(ts), event_id) \
    SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048";

const BY_VISITOR: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, visitor, ts) ORDER BY (site, visitor, ts, event_id) \
    SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048, \
    deduplicate_merge_projection_mode = 'rebuild'";

/// The columns of 30-day questions, sorted by day.
const DAY_PROJECTION: &str = ",
    PROJECTION by_day (SELECT site, ts, visitor, session, kind, name, path, value, revenue, mark_parts
        ORDER BY site, toDate(ts))";

/// Eight bytes that stand for the visitor, for counting.
const VISITOR_HASH: &str = ",
    visitor_hash UInt64 MATERIALIZED cityHash64(visitor)";

/// In place of a codec: the column is inserted, and others are made from it.
const NOT_STORED: &str = "";

/// When it came, as the distance from the moment.
const OFFSET: &str = ",
    received_after_ms Int32 DEFAULT toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(ts)";

/// The half of an id that holds its time, and the random half.
const HALVES: &str = ",
    event_time UInt64 DEFAULT reinterpretAsUInt64(reverse(substring(UUIDStringToNum(toString(event_id)), 1, 8)))
        CODEC(Delta(8), ZSTD(1)),
    event_random UInt64 DEFAULT reinterpretAsUInt64(reverse(substring(UUIDStringToNum(toString(event_id)), 9, 8)))
        CODEC(NONE)";

const BY_DAY_AND_HALVES: &str = "ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(ts) \
    PRIMARY KEY (site, toDate(ts), visitor) ORDER BY (site, toDate(ts), visitor, event_time, event_random) \
    SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048";

const fn plain(name: &'static str, access: Access, engine: &'static str) -> Layout {
    Layout { name, access, counted: "visitor", engine: Some(engine), addition: "", codecs: &[] }
}

/// The layout of the migrations.
pub const fn current() -> Layout {
    Layout {
        name: "in use",
        access: Access::ByDay,
        counted: "visitor",
        engine: None,
        addition: "",
        codecs: &[],
    }
}

/// The layouts that are asked questions.
pub fn candidates() -> Vec<Layout> {
    vec![
        current(),
        plain("granularity 8192", Access::ByDay, BY_DAY_COARSE),
        plain("LZ4", Access::ByDay, BY_DAY_LZ4),
        Layout {
            addition: VISITOR_HASH,
            counted: "visitor_hash",
            ..plain("visitor hash", Access::ByDay, BY_DAY)
        },
        plain("visitor first", Access::ByVisitor, BY_VISITOR),
        Layout { addition: DAY_PROJECTION, ..plain("… + projection", Access::ByVisitor, BY_VISITOR) },
    ]
}

/// The layouts that differ only in what they weigh.
pub fn codecs() -> Vec<Layout> {
    let with = |name, codecs| Layout { codecs, ..plain(name, Access::ByDay, BY_DAY) };
    vec![
        current(),
        plain("LZ4", Access::ByDay, BY_DAY_LZ4),
        plain("ZSTD(3)", Access::ByDay, BY_DAY_ZSTD3),
        plain("no visitor in the key", Access::ByDay, BY_DAY_AND_ID),
        with(
            "times without Delta",
            &[("ts", "ZSTD(1)"), ("received_at", "ZSTD(1)"), ("client_ts", "ZSTD(1)")],
        ),
        Layout { addition: OFFSET, ..with("received_at as an offset", &[("received_at", NOT_STORED)]) },
        Layout {
            addition: HALVES,
            codecs: &[("event_id", NOT_STORED)],
            ..plain("event_id in two halves", Access::ByDay, BY_DAY_AND_HALVES)
        },
        with("ids ZSTD(6)", &[("event_id", "ZSTD(6)"), ("visitor", "ZSTD(6)"), ("session", "ZSTD(6)")]),
    ]
}

impl Layout {
    /// The columns that are inserted, with commas.
    ///
    /// # Errors
    /// The engine does not answer.
    pub async fn column_names(&self, bed: &Bed) -> anyhow::Result<String> {
        let columns = events::columns(bed).await?;
        Ok(columns.into_iter().map(|column| column.name).collect::<Vec<_>>().join(", "))
    }

    /// Creates the table. Background merges are kept from choosing parts by themselves, so that each merge is one
    /// that is measured.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn create(&self, bed: &Bed, table: &str) -> anyhow::Result<()> {
        let columns = events::columns(bed).await?;
        let lines = columns.iter().map(|column| {
            let other = self.codecs.iter().find(|(name, _)| *name == column.name).map(|(_, codec)| *codec);
            let rest = match other {
                None => column.compression_codec.clone(),
                Some(NOT_STORED) => "EPHEMERAL".to_owned(),
                Some(codec) => format!("CODEC({codec})"),
            };
            format!("{} {} {rest}", column.name, column.kind)
        });
        let columns = lines.chain(parts(bed).await?).collect::<Vec<_>>().join(",\n    ");
        let engine = match self.engine {
            Some(engine) => engine.to_owned(),
            None => format!("ENGINE = {}", engine_in_use(bed).await?),
        };
        let sql = format!("CREATE TABLE {table} (\n    {columns}{})\n{engine}", self.addition);
        bed.execute(&sql).await?;
        stop_background_merges(bed, table).await
    }

    /// Inserts the batches `first` to `end`; returns the engine's CPU seconds.
    ///
    /// # Errors
    /// The engine refuses.
    pub async fn fill(
        &self,
        bed: &Bed,
        table: &str,
        events: u64,
        first: u64,
        end: u64,
    ) -> anyhow::Result<f64> {
        let names = self.column_names(bed).await?;
        let mut cpu = 0.0;
        for batch in first..end {
            let edge = |batch: u64| events * batch / super::BATCHES;
            cpu += events::feed(bed, table, &names, edge(batch), edge(batch + 1)).await?;
        }
        Ok(cpu)
    }
}

/// The columns of the table of events that are parts of others.
async fn parts(bed: &Bed) -> anyhow::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Row {
        line: String,
    }
    let sql = "SELECT concat(name, ' ', type, ' ALIAS ', default_expression) AS line FROM system.columns \
               WHERE database = currentDatabase() AND table = 'events' AND default_kind = 'ALIAS' ORDER BY position";
    Ok(bed.store.select::<Row>(sql, &[]).await?.into_iter().map(|row| row.line).collect())
}

/// What follows the columns of the table of events as the migrations made it.
async fn engine_in_use(bed: &Bed) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Row {
        engine_full: String,
    }
    let sql = "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'events'";
    let rows: Vec<Row> = bed.store.select(sql, &[]).await?;
    Ok(rows.into_iter().next().context("there is no table of events")?.engine_full)
}

/// Lets only `OPTIMIZE` merge the parts of a table.
///
/// # Errors
/// The engine refuses.
pub async fn stop_background_merges(bed: &Bed, table: &str) -> anyhow::Result<()> {
    bed.execute(&format!(
        "ALTER TABLE {table} MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1, \
         max_bytes_to_merge_at_min_space_in_pool = 1"
    ))
    .await?;
    Ok(())
}

/// Merges each month into one part; returns the engine's CPU seconds.
///
/// # Errors
/// The engine refuses.
pub async fn merge(bed: &Bed, table: &str) -> anyhow::Result<f64> {
    bed.execute(&format!("OPTIMIZE TABLE {table} FINAL SETTINGS optimize_throw_if_noop = 0")).await
}

/// The weight of a table.
#[derive(Debug, Deserialize)]
pub struct Size {
    /// Of its active parts, projections included.
    pub bytes_on_disk: u64,
    /// Of its primary index in memory, projections not included.
    pub primary_key_bytes: u64,
    pub rows: u64,
}

/// The weight of a table's active parts.
///
/// # Errors
/// The engine does not answer.
pub async fn size(bed: &Bed, table: &str) -> anyhow::Result<Size> {
    let sql = format!(
        "SELECT sum(bytes_on_disk) AS bytes_on_disk, sum(primary_key_bytes_in_memory) AS primary_key_bytes, \
         sum(p.rows) AS rows FROM system.parts AS p \
         WHERE database = currentDatabase() AND table = '{table}' AND active"
    );
    let rows: Vec<Size> = bed.store.select(&sql, &[]).await?;
    rows.into_iter().next().context("a sum has a row")
}
