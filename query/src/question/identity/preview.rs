//! What a change would do: the people whom it is about with their numbers, as they are and as they would be.
//!
//! Whose an event is, changes only on the visitors whose edges change. Their events are read, put together by visit, and
//! judged twice, by the edges that there are and by those that there would be; of all other visitors the visits say it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use orma_store::Site;
use orma_visits::{Timeline, owner};
use serde::Deserialize;

use super::plan::Planned;
use super::response::{IdentityPreview, IdentityPreviewPerson};
use super::sql::{self, GROUPS_MAX, PREVIEW_IDS_MAX, ROWS_MAX};
use crate::error::ApiError;
use crate::identity::{ALIASES_MAX, Aliases, EdgeRow, Step, USER_MARK, steps, timelines};
use crate::runner::Runner;
use crate::timestamp::Timestamp;
use crate::value::{Amount, Money};

/// People that are told of each side.
const PEOPLE_MAX: usize = 100;
/// Rounds in which everybody is found whom aliases join before or after.
const ROUNDS_MAX: usize = 32;

/// Events of one visit and one user that nothing can part.
#[derive(Debug, Deserialize)]
struct GroupRow {
    visitor: String,
    session_hash: u64,
    visit: i64,
    user: String,
    at: i64,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Counts {
    events: i64,
    page_views: i64,
    orders: i64,
    revenue_sum: Amount,
    has_revenue: u8,
    other_revenue: BTreeMap<String, Amount>,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.page_views += other.page_views;
        self.orders += other.orders;
        self.revenue_sum = [self.revenue_sum, other.revenue_sum].into_iter().sum();
        self.has_revenue = self.has_revenue.max(other.has_revenue);
        for (currency, amount) in &other.other_revenue {
            let sum = self.other_revenue.entry(currency.clone()).or_default();
            *sum = [*sum, *amount].into_iter().sum();
        }
    }
}

/// What somebody has of visits on which nothing changes.
#[derive(Debug, Deserialize)]
struct TotalRow {
    person: String,
    identified: bool,
    sessions: i64,
    visitors: Vec<String>,
    visitors_total: i64,
    #[serde(flatten)]
    counts: Counts,
}

/// Somebody, while the parts are put together.
#[derive(Debug, Default, PartialEq)]
struct Sum {
    identified: bool,
    sessions: i64,
    visitors: BTreeSet<String>,
    visitors_total: i64,
    counts: Counts,
}

/// The edges of one side: as they are, or as they would be.
struct Side {
    aliases: Aliases,
    timelines: HashMap<String, Timeline>,
}

impl Side {
    fn new(steps: Vec<Step>, rows: &[EdgeRow]) -> Self {
        let mut steps = steps;
        steps.sort_by(|one, other| (one.2, &one.0, &one.1).cmp(&(other.2, &other.0, &other.1)));
        Self {
            aliases: Aliases::new(steps.into_iter().map(|(previous, user, _)| (previous, user))),
            timelines: timelines(rows),
        }
    }

    /// Whose some events are, before aliases: the id, and whether it is a user's.
    fn owner<'a>(&'a self, group: &'a GroupRow) -> (&'a str, bool) {
        let timeline = self.timelines.get(&group.visitor);
        let owner = owner(&group.user, &group.visitor, group.session_hash, group.at, timeline).user;
        if owner.is_empty() { (&group.visitor, false) } else { (owner, owner != group.visitor) }
    }
}

/// What a change would do.
///
/// # Errors
/// It is about too much, or the store did not answer.
pub async fn preview(runner: &Runner, site: &Site, planned: &Planned) -> Result<IdentityPreview, ApiError> {
    let (visitors, [before, after]) = sides(runner, &site.site, planned).await?;
    let groups: Vec<GroupRow> = if visitors.is_empty() {
        Vec::new()
    } else {
        let said = planned.rows.iter().filter(|row| row.sign == 1).map(|row| row.said_at);
        let new_mark = Timestamp(said.max().unwrap_or(planned.at.0));
        runner.rows(&sql::groups(&site.site, &visitors, new_mark, &site.currency)).await?
    };
    if groups.len() > GROUPS_MAX {
        return Err(too_much("split.ids", "visits"));
    }
    let ids = everybody(planned, &visitors, &groups, &before, &after)?;
    let sums_before = sums(runner, site, &before, &ids, &visitors, &groups).await?;
    let sums_after = sums(runner, site, &after, &ids, &visitors, &groups).await?;
    let changed = |one: &BTreeMap<String, Sum>, other: &BTreeMap<String, Sum>, aliases: [&Aliases; 2]| {
        let users =
            |aliases: &Aliases, person: &str| aliases.ids(person).into_iter().collect::<BTreeSet<_>>();
        let is_same = |person: &str, sum: &Sum| {
            other.get(person) == Some(sum) && users(aliases[0], person) == users(aliases[1], person)
        };
        one.iter().filter(|(person, sum)| !is_same(person, sum)).map(|(person, _)| person.clone()).collect()
    };
    let both = [&before.aliases, &after.aliases];
    let mut shown_before: BTreeSet<String> = changed(&sums_before, &sums_after, both);
    let mut shown_after: BTreeSet<String> = changed(&sums_after, &sums_before, both);
    let is_changed = !(shown_before.is_empty() && shown_after.is_empty());
    if !is_changed {
        shown_before.insert(before.aliases.person(&planned.person).to_owned());
        shown_after.insert(after.aliases.person(&planned.person).to_owned());
    }
    Ok(IdentityPreview {
        action: planned.action.to_owned(),
        edges: planned.rows.len() as i64,
        changes: is_changed,
        before_total: shown_before.iter().filter(|person| sums_before.contains_key(*person)).count() as i64,
        after_total: shown_after.iter().filter(|person| sums_after.contains_key(*person)).count() as i64,
        before: people(&sums_before, &shown_before, &before.aliases, &site.currency),
        after: people(&sums_after, &shown_after, &after.aliases, &site.currency),
    })
}

fn too_much(field: &str, what: &str) -> ApiError {
    let message = format!("The ids have too many {what} to count what would change; take fewer ids.");
    ApiError::invalid("too_much_to_preview", field, message)
}

/// The visitors whose edges change, and the edges before and after.
async fn sides(runner: &Runner, site: &str, planned: &Planned) -> Result<(Vec<String>, [Side; 2]), ApiError> {
    #[derive(Deserialize)]
    struct StepRow {
        previous: String,
        user: String,
        at: i64,
    }
    let named: BTreeSet<String> = planned.rows.iter().map(|row| row.visitor.clone()).collect();
    let named: Vec<String> = named.into_iter().collect();
    let mut rows: Vec<EdgeRow> = runner.rows(&sql::rows(site, &named)).await?;
    if rows.len() > ROWS_MAX {
        return Err(too_much("split.ids", "edges"));
    }
    let others: Vec<StepRow> = runner.rows(&sql::steps(site, ALIASES_MAX)).await?;
    // Of the users whose aliases change, the rows say which hold.
    let changed: HashSet<&str> = named.iter().filter_map(|id| id.strip_prefix(USER_MARK)).collect();
    let others: Vec<Step> = others
        .into_iter()
        .filter(|step| !changed.contains(step.previous.as_str()))
        .map(|step| (step.previous, step.user, step.at))
        .collect();
    let side_of = |rows: &[EdgeRow]| Side::new([others.clone(), steps(rows)].concat(), rows);
    let before = side_of(&rows);
    rows.extend(planned.rows.iter().cloned());
    let after = side_of(&rows);
    let visitors = named.iter().filter(|id| !id.starts_with(USER_MARK)).cloned().collect();
    Ok((visitors, [before, after]))
}

/// All ids of everybody for whom something may change: who has or would have one of the events that change hands, and
/// whoever aliases join with them before or after.
fn everybody(
    planned: &Planned,
    visitors: &[String],
    groups: &[GroupRow],
    before: &Side,
    after: &Side,
) -> Result<Vec<String>, ApiError> {
    let mut ids: BTreeSet<String> = BTreeSet::from([planned.person.clone()]);
    ids.extend(visitors.iter().cloned());
    for row in &planned.rows {
        ids.insert(row.user.clone());
        ids.extend(row.visitor.strip_prefix(USER_MARK).map(ToOwned::to_owned));
    }
    for group in groups {
        ids.extend([before, after].map(|side| side.owner(group).0.to_owned()));
    }
    for _ in 0..ROUNDS_MAX {
        let mut more = ids.clone();
        for side in [before, after] {
            let people: BTreeSet<String> = ids.iter().map(|id| side.aliases.person(id).to_owned()).collect();
            more.extend(side.aliases.ids_of(&people.into_iter().collect::<Vec<_>>()));
        }
        if more.len() == ids.len() {
            return Ok(ids.into_iter().collect());
        }
        ids = more;
    }
    Err(too_much("split.ids", "aliases"))
}

/// The numbers of everybody, on one side.
async fn sums(
    runner: &Runner,
    site: &Site,
    whose: &Side,
    ids: &[String],
    visitors: &[String],
    groups: &[GroupRow],
) -> Result<BTreeMap<String, Sum>, ApiError> {
    let aliases = whose.aliases.among(ids);
    let rows: Vec<TotalRow> =
        runner.rows(&sql::totals(&site.site, ids, visitors, &aliases, &site.currency)).await?;
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for row in rows {
        let sum = Sum {
            identified: row.identified,
            sessions: row.sessions,
            visitors: row.visitors.into_iter().collect(),
            visitors_total: row.visitors_total,
            counts: row.counts,
        };
        sums.insert(row.person, sum);
    }
    let mut seen: HashSet<(&str, &str)> = HashSet::new();
    let mut visits: HashMap<(&str, &str, u64, i64), bool> = HashMap::new();
    for group in groups {
        let (id, is_user) = whose.owner(group);
        let person = aliases.person(id);
        let sum = sums.entry(person.to_owned()).or_default();
        sum.counts.add(&group.counts);
        sum.identified |= is_user || person != id;
        if seen.insert((person, &group.visitor)) {
            sum.visitors.insert(group.visitor.clone());
            sum.visitors_total += 1;
        }
        let is_session = group.session_hash != 0 || group.counts.page_views > 0;
        *visits.entry((person, &group.visitor, group.session_hash, group.visit)).or_default() |= is_session;
    }
    for ((person, ..), is_session) in visits {
        if let Some(sum) = sums.get_mut(person).filter(|_| is_session) {
            sum.sessions += 1;
        }
    }
    Ok(sums)
}

/// Some people as they are told, most events first.
fn people(
    sums: &BTreeMap<String, Sum>,
    shown: &BTreeSet<String>,
    aliases: &Aliases,
    currency: &str,
) -> Vec<IdentityPreviewPerson> {
    let mut people: Vec<(&String, &Sum)> =
        shown.iter().filter_map(|person| sums.get_key_value(person)).collect();
    people
        .sort_by(|(one, sum), (other, others)| (others.counts.events, one).cmp(&(sum.counts.events, other)));
    people.truncate(PEOPLE_MAX);
    let person = |(person, sum): (&String, &Sum)| {
        let other_money = sum.counts.other_revenue.iter();
        let mut users = if sum.identified { aliases.ids(person) } else { Vec::new() };
        users.truncate(PREVIEW_IDS_MAX);
        IdentityPreviewPerson {
            person: person.clone(),
            identified: sum.identified,
            users,
            visitors: sum.visitors.iter().take(PREVIEW_IDS_MAX).cloned().collect(),
            visitors_total: sum.visitors_total,
            events: sum.counts.events,
            sessions: sum.sessions,
            page_views: sum.counts.page_views,
            orders: sum.counts.orders,
            revenue: (sum.counts.has_revenue != 0).then(|| Money::new(sum.counts.revenue_sum, currency)),
            other_revenue: other_money.map(|(currency, amount)| Money::new(*amount, currency)).collect(),
        }
    };
    people.into_iter().map(person).collect()
}
