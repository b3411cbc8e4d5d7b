//! Which table answers which metric: pure, so that it can be tested with tuples.

use super::dimension::Level;
use super::{Dimension, Filter, Metric, Query};

/// Where a metric comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Events alone.
    Events,
    /// Sessions alone.
    Sessions,
    /// Events, each with its session: a property of events divided by one of sessions.
    EventsInSessions,
    /// Sessions that hold certain events: a property of sessions divided by one of events.
    SessionsOfEvents,
}

/// The metrics of a question that one source answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The source.
    pub source: Source,
    /// The metrics.
    pub metrics: Vec<Metric>,
}

/// The source of one metric under these dimensions and filters.
pub fn source(metric: Metric, group_by: &[Dimension], filters: &[Filter]) -> Source {
    let levels =
        || group_by.iter().map(|dimension| dimension.level()).chain(filters.iter().map(Filter::level));
    let of_events = levels().any(|level| level == Level::Event);
    let of_sessions = levels().any(|level| level == Level::Session);
    match metric {
        Metric::Visitors | Metric::PageViews | Metric::Events => match (of_events, of_sessions) {
            (_, false) => Source::Events,
            (false, true) => Source::Sessions,
            (true, true) => Source::EventsInSessions,
        },
        // Sessions do not know of money.
        Metric::Orders | Metric::Revenue => {
            if of_sessions {
                Source::EventsInSessions
            } else {
                Source::Events
            }
        }
        Metric::Sessions | Metric::BounceRate | Metric::SessionDuration | Metric::ViewsPerSession => {
            if of_events {
                Source::SessionsOfEvents
            } else {
                Source::Sessions
            }
        }
    }
}

/// The question divided by source. The part that decides the order of the rows comes first.
pub fn parts(query: &Query) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let ordered = std::iter::once(query.order_by)
        .chain(query.metrics.iter().copied().filter(|metric| *metric != query.order_by));
    for metric in ordered {
        let source = source(metric, &query.group_by, &query.filters);
        match parts.iter_mut().find(|part| part.source == source) {
            Some(part) => part.metrics.push(metric),
            None => parts.push(Part { source, metrics: vec![metric] }),
        }
    }
    parts
}

/// Whether visitors are those of any event: who only opened a newsletter has seen no page, and is somebody's
/// visitor all the same when the question is about kinds of events or touchpoints.
pub fn counts_any_event(group_by: &[Dimension], filters: &[Filter]) -> bool {
    use super::filter::Field;
    let about_events = |dimension: &Dimension| {
        matches!(dimension, Dimension::Kind | Dimension::Name | Dimension::Touchpoint | Dimension::Stage)
    };
    group_by.iter().any(about_events)
        || filters.iter().any(|filter| match &filter.field {
            Field::Dimension(dimension) => about_events(dimension),
            Field::Prop(_) => true,
        })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, rome};
    use super::super::{Query, RequestText};
    use super::*;

    fn filters(text: &str) -> Vec<Filter> {
        Filter::parse_list(&text.split(' ').filter(|t| !t.is_empty()).map(String::from).collect::<Vec<_>>())
            .unwrap()
    }

    #[test]
    fn each_metric_has_its_table_under_each_dimension() {
        use Dimension as D;
        use Metric as M;
        let table: [(Metric, &[Dimension], &str, Source); 14] = [
            (M::Visitors, &[], "", Source::Events),
            (M::Visitors, &[D::Page], "", Source::Events),
            (M::Visitors, &[D::Country], "", Source::Events),
            (M::Visitors, &[D::Source], "", Source::Sessions),
            (M::PageViews, &[D::EntryPage], "country:is:IT", Source::Sessions),
            (M::PageViews, &[D::Page], "channel:is:email", Source::EventsInSessions),
            (M::Events, &[], "props.a:is:b", Source::Events),
            (M::Orders, &[D::Country], "", Source::Events),
            (M::Orders, &[D::Source], "", Source::EventsInSessions),
            (M::Revenue, &[], "campaign:is:x", Source::EventsInSessions),
            (M::Sessions, &[], "", Source::Sessions),
            (M::Sessions, &[D::Page], "", Source::SessionsOfEvents),
            (M::BounceRate, &[D::Source], "kind:is:search", Source::SessionsOfEvents),
            (M::SessionDuration, &[D::Browser], "entry_page:is:/", Source::Sessions),
        ];
        for (metric, group_by, filter, expected) in table {
            assert_eq!(
                source(metric, group_by, &filters(filter)),
                expected,
                "{metric:?} {group_by:?} {filter}"
            );
        }
    }

    #[test]
    fn the_part_of_the_order_comes_first() {
        let text = RequestText {
            metrics: Some("visitors,bounce_rate,page_views,orders"),
            order_by: Some("bounce_rate"),
            ..RequestText::default()
        };
        let query = Query::parse(&rome(), &text, NOW).unwrap();
        assert_eq!(
            parts(&query),
            [
                Part { source: Source::Sessions, metrics: vec![Metric::BounceRate] },
                Part {
                    source: Source::Events,
                    metrics: vec![Metric::Visitors, Metric::PageViews, Metric::Orders]
                },
            ]
        );
    }
}
