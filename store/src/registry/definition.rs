//! What every definition is: rows of a table of ClickHouse, the newest of an id in force until it is revoked.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use serde::de::DeserializeOwned;

use crate::client::{Param, Store, StoreError};

/// ClickHouse knows no such table.
const UNKNOWN_TABLE: u32 = 60;

/// Looked up twice for each request, with a hash that nobody outside can foresee.
pub(super) type ByText<T> = HashMap<String, T, RandomState>;

/// What is defined while the program runs, and known to every process that shares a store.
pub(super) trait Definition: DeserializeOwned {
    /// The table that its rows are written to.
    const TABLE: &'static str;
    /// Reads those that are in force, by the names of the fields.
    const SELECT: &'static str;
    /// Whether the table came after the first schema: a collector may be newer than the schema, and reads none then.
    const MAY_BE_MISSING: bool = false;

    /// What it is looked up by.
    fn id(&self) -> &str;
}

/// A definition that is written as one row, and revoked by another.
pub(super) trait Revocable: Definition {
    /// Writes a row of the [parameters](Self::params) and of `{revoked:UInt8}`.
    const INSERT: &'static str;

    /// Its values, by the names that [`INSERT`](Self::INSERT) has for them.
    fn params(&self) -> Vec<(&'static str, Param)>;
}

/// Those that are in force, by id.
///
/// # Errors
/// ClickHouse cannot be asked.
pub(super) async fn read<D: Definition>(store: &Store) -> Result<ByText<D>, StoreError> {
    match store.select::<D>(D::SELECT, &[]).await {
        Ok(found) => {
            Ok(found.into_iter().map(|definition| (definition.id().to_owned(), definition)).collect())
        }
        Err(StoreError::Refused { code: UNKNOWN_TABLE, .. }) if D::MAY_BE_MISSING => Ok(ByText::default()),
        Err(error) => Err(error),
    }
}

/// Puts one in force, or revokes it.
///
/// # Errors
/// ClickHouse cannot be asked.
pub(super) async fn write<D: Revocable>(
    store: &Store,
    definition: &D,
    revoked: bool,
) -> Result<(), StoreError> {
    let mut params = definition.params();
    params.push(("revoked", Param::Int(i64::from(revoked))));
    store.execute(D::INSERT, &params).await
}
