//! What the store has of visits.

use std::collections::BTreeSet;

use clickhouse::{Row, native};
use foldhash::HashMap;
use orma_store::{Param, Store, StoreError, TextList, column};
use serde::Deserialize;

use crate::journal::{TOUCH_TIME_MAX, Touched};
use crate::names::Names;
use crate::scope::{Key, Made, Scope};

/// The newer analyzer resolves all ALIAS columns of a table for each statement about it, of which `events` and `visits` have
/// many: 3 ms of CPU, a quarter of what it takes to find a thousand sessions.
pub const PLANNED_QUICKLY: &str = "SETTINGS enable_analyzer = 0";
/// So many visitors are looked for by the index of their numbers: to ask it for each of more takes longer than to read.
const INDEXED_MAX: usize = 200;

/// The highest version that was written.
pub async fn last_version(store: &Store) -> Result<u64, StoreError> {
    #[derive(Row, Deserialize)]
    struct Last {
        version: u64,
    }
    let rows: Vec<Last> = store.select_binary("SELECT max(version) AS version FROM visits", &[]).await?;
    Ok(rows.first().map_or(0, |row| row.version))
}

/// The store's clock, in microseconds since the epoch.
pub async fn now(store: &Store) -> Result<u64, StoreError> {
    #[derive(Row, Deserialize)]
    struct Now {
        now: i64,
    }
    let rows: Vec<Now> = store.select_binary("SELECT toUnixTimestamp64Micro(now64(6)) AS now", &[]).await?;
    Ok(rows.first().map_or(0, |row| row.now.cast_unsigned()))
}

/// What was made of some sessions on the days of a scope and those beside them.
pub async fn made(store: &Store, names: &Names, scope: &Scope) -> Result<HashMap<Key, Made>, StoreError> {
    let days: BTreeSet<i64> = scope.iter().flat_map(|(_, day)| day - 1..=day + 1).collect();
    let visitors: BTreeSet<u64> = scope.iter().map(|(session, _)| session.visitor).collect();
    let sites = TextList::new("sites", names.sites());
    let days = TextList::new("days", days.iter().map(i64::to_string));
    let visitors = TextList::numbers("visitors", visitors);
    let sql = format!(
        "SELECT site, toUInt16(day) AS number, visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started) AS began, part, \
         duration_ms, owner, event_count, version, is_deleted FROM visits PREWHERE visitor_hash IN (SELECT arrayJoin({})) \
         AND day IN (SELECT toDate(toInt32OrZero(arrayJoin({})))) WHERE site IN (SELECT arrayJoin({})) \
         {PLANNED_QUICKLY}, use_skip_indexes = 0",
        visitors.array, days.array, sites.array
    );
    // Of the rows of a key the last version counts: to have the store find it out costs more than to read them.
    let mut found: HashMap<Key, (u64, Option<Made>)> = HashMap::default();
    let take = |block: &native::Block| {
        let sites: Vec<&str> = column(block, "site")?;
        let days: Vec<u16> = column(block, "number")?;
        let visitors: Vec<u64> = column(block, "visitor_hash")?;
        let sessions: Vec<u64> = column(block, "session_hash")?;
        let are_bots: Vec<bool> = column(block, "is_bot")?;
        let began: Vec<i64> = column(block, "began")?;
        let parts: Vec<u16> = column(block, "part")?;
        let durations: Vec<u64> = column(block, "duration_ms")?;
        let owners: Vec<&str> = column(block, "owner")?;
        let counts: Vec<u32> = column(block, "event_count")?;
        let versions: Vec<u64> = column(block, "version")?;
        let are_deleted: Vec<u8> = column(block, "is_deleted")?;
        for row in 0..block.num_rows() {
            let Some(session) = names.known(sites[row], visitors[row], sessions[row]) else { continue };
            let made = Made {
                session,
                is_bot: are_bots[row],
                day: days[row].into(),
                started: began[row],
                part: parts[row],
                ended: began[row].saturating_add_unsigned(durations[row]),
                owner: owners[row].to_owned(),
                events: counts[row],
            };
            let last = found.entry(made.key()).or_default();
            if versions[row] >= last.0 {
                *last = (versions[row], (are_deleted[row] == 0).then_some(made));
            }
        }
        Ok(())
    };
    store.each_block(&sql, &params(&[&sites, &days, &visitors]), take).await?;
    Ok(found.into_iter().filter_map(|(key, (_, made))| Some((key, made?))).collect())
}

/// Visitors, and for each the day (of UTC, counted from 1970) since which visits of theirs are meant.
#[derive(Clone, Debug, Default)]
pub struct Since(HashMap<(usize, u64), i64>);

impl Since {
    /// Adds a visitor of a site from a day on.
    pub fn visitor(&mut self, site: usize, visitor: u64, day: i64) {
        // Days of the store begin with 1970, whatever a clock said.
        let day = day.max(0);
        self.0.entry((site, visitor)).and_modify(|first| *first = day.min(*first)).or_insert(day);
    }

    fn first(&self) -> i64 {
        self.0.values().min().copied().unwrap_or(0)
    }
}

/// The sessions of visitors on the days since theirs, as they were made; nothing when there are more than `most`.
pub async fn sessions_since(
    store: &Store,
    names: &Names,
    since: &Since,
    most: u64,
) -> Result<Option<Vec<Touched>>, StoreError> {
    #[derive(Row, Deserialize)]
    struct SessionRow {
        site: String,
        day: u16,
        visitor_hash: u64,
        session_hash: u64,
    }
    let sites = TextList::new("sites", names.sites());
    let visitors = TextList::numbers("visitors", names.visitors());
    let sql = format!(
        "SELECT DISTINCT toString(site) AS site, toUInt16(day) AS day, visitor_hash, session_hash FROM visits \
         WHERE site IN (SELECT arrayJoin({})) AND visits.day >= toDate({}) \
         AND visitor_hash IN (SELECT arrayJoin({})) SETTINGS use_skip_indexes = {}",
        sites.array,
        since.first(),
        visitors.array,
        u8::from(since.0.len() <= INDEXED_MAX)
    );
    let (mut sessions, mut count) = (Vec::new(), 0);
    let take = |SessionRow { site, day, visitor_hash, session_hash }| {
        let Some(session) = names.known(&site, visitor_hash, session_hash) else { return };
        if since.0.get(&(session.site, visitor_hash)).is_some_and(|first| *first <= i64::from(day)) {
            count += 1;
            if count <= most {
                let visitor = names.visitor(session).to_owned();
                sessions.push(Touched { site, day, visitor, visitor_hash, session_hash });
            }
        }
    };
    store.each_binary(&sql, &params(&[&sites, &visitors]), take).await?;
    Ok((count <= most).then_some(sessions))
}

/// Puts the sessions of visitors on the days since theirs into the journal, in parts of which each is done soon.
pub async fn touch_since(store: &Store, names: &Names, since: &Since) -> Result<(), StoreError> {
    let sites = TextList::new("sites", since.0.keys().map(|(site, _)| &names.sites()[*site]));
    let visitors = TextList::new("visitors", since.0.keys().map(|(_, visitor)| visitor.to_string()));
    let days = TextList::new("days", since.0.values().map(i64::to_string));
    let sql = format!(
        "INSERT INTO touched SELECT 'anew', visits.site, visits.day, visits.visitor, visits.visitor_hash, visits.session_hash, \
         now64(3) FROM visits INNER JOIN (SELECT found.1 AS site, toUInt64OrZero(found.2) AS visitor_hash, \
         toDate(toInt32OrZero(found.3)) AS since FROM (SELECT arrayJoin(arrayZip({}, {}, {})) AS found)) AS marked \
         ON visits.site = marked.site AND visits.visitor_hash = marked.visitor_hash \
         WHERE visits.day >= toDate({}) AND visits.day >= marked.since \
         SETTINGS min_insert_block_size_rows = 10000, min_insert_block_size_bytes = 0",
        sites.array,
        visitors.array,
        days.array,
        since.first()
    );
    store.clone().with_time_limit(TOUCH_TIME_MAX).execute(&sql, &params(&[&sites, &visitors, &days])).await
}

/// The parameters of some lists.
pub fn params<'a>(lists: &[&'a TextList]) -> Vec<(&'a str, Param)> {
    lists
        .iter()
        .flat_map(|list| list.params.iter().map(|(name, value)| (name.as_str(), value.clone())))
        .collect()
}
