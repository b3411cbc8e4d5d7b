//! What an answer in JSON looks like: the store writes it, so this is only said.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The rows of a statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlRows {
    /// The columns, in their order.
    pub meta: Vec<SqlColumn>,
    /// The rows, with a value for each column.
    pub data: Vec<HashMap<String, Value>>,
    /// How many rows there are.
    pub rows: u64,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
pub struct SqlColumn {
    /// Its name.
    #[schema(example = "day")]
    pub name: String,
    /// Its type in ClickHouse.
    #[serde(rename = "type")]
    #[schema(example = "Date")]
    pub column_type: String,
}
