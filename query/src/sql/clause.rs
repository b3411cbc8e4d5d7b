//! The clauses that several statements share: windows, bots, sessions, dimensions, comparisons.

use orma_model::kinds::{Activity, KindCondition};
use orma_store::Param;

use super::Sql;
use crate::plan::dimension::{Dimension, Level};
use crate::plan::filter::{Filter, Operator};
use crate::plan::period::{Interval, Period};

/// A page or a screen was seen.
pub const IS_VIEW: KindCondition = KindCondition::any_of(|kind| kind.activity == Activity::View);

/// Something was done: the same list as the view that feeds `sessions`.
const IS_ACTION: KindCondition = KindCondition::none_of(|kind| kind.activity != Activity::Action);

/// Money changed hands.
pub const IS_PURCHASE: &str = "(kind = 'order' OR revenue != 0)";

/// Distinct visitors, by a 64-bit hash: half the time of whole ids where there are many groups, and with a million
/// visitors one in 40 million answers is off by one.
pub const VISITOR: &str = "sipHash64(visitor)";

/// Money in other currencies, each for itself, with the same signs. Needs the parameter `currency`.
pub const OTHER_REVENUE: &str = "sumMapIf(map(toString(currency), if(kind = 'refund', -abs(revenue), revenue)), \
    revenue != 0 AND currency != {currency:String})";

/// Neither a bot nor a machine.
pub const IS_HUMAN: &str = "bot = '' AND verdict != 'machine'";

/// What an event belongs to: its session, or its day where it has none.
pub const VISIT_OF_EVENT: &str = "if(session = '', concat('@', toString(toDate(ts))), session)";

/// The same for a row of `sessions`.
pub const VISIT_OF_SESSION: &str = "if(session = '', concat('@', toString(day)), session)";

/// A visit counts as a session when it has an id or a view.
pub const IS_SESSION: &str = "(view_count > 0 OR NOT startsWith(visit, '@'))";

/// Money: refunds are taken off, whatever their sign, and other currencies are left out. Needs the parameter `currency`.
///
/// A sum of `Decimal(18, 4)` is a `Decimal(38, 4)`, which holds 10²⁰ of the largest amounts, and comes as text.
pub const REVENUE: &str = "sumIf(if(kind = 'refund', -abs(revenue), revenue), currency = {currency:String})";

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

/// Which sessions of the days of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// Those that began in the period.
    Started,
    /// All: events of the period may belong to them.
    Any,
}

/// What a session takes from its first event: columns of events, in the order of the table's text.
const ENTRY: [&str; 20] = [
    "path",
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

/// How many events a session of the table has.
pub const EVENTS_OF_SESSION: &str = "length(groupUniqArrayArray(event_ids))";

/// How many of them were views: the last two bits of an event's number say what it was.
pub const VIEWS_OF_SESSION: &str = "arrayCount(id -> bitAnd(id, 3) = 0, groupUniqArrayArray(event_ids))";

/// In how many of them something was done.
pub const ACTIONS_OF_SESSION: &str = "arrayCount(id -> bitAnd(id, 3) = 1, groupUniqArrayArray(event_ids))";

/// What the table of sessions keeps of the first event: what follows its moment of 8 bytes.
pub const ENTRY_OF_SESSION: &str = "substring(min(entry), 9)";

/// The path of a session's last view; empty without one.
pub const EXIT_OF_SESSION: &str = "substring(max(exit_path), 9)";

/// A field of a session's first event. `text` is what the table keeps of it.
pub fn entry_field(text: &str, name: &str) -> String {
    let place = ENTRY.iter().position(|field| *field == name).expect("a field of the entry") + 1;
    format!("splitByChar(char(31), {text})[{place}]")
}

/// What the table of sessions keeps of its first event, made from an event.
pub fn entry_of_event() -> String {
    format!("concat({})", ENTRY.join(", char(31), "))
}

/// Sessions, one row each: `visitor`, `visit`, `started`, `ended`, `view_count`, `event_count`, `action_count`,
/// `first_…` (of the first event), `exit_page`. ClickHouse drops the columns that nobody asks for. A day more on both
/// sides is read, because a session may cross midnight. The table of sessions leaves bots out; with them, sessions are
/// made from events. `condition` narrows both down.
pub fn sessions(which: Sessions, with_bots: bool, condition: &str) -> String {
    let having = match which {
        Sessions::Started => {
            " HAVING started >= fromUnixTimestamp64Milli({from:Int64}) \
             AND started < fromUnixTimestamp64Milli({to:Int64})"
        }
        Sessions::Any => "",
    };
    let days = "BETWEEN {from_day:Date} - 1 AND {to_day:Date} + 1";
    let rows = if with_bots {
        format!(
            "SELECT visitor, {VISIT_OF_EVENT} AS visit, min(ts) AS started, max(ts) AS ended, \
             countIf({IS_VIEW}) AS view_count, count() AS event_count, countIf({IS_ACTION}) AS action_count, \
             splitByChar(char(31), min((ts, {})).2) AS first, \
             maxIf((ts, path), {IS_VIEW}).2 AS exit_page \
             FROM events FINAL WHERE site = {{site:String}} AND toDate(ts) {days}{condition} \
             GROUP BY visitor, visit{having}",
            entry_of_event()
        )
    } else {
        format!(
            "SELECT visitor, {VISIT_OF_SESSION} AS visit, min(started_at) AS started, max(ended_at) AS ended, \
             {VIEWS_OF_SESSION} AS view_count, {EVENTS_OF_SESSION} AS event_count, \
             {ACTIONS_OF_SESSION} AS action_count, \
             splitByChar(char(31), {ENTRY_OF_SESSION}) AS first, {EXIT_OF_SESSION} AS exit_page \
             FROM sessions WHERE site = {{site:String}} AND day {days}{condition} GROUP BY visitor, visit{having}"
        )
    };
    let mut place = 0;
    let fields = ENTRY.map(|name| {
        place += 1;
        format!("first[{place}] AS first_{name}")
    });
    format!(
        "(SELECT visitor, visit, started, ended, view_count, event_count, action_count, {}, exit_page FROM ({rows}))",
        fields.join(", ")
    )
}

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
        (_, "exit_page") => "exit_page".into(),
        // Nobody sent it.
        (_, "channel") => "if(first_channel = '', 'direct', first_channel)".into(),
        (_, column) => format!("first_{column}"),
    }
}

/// What a filter says of `expression`.
pub fn compared(sql: &mut Sql, expression: &str, filter: &Filter) -> String {
    let values = sql.bind("Array(String)", filter.values.clone());
    match filter.operator {
        Operator::Is => format!("{expression} IN {values}"),
        Operator::IsNot => format!("{expression} NOT IN {values}"),
        Operator::Contains => {
            format!("arrayExists(value -> positionCaseInsensitiveUTF8({expression}, value) > 0, {values})")
        }
        Operator::Starts => format!("arrayExists(value -> startsWith({expression}, value), {values})"),
    }
}

/// The bucket of a moment, as [`crate::plan::period::Bucket::key`] names it. Needs the parameter `zone`.
pub fn bucket(interval: Interval, moment: &str) -> String {
    match interval {
        Interval::Minute => format!("toString(toUnixTimestamp(toStartOfMinute({moment}, {{zone:String}})))"),
        Interval::Hour => format!("toString(toUnixTimestamp(toStartOfHour({moment}, {{zone:String}})))"),
        Interval::Day => format!("toString(toDate({moment}, {{zone:String}}))"),
        Interval::Week => format!("toString(toStartOfWeek({moment}, 1, {{zone:String}}))"),
        Interval::Month => format!("toString(toStartOfMonth({moment}, {{zone:String}}))"),
    }
}
