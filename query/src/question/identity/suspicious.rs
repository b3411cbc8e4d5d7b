//! Who has more ids, devices or countries than one person has, and what did it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use orma_store::Site;
use serde::Deserialize;

use super::links::PairRow;
use super::request::{SPLIT_IDS_MAX, SuspiciousRequest, Thresholds};
use super::response::{SuspiciousCause, SuspiciousPeople, SuspiciousPerson};
use super::sql;
use crate::error::ApiError;
use crate::identity::{Aliases, Cause, USER_MARK, cause};
use crate::lookup;
use crate::plan::cursor;
use crate::runner::{Needs, Runner};
use crate::timestamp::Timestamp;

#[derive(Debug, Deserialize)]
struct Row {
    person: String,
    identified: bool,
    visitors: i64,
    devices: i64,
    countries: i64,
    sessions: i64,
    events: i64,
    last_seen: Timestamp,
}

/// What aliases say of somebody.
#[derive(Debug, Default)]
struct Joined {
    users: BTreeSet<String>,
    emails: BTreeSet<String>,
}

/// The people who have too many of something, the most excessive first.
///
/// # Errors
/// The store did not answer.
pub async fn suspicious(
    runner: &Runner,
    site: &Site,
    request: &SuspiciousRequest,
) -> Result<SuspiciousPeople, ApiError> {
    runner.bring_visits_up_to_date(Needs::People).await;
    let is_known = runner.bring_people_up_to_date().await;
    let (site, thresholds) = (&site.site, &request.thresholds);
    let aliases = lookup::aliases(runner, site).await?;
    let joined = joined(runner, site, &aliases).await?;
    let is_much = |one: &Joined| {
        one.users.len() as i64 >= thresholds.users || one.emails.len() as i64 >= thresholds.emails
    };
    let others: Vec<String> =
        joined.iter().filter(|(_, one)| is_much(one)).map(|(person, _)| person.clone()).collect();
    let rows: Vec<Row> = runner.rows(&sql::suspicious(site, thresholds, &aliases, &others, is_known)).await?;
    let mut people: Vec<(f64, SuspiciousPerson)> =
        rows.into_iter().map(|row| person(row, &joined, thresholds)).collect();
    people.sort_by(|(one, person), (other, another)| {
        other.total_cmp(one).then_with(|| person.person.cmp(&another.person))
    });
    let total = people.len();
    let end = total.min(request.offset.saturating_add(request.limit));
    let page = people.into_iter().skip(request.offset).take(request.limit).map(|(_, person)| person);
    let mut items: Vec<SuspiciousPerson> = page.collect();
    add_causes(runner, site, &aliases, &mut items).await?;
    Ok(SuspiciousPeople {
        items,
        total: total as i64,
        thresholds: *thresholds,
        next_cursor: (end < total).then(|| cursor::encode(&end)),
    })
}

/// The users and addresses of whom aliases join.
async fn joined(
    runner: &Runner,
    site: &str,
    aliases: &Aliases,
) -> Result<BTreeMap<String, Joined>, ApiError> {
    #[derive(Deserialize)]
    struct EmailRow {
        id: String,
        email: String,
    }
    let ids = aliases.all_ids();
    let mut joined: BTreeMap<String, Joined> = BTreeMap::new();
    for id in &ids {
        let one = joined.entry(aliases.person(id).to_owned()).or_default();
        one.users.insert(id.clone());
        if is_email(id) {
            one.emails.insert(id.to_lowercase());
        }
    }
    if !ids.is_empty() {
        let rows: Vec<EmailRow> = runner.rows(&sql::emails(site, &ids)).await?;
        for row in rows {
            joined.entry(aliases.person(&row.id).to_owned()).or_default().emails.insert(row.email);
        }
    }
    Ok(joined)
}

/// What is spelled like an address.
fn is_email(id: &str) -> bool {
    let parts = id.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
}

/// Somebody with how often the threshold is in what is most excessive, and which are too many.
fn person(row: Row, joined: &BTreeMap<String, Joined>, thresholds: &Thresholds) -> (f64, SuspiciousPerson) {
    let own = joined.get(&row.person);
    let (users, emails) = match own {
        Some(one) => (one.users.len() as i64, one.emails.len() as i64),
        None => (i64::from(row.identified), i64::from(row.identified && is_email(&row.person))),
    };
    let measures = [
        ("visitors", row.visitors, thresholds.visitors),
        ("users", users, thresholds.users),
        ("emails", emails, thresholds.emails),
        ("devices", row.devices, thresholds.devices),
        ("countries", row.countries, thresholds.countries),
    ];
    let mut reasons: Vec<(f64, &str)> = measures
        .into_iter()
        .filter(|(_, number, threshold)| number >= threshold)
        .map(|(name, number, threshold)| (number as f64 / threshold as f64, name))
        .collect();
    reasons.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let excess = reasons.first().map_or(0.0, |(excess, _)| *excess);
    let person = SuspiciousPerson {
        person: row.person,
        identified: row.identified,
        visitors: row.visitors,
        users,
        emails,
        devices: row.devices,
        countries: row.countries,
        sessions: row.sessions,
        events: row.events,
        last_seen: row.last_seen,
        reasons: reasons.into_iter().map(|(_, name)| name.to_owned()).collect(),
        cause: None,
    };
    (excess, person)
}

/// Edges that are looked at for what did it.
const EDGES_MAX: usize = 100_000;

/// An id as it is called in the graph: a user and a visitor may have the same.
fn node(id: &str, is_user: bool) -> String {
    if is_user { format!("{USER_MARK}{id}") } else { id.to_owned() }
}

async fn add_causes(
    runner: &Runner,
    site: &str,
    aliases: &Aliases,
    people: &mut [SuspiciousPerson],
) -> Result<(), ApiError> {
    let named: Vec<String> =
        people.iter().filter(|one| one.identified).map(|one| one.person.clone()).collect();
    if named.is_empty() {
        return Ok(());
    }
    let rows: Vec<PairRow> = runner.rows(&sql::pairs(site, &aliases.ids_of(&named), true, EDGES_MAX)).await?;
    let mut of_people: HashMap<&str, Vec<&PairRow>> = HashMap::new();
    for row in &rows {
        of_people.entry(aliases.person(&row.user)).or_default().push(row);
    }
    for person in people.iter_mut().filter(|one| one.identified) {
        let edges = of_people.get(person.person.as_str()).map(Vec::as_slice).unwrap_or_default();
        person.cause = cause_of(edges);
    }
    Ok(())
}

fn cause_of(rows: &[&PairRow]) -> Option<SuspiciousCause> {
    let ends = |row: &PairRow| (node(row.id(), row.is_alias()), node(&row.user, true));
    let edges: BTreeSet<(String, String)> = rows.iter().map(|row| ends(row)).collect();
    let nodes: BTreeSet<&String> = edges.iter().flat_map(|(one, other)| [one, other]).collect();
    let of_ids = nodes.len() as i64;
    // The rows come latest first: what an id began with is the last.
    let edge_of = |matches: &dyn Fn(&(String, String)) -> bool| {
        rows.iter().rev().find(|row| matches(&ends(row))).map(|row| row.edge())
    };
    let name = |node: &str| node.strip_prefix(USER_MARK).unwrap_or(node).to_owned();
    let told = |kind: &str, id: &str, ids: usize, edge, split: Vec<String>| SuspiciousCause {
        kind: kind.to_owned(),
        id: name(id),
        is_user: id.starts_with(USER_MARK),
        ids: ids as i64,
        of_ids,
        edge,
        split: if split.len() > SPLIT_IDS_MAX { Vec::new() } else { split },
    };
    match cause(&edges)? {
        Cause::Edge { from, to, part } => {
            let is_it = |(one, other): &(String, String)| {
                (one == &from && other == &to) || (one == &to && other == &from)
            };
            let split = part.iter().map(|id| name(id)).collect();
            Some(told("edge", &from, part.len(), edge_of(&is_it), split))
        }
        Cause::Id { id, degree } => {
            let is_it = |(one, other): &(String, String)| one == &id || other == &id;
            let split = if degree > 1 { vec![name(&id)] } else { Vec::new() };
            Some(told("id", &id, degree, edge_of(&is_it), split))
        }
    }
}
