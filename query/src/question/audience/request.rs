//! What is asked of segments: their definitions, and which of their members.

use std::borrow::Cow;

use orma_model::spelling::user_id;
use orma_store::registry::Snapshot;
use orma_store::{AUDIENCE_DAYS_MAX, Audience, Site};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::condition::Condition;
use crate::error::ApiError;
use crate::identity::{Aliases, ID_BYTES_MAX};
use crate::plan::cursor::{self, Bounded, is_possible_timestamp};
use crate::plan::parameter::parse_limit;
use crate::plan::period::{MS_PER_DAY, Period, zone_of};
use crate::scope::Scope;
use crate::timestamp::Timestamp;

/// A condition looks at so many days, unless it says how many.
const DAYS_DEFAULT: u16 = 30;
/// People of one change of a list.
const PEOPLE_MAX: usize = 100_000;
const MEMBERS_DEFAULT: usize = 1_000;
const MEMBERS_MAX: usize = 100_000;
const CHANGES_DEFAULT: usize = 50;
const CHANGES_MAX: usize = 1_000;
/// Traits that are told of each member.
const TRAITS_MAX: usize = 20;

/// A segment: people for whom a condition holds, or people who are named.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentRequest {
    /// What it is called; no two of a site are called alike.
    #[schema(example = "Bought twice", min_length = 1, max_length = 200)]
    pub name: String,
    /// Whom it is about; without it, it is a list.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// The condition looks at so many times 24 hours up to now. Default 30.
    #[schema(example = 30, minimum = 1, maximum = 396)]
    pub days: Option<u16>,
    /// The members of a new list: user ids, or visitor ids of who is not known. At most 100000.
    #[schema(max_items = 100_000)]
    pub people: Option<Vec<String>>,
}

/// A condition that is looked at before it is kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentPreviewRequest {
    /// Whom it is about.
    #[schema(value_type = Condition)]
    pub condition: Value,
    /// It looks at so many times 24 hours up to now. Default 30.
    #[schema(example = 30, minimum = 1, maximum = 396)]
    pub days: Option<u16>,
}

/// A change of a list.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentPeopleRequest {
    /// Who is a member from now on. At most 100000.
    #[serde(default)]
    #[schema(max_items = 100_000)]
    pub add: Vec<String>,
    /// Who is none from now on. At most 100000.
    #[serde(default)]
    #[schema(max_items = 100_000)]
    pub remove: Vec<String>,
}

/// What `GET /segments/{segment}/members` takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembersParams {
    /// The `cursor` of an earlier answer: goes on with the list while there is `more` of it, and from then on tells who entered and
    /// who left since.
    pub since: Option<String>,
    /// How many people. Default 1000, at most 100000.
    pub limit: Option<String>,
    /// Traits that are told of each member, by name; at most 20.
    #[param(example = "email,nome")]
    pub traits: Option<String>,
}

/// What `GET /segments/{segment}/history` takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SegmentHistoryParams {
    /// A date in the site's zone or an instant. Default: 29 days before today.
    pub from: Option<String>,
    /// A date in the site's zone, inclusive, or an instant, exclusive. Default: today.
    pub to: Option<String>,
}

/// What `GET /segments/{segment}/changes` takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SegmentChangesParams {
    /// Default 50, at most 1000.
    pub limit: Option<String>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The scope of a condition that looks at so many days up to now.
///
/// # Errors
/// The condition or the number of days cannot be used.
pub fn scope(site: &Site, condition: &Value, days: Option<u16>, now: Timestamp) -> Result<Scope, ApiError> {
    let days = parse_days(days)?;
    Ok(Scope {
        site: site.site.clone(),
        period: Period {
            from: Timestamp(now.0 - i64::from(days) * MS_PER_DAY),
            to: now,
            zone: zone_of(site)?,
            zone_name: site.timezone.clone(),
        },
        condition: Condition::from_json(condition, "condition")?,
        with_bots: false,
        aliases: Aliases::default(),
    })
}

fn parse_days(days: Option<u16>) -> Result<u16, ApiError> {
    let days = days.unwrap_or(DAYS_DEFAULT);
    if !(1..=AUDIENCE_DAYS_MAX).contains(&days) {
        let message = format!("`days` must be a whole number from 1 to {AUDIENCE_DAYS_MAX}.");
        return Err(ApiError::invalid("invalid_days", "days", message));
    }
    Ok(days)
}

/// What a request makes of a segment: its definition, and the members of a new list.
///
/// # Errors
/// A field cannot be used; the error names it.
pub fn definition(
    before: Audience,
    snapshot: &Snapshot,
    request: SegmentRequest,
) -> Result<(Audience, Vec<String>), ApiError> {
    let SegmentRequest { name, condition, days, people } = request;
    let name = name.trim().to_owned();
    let Some(condition) = condition else {
        if days.is_some() {
            let message = "`days` is about a condition; a list has none.";
            return Err(ApiError::invalid("invalid_days", "days", message));
        }
        let people = ids(people.unwrap_or_default(), "people")?;
        return Ok((Audience { name, condition: String::new(), days: DAYS_DEFAULT, ..before }, people));
    };
    if people.is_some() {
        let message = "The members of a segment with a condition are those for whom it holds.";
        return Err(ApiError::invalid("segment_is_rule", "people", message));
    }
    let days = parse_days(days)?;
    let read = Condition::from_json(&condition, "condition")?;
    check_known(snapshot, &before.site, &read)?;
    if leads_to(snapshot, &read, &before.audience) {
        let message = "The condition asks for members of this segment itself, by way of others.";
        return Err(ApiError::invalid("segment_cycle", "condition", message));
    }
    Ok((Audience { name, condition: condition.to_string(), days, ..before }, Vec::new()))
}

/// Refuses a condition that names segments which the site does not have.
///
/// # Errors
/// It does.
pub fn check_known(snapshot: &Snapshot, site: &str, condition: &Condition) -> Result<(), ApiError> {
    let is_known = |id: &&str| snapshot.audiences.get(*id).is_some_and(|audience| audience.site == site);
    match condition.audiences().into_iter().find(|id| !is_known(id)) {
        None => Ok(()),
        Some(id) => {
            let message = format!("There is no segment `{id}`.");
            Err(ApiError::invalid("unknown_segment", "condition", message))
        }
    }
}

/// The condition of a segment, as far as it can be read.
pub fn condition_of(audience: &Audience) -> Option<Condition> {
    let json = serde_json::from_str(&audience.condition).ok()?;
    Condition::from_json(&json, "condition").ok()
}

/// Whether a condition asks for a segment, or for one whose condition does.
fn leads_to(snapshot: &Snapshot, condition: &Condition, wanted: &str) -> bool {
    let mut ahead: Vec<String> = condition.audiences().into_iter().map(ToOwned::to_owned).collect();
    let mut seen: Vec<String> = Vec::new();
    while let Some(id) = ahead.pop() {
        if id == wanted {
            return true;
        }
        if !seen.contains(&id) {
            let next = snapshot.audiences.get(&id).and_then(condition_of);
            ahead.extend(next.iter().flat_map(Condition::audiences).map(ToOwned::to_owned));
            seen.push(id);
        }
    }
    false
}

/// The ids of a list, in the spelling under which people are stored, each once.
///
/// # Errors
/// One is empty or too long, or there are too many.
pub fn ids(people: Vec<String>, field: &str) -> Result<Vec<String>, ApiError> {
    if people.len() > PEOPLE_MAX {
        let message = format!("`{field}` takes at most {PEOPLE_MAX} people at once, not {}.", people.len());
        return Err(ApiError::invalid("too_many_people", field, message));
    }
    let mut ids = Vec::with_capacity(people.len());
    for (place, id) in people.into_iter().enumerate() {
        let id = id.trim();
        if id.is_empty() || id.len() > ID_BYTES_MAX {
            let message = format!("`{field}[{place}]` must be an id of 1 to {ID_BYTES_MAX} bytes.");
            return Err(ApiError::invalid("invalid_field", format!("{field}[{place}]"), message));
        }
        ids.push(user_id(Cow::Borrowed(id)).into_owned());
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// How far somebody has pulled the members of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulled {
    /// Of whom the changes are told since this revision; all members are still told where there is none.
    pub from: Option<u64>,
    /// As of which revision.
    pub to: u64,
    /// After whom there is more.
    pub after: Option<String>,
}

impl Bounded for Pulled {
    fn is_possible(&self) -> bool {
        let is_moment = |revision: u64| i64::try_from(revision).is_ok_and(is_possible_timestamp);
        is_moment(self.to) && self.from.is_none_or(is_moment)
    }
}

/// Which members are asked for.
#[derive(Clone, Debug)]
pub struct Members {
    /// Where an earlier answer ended.
    pub pulled: Option<Pulled>,
    /// How many.
    pub limit: usize,
    /// Which traits of theirs.
    pub traits: Vec<String>,
}

impl Members {
    /// Reads the parameters.
    ///
    /// # Errors
    /// One cannot be used; the error names it.
    pub fn parse(params: &MembersParams, now: Timestamp) -> Result<Self, ApiError> {
        let pulled = params.since.as_deref().map(cursor::decode::<Pulled>).transpose().map_err(|_| {
            ApiError::invalid("invalid_since", "since", "Use the `cursor` of an earlier answer, unchanged.")
        })?;
        let forgotten = now.0 - i64::from(AUDIENCE_DAYS_MAX) * MS_PER_DAY;
        let since = pulled.as_ref().map(|pulled| pulled.from.unwrap_or(pulled.to).cast_signed());
        if since.is_some_and(|since| since < forgotten && since > 0) {
            let message = format!(
                "Changes are kept for {AUDIENCE_DAYS_MAX} days; pull the whole list anew, without `since`."
            );
            return Err(ApiError::invalid("invalid_since", "since", message));
        }
        let names = params.traits.as_deref().unwrap_or_default().split(',').map(str::trim);
        let traits: Vec<String> = names.filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect();
        if traits.len() > TRAITS_MAX {
            let message = format!("`traits` takes at most {TRAITS_MAX} names.");
            return Err(ApiError::invalid("too_many_values", "traits", message));
        }
        Ok(Self {
            pulled,
            limit: parse_limit(params.limit.as_deref(), MEMBERS_DEFAULT, MEMBERS_MAX)?,
            traits,
        })
    }
}

/// Which changes are asked for: after how many, and how many.
///
/// # Errors
/// One of the parameters cannot be used.
pub fn changes(params: &SegmentChangesParams) -> Result<(usize, usize), ApiError> {
    let limit = parse_limit(params.limit.as_deref(), CHANGES_DEFAULT, CHANGES_MAX)?;
    Ok((params.cursor.as_deref().map(cursor::decode).transpose()?.unwrap_or(0), limit))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn audience(id: &str, condition: &Value) -> Audience {
        Audience {
            audience: id.into(),
            site: "demo".into(),
            name: id.into(),
            condition: condition.to_string(),
            days: 30,
            created_by: String::new(),
            created_at: 0,
        }
    }

    #[test]
    fn a_segment_does_not_ask_for_itself() {
        let mut snapshot = Snapshot::default();
        for (id, next) in [("a", "b"), ("b", "c"), ("c", "d")] {
            snapshot.audiences.insert(id.into(), audience(id, &json!({"not": {"segment": next}})));
        }
        let order = json!({"did": {"event": {"kind": "order"}}});
        snapshot.audiences.insert("d".into(), audience("d", &order));
        snapshot
            .audiences
            .insert("other".into(), Audience { site: "shop".into(), ..audience("other", &order) });
        let change = |id: &str, condition: Value| {
            let before = snapshot.audiences[id].clone();
            let request =
                SegmentRequest { name: id.into(), condition: Some(condition), days: None, people: None };
            definition(before, &snapshot, request)
        };
        let code = |refused: Result<_, ApiError>| match refused {
            Err(ApiError::Invalid { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        for (id, next, refused) in [
            ("d", "a", Some("segment_cycle")),
            ("d", "d", Some("segment_cycle")),
            ("b", "d", None),
            ("d", "nobody", Some("unknown_segment")),
            ("d", "other", Some("unknown_segment")),
        ] {
            let changed = change(id, json!({"any": [order, {"segment": next}]}));
            match refused {
                Some(refused) => assert_eq!(code(changed), refused, "{id} {next}"),
                None => assert!(changed.is_ok(), "{id} {next}"),
            }
        }
    }

    #[test]
    fn what_was_pulled_too_long_ago_is_pulled_anew() {
        let now = Timestamp(2_000_000_000_000);
        let members = |pulled: Pulled| {
            let since = Some(cursor::encode(&pulled));
            Members::parse(&MembersParams { since, ..MembersParams::default() }, now)
        };
        let day = |days: i64| (now.0 - days * MS_PER_DAY).cast_unsigned();
        assert!(members(Pulled { from: Some(day(396)), to: day(1), after: None }).is_ok());
        assert!(members(Pulled { from: Some(day(397)), to: day(1), after: None }).is_err());
        assert!(members(Pulled { from: None, to: day(397), after: None }).is_err());
        assert!(members(Pulled { from: Some(0), to: 0, after: None }).is_ok(), "nothing was known yet");
        assert!(members(Pulled { from: Some(u64::MAX), to: 0, after: None }).is_err());
    }

    #[test]
    fn ids_are_spelled_as_people_are_stored() {
        let found = ids(vec![" Anna@Example.IT ".into(), "anna@example.it".into(), "v1".into()], "add");
        assert_eq!(found.unwrap(), ["anna@example.it", "v1"]);
        let error = ids(vec!["a".into(), " ".into()], "add").unwrap_err();
        assert!(matches!(error, ApiError::Invalid { field, .. } if field == "add[1]"));
    }
}
