//! The state of the site: visitors with a view in the last 5 minutes, the last 30 minutes.

use std::collections::HashMap;

use orma_store::StoreError;
use serde::Deserialize;

use super::Message;
use super::response::{LiveCountry, LiveMinute, LiveMove, LivePage, LivePlace, LiveSnapshot, LiveSource};
use super::sql;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;

const MINUTE_MS: i64 = 60_000;
const MINUTES: i64 = 30;
/// Who viewed a page within this time is on now.
const PRESENT_MS: i64 = 5 * MINUTE_MS;

/// Pages and sources that are told.
const LISTED: usize = 10;
/// Regions and cities that are told.
const PLACES: usize = 50;

#[derive(Deserialize)]
struct MinuteRow {
    minute: i64,
    page_views: i64,
    events: i64,
}

#[derive(Clone, Debug, Deserialize)]
struct VisitorRow {
    list: String,
    name: String,
    visitors: i64,
}

#[derive(Deserialize)]
struct MoveRow {
    from: String,
    to: String,
    visitors: i64,
    latest: i64,
}

/// Takes a snapshot.
pub async fn take(runner: &Runner, site: &str, now: Timestamp) -> Result<Message, StoreError> {
    runner.bring_visits_up_to_date(Needs::Visits).await;
    let first = now.0 - now.0.rem_euclid(MINUTE_MS) - (MINUTES - 1) * MINUTE_MS;
    let present = Timestamp(now.0 - PRESENT_MS);
    let (minutes, visitors) = (sql::minutes(site, Timestamp(first)), sql::visitors(site, present));
    let moves = sql::moves(site, Timestamp(present.0 - MINUTES * MINUTE_MS), present);
    let (minutes, visitors, moves) = futures_util::try_join!(
        runner.rows::<MinuteRow>(&minutes),
        runner.rows::<VisitorRow>(&visitors),
        runner.rows::<MoveRow>(&moves)
    )?;
    let snapshot = LiveSnapshot {
        now,
        visitors: list(&visitors, "all", |_, visitors| visitors).into_iter().sum(),
        minutes: filled(first, minutes),
        // A view without a path and a screen is on no page.
        pages: list(&visitors, "page", |page, visitors| LivePage { page, visitors })
            .into_iter()
            .filter(|row| !row.page.is_empty())
            .take(LISTED)
            .collect(),
        sources: list(&visitors, "source", |source, visitors| LiveSource { source, visitors })
            .into_iter()
            .take(LISTED)
            .collect(),
        countries: list(&visitors, "country", |country, visitors| LiveCountry { country, visitors }),
        places: list(&visitors, "place", |name, visitors| place(&name, visitors))
            .into_iter()
            .flatten()
            .take(PLACES)
            .collect(),
        moves: moves.into_iter().map(moved).collect(),
    };
    Ok(Message::Snapshot(serde_json::to_string(&snapshot).expect("plain fields").into()))
}

/// Of a country of which no more is known nothing is told: it is in the list of countries.
fn place(name: &str, visitors: i64) -> Option<LivePlace> {
    let mut parts = name.split(sql::PLACE_SEPARATOR).map(ToOwned::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    let place = LivePlace { country: next(), region: next(), city: next(), visitors };
    (!place.region.is_empty() || !place.city.is_empty()).then_some(place)
}

fn moved(row: MoveRow) -> LiveMove {
    LiveMove { from: row.from, to: row.to, visitors: row.visitors, latest: Timestamp(row.latest) }
}

fn list<T>(rows: &[VisitorRow], name: &str, make: impl Fn(String, i64) -> T) -> Vec<T> {
    rows.iter().filter(|row| row.list == name).map(|row| make(row.name.clone(), row.visitors)).collect()
}

/// All minutes from the first, the empty ones too.
fn filled(first: i64, rows: Vec<MinuteRow>) -> Vec<LiveMinute> {
    let rows: HashMap<i64, MinuteRow> = rows.into_iter().map(|row| (row.minute * 1000, row)).collect();
    (0..MINUTES)
        .map(|index| first + index * MINUTE_MS)
        .map(|minute| LiveMinute {
            minute: Timestamp(minute),
            page_views: rows.get(&minute).map_or(0, |row| row.page_views),
            events: rows.get(&minute).map_or(0, |row| row.events),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_more_than_a_country() {
        let told = |region: &str, city: &str| {
            place(&["IT", region, city].join(&sql::PLACE_SEPARATOR.to_string()), 2)
                .map(|place| (place.country, place.region, place.city, place.visitors))
        };
        assert_eq!(told("", ""), None);
        assert_eq!(told("Puglia", ""), Some(("IT".into(), "Puglia".into(), String::new(), 2)));
        assert_eq!(told("", "Bari, Palese"), Some(("IT".into(), String::new(), "Bari, Palese".into(), 2)));
    }

    #[test]
    fn minutes_without_events_are_there_with_zero() {
        let row = MinuteRow { minute: 120, page_views: 2, events: 5 };
        let minutes = filled(60_000, vec![row]);
        assert_eq!(minutes.len(), 30);
        let numbers: Vec<i64> = minutes[..3].iter().map(|minute| minute.events).collect();
        assert_eq!(numbers, [0, 5, 0]);
    }
}
