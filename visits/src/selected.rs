//! The table `selected_events`, which a view fills when events come. Events that are no longer there are taken out of it when the
//! visits of their sessions are made anew.

use std::collections::BTreeSet;

use clickhouse::Row;
use foldhash::HashMap;
use orma_store::{Store, StoreError, TextList};
use serde::Deserialize;

use crate::journal::TOUCH_TIME_MAX;
use crate::names::Names;
use crate::rows::params;
use crate::rule::{Session, Visit, day_of};
use crate::scope::{Key, Made, Scope};

/// What an event is known by, as a number: among a hundred million one in 10³ tables has two of the same, of which a lost one may stay.
const KEY: &str = "sipHash64(site, toDate(ts), visitor, event_id)";

/// Sessions that have fewer events than before.
pub fn shrunk(
    made: &HashMap<Key, Made>,
    visits: &[(Session, Visit)],
    scope: &Scope,
) -> BTreeSet<(usize, u64)> {
    let mut more: HashMap<Session, i64> = HashMap::default();
    for row in made.values().filter(|row| row.part == 0 && scope.has(row.session, row.day)) {
        // A visit of several days has a row for each.
        if row.day == day_of(row.started) {
            *more.entry(row.session).or_default() -= i64::from(row.events);
        }
    }
    for (session, visit) in visits {
        if let Some(more) = more.get_mut(session) {
            *more += i64::from(visit.whole.events);
        }
    }
    more.into_iter()
        .filter(|(_, more)| *more < 0)
        .map(|(session, _)| (session.site, session.visitor))
        .collect()
}

/// Takes out what visitors have no longer on the days of a scope.
pub async fn forget(
    store: &Store,
    names: &Names,
    scope: &Scope,
    of: &BTreeSet<(usize, u64)>,
) -> Result<(), StoreError> {
    if of.is_empty() {
        return Ok(());
    }
    let is_of_them = |session: Session| of.contains(&(session.site, session.visitor));
    let days: BTreeSet<i64> =
        scope.iter().filter(|(session, _)| is_of_them(*session)).map(|(_, day)| day).collect();
    let sites = TextList::new("sites", names.sites());
    let days = TextList::new("days", days.iter().map(i64::to_string));
    let visitors: BTreeSet<u64> = of.iter().map(|(_, visitor)| *visitor).collect();
    let visitors = TextList::numbers("visitors", visitors);
    let whose = format!(
        "site IN (SELECT arrayJoin({})) AND toDate(ts) IN (SELECT toDate(toInt32OrZero(arrayJoin({})))) \
         AND visitor_hash IN (SELECT arrayJoin({}))",
        sites.array, days.array, visitors.array
    );
    store.execute(&taking_out(&whose), &params(&[&sites, &days, &visitors])).await
}

/// Takes out what `events` has no longer, and takes in all that it has, as the view would: what comes meanwhile is there in any
/// case.
pub async fn make_anew(store: &Store) -> Result<(), StoreError> {
    #[derive(Row, Deserialize)]
    struct View {
        columns: String,
        statement: String,
    }
    let store = store.clone().with_time_limit(TOUCH_TIME_MAX);
    let views: Vec<View> = store
        .select_binary(
            "SELECT assumeNotNull((SELECT arrayStringConcat(groupArray(name), ', ') FROM (SELECT name FROM system.columns \
             WHERE database = currentDatabase() AND table = 'selected_from_events' ORDER BY position))) AS columns, \
             as_select AS statement FROM system.tables WHERE database = currentDatabase() AND name = 'selected_from_events'",
            &[],
        )
        .await?;
    store.execute(&taking_out("1"), &[]).await?;
    for View { columns, statement } in views {
        let sql = format!(
            "INSERT INTO selected_events ({columns}) {statement} SETTINGS max_partitions_per_insert_block = 0"
        );
        store.execute(&sql, &[]).await?;
    }
    Ok(())
}

/// A row for each event that `events` has no longer: it comes later, and says that it is deleted.
fn taking_out(whose: &str) -> String {
    format!(
        "INSERT INTO selected_events (site, event_id, ts, visitor, visitor_hash, is_deleted) \
         SELECT site, event_id, ts, visitor, visitor_hash, 1 FROM selected_events FINAL \
         WHERE {whose} AND NOT is_deleted AND {KEY} NOT IN (SELECT {KEY} FROM events WHERE {whose}) \
         SETTINGS max_partitions_per_insert_block = 0"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rule::{Entry, Event, What, visits};

    const SESSION: Session = Session { site: 0, visitor: 7, id: 9 };

    fn made(day: i64, started: i64, part: u16, events: u32) -> Made {
        Made {
            session: SESSION,
            is_bot: false,
            day,
            started,
            part,
            ended: started,
            owner: String::new(),
            events,
        }
    }

    fn event(at: i64) -> Event {
        let none: Arc<str> = "".into();
        Event {
            at,
            tie: at.unsigned_abs().into(),
            what: What::Action,
            is_bot: false,
            page: none.clone(),
            owner: none,
            money: None,
            entry: Entry::default(),
        }
    }

    #[test]
    fn a_session_has_shrunk_when_it_has_fewer_events_whatever_visits_they_are_in() {
        let mut scope = Scope::default();
        scope.touch(SESSION, 0);
        scope.touch(SESSION, 1);
        let now_of = |counts: &[i64]| -> Vec<(Session, Visit)> {
            let events =
                counts.iter().enumerate().flat_map(|(hour, count)| (0..*count).map(move |at| (hour, at)));
            let events = events.map(|(hour, at)| event(3_600_000 * hour as i64 + at)).collect();
            visits(events).into_iter().map(|visit| (SESSION, visit)).collect()
        };
        let before = [made(0, 1_000, 0, 3), made(1, 1_000, 0, 3), made(0, 1_000, 1, 2), made(0, 500, 0, 2)];
        let before: HashMap<Key, Made> = before.into_iter().map(|row| (row.key(), row)).collect();
        for (now, has_shrunk) in
            [(&[5][..], false), (&[2, 3], false), (&[1, 1, 3], false), (&[4], true), (&[], true)]
        {
            let of = shrunk(&before, &now_of(now), &scope);
            assert_eq!(!of.is_empty(), has_shrunk, "{now:?}");
            assert!(of.iter().all(|who| *who == (0, 7)));
        }
        let beside = Scope::default();
        assert!(shrunk(&before, &[], &beside).is_empty(), "what is not looked at is not missing");
        assert!(shrunk(&HashMap::default(), &now_of(&[1]), &scope).is_empty());
    }
}
