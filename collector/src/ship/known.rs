//! Which events the store has already.
//!
//! A collector recognises the last ids by itself (`duplicates.rs`). What it may not know, because it was started since,
//! or took a hundred thousand others, or another collector took the event, is asked for before the insert: an id counts
//! once, whatever else differs, and whoever comes second is counted as a duplicate. An event's own row, from an insert
//! whose outcome was not known, is told by its moment of receipt.
//!
//! Two collectors may take the same event at once, and neither finds the other's row before it inserts its own: which of
//! them was first is told by `arrivals.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use orma_store::{Param, Store, StoreError};
use serde::Deserialize;

use super::blocks::EventHead;
use crate::cookieless::is_cookieless;

const DAY_MS: i64 = 86_400_000;
/// Ids in one question: what is bound to it must fit in a field of a form, of which ClickHouse takes 128 KiB.
const IDS_MAX: usize = 1_000;
/// Bytes of visitors in one question.
const VISITOR_BYTES_MAX: usize = 64 << 10;
/// A clock may have been corrected by so much in one of two sendings, and not in the other. Days.
const DAYS_AROUND: i64 = 1;
/// For an id without a visitor of its own the days are read whole: so many of a segment are asked for.
const COOKIELESS_MAX: usize = 2_000;

#[derive(Deserialize)]
struct Row {
    site: String,
    id: uuid::Uuid,
    first: i64,
    last: i64,
}

/// The events of `asked` that the store has from elsewhere, by their place.
///
/// # Errors
/// The store did not answer.
pub async fn known(store: &Store, asked: &[(usize, EventHead)]) -> Result<HashSet<usize>, StoreError> {
    let (cookieless, named): (Vec<_>, Vec<_>) =
        asked.iter().partition(|(_, head)| is_cookieless(&head.visitor));
    let mut known = HashSet::new();
    for question in questions(&named) {
        ask(store, question, true, &mut known).await?;
    }
    for question in questions(&cookieless[..cookieless.len().min(COOKIELESS_MAX)]) {
        ask(store, question, false, &mut known).await?;
    }
    Ok(known)
}

/// Pieces that fit in one question each.
fn questions<'a>(asked: &'a [&'a (usize, EventHead)]) -> Vec<&'a [&'a (usize, EventHead)]> {
    let mut questions = Vec::new();
    let mut rest = asked;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(IDS_MAX).take_while(|(_, head)| {
            bytes += head.visitor.len() + 4;
            bytes <= VISITOR_BYTES_MAX
        });
        let (question, after) = rest.split_at(fits.count().max(1));
        questions.push(question);
        rest = after;
    }
    questions
}

fn params(asked: &[&(usize, EventHead)]) -> [(&'static str, Param); 4] {
    let heads = || asked.iter().map(|(_, head)| head);
    let texts = |of: &mut dyn Iterator<Item = String>| {
        Param::Texts(of.collect::<BTreeSet<_>>().into_iter().collect())
    };
    [
        ("sites", texts(&mut heads().map(|head| head.site.clone()))),
        ("days", texts(&mut heads().flat_map(days))),
        ("ids", texts(&mut heads().map(|head| head.event_id.to_string()))),
        ("visitors", texts(&mut heads().map(|head| head.visitor.clone()))),
    ]
}

/// The question for `columns` besides `site` and `id`.
fn question_of(columns: &str, of_visitors: bool, ending: &str) -> String {
    let visitors = if of_visitors { "AND visitor IN {visitors:Array(String)}" } else { "" };
    format!(
        "SELECT toString(site) AS site, event_id AS id, {columns} FROM events \
         WHERE site IN {{sites:Array(String)}} \
         AND toDate(ts) IN (SELECT arrayJoin(arrayMap(day -> toDate(day), {{days:Array(String)}}))) {visitors} \
         AND event_id IN (SELECT arrayJoin(arrayMap(id -> toUUID(id), {{ids:Array(String)}}))) {ending}"
    )
}

async fn ask(
    store: &Store,
    asked: &[&(usize, EventHead)],
    of_visitors: bool,
    known: &mut HashSet<usize>,
) -> Result<(), StoreError> {
    let sql = question_of(
        "toUnixTimestamp64Milli(min(received_at)) AS first, toUnixTimestamp64Milli(max(received_at)) AS last",
        of_visitors,
        "GROUP BY site, id",
    );
    let params = params(asked);
    let bound = if of_visitors { &params[..] } else { &params[..3] };
    let rows: Vec<Row> = store.select(&sql, bound).await?;
    let found: HashMap<(&str, uuid::Uuid), (i64, i64)> =
        rows.iter().map(|row| ((row.site.as_str(), row.id), (row.first, row.last))).collect();
    for (place, head) in asked {
        let found = found.get(&(head.site.as_str(), head.event_id));
        if found.is_some_and(|(first, last)| *first != head.received_at || *last != head.received_at) {
            known.insert(*place);
        }
    }
    Ok(())
}

/// The days of UTC on which an event may lie: around the moment that it has, and around its receipt, when its clock may
/// have been corrected this time or the other.
fn days(head: &EventHead) -> Vec<String> {
    let day = |ms: i64| ms.div_euclid(DAY_MS);
    let around = |day: i64| day - DAYS_AROUND..=day + DAYS_AROUND;
    let days: BTreeSet<i64> = around(day(head.ts)).chain(around(day(head.received_at))).collect();
    let name = |day: i64| {
        jiff::Timestamp::from_millisecond(day * DAY_MS).map(|moment| moment.strftime("%F").to_string())
    };
    days.into_iter().filter_map(|day| name(day).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(visitor: &str) -> EventHead {
        EventHead {
            site: "demo".into(),
            event_id: uuid::Uuid::from_u128(7),
            ts: 1_795_000_000_000 - 3 * DAY_MS,
            received_at: 1_795_000_000_000,
            visitor: visitor.into(),
        }
    }

    #[test]
    fn the_days_around_the_moment_and_around_the_receipt_are_read() {
        assert_eq!(days(&head("v")).len(), 6);
        let now = EventHead { ts: 1_795_000_000_000, ..head("v") };
        assert_eq!(days(&now), ["2026-11-17", "2026-11-18", "2026-11-19"]);
    }

    #[test]
    fn a_question_holds_no_more_than_a_form_takes_and_none_is_left_out() {
        let asked: Vec<(usize, EventHead)> = (0..2_500)
            .map(|place| (place, head(&"v".repeat(if place % 2 == 0 { 3 } else { 256 }))))
            .collect();
        let asked: Vec<&(usize, EventHead)> = asked.iter().collect();
        let pieces = questions(&asked);
        assert_eq!(pieces.iter().map(|piece| piece.len()).sum::<usize>(), 2_500);
        for piece in pieces {
            let bytes: usize = piece.iter().map(|(_, head)| head.visitor.len() + 4).sum();
            assert!(piece.len() <= IDS_MAX && bytes <= VISITOR_BYTES_MAX);
        }
    }
}
