//! What operators have written off, as the store has it.

use std::collections::BTreeMap;

use orma_store::{Store, StoreError};
use serde::Deserialize;

use super::difference::Difference;
use super::stored::SiteHour;
use crate::sql::accounting as sql;

/// ClickHouse knows no such table: the schema is older.
const UNKNOWN_TABLE: u32 = 60;

#[derive(Deserialize)]
struct GivenUpRow {
    site: String,
    hour_start: i64,
    #[serde(flatten)]
    difference: Difference,
}

/// All that was ever written off.
pub(super) async fn given_up(store: &Store) -> Result<BTreeMap<SiteHour, Difference>, StoreError> {
    match store.select::<GivenUpRow>(sql::GIVEN_UP, &[]).await {
        Ok(rows) => Ok(rows.into_iter().map(|row| ((row.site, row.hour_start), row.difference)).collect()),
        Err(StoreError::Refused { code: UNKNOWN_TABLE, .. }) => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}
