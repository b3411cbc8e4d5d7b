//! The statement of a page of people: who is on it, and in which order.

use orma_store::Param;

use super::super::request::{Listed, Order};
use crate::condition::Condition;
use crate::identity::Aliases;
use crate::plan::period::utc_day;
use crate::sql::clause::{self, IS_HUMAN, IS_PURCHASE, IS_SESSION};
use crate::sql::condition::Terms;
use crate::sql::identity::{self, Duplicates, Person};
use crate::sql::visits::{Columns, Matching, pieces};
use crate::sql::{Sql, events};
use crate::timestamp::Timestamp;

impl Order {
    /// What it needs of a session.
    const fn columns(self) -> Columns {
        match self {
            Self::Sessions | Self::PageViews | Self::Events => Columns::Counted,
            _ => Columns::Few,
        }
    }

    const fn needs_purchases(self) -> bool {
        matches!(self, Self::Orders | Self::Revenue)
    }

    /// The value of a person, over the visits of the person; of orders and money, over the purchases.
    fn value(self) -> String {
        match self {
            Self::LastSeen => "toUnixTimestamp64Milli(max(ended))".into(),
            Self::FirstSeen => "toUnixTimestamp64Milli(min(started))".into(),
            Self::Sessions => format!("toInt64(countIf({IS_SESSION}))"),
            Self::PageViews => "toInt64(sum(view_count))".into(),
            Self::Events => "toInt64(sum(event_count))".into(),
            Self::Orders => "toInt64(orders)".into(),
            Self::Revenue => "revenue_sum".into(),
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

/// The people of a page in their order: `person`, `identified`, `value` (text, of the order). `currency` is the site's.
pub fn page(currency: &str, listed: &Listed, aliases: &Aliases) -> Sql {
    let mut sql = Sql::default();
    sql.bind_site(&listed.scope.site);
    let person = identity::person(&mut sql, aliases);
    let terms = Terms { with_bots: false, aliases };
    let matching = matching(&mut sql, &terms, listed);
    let mut having = conditions(&mut sql, listed, matching.is_some());
    having.extend(apart(&mut sql, &terms, &person, listed));
    let (mut sessions, mut edges) = (String::new(), String::new());
    if let Some(since) = listed.since {
        let (day, moment) = (sql.bind("Date", utc_day(since)), sql.bind("Int64", since.0));
        // A day more: a session that began on the day before has its owner by its beginning.
        sessions = format!(" AND day >= {day} - 1");
        edges =
            format!(" AND visitor IN (SELECT visitor FROM sessions WHERE site = {{site:String}}{sessions})");
        having.push(format!("toUnixTimestamp64Milli(max(ended)) >= {moment}"));
    }
    let order = listed.order;
    let seen = if order.needs_purchases() {
        String::new()
    } else {
        format!(", {} AS value_of_visits", order.value())
    };
    let mut people = format!(
        "SELECT {} AS person, toBool(max(owner_user != '' OR person != visitor)) AS identified{seen} \
         FROM {} WHERE visitor != '' GROUP BY person{}",
        person.expression,
        person.rows(&pieces(order.columns(), &sessions, &edges, matching.as_ref())),
        clause_of(" HAVING ", &having),
    );
    let mut conditions = Vec::new();
    if order.needs_purchases() || listed.customers.is_some() {
        sql.params.push(("currency".into(), currency.into()));
        people = format!(
            "SELECT * FROM ({people}) AS listed LEFT JOIN {} AS bought ON listed.person = bought.buyer",
            purchases(&person)
        );
        conditions.extend(
            listed.customers.map(|bought| if bought { "orders > 0" } else { "orders = 0" }.to_owned()),
        );
    }
    let value = if order.needs_purchases() { order.value() } else { "value_of_visits".into() };
    let (beyond, direction) = if listed.ascending { (">", "ASC") } else { ("<", "DESC") };
    if let Some((after_value, after)) = &listed.after {
        let (after_value, after) = (order.bound(&mut sql, after_value), sql.bind("String", after.as_str()));
        conditions.push(format!(
            "({value} {beyond} {after_value} OR ({value} = {after_value} AND person > {after}))"
        ));
    }
    let limit = sql.bind("UInt64", listed.limit as i64 + 1);
    sql.text = format!(
        "SELECT person, identified, toString({value}) AS value FROM ({people}){} \
         ORDER BY {value} {direction}, person LIMIT {limit}",
        clause_of(" WHERE ", &conditions),
    );
    sql
}

fn clause_of(word: &str, conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!("{word}{}", conditions.join(" AND ")) }
}

/// What must hold for a person's visits together.
fn conditions(sql: &mut Sql, listed: &Listed, is_filtered: bool) -> Vec<String> {
    let mut having = Vec::new();
    if let Some(search) = &listed.search {
        let search = sql.bind("String", search.as_str());
        let found = |column: &str| format!("max(positionCaseInsensitiveUTF8({column}, {search})) > 0");
        having.push(format!(
            "({} OR {} OR positionCaseInsensitiveUTF8(person, {search}) > 0 OR max(if(owner_user = '', visitor, \
             owner_user) IN (SELECT id FROM traits FINAL WHERE site = {{site:String}} AND trait IN ('name', 'email') \
             AND positionCaseInsensitiveUTF8(value, {search}) > 0)))",
            found("visitor"),
            found("owner_user")
        ));
    }
    if let Some(identified) = listed.identified {
        having.push(if identified { "identified".into() } else { "NOT identified".into() });
    }
    let mut of_a_visit = Vec::new();
    let period = &listed.scope.period;
    if period.beginning().is_some() || period.end().is_some() {
        let from = sql.bind("Int64", period.beginning().unwrap_or(Timestamp(0)).0);
        let to = sql.bind("Int64", period.to.0);
        of_a_visit.push(format!(
            "ended >= fromUnixTimestamp64Milli({from}) AND started < fromUnixTimestamp64Milli({to})"
        ));
    }
    if is_filtered {
        of_a_visit.push("is_matched".into());
    }
    if !of_a_visit.is_empty() {
        having.push(format!("max({})", of_a_visit.join(" AND ")));
    }
    having
}

/// What a visit must have for what holds for one visit.
fn matching(sql: &mut Sql, terms: &Terms<'_>, listed: &Listed) -> Option<Matching> {
    if listed.scope.condition == Condition::EVERYTHING {
        return None;
    }
    let (from, to) = listed.scope.period.within_calendar();
    sql.params.extend([
        ("from_day".to_owned(), utc_day(from).into()),
        ("to_day".to_owned(), utc_day(Timestamp(to.0.saturating_sub(1).max(from.0))).into()),
    ]);
    let (together, _) = listed.scope.condition.together();
    (!together.is_empty()).then(|| {
        terms.matching(sql, &together, |sql| {
            let (from, to) = (sql.bind("Int64", from.0), sql.bind("Int64", to.0));
            format!("ts >= fromUnixTimestamp64Milli({from}) AND ts < fromUnixTimestamp64Milli({to})")
        })
    })
}

/// What must hold for a person whatever the visit.
fn apart(sql: &mut Sql, terms: &Terms<'_>, person: &Person, listed: &Listed) -> Vec<String> {
    let (_, apart) = listed.scope.condition.together();
    if !apart.is_empty() {
        let (from, to) = listed.scope.period.within_calendar();
        sql.params.extend([("from".to_owned(), Param::Int(from.0)), ("to".to_owned(), Param::Int(to.0))]);
    }
    apart.into_iter().map(|member| terms.person_apart(sql, person, events::SEEN, member)).collect()
}

/// Orders and money of everybody who has any, each a row: `buyer`, `orders`, `revenue_sum`. The same purchases as those
/// of the people of a page ([`super::purchases`]); the table's key finds them.
fn purchases(person: &Person) -> String {
    let condition = format!(
        "{IS_HUMAN} AND {IS_PURCHASE} AND (toDate(ts), visitor) IN (SELECT toDate(ts), visitor FROM events \
         WHERE site = {{site:String}} AND {IS_HUMAN} AND {IS_PURCHASE})"
    );
    format!(
        "(SELECT {} AS buyer, countIf(kind = 'order') AS orders, {} AS revenue_sum FROM {} GROUP BY buyer)",
        person.expression,
        clause::REVENUE,
        person.rows(&identity::owned_events(&condition, Duplicates::Merged, ""))
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
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
            since: None,
        }
    }

    #[test]
    fn snapshots_of_the_list() {
        let search = Listed {
            search: Some("rossi".into()),
            identified: Some(true),
            after: Some(("1795302000000".into(), "mario".into())),
            since: Some(Timestamp(1_795_219_200_000)),
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
        check("people_page", &[page("EUR", &everybody, &Aliases::default())]);
        check("people_search", &[page("EUR", &search, &aliases)]);
        check("people_filtered", &[page("EUR", &filtered, &aliases)]);
    }

    #[test]
    fn snapshots_of_the_orders_of_the_list() {
        let ordered = |order| Listed { order, ..listed(open(None, None, &[])) };
        let orders = [Order::Sessions, Order::PageViews, Order::Orders];
        let pages = orders.map(|order| page("EUR", &ordered(order), &Aliases::default()));
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
        check("people_ascending", &[page("EUR", &others, &Aliases::default())]);
    }

    #[test]
    fn snapshots_of_a_condition_of_the_list() {
        let is = |dimension: &str, value: &str| json!({"dimension": dimension, "operator": "is", "values": [value]});
        let mut scope = open(Some("2026-11-01"), None, &[]);
        let condition = json!({"all": [
            is("country", "IT"),
            {"any": [is("page", "/a"), is("channel", "email")]},
            {"not": is("page", "/b")},
            {"did": {"event": {"kind": "order"}, "times": {"at_least": 2}}}
        ]});
        scope.condition = Condition::from_json(&condition, "condition").unwrap();
        check("people_condition", &[page("EUR", &listed(scope), &Aliases::default())]);
    }
}
