//! The visits of events, by a plain computation of its own.

use std::collections::BTreeMap;

use orma_model::EventRow;
use orma_model::kinds::Activity;
use uuid::Uuid;

/// A visit: visitor, session, whether of machines, and its beginning.
pub type VisitKey = (String, String, bool, i64);

/// Without anything for longer, a visit is over.
const PAUSE: i64 = 30 * 60 * 1_000;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// The visit of each event: that of the session's event before, unless there was a pause. What only came by itself after
/// one, within a day, belongs to the visit before it too.
pub fn visits_of<'r, 'a: 'r>(rows: impl Iterator<Item = &'r EventRow<'a>>) -> BTreeMap<Uuid, VisitKey> {
    let mut sessions: BTreeMap<(String, String, bool), Vec<&EventRow<'_>>> = BTreeMap::new();
    for row in rows {
        let session = (
            row.visitor.to_string(),
            row.session.to_string(),
            !row.bot.is_empty() || row.verdict == "machine",
        );
        sessions.entry(session).or_default().push(row);
    }
    let is_passive = |row: &EventRow<'_>| {
        orma_model::Kind::find(&row.kind).is_some_and(|kind| kind.activity == Activity::Passive)
    };
    let mut visits = BTreeMap::new();
    for ((visitor, session, is_bot), mut rows) in sessions {
        rows.sort_by_key(|row| (row.ts, row.event_id));
        rows.dedup_by_key(|row| row.event_id);
        let begins = |index: usize| index > 0 && rows[index].ts - rows[index - 1].ts > PAUSE;
        let mut started = rows[0].ts;
        for index in 0..rows.len() {
            if begins(index) {
                let end = (index + 1..rows.len()).find(|next| begins(*next)).unwrap_or(rows.len());
                let came_by_itself = rows[index..end].iter().all(|row| is_passive(row));
                if !(came_by_itself && rows[index].ts - rows[index - 1].ts <= DAY) {
                    started = rows[index].ts;
                }
            }
            visits.insert(rows[index].event_id, (visitor.clone(), session.clone(), is_bot, started));
        }
    }
    visits
}
