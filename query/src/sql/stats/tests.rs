use super::*;
use crate::plan::choose::parts;
use crate::plan::tests::{NOW, rome};
use crate::plan::{Query, RequestText};

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
    let sources = query(&RequestText {
        metrics: Some("visitors,session_duration_ms,orders"),
        group_by: Some("source,country"),
        ..base
    });
    snapshot("stats_sources_page", &sources, Shape::Page);
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
