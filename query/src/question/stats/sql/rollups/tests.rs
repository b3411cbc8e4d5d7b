use std::sync::Arc;

use orma_visits::Days;

use super::super::statement as any_statement;
use super::*;
use crate::plan::period::{Period, day_number};
use crate::plan::tests::{NOW, rome};
use crate::question::stats::choose::parts;
use crate::question::stats::request::RequestText;

fn day(text: &str) -> i64 {
    day_number(text.parse().unwrap())
}

/// Days that are rolled up.
fn days(first: &str, last: &str) -> Days {
    (day(first)..=day(last)).map(|number| (number, number.cast_unsigned())).collect()
}

/// Zone, period, days that are rolled up; the days that are read of them, and the rest.
const SPLITS: &str = "
    Europe/Rome 2026-11-02 2026-11-05 2026-11-01..2026-11-30 2026-11-02..2026-11-05 -
    # What follows the first day that is not rolled up is read from visits.
    Europe/Rome 2026-11-02 2026-11-05 2026-11-01..2026-11-03 2026-11-02..2026-11-03 2026-11-03T23:00:00.000Z
    Europe/Rome 2026-11-02 2026-11-05 2026-11-03..2026-11-30 - -
    # A period that begins in a day, and one that ends in one.
    Europe/Rome 2026-11-02T10:00:00Z 2026-11-05 2026-11-01..2026-11-30 - -
    Europe/Rome 2026-11-02 2026-11-04T10:00:00Z 2026-11-01..2026-11-30 2026-11-02..2026-11-03 2026-11-03T23:00:00.000Z
    # Days of 23 and 25 hours, half hours, and one that a zone left out.
    Europe/Rome 2026-10-24 2026-10-26 2026-10-01..2026-11-30 2026-10-24..2026-10-26 -
    Asia/Kolkata 2026-11-02 2026-11-02 2026-11-01..2026-11-30 2026-11-02..2026-11-02 -
    Pacific/Apia 2011-12-29 2011-12-31 2011-12-01..2011-12-29 2011-12-29..2011-12-30 2011-12-30T10:00:00.000Z
";

#[test]
fn a_period_is_read_from_days_as_far_as_these_are_rolled_up() {
    let table = SPLITS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in table {
        let [zone, from, to, rolled, read, rest] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let site = orma_store::Site { timezone: zone.into(), ..rome() };
        let period = Period::parse(&site, Some(from), Some(to), 30, NOW).unwrap();
        let (first, last) = rolled.split_once("..").unwrap();
        let found = split(&period, &days(first, last));
        let Some((first, last)) = read.split_once("..") else {
            assert_eq!(found, None, "{line}");
            continue;
        };
        let found = found.unwrap_or_else(|| panic!("{line}"));
        assert_eq!((found.first_day, found.last_day), (day(first), day(last)), "{line}");
        assert_eq!(found.rest.map_or("-".to_owned(), |rest| rest.from.to_string()), rest, "{line}");
    }
}

/// Metrics, dimensions, interval, filter; the dimension of the rows that know it, or that none do, for each part.
const KNOWN: &str = "
    visitors,people,page_views - - - all
    visitors - day - all
    visitors - month - all
    visitors - hour - none
    # Of their own dimension; of another, of a page, and of two.
    visitors,sessions - day country:is:IT country country
    visitors country - country:contains:I country
    visitors country - source:is_not:Google none
    visitors - - page:is:/a none
    sessions page - entry_page:is:/a none
    visitors,orders - - channel:starts:e channel none
    visitors country - - country
    visitors page - - page
    visitors page week - page
    visitors region - - none
    visitors country,os - - none
    sessions,bounce_rate - day - all
    sessions exit_page - - exit_page
    bounce_rate page - - page
    sessions content_group - - none
    visitors product - - product
    visitors product day - none
    conversion_rate product - - product
    conversion_rate product_category - - none
    quantity product - - none
    orders - - - none
    visitors,revenue - - - all none
";

#[test]
fn rollups_know_what_pages_list_without_conditions() {
    let table = KNOWN.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in table {
        let [metrics, by, interval, filter, rest @ ..] = &line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let some = |text: &'static str| (text != "-").then_some(text);
        let filters: Vec<String> = some(filter).into_iter().map(String::from).collect();
        let text = RequestText {
            metrics: Some(metrics),
            group_by: some(by),
            interval: some(interval),
            filter: &filters,
            ..RequestText::default()
        };
        let query = Query::parse(&rome(), &text, NOW).unwrap();
        let shape = match (some(interval), some(by)) {
            (Some(_), _) => Shape::Series(&[]),
            (None, Some(_)) => Shape::Page,
            (None, None) => Shape::Totals,
        };
        let name = |rows: Option<&'static str>| {
            rows.map_or("none", |name| if name.is_empty() { "all" } else { name })
        };
        let found: Vec<&str> = parts(&query).iter().map(|part| name(rows_of(&query, part, shape))).collect();
        assert_eq!(found, rest, "{line}");
    }
}

#[test]
fn who_is_somebody_else_by_an_alias_is_counted_in_visits() {
    let text = RequestText { metrics: Some("people"), ..RequestText::default() };
    let mut query = Query::parse(&rome(), &text, NOW).unwrap();
    let part = &parts(&query)[0];
    assert_eq!(rows_of(&query, part, Shape::Totals), Some(ALL));
    query.scope.aliases = crate::identity::Aliases::new([("anna".to_owned(), "maria".to_owned())]);
    assert_eq!(rows_of(&query, part, Shape::Totals), None);
}

#[test]
fn snapshots_of_what_is_read() {
    let mut all = Vec::new();
    for (metrics, group_by, interval, shape) in [
        (
            "visitors,people,page_views,sessions,session_duration_ms",
            None,
            Some("week"),
            Shape::SeriesAndTotals,
        ),
        ("visitors,conversion_rate", Some("page"), None, Shape::Page),
        ("visitors,conversion_rate", Some("page"), None, Shape::Totals),
        ("visitors,conversion_rate", Some("product"), None, Shape::Page),
        ("visitors,sessions", Some("country"), None, Shape::Page),
    ] {
        for last in ["2026-11-30", "2026-11-20"] {
            let filter = ["country:is:IT,FR".to_owned()];
            let text = RequestText {
                metrics: Some(metrics),
                group_by,
                interval,
                filter: if group_by == Some("country") { &filter } else { &[] },
                from: Some("2026-11-01"),
                to: Some("2026-11-21"),
                ..RequestText::default()
            };
            let mut query = Query::parse(&rome(), &text, NOW).unwrap();
            query.rollups = Arc::new(days("2026-11-01", last));
            all.extend(parts(&query).iter().map(|part| any_statement(&query, part, shape)));
        }
    }
    crate::sql::snapshot::check("stats_rollups", &all);
}

#[test]
fn snapshots_of_how_a_day_is_rolled_up() {
    let text = RequestText { from: Some("2026-11-02"), to: Some("2026-11-02"), ..RequestText::default() };
    let query = Query::parse(&rome(), &text, NOW).unwrap();
    let statements = makings(&query, day("2026-11-02"), 7, 512 << 20);
    crate::sql::snapshot::check("rollups", &statements);
}
