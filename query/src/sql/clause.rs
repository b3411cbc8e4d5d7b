//! The clauses that several statements share: windows, bots, sessions, dimensions, comparisons.

use orma_model::kinds::{Activity, KindCondition};
use orma_store::Param;

use super::Sql;
use crate::plan::dimension::{Dimension, Level};
use crate::plan::filter::{Filter, Operator};
use crate::plan::period::{Interval, Period};

/// A page or a screen was seen.
pub const IS_VIEW: KindCondition = KindCondition::any_of(|kind| kind.activity == Activity::View);

/// Money changed hands, or items did.
pub const IS_PURCHASE: &str = "(kind IN ('order', 'refund') OR revenue != 0)";

/// Somebody bought something.
pub const IS_ORDER: &str = "kind = 'order'";

/// A page was measured.
pub const IS_VITAL: &str = "kind = 'vital'";

/// Distinct visitors, by the 64 bits that are made of an id when it is stored: with a million visitors one in 40 million
/// answers is off by one.
pub const VISITOR: &str = "visitor_hash";

/// Money in other currencies, each for itself, with the same signs. Needs the parameter `currency`.
pub const OTHER_REVENUE: &str = "sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), \
    revenue != 0 AND currency != {currency:String})";

/// Neither a bot nor a machine.
pub const IS_HUMAN: &str = "bot = '' AND verdict != 'machine'";

/// What a visit is known by, in rows of visits and in rows of events that know theirs: `visit` is its beginning.
pub const VISIT_COLUMNS: &str = "visitor_hash, session_hash, is_bot, visit";

/// The same as one value.
pub const VISIT: &str = "(visitor_hash, session_hash, is_bot, visit)";

/// A visit counts as a session when it has an id or a view.
pub const IS_SESSION: &str = "is_session";

/// Money: refunds are taken off, whatever their sign, and other currencies are left out. Needs the parameter `currency`.
///
/// A sum of `Decimal(18, 4)` is a `Decimal(38, 4)`, which holds 10²⁰ of the largest amounts, and comes as text.
pub const REVENUE: &str = "sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String})";

/// The same over rows of visits.
pub const REVENUE_OF_VISITS: &str = "sum(money[{currency:String}])";

/// Money in other currencies over rows of visits, each for itself. Needs the parameter `currency`.
pub const OTHER_REVENUE_OF_VISITS: &str =
    "sumMap(mapFilter((name, amount) -> name != {currency:String}, money))";

/// Whether there was any money in the site's currency, over rows of visits.
pub const HAS_REVENUE_OF_VISITS: &str = "toUInt8(max(mapContains(money, {currency:String})))";

impl Sql {
    /// Binds the site.
    pub fn bind_site(&mut self, site: &str) {
        self.params.push(("site".into(), site.into()));
    }

    /// Binds a period: its moments, and the UTC days by which the tables are sorted.
    pub fn bind_period(&mut self, period: &Period) {
        self.params.extend([
            ("from".to_owned(), Param::Int(period.from.0)),
            ("to".to_owned(), Param::Int(period.to.0)),
            ("from_day".to_owned(), period.first_day().into()),
            ("to_day".to_owned(), period.last_day().into()),
        ]);
    }
}

/// The events of a period. The days are named too: they are what the table is sorted by.
pub fn events_window(with_bots: bool) -> String {
    let human = if with_bots { String::new() } else { format!(" AND {IS_HUMAN}") };
    format!(
        "site = {{site:String}} AND toDate(ts) BETWEEN {{from_day:Date}} AND {{to_day:Date}} \
         AND ts >= fromUnixTimestamp64Milli({{from:Int64}}) AND ts < fromUnixTimestamp64Milli({{to:Int64}}){human}"
    )
}

/// What nobody's id came with is no one person's.
pub const HAS_VISITOR: &str = "visitor_hash != sipHash64('')";

/// Which visits of the days of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visits {
    /// Those that began in the period, each once.
    Started,
    /// All that touch one of the days: events of the period may belong to them. One of several days may come for each.
    Any,
}

/// What a visit takes from its first event: columns of visits.
const ENTRY: [&str; 20] = [
    "entry_page",
    "host",
    "language",
    "app_version",
    "source",
    "channel",
    "utm_campaign",
    "utm_source",
    "utm_medium",
    "country",
    "region",
    "city",
    "device_class",
    "device_brand",
    "device_model",
    "browser",
    "os",
    "os_version",
    "utm_term",
    "utm_content",
];

/// Whether a condition on events with their visits looks at the visits. Values are bound, so no text of somebody's is in it.
pub fn knows_visits(condition: &str) -> bool {
    ["first_", "exit_page", VISIT].iter().any(|name| condition.contains(name))
}

/// Those of the columns of visits' first events that a text asks for, under names that no column of events has, and these
/// names; each after a comma.
pub fn entry_columns(asked: &str) -> (String, String) {
    ENTRY
        .iter()
        .filter(|name| asked.contains(&format!("first_{name}")))
        .map(|name| (format!(", {name} AS first_{name}"), format!(", first_{name}")))
        .unzip()
}

/// All of them.
fn all_entry_columns() -> String {
    ENTRY.map(|name| format!("{name} AS first_{name}")).join(", ")
}

/// Visits, one row each: `day`, `visitor`, `visitor_hash`, `session_hash`, `is_bot`, `visit` and `started` (its beginning),
/// `ended`, the numbers of a visit, `event_count`, `last_view_ms`, `pages`,
/// `first_…` (of the first event), `exit_page`. ClickHouse reads no column that nobody asks for.
pub fn visits(which: Visits, with_bots: bool) -> String {
    let of = |rows: &str| visits_where(with_bots, rows);
    match which {
        Visits::Any => format!("({})", of("")),
        // Of the days between the first and the last it is clear without the moments, which need not be read.
        Visits::Started => format!(
            "({} UNION ALL {})",
            of(" AND NOT is_continued AND day > {from_day:Date} AND day < {to_day:Date}"),
            of(&format!(
                " AND NOT is_continued AND day IN ({{from_day:Date}}, {{to_day:Date}}) AND {}",
                began("started")
            ))
        ),
    }
}

/// Those of [`Visits::Any`] that are several people's.
pub fn mixed_visits(with_bots: bool) -> String {
    format!("({})", visits_where(with_bots, " AND is_mixed"))
}

fn visits_where(with_bots: bool, rows: &str) -> String {
    format!(
        "SELECT day, visitor, visitor_hash, session_hash, is_bot, started AS visit, started, ended, {NUMBERS_OF_VISIT}, \
         event_count, last_view_ms, pages, view_ms, exit_page, {} \
         FROM visits FINAL WHERE {}{rows}",
        all_entry_columns(),
        visits_window(with_bots)
    )
}

/// The rows of visits of the days of a period: what the table is sorted by. One of several days may come for each.
pub fn visits_window(with_bots: bool) -> String {
    rows_window("part = 0", with_bots)
}

/// The same rows as they stand for views.
pub fn views_window(with_bots: bool) -> String {
    rows_window("is_seen", with_bots)
}

fn rows_window(rows: &str, with_bots: bool) -> String {
    let human = if with_bots { "" } else { " AND NOT is_bot" };
    format!("site = {{site:String}} AND day BETWEEN {{from_day:Date}} AND {{to_day:Date}} AND {rows}{human}")
}

/// The condition that a visit with this beginning began in the period.
pub fn began(started: &str) -> String {
    format!(
        "{started} >= fromUnixTimestamp64Milli({{from:Int64}}) AND {started} < fromUnixTimestamp64Milli({{to:Int64}})"
    )
}

/// The events of visits that have to do with a period: such a visit may have begun the day before, unless it is of those that
/// began in the period, and may go on on the day after. Whoever looks for what a visit holds looks here.
pub fn events_of_visits_window(which: Visits, with_bots: bool) -> String {
    let human = if with_bots { String::new() } else { format!(" AND {IS_HUMAN}") };
    let days = days_beside(which).trim_start_matches(" AND day");
    format!("site = {{site:String}} AND toDate(ts){days}{human}")
}

/// The same days as a condition on visits.
pub const fn days_beside(which: Visits) -> &'static str {
    match which {
        Visits::Started => " AND day BETWEEN {from_day:Date} AND {to_day:Date} + 1",
        Visits::Any => " AND day BETWEEN greatest({from_day:Date}, toDate(1)) - 1 AND {to_day:Date} + 1",
    }
}

/// What joins each of the rows of `event` to the visit that it belongs to: a `JOIN` of any kind and what follows it. With
/// what the visit takes from its first event (`first_…`, `exit_page`), or with whose it is, for [`super::identity::owned`].
/// `whom` is a `PREWHERE` that says which visits are read, where not all need be.
pub fn joined_to_visits(with_bots: bool, days: &str, with_owners: bool, whom: &str) -> String {
    let human = if with_bots { "" } else { " AND NOT is_bot" };
    let owners = if with_owners { ", owner AS of_owner, turn_ms, turn_event, turn_owner" } else { "" };
    format!(
        "(SELECT {VISIT_OF_EVENT}{owners}, {NUMBERS_OF_VISIT}, exit_page, {} \
         FROM visits FINAL{whom} WHERE site = {{site:String}} AND part = 0{days}{human}) AS visited {ON_VISIT}",
        all_entry_columns()
    )
}

/// What metrics of sessions count of a visit.
pub const NUMBERS_OF_VISIT: &str = "is_session, view_count, action_count, order_count, lasted_ms";

/// What a visit is known by, under names that events do not have.
pub const VISIT_OF_EVENT: &str =
    "visitor_hash AS of_visitor, session_hash AS of_session, is_bot AS of_bot, started AS visit";

/// What joins events to the latest of these that began before them (an `ASOF JOIN`).
pub const ON_VISIT: &str =
    "ON visitor_hash = of_visitor AND session_hash = of_session AND is_bot = of_bot AND ts >= visit";

/// The days of a period, as a condition on visits.
pub const DAYS_OF_VISITS: &str = " AND day BETWEEN {from_day:Date} AND {to_day:Date}";

/// A dimension of an event. Those of sessions and items have none; `plan` never asks for it.
pub fn of_event(dimension: Dimension) -> String {
    match (dimension.level(), dimension.column()) {
        (Level::Session | Level::Item, other) => unreachable!("{other} is no property of events"),
        (_, "page") => "if(path = '', toString(screen), path)".into(),
        // `/scarpe/rosse` is of the group `/scarpe`.
        (_, "content_group") => {
            "multiIf(props['content_group'] != '', props['content_group'], path = '', toString(screen), \
             concat('/', splitByChar('/', toString(path))[2]))"
                .into()
        }
        (_, column) => format!("toString({column})"),
    }
}

/// A dimension of a session. Those of events and items have none; `plan` never asks for it.
pub fn of_session(dimension: Dimension) -> String {
    match (dimension.level(), dimension.column()) {
        (Level::Event | Level::Item, other) => unreachable!("{other} is no property of sessions"),
        (_, "exit_page") => "toString(exit_page)".into(),
        // Nobody sent it.
        (_, "channel") => "if(first_channel = '', 'direct', toString(first_channel))".into(),
        (_, column) => format!("toString(first_{column})"),
    }
}

/// What a filter says of `expression`.
pub fn compared(sql: &mut Sql, expression: &str, filter: &Filter) -> String {
    let values = |sql: &mut Sql| sql.bind("Array(String)", filter.values.clone());
    match filter.operator {
        Operator::Is => format!("{expression} IN {}", values(sql)),
        Operator::IsNot => format!("{expression} NOT IN {}", values(sql)),
        Operator::Contains => {
            let values = values(sql);
            format!("arrayExists(value -> positionCaseInsensitiveUTF8({expression}, value) > 0, {values})")
        }
        Operator::Starts => {
            format!("arrayExists(value -> startsWith({expression}, value), {})", values(sql))
        }
        Operator::Matches => {
            let found = |pattern: &String| {
                let pattern = sql.bind("String", pattern.as_str());
                format!("match({expression}, {pattern})")
            };
            format!("({})", filter.values.iter().map(found).collect::<Vec<_>>().join(" OR "))
        }
        // A text that is no number is neither.
        Operator::Greater | Operator::Less => {
            let sign = if filter.operator == Operator::Greater { '>' } else { '<' };
            let number: f64 = filter.values[0].parse().unwrap_or(f64::NAN);
            let number = sql.bind("Float64", format!("{number:e}"));
            format!("ifNull(toFloat64OrNull({expression}) {sign} {number}, 0)")
        }
        Operator::Set => format!("{expression} != ''"),
    }
}

/// The beginning of a moment's bucket. Needs the parameter `zone`.
pub fn bucket_start(interval: Interval, moment: &str) -> String {
    match interval {
        Interval::Minute => format!("toStartOfMinute({moment}, {{zone:String}})"),
        // ClickHouse's own hours are counted from the change of the clocks on, which may be one by half an hour.
        Interval::Hour => format!(
            "(toUnixTimestamp({moment}) - 60 * toMinute({moment}, {{zone:String}}) - toSecond({moment}))"
        ),
        Interval::Day => format!("toDate({moment}, {{zone:String}})"),
        Interval::Week => format!("toStartOfWeek({moment}, 1, {{zone:String}})"),
        Interval::Month => format!("toStartOfMonth({moment}, {{zone:String}})"),
    }
}

/// The beginning of a day's bucket, of days or longer.
pub fn bucket_of_day(interval: Interval, day: &str) -> String {
    match interval {
        Interval::Week => format!("toMonday({day})"),
        Interval::Month => format!("toStartOfMonth({day})"),
        Interval::Minute | Interval::Hour | Interval::Day => day.to_owned(),
    }
}

/// The beginning of a bucket as text, as [`crate::plan::period::Bucket::key`] names it.
pub fn bucket_key(interval: Interval, start: &str) -> String {
    match interval {
        Interval::Minute => format!("toString(toUnixTimestamp({start}))"),
        Interval::Hour | Interval::Day | Interval::Week | Interval::Month => format!("toString({start})"),
    }
}
