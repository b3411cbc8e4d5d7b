//! App starts at the 75th percentile, and sessions and people without a fatal crash.

use orma_model::vitals::{APP_STARTS, AppStart as StartKind};
use orma_store::Site;

use super::{StoreRow, count, number, parse, share, text};
use crate::api::error::ApiError;
use crate::api::quality::{
    AppQuality, AppQualityRow, AppStart, AppStartSummary, QualityParams, StartThresholds,
};
use crate::identity::Aliases;
use crate::moment::Moment;
use crate::plan::Dimension;
use crate::runner::Runner;
use crate::sql::quality as sql;

pub const DIMENSIONS: [Dimension; 4] =
    [Dimension::APP_VERSION, Dimension::OS, Dimension::DEVICE_MODEL, Dimension::DEVICE_CLASS];

/// The app's quality.
///
/// # Errors
/// A parameter cannot be used, or the store did not answer.
pub async fn answer(
    runner: &Runner,
    site: &Site,
    params: &QualityParams,
    now: Moment,
) -> Result<AppQuality, ApiError> {
    let query = parse(site, params, &DIMENSIONS, now)?;
    let aliases = Aliases::load(runner, &site.site).await?;
    let (totals, rows) = (sql::app(&query, true, &aliases), sql::app(&query, false, &aliases));
    let (totals, rows) =
        futures_util::try_join!(runner.rows::<StoreRow>(&totals), runner.rows::<StoreRow>(&rows))?;
    let total = totals.first();
    let summary = |(kind, start): (&StartKind, AppStart)| AppStartSummary {
        start,
        thresholds: StartThresholds { good_ms: kind.good_below_ms, poor_ms: kind.poor_above_ms },
    };
    Ok(AppQuality {
        from: query.period.from,
        to: query.period.to,
        starts: APP_STARTS.iter().zip(starts_of(total)).map(summary).collect(),
        sessions: count(total, "sessions"),
        crash_free_sessions: crash_free(total, "sessions"),
        people: count(total, "people"),
        crash_free_people: crash_free(total, "people"),
        rows: rows.iter().map(row).collect(),
    })
}

fn row(row: &StoreRow) -> AppQualityRow {
    AppQualityRow {
        dimension: text(row, "dimension"),
        sessions: count(Some(row), "sessions"),
        crash_free_sessions: crash_free(Some(row), "sessions"),
        people: count(Some(row), "people"),
        crash_free_people: crash_free(Some(row), "people"),
        starts: starts_of(Some(row)),
    }
}

/// One less the share with a fatal crash.
fn crash_free(row: Option<&StoreRow>, what: &str) -> Option<f64> {
    let all = count(row, what);
    share(all - count(row, &format!("crashed_{what}")), all)
}

fn starts_of(row: Option<&StoreRow>) -> Vec<AppStart> {
    let start = |(index, kind): (usize, &StartKind)| {
        let samples = count(row, &format!("samples{index}"));
        let p75_ms = number(row, &format!("p75_{index}")).filter(|_| samples > 0);
        AppStart {
            start: kind.name.to_owned(),
            p75_ms,
            samples,
            good: share(count(row, &format!("good{index}")), samples),
            poor: share(count(row, &format!("poor{index}")), samples),
            rating: p75_ms.map_or("", |duration| kind.rating(duration).in_answers()).to_owned(),
        }
    };
    APP_STARTS.iter().enumerate().map(start).collect()
}
