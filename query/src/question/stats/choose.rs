//! Which table answers which metric: pure, so that it can be tested with tuples.

use super::request::Query;
use crate::condition::Condition;
use crate::plan::dimension::Level;
use crate::plan::{Dimension, Filter, Metric};

/// Where a metric comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Views, as visits have them.
    Views,
    /// Events alone.
    Events,
    /// Sessions alone.
    Sessions,
    /// Events, each with its session: a property of events divided by one of sessions.
    EventsInSessions,
    /// Sessions once for each page that they saw.
    SessionsOfPages,
    /// Sessions that hold certain events: a property of sessions divided by one of events.
    SessionsOfEvents,
    /// Purchases of the visits that saw certain pages: an order has no page of its own.
    PurchasesOfPages,
}

/// The metrics of a question that one source answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The source.
    pub source: Source,
    /// The metrics.
    pub metrics: Vec<Metric>,
}

/// The source of one metric under these dimensions and this condition. What of a condition is more than a list of filters
/// is asked of the rows themselves, whatever they are. What is counted in events is read from events however
/// it is divided: an event belongs to its own moment, not to that of its session's beginning.
pub fn source(metric: Metric, group_by: &[Dimension], condition: &Condition) -> Source {
    let divides = |of: &[Level]| group_by.iter().any(|dimension| of.contains(&dimension.level()));
    let of_events = divides(&[Level::Event, Level::Item]) || has_events_of_filters(condition);
    let of_sessions = divides(&[Level::Session])
        || condition
            .members()
            .iter()
            .filter_map(Condition::filter)
            .any(|filter| filter.level() == Level::Session);
    match metric {
        Metric::Sessions
        | Metric::BounceRate
        | Metric::SessionDuration
        | Metric::ViewsPerSession
        | Metric::ConversionRate => {
            if of_events && of_visits(group_by, condition) {
                Source::SessionsOfPages
            } else if of_events {
                Source::SessionsOfEvents
            } else {
                Source::Sessions
            }
        }
        purchases if purchases.is_of_purchases() && asks_for_pages(group_by, condition) => {
            Source::PurchasesOfPages
        }
        Metric::Visitors | Metric::People | Metric::PageViews if of_visits(group_by, condition) => {
            Source::Views
        }
        _ if of_sessions => Source::EventsInSessions,
        _ => Source::Events,
    }
}

/// Whether visits alone know all that is asked of views: properties of sessions, client, device and place, and the page as a
/// row.
fn of_visits(group_by: &[Dimension], condition: &Condition) -> bool {
    let is_of_visits = |level| matches!(level, Level::Session | Level::Both);
    let is_known = |dimension: &Dimension| is_of_visits(dimension.level()) || *dimension == Dimension::PAGE;
    let is_of_session =
        |member: &Condition| member.filter().is_some_and(|filter| is_of_visits(filter.level()));
    group_by.iter().all(is_known) && condition.members().iter().all(is_of_session)
}

fn asks_for_pages(group_by: &[Dimension], condition: &Condition) -> bool {
    group_by.iter().any(|dimension| dimension.is_of_page())
        || condition.filters().into_iter().any(Filter::is_of_page)
}

/// Whether events are asked for that filters alone find.
fn has_events_of_filters(condition: &Condition) -> bool {
    let of_events = |member: &&&Condition| member.looks_at(&[Level::Event, Level::Item]);
    let (together, _) = condition.together();
    let mut members = together.iter().filter(of_events).peekable();
    members.peek().is_some() && members.all(|member| member.filter().is_some())
}

/// The source of a metric of a question. Where rows are values of dimensions and some of what they show is counted in
/// events, views are counted there too: a row that has events and no view is a row.
fn source_beside(metric: Metric, query: &Query) -> Source {
    let of = |metric| source(metric, &query.group_by, &query.scope.condition);
    let of_events = |other: &Metric| matches!(of(*other), Source::Events | Source::EventsInSessions);
    match of(metric) {
        Source::Views if !query.group_by.is_empty() && query.metrics.iter().any(of_events) => {
            source(Metric::Events, &query.group_by, &query.scope.condition)
        }
        source => source,
    }
}

/// The question divided by source, and what is read of the items of purchases and whose events are by themselves; whose
/// a view is, its visit says. The part that decides the order of the rows comes first.
pub fn parts(query: &Query) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let ordered = std::iter::once(query.order_by)
        .chain(query.metrics.iter().copied().filter(|metric| *metric != query.order_by));
    for metric in ordered {
        let source = source_beside(metric, query);
        let of_its_own =
            |metric: Metric| (metric.is_of_items(), metric == Metric::People && source != Source::Views);
        let is_alike =
            |part: &&mut Part| part.source == source && of_its_own(part.metrics[0]) == of_its_own(metric);
        match parts.iter_mut().find(is_alike) {
            Some(part) => part.metrics.push(metric),
            None => parts.push(Part { source, metrics: vec![metric] }),
        }
    }
    parts
}

/// Whether the rows of a part are read of the same things as its totals: then both are asked at once. Where rows are items,
/// or pages of visits, a thing is in several of them; and to put visitors together page by page costs more than to count them
/// once again.
pub fn has_totals(part: &Part, group_by: &[Dimension]) -> bool {
    let is_of_items = |dimension: &Dimension| dimension.level() == Level::Item;
    match part.source {
        Source::Views => !group_by.contains(&Dimension::PAGE),
        Source::Sessions => true,
        Source::Events | Source::EventsInSessions => !group_by.iter().any(is_of_items),
        Source::SessionsOfPages | Source::SessionsOfEvents | Source::PurchasesOfPages => false,
    }
}

/// The part as its totals are asked for. Who did anything and saw a page is who saw a page: without a condition on events views
/// tell it.
pub fn in_total(part: &Part, query: &Query) -> Part {
    let is_of_all = query.scope.condition.members().is_empty();
    let of_all = |metric: &Metric| source(*metric, &[], &query.scope.condition);
    let source = match part.source {
        Source::Events if is_of_all && part.metrics.iter().all(|metric| of_all(metric) == Source::Views) => {
            Source::Views
        }
        source => source,
    };
    Part { source, ..part.clone() }
}

/// Whether what the buckets of time hold is all that the totals of a question count: then both are asked at once. It is not
/// where a visitor must have seen a page in the bucket itself.
pub fn has_totals_of_series(query: &Query) -> bool {
    query.group_by.is_empty()
        && query.interval.is_some()
        && !counts_any_event(&query.group_by, &query.scope.condition.filters())
}

/// Whether the question is about other events than views: then the visitors are those who have such an event, among
/// those who saw a page or a screen. Who was only sent a newsletter is nobody's visitor.
pub fn counts_any_event(group_by: &[Dimension], filters: &[&Filter]) -> bool {
    use crate::plan::filter::Field;
    let about_events = |dimension: &Dimension| {
        matches!(dimension.level(), Level::Event | Level::Item) && !dimension.is_of_page()
    };
    group_by.iter().any(about_events)
        || filters.iter().any(|filter| match &filter.field {
            Field::Dimension(dimension) => about_events(dimension),
            Field::Prop(_) => true,
        })
}

#[cfg(test)]
mod tests {
    use super::super::request::{Query, RequestText};
    use super::*;
    use crate::plan::tests::{NOW, rome};

    fn filters(text: &str) -> Condition {
        Condition::parse_list(
            &text.split(' ').filter(|t| !t.is_empty()).map(String::from).collect::<Vec<_>>(),
        )
        .unwrap()
    }

    #[test]
    fn each_metric_has_its_table_under_each_dimension() {
        use Metric as M;
        let table: [(Metric, &str, &str, Source); 33] = [
            (M::People, "", "", Source::Views),
            (M::People, "source page", "entry_page:is:/", Source::Views),
            (M::People, "country", "", Source::Views),
            (M::Visitors, "", "", Source::Views),
            (M::Visitors, "page", "", Source::Views),
            (M::Visitors, "country", "", Source::Views),
            (M::Visitors, "city page", "os:is:iOS", Source::Views),
            (M::Visitors, "kind", "", Source::Events),
            (M::Visitors, "source", "", Source::Views),
            (M::PageViews, "entry_page", "country:is:IT", Source::Views),
            (M::Events, "entry_page", "country:is:IT", Source::EventsInSessions),
            (M::PageViews, "page", "channel:is:email", Source::Views),
            (M::PageViews, "content_group", "channel:is:email", Source::EventsInSessions),
            (M::Visitors, "source", "props.a:is:b", Source::EventsInSessions),
            (M::Events, "", "props.a:is:b", Source::Events),
            (M::Orders, "country", "", Source::Events),
            (M::Orders, "source", "", Source::EventsInSessions),
            (M::Orders, "product", "", Source::Events),
            (M::ProductRevenue, "product", "utm_term:is:x", Source::EventsInSessions),
            (M::Revenue, "", "campaign:is:x", Source::EventsInSessions),
            (M::Revenue, "", "page:is:/a channel:is:email", Source::PurchasesOfPages),
            (M::Orders, "page", "", Source::PurchasesOfPages),
            (M::Quantity, "content_group", "", Source::PurchasesOfPages),
            (M::AverageOrderValue, "", "content_group:is:/a", Source::PurchasesOfPages),
            (M::Sessions, "", "", Source::Sessions),
            (M::Sessions, "page", "", Source::SessionsOfPages),
            (M::BounceRate, "page source", "channel:is:email", Source::SessionsOfPages),
            (M::Sessions, "page", "kind:is:search", Source::SessionsOfEvents),
            (M::Sessions, "content_group", "", Source::SessionsOfEvents),
            (M::ConversionRate, "product", "", Source::SessionsOfEvents),
            (M::ConversionRate, "utm_content", "", Source::Sessions),
            (M::BounceRate, "source", "kind:is:search", Source::SessionsOfEvents),
            (M::SessionDuration, "browser", "entry_page:is:/", Source::Sessions),
        ];
        for (metric, group_by, filter, expected) in table {
            let group_by: Vec<Dimension> = group_by
                .split(' ')
                .filter(|name| !name.is_empty())
                .map(|name| Dimension::parse(name, "group_by").unwrap())
                .collect();
            assert_eq!(
                source(metric, &group_by, &filters(filter)),
                expected,
                "{metric:?} {group_by:?} {filter}"
            );
        }
    }

    #[test]
    fn totals_come_with_the_rows_where_these_are_read_of_the_same() {
        let table = [
            (Source::Views, "page", false),
            (Source::Views, "source page", false),
            (Source::Views, "source entry_page", true),
            (Source::Events, "country kind", true),
            (Source::Events, "product", false),
            (Source::Events, "country product_category", false),
            (Source::EventsInSessions, "source", true),
            (Source::EventsInSessions, "source product_id", false),
            (Source::Sessions, "source", true),
            // A visit is a row of each of its pages; without rows it is one of those that saw any.
            (Source::SessionsOfEvents, "page", false),
            (Source::PurchasesOfPages, "page", false),
            (Source::PurchasesOfPages, "source", false),
        ];
        for (source, group_by, expected) in table {
            let group_by: Vec<Dimension> =
                group_by.split(' ').map(|name| Dimension::parse(name, "group_by").unwrap()).collect();
            let part = Part { source, metrics: vec![Metric::Visitors] };
            assert_eq!(has_totals(&part, &group_by), expected, "{source:?} {group_by:?}");
        }
    }

    #[test]
    fn a_total_of_visitors_is_read_from_views_unless_events_are_asked_for() {
        for (filter, metrics, expected) in [
            ("", "visitors,people", Source::Views),
            ("", "visitors,events", Source::Events),
            ("country:is:IT", "visitors", Source::Events),
        ] {
            let filter: Vec<String> =
                filter.split(' ').filter(|text| !text.is_empty()).map(String::from).collect();
            let text = RequestText {
                metrics: Some(metrics),
                group_by: Some("product"),
                filter: &filter,
                ..RequestText::default()
            };
            let query = Query::parse(&rome(), &text, NOW).unwrap();
            let part = Part { source: Source::Events, metrics: query.metrics.clone() };
            assert_eq!(in_total(&part, &query).source, expected, "{filter:?} {metrics}");
        }
    }

    #[test]
    fn the_part_of_the_order_comes_first() {
        let text = RequestText {
            metrics: Some("visitors,bounce_rate,page_views,quantity,orders,product_revenue"),
            order_by: Some("bounce_rate"),
            ..RequestText::default()
        };
        let query = Query::parse(&rome(), &text, NOW).unwrap();
        assert_eq!(
            parts(&query),
            [
                Part { source: Source::Sessions, metrics: vec![Metric::BounceRate] },
                Part { source: Source::Views, metrics: vec![Metric::Visitors, Metric::PageViews] },
                Part { source: Source::Events, metrics: vec![Metric::Quantity, Metric::ProductRevenue] },
                Part { source: Source::Events, metrics: vec![Metric::Orders] },
            ]
        );
        // A source that sent mails and no visitor has a row.
        let text = RequestText {
            metrics: Some("visitors,events,sessions"),
            group_by: Some("source"),
            ..RequestText::default()
        };
        let query = Query::parse(&rome(), &text, NOW).unwrap();
        assert_eq!(
            parts(&query),
            [
                Part { source: Source::EventsInSessions, metrics: vec![Metric::Visitors, Metric::Events] },
                Part { source: Source::Sessions, metrics: vec![Metric::Sessions] },
            ]
        );
    }
}
