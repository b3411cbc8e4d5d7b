//! The journal of what events have touched: a table that its parts are dropped from when they are done.

use std::cmp::Reverse;
use std::ops::Range;
use std::time::Duration;

use clickhouse::Row;
use clickhouse::native::Block;
use foldhash::HashMap;
use orma_store::{Param, Store, StoreError, column};
use serde::Deserialize;

/// ClickHouse's error for a part that is not there: merges have made another of it, which is done later.
const NO_SUCH_PART: u32 = 232;

/// A part of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Row, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Why its sessions were touched.
    pub because: Because,
}

/// Why a session was touched; the first are made first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "i8")]
pub enum Because {
    /// Events came.
    Event,
    /// Edges of identity came, which may change whose the visitor's sessions are.
    Mark,
    /// All are made anew.
    Anew,
}

impl From<i8> for Because {
    /// As the table numbers them.
    fn from(number: i8) -> Self {
        match number {
            1 => Self::Event,
            2 => Self::Mark,
            _ => Self::Anew,
        }
    }
}

/// A session that was touched on a day of UTC; without a session id also a visitor whose edges came, of whom the first was of
/// that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The site.
    pub site: String,
    /// The day, counted from 1970.
    pub day: u16,
    /// The visitor.
    pub visitor: String,
    /// Its number.
    pub visitor_hash: u64,
    /// The session id's, 0 without one.
    pub session_hash: u64,
}

/// The parts, by why; of what is made anew those of the newest days first, because these are asked about most, of the rest
/// the small ones.
pub async fn parts(store: &Store) -> Result<Vec<Part>, StoreError> {
    #[derive(Row, Deserialize)]
    struct LastDay {
        name: String,
        day: u16,
    }
    // A partition is known by the number of why. To read the table itself costs three times as much.
    let sql = "SELECT name, rows, toInt8(partition_id) AS because FROM system.parts \
        WHERE database = currentDatabase() AND table = 'touched' AND active AND rows > 0 ORDER BY because, rows, name";
    let mut parts: Vec<Part> = store.select_binary(sql, &[]).await?;
    let of_anew = parts.partition_point(|part| part.because < Because::Anew);
    if parts.len() - of_anew > 1 {
        let sql = "SELECT _part AS name, toUInt16(max(day)) AS day FROM touched WHERE because = 'anew' GROUP BY name";
        let days: Vec<LastDay> = store.select_binary(sql, &[]).await?;
        let days: HashMap<String, u16> = days.into_iter().map(|row| (row.name, row.day)).collect();
        parts[of_anew..].sort_by_key(|part| Reverse(days.get(&part.name).copied()));
    }
    Ok(parts)
}

/// How long something of events has been waiting to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The store's clock, in milliseconds since the epoch.
    pub now: i64,
    /// When the oldest of it was touched, by the same clock.
    pub oldest: Option<i64>,
}

/// What waits of events.
pub async fn waiting(store: &Store) -> Result<Waiting, StoreError> {
    #[derive(Row, Deserialize)]
    struct WaitingRow {
        now: i64,
        rows: u64,
        oldest: i64,
    }
    let sql = "SELECT toUnixTimestamp64Milli(now64(3)) AS now, count() AS rows, toUnixTimestamp64Milli(min(touched_at)) AS oldest \
        FROM touched WHERE because = 'event'";
    let rows: Vec<WaitingRow> = store.select_binary(sql, &[]).await?;
    let row = rows.first();
    Ok(Waiting {
        now: row.map_or(0, |row| row.now),
        oldest: row.filter(|row| row.rows > 0).map(|row| row.oldest),
    })
}

/// Whether the journal holds so many sessions, or one that has waited for so long.
pub async fn is_due(store: &Store, sessions: u64, waited: Duration) -> Result<bool, StoreError> {
    #[derive(Row, Deserialize)]
    struct Due {
        is_due: u8,
    }
    let sql = "SELECT count() >= {sessions:UInt64} \
        OR (count() > 0 AND min(touched_at) <= now64(3) - toIntervalMillisecond({waited:UInt64})) AS is_due FROM touched";
    let waited_ms = i64::try_from(waited.as_millis()).unwrap_or(i64::MAX);
    let params = [("sessions", Param::Int(sessions.cast_signed())), ("waited", Param::Int(waited_ms))];
    let rows: Vec<Due> = store.select_binary(sql, &params).await?;
    Ok(rows.first().is_some_and(|row| row.is_due != 0))
}

/// What some parts hold, from one place in each of them to another; some of it perhaps more than once.
pub async fn touched(
    store: &Store,
    parts: &[String],
    places: Range<u64>,
) -> Result<Vec<Touched>, StoreError> {
    let sql = "SELECT site, toUInt16(day) AS number, visitor, visitor_hash, session_hash FROM touched \
        WHERE _part IN {parts:Array(String)} AND _part_offset >= {from:UInt64} AND _part_offset < {to:UInt64}";
    let params = [
        ("parts", Param::Texts(parts.to_vec())),
        ("from", Param::Int(places.start.cast_signed())),
        ("to", Param::Int(places.end.cast_signed())),
    ];
    read(store, sql, &params).await
}

/// What some parts hold, each once; `None` when that is more than `most`.
pub async fn touched_once(
    store: &Store,
    parts: &[String],
    most: u64,
) -> Result<Option<Vec<Touched>>, StoreError> {
    let sql = "SELECT DISTINCT site, toUInt16(day) AS number, visitor, visitor_hash, session_hash FROM touched \
        WHERE _part IN {parts:Array(String)} LIMIT {limit:UInt64}";
    let params = [("parts", Param::Texts(parts.to_vec())), ("limit", Param::Int((most + 1).cast_signed()))];
    let touched = read(store, sql, &params).await?;
    Ok((touched.len() as u64 <= most).then_some(touched))
}

async fn read(store: &Store, sql: &str, params: &[(&str, Param)]) -> Result<Vec<Touched>, StoreError> {
    let mut touched = Vec::new();
    let take = |block: &Block| {
        let sites: Vec<&str> = column(block, "site")?;
        let days: Vec<u16> = column(block, "number")?;
        let visitors: Vec<&str> = column(block, "visitor")?;
        let numbers: Vec<u64> = column(block, "visitor_hash")?;
        let sessions: Vec<u64> = column(block, "session_hash")?;
        touched.extend((0..block.num_rows()).map(|row| Touched {
            site: sites[row].to_owned(),
            day: days[row],
            visitor: visitors[row].to_owned(),
            visitor_hash: numbers[row],
            session_hash: sessions[row],
        }));
        Ok(())
    };
    store.each_block(sql, params, take).await?;
    Ok(touched)
}

/// Forgets parts that are done.
pub async fn drop_parts(store: &Store, parts: &[String]) -> Result<(), StoreError> {
    // Its name is ClickHouse's own: digits and underscores.
    let is_name = |part: &&String| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let commands: Vec<String> =
        parts.iter().filter(is_name).map(|part| format!("DROP PART '{part}'")).collect();
    let drop =
        async |commands: String| match store.execute(&format!("ALTER TABLE touched {commands}"), &[]).await {
            Err(error) if error.code() == Some(NO_SUCH_PART) => Ok(false),
            done => done.map(|()| true),
        };
    // All at once costs little more than one; where one of them is gone, the others are still to be dropped.
    if commands.is_empty() || drop(commands.join(", ")).await? {
        return Ok(());
    }
    for command in commands {
        drop(command).await?;
    }
    Ok(())
}

/// To put sessions into the journal takes no longer than this.
pub const TOUCH_TIME_MAX: Duration = Duration::from_hours(1);

/// Puts all sessions of all events into the journal, in parts of which each is done soon.
pub async fn touch_all(store: &Store) -> Result<(), StoreError> {
    let sql = "INSERT INTO touched SELECT 'anew' AS because, site, toDate(ts) AS day, visitor, any(visitor_hash), session_hash, \
        now64(3) FROM events GROUP BY site, day, visitor, session_hash \
        SETTINGS optimize_aggregation_in_order = 1, min_insert_block_size_rows = 10000, min_insert_block_size_bytes = 0";
    store.clone().with_time_limit(TOUCH_TIME_MAX).execute(sql, &[]).await
}
