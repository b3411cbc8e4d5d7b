//! Reports: questions that have a name.

use jiff::ToSpan;
use orma_store::{Saved, SavedKind, Site};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::saved_anew;
use crate::error::{ApiError, ErrorDetail};
use crate::plan::period::zone_of;
use crate::timestamp::Timestamp;

/// Bytes of a question as JSON.
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a page's address.
const PAGE_BYTES_MAX: usize = 8 * 1024;

/// What can be asked again under a name: the endpoint below the site that has the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportQuestion {
    /// `GET /stats`
    Stats,
    /// `POST /funnels`
    Funnels,
    /// `POST /retention`
    Retention,
    /// `POST /attribution`
    Attribution,
    /// `POST /paths`
    Paths,
    /// `POST /touchpoints`
    Touchpoints,
    /// `POST /journeys`
    Journeys,
    /// `GET /newsletters`
    Newsletters,
    /// `GET /quality/web`
    QualityWeb,
    /// `GET /quality/app`
    QualityApp,
    /// `GET /segments/{segment}/history`: how many members a segment has
    Segment,
}

/// A time that moves on: days of the site up to and with today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ReportPeriod {
    /// Today.
    #[serde(rename = "today")]
    Today,
    /// The day before.
    #[serde(rename = "yesterday")]
    Yesterday,
    /// Seven days.
    #[serde(rename = "7d")]
    Days7,
    /// 30 days.
    #[serde(rename = "30d")]
    Days30,
    /// 90 days.
    #[serde(rename = "90d")]
    Days90,
    /// This month and the eleven before it.
    #[serde(rename = "12m")]
    Months12,
}

impl ReportPeriod {
    /// Its first and its last day at a site.
    ///
    /// # Errors
    /// This machine does not know the site's time zone.
    pub fn days(self, site: &Site, now: Timestamp) -> Result<(String, String), ApiError> {
        let today = now.to_jiff().to_zoned(zone_of(site)?).date();
        let back = |days: i64| today.saturating_sub(days.days());
        let (from, to) = match self {
            Self::Today => (today, today),
            Self::Yesterday => (back(1), back(1)),
            Self::Days7 => (back(6), today),
            Self::Days30 => (back(29), today),
            Self::Days90 => (back(89), today),
            Self::Months12 => (today.first_of_month().saturating_sub(11.months()), today.last_of_month()),
        };
        Ok((from.to_string(), to.to_string()))
    }
}

/// A report as it is made or replaced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportRequest {
    /// What it is called; no two reports of a site are called alike.
    #[schema(example = "Checkout, last 30 days", min_length = 1, max_length = 200)]
    pub name: String,
    /// What is asked.
    pub question: ReportQuestion,
    /// What its endpoint takes: the body, or the parameters of its address as fields. `segment` takes its id as `segment`.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"steps": [{"kind": "page_view"}, {"kind": "order"}]}))]
    pub body: Map<String, Value>,
    /// A time that moves on; `body` has no `from` and `to` then. Without it, it is what `body` says.
    pub period: Option<ReportPeriod>,
    /// Where the dashboard shows it: a page and its parameters.
    #[schema(example = "funnels?step=order", max_length = 8192, pattern = "^[a-z]+(\\?[!-~]*)?$")]
    pub page: Option<String>,
    /// The version that is replaced, so that nobody overwrites what he has not seen; a new report has none.
    #[schema(minimum = 1, maximum = 4_294_967_294_u32)]
    pub version: Option<u32>,
}

/// What is kept of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportContent {
    /// What is asked.
    pub question: ReportQuestion,
    /// Its body.
    pub body: Map<String, Value>,
    /// Its time.
    #[serde(default)]
    pub period: Option<ReportPeriod>,
    /// Its page.
    #[serde(default)]
    pub page: Option<String>,
}

/// A report.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the name of the field is the API's")]
pub struct Report {
    /// Its id.
    #[schema(example = "0a1b2c3d4e5f")]
    pub report: String,
    /// What it is called.
    pub name: String,
    /// What is asked.
    pub question: ReportQuestion,
    /// What its endpoint takes.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// The time, where it moves on.
    pub period: Option<ReportPeriod>,
    /// Where the dashboard shows it.
    pub page: Option<String>,
    /// 1 when it was made, one more with each change.
    pub version: u32,
    /// Who made it: what the token was made for.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// Why it cannot be answered any more, and which field is to blame.
    pub problem: Option<ErrorDetail>,
}

/// The reports of a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportList {
    /// By name.
    pub items: Vec<Report>,
}

/// The report that is told. One that cannot be read any more has an empty question, and a problem.
pub fn told(saved: &Saved, content: ReportContent, problem: Option<ApiError>) -> Report {
    Report {
        report: saved.id.clone(),
        name: saved.name.clone(),
        question: content.question,
        body: content.body,
        period: content.period,
        page: content.page,
        version: saved.version,
        created_by: saved.created_by.clone(),
        created_at: Timestamp(saved.created_at),
        changed_by: saved.changed_by.clone(),
        changed_at: Timestamp(saved.changed_at),
        problem: problem.map(|problem| problem.detail()),
    }
}

/// What is kept of a saved report.
///
/// # Errors
/// Another version of orma has written it, and it cannot be read.
pub fn content(saved: &Saved) -> Result<ReportContent, ApiError> {
    serde_json::from_str(&saved.content).map_err(|error| {
        let message = format!("The report was saved by another version of orma: {error}.");
        ApiError::invalid("invalid_report", "body", message)
    })
}

impl ReportContent {
    /// The body with the time that it is about at a moment.
    ///
    /// # Errors
    /// This machine does not know the site's time zone.
    pub fn body_at(&self, site: &Site, now: Timestamp) -> Result<Map<String, Value>, ApiError> {
        let Some(period) = self.period else { return Ok(self.body.clone()) };
        let (from, to) = period.days(site, now)?;
        Ok(self.body_of(&from, &to))
    }

    /// The body about another time.
    pub fn body_of(&self, from: &str, to: &str) -> Map<String, Value> {
        let mut body = self.body.clone();
        body.insert("from".into(), from.into());
        body.insert("to".into(), to.into());
        body
    }
}

/// What is saved of a request; its question is somebody else's to check.
///
/// # Errors
/// A field cannot be used.
pub fn definition(
    before: Option<&Saved>,
    site: &str,
    request: ReportRequest,
    by: (&str, Timestamp),
) -> Result<(Saved, ReportContent), ApiError> {
    let ReportRequest { name, question, body, period, page, version } = request;
    if period.is_some()
        && let Some(edge) = ["from", "to"].into_iter().find(|edge| body.contains_key(*edge))
    {
        let message =
            format!("`body.{edge}` is a fixed time, and `period` one that moves on: leave one out.");
        return Err(ApiError::invalid("invalid_period", format!("body.{edge}"), message));
    }
    let content = ReportContent { question, body, period, page };
    let bytes = serde_json::to_string(&content.body).map_or(usize::MAX, |json| json.len());
    if bytes > BODY_BYTES_MAX {
        let message = format!("`body` has {bytes} bytes; at most {BODY_BYTES_MAX} are kept.");
        return Err(ApiError::invalid("invalid_body", "body", message));
    }
    if content.page.as_deref().is_some_and(|page| !is_page(page)) {
        let message = format!(
            "`page` must be the name of a page and its parameters, such as `funnels?step=order`, of at most {PAGE_BYTES_MAX} \
             characters without spaces."
        );
        return Err(ApiError::invalid("invalid_page", "page", message));
    }
    let json = serde_json::to_string(&content).expect("plain fields");
    let saved = saved_anew((SavedKind::Report, site), before, (name, json, version), by)?;
    Ok((saved, content))
}

fn is_page(page: &str) -> bool {
    let (name, parameters) = page.split_once('?').unwrap_or((page, ""));
    page.len() <= PAGE_BYTES_MAX
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase())
        && parameters.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::{NOW, rome};

    #[test]
    fn a_time_that_moves_on_is_of_the_sites_days() {
        // NOW is the 21st of November 2026 in Rome.
        for (period, days) in [
            (ReportPeriod::Today, ("2026-11-21", "2026-11-21")),
            (ReportPeriod::Yesterday, ("2026-11-20", "2026-11-20")),
            (ReportPeriod::Days7, ("2026-11-15", "2026-11-21")),
            (ReportPeriod::Days30, ("2026-10-23", "2026-11-21")),
            (ReportPeriod::Days90, ("2026-08-24", "2026-11-21")),
            (ReportPeriod::Months12, ("2025-12-01", "2026-11-30")),
        ] {
            let (from, to) = period.days(&rome(), NOW).unwrap();
            assert_eq!((from.as_str(), to.as_str()), days, "{period:?}");
        }
    }

    #[test]
    fn a_page_is_one_of_the_site() {
        for (page, is_one) in [
            ("funnels?step=order&period=7d", true),
            ("overview", true),
            ("", false),
            ("?a=b", false),
            ("//evil.example", false),
            ("../../sign-in", false),
            ("funnels?step=a b", false),
            ("javascript:alert(1)", false),
            ("funnels?a=\u{202e}", false),
        ] {
            assert_eq!(is_page(page), is_one, "{page}");
        }
    }
}
