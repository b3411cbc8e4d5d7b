//! Measures what an alert watches: asks its report about hours, days or weeks that are over, and takes the number.

use axum::http::HeaderMap;
use orma_store::SavedKind;

use super::auth::Access;
use super::carry_out::carry_out;
use super::reports::json_of;
use crate::error::ApiError;
use crate::plan::period::zone_of;
use crate::saved::alert::Watched;
use crate::saved::find;
use crate::saved::number::{Found, NumberPath};
use crate::saved::report::{ReportContent, content};
use crate::saved::rule::{Usual, Verdict, WEEKS};
use crate::saved::window::Span;
use crate::state::AppState;
use crate::timestamp::Timestamp;

/// What is asked at a time.
#[derive(Debug)]
pub struct Measuring<'a> {
    state: &'a AppState,
    access: &'a Access,
    watched: &'a Watched,
    report: ReportContent,
    number: NumberPath,
}

/// What was found, and what the rule says of it.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The time that was looked at.
    pub span: Span,
    /// The number.
    pub value: Option<f64>,
    /// What the rule says.
    pub verdict: Verdict,
    /// What is usual.
    pub usual: Option<Usual>,
    /// The same in the weeks before, the latest first, where the rule looks back.
    pub earlier: Vec<(Span, Option<f64>)>,
}

impl<'a> Measuring<'a> {
    /// For what is watched.
    ///
    /// # Errors
    /// There is no such report any more, or its number cannot be one.
    pub fn new(state: &'a AppState, access: &'a Access, watched: &'a Watched) -> Result<Self, ApiError> {
        let snapshot = state.registry.snapshot();
        let saved = find(&snapshot, &access.site.site, SavedKind::Report, &watched.report);
        let message = format!("There is no report `{}`.", watched.report);
        let saved = saved.ok_or(ApiError::NotFound { code: "unknown_report", message })?;
        let number = NumberPath::parse(&watched.number)?;
        Ok(Self { state, access, watched, report: content(saved)?, number })
    }

    /// Looks at the last time that is over.
    ///
    /// # Errors
    /// The report cannot be answered.
    pub async fn look(&self, now: Timestamp) -> Result<Measured, ApiError> {
        let zone = zone_of(&self.access.site)?;
        let span = self.watched.every.last(self.watched.window, now, &zone);
        let value = self.number_of(span).await?;
        let mut earlier = Vec::new();
        if self.watched.rule.looks_back() {
            let before = (1..=WEEKS).filter_map(|weeks| self.watched.every.weeks_before(span, weeks, &zone));
            for span in before {
                earlier.push((span, self.number_of(span).await?));
            }
        }
        let values: Vec<Option<f64>> = earlier.iter().map(|(_, value)| *value).collect();
        let (verdict, usual) = self.watched.rule.judge(value, &values, self.number.is_count());
        Ok(Measured { span, value, verdict, usual, earlier })
    }

    /// The numbers of the times before one, the latest first.
    ///
    /// # Errors
    /// The report cannot be answered.
    pub async fn before(&self, mut span: Span, count: u8) -> Result<Vec<(Span, Option<f64>)>, ApiError> {
        let zone = zone_of(&self.access.site)?;
        let mut found = Vec::new();
        for _ in 0..count {
            span = self.watched.every.before(span, &zone);
            found.push((span, self.number_of(span).await?));
        }
        Ok(found)
    }

    async fn number_of(&self, span: Span) -> Result<Option<f64>, ApiError> {
        let (from, to) = self.watched.every.edges(span, &zone_of(&self.access.site)?);
        let body = self.report.body_of(&from, &to);
        let answer = carry_out(self.state, self.access, HeaderMap::new(), self.report.question, body).await?;
        Ok(match self.number.find(&json_of(answer).await?) {
            Found::Number(number) => Some(number),
            Found::NoRow if self.number.is_count() => Some(0.0),
            Found::NoRow | Found::Nothing => None,
        })
    }
}
