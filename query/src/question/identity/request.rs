//! What is asked: a change of whose ids are one person, and which people are suspicious.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::ApiError;
use crate::identity::USER_MARK;
use crate::plan::cursor;
use crate::plan::parameter::parse_limit;

/// Characters of an id in a request; the collector refuses longer ones.
const ID_CHARACTERS_MAX: usize = 256;
/// Ids that one split takes away.
pub const SPLIT_IDS_MAX: usize = 1_000;

/// What a link joins to the person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The visitor id whose anonymous events up to now are the person's.
    #[schema(min_length = 1, pattern = "^[^@]")]
    pub visitor: String,
}

/// A change of whose ids are one person: one of the four.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = IdentityChangeRequest)]
pub enum ChangeRequest {
    /// Joins an id to the person, who must have a user id.
    Link {
        /// A visitor id, whose anonymous events up to now are the person's then; or with `is_user` another user id of the
        /// same person: all that is this other person's is the person's then, what comes later too.
        #[schema(min_length = 1, max_length = 256, example = "0a1b2c3d-visitor")]
        id: String,
        /// Whether `id` is a user's; false when left out.
        #[serde(default)]
        #[schema(required = false)]
        is_user: bool,
    },
    /// Takes back the edges between two ids.
    Unlink {
        /// The link's id, as the person's card and its identity list it.
        #[schema(min_length = 1, max_length = 2000)]
        link: String,
    },
    /// Takes ids out of the person: all edges between them and the others are taken back. What carries a user id stays that
    /// user's, and what identifies them anew later joins them again.
    Split {
        /// Users and visitors of the person.
        #[schema(min_items = 1, max_items = 1000, min_length = 1, max_length = 256)]
        ids: Vec<String>,
    },
    /// Undoes an earlier change.
    Undo {
        /// The change's id.
        #[schema(min_length = 1, max_length = 64)]
        change: String,
    },
}

impl ChangeRequest {
    /// Checks what can be checked without the store.
    ///
    /// # Errors
    /// A field cannot be used.
    pub fn check(&self) -> Result<(), ApiError> {
        match self {
            Self::Link { id, .. } => check_id(id, "link.id", ID_CHARACTERS_MAX),
            Self::Unlink { link } => check_id(link, "unlink.link", LINK_CHARACTERS_MAX),
            Self::Undo { change } => check_id(change, "undo.change", CHANGE_CHARACTERS_MAX),
            Self::Split { ids } => {
                if ids.is_empty() || ids.len() > SPLIT_IDS_MAX {
                    let message = format!("`split.ids` must have from 1 to {SPLIT_IDS_MAX} ids.");
                    return Err(ApiError::invalid("invalid_ids", "split.ids", message));
                }
                let mut ids = ids.iter().enumerate();
                ids.try_for_each(|(index, id)| {
                    check_id(id, &format!("split.ids[{index}]"), ID_CHARACTERS_MAX)
                })
            }
        }
    }
}

/// Characters of the id of a link, which holds a visitor and a user.
const LINK_CHARACTERS_MAX: usize = 2_000;
/// Characters of the id of a change.
const CHANGE_CHARACTERS_MAX: usize = 64;

fn check_id(id: &str, field: &str, characters_max: usize) -> Result<(), ApiError> {
    if id.is_empty() || id.chars().nth(characters_max).is_some() {
        let message = format!("`{field}` must be an id of 1 to {characters_max} characters.");
        return Err(ApiError::invalid("invalid_id", field, message));
    }
    Ok(())
}

/// Refuses what no visitor is called: `@` marks ids of users among the visitors.
///
/// # Errors
/// It is no visitor's id.
pub fn check_visitor(visitor: &str) -> Result<(), ApiError> {
    if visitor.is_empty() || visitor.starts_with(USER_MARK) {
        return Err(ApiError::invalid("invalid_visitor", "visitor", "`visitor` must be a visitor id."));
    }
    Ok(())
}

/// What `GET /identity/suspicious` takes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuspiciousParams {
    /// So many visitor ids (browsers and devices) are suspicious; default 25, from 2 to 100,000.
    pub min_visitors: Option<String>,
    /// So many user ids of one person; default 4.
    pub min_users: Option<String>,
    /// So many e-mail addresses, among the user ids and the traits `email` of these; default 3.
    pub min_emails: Option<String>,
    /// So many different devices (class, maker, model and operating system), over the sessions of all time; default 12.
    pub min_devices: Option<String>,
    /// So many countries, likewise; default 6.
    pub min_countries: Option<String>,
    /// Default 20, at most 100.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// From how many of what on somebody is suspicious.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SuspiciousThresholds)]
pub struct Thresholds {
    /// Visitor ids.
    pub visitors: i64,
    /// User ids.
    pub users: i64,
    /// E-mail addresses.
    pub emails: i64,
    /// Devices.
    pub devices: i64,
    /// Countries.
    pub countries: i64,
}

/// From 2: everybody has one of each.
const THRESHOLD_MIN: i64 = 2;
const THRESHOLD_MAX: i64 = 100_000;
const SUSPICIOUS_DEFAULT: usize = 20;
const SUSPICIOUS_MAX: usize = 100;

/// Who is suspicious, and which page of them.
#[derive(Clone, Debug)]
pub struct SuspiciousRequest {
    /// From how many on.
    pub thresholds: Thresholds,
    /// How many.
    pub limit: usize,
    /// After so many.
    pub offset: usize,
}

impl SuspiciousRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// A parameter cannot be used.
    pub fn parse(params: &SuspiciousParams) -> Result<Self, ApiError> {
        let thresholds = Thresholds {
            visitors: threshold("min_visitors", params.min_visitors.as_deref(), 25)?,
            users: threshold("min_users", params.min_users.as_deref(), 4)?,
            emails: threshold("min_emails", params.min_emails.as_deref(), 3)?,
            devices: threshold("min_devices", params.min_devices.as_deref(), 12)?,
            countries: threshold("min_countries", params.min_countries.as_deref(), 6)?,
        };
        Ok(Self {
            thresholds,
            limit: parse_limit(params.limit.as_deref(), SUSPICIOUS_DEFAULT, SUSPICIOUS_MAX)?,
            offset: params.cursor.as_deref().map(cursor::decode).transpose()?.unwrap_or(0),
        })
    }
}

fn threshold(field: &str, text: Option<&str>, default: i64) -> Result<i64, ApiError> {
    let Some(text) = text else { return Ok(default) };
    match text.parse() {
        Ok(number) if (THRESHOLD_MIN..=THRESHOLD_MAX).contains(&number) => Ok(number),
        _ => {
            let message =
                format!("`{field}` must be a number from {THRESHOLD_MIN} to {THRESHOLD_MAX}, not `{text}`.");
            Err(ApiError::invalid("invalid_threshold", field, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_refused_by_the_path_of_what_is_wrong() {
        let read = |text: &str| serde_json::from_str::<ChangeRequest>(text).unwrap().check();
        let long = "x".repeat(257);
        for (text, field) in [
            (r#"{"link":{"id":""}}"#.to_owned(), "link.id"),
            (format!(r#"{{"link":{{"id":"{long}","is_user":true}}}}"#), "link.id"),
            (r#"{"unlink":{"link":""}}"#.to_owned(), "unlink.link"),
            (r#"{"undo":{"change":""}}"#.to_owned(), "undo.change"),
            (r#"{"split":{"ids":[]}}"#.to_owned(), "split.ids"),
            (format!(r#"{{"split":{{"ids":["a","{long}"]}}}}"#), "split.ids[1]"),
        ] {
            let ApiError::Invalid { field: told, .. } = read(&text).unwrap_err() else { panic!("{text}") };
            assert_eq!(told, field, "{text}");
        }
        assert!(read(r#"{"split":{"ids":["è"]}}"#).is_ok());
        assert!(serde_json::from_str::<ChangeRequest>(r#"{"link":{"id":"v","colour":"red"}}"#).is_err());
    }

    #[test]
    fn thresholds_are_numbers_within_bounds() {
        let read = |text: &str| {
            let params = SuspiciousParams { min_countries: Some(text.into()), ..Default::default() };
            SuspiciousRequest::parse(&params).map(|request| request.thresholds.countries)
        };
        assert_eq!(read("2").unwrap(), 2);
        for wrong in ["1", "0", "-1", "100001", "x", "2.5"] {
            let ApiError::Invalid { field, .. } = read(wrong).unwrap_err() else { panic!("{wrong}") };
            assert_eq!(field, "min_countries", "{wrong}");
        }
    }
}
