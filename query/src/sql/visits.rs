//! What people have of visits, for statements about people: a visit of one owner as a whole, of others a part for each.
//!
//! Uses `clause`; `condition`, `events`, `person` and the statements about people use it.

use super::clause;

/// Each once, by the row of its first day.
pub const ALL: &str = " AND NOT is_continued";

/// Each that touches the days of a period, once.
pub const OF_PERIOD: &str =
    " AND day BETWEEN {from_day:Date} AND {to_day:Date} AND (NOT is_continued OR day = {from_day:Date})";

/// What a statement needs of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Who and when: enough to sort all people by that.
    Few,
    /// And how many views, events and orders, and how much money.
    Counted,
    /// Everything that is shown of the people of one page.
    All,
}

/// What is shown of the first event, by the names of its columns.
const SHOWN: [&str; 6] = ["channel", "source", "country", "device_class", "browser", "os"];

impl Columns {
    fn text(self) -> String {
        let counted = ", is_session, view_count, event_count, order_count, money";
        match self {
            Self::Few => String::new(),
            Self::Counted => counted.to_owned(),
            Self::All => {
                let first = SHOWN.map(|name| format!(", toString({name}) AS first_{name}")).concat();
                format!("{counted}, toString(exit_page) AS last_page{first}")
            }
        }
    }
}

/// Shares of visits: `visitor`, the columns of the [key](super::clause::VISIT) of the visit, `person_hash`, `person_id` (which
/// aliases may replace), `own_hash`, `own_id` (before that), `since`, `ended` and, when asked for, `is_session`, `view_count`, `event_count`, `order_count`, `money` (by
/// currency), `last_page`, `first_…`. `rows` says which are looked at, each once.
pub fn shares(columns: Columns, rows: &str) -> String {
    shares_of(columns, &format!("WHERE site = {{site:String}} AND NOT is_mixed AND NOT is_bot{rows}"))
}

/// Those of them that some conditions hold for, which may ask for what a whole visit (`part` 0) has of its first event and
/// for its last page.
pub fn shares_where(columns: Columns, rows: &str, conditions: &[String]) -> String {
    let shares = shares(columns, rows);
    if conditions.is_empty() {
        return shares;
    }
    let conditions = conditions.join(" AND ");
    let (entries, _) = clause::entry_columns(&conditions);
    let told = shares.replacen(" FROM visits", &format!(", part, exit_page{entries} FROM visits"), 1);
    format!("(SELECT * FROM {told} WHERE {conditions})")
}

/// The same of some ids: what stands behind the table is that of [`of_ids`](super::identity::of_ids).
pub fn shares_of(columns: Columns, whose: &str) -> String {
    format!(
        "(SELECT visitor, visitor_hash, session_hash, is_bot, started AS visit, person_hash, person_id, \
         person_hash AS own_hash, person_id AS own_id, since, ended{} FROM visits FINAL {whose})",
        columns.text()
    )
}
