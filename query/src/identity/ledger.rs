//! The edges as they are stored, and which of them hold: what the statements of `orma_visits::edges` say, over rows in
//! memory, to which a change that nobody has made yet can be added.

use std::collections::{HashMap, HashSet};

use orma_visits::{Mark, Timeline};
use serde::Deserialize;

/// The source of what somebody said by hand.
pub const BY_HAND: &str = "manual";
/// The source of an edge that joins two users.
pub const ALIAS: &str = "alias";
/// Stands before the id of a user where visitors stand.
pub const USER_MARK: char = '@';

/// A row of the edges.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EdgeRow {
    /// The visitor, or of an alias the earlier user with an `@` before.
    pub visitor: String,
    /// The user.
    pub user: String,
    /// How it came to be.
    pub source: String,
    /// The number of the session in which it did; 0 when that is not known.
    pub session_hash: u64,
    /// The moment in its key: that of the change, when it came by hand.
    pub exact: i64,
    /// 1 joins, -1 takes back, 0 undoes what was said by hand at the exact moment.
    pub sign: i8,
    /// From when on it holds.
    pub said_at: i64,
    /// Says nothing of other events.
    pub is_of_a_day: u8,
}

/// An edge that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<'a> {
    /// Of the row.
    pub row: &'a EdgeRow,
    /// Since when.
    pub marked_at: i64,
}

/// The edges among some rows that hold, in which all rows of their visitors and users are.
pub fn holding(rows: &[EdgeRow]) -> Vec<Edge<'_>> {
    type Pair<'a> = (&'a str, &'a str);
    let undone: HashSet<(Pair<'_>, i64)> =
        rows.iter().filter(|row| row.sign == 0).map(|row| (pair(row), row.exact)).collect();
    let mut removed: HashMap<Pair<'_>, i64> = HashMap::new();
    for row in rows.iter().filter(|row| row.sign == -1 && !undone.contains(&(pair(row), row.exact))) {
        let removed_at = removed.entry(pair(row)).or_insert(row.said_at);
        *removed_at = row.said_at.max(*removed_at);
    }
    let mut edges: HashMap<(Pair<'_>, &str, u64, i64), Edge<'_>> = HashMap::new();
    for row in rows.iter().filter(|row| row.sign == 1 && row.is_of_a_day == 0) {
        // What events say is undone by nothing but an edge that takes it back.
        let is_event = row.source != BY_HAND && row.source != ALIAS;
        if !is_event && undone.contains(&(pair(row), row.exact)) {
            continue;
        }
        let edge = edges
            .entry((pair(row), &row.source, row.session_hash, row.exact))
            .or_insert(Edge { row, marked_at: row.said_at });
        edge.marked_at = edge.marked_at.min(row.said_at);
    }
    let mut holding: Vec<Edge<'_>> = edges
        .into_values()
        .filter(|edge| removed.get(&pair(edge.row)).is_none_or(|removed_at| edge.marked_at > *removed_at))
        .collect();
    holding.sort_by(|one, other| {
        (one.marked_at, &one.row.visitor, &one.row.user, one.row.session_hash).cmp(&(
            other.marked_at,
            &other.row.visitor,
            &other.row.user,
            other.row.session_hash,
        ))
    });
    holding
}

fn pair(row: &EdgeRow) -> (&str, &str) {
    (&row.visitor, &row.user)
}

/// The timelines of the visitors of some rows.
pub fn timelines(rows: &[EdgeRow]) -> HashMap<String, Timeline> {
    let mut marks: HashMap<String, Vec<Mark>> = HashMap::new();
    for Edge { row, marked_at } in holding(rows).into_iter().filter(|edge| edge.row.source != ALIAS) {
        let mark = Mark { at: marked_at, user: row.user.clone(), active: true, session: row.session_hash };
        marks.entry(row.visitor.clone()).or_default().push(mark);
    }
    marks.into_iter().map(|(visitor, marks)| (visitor, Timeline::new(marks))).collect()
}

/// An alias: the earlier user, the user, and since when.
pub type Step = (String, String, i64);

/// The aliases among some rows that hold.
pub fn steps(rows: &[EdgeRow]) -> Vec<Step> {
    let aliases = holding(rows).into_iter().filter(|edge| edge.row.source == ALIAS);
    let step = |edge: Edge<'_>| {
        let previous = edge.row.visitor.strip_prefix(USER_MARK)?.to_owned();
        Some((previous, edge.row.user.clone(), edge.marked_at))
    };
    aliases.filter_map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: &str, exact: i64, sign: i8, said_at: i64) -> EdgeRow {
        EdgeRow {
            visitor: "v".into(),
            user: "anna".into(),
            source: source.into(),
            session_hash: 0,
            exact,
            sign,
            said_at,
            is_of_a_day: 0,
        }
    }

    #[test]
    fn an_edge_holds_unless_it_was_taken_back_later_or_undone() {
        let login = row("identify", 10, 1, 10);
        let taken_back = row(BY_HAND, 20, -1, 20);
        let by_hand = row(BY_HAND, 15, 1, 15);
        let undo = |exact| row(BY_HAND, exact, 0, 30);
        let table: [(&str, Vec<EdgeRow>, &[i64]); 9] = [
            ("a login", vec![login.clone()], &[10]),
            ("taken back", vec![login.clone(), taken_back.clone()], &[]),
            ("taken back, which is undone", vec![login.clone(), taken_back.clone(), undo(20)], &[10]),
            (
                "taken back twice, of which one is undone",
                vec![login.clone(), taken_back.clone(), row(BY_HAND, 25, -1, 25), undo(20)],
                &[],
            ),
            (
                "a login after it was taken back",
                vec![login.clone(), taken_back.clone(), row("identify", 21, 1, 21)],
                &[21],
            ),
            ("by hand", vec![login.clone(), by_hand.clone()], &[10, 15]),
            ("by hand, which is undone", vec![login.clone(), by_hand, undo(15)], &[10]),
            ("what an event says is not undone", vec![login.clone(), undo(10)], &[10]),
            ("of a day", vec![EdgeRow { is_of_a_day: 1, ..login }], &[]),
        ];
        for (name, rows, expected) in table {
            let moments: Vec<i64> = holding(&rows).iter().map(|edge| edge.marked_at).collect();
            assert_eq!(moments, expected, "{name}");
        }
    }

    #[test]
    fn aliases_and_timelines_are_of_what_holds() {
        let alias = |exact, sign| EdgeRow { visitor: "@m".into(), ..row(ALIAS, exact, sign, exact) };
        assert_eq!(steps(&[alias(5, 1)]), [("m".to_owned(), "anna".to_owned(), 5)]);
        assert_eq!(steps(&[alias(5, 1), alias(5, 0)]), []);
        assert!(timelines(&[alias(5, 1)]).is_empty());
        assert!(timelines(&[row("event", 0, 1, 5)]).contains_key("v"));
    }
}
