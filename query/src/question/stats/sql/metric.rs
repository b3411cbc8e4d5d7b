//! The metrics as expressions: one arm each, over rows of events or of sessions.

use crate::plan::Metric;
use crate::plan::metric::Shape;
use crate::sql::{clause, items};

/// The alias of a metric's column. Not the metric's name: some are columns of the tables.
pub fn column(metric: Metric) -> String {
    format!("m_{}", metric.name())
}

/// A metric over rows of events. `viewers` is who counts as a visitor when other events than views are asked for.
pub fn of_events(metric: Metric, viewers: Option<&str>) -> String {
    let is_view = &clause::IS_VIEW.to_string();
    match metric {
        Metric::Visitors => format!("uniqExactIf({}, {})", clause::VISITOR, viewers.unwrap_or(is_view)),
        Metric::People => format!("uniqExactIf(person_hash, {})", viewers.unwrap_or(is_view)),
        Metric::PageViews => format!("countIf({is_view})"),
        Metric::Events => "count()".into(),
        Metric::Orders => "countIf(kind = 'order')".into(),
        Metric::Revenue => clause::REVENUE.into(),
        // Divided with ten places and rounded to four: exact, as sums are.
        Metric::AverageOrderValue => {
            let is_counted = "kind = 'order' AND currency = {currency:String}";
            format!(
                "if(countIf({is_counted}) = 0, NULL, toDecimal128(round(toDecimal256(sumIf(revenue, {is_counted}), 10) \
                 / countIf({is_counted}), 4), 4))"
            )
        }
        Metric::ProductRevenue => format!("sumIf({}, currency = {{currency:String}})", items::amount()),
        Metric::Quantity => format!("toFloat64(sum({}))", items::quantity()),
        Metric::Sessions
        | Metric::BounceRate
        | Metric::SessionDuration
        | Metric::ViewsPerSession
        | Metric::ConversionRate => unreachable!("a metric of sessions"),
    }
}

/// A metric over rows of views.
pub fn of_views(metric: Metric) -> String {
    match metric {
        Metric::Visitors => format!("uniqExact({})", clause::VISITOR),
        Metric::People => "uniqExact(person_hash)".into(),
        Metric::PageViews => "sum(view_count)".into(),
        other => unreachable!("{} is no metric of views", other.name()),
    }
}

/// Money of items in other currencies, each for itself.
pub fn other_product_revenue() -> String {
    let amount = items::amount();
    format!("sumMapIf(map(toString(currency), {amount}), {amount} != 0 AND currency != {{currency:String}})")
}

/// What metrics of sessions are made of, as expressions.
#[derive(Clone, Debug)]
pub struct SessionCounts {
    /// Sessions.
    pub sessions: String,
    /// Those with views.
    pub viewing_sessions: String,
    /// Those of them that are bounces.
    pub bounces: String,
    /// How long sessions lasted, together.
    pub sessions_lasted_ms: String,
    /// Their views.
    pub session_views: String,
    /// Those that bought.
    pub buying_sessions: String,
}

impl SessionCounts {
    /// Over rows of sessions. `bought` is the condition of a conversion.
    pub fn of_rows(bought: &str) -> Self {
        let is_session = clause::IS_SESSION;
        Self {
            sessions: format!("countIf({is_session})"),
            viewing_sessions: "countIf(view_count > 0)".into(),
            bounces: "countIf(view_count = 1 AND action_count = 0 AND lasted_ms < 10000)".into(),
            sessions_lasted_ms: format!("sumIf(lasted_ms, {is_session})"),
            session_views: "sum(view_count)".into(),
            buying_sessions: format!("countIf({is_session} AND {bought})"),
        }
    }

    /// Over rows that have them as columns.
    pub fn of_rollups() -> Self {
        let [sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions] =
            Self::COLUMNS.map(|column| format!("sum({column})"));
        Self { sessions, viewing_sessions, bounces, sessions_lasted_ms, session_views, buying_sessions }
    }

    /// The columns, in the order of [`SessionCounts::expressions`].
    pub const COLUMNS: [&str; 6] =
        ["sessions", "viewing_sessions", "bounces", "sessions_lasted_ms", "session_views", "buying_sessions"];

    /// The expressions.
    pub fn expressions(&self) -> [&str; 6] {
        [
            &self.sessions,
            &self.viewing_sessions,
            &self.bounces,
            &self.sessions_lasted_ms,
            &self.session_views,
            &self.buying_sessions,
        ]
    }
}

/// A metric of sessions.
pub fn of_sessions(metric: Metric, counts: &SessionCounts) -> String {
    let SessionCounts {
        sessions,
        viewing_sessions,
        bounces,
        sessions_lasted_ms,
        session_views,
        buying_sessions,
    } = counts;
    match metric {
        Metric::Sessions => sessions.clone(),
        Metric::BounceRate => format!("if({viewing_sessions} = 0, NULL, {bounces} / {viewing_sessions})"),
        Metric::SessionDuration => {
            format!("if({sessions} = 0, NULL, round({sessions_lasted_ms} / {sessions}))")
        }
        Metric::ViewsPerSession => {
            format!("if({viewing_sessions} = 0, NULL, {session_views} / {viewing_sessions})")
        }
        Metric::ConversionRate => format!("if({sessions} = 0, NULL, {buying_sessions} / {sessions})"),
        Metric::Visitors
        | Metric::People
        | Metric::PageViews
        | Metric::Events
        | Metric::Orders
        | Metric::Revenue
        | Metric::AverageOrderValue
        | Metric::ProductRevenue
        | Metric::Quantity => unreachable!("a metric of events"),
    }
}

/// Whether a row has something to show for a metric.
pub fn present(metric: Metric) -> String {
    let column = column(metric);
    match metric.shape() {
        Shape::Count | Shape::Amount | Shape::Money => format!("{column} != 0"),
        Shape::Mean | Shape::Rate | Shape::MeanMoney => format!("isNotNull({column})"),
    }
}
