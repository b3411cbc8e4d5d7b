//! Rows of events, with the visits that they belong to where somebody asks for them.
//!
//! Uses `clause`; `condition`, `events` and the statements use it.

use super::{clause, items};

/// How events that came twice are made one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// Not at all: where only distinct things are asked for.
    Kept,
    /// By the table's key: for events that the key finds.
    Merged,
    /// By id, after the condition: for few events of many.
    ById,
}

/// A bot or a machine.
const IS_BOT: &str = "(bot != '' OR verdict = 'machine')";

/// How the visits of events are found.
#[derive(Clone, Copy, Debug)]
pub struct Joined<'a> {
    /// Bots have visits too.
    pub with_bots: bool,
    /// The condition on the days of the visits; begins with `AND`.
    pub days: &'a str,
    /// Also whose they are, for [`super::identity::owned`].
    pub with_owners: bool,
}

/// The table that has all events under some conditions: what is few and asked for by itself lies by itself.
struct Table {
    name: &'static str,
    /// Behind the name, where each row of the key counts once.
    merged: &'static str,
    /// What must hold for a row to count; begins with `AND`.
    counts: &'static str,
}

const EVENTS: Table = Table { name: "events", merged: "", counts: "" };
const EVENTS_MERGED: Table = Table { merged: " FINAL", ..EVENTS };
const SELECTED: Table = Table { name: "selected_events", merged: " FINAL", counts: " AND NOT is_deleted" };

impl Table {
    fn of(conditions: &[String], duplicates: Duplicates) -> &'static Self {
        let is_selected = |condition: &String| {
            [clause::IS_PURCHASE, clause::IS_ORDER, clause::IS_VITAL].contains(&condition.as_str())
                || *condition == items::SELLS_ITEMS.to_string()
                || *condition == items::IS_ABOUT_ITEMS.to_string()
        };
        match duplicates {
            _ if conditions.iter().any(is_selected) => &SELECTED,
            Duplicates::Merged => &EVENTS_MERGED,
            Duplicates::Kept | Duplicates::ById => &EVENTS,
        }
    }

    /// The rows of a window.
    fn rows(&self, window: &str) -> String {
        format!("{}{} WHERE {window}{}", self.name, self.merged, self.counts)
    }
}

/// Events with `is_bot`, and where visits are joined with `visit` and what the visit takes from its first event
/// (`first_…`, `exit_page`). `window` is what the table's key finds the events by.
pub fn table(
    window: &str,
    conditions: &[String],
    duplicates: Duplicates,
    visits: Option<Joined<'_>>,
) -> String {
    let table = Table::of(conditions, duplicates);
    let rows = table.rows(window);
    let limit = if duplicates == Duplicates::ById { " LIMIT 1 BY event_id" } else { "" };
    let all = |conditions: Vec<&String>| -> String {
        conditions.into_iter().flat_map(|condition| [" AND ", condition.as_str()]).collect()
    };
    let Some(Joined { with_bots, days, with_owners }) = visits else {
        let rest = all(conditions.iter().collect());
        return format!("(SELECT *, {IS_BOT} AS is_bot FROM {rows}{rest}{limit})");
    };
    // What the events know by themselves makes the join smaller.
    let (of_visits, of_events): (Vec<&String>, Vec<&String>) =
        conditions.iter().partition(|condition| clause::knows_visits(condition));
    let whom = whose_visits(&Table { merged: "", ..*table }.rows(window), &of_events);
    format!(
        "(SELECT * FROM (SELECT *, {IS_BOT} AS is_bot FROM {rows}{}) AS event \
         ASOF LEFT JOIN {} WHERE 1{}{limit})",
        all(of_events),
        clause::joined_to_visits(with_bots, days, with_owners, &whom),
        all(of_visits)
    )
}

/// Which visits are read for events under these conditions: a `PREWHERE`, which may come before rows are merged because all
/// versions of a visit are of one session. What costs as much to ask twice as it saves is left out, and of views nearly all
/// visits are.
fn whose_visits(rows: &str, conditions: &[&String]) -> String {
    let is_view = clause::IS_VIEW.to_string();
    let is_plain = |condition: &&&String| {
        !["SELECT", "JSONExtract", "arrayExists"].iter().any(|dear| condition.contains(dear))
    };
    let plain: Vec<&&String> = conditions.iter().filter(is_plain).collect();
    if plain.iter().all(|condition| ***condition == is_view) {
        return String::new();
    }
    let conditions: String = plain.into_iter().flat_map(|condition| [" AND ", condition.as_str()]).collect();
    format!(
        " PREWHERE (visitor_hash, session_hash) IN \
         (SELECT visitor_hash, session_hash FROM {rows}{conditions})"
    )
}

/// Events, each once, of which `keys` says where they lie in the table: of no other is more read than its key, which all
/// versions of an event share.
pub fn keyed(keys: &str, window: &str) -> String {
    format!("(SELECT *, {IS_BOT} AS is_bot FROM events FINAL PREWHERE {keys} WHERE {window})")
}
