//! The statements of a page of people: who is on it, and in which order.

use orma_store::Param;

use super::super::request::{Listed, Order};
use crate::identity::Aliases;
use crate::plan::period::utc_day;
use crate::sql::clause::{IS_SESSION, REVENUE_OF_VISITS, VISIT};
use crate::sql::condition::Terms;
use crate::sql::identity::{People, of_ids};
use crate::sql::visits::{ALL, Columns, shares, shares_of};
use crate::sql::{Sql, events};
use crate::timestamp::Timestamp;

impl Order {
    /// What it needs of a session.
    const fn columns(self) -> Columns {
        match self {
            Self::LastSeen | Self::FirstSeen => Columns::Few,
            _ => Columns::Counted,
        }
    }

    /// The value of a person, over the visits of the person. Needs the parameter `currency`.
    fn value(self, aliases: &Aliases) -> String {
        match self {
            Self::LastSeen => "toUnixTimestamp64Milli(max(ended))".into(),
            Self::FirstSeen => "toUnixTimestamp64Milli(min(since))".into(),
            // Only ids that are one person may each have a part of the same visit.
            Self::Sessions if aliases.is_empty() => format!("toInt64(countIf({IS_SESSION}))"),
            Self::Sessions => format!("toInt64(uniqExactIf({VISIT}, {IS_SESSION}))"),
            Self::PageViews => "toInt64(sum(view_count))".into(),
            Self::Events => "toInt64(sum(event_count))".into(),
            Self::Orders => "toInt64(sum(order_count))".into(),
            Self::Revenue => REVENUE_OF_VISITS.into(),
        }
    }

    /// The same of a row of the table of people.
    const fn known(self) -> &'static str {
        match self {
            Self::LastSeen => "toUnixTimestamp64Milli(last_seen)",
            Self::FirstSeen => "toUnixTimestamp64Milli(first_seen)",
            Self::Sessions => "toInt64(session_count)",
            Self::PageViews => "toInt64(view_count)",
            Self::Events => "toInt64(event_count)",
            Self::Orders => "toInt64(order_count)",
            Self::Revenue => "money[{currency:String}]",
        }
    }

    /// A value that a cursor keeps as text, as it is compared.
    fn bound(self, sql: &mut Sql, value: &str) -> String {
        let text = sql.bind("String", value);
        match self {
            Self::Revenue => format!("toDecimal128({text}, 4)"),
            _ => format!("toInt64({text})"),
        }
    }
}

/// Whose visits a page of people is made of.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Everybody's.
    All,
    /// Those of these ids, among whom all are that the page may have.
    Of(&'a [String]),
}

/// The people of a page in their order, of their visits: `person`, `identified`, `value` (text, of the order). `currency`
/// is the site's.
pub fn page(currency: &str, listed: &Listed, aliases: &Aliases, whose: Whose<'_>) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(&listed.scope.site);
    let everybody = People::new(&mut sql, aliases);
    let terms = Terms::new(false, aliases);
    let matching = matching(&mut sql, &terms, listed);
    let mut having = conditions(&mut sql, listed, matching);
    having.extend(apart(&mut sql, &terms, &everybody, listed));
    let mut columns = listed.order.columns();
    if let Some(bought) = listed.customers {
        columns = Columns::Counted;
        having.push(if bought { "sum(order_count) > 0" } else { "sum(order_count) = 0" }.to_owned());
    }
    if listed.order == Order::Revenue {
        sql.params.push(("currency".into(), currency.into()));
    }
    let shares = match whose {
        Whose::All => shares(columns, ALL),
        Whose::Of(ids) => shares_of_ids(&mut sql, columns, ids),
    };
    let people = format!(
        "SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, {} AS value_of_visits \
         FROM {} WHERE visitor != '' GROUP BY person_hash{}",
        listed.order.value(aliases),
        everybody.rows(&shares),
        clause_of(" HAVING ", &having),
    );
    let after = after(&mut sql, listed);
    let limit = sql.bind("UInt64", listed.limit as i64 + 1);
    sql.text = format!(
        "SELECT person, identified, toString(value_of_visits) AS value FROM ({people}){} ORDER BY {} LIMIT {limit}",
        clause_of(" WHERE ", &after),
        ordered(listed)
    );
    sql
}

/// What some ids have of visits.
fn shares_of_ids(sql: &mut Sql, columns: Columns, ids: &[String]) -> String {
    let ids = sql.bind_texts(&sql.next_name(), ids);
    shares_of(columns, &of_ids(&ids.each, &format!(" AND NOT is_bot{ALL}")))
}

/// The rows of the table of people that may be on a page, in its order, and whom aliases join with what is known of all
/// of their visits: `person`, `identified`, `value` (text, of the order), `number` and `version` of the row (texts, empty
/// for whom aliases join), and whether it `is_sure` that somebody was here in the period: who was before and after it may
/// have been or not.
///
/// A row may be out of date: what counts is that of the highest version, which [`rows_of`] has, and which comes before others of
/// the same place, so that no page ends between them. To have the store leave out the others would mean to merge everybody's rows
/// each time. There is no condition, and nothing is searched for;
/// `joined` are the ids that aliases join.
pub fn known(currency: &str, listed: &Listed, aliases: &Aliases, joined: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(&listed.scope.site);
    if listed.order == Order::Revenue {
        sql.params.push(("currency".into(), currency.into()));
    }
    let (is_possible, is_sure, seen) = match bounds(&mut sql, listed) {
        None => ("1".to_owned(), "1".to_owned(), "1".to_owned()),
        Some((from, to)) => (
            format!("last_seen >= {from} AND first_seen < {to}"),
            format!("first_seen >= {from} OR last_seen < {to}"),
            format!("max(ended >= {from} AND since < {to})"),
        ),
    };
    let mut conditions = after(&mut sql, listed);
    if let Some(identified) = listed.identified {
        conditions.push(if identified { "identified".into() } else { "NOT identified".into() });
    }
    if let Some(bought) = listed.customers {
        conditions.push(if bought { "has_ordered".into() } else { "NOT has_ordered".into() });
    }
    let mut people = format!(
        "SELECT person_id AS person, is_identified AS identified, {} AS value_of_visits, order_count > 0 AS has_ordered, \
         {is_sure} AS is_sure, toString(person_hash) AS number, version FROM people \
         WHERE site = {{site:String}} AND NOT is_deleted AND {is_possible}",
        listed.order.known()
    );
    if !joined.is_empty() {
        let everybody = People::new(&mut sql, aliases);
        let shares = shares_of_ids(&mut sql, Columns::Counted, joined);
        let ids = sql.bind_texts(&sql.next_name(), joined).each;
        people = format!(
            "{people} AND person_hash NOT IN (SELECT sipHash64({ids})) UNION ALL \
             SELECT any(person_id) AS person, toBool(max(person_hash != visitor_hash)) AS identified, {} AS value_of_visits, \
             sum(order_count) > 0 AS has_ordered, 1 AS is_sure, '' AS number, toUInt64(0) AS version \
             FROM {} WHERE visitor != '' GROUP BY person_hash HAVING {seen}",
            listed.order.value(aliases),
            everybody.rows(&shares)
        );
    }
    let limit = sql.bind("UInt64", listed.limit as i64 + 1);
    sql.text = format!(
        "SELECT person, identified, toString(value_of_visits) AS value, toBool(is_sure) AS is_sure, number, \
         toString(people.version) AS version FROM ({people}) AS people{} ORDER BY {}, people.version DESC LIMIT {limit}",
        clause_of(" WHERE ", &conditions),
        ordered(listed)
    );
    sql
}

/// The rows of the table of people that count, of these numbers: `number`, `version`, `value` (as in [`known`]) and what is
/// shown of people.
pub fn rows_of(currency: &str, listed: &Listed, numbers: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(&listed.scope.site);
    sql.params.push(("currency".into(), currency.into()));
    let numbers = sql.bind_texts("numbers", numbers).each;
    sql.text = format!(
        "SELECT toString(person_hash) AS number, toString(version) AS version, toString({}) AS value, person_id AS person, \
         toUnixTimestamp64Milli(first_seen) AS first_seen_ms, toUnixTimestamp64Milli(last_seen) AS last_seen_ms, \
         session_count AS sessions, view_count AS page_views, event_count AS events, visitor_count AS visitors, country, \
         device_class, browser, os, channel, source, last_page, order_count AS orders, \
         money[{{currency:String}}] AS revenue_sum, toUInt8(has(currencies, {{currency:String}})) AS has_revenue, \
         mapFilter((name, amount) -> name != {{currency:String}}, money) AS other_revenue \
         FROM people FINAL WHERE site = {{site:String}} AND person_hash IN (SELECT toUInt64({numbers}))",
        listed.order.known()
    );
    sql
}

/// Those of some ids, which no alias joins, who were here in the period of a list: `person`.
pub fn seen(listed: &Listed, ids: &[String]) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(&listed.scope.site);
    let shares = shares_of_ids(&mut sql, Columns::Few, ids);
    let seen = bounds(&mut sql, listed)
        .map_or_else(|| "1".to_owned(), |(from, to)| format!("ended >= {from} AND since < {to}"));
    sql.text = format!("SELECT DISTINCT person_id AS person FROM {shares} WHERE visitor != '' AND {seen}");
    sql
}

/// The ids of which one of a person who is searched for is, and perhaps some more: `id`. At most [`FOUND_MAX`] and one.
pub fn found(site: &str, search: &str, aliases: &Aliases) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(site);
    let search = sql.bind("String", search);
    let is_found = |column: &str| format!("positionCaseInsensitiveUTF8({column}, {search}) > 0");
    let mut tables = vec![
        // Of an event that has a user and no visitor this is the visitor.
        format!(
            "SELECT person_id AS id FROM people WHERE site = {{site:String}} AND {}",
            is_found("concat('@', person_id)")
        ),
        format!(
            "SELECT user AS id FROM identity_edges WHERE site = {{site:String}} AND {}",
            is_found("visitor")
        ),
        format!("SELECT id FROM traits FINAL WHERE site = {{site:String}} AND {}", is_found("value")),
    ];
    let (_, people) = aliases.columns();
    if !people.is_empty() {
        let people = sql.bind_texts(&sql.next_name(), &people).each;
        tables.push(format!("SELECT id FROM (SELECT {people} AS id) WHERE {}", is_found("id")));
    }
    sql.text = format!(
        "SELECT DISTINCT id FROM ({}) WHERE id != '' LIMIT {}",
        tables.join(" UNION ALL "),
        FOUND_MAX + 1
    );
    sql
}

/// Of so many ids that are found only the visits are asked; of more, all.
pub const FOUND_MAX: usize = 2_000;

/// What must hold for who stands behind the last of the page before.
fn after(sql: &mut Sql, listed: &Listed) -> Vec<String> {
    let Some((value, person)) = &listed.after else { return Vec::new() };
    let beyond = if listed.ascending { ">" } else { "<" };
    let (value, person) = (listed.order.bound(sql, value), sql.bind("String", person.as_str()));
    vec![format!("(value_of_visits {beyond} {value} OR (value_of_visits = {value} AND person > {person}))")]
}

fn ordered(listed: &Listed) -> String {
    format!("value_of_visits {}, person", if listed.ascending { "ASC" } else { "DESC" })
}

/// The moments between which somebody must have been seen, where either is given.
fn bounds(sql: &mut Sql, listed: &Listed) -> Option<(String, String)> {
    let period = &listed.scope.period;
    if period.beginning().is_none() && period.end().is_none() {
        return None;
    }
    let mut moment = |at: i64| format!("fromUnixTimestamp64Milli({})", sql.bind("Int64", at));
    let from = moment(period.beginning().unwrap_or(Timestamp(0)).0);
    Some((from, moment(period.to.0)))
}

fn clause_of(word: &str, conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!("{word}{}", conditions.join(" AND ")) }
}

/// What must hold for what a person has of visits, together. `matching` must hold for one of them.
fn conditions(sql: &mut Sql, listed: &Listed, matching: Vec<String>) -> Vec<String> {
    let mut having = Vec::new();
    if let Some(search) = &listed.search {
        let search = sql.bind("String", search.as_str());
        let is_found = |column: &str| format!("positionCaseInsensitiveUTF8({column}, {search}) > 0");
        // All ids of a person are searched, and what any of them was told.
        having.push(format!(
            "max({} OR {} OR {} OR own_id IN (SELECT id FROM traits FINAL WHERE site = {{site:String}} AND {}))",
            is_found("visitor"),
            is_found("own_id"),
            is_found("person_id"),
            is_found("value")
        ));
    }
    if let Some(identified) = listed.identified {
        having.push(if identified { "identified".into() } else { "NOT identified".into() });
    }
    let mut of_one = Vec::new();
    if let Some((from, to)) = bounds(sql, listed) {
        of_one.push(format!("ended >= {from} AND since < {to}"));
    }
    of_one.extend(matching);
    if !of_one.is_empty() {
        having.push(format!("max({})", of_one.join(" AND ")));
    }
    having
}

/// What must hold for a share of a visit that holds for one visit.
fn matching(sql: &mut Sql, terms: &Terms<'_>, listed: &Listed) -> Vec<String> {
    let (together, _) = listed.scope.condition.together();
    if together.is_empty() {
        return Vec::new();
    }
    let (from, to) = listed.scope.period.within_calendar();
    sql.params.extend([
        ("from_day".to_owned(), utc_day(from).into()),
        ("to_day".to_owned(), utc_day(Timestamp(to.0.saturating_sub(1).max(from.0))).into()),
    ]);
    let (from, to) = (sql.bind("Int64", from.0), sql.bind("Int64", to.0));
    let in_period = format!("ts >= fromUnixTimestamp64Milli({from}) AND ts < fromUnixTimestamp64Milli({to})");
    terms.matching(sql, &together, &in_period)
}

/// What must hold for a person whatever the visit.
fn apart(sql: &mut Sql, terms: &Terms<'_>, people: &People, listed: &Listed) -> Vec<String> {
    let (_, apart) = listed.scope.condition.together();
    if !apart.is_empty() {
        let (from, to) = listed.scope.period.within_calendar();
        sql.params.extend([("from".to_owned(), Param::Int(from.0)), ("to".to_owned(), Param::Int(to.0))]);
    }
    apart.into_iter().map(|member| terms.person_apart(sql, people, events::SEEN, member)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::condition::Condition;
    use crate::scope::Scope;
    use crate::scope::tests::open;
    use crate::sql::snapshot::check;

    /// Everybody of a scope.
    fn listed(scope: Scope) -> Listed {
        Listed {
            scope,
            search: None,
            identified: None,
            customers: None,
            order: Order::default(),
            ascending: false,
            after: None,
            limit: 50,
        }
    }

    #[test]
    fn snapshots_of_the_list() {
        let search = Listed {
            search: Some("rossi".into()),
            identified: Some(true),
            after: Some(("1795302000000".into(), "mario".into())),
            ..listed(open(Some("2026-11-01"), None, &[]))
        };
        let filters = ["country:is:IT", "page:starts:/scarpe", "kind:is:page_view"];
        let filtered = Listed {
            customers: Some(true),
            order: Order::Revenue,
            after: Some(("12.5".into(), "mario".into())),
            ..listed(open(None, None, &filters))
        };
        let aliases = Aliases::new([("anna".to_owned(), "anna@example.it".to_owned())]);
        let everybody = listed(open(None, None, &[]));
        check("people_page", &[page("EUR", &everybody, &Aliases::default(), Whose::All)]);
        let ids = ["mario".to_owned(), "m".to_owned()];
        check(
            "people_search",
            &[page("EUR", &search, &aliases, Whose::Of(&ids)), found("demo", "rossi", &aliases)],
        );
        check("people_filtered", &[page("EUR", &filtered, &aliases, Whose::All)]);
        let known_of = |listed: &Listed, aliased: &[String]| known("EUR", listed, &aliases, aliased);
        let november = Listed {
            identified: Some(true),
            customers: Some(false),
            order: Order::Revenue,
            after: Some(("12.5".into(), "mario".into())),
            ..listed(open(Some("2026-11-01"), Some("2026-11-21"), &[]))
        };
        check(
            "people_known",
            &[
                known_of(&everybody, &[]),
                known_of(&november, &ids),
                rows_of("EUR", &november, &ids),
                seen(&november, &ids),
            ],
        );
    }

    #[test]
    fn snapshots_of_the_orders_of_the_list() {
        let ordered = |order| Listed { order, ..listed(open(None, None, &[])) };
        let orders = [Order::Sessions, Order::PageViews, Order::Orders];
        let pages = orders.map(|order| page("EUR", &ordered(order), &Aliases::default(), Whose::All));
        check("people_orders", &pages);
        let items = ["product:is:Livorno", "channel:is:email", "props.colore:is:rosso"];
        let others = Listed {
            identified: Some(false),
            customers: Some(false),
            order: Order::FirstSeen,
            ascending: true,
            after: Some(("1793487600000".into(), "mario".into())),
            ..listed(open(None, Some("2026-11-21T23:00:00Z"), &items))
        };
        check("people_ascending", &[page("EUR", &others, &Aliases::default(), Whose::All)]);
    }

    #[test]
    fn snapshots_of_a_condition_of_the_list() {
        let is = |dimension: &str, value: &str| json!({"is": {"dimension": dimension, "values": [value]}});
        let mut scope = open(Some("2026-11-01"), None, &[]);
        let condition = json!({"all": [
            is("country", "IT"),
            {"any": [is("page", "/a"), is("channel", "email")]},
            {"not": is("page", "/b")},
            {"did": {"event": {"kind": "order"}, "at_least": 2}}
        ]});
        scope.condition = Condition::from_json(&condition, "condition").unwrap();
        check("people_condition", &[page("EUR", &listed(scope), &Aliases::default(), Whose::All)]);
    }
}
