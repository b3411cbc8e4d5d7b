//! The edges of identity, and what they say of visitors.

use clickhouse::Row;
use foldhash::{HashMap, HashSet};
use orma_store::{Store, StoreError, TextList};
use serde::Deserialize;

use crate::names::Names;
use crate::rows::params;
use crate::timeline::{MARKS_MAX, Mark, Timeline, Timelines};

/// Edges that say only that a user has events on the visitor: its id is one of a day, made of an address and a user agent
/// that others may share, so what else happened on it is nobody's. (The collector's `cookieless` makes these ids.) Who
/// joins one by hand knows more.
pub const IS_OF_A_DAY: &str = "(source != 'manual' AND match(visitor, '^c[0-9a-f]{20}$'))";

/// The source of what somebody said by hand.
const BY_HAND: &str = "manual";

/// A statement of the edges of some sites, and whether they hold: an edge is taken back by a later row with sign -1 of the
/// same visitor and user, and says nothing of other events when its visitor is one of a day. A row with sign 0 undoes what
/// was said by hand at its moment, be that an edge or that edges are taken back. `sites` and `condition`, which
/// narrows the edges down, are conditions on `identity_edges`. `site`, `visitor`, `user`, `source`, `session`, `at`,
/// `recorded_by`, `marked_at`, `is_undone`, `is_of_a_day`, `removed_at` (1970 for those that were not), `removed_by`, `active`.
pub fn edges(sites: &str, condition: &str) -> String {
    format!(
        "SELECT site, visitor, user, source, session, at, recorded_by, marked_at, is_undone, removed_at, removed_by, \
         {IS_OF_A_DAY} AS is_of_a_day, marked_at > removed_at AND NOT is_undone AND NOT is_of_a_day AS active \
         FROM (SELECT site, visitor, user, source, session, at, minIf(ts, sign = 1) AS marked_at, \
         anyIf(recorded_by, sign = 1) AS recorded_by, max(sign = 0) AS is_undone \
         FROM identity_edges WHERE {sites} AND sign >= 0 AND {condition} \
         GROUP BY site, visitor, user, source, session, at HAVING max(sign) = 1) AS edge \
         LEFT JOIN (SELECT site, visitor, user, max(said_at) AS removed_at, argMax(said_by, said_at) AS removed_by \
         FROM (SELECT site, visitor, user, maxIf(ts, sign = -1) AS said_at, anyIf(recorded_by, sign = -1) AS said_by \
         FROM identity_edges WHERE {sites} AND sign <= 0 \
         GROUP BY site, visitor, user, at HAVING min(sign) = -1 AND max(sign) = -1) \
         GROUP BY site, visitor, user) AS removal USING (site, visitor, user)"
    )
}

/// So many visitors with edges are known by their numbers; where there are more, the edges of all are asked for.
const KNOWN_MAX: usize = 250_000;

/// The visitors that have edges, by their numbers, so that nobody asks for those of others.
#[derive(Debug, Default)]
pub(crate) enum Known {
    #[default]
    NotRead,
    Visitors(HashSet<u64>),
    TooMany,
}

impl Known {
    /// Adds visitors that edges have come for.
    pub fn add(&mut self, visitors: impl Iterator<Item = u64>) {
        if let Self::Visitors(known) = self {
            known.extend(visitors);
            if known.len() > KNOWN_MAX {
                *self = Self::TooMany;
            }
        }
    }

    /// Leaves those of some visitors that may have edges.
    async fn retain(&mut self, store: &Store, visitors: &mut Vec<u64>) -> Result<(), StoreError> {
        #[derive(Row, Deserialize)]
        struct VisitorRow {
            visitor_hash: u64,
        }
        if matches!(self, Self::NotRead) {
            let sql = format!(
                "SELECT DISTINCT visitor_hash FROM identity_edges WHERE source != 'alias' LIMIT {}",
                KNOWN_MAX + 1
            );
            let rows: Vec<VisitorRow> = store.select_binary(&sql, &[]).await?;
            *self = Self::Visitors(HashSet::default());
            self.add(rows.into_iter().map(|row| row.visitor_hash));
        }
        if let Self::Visitors(known) = self {
            visitors.retain(|number| known.contains(number));
        }
        Ok(())
    }
}

/// The timelines of all visitors that are named, unless they have more edges than `most`: then how many. What [`edges`] would
/// say of them, without a statement that joins.
pub(crate) async fn timelines(
    store: &Store,
    known: Option<&mut Known>,
    names: &Names,
    most: usize,
) -> Result<Result<Timelines, usize>, StoreError> {
    #[derive(Row, Deserialize)]
    struct EdgeRow {
        site: String,
        number: u64,
        user: String,
        source: String,
        session: u64,
        exact: i64,
        marked: i64,
        sign: i8,
        is_of_a_day: u8,
    }
    #[derive(PartialEq, Eq, Hash)]
    struct Edge {
        visitor: (usize, u64),
        user: String,
        source: String,
        session: u64,
        exact: i64,
    }
    let mut visitors: Vec<u64> = names.visitors().collect();
    if let Some(known) = known {
        known.retain(store, &mut visitors).await?;
    }
    if visitors.is_empty() {
        return Ok(Ok(Timelines::default()));
    }
    // The edges of one cannot be divided: the latest count.
    let limit = if visitors.len() == 1 { format!("ORDER BY ts DESC LIMIT {most}") } else { String::new() };
    let visitors = TextList::numbers("visitors", visitors);
    let sql = format!(
        "SELECT toString(site) AS site, visitor_hash AS number, user, toString(source) AS source, \
         if(session = '', 0, sipHash64(session)) AS session, toUnixTimestamp64Milli(at) AS exact, \
         toUnixTimestamp64Milli(ts) AS marked, sign, toUInt8({IS_OF_A_DAY}) AS is_of_a_day FROM identity_edges \
         PREWHERE visitor_hash IN (SELECT arrayJoin({})) WHERE sign = -1 OR source != 'alias' {limit}",
        visitors.array
    );
    let mut edges: HashMap<Edge, i64> = HashMap::default();
    // By the exact moment at which they were said, of which some were undone.
    let mut removals: HashMap<(usize, u64, String, i64), i64> = HashMap::default();
    let mut undone: HashSet<(usize, u64, String, i64)> = HashSet::default();
    let mut count = 0;
    let take = |row: EdgeRow| {
        let Some(site) = names.place(&row.site) else { return };
        count += 1;
        if count > most {
            return;
        }
        if row.sign == 0 {
            undone.insert((site, row.number, row.user, row.exact));
        } else if row.sign == -1 {
            let removed_at = removals.entry((site, row.number, row.user, row.exact)).or_insert(row.marked);
            *removed_at = row.marked.max(*removed_at);
        } else if row.is_of_a_day == 0 {
            let EdgeRow { user, source, session, exact, .. } = row;
            let edge = Edge { visitor: (site, row.number), user, source, session, exact };
            // Merges leave the earliest.
            edges.entry(edge).and_modify(|at| *at = row.marked.min(*at)).or_insert(row.marked);
        }
    };
    store.each_binary(&sql, &params(&[&visitors]), take).await?;
    if count > most {
        return Ok(Err(count));
    }
    let mut removed: HashMap<(usize, u64, String), i64> = HashMap::default();
    for (said, at) in removals {
        if !undone.contains(&said) {
            let (site, number, user, _) = said;
            let removed_at = removed.entry((site, number, user)).or_insert(at);
            *removed_at = at.max(*removed_at);
        }
    }
    let mut marks: HashMap<(usize, u64), Vec<Mark>> = HashMap::default();
    for (Edge { visitor, user, source, session, exact }, at) in edges {
        let said = (visitor.0, visitor.1, user.clone(), exact);
        if source == BY_HAND && undone.contains(&said) {
            continue;
        }
        let removed_at = removed.get(&(visitor.0, visitor.1, user.clone())).copied().unwrap_or(0);
        if at > removed_at {
            marks.entry(visitor).or_default().push(Mark { at, user, active: true, session });
        }
    }
    let timeline = |mut marks: Vec<Mark>| {
        if marks.len() > MARKS_MAX {
            marks.sort_by(|one, other| other.cmp(one));
            marks.truncate(MARKS_MAX);
        }
        Timeline::new(marks)
    };
    Ok(Ok(marks.into_iter().map(|(visitor, marks)| (visitor, timeline(marks))).collect()))
}
