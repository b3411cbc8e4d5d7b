//! Small numbers of visitors and users: sets of them are bitmaps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clickhouse::Row;
use orma_store::{Param, Store, StoreError};
use serde::Deserialize;
use tokio::sync::Mutex;

/// One statement takes no longer than this; the engine ends it sooner.
const TIME_MAX: Duration = Duration::from_mins(2);
const ENGINE_SECONDS_MAX: u64 = 90;
/// The highest number that is given is below this: then the site has no more.
const NUMBER_MAX: u64 = u32::MAX as u64 - (1 << 26);

/// Why visitors were not numbered.
#[derive(Debug, thiserror::Error)]
pub enum NumberError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was begun before may still be at work: it is to be done again later.
    #[error("numbers are given again when what was begun before has ended")]
    Unsure,
    /// There are no more numbers.
    #[error("the site has more visitors than there are numbers")]
    TooMany,
}

/// Gives numbers. Cheap to clone; clones take turns.
#[derive(Clone, Debug)]
pub struct Numbers {
    store: Store,
    /// Until when a statement may be at work whose end nobody has seen. Two at once would give one number twice.
    unsure_until: Arc<Mutex<Option<Instant>>>,
}

impl Numbers {
    pub(crate) fn new(store: Store) -> Self {
        // An engine of one's own was started with the program; another may be at work for one that is gone.
        let unsure_until = (!store.is_on_this_machine()).then(|| Instant::now() + TIME_MAX);
        Self { store: store.with_time_limit(TIME_MAX), unsure_until: Arc::new(Mutex::new(unsure_until)) }
    }

    /// Gives numbers to those visitors and users of a site who have visits on these days of UTC and no number yet, within so much of
    /// the store's memory.
    ///
    /// # Errors
    /// See [`NumberError`].
    pub async fn give(
        &self,
        site: &str,
        first_day: i64,
        last_day: i64,
        memory_bytes_max: u64,
    ) -> Result<(), NumberError> {
        #[derive(Row, Deserialize)]
        struct Last {
            number: u32,
        }
        let mut unsure_until = self.unsure_until.lock().await;
        if unsure_until.is_some_and(|until| until > Instant::now()) {
            return Err(NumberError::Unsure);
        }
        let of_site = [("site", Param::from(site))];
        let sql = "SELECT max(number) AS number FROM visitor_numbers WHERE site = {site:String}";
        let rows: Vec<Last> = self.store.select_binary(sql, &of_site).await?;
        let last = u64::from(rows.first().map_or(0, |row| row.number));
        if last >= NUMBER_MAX {
            return Err(NumberError::TooMany);
        }
        // Whoever leaves while it is at work does not know its end either.
        *unsure_until = Some(Instant::now() + TIME_MAX);
        let of_days = "site = {site:String} AND day BETWEEN toDate({first_day:UInt16}) AND toDate({last_day:UInt16}) \
            AND NOT is_bot";
        let hashes = format!(
            "SELECT DISTINCT arrayJoin([visitor_hash, if(owner_hash = 0, visitor_hash, owner_hash)]) AS id_hash \
             FROM visits WHERE {of_days}"
        );
        let sql = format!(
            "INSERT INTO visitor_numbers (site, id_hash, number) \
             SELECT {{site:String}}, id_hash, toUInt32({{last:UInt32}} + 1 + rowNumberInAllBlocks()) FROM ({hashes}) \
             WHERE id_hash NOT IN (SELECT id_hash FROM visitor_numbers WHERE site = {{site:String}} AND id_hash IN ({hashes})) \
             SETTINGS max_threads = 1, max_execution_time = {ENGINE_SECONDS_MAX}, \
             max_memory_usage = {memory_bytes_max}, os_thread_priority = 10"
        );
        let bound = [
            ("site", Param::from(site)),
            ("first_day", Param::Int(first_day)),
            ("last_day", Param::Int(last_day)),
            ("last", Param::Int(last.cast_signed())),
        ];
        self.store.execute(&sql, &bound).await?;
        *unsure_until = None;
        Ok(())
    }
}
