//! What sessions cost: they are written with every insert, merged again and again, and read by most questions.

use orma_model::kinds::{Activity, KindCondition};

use super::{codec, layout, view};
use crate::events::SITE;
use crate::markdown::{self, number};
use crate::program::Bed;

/// Answers that are measured, after one that is not.
const RUNS: u64 = 5;

const VIEW: KindCondition = KindCondition::any_of(|kind| kind.activity == Activity::View);
/// Neither a view nor an action.
const PASSIVE: KindCondition = KindCondition::any_of(|kind| kind.activity == Activity::Passive);
/// The moment and, for events of the same millisecond, 20 bits of the id's hash.
const NUMBER_KEY: &str =
    "bitOr(bitShiftLeft(toUInt64(toUnixTimestamp64Milli(ts)), 20), bitAnd(cityHash64(event_id), 1048575))";
/// What a session takes from its first event.
const ENTRY: [&str; 18] = [
    "host",
    "path",
    "source",
    "channel",
    "utm_campaign",
    "utm_source",
    "utm_medium",
    "country",
    "region",
    "city",
    "device_class",
    "device_brand",
    "device_model",
    "browser",
    "os",
    "os_version",
    "language",
    "app_version",
];
/// The place of `source` in it, from 1.
const SOURCE: usize = 3;

struct States {
    name: &'static str,
    /// By what the first and the last event are found.
    key: &'static str,
    /// Whether the entry is one text instead of a tuple.
    as_text: bool,
    /// Whether an id lies in one of three sets, instead of in that of all events and perhaps in another.
    apart: bool,
}

/// Plain values, which need no state of an aggregate function. An id is 30 bits of its hash and two that say what the
/// event was; the entry and the exit begin with their moment.
const PLAIN: &str = "plain values";
/// In use: the same, each event a row of its own, which merges join.
const PLAIN_ROWS: &str = "plain values, a row an event";
const MOMENT: &str = "reinterpretAsFixedString(byteSwap(toUnixTimestamp64Milli(ts)))";

const VARIANTS: [States; 6] = [
    States { name: "tuple, keys of moment and id", key: "(ts, event_id)", as_text: false, apart: false },
    States { name: "tuple, keys of 8 bytes", key: NUMBER_KEY, as_text: false, apart: false },
    States { name: "text, keys of 8 bytes", key: NUMBER_KEY, as_text: true, apart: false },
    States { name: "text, keys of 8 bytes, sets apart", key: NUMBER_KEY, as_text: true, apart: true },
    States { name: PLAIN, key: "", as_text: true, apart: false },
    States { name: PLAIN_ROWS, key: "", as_text: true, apart: false },
];

impl States {
    fn select(&self) -> String {
        match self.name {
            PLAIN => return select_plain(),
            PLAIN_ROWS => return select_plain_rows(),
            _ => {}
        }
        let key = self.key;
        let entry = if self.as_text {
            format!("concat({})", ENTRY.join(", char(31), "))
        } else {
            format!("tuple({})", ENTRY.map(|column| format!("toString({column})")).join(", "))
        };
        let first_set = if self.apart {
            format!("uniqStateIf(event_id, {PASSIVE}) AS passive")
        } else {
            "uniqState(event_id) AS events".to_owned()
        };
        format!(
            "SELECT site, visitor, toDate(ts) AS day, session, min(ts) AS started_at, max(ts) AS ended_at, \
             max(engaged_ms) AS engaged_ms, {first_set}, uniqStateIf(event_id, {VIEW}) AS views, \
             uniqStateIf(event_id, NOT ({VIEW} OR {PASSIVE})) AS actions, \
             argMinState({entry}, {key}) AS entry, argMaxStateIf(path, {key}, {VIEW}) AS exit_path \
             FROM fed WHERE bot = '' AND verdict != 'machine' GROUP BY site, visitor, day, session"
        )
    }

    fn columns(&self) -> &'static str {
        if matches!(self.name, PLAIN | PLAIN_ROWS) {
            "(site LowCardinality(String), visitor String, day Date, session String, \
             started_at SimpleAggregateFunction(min, DateTime64(3, 'UTC')), \
             ended_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')), \
             event_ids SimpleAggregateFunction(groupUniqArrayArray, Array(UInt32)), \
             entry SimpleAggregateFunction(min, String), exit_path SimpleAggregateFunction(max, String))"
        } else {
            ""
        }
    }

    /// Sessions, views and bounces by source, over all days.
    fn question(&self, table: &str) -> String {
        let source = if self.as_text {
            format!("splitByChar(char(31), first)[{SOURCE}]")
        } else {
            format!("first.{SOURCE}")
        };
        if matches!(self.name, PLAIN | PLAIN_ROWS) {
            return question_plain(table, &source);
        }
        let events =
            if self.apart { "uniqMerge(passive) + view_count + action_count" } else { "uniqMerge(events)" };
        format!(
            "SELECT {source} AS source, count() AS visits, sum(view_count) AS views, sum(event_count) AS events, \
             countIf(view_count = 1 AND action_count = 0) AS bounces FROM \
             (SELECT visitor, session, uniqMerge(views) AS view_count, uniqMerge(actions) AS action_count, \
             {events} AS event_count, argMinMerge(entry) AS first FROM {table} WHERE site = '{SITE}' \
             GROUP BY visitor, session) GROUP BY source ORDER BY visits DESC, source"
        )
    }
}

fn select_plain() -> String {
    let entry = ENTRY.join(", char(31), ");
    format!(
        "SELECT site, visitor, toDate(ts) AS day, session, min(ts) AS started_at, max(ts) AS ended_at, \
         groupUniqArray(bitOr(bitAnd(toUInt32(cityHash64(event_id)), 4294967292), \
         multiIf({VIEW}, 0, {PASSIVE}, 2, 1))) AS event_ids, min(concat({MOMENT}, {entry})) AS entry, \
         max(if({VIEW}, concat({MOMENT}, path), '')) AS exit_path \
         FROM fed WHERE bot = '' AND verdict != 'machine' GROUP BY site, visitor, day, session"
    )
}

fn select_plain_rows() -> String {
    let entry = ENTRY.join(", char(31), ");
    format!(
        "SELECT site, visitor, toDate(ts) AS day, session, ts AS started_at, ts AS ended_at, \
         [bitOr(bitAnd(toUInt32(cityHash64(event_id)), 4294967292), \
         multiIf({VIEW}, 0, {PASSIVE}, 2, 1))] AS event_ids, concat({MOMENT}, {entry}) AS entry, \
         if({VIEW}, concat({MOMENT}, path), '') AS exit_path FROM fed WHERE bot = '' AND verdict != 'machine'"
    )
}

fn question_plain(table: &str, source: &str) -> String {
    format!(
        "SELECT {source} AS source, count() AS visits, sum(view_count) AS views, sum(event_count) AS events, \
         countIf(view_count = 1 AND action_count = 0) AS bounces FROM \
         (SELECT visitor, session, arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids)) AS view_count, \
         arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids)) AS action_count, \
         length(groupUniqArrayArray(event_ids)) AS event_count, substring(min(entry), 9) AS first FROM {table} \
         WHERE site = '{SITE}' GROUP BY visitor, session) GROUP BY source ORDER BY visits DESC, source"
    )
}

/// Prints the cost of the variants, and the weight of the columns of the table in use.
///
/// # Errors
/// The engine refuses.
pub async fn compare(bed: &Bed, events: u64) -> anyhow::Result<()> {
    const TABLE: &str = "sessions_tried";
    bed.execute("CREATE TABLE fed AS events ENGINE = Null").await?;
    let names = layout::current().column_names(bed).await?;
    let reading = view::insert(bed, "fed", &names, events).await?;
    let mut rows = Vec::new();
    for states in &VARIANTS {
        super::progress(&format!("sessions: {}", states.name));
        let select = states.select();
        bed.execute(&format!(
            "CREATE TABLE {TABLE} {columns} ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(day) \
             ORDER BY (site, visitor, day, session) \
             SETTINGS default_compression_codec = 'ZSTD(1)', index_granularity = 2048, \
             allow_dimensions_outside_sorting_key = 1 AS {select} LIMIT 0",
            columns = states.columns()
        ))
        .await?;
        layout::stop_background_merges(bed, TABLE).await?;
        bed.execute(&format!("CREATE MATERIALIZED VIEW trying TO {TABLE} AS {select}")).await?;
        let insert = view::insert(bed, "fed", &names, events).await? - reading;
        let merge = layout::merge(bed, TABLE).await? * 1e6 / events as f64;
        let size = layout::size(bed, TABLE).await?;
        let question = states.question(TABLE);
        bed.execute(&question).await?;
        let before = bed.cpu_seconds()?;
        for _ in 0..RUNS {
            bed.execute(&question).await?;
        }
        let answer_ms = (bed.cpu_seconds()? - before) * 1e3 / RUNS as f64;
        bed.execute("DROP TABLE trying SYNC").await?;
        bed.execute(&format!("DROP TABLE {TABLE} SYNC")).await?;
        rows.push(vec![
            states.name.to_owned(),
            number(insert),
            number(merge),
            number(size.bytes_on_disk as f64 / events as f64),
            format!("{answer_ms:.0}"),
        ]);
    }
    bed.execute("DROP TABLE fed SYNC").await?;
    markdown::print(
        "Sessions",
        "CPU seconds of the engine per million events to fill the table through a view in batches of 10,000, and to \
         merge it once; bytes per event; CPU milliseconds of the question for sessions, views and bounces by source.",
        &["states", "insert", "merge", "bytes/event", "question"],
        &rows,
    );
    markdown::print(
        "Where the bytes of sessions are",
        "The heaviest columns of the table in use, merged, per event.",
        &["column", "bytes/event", "uncompressed"],
        &codec::heaviest_columns(bed, "sessions", events * super::SAMPLE).await?,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_where_the_question_looks_for_it() {
        assert_eq!(ENTRY[SOURCE - 1], "source");
    }
}
