//! What can be counted.

use serde_json::Value;

use crate::error::ApiError;
use crate::value::Amount;
use crate::value::MetricValue;

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Distinct visitors who saw a page or a screen.
    Visitors,
    /// Distinct people who saw a page or a screen: visitors that are one person are one, and of a visitor whom several share
    /// each is one.
    People,
    /// Pages and screens seen.
    PageViews,
    /// Sessions.
    Sessions,
    /// Sessions with one view, no action and less than 10 s, of the sessions with views.
    BounceRate,
    /// Mean time from a session's first to its last event, without what came by itself after a pause, in milliseconds.
    SessionDuration,
    /// Views of the sessions with views.
    ViewsPerSession,
    /// Events.
    Events,
    /// Orders.
    Orders,
    /// Money of orders and custom events less refunds, in the site's currency.
    Revenue,
    /// Sessions with an order, of all sessions.
    ConversionRate,
    /// Mean of the orders in the site's currency, before refunds.
    AverageOrderValue,
    /// Price times quantity of the items of orders less those of refunds, in the site's currency.
    ProductRevenue,
    /// Quantity of the items of orders less those of refunds.
    Quantity,
}

/// How a metric's value looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Whole number; nothing is 0.
    Count,
    /// Whole number; of nothing it is null.
    Mean,
    /// Number; of nothing it is null.
    Rate,
    /// Number; nothing is 0.
    Amount,
    /// Decimal text; nothing is 0.00.
    Money,
    /// Decimal text; of nothing it is null.
    MeanMoney,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Visitors,
        Self::People,
        Self::PageViews,
        Self::Sessions,
        Self::BounceRate,
        Self::SessionDuration,
        Self::ViewsPerSession,
        Self::Events,
        Self::Orders,
        Self::Revenue,
        Self::ConversionRate,
        Self::AverageOrderValue,
        Self::ProductRevenue,
        Self::Quantity,
    ];

    /// Its name in requests and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitors => "visitors",
            Self::People => "people",
            Self::PageViews => "page_views",
            Self::Sessions => "sessions",
            Self::BounceRate => "bounce_rate",
            Self::SessionDuration => "session_duration_ms",
            Self::ViewsPerSession => "views_per_session",
            Self::Events => "events",
            Self::Orders => "orders",
            Self::Revenue => "revenue",
            Self::ConversionRate => "conversion_rate",
            Self::AverageOrderValue => "average_order_value",
            Self::ProductRevenue => "product_revenue",
            Self::Quantity => "quantity",
        }
    }

    /// How its value looks.
    pub const fn shape(self) -> Shape {
        match self {
            Self::Visitors
            | Self::People
            | Self::PageViews
            | Self::Sessions
            | Self::Events
            | Self::Orders => Shape::Count,
            Self::SessionDuration => Shape::Mean,
            Self::BounceRate | Self::ViewsPerSession | Self::ConversionRate => Shape::Rate,
            Self::Quantity => Shape::Amount,
            Self::Revenue | Self::ProductRevenue => Shape::Money,
            Self::AverageOrderValue => Shape::MeanMoney,
        }
    }

    /// Whether it is of the items of purchases.
    pub const fn is_of_items(self) -> bool {
        matches!(self, Self::ProductRevenue | Self::Quantity)
    }

    /// Whether it looks at purchases alone.
    pub const fn is_of_purchases(self) -> bool {
        matches!(self, Self::Orders | Self::Revenue | Self::AverageOrderValue) || self.is_of_items()
    }

    /// The metric of a name.
    ///
    /// # Errors
    /// There is none; `field` is the parameter that names it.
    pub fn parse(name: &str, field: &str) -> Result<Self, ApiError> {
        Self::ALL.into_iter().find(|metric| metric.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            ApiError::invalid(
                "unknown_metric",
                field,
                format!("There is no metric `{name}`. There are: {known}."),
            )
        })
    }

    /// The metrics of a comma separated list, each once.
    ///
    /// # Errors
    /// One of them does not exist, or there is none.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, ApiError> {
        let mut metrics = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let metric = Self::parse(name, "metrics")?;
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
        if metrics.is_empty() {
            return Err(ApiError::invalid("unknown_metric", "metrics", "`metrics` names no metric."));
        }
        Ok(metrics)
    }

    /// The value in an answer from the value in a row of the store.
    pub fn value(self, stored: Option<&Value>) -> Option<MetricValue> {
        let number = stored.and_then(Value::as_f64);
        let whole = || stored.and_then(Value::as_i64).or(number.map(|number| number.round() as i64));
        let money = || stored.and_then(Value::as_str).and_then(|text| text.parse::<Amount>().ok());
        match self.shape() {
            Shape::Count => Some(MetricValue::Count(whole().unwrap_or(0))),
            Shape::Mean => whole().map(MetricValue::Count),
            Shape::Rate => number.map(MetricValue::Number),
            Shape::Amount => Some(MetricValue::Number(number.unwrap_or(0.0))),
            Shape::Money => Some(MetricValue::Decimal(money().unwrap_or_default().to_string())),
            Shape::MeanMoney => money().map(|amount| MetricValue::Decimal(amount.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_zero_for_counts_and_null_for_rates() {
        assert_eq!(Metric::Visitors.value(None), Some(MetricValue::Count(0)));
        assert_eq!(Metric::Revenue.value(None), Some(MetricValue::Decimal("0.00".into())));
        assert_eq!(Metric::BounceRate.value(Some(&json!(null))), None);
        assert_eq!(Metric::AverageOrderValue.value(Some(&json!(null))), None);
        assert_eq!(Metric::Quantity.value(None), Some(MetricValue::Number(0.0)));
        assert_eq!(Metric::SessionDuration.value(Some(&json!(1500.4))), Some(MetricValue::Count(1500)));
        for (stored, shown) in [("89", "89.00"), ("-999999999999999.999", "-999999999999999.999")] {
            assert_eq!(Metric::Revenue.value(Some(&json!(stored))), Some(MetricValue::Decimal(shown.into())));
        }
    }
}
