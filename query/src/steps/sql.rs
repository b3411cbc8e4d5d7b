//! The statements of steps: the events that fit, whose visits are, and which units a condition holds for.

use foldhash::HashSet;
use orma_model::Kind;
use orma_model::kinds::{Activity, Items, KindCondition};

use super::{Asked, LENGTH_END, Label, Others, Unit};
use crate::condition::Condition;
use crate::plan::Dimension;
use crate::plan::dimension::Level;
use crate::plan::period::MS_PER_DAY;
use crate::scope::Scope;
use crate::sql::Sql;
use crate::sql::clause::{self, HAS_VISITOR, IS_VIEW, Visits};
use crate::sql::condition::{Row, Terms};
use crate::sql::event_table::{self, Duplicates};
use crate::sql::events::{SEEN, of_scope, terms};
use crate::sql::identity::People;
use crate::sql::items::IS_ABOUT_ITEMS;
use crate::sql::visits::{Columns, OF_PERIOD, shares};

/// What an event is called as a node of a path: page or screen, custom event, or kind.
const NODE: &str = "if(kind = 'custom' AND name != '', toString(name), toString(kind))";

/// What somebody saw or did: not what was measured around it.
const IS_STEP: KindCondition = KindCondition::any_of(|kind| kind.activity != Activity::Passive);

/// What a visit is numbered by as a unit.
pub const VISIT_NUMBER: &str =
    "sipHash64(visitor_hash, session_hash, is_bot, toUnixTimestamp64Milli(started))";

/// A visitor and a moment, in milliseconds since the epoch.
pub type Moment = (u64, i64);

/// Which events are read.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All, without their ids.
    All,
    /// All, with them.
    AllWithIds,
    /// With them those of some visitors on the days of these moments.
    Of(&'a HashSet<Moment>),
}

impl Which<'_> {
    /// The condition that finds them by the key of the table.
    fn condition(self, sql: &mut Sql) -> Option<String> {
        let Self::Of(moments) = self else { return None };
        let day = |at: i64| at.div_euclid(MS_PER_DAY).clamp(0, u16::MAX.into()).cast_unsigned();
        let days = sql.bind_numbers("days", moments.iter().map(|(_, at)| day(*at)));
        let visitors = sql.bind_numbers("visitors", moments.iter().map(|(visitor, _)| *visitor));
        Some(format!(
            "(toDate(ts), visitor) IN (SELECT day, visitor FROM visits WHERE site = {{site:String}} AND (day, visitor_hash) IN \
             (SELECT toDate(found.1), found.2 FROM (SELECT arrayJoin(arrayZip({days}, {visitors})) AS found)))"
        ))
    }
}

/// The events that fit a pattern, each once: `visitor_hash`, unless of visitors `session_hash` and `is_bot`, `at` (milliseconds), where the ids are
/// asked for `event_id`, `fits` (bit *n* for pattern *n*) and, when asked for, `label` and `amount` (ten-thousandths; what is given back is below zero).
pub fn steps(asked: &Asked<'_>, which: Which<'_>) -> Sql {
    let mut sql = of_scope(asked.scope);
    // Whether the patterns need the visits of events, only they know.
    let terms = Terms::new(asked.scope.with_bots, &asked.scope.aliases);
    let patterns: Vec<String> =
        asked.patterns.iter().map(|pattern| all_of(&terms.all(&mut sql, Row::Event, pattern))).collect();
    let is_of_visits = |dimension: &Dimension| dimension.level() == Level::Session;
    let of = |dimension: Dimension| {
        if is_of_visits(&dimension) { clause::of_session(dimension) } else { clause::of_event(dimension) }
    };
    let label = asked.label.map(|label| match label {
        Label::Node => format!("if({IS_VIEW}, {}, {NODE})", clause::of_event(Dimension::PAGE)),
        Label::Dimension(dimension) => of(dimension),
        Label::Several(_) => {
            let parts = label.dimensions().map(|dimension| {
                let value = format!("toString({})", of(dimension));
                format!("toString(length({value})), '{LENGTH_END}', {value}")
            });
            format!("concat({})", parts.collect::<Vec<_>>().join(", "))
        }
    });
    let needs_visits = asked.label.is_some_and(|label| label.dimensions().any(|one| is_of_visits(&one)));
    let joined = if needs_visits { Some(terms.with_visits()) } else { terms.joined() };
    let any = match asked.others {
        Others::None => "0".to_owned(),
        Others::Seen => IS_VIEW.to_string(),
        Others::SeenOrDone => IS_STEP.to_string(),
    };
    let any = patterns.iter().fold(any, |any, pattern| format!("{any} OR {pattern}"));
    let window = clause::events_window(asked.scope.with_bots);
    // Orders and what else is about items lie by themselves.
    let kinds: Option<Vec<Vec<&str>>> = asked.patterns.iter().map(Condition::kinds).collect();
    let is_of_items = |name: &&str| Kind::find(name).is_some_and(|kind| kind.items != Items::No);
    let are_selected = kinds.is_some_and(|kinds| kinds.iter().flatten().all(is_of_items));
    let mut conditions = vec![format!("({any})")];
    conditions.extend(which.condition(&mut sql));
    // What nobody's id came with is no one person's; of sessions each is one.
    if asked.unit != Unit::Sessions {
        conditions.push(HAS_VISITOR.to_owned());
    }
    if are_selected && asked.others == Others::None {
        conditions.push(IS_ABOUT_ITEMS.to_string());
    }
    let rows = event_table::table(&window, &conditions, Duplicates::Merged, joined);
    let bits =
        patterns.iter().enumerate().map(|(bit, pattern)| format!("bitShiftLeft(toUInt32({pattern}), {bit})"));
    let bits = bits.collect::<Vec<_>>();
    let bits = if bits.is_empty() { "0".to_owned() } else { bits.join(" + ") };
    let label = label.map_or(String::new(), |label| format!(", toString({label}) AS label"));
    let amount = asked.currency.map_or(String::new(), |currency| {
        let currency = sql.bind("String", currency);
        format!(
            ", reinterpretAsInt64(if(currency = {currency}, if(kind = 'refund', -abs(revenue), revenue), \
             toDecimal64(0, 4))) AS amount"
        )
    });
    let id = if matches!(which, Which::All) { "" } else { "event_id, " };
    // Of visitors it is of no interest in which session.
    let session = if asked.unit == Unit::Visitors { "" } else { "session_hash, toUInt8(is_bot) AS is_bot, " };
    sql.text = format!(
        "SELECT visitor_hash, {session}toUnixTimestamp64Milli(ts) AS at, {id}toUInt32({bits}) AS fits{label}{amount} \
         FROM {rows}"
    );
    sql
}

fn all_of(terms: &[String]) -> String {
    if terms.is_empty() { "1".to_owned() } else { format!("({})", terms.join(" AND ")) }
}

/// From when on whose the visits of a period are, where that is or was somebody: `visitor_hash`, `session_hash`, `is_bot`, `at`
/// and `turn_id` (of the event from which on), `until`, `unit` (0: the visitor's).
pub fn turns(asked: &Asked<'_>) -> Sql {
    let mut sql = of_scope(asked.scope);
    sql.text = format!(
        "SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, \
         toUnixTimestamp64Milli(started) + toInt64(turn.1) AS at, toString(turn.2) AS turn_id, \
         toUnixTimestamp64Milli(ended) AS until, if(turn.3 = '', 0, sipHash64(turn.3)) AS unit \
         FROM (SELECT visitor_hash, session_hash, is_bot, started, ended, \
         arrayJoin(if(empty(turn_ms), [(toUInt64(0), toUInt128(0), owner)], \
         arrayZip(turn_ms, turn_event, turn_owner))) AS turn \
         FROM visits FINAL WHERE {} AND (owner_hash != 0 OR notEmpty(turn_ms)))",
        clause::visits_window(asked.scope.with_bots)
    );
    sql
}

/// The sessions of a period, in the form of [`turns`].
pub fn sessions(asked: &Asked<'_>) -> Sql {
    let mut sql = of_scope(asked.scope);
    sql.text = format!(
        "SELECT visitor_hash, session_hash, toUInt8(is_bot) AS is_bot, toUnixTimestamp64Milli(started) AS at, \
         '0' AS turn_id, toUnixTimestamp64Milli(ended) AS until, {VISIT_NUMBER} AS unit \
         FROM visits FINAL WHERE {} AND is_session",
        clause::visits_window(asked.scope.with_bots)
    );
    sql
}

/// The numbers of ids that are another's: `alias_hash`, `alias_person_hash`; `None` where there are none.
pub fn aliases(asked: &Asked<'_>) -> Option<Sql> {
    let mut sql = Sql::default();
    sql.text = People::new(&mut sql, &asked.scope.aliases).pairs()?;
    Some(sql)
}

/// The units of a period that the condition holds for: `unit`; `None` where that is everybody.
pub fn chosen(asked: &Asked<'_>) -> Option<Sql> {
    let mut sql = of_scope(asked.scope);
    sql.text = chosen_units(&mut sql, asked.scope, asked.unit)?;
    Some(sql)
}

/// The same as a part of a statement that knows the scope.
pub fn chosen_units(sql: &mut Sql, scope: &Scope, unit: Unit) -> Option<String> {
    if scope.condition == Condition::EVERYTHING {
        return None;
    }
    let number = match unit {
        Unit::People => {
            let people = People::new(sql, &scope.aliases);
            // Bots are nobody.
            let terms = Terms::new(false, &scope.aliases).on_people(sql, &people, SEEN, &scope.condition);
            return Some(format!(
                "SELECT person_hash AS unit FROM {} WHERE visitor_hash != sipHash64('') AND {SEEN} GROUP BY person_hash HAVING {}",
                people.numbers(&shares(Columns::Few, OF_PERIOD)),
                all_of(&terms)
            ));
        }
        Unit::Visitors => "visitor_hash",
        Unit::Sessions => VISIT_NUMBER,
    };
    let terms = terms(scope).all(sql, Row::Visit, &scope.condition);
    let visits = clause::visits(Visits::Any, scope.with_bots);
    // Of the days of the period others are there, too.
    let seen = SEEN.replace("since", "started");
    Some(format!("SELECT DISTINCT {number} AS unit FROM {visits} WHERE {seen} AND {}", all_of(&terms)))
}

/// Who the units of some numbers are: `number`, `person`, `identified`.
pub fn names(scope: &Scope, unit: Unit, numbers: &[u64]) -> Sql {
    let mut sql = of_scope(scope);
    let people = People::new(&mut sql, &scope.aliases);
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let numbers = sql.bind_texts("numbers", &numbers).each;
    let number = match unit {
        Unit::People => "person_hash".to_owned(),
        Unit::Visitors => "visitor_hash".to_owned(),
        Unit::Sessions => VISIT_NUMBER.replace("started", "visit"),
    };
    // A visitor may be several people's, and then is the last one's.
    sql.text = format!(
        "SELECT {number} AS number, argMax(person_id, (ended, person_id)) AS person, \
         toBool(max(person_hash != visitor_hash)) AS identified FROM {} \
         WHERE {number} IN (SELECT toUInt64({numbers})) GROUP BY number",
        people.rows(&shares(Columns::Few, OF_PERIOD))
    );
    sql
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::identity::Aliases;
    use crate::scope::Scope;
    use crate::scope::tests::november;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_steps() {
        let event = |value: &serde_json::Value| Condition::of_event_from_json(value, "steps[0]").unwrap();
        let patterns = [
            event(&json!({"kind": "page_view", "path": "/scarpe"})),
            event(&json!({"kind": "order", "where": {"is": {"dimension": "channel", "values": ["email"]}}})),
        ];
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let plain = Scope { aliases: aliases.clone(), ..november(&[]) };
        let chosen_scope = Scope { aliases, ..november(&["country:is:IT"]) };
        let asked = |scope, unit| Asked {
            scope,
            unit,
            patterns: &patterns,
            others: Others::None,
            label: None,
            currency: None,
        };
        let of_pages = Asked { patterns: &patterns[..1], ..asked(&plain, Unit::Visitors) };
        let labelled = Asked {
            others: Others::SeenOrDone,
            label: Some(Label::Dimension(Dimension::CHANNEL)),
            currency: Some("EUR"),
            ..of_pages.clone()
        };
        let people = asked(&chosen_scope, Unit::People);
        let sessions = asked(&chosen_scope, Unit::Sessions);
        let journeys = Asked {
            patterns: &[],
            others: Others::SeenOrDone,
            label: Some(Label::Node),
            ..asked(&plain, Unit::Sessions)
        };
        let orders = [event(&json!({"kind": "order"}))];
        let was_there = [orders[0].clone(), super::super::seen_or_done()];
        let touchpoints = Asked {
            patterns: &was_there,
            label: Some(Label::Several([Some(Dimension::STAGE), None, Some(Dimension::CHANNEL)])),
            currency: Some("EUR"),
            ..asked(&plain, Unit::Visitors)
        };
        let of_orders = Asked { patterns: &orders, ..asked(&plain, Unit::People) };
        check(
            "steps",
            &[
                steps(&people, Which::All),
                steps(&of_pages, Which::All),
                steps(&of_pages, Which::AllWithIds),
                steps(&people, Which::Of(&[(7, 86_400_001)].into_iter().collect())),
                steps(&labelled, Which::All),
                steps(&of_orders, Which::All),
                steps(&journeys, Which::All),
                steps(&touchpoints, Which::All),
            ],
        );
        check(
            "steps_owners",
            &[
                turns(&people),
                super::aliases(&people).unwrap(),
                chosen(&people).unwrap(),
                super::sessions(&sessions),
                chosen(&sessions).unwrap(),
                chosen(&asked(&chosen_scope, Unit::Visitors)).unwrap(),
                names(&plain, Unit::People, &[7]),
                names(&plain, Unit::Sessions, &[7]),
            ],
        );
    }
}
