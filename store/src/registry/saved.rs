//! What people keep for each other under a name: reports, boards and alerts.
//!
//! What a content says is for the query service to know; here it has a name that no other of its kind has, and a version, so
//! that nobody overwrites what he has not seen.

use serde::{Deserialize, Serialize};

use super::Registry;
use super::check;
use super::definition::{Definition, Revocable};
use super::error::RegistryError;
use crate::client::Param;
use crate::secret;

/// Bytes of a content.
const CONTENT_BYTES_MAX: usize = 32 * 1024;

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavedKind {
    /// A question.
    Report,
    /// Reports side by side.
    Board,
    /// A number of a report that is watched.
    Alert,
}

impl SavedKind {
    /// Its name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Board => "board",
            Self::Alert => "alert",
        }
    }

    /// What several of it are called: as the API has it.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Report => "reports",
            Self::Board => "boards",
            Self::Alert => "alerts",
        }
    }

    /// So many a site has at most.
    pub const fn count_max(self) -> usize {
        match self {
            Self::Report => 500,
            Self::Board => 100,
            // Each is asked for again and again.
            Self::Alert => 50,
        }
    }
}

/// A report, a board or an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Its id.
    pub id: String,
    /// The site.
    pub site: String,
    /// What it is.
    pub kind: SavedKind,
    /// What people call it; no two of a kind are called alike.
    pub name: String,
    /// What it says, as JSON.
    pub content: String,
    /// 1 when it is made, one more with each change.
    pub version: u32,
    /// Who made it: what the token was made for.
    pub created_by: String,
    /// When: milliseconds since the epoch.
    pub created_at: i64,
    /// Who changed it last.
    pub changed_by: String,
    /// When: milliseconds since the epoch.
    pub changed_at: i64,
}

impl Saved {
    /// An id that no other has.
    pub fn new_id() -> String {
        secret::random_hex::<6>()
    }
}

impl Definition for Saved {
    const TABLE: &'static str = "saved";
    const SELECT: &'static str = "SELECT id, site, toString(kind) AS kind, name, content, version, created_by, \
         toUnixTimestamp64Milli(saved.created_at) AS created_at, changed_by, \
         toUnixTimestamp64Milli(saved.changed_at) AS changed_at FROM saved FINAL WHERE NOT revoked";
    const MAY_BE_MISSING: bool = true;

    fn id(&self) -> &str {
        &self.id
    }
}

impl Revocable for Saved {
    const INSERT: &'static str = "INSERT INTO saved SELECT {id:String}, {site:String}, {kind:String}, {name:String}, \
        {content:String}, {version:UInt32}, {created_by:String}, fromUnixTimestamp64Milli({created_at:Int64}), \
        {changed_by:String}, fromUnixTimestamp64Milli({changed_at:Int64}), {revoked:UInt8} != 0, now64(3)";

    fn params(&self) -> Vec<(&'static str, Param)> {
        vec![
            ("id", self.id.as_str().into()),
            ("site", self.site.as_str().into()),
            ("kind", self.kind.name().into()),
            ("name", self.name.as_str().into()),
            ("content", self.content.as_str().into()),
            ("version", Param::Int(self.version.into())),
            ("created_by", self.created_by.as_str().into()),
            ("created_at", Param::Int(self.created_at)),
            ("changed_by", self.changed_by.as_str().into()),
            ("changed_at", Param::Int(self.changed_at)),
        ]
    }
}

impl Registry {
    /// Saves something new, or the next version of something. `false`: what is there is another version than the one before,
    /// or there is nothing any more, and nothing was written.
    ///
    /// # Errors
    /// The name cannot be, another of the kind has it, the content is too long, the site has too many, or ClickHouse cannot
    /// be asked.
    pub async fn put_saved(&self, saved: &Saved) -> Result<bool, RegistryError> {
        if saved.name.trim().is_empty() {
            return check::invalid("name", "must not be empty".into());
        }
        check::label("name", &saved.name)?;
        if saved.content.len() > CONTENT_BYTES_MAX {
            return check::invalid(
                "body",
                format!("is too long: at most {CONTENT_BYTES_MAX} bytes are kept"),
            );
        }
        let _saving = self.saving.lock().await;
        self.refresh().await?;
        let snapshot = self.snapshot();
        let version = snapshot.saved.get(&saved.id).map_or(0, |before| before.version);
        if saved.version != version + 1 {
            return Ok(false);
        }
        let of_kind = snapshot.saved_of(&saved.site, saved.kind);
        let others: Vec<&&Saved> = of_kind.iter().filter(|other| other.id != saved.id).collect();
        let name = saved.name.trim().to_lowercase();
        let plural = saved.kind.plural();
        if others.iter().any(|other| other.name.trim().to_lowercase() == name) {
            let message = format!("another of the site's {plural} is called `{}`", saved.name);
            return check::invalid("name", message);
        }
        let max = saved.kind.count_max();
        if others.len() >= max {
            return check::invalid(plural, format!("a site has at most {max} {plural}"));
        }
        self.insert(saved).await?;
        Ok(true)
    }

    /// Takes something saved back.
    ///
    /// # Errors
    /// ClickHouse cannot be asked.
    pub async fn remove_saved(&self, saved: &Saved) -> Result<(), RegistryError> {
        let _saving = self.saving.lock().await;
        self.revoke(saved).await
    }
}
