//! The statements of presence: who had visits in which stretch of time.

use jiff::civil::Date;
use orma_store::Param;
use orma_visits::Days;

use super::Whom;
use crate::condition::Condition;
use crate::plan::{Dimension, Interval};
use crate::scope::Scope;
use crate::sql::Sql;
use crate::sql::clause::of_visit;
use crate::sql::events::{SEEN, of_scope};
use crate::sql::identity::People;
use crate::sql::presence::{Rolled, Whom as Whose, numbers_of, rolled};
use crate::sql::visits::{Columns, OF_PERIOD, shares};
use crate::steps::{Unit, chosen_units};

/// The first day of the first stretch, and what a day is put into a stretch by.
const FIRST: &str = "{first_bucket:Date}";
/// Each visit that began before the end of the period, once.
const UP_TO_PERIOD: &str = " AND NOT is_continued AND day <= {to_day:Date}";

/// In which stretches of time people or visitors had visits, from the first to the last event of each: `unit`, and a bit for each
/// stretch from the first on: `low` has 64 of them, `high` the next. One row for each unit costs the store half of what a row for each stretch does.
/// When asked for, `label`: what the first of these visits has of a dimension.
pub fn visited(whom: Whom<'_>, first: Date, label: Option<Dimension>) -> Sql {
    let (mut sql, people) = bound(whom.scope, first);
    let rows = match label {
        None => shares(Columns::Few, OF_PERIOD),
        // Of a person's part of a visit, or of a visitor's visit as a whole.
        Some(dimension) => format!(
            "(SELECT visitor_hash, person_hash, since, ended, {} AS name FROM visits FINAL \
             WHERE site = {{site:String}} AND {} AND NOT is_bot{OF_PERIOD})",
            of_visit(dimension),
            if whom.unit == Unit::People { "NOT is_mixed" } else { "part = 0" }
        ),
    };
    let (name, told) = match label {
        None => ("", ""),
        Some(_) => (", argMin(name, (since, name)) AS label", ", label"),
    };
    let (number, rows) = numbered(whom.unit, &people, &rows);
    let chosen = chosen(&mut sql, whom, number);
    sql.text = format!(
        "SELECT unit, toUInt64(stretches) AS low, toUInt64(bitShiftRight(stretches, 64)) AS high{told} FROM \
         (SELECT {number} AS unit, groupBitOr({}) AS stretches{name} \
         FROM {rows} WHERE visitor_hash != sipHash64('') AND {SEEN}{chosen} GROUP BY unit)",
        bits(whom.interval, "greatest(since, fromUnixTimestamp64Milli({from:Int64}))", LAST_IN_PERIOD)
    );
    sql
}

/// The same of who had a visit in the period, of all their visits: also `was_before`, whether one began before it.
pub fn ever_visited(whom: Whom<'_>, first: Date) -> Sql {
    let (mut sql, people) = bound(whom.scope, first);
    let (number, rows) = numbered(whom.unit, &people, &shares(Columns::Few, UP_TO_PERIOD));
    let chosen = chosen(&mut sql, whom, number);
    // What ended before is put into the first stretch, and left out.
    let since = "greatest(since, fromUnixTimestamp64Milli({from:Int64}))";
    let until = format!("greatest({LAST_IN_PERIOD}, fromUnixTimestamp64Milli({{from:Int64}}))");
    sql.text = format!(
        "SELECT unit, toUInt64(stretches) AS low, toUInt64(bitShiftRight(stretches, 64)) AS high, was_before FROM \
         (SELECT {number} AS unit, groupBitOr(if(ended >= fromUnixTimestamp64Milli({{from:Int64}}), {}, toUInt128(0))) AS stretches, \
         toUInt8(min(since) < fromUnixTimestamp64Milli({{from:Int64}})) AS was_before \
         FROM {rows} WHERE visitor_hash != sipHash64('') AND since < fromUnixTimestamp64Milli({{to:Int64}}){chosen} \
         GROUP BY unit) WHERE stretches != 0",
        bits(whom.interval, since, &until)
    );
    sql
}

/// The last moment that a visit has of the period.
const LAST_IN_PERIOD: &str = "least(ended, fromUnixTimestamp64Milli({to:Int64} - 1))";

/// The same as [`visited`] without a label, from the rollups of days that are over: `stretch` and `number`, a row for each of
/// both, and what they leave of the period. `None` where no day is rolled up, or where rollups do not tell what is asked.
pub fn rolled_up(whom: Whom<'_>, first: Date, days: &Days) -> Option<Rolled> {
    let Scope { site, period, .. } = whom.scope;
    let mut rolled = rolled(site, period, days, whose(whom)?, &place("day", whom.interval))?;
    rolled.statement.params.push(of_first(first));
    Some(rolled)
}

/// Whom rollups have of what is asked. Another person by an alias has another number.
fn whose(Whom { scope, unit, .. }: Whom<'_>) -> Option<Whose> {
    let whose = match unit {
        Unit::Visitors => Whose::Visitors,
        Unit::People => scope.aliases.is_empty().then_some(Whose::People)?,
        Unit::Sessions => return None,
    };
    (scope.condition == Condition::EVERYTHING && !scope.with_bots).then_some(whose)
}

/// What [`visited`] tells, and the `number` of each, 0 without one.
pub fn visited_with_numbers(whom: Whom<'_>, first: Date) -> Sql {
    let mut sql = visited(whom, first, None);
    sql.text = format!(
        "SELECT visited.*, of_unit.number AS number FROM ({}) AS visited LEFT ANY JOIN {} AS of_unit \
         ON visited.unit = of_unit.id_hash",
        sql.text,
        numbers_of(if whom.unit == Unit::People { Whose::People } else { Whose::Visitors })
    );
    sql
}

fn of_first(first: Date) -> (String, Param) {
    ("first_bucket".to_owned(), first.to_string().into())
}

fn bound(scope: &Scope, first: Date) -> (Sql, People) {
    let mut sql = of_scope(scope);
    sql.params.push(("zone".to_owned(), scope.period.zone_name.as_str().into()));
    sql.params.push(of_first(first));
    let people = People::new(&mut sql, &scope.aliases);
    (sql, people)
}

fn numbered(unit: Unit, people: &People, rows: &str) -> (&'static str, String) {
    match unit {
        Unit::People => ("person_hash", people.numbers(rows)),
        Unit::Visitors | Unit::Sessions => ("visitor_hash", rows.to_owned()),
    }
}

fn chosen(sql: &mut Sql, whom: Whom<'_>, number: &str) -> String {
    chosen_units(sql, whom.scope, whom.unit)
        .map_or(String::new(), |chosen| format!(" AND {number} IN ({chosen})"))
}

/// The number of the stretch of a day.
fn place(day: &str, interval: Interval) -> String {
    match interval {
        Interval::Month => format!("toRelativeMonthNum({day}) - toRelativeMonthNum({FIRST})"),
        Interval::Week => format!("intDiv({day} - {FIRST}, 7)"),
        Interval::Minute | Interval::Hour | Interval::Day => format!("{day} - {FIRST}"),
    }
}

/// A bit for each stretch from that of a moment to that of another.
fn bits(interval: Interval, from: &str, to: &str) -> String {
    let place = |moment: &str| place(&format!("toDate({moment}, {{zone:String}})"), interval);
    format!(
        "bitShiftLeft(toUInt128(2), toUInt8({})) - bitShiftLeft(toUInt128(1), toUInt8({}))",
        place(to),
        place(from)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Aliases;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_presence() {
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let (all, chosen) = (november(&[]), Scope { aliases, ..november(&["country:is:IT"]) });
        let whom = |scope, unit, interval| Whom { scope, unit, interval, stretches: &[] };
        let days = whom(&all, Unit::Visitors, Interval::Day);
        let weeks = whom(&chosen, Unit::People, Interval::Week);
        let months = whom(&chosen, Unit::People, Interval::Month);
        let (first, monday) = (Date::constant(2026, 11, 1), Date::constant(2026, 10, 26));
        check(
            "presence",
            &[visited(days, first, None), visited(weeks, monday, None), visited(months, first, None)],
        );
        let by_device = Some(Dimension::DEVICE_CLASS);
        check("presence_labelled", &[visited(days, first, by_device), visited(weeks, monday, by_device)]);
        check("presence_ever", &[ever_visited(days, first), ever_visited(weeks, monday)]);
    }
}
