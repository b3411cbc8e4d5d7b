//! Who was there on which day, whatever they did: as a visit that began, or went on, or ended on it says.

use orma_store::Param;
use orma_visits::Days;

use super::Sql;
use super::clause::HAS_VISITOR;
use super::events::SEEN;
use super::split::{Split, split};
use super::visits::{Columns, OF_PERIOD, shares};
use crate::plan::period::Period;

/// What the rows of who was there are called.
pub const PRESENT: &str = "present";

/// What visitors and people have of visits in a period: `visitor_hash`, `person_hash`, `since`, `ended` and the rest of [`shares`].
pub fn present() -> String {
    format!("(SELECT * FROM {} WHERE {HAS_VISITOR} AND {SEEN})", shares(Columns::Few, OF_PERIOD))
}

/// Whom of those who were there a set has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    Visitors,
    /// Without aliases: another person by one has another number.
    People,
}

/// The days of a period that are rolled up.
#[derive(Clone, Debug)]
pub struct Rolled {
    /// Who was there in which stretch of time: `stretch` and `number`, a row for each of both.
    pub statement: Sql,
    /// What is left of the period.
    pub rest: Option<Period>,
}

/// Who was there on the days of a period that are rolled up; `None` where none is. `stretch` puts `day` into a stretch of time.
pub fn rolled(site: &str, period: &Period, days: &Days, whom: Whom, stretch: &str) -> Option<Rolled> {
    let Split { made, first_day, last_day, rest } = split(period, days)?;
    let mut sql = Sql::default();
    sql.bind_site(site);
    let made = sql.bind_numbers("made", made);
    for (name, day) in [("first_rolled", first_day), ("last_rolled", last_day)] {
        sql.params.push((name.into(), Param::Int(day)));
    }
    let others = match whom {
        Whom::Visitors => "identified",
        Whom::People => "owners",
    };
    sql.text = format!(
        "SELECT toUInt8({stretch}) AS stretch, \
         arrayJoin(bitmapToArray(bitmapOr(groupBitmapMergeState(unidentified), groupBitmapMergeState({others})))) AS number \
         FROM rollups WHERE site = {{site:String}} AND dimension = '{PRESENT}' \
         AND day BETWEEN toDate({{first_rolled:UInt16}}) AND toDate({{last_rolled:UInt16}}) \
         AND made IN (SELECT arrayJoin({made})) GROUP BY stretch"
    );
    Some(Rolled { statement: sql, rest })
}

/// The numbers of those who have visits in a period.
pub fn numbers_of(whom: Whom) -> String {
    match whom {
        Whom::Visitors => numbers("visitor_hash FROM visits WHERE true"),
        // Whom nobody has identified is a visitor.
        Whom::People => numbers("arrayJoin([visitor_hash, owner_hash]) FROM visits WHERE true"),
    }
}

/// The numbers of those who have visits in a period, by their hashes: `id_hash`, `number`. `hashes` says of which visits.
pub fn numbers(hashes: &str) -> String {
    format!(
        "(SELECT id_hash, number FROM visitor_numbers WHERE site = {{site:String}} AND id_hash IN (SELECT {hashes} \
         AND site = {{site:String}} AND day BETWEEN {{from_day:Date}} AND {{to_day:Date}} AND NOT is_bot))"
    )
}
