//! Much to be made at once: edges that decide about very many sessions, sessions of very many events. It goes on until all is
//! made, what comes meanwhile is made first, and the program's memory is bounded.

use std::time::Duration;

use orma_store::{Store, migrations};
use orma_visits::{Maker, Needs};
use serde::Deserialize;

use crate::support::{self, Orma, wait_for};

#[derive(Deserialize)]
struct Number {
    n: u64,
}

async fn number(store: &Store, sql: &str) -> u64 {
    store.select::<Number>(sql, &[]).await.unwrap()[0].n
}

/// Events of visitors, each with as many sessions, each with as many events, a minute apart.
fn events(visitors: u32, sessions: u32, events: u32) -> String {
    format!(
        "INSERT INTO events (site, event_id, ts, visitor, session, kind, path) SELECT 'demo', generateUUIDv4(), \
         toDateTime64('2026-10-01 00:00:00', 3, 'UTC') + toIntervalHour(2 * session) + toIntervalSecond(event % 3000), \
         concat('v', toString(visitor)), concat('s', toString(visitor), '-', toString(session)), 'page_view', \
         concat('/', toString(event % 50)) \
         FROM (SELECT number % {events} AS event, intDiv(number, {events}) % {sessions} AS session, \
         intDiv(number, {events} * {sessions}) AS visitor FROM numbers({visitors} * {sessions} * {events}))"
    )
}

/// A login of each of these visitors, after all of their sessions.
fn logins(visitors: u32) -> String {
    format!(
        "INSERT INTO identity_edges (site, user, visitor, source, session, at, sign, ts, recorded_by) \
         SELECT 'demo', concat('user-', toString(number)), concat('v', toString(number)), 'identify', '', \
         toDateTime64('2026-11-20 00:00:00', 3, 'UTC') AS at, 1, at, 'event' FROM numbers({visitors})"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_many_edges_are_made_in_one_go_and_what_comes_meanwhile_before_them() {
    const VISITORS: u32 = 3_000;
    const SESSIONS: u32 = 20;
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine(dir.path()));
    let store = engine.store();
    migrations::migrate(&store, None).await.unwrap();
    store.execute(&events(VISITORS, SESSIONS, 1), &[]).await.unwrap();
    let maker = Maker::new(store.clone());
    maker.make_all(None).await.unwrap();
    let all = u64::from(VISITORS * SESSIONS);
    let of_users = "SELECT countIf(owner != '') AS n FROM visits FINAL";
    assert_eq!(number(&store, "SELECT count() AS n FROM visits FINAL").await, all);
    assert_eq!(number(&store, of_users).await, 0);
    store.execute(&logins(VISITORS), &[]).await.unwrap();
    // One that has not looked for edges yet.
    let maker = Maker::new(store.clone());
    let making = {
        let maker = maker.clone();
        tokio::spawn(async move { maker.make_all(None).await })
    };
    let of_marks =
        || async { number(&store, "SELECT count() AS n FROM touched WHERE because = 'anew'").await };
    while of_marks().await == 0 {
        assert!(!making.is_finished(), "{:?}", making.await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let new = events(1, 1, 1).replace("concat('v', toString(visitor))", "'new'");
    store.execute(&new, &[]).await.unwrap();
    let is_made = "SELECT count() AS n FROM visits FINAL WHERE visitor = 'new'";
    while number(&store, is_made).await == 0 {
        maker.bring_up_to_date(Needs::Visits).await.unwrap();
    }
    assert!(of_marks().await > 0, "what came meanwhile has waited for all the others");
    // Of one call: what calls again would have to wait for the next look at edges.
    making.await.unwrap().unwrap();
    assert_eq!(maker.left().await.unwrap(), 0);
    assert_eq!(number(&store, of_users).await, all);
    engine.stop().await;
}

#[test]
fn sessions_of_very_many_events_are_made_in_bounded_memory() {
    /// Above what the program has in memory before: 500,000 events take 125 MiB while they are made.
    const GROWTH_MAX: u64 = 300 << 20;
    let orma = Orma::start();
    let made = |what: &str| {
        wait_for("the visits", || {
            (orma.try_sql("SELECT count() AS n FROM touched").ok()?[0]["n"] == 0).then_some(())
        });
        println!("{what}: at most {} MiB, now {}", orma.peak_bytes() >> 20, orma.own_bytes() >> 20);
    };
    made("nothing");
    let before = orma.peak_bytes();
    orma.sql(&events(100, 100, 100));
    made("10,000 sessions of 100 events");
    orma.sql(&logins(50_000).replace("concat('v', toString(number))", "'v0'"));
    made("a visitor of 50,000 edges");
    orma.sql(&events(1, 1, 200_000).replace("'v'", "'w'"));
    made("a session of 200,000 events");
    let whole = "SELECT sum(event_count) FROM visits FINAL WHERE visitor = 'w0'";
    assert_eq!(orma.number(whole), 200_000);
    orma.sql(&events(1, 1, 600_000).replace("'v'", "'x'"));
    made("a session of 600,000 events");
    assert!(orma.number("SELECT sum(event_count) FROM visits FINAL WHERE visitor = 'x0'") >= 500_000);
    let grown = orma.peak_bytes() - before;
    assert!(grown < GROWTH_MAX, "{} MiB", grown >> 20);
}

/// Whoever sends to the same sessions for long does not have them made again for each piece of the journal.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_were_touched_again_and_again_are_made_once() {
    const SESSIONS: u32 = 5;
    const INSERTS: u64 = 12;
    const ENTRIES: u64 = 2_000;
    let dir = tempfile::tempdir().unwrap();
    let engine = tokio::task::block_in_place(|| support::start_engine(dir.path()));
    let store = engine.store();
    migrations::migrate(&store, None).await.unwrap();
    store.execute("SYSTEM STOP MERGES touched", &[]).await.unwrap();
    store.execute(&events(1, SESSIONS, 3), &[]).await.unwrap();
    let again = format!(
        "INSERT INTO touched SELECT 'event', site, day, visitor, visitor_hash, session_hash, now64(3) FROM \
         (SELECT DISTINCT site, toDate(ts) AS day, visitor, visitor_hash, session_hash FROM events) AS once \
         CROSS JOIN numbers({ENTRIES}) AS n"
    );
    for _ in 0..INSERTS {
        store.execute(&again, &[]).await.unwrap();
    }
    let maker = Maker::new(store.clone());
    assert!(
        maker.left().await.unwrap() > INSERTS * ENTRIES * u64::from(SESSIONS),
        "more than are made at once"
    );
    let made = maker.make_all(None).await.unwrap();
    assert_eq!((made.sessions, maker.left().await.unwrap()), (u64::from(SESSIONS), 0));
    assert_eq!(
        number(&store, "SELECT sum(event_count) AS n FROM visits FINAL").await,
        u64::from(3 * SESSIONS)
    );
    engine.stop().await;
}
