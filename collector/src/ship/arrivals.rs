//! Who was first, when two collectors take the same event at once.
//!
//! Neither finds the other's row before it inserts its own (`known.rs`), and of the two rows ClickHouse keeps the one that
//! was inserted last as soon as it merges them: then nobody can tell that there were two. So a collector that is not alone
//! notes what it has inserted in the table `arrivals`, where nothing is merged away, and looks afterwards whose note was
//! first, by the numbers that ClickHouse gives to inserts: of each row of `events` one collector says that it shipped it, the
//! others that it came before. A note has its number a moment before it can be seen, so a collector looks only when all that
//! have a smaller one than its own are there ([`SEEN_AFTER_MS`]): who looks at once may not see the one that was first, and
//! then both say so.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use orma_model::event_row::ColumnType;
use orma_model::record::RecordWriter;
use orma_store::native_block::BlockBuilder;
use orma_store::{Param, Store, StoreError};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::blocks::EventHead;

const DAY_MS: i64 = 86_400_000;
/// An insert that ClickHouse has given a number is there by then: in between it renames the part's directory. Milliseconds.
pub const SEEN_AFTER_MS: u64 = 500;
/// The clocks of collectors and store may differ by so much.
const CLOCKS_DIFFER_MAX: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Row {
    event_key: u64,
}

/// What makes two events one row: the key by which `events` collapses them.
pub fn key(head: &EventHead) -> u64 {
    let mut hash = Sha256::new();
    for text in [&head.site, &head.visitor] {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    }
    hash.update(head.ts.div_euclid(DAY_MS).to_le_bytes());
    hash.update(head.event_id.as_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    u64::from_le_bytes(*hash.first_chunk().expect("32 bytes have 8"))
}

/// What an earlier attempt to ship this segment has noted.
///
/// # Errors
/// The store did not answer.
pub async fn noted(store: &Store, segment: Uuid) -> Result<HashSet<u64>, StoreError> {
    let sql = "SELECT DISTINCT event_key FROM arrivals WHERE segment = toUUID({segment:String})";
    Ok(keys(store.select(sql, &[("segment", Param::Text(segment.to_string()))]).await?))
}

/// Notes that the events are inserted.
///
/// # Errors
/// The store did not take it.
pub async fn note(store: &Store, segment: Uuid, keys: &HashSet<u64>) -> Result<(), StoreError> {
    let (block, columns) = block(segment, keys);
    store.insert_native("arrivals", &columns, &block).await
}

/// Which of the events that this segment has noted another had noted before. `begun`: how long ago the segment was.
///
/// # Errors
/// The store did not answer.
pub async fn second(store: &Store, segment: Uuid, begun: Duration) -> Result<HashSet<u64>, StoreError> {
    // What others had noted before the segment was begun, was in the store when that was asked for its events.
    let sql = "WITH toUUID({segment:String}) AS own, now64(3) - toIntervalMillisecond({since_ms:Int64}) AS since \
        SELECT event_key FROM arrivals WHERE arrived_at >= since \
        AND event_key IN (SELECT event_key FROM arrivals WHERE arrived_at >= since AND segment = own) \
        GROUP BY event_key HAVING argMin(segment, _block_number) != own";
    let since_ms = i64::try_from((begun + CLOCKS_DIFFER_MAX).as_millis()).unwrap_or(i64::MAX >> 32);
    let params = [("segment", Param::Text(segment.to_string())), ("since_ms", Param::Int(since_ms))];
    Ok(keys(store.select(sql, &params).await?))
}

fn keys(rows: Vec<Row>) -> HashSet<u64> {
    rows.into_iter().map(|row| row.event_key).collect()
}

fn block(segment: Uuid, keys: &HashSet<u64>) -> (Vec<Bytes>, [&'static str; 2]) {
    const COLUMNS: [(&str, ColumnType); 2] =
        [("segment", ColumnType::Uuid), ("event_key", ColumnType::UInt64)];
    let mut block = BlockBuilder::new(COLUMNS);
    let mut record = Vec::new();
    for key in keys {
        record.clear();
        let mut writer = RecordWriter::new(COLUMNS.len(), &mut record);
        writer.push(&segment);
        writer.push(key);
        writer.finish();
        block.push(&record).expect("a record of these columns");
    }
    (block.finish(), COLUMNS.map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> EventHead {
        EventHead {
            site: "demo".into(),
            event_id: Uuid::from_u128(7),
            ts: 20_000 * DAY_MS,
            received_at: 20_000 * DAY_MS + 1,
            visitor: "v".into(),
        }
    }

    #[test]
    fn what_is_one_row_has_one_key_and_nothing_else_has() {
        let same = EventHead { ts: 20_001 * DAY_MS - 1, received_at: 5, ..head() };
        assert_eq!(key(&head()), key(&same));
        for other in [
            EventHead { ts: 20_000 * DAY_MS - 1, ..head() },
            EventHead { ts: 20_001 * DAY_MS, ..head() },
            EventHead { site: "dem".into(), visitor: "ov".into(), ..head() },
            EventHead { visitor: "w".into(), ..head() },
            EventHead { event_id: Uuid::from_u128(8), ..head() },
        ] {
            assert_ne!(key(&head()), key(&other), "{other:?}");
        }
    }
}
