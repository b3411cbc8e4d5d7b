//! The statement of retention: who was there in which stretch of time.

use jiff::civil::Date;

use crate::plan::Interval;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::sql::events::{SEEN, of_scope};
use crate::sql::identity::People;
use crate::sql::visits::{Columns, OF_PERIOD, shares};
use crate::steps::{Unit, chosen_units};

/// The first day of the first stretch, and what a day is put into a stretch by.
const FIRST: &str = "{first_bucket:Date}";

/// In which stretches of time people or visitors had visits, from the first to the last event of each: `unit`, and a bit for each
/// stretch from the first on: `low` has 64 of them, `high` the next. One row for each unit costs the store half of what a row for each stretch does.
pub fn visited(scope: &Scope, unit: Unit, interval: Interval, first: Date) -> Sql {
    let mut sql = of_scope(scope);
    sql.params.push(("zone".to_owned(), scope.period.zone_name.as_str().into()));
    sql.params.push(("first_bucket".to_owned(), first.to_string().into()));
    let people = People::new(&mut sql, &scope.aliases);
    let shares = shares(Columns::Few, OF_PERIOD);
    let (number, rows) = match unit {
        Unit::People => ("person_hash", people.numbers(&shares)),
        Unit::Visitors | Unit::Sessions => ("visitor_hash", shares),
    };
    let chosen = chosen_units(&mut sql, scope, unit)
        .map_or(String::new(), |chosen| format!(" AND {number} IN ({chosen})"));
    let place = |moment: &str| {
        let day = format!("toDate({moment}, {{zone:String}})");
        match interval {
            Interval::Month => format!("toRelativeMonthNum({day}) - toRelativeMonthNum({FIRST})"),
            Interval::Week => format!("intDiv({day} - {FIRST}, 7)"),
            Interval::Minute | Interval::Hour | Interval::Day => format!("{day} - {FIRST}"),
        }
    };
    // What a visit holds of the period.
    let began = place("greatest(since, fromUnixTimestamp64Milli({from:Int64}))");
    let ended = place("least(ended, fromUnixTimestamp64Milli({to:Int64} - 1))");
    sql.text = format!(
        "SELECT unit, toUInt64(stretches) AS low, toUInt64(bitShiftRight(stretches, 64)) AS high FROM \
         (SELECT {number} AS unit, groupBitOr(bitShiftLeft(toUInt128(2), toUInt8({ended})) \
         - bitShiftLeft(toUInt128(1), toUInt8({began}))) AS stretches \
         FROM {rows} WHERE visitor_hash != sipHash64('') AND {SEEN}{chosen} GROUP BY unit)"
    );
    sql
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Aliases;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_retention() {
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let chosen = Scope { aliases, ..november(&["country:is:IT"]) };
        check(
            "retention",
            &[
                visited(&november(&[]), Unit::Visitors, Interval::Day, Date::constant(2026, 11, 1)),
                visited(&chosen, Unit::People, Interval::Week, Date::constant(2026, 10, 26)),
                visited(&chosen, Unit::People, Interval::Month, Date::constant(2026, 11, 1)),
            ],
        );
    }
}
