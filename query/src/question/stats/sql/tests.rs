use serde_json::json;

use super::super::choose::parts;
use super::super::request::{Query, RequestText};
use super::*;
use crate::plan::Earlier;
use crate::plan::tests::{NOW, rome};

fn snapshot(name: &str, query: &Query, shape: Shape<'_>) {
    let statements: Vec<Sql> = parts(query).iter().map(|part| statement(query, part, shape)).collect();
    crate::sql::snapshot::check(name, &statements);
}

fn query(text: &RequestText<'_>) -> Query {
    Query::parse(&rome(), text, NOW).unwrap()
}

#[test]
fn snapshots_of_money() {
    let base = RequestText { from: Some("2026-11-01"), to: Some("2026-11-21"), ..RequestText::default() };
    let channels = query(&RequestText {
        metrics: Some("revenue,orders,average_order_value,conversion_rate"),
        group_by: Some("channel"),
        ..base
    });
    snapshot("stats_money_by_channel", &channels, Shape::Page);
    let products = query(&RequestText {
        metrics: Some("product_revenue,quantity,orders,conversion_rate"),
        group_by: Some("product"),
        filter: &["product_category:is:sneaker".to_owned()],
        ..base
    });
    snapshot("stats_money_by_product", &products, Shape::Page);
}

#[test]
fn snapshots_of_the_four_sources() {
    let base = RequestText { from: Some("2026-11-01"), to: Some("2026-11-21"), ..RequestText::default() };
    let totals = query(&RequestText { metrics: Some("visitors,page_views,revenue"), ..base });
    snapshot("stats_events_totals", &totals, Shape::Totals);
    let daily = query(&RequestText {
        metrics: Some("visitors,sessions,bounce_rate"),
        interval: Some("day"),
        filter: &["country:is:IT,FR".to_owned()],
        ..base
    });
    snapshot("stats_daily_by_country", &daily, Shape::Series(&[]));
    snapshot("stats_daily_and_totals", &daily, Shape::SeriesAndTotals);
    let sources = query(&RequestText {
        metrics: Some("visitors,session_duration_ms,orders"),
        group_by: Some("source,country"),
        ..base
    });
    snapshot("stats_sources_page", &sources, Shape::Page);
    snapshot("stats_sources_page_and_totals", &sources, Shape::PageAndTotals);
    let pages = query(&RequestText {
        metrics: Some("page_views,views_per_session"),
        group_by: Some("page"),
        interval: Some("hour"),
        filter: &["channel:is_not:direct".to_owned(), "props.colore:contains:ro".to_owned()],
        include: Some("bots"),
        ..base
    });
    snapshot("stats_pages_series", &pages, Shape::Series(&["/a".to_owned()]));
}

fn of_period<'a>() -> RequestText<'a> {
    RequestText { from: Some("2026-11-01"), to: Some("2026-11-21"), ..RequestText::default() }
}

fn statements(query: &Query, shape: Shape<'_>) -> Vec<Sql> {
    parts(query).iter().map(|part| statement(query, part, shape)).collect()
}

#[test]
fn snapshots_of_every_dimension() {
    let of = |dimension: Dimension| {
        let query = query(&RequestText {
            metrics: Some("visitors,sessions"),
            group_by: Some(dimension.name()),
            ..of_period()
        });
        statements(&query, Shape::Page)
    };
    let all: Vec<Sql> = Dimension::ALL.into_iter().flat_map(of).collect();
    crate::sql::snapshot::check("stats_dimensions", &all);
}

#[test]
fn snapshots_of_every_metric_in_each_source() {
    let names: Vec<&str> = Metric::ALL.map(Metric::name).to_vec();
    let metrics = names.join(",");
    for (name, group_by, filter) in [
        ("stats_metrics", None, None),
        ("stats_metrics_of_pages", Some("page"), None),
        ("stats_metrics_of_sources", Some("source,content_group"), Some("kind:is:search")),
        ("stats_metrics_of_products", Some("product_category,channel"), Some("product:is_not:Livorno")),
    ] {
        let filters: Vec<String> = filter.into_iter().map(ToOwned::to_owned).collect();
        let query =
            query(&RequestText { metrics: Some(&metrics), group_by, filter: &filters, ..of_period() });
        crate::sql::snapshot::check(name, &statements(&query, Shape::Totals));
    }
}

#[test]
fn snapshots_of_every_filter() {
    let values = |dimension: Dimension| {
        ["is", "is_not", "contains", "starts"].map(|operator| format!("{}:{operator}:x,y", dimension.name()))
    };
    let of = |dimension: Dimension| {
        let filters = values(dimension);
        let query =
            query(&RequestText { metrics: Some("visitors,sessions"), filter: &filters, ..of_period() });
        statements(&query, Shape::Totals)
    };
    let all: Vec<Sql> = Dimension::ALL.into_iter().flat_map(of).collect();
    crate::sql::snapshot::check("stats_filters", &all);
}

#[test]
fn snapshots_of_a_page_of_two_parts_and_of_other_money() {
    let query = query(&RequestText {
        metrics: Some("visitors,bounce_rate,revenue,product_revenue"),
        group_by: Some("country,os"),
        ..of_period()
    });
    let keys = ["IT\u{1f}iOS".to_owned(), "FR\u{1f}".to_owned()];
    crate::sql::snapshot::check("stats_keyed", &statements(&query, Shape::Keyed(&keys)));
    let money: Vec<Sql> = [Metric::Revenue, Metric::ProductRevenue]
        .map(|metric| {
            statement(&query, &Part { source: Source::Events, metrics: vec![metric] }, Shape::OtherMoney)
        })
        .to_vec();
    crate::sql::snapshot::check("stats_other_money", &money);
}

#[test]
fn snapshots_of_the_period_before() {
    let mut all = Vec::new();
    for interval in ["minute", "hour", "day", "week", "month"] {
        let days = query(&RequestText {
            metrics: Some("visitors,sessions"),
            interval: Some(interval),
            from: Some("2026-11-20"),
            to: Some("2026-11-21"),
            filter: &["kind:is:search".to_owned()],
            ..RequestText::default()
        });
        all.extend(statements(&days.about(&Earlier::of(&days.scope.period, NOW)), Shape::Series(&[])));
    }
    let instants = query(&RequestText {
        interval: Some("minute"),
        from: Some("2026-11-21T08:00:00Z"),
        to: Some("2026-11-21T10:00:00Z"),
        ..RequestText::default()
    });
    all.extend(statements(&instants.about(&Earlier::of(&instants.scope.period, NOW)), Shape::Series(&[])));
    crate::sql::snapshot::check("stats_before", &all);
    let with_bots = query(&RequestText { include: Some("bots"), ..of_period() });
    crate::sql::snapshot::check("first_event", &[first_event(&instants), first_event(&with_bots)]);
}

/// Any, not and did beside filters, in each source.
#[test]
fn snapshots_of_a_condition_in_each_source() {
    let is = |dimension: &str, value: &str| json!({"is": {"dimension": dimension, "values": [value]}});
    let did = json!({"did": {"event": {"kind": "search"}, "at_least": 2, "within_hours": 24}});
    let any_page = json!({"any": [is("page", "/a"), is("channel", "email")]});
    let not_page = json!({"not": is("page", "/b")});
    let any_product = json!({"any": [is("product", "Livorno"), is("product_category", "boot")]});
    let mut all = Vec::new();
    for (metrics, group_by, condition) in [
        ("visitors,sessions,orders", None, json!({"all": [is("source", "Google"), any_page, not_page, did]})),
        ("sessions,orders", Some("page"), json!({"all": [is("page", "/c"), any_page, not_page]})),
        ("quantity,conversion_rate", Some("product"), any_product),
    ] {
        let mut query = query(&RequestText { metrics: Some(metrics), group_by, ..of_period() });
        query.scope.condition = Condition::from_json(&condition, "condition").unwrap();
        let shape = if group_by.is_some() { Shape::Page } else { Shape::Totals };
        all.extend(statements(&query, shape));
    }
    crate::sql::snapshot::check("stats_conditions", &all);
}
