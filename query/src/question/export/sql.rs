//! The statement of an export: the events of a period as they are stored, each once.

use crate::scope::Scope;
use crate::sql::event_table::Duplicates;
use crate::sql::{Sql, events};

/// The columns, in the order of the export: the name, and where it is not that of the table's column, what it is.
const COLUMNS: [(&str, &str); 63] = [
    ("event_id", ""),
    ("ts", ""),
    ("received_at", ""),
    ("kind", ""),
    ("name", ""),
    ("touchpoint", ""),
    ("stage", ""),
    ("visitor", ""),
    ("user", ""),
    ("session", ""),
    ("consent", ""),
    ("host", ""),
    ("path", ""),
    ("query", ""),
    ("title", ""),
    ("referrer", ""),
    ("screen", ""),
    ("target", ""),
    ("source", ""),
    ("channel", ""),
    ("utm_source", ""),
    ("utm_medium", ""),
    ("utm_campaign", ""),
    ("utm_term", ""),
    ("utm_content", ""),
    ("click_id_kind", ""),
    ("newsletter_campaign", ""),
    ("message", ""),
    ("link", ""),
    ("device_class", ""),
    ("device_brand", ""),
    ("device_model", ""),
    ("browser", ""),
    ("browser_version", ""),
    ("os", ""),
    ("os_version", ""),
    ("language", ""),
    ("timezone", ""),
    ("screen_width", "nullIf(events.screen_width, 0)"),
    ("screen_height", "nullIf(events.screen_height, 0)"),
    ("app_name", ""),
    ("app_version", ""),
    ("app_build", ""),
    ("network", ""),
    ("sdk", ""),
    ("country", ""),
    ("region", ""),
    ("city", ""),
    ("duration_ms", "nullIf(events.duration_ms, 0)"),
    ("engaged_ms", "nullIf(events.engaged_ms, 0)"),
    ("scroll_pct", "nullIf(events.scroll_pct, 0)"),
    ("value", ""),
    ("rating", ""),
    ("revenue", "if(events.currency = '', NULL, toString(events.revenue))"),
    ("currency", ""),
    ("bot", ""),
    ("bot_reason", ""),
    ("verdict", ""),
    ("verdict_reason", ""),
    ("clock", ""),
    ("client_ts", ""),
    ("site", ""),
    ("props", ""),
];

/// The names of the columns.
pub fn columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, _)| *name)
}

/// The events of a scope: by day, within it by visitor, within these by time. That is nearly the order in which they
/// lie, so that they are read as they are sent, however many there are.
pub fn events(scope: &Scope) -> Sql {
    let mut sql = events::of_scope(scope);
    let events = events::of(&mut sql, scope, &[], Duplicates::Merged);
    let columns: Vec<String> =
        COLUMNS
            .iter()
            .map(|(name, what)| {
                if what.is_empty() { format!("events.{name} AS {name}") } else { format!("{what} AS {name}") }
            })
            .collect();
    sql.text = format!(
        "SELECT {} FROM {events} AS events ORDER BY toDate(events.ts), events.visitor, events.ts, events.event_id",
        columns.join(", ")
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_an_export() {
        let with_bots = Scope { with_bots: true, ..november(&[]) };
        check("export", &[events(&november(&[])), events(&with_bots)]);
    }
}
