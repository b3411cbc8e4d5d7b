//! Segments, as the API calls them: people who have something in common, kept up to date by [`crate::audiences`].

pub mod request;
pub mod response;

use std::collections::{BTreeMap, HashMap};

use orma_store::{Audience, Site};
use serde::Deserialize;

use crate::error::ApiError;
use crate::lookup;
use crate::plan::cursor;
use crate::plan::period::{Interval, Period};
use crate::runner::{Needs, Runner};
use crate::scope::Scope;
use crate::sql::audience::{self as sql, Whose};
use crate::timestamp::Timestamp;
use request::{Members, Pulled};
use response::{
    Member, MemberLeft, SampledPerson, Segment, SegmentChange, SegmentChanges, SegmentHistory,
    SegmentHistoryItem, SegmentMembers, SegmentPeopleChanged, SegmentPreview,
};

/// The default period of a history: 30 days with today.
const PERIOD_DAYS_DEFAULT: i64 = 30;
/// Up to so long a history is told by the hour.
const HOURS_MS_MAX: i64 = 3 * 86_400_000;

/// Up to which revision all changes of an audience are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The revision.
    pub revision: u64,
    /// When it was last looked, in milliseconds since the epoch.
    pub evaluated_at: i64,
}

/// The marks of a site's audiences.
///
/// # Errors
/// The store did not answer.
pub async fn marks(runner: &Runner, site: &str) -> Result<HashMap<String, Mark>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        audience: String,
        revision: u64,
        evaluated_at: i64,
    }
    let rows: Vec<Row> = runner.rows(&sql::marks(site)).await?;
    let mark = |Row { audience, revision, evaluated_at }| (audience, Mark { revision, evaluated_at });
    Ok(rows.into_iter().map(mark).collect())
}

/// What is told of some segments of a site.
///
/// # Errors
/// The store did not answer.
pub async fn list(runner: &Runner, site: &str, audiences: &[Audience]) -> Result<Vec<Segment>, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        audience: String,
        people: u64,
    }
    let marks = marks(runner, site).await?;
    let counts: Vec<Row> = runner.rows(&sql::counts(site)).await?;
    let counts: HashMap<String, u64> = counts.into_iter().map(|row| (row.audience, row.people)).collect();
    let told = |audience: &Audience| {
        let mark = marks.get(&audience.audience);
        let is_list = audience.is_list();
        Segment {
            segment: audience.audience.clone(),
            name: audience.name.clone(),
            kind: if is_list { "list" } else { "rule" }.to_owned(),
            condition: serde_json::from_str(&audience.condition).ok(),
            days: (!is_list).then_some(audience.days),
            people: mark.map(|_| counts.get(&audience.audience).copied().unwrap_or_default()),
            evaluated_at: mark.map(|mark| Timestamp(mark.evaluated_at)),
            created_at: Timestamp(audience.created_at),
            created_by: audience.created_by.clone(),
        }
    };
    Ok(audiences.iter().map(told).collect())
}

/// For whom the condition of a scope holds.
///
/// # Errors
/// The store did not answer, or it would take too long.
pub async fn preview(runner: &Runner, scope: &Scope) -> Result<SegmentPreview, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        people: u64,
        of: u64,
        sample: Vec<(i64, String, bool)>,
    }
    runner.bring_visits_up_to_date(Needs::People).await;
    let scope = Scope { aliases: lookup::aliases(runner, &scope.site).await?, ..scope.clone() };
    let whose = if runner.bring_people_up_to_date().await { Whose::People } else { Whose::Visits };
    let rows: Vec<Row> = runner.rows(&sql::preview(&scope, whose)).await?;
    let Row { people, of, sample } =
        rows.into_iter().next().unwrap_or(Row { people: 0, of: 0, sample: Vec::new() });
    let sampled = |(at, person, identified)| SampledPerson { person, identified, at: Timestamp(at) };
    Ok(SegmentPreview { people, of, sample: sample.into_iter().map(sampled).collect() })
}

/// The members of a segment, or what has changed since an earlier answer.
///
/// # Errors
/// The store did not answer.
pub async fn members(
    runner: &Runner,
    audience: &Audience,
    request: &Members,
) -> Result<SegmentMembers, ApiError> {
    let (site, id) = (audience.site.as_str(), audience.audience.as_str());
    let mark = marks(runner, site).await?.get(id).copied();
    let latest = mark.unwrap_or_default().revision;
    let pulled = match request.pulled.clone() {
        // It goes on where it was, as it was then.
        Some(pulled) if pulled.after.is_some() => pulled,
        // Nothing was known then.
        Some(Pulled { to: 0, .. }) | None => Pulled { from: None, to: latest, after: None },
        Some(pulled) => Pulled { from: Some(pulled.to), to: latest.max(pulled.to), after: None },
    };
    let mut rows = read(runner, audience, &pulled, request.limit).await?;
    let more = rows.len() > request.limit;
    rows.truncate(request.limit);
    let after = rows.last().filter(|_| more).map(|row| row.person.clone());
    let cursor = cursor::encode(&Pulled { from: pulled.from.filter(|_| more), after, ..pulled });
    let (members, left): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.is_member);
    let mut traits = traits(runner, site, &members, &request.traits).await?;
    let people = match mark {
        None => None,
        Some(_) => {
            runner.rows::<Count>(&sql::count(site, id, pulled.to)).await?.first().map(|row| row.people)
        }
    };
    let member = |Row { person, at, .. }| Member {
        traits: traits.remove(&person).unwrap_or_default(),
        person,
        entered_at: Timestamp(at),
    };
    Ok(SegmentMembers {
        people,
        members: members.into_iter().map(member).collect(),
        left: left
            .into_iter()
            .map(|Row { person, at, .. }| MemberLeft { person, left_at: Timestamp(at) })
            .collect(),
        cursor,
        more,
    })
}

#[derive(Deserialize)]
struct Count {
    people: u64,
}

#[derive(Deserialize)]
struct Row {
    person: String,
    at: i64,
    #[serde(default = "yes")]
    is_member: bool,
}

fn yes() -> bool {
    true
}

async fn read(
    runner: &Runner,
    audience: &Audience,
    pulled: &Pulled,
    limit: usize,
) -> Result<Vec<Row>, ApiError> {
    let (site, id, after) = (&audience.site, &audience.audience, pulled.after.as_deref());
    let sql = match pulled.from {
        None => sql::members(site, id, pulled.to, after, limit),
        Some(from) => sql::changes_between(site, id, (from, pulled.to), after, limit),
    };
    Ok(runner.rows(&sql).await?)
}

/// By person and name.
async fn traits(
    runner: &Runner,
    site: &str,
    members: &[Row],
    names: &[String],
) -> Result<HashMap<String, BTreeMap<String, String>>, ApiError> {
    #[derive(Deserialize)]
    struct Trait {
        person: String,
        #[serde(rename = "trait")]
        name: String,
        value: String,
    }
    let mut traits: HashMap<String, BTreeMap<String, String>> = HashMap::new();
    if names.is_empty() || members.is_empty() {
        return Ok(traits);
    }
    let people: Vec<String> = members.iter().map(|row| row.person.clone()).collect();
    let aliases = lookup::aliases(runner, site).await?;
    for Trait { person, name, value } in
        runner.rows::<Trait>(&sql::traits(site, &people, names, &aliases)).await?
    {
        traits.entry(person).or_default().insert(name, value);
    }
    Ok(traits)
}

/// How a segment has grown in a period.
///
/// # Errors
/// The period cannot be used, or the store did not answer.
pub async fn history(
    runner: &Runner,
    audience: &Audience,
    site: &Site,
    (from, to): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<SegmentHistory, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        bucket: String,
        entered: u64,
        left: u64,
    }
    let period = Period::parse(site, from, to, PERIOD_DAYS_DEFAULT, now)?;
    let interval = if period.to.0 - period.from.0 <= HOURS_MS_MAX { Interval::Hour } else { Interval::Day };
    let buckets = period.buckets(interval)?;
    let sql = sql::history(&audience.site, &audience.audience, &period, interval);
    let rows: Vec<Row> = runner.rows(&sql).await?;
    let rows: HashMap<String, (u64, u64)> =
        rows.into_iter().map(|row| (row.bucket, (row.entered, row.left))).collect();
    let (entered, left) = rows.get("").copied().unwrap_or_default();
    let mut people = entered.saturating_sub(left);
    // What has not begun has no members yet.
    let items = buckets.into_iter().filter(|bucket| bucket.start <= now).map(|bucket| {
        let (entered, left) = rows.get(&bucket.key).copied().unwrap_or_default();
        people = (people + entered).saturating_sub(left);
        SegmentHistoryItem { at: bucket.label, people, entered, left }
    });
    Ok(SegmentHistory { interval: interval.name().to_owned(), items: items.collect() })
}

/// Who entered and left, the latest first.
///
/// # Errors
/// The store did not answer.
pub async fn changes(
    runner: &Runner,
    audience: &Audience,
    (offset, limit): (usize, usize),
) -> Result<SegmentChanges, ApiError> {
    #[derive(Deserialize)]
    struct Row {
        person: String,
        at: i64,
        entered: bool,
    }
    let sql = sql::log(&audience.site, &audience.audience, offset, limit);
    let mut rows: Vec<Row> = runner.rows(&sql).await?;
    let next_cursor = (rows.len() > limit).then(|| cursor::encode(&(offset + limit)));
    rows.truncate(limit);
    let change = |Row { person, at, entered }| SegmentChange { person, at: Timestamp(at), entered };
    Ok(SegmentChanges { items: rows.into_iter().map(change).collect(), next_cursor })
}

/// Changes who is a member of a list.
///
/// # Errors
/// The store did not answer.
pub async fn put_people(
    runner: &Runner,
    audience: &Audience,
    (add, remove): (&[String], &[String]),
    now: Timestamp,
) -> Result<SegmentPeopleChanged, ApiError> {
    let (site, id) = (audience.site.as_str(), audience.audience.as_str());
    let before = marks(runner, site).await?.get(id).copied().unwrap_or_default();
    let count = async |revision: u64| -> Result<u64, ApiError> {
        Ok(runner.rows::<Count>(&sql::count(site, id, revision)).await?.first().map_or(0, |row| row.people))
    };
    let was = count(before.revision).await?;
    // Whoever is in both is a member.
    let removed_at = (before.revision + 1).max(now.0.cast_unsigned());
    if !remove.is_empty() {
        runner.execute(&sql::put(site, id, remove, false, removed_at)).await?;
    }
    let left = count(removed_at).await?;
    if !add.is_empty() {
        runner.execute(&sql::put(site, id, add, true, removed_at + 1)).await?;
    }
    let is = count(removed_at + 1).await?;
    runner.execute(&sql::mark(site, &[id.to_owned()], removed_at + 1)).await?;
    Ok(SegmentPeopleChanged { added: is.saturating_sub(left), removed: was.saturating_sub(left) })
}
