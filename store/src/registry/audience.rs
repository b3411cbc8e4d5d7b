//! Audiences: conditions on people that have a name, and lists of people. (Segments, in the API.)

use serde::{Deserialize, Serialize};

use super::Registry;
use super::check;
use super::definition::{Definition, Revocable};
use super::error::RegistryError;
use crate::client::Param;
use crate::secret;

/// Audiences of a site. Each that has a condition is asked for again and again.
pub const AUDIENCES_MAX: usize = 100;
/// How far back a condition may look, in days: 13 months, for so long changes are kept.
pub const AUDIENCE_DAYS_MAX: u16 = 396;

/// People who have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Its id.
    pub audience: String,
    /// The site.
    pub site: String,
    /// What people call it; no two of a site are called alike.
    pub name: String,
    /// Whom it is about, as JSON; empty for a list, whose members somebody names.
    pub condition: String,
    /// The condition looks at so many times 24 hours up to now.
    pub days: u16,
    /// Who made it: what the token was made for.
    pub created_by: String,
    /// When: milliseconds since the epoch.
    pub created_at: i64,
}

impl Audience {
    /// An id that no other has.
    pub fn new_id() -> String {
        secret::random_hex::<6>()
    }

    /// Whether its members are those that somebody named.
    pub const fn is_list(&self) -> bool {
        self.condition.is_empty()
    }
}

impl Definition for Audience {
    const TABLE: &'static str = "audiences";
    const SELECT: &'static str = "SELECT audience, site, name, condition, days, created_by, \
         toUnixTimestamp64Milli(created_at) AS created_at FROM audiences FINAL WHERE NOT revoked";
    const MAY_BE_MISSING: bool = true;

    fn id(&self) -> &str {
        &self.audience
    }
}

impl Revocable for Audience {
    const INSERT: &'static str = "INSERT INTO audiences SELECT {audience:String}, {site:String}, {name:String}, \
        {condition:String}, {days:UInt16}, {created_by:String}, {revoked:UInt8} != 0, \
        fromUnixTimestamp64Milli({created_at:Int64}), now64(3)";

    fn params(&self) -> Vec<(&'static str, Param)> {
        vec![
            ("audience", self.audience.as_str().into()),
            ("site", self.site.as_str().into()),
            ("name", self.name.as_str().into()),
            ("condition", self.condition.as_str().into()),
            ("days", Param::Int(self.days.into())),
            ("created_by", self.created_by.as_str().into()),
            ("created_at", Param::Int(self.created_at)),
        ]
    }
}

impl Registry {
    /// Makes an audience or changes it. Its condition is somebody else's to check.
    ///
    /// # Errors
    /// The name or the days cannot be, another audience of the site has the name, the site has too many, or ClickHouse
    /// cannot be asked.
    pub async fn put_audience(&self, audience: &Audience) -> Result<(), RegistryError> {
        if audience.name.trim().is_empty() {
            return check::invalid("name", "must not be empty".into());
        }
        check::label("name", &audience.name)?;
        if !(1..=AUDIENCE_DAYS_MAX).contains(&audience.days) {
            return check::invalid("days", format!("must be a whole number from 1 to {AUDIENCE_DAYS_MAX}"));
        }
        self.refresh().await?;
        let snapshot = self.snapshot();
        let others: Vec<&Audience> = snapshot
            .audiences_of(&audience.site)
            .into_iter()
            .filter(|other| other.audience != audience.audience)
            .collect();
        let name = audience.name.trim().to_lowercase();
        if others.iter().any(|other| other.name.trim().to_lowercase() == name) {
            return check::invalid("name", format!("another segment is called `{}`", audience.name));
        }
        if others.len() >= AUDIENCES_MAX {
            return check::invalid("segments", format!("a site has at most {AUDIENCES_MAX} segments"));
        }
        self.insert(audience).await
    }

    /// Takes an audience back.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn remove_audience(&self, audience: &Audience) -> Result<(), RegistryError> {
        self.revoke(audience).await
    }
}
