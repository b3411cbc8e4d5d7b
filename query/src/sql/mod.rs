//! SQL: statements with their values, and the pieces that several questions share. Values are always bound to
//! `{name:Type}`; identifiers come from match arms. Only this folder and the `sql` of each question write SQL text.
//!
//! Uses `plan`, `condition`, `scope` and `identity`; the questions and `lookup` use it, `runner` executes it.

pub mod accounting;
pub mod audience;
pub mod clause;
pub mod condition;
pub mod event_table;
pub mod events;
pub mod identity;
pub mod items;
pub mod person;
#[cfg(test)]
pub mod snapshot;
pub mod versions;
pub mod views;
pub mod visits;

use std::fmt::Write;

use orma_store::{Param, TextList};

/// A statement and the values bound to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sql {
    /// The text, with a `{name:Type}` for each value.
    pub text: String,
    /// The values.
    pub params: Vec<(String, Param)>,
}

/// Whether a list of texts is too long for one value.
pub fn is_long(texts: &[String]) -> bool {
    texts.iter().map(|text| text.len() + 3).sum::<usize>() > TextList::VALUE_BYTES_MAX
}

/// A list of texts in a statement, however long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Whether it is one value.
    pub is_short: bool,
    /// The list as an array; a long one is no constant.
    pub array: String,
    /// A row for each text.
    pub each: String,
    /// The list as what stands behind `IN`.
    pub set: String,
}

impl Sql {
    /// A statement with its values.
    pub fn new<const N: usize>(text: impl Into<String>, params: [(&str, Param); N]) -> Self {
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { text: text.into(), params }
    }

    /// The values, as the store takes them.
    pub fn bound(&self) -> Vec<(&str, Param)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
    }

    /// Binds a value to a name of its own and returns its placeholder.
    pub fn bind(&mut self, clickhouse_type: &str, value: impl Into<Param>) -> String {
        let name = self.next_name();
        let mut placeholder = String::new();
        write!(placeholder, "{{{name}:{clickhouse_type}}}").expect("memory");
        self.params.push((name, value.into()));
        placeholder
    }

    /// Binds a list of texts. One that is too long for a value is bound piece by piece and put together by ClickHouse
    /// when it answers: as a constant, every step of its planner would carry it along.
    pub fn bind_texts(&mut self, name: &str, texts: &[String]) -> Texts {
        if !is_long(texts) {
            self.params.push((name.to_owned(), Param::Texts(texts.to_vec())));
            let placeholder = format!("{{{name}:Array(String)}}");
            let each = format!("arrayJoin({placeholder})");
            return Texts { is_short: true, array: placeholder.clone(), each, set: placeholder };
        }
        let TextList { array, params } = TextList::new(name, texts);
        self.params.extend(params);
        let each = format!("arrayJoin({array})");
        let set = format!("(SELECT {each})");
        Texts { is_short: false, array, each, set }
    }

    /// Binds a list of numbers, which ClickHouse puts together when it answers.
    pub fn bind_numbers(&mut self, name: &str, numbers: impl IntoIterator<Item = u64>) -> String {
        let TextList { array, params } = TextList::numbers(name, numbers);
        self.params.extend(params);
        array
    }

    /// A name for a value that no other has.
    pub fn next_name(&self) -> String {
        format!("p{}", self.params.len())
    }
}

/// Ends a query that nobody waits for. `ASYNC`, because `SYNC` has been seen to hang.
pub fn kill_query(query_id: &str) -> Sql {
    Sql::new("KILL QUERY WHERE query_id = {query_id:String} ASYNC", [("query_id", query_id.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshot_of_the_end_of_a_query() {
        snapshot::check("kill_query", &[kill_query("orma-1")]);
    }

    #[test]
    fn a_long_list_travels_in_pieces() {
        let short: Vec<String> = vec!["a".into(), "è'\\".into()];
        let mut sql = Sql::default();
        let bound = sql.bind_texts("ids", &short);
        assert_eq!((bound.set.as_str(), &bound.array), ("{ids:Array(String)}", &bound.set));
        assert_eq!(sql.params, [("ids".to_owned(), Param::Texts(short))]);

        let long: Vec<String> = (0..2_000).map(|number| format!("{}{number}", "è".repeat(40))).collect();
        let mut sql = Sql::default();
        let bound = sql.bind_texts("ids", &long);
        assert!(
            bound
                .array
                .starts_with("splitByChar(char(0), materialize(concat({ids_0:String}, {ids_1:String}, ")
        );
        let text = |(_, param): &(String, Param)| match param {
            Param::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        let pieces: Vec<String> = sql.params.iter().map(text).collect();
        assert!(pieces.iter().all(|piece| piece.len() <= TextList::VALUE_BYTES_MAX) && pieces.len() == 4);
        assert_eq!(pieces.concat().split('\0').collect::<Vec<_>>(), long);
    }
}
