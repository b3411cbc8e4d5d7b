//! Visits with the person whose they are, for statements about people.
//!
//! Uses `clause` and `identity`; `condition`, `events` and the list of people use it.

use super::clause::{
    self, ENTRY_OF_SESSION, EVENTS_OF_SESSION, EXIT_OF_SESSION, IS_HUMAN, IS_VIEW, VIEWS_OF_SESSION,
    VISIT_OF_EVENT, VISIT_OF_SESSION,
};
use super::identity::{self, Duplicates};

/// What a list needs of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Who and when: enough to sort all people by that.
    Few,
    /// And how many views and events.
    Counted,
    /// Everything that is shown of the people of one page.
    All,
}

/// What a visit must have to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// A condition on `visitor` and `visit`.
    pub visits: Option<String>,
    /// A condition that holds for one of its events.
    pub event: Option<String>,
    /// The same as a condition on `visitor` and `visit`, whoever's the event is.
    pub visits_of_event: Option<String>,
    /// A condition on `visitor` and `visit` that does in place of such an event.
    pub without_event: Option<String>,
}

impl Matching {
    /// Whether a visit of one owner has it.
    fn of_visit(&self) -> String {
        self.all(self.visits_of_event.clone())
    }

    /// Whether a visit has it that is put together from its owner's events.
    fn of_events(&self) -> String {
        self.all(self.event.as_ref().map(|event| format!("countIf({event}) > 0")))
    }

    fn all(&self, of_event: Option<String>) -> String {
        let of_event = match (of_event, &self.without_event) {
            (Some(of_event), Some(other)) => Some(format!("({of_event} OR {other})")),
            (of_event, _) => of_event,
        };
        let conditions: Vec<String> = self.visits.clone().into_iter().chain(of_event).collect();
        format!(", {} AS is_matched", conditions.join(" AND "))
    }
}

/// Sessions with the user whose they are: `visitor`, `visit`, `owner_user`, `started`, `ended` and, when asked for,
/// `view_count`, `event_count`, `first`, `exit_page`, and `is_matched`.
///
/// A session has one owner, that of its beginning, unless its timeline changes within it or an edge within it was
/// taken back: then its events are looked at one by one.
pub fn pieces(columns: Columns, sessions: &str, edges: &str, matching: Option<&Matching>) -> String {
    let (of_sessions, of_visits, of_events) = match columns {
        Columns::Few => (String::new(), "", ""),
        Columns::Counted => (
            format!(", {VIEWS_OF_SESSION} AS view_count, {EVENTS_OF_SESSION} AS event_count"),
            ", view_count, event_count",
            ", countIf(IS_VIEW) AS view_count, count() AS event_count",
        ),
        Columns::All => (
            format!(
                ", {VIEWS_OF_SESSION} AS view_count, {EVENTS_OF_SESSION} AS event_count, \
                 {ENTRY_OF_SESSION} AS first, {EXIT_OF_SESSION} AS exit_page"
            ),
            ", view_count, event_count, first, exit_page",
            ", countIf(IS_VIEW) AS view_count, count() AS event_count, min((ts, ENTRY)).2 AS first, \
             maxIf((ts, path), IS_VIEW).2 AS exit_page",
        ),
    };
    let of_events = of_events.replace("IS_VIEW", IS_VIEW).replace("ENTRY", &clause::entry_of_event());
    let [visit_matches, events_match] =
        matching.map_or_else(Default::default, |matching| [matching.of_visit(), matching.of_events()]);
    // Only these visitors are looked at twice.
    let may_be_mixed = identity::may_be_mixed(edges);
    let all = placed(&of_sessions, of_visits, sessions, edges);
    let mixed = placed("", "", &format!("{sessions}{may_be_mixed}"), edges);
    // The days are what the table's key finds.
    let mixed_events = identity::owned_events(
        &format!(
            "{IS_HUMAN} AND (toDate(ts), visitor) IN (SELECT day, visitor FROM sessions \
             WHERE site = {{site:String}}{sessions}{may_be_mixed}) \
             AND (visitor, {VISIT_OF_EVENT}) IN (SELECT visitor, visit FROM {mixed} WHERE is_mixed)"
        ),
        Duplicates::Merged,
        &may_be_mixed,
    );
    format!(
        "(SELECT visitor, visit, owner_user, started, ended{of_visits}{visit_matches} FROM {all} WHERE NOT is_mixed \
         UNION ALL \
         SELECT visitor, visit, owner_user, min(ts) AS started, max(ts) AS ended{of_events}{events_match} FROM {mixed_events} \
         GROUP BY visitor, visit, owner_user)"
    )
}

/// Sessions with the user of their beginning, and whether they must be looked at event by event (`is_mixed`).
fn placed(of_sessions: &str, of_visits: &str, sessions: &str, edges: &str) -> String {
    let visits = format!(
        "(SELECT visitor, {VISIT_OF_SESSION} AS visit, min(started_at) AS started, max(ended_at) AS ended{of_sessions} \
         FROM sessions WHERE site = {{site:String}}{sessions} GROUP BY visitor, visit)"
    );
    let columns = format!("visitor, visit, started, ended{of_visits}");
    identity::owned_visits(&visits, &columns, edges)
}
