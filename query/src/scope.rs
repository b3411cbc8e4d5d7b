//! What a question is about: a site, a period, a condition, and whether bots count. Every question reads it here, and
//! `sql::events` makes the streams of it.

use orma_store::Site;
use orma_visits::Needs;
use serde_json::Value;

use crate::condition::Condition;
use crate::error::ApiError;
use crate::identity::Aliases;
use crate::plan::parameter::parse_include;
use crate::plan::period::Period;
use crate::timestamp::Timestamp;

/// The parameters that name a scope, as they stand in the request.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScopeText<'a> {
    /// Date or instant.
    pub from: Option<&'a str>,
    /// Date or instant.
    pub to: Option<&'a str>,
    /// `dimension:operator:value` each.
    pub filter: &'a [String],
    /// `bots`.
    pub include: Option<&'a str>,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The site's name.
    pub site: String,
    /// Which time, in the site's zone.
    pub period: Period,
    /// What is left in.
    pub condition: Condition,
    /// Bots and machines too.
    pub with_bots: bool,
    /// Who is whom, where the condition asks what people did.
    pub aliases: Aliases,
}

impl Scope {
    /// Reads the parameters. Without `from` and `to`: `days` days up to and with today.
    ///
    /// # Errors
    /// One cannot be used; the error names it.
    pub fn parse(site: &Site, text: &ScopeText<'_>, days: i64, now: Timestamp) -> Result<Self, ApiError> {
        Self::of(site, text, Period::parse(site, text.from, text.to, days, now)?)
    }

    /// Reads the parameters where either end of the period may be open.
    ///
    /// # Errors
    /// One cannot be used; the error names it.
    pub fn parse_open(site: &Site, text: &ScopeText<'_>) -> Result<Self, ApiError> {
        Self::of(site, text, Period::parse_open(site, text.from, text.to)?)
    }

    /// The same under a condition that stands in the field `condition` of a body.
    ///
    /// # Errors
    /// It cannot be used; the error names the path of what is wrong.
    pub fn with_condition(mut self, condition: Option<&Value>) -> Result<Self, ApiError> {
        if let Some(condition) = condition {
            self.condition = Condition::from_json(condition, "condition")?;
        }
        Ok(self)
    }

    /// What a question about it needs to know of visits.
    pub fn needs(&self) -> Needs {
        if self.condition.asks_who() { Needs::People } else { Needs::Visits }
    }

    fn of(site: &Site, text: &ScopeText<'_>, period: Period) -> Result<Self, ApiError> {
        Ok(Self {
            site: site.site.clone(),
            period,
            condition: Condition::parse_list(text.filter)?,
            with_bots: parse_include(text.include)?,
            aliases: Aliases::default(),
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::plan::tests::{november as weeks, rome};

    fn texts(filters: &[&str]) -> Vec<String> {
        filters.iter().map(|filter| (*filter).to_owned()).collect()
    }

    /// Three weeks of a site whose days are days in Rome.
    pub fn november(filters: &[&str]) -> Scope {
        let text = ScopeText { filter: &texts(filters), ..ScopeText::default() };
        Scope::of(&rome(), &text, weeks()).unwrap()
    }

    /// The same site from and to when it is told.
    pub fn open(from: Option<&str>, to: Option<&str>, filters: &[&str]) -> Scope {
        Scope::parse_open(&rome(), &ScopeText { from, to, filter: &texts(filters), include: None }).unwrap()
    }
}
