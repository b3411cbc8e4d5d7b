//! The only place that writes SQL text. Values are always bound to `{name:Type}`; identifiers come from match arms.

pub mod accounting;
pub mod clause;
pub mod identity;
pub mod journey;
pub mod live;
pub mod people;
pub mod quality;
#[cfg(test)]
pub mod snapshot;
pub mod stats;

use std::fmt::Write;

use orma_store::Param;

/// A statement and the values bound to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sql {
    /// The text, with a `{name:Type}` for each value.
    pub text: String,
    /// The values.
    pub params: Vec<(String, Param)>,
}

impl Sql {
    /// A statement with its values.
    pub fn new<const N: usize>(text: impl Into<String>, params: [(&str, Param); N]) -> Self {
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { text: text.into(), params }
    }

    /// Binds a value to a name of its own and returns its place in the text.
    pub fn bind(&mut self, clickhouse_type: &str, value: impl Into<Param>) -> String {
        let name = format!("p{}", self.params.len());
        let mut place = String::new();
        write!(place, "{{{name}:{clickhouse_type}}}").expect("memory");
        self.params.push((name, value.into()));
        place
    }
}

/// Ends a query that nobody waits for. `ASYNC`, because `SYNC` has been seen to hang.
pub fn kill_query(query_id: &str) -> Sql {
    Sql::new("KILL QUERY WHERE query_id = {query_id:String} ASYNC", [("query_id", query_id.into())])
}
