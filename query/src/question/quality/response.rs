//! What is told: the vitals of pages, the starts and crashes of an app.

use serde::Serialize;
use utoipa::ToSchema;

use crate::timestamp::Timestamp;

/// Where good ends and poor begins, in the vital's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct VitalThresholds {
    /// Good up to here.
    pub good: f64,
    /// Poor above.
    pub poor: f64,
}

/// One vital: its 75th percentile and the shares of the samples.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Vital {
    /// `LCP`, `INP`, `CLS`, `FCP` or `TTFB`.
    pub name: String,
    /// 75th percentile; null when there is no sample.
    pub p75: Option<f64>,
    /// Number of samples.
    pub samples: i64,
    /// Share of good samples.
    pub good: Option<f64>,
    /// Share of samples in between.
    pub needs_improvement: Option<f64>,
    /// Share of poor samples.
    pub poor: Option<f64>,
    /// Of the 75th percentile: `good`, `needs_improvement`, `poor`, or empty without a sample.
    pub rating: String,
}

/// One vital over everything, with its unit and thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VitalSummary {
    /// The vital.
    #[serde(flatten)]
    pub vital: Vital,
    /// `ms` or `score`.
    pub unit: String,
    /// Where good ends and poor begins.
    pub thresholds: VitalThresholds,
}

/// The vitals of one value of the dimension.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WebQualityRow {
    /// The value.
    pub dimension: String,
    /// In the order LCP, INP, CLS, FCP, TTFB.
    pub vitals: Vec<Vital>,
}

/// The answer of `GET /quality/web`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WebQuality {
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, exclusive.
    pub to: Timestamp,
    /// In the order LCP, INP, CLS, FCP, TTFB.
    pub vitals: Vec<VitalSummary>,
    /// Most samples first.
    pub rows: Vec<WebQualityRow>,
}

/// Where a good start ends and a poor one begins, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StartThresholds {
    /// Good below.
    pub good_ms: i64,
    /// Poor above.
    pub poor_ms: i64,
}

/// One kind of app start.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AppStart {
    /// `cold`, `warm` or `hot`.
    pub start: String,
    /// 75th percentile in milliseconds; null when there is no sample.
    pub p75_ms: Option<f64>,
    /// Number of samples.
    pub samples: i64,
    /// Share of good samples.
    pub good: Option<f64>,
    /// Share of poor samples.
    pub poor: Option<f64>,
    /// Of the 75th percentile: `good`, `needs_improvement`, `poor`, or empty without a sample.
    pub rating: String,
}

/// One kind of app start over everything, with its thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AppStartSummary {
    /// The start.
    #[serde(flatten)]
    pub start: AppStart,
    /// Where good ends and poor begins.
    pub thresholds: StartThresholds,
}

/// The app's quality for one value of the dimension.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AppQualityRow {
    /// The value.
    pub dimension: String,
    /// Sessions in the app.
    pub sessions: i64,
    /// Share of sessions without a fatal crash; null without sessions.
    pub crash_free_sessions: Option<f64>,
    /// People in the app.
    pub people: i64,
    /// Share of people without a fatal crash; null without people.
    pub crash_free_people: Option<f64>,
    /// In the order cold, warm, hot.
    pub starts: Vec<AppStart>,
}

/// The answer of `GET /quality/app`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppQuality {
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, exclusive.
    pub to: Timestamp,
    /// In the order cold, warm, hot.
    pub starts: Vec<AppStartSummary>,
    /// Sessions in the app.
    pub sessions: i64,
    /// Share of sessions without a fatal crash; null without sessions.
    pub crash_free_sessions: Option<f64>,
    /// People in the app.
    pub people: i64,
    /// Share of people without a fatal crash; null without people.
    pub crash_free_people: Option<f64>,
    /// Most sessions first.
    pub rows: Vec<AppQualityRow>,
}
