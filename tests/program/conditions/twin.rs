//! What conditions mean, computed one event at a time over all events of a site: no SQL, no index, no plan.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use orma_model::EventRow;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::visits::{VisitKey, visits_of};

const HOUR: i64 = 3_600_000;
const PAGES: [&str; 2] = ["page", "content_group"];
const OF_EVENTS: [&str; 7] =
    ["page", "content_group", "kind", "name", "touchpoint", "props.colore", "props.prezzo"];
const OF_ITEMS: [&str; 2] = ["product", "product_category"];
const OF_VISITS: [&str; 4] = ["channel", "source", "entry_page", "exit_page"];

/// The events of a site and what a question sees of them.
pub struct Twin<'a> {
    /// All events, each once.
    pub rows: &'a [EventRow<'a>],
    /// From this moment.
    pub from: i64,
    /// To this one, exclusive.
    pub to: i64,
    /// Bots count too.
    pub with_bots: bool,
    /// The visit of each event, once somebody has asked.
    pub visits: OnceCell<BTreeMap<Uuid, VisitKey>>,
}

/// A visitor, and what of the visitor it is.
type Key = (String, String);

/// Who an event of a visitor belongs to may change here: moment, user (none after a reset), session.
type Mark = (i64, String, String);

/// What is looked at: some events of one visit, whoever's they are, and items of these.
struct Looked<'t> {
    visit: &'t Visit<'t>,
    event: Option<&'t EventRow<'t>>,
    item: Option<&'t Value>,
    /// An event asked for itself: what it has in common with its visit is its own.
    is_event: bool,
}

struct Visit<'t> {
    first: &'t EventRow<'t>,
    entry_page: &'t str,
    exit_page: &'t str,
}

/// What a condition is asked of.
enum Unit<'t> {
    Event(&'t EventRow<'t>),
    Visit(&'t VisitKey),
    Person(&'t str),
    /// What a person has of a visit.
    Piece(&'t VisitKey, &'t [&'t EventRow<'t>]),
}

impl<'a> Twin<'a> {
    /// Visitor and id of each event that a condition holds for.
    pub fn events(&self, condition: &Value) -> BTreeSet<Key> {
        let condition = plain(condition);
        let held =
            self.counted().filter(|row| self.in_period(row) && self.holds(&condition, &Unit::Event(row)));
        held.map(|row| (row.visitor.to_string(), row.event_id.to_string())).collect()
    }

    /// The visits that began in the period.
    pub fn visits(&self, condition: &Value) -> BTreeSet<Key> {
        let condition = plain(condition);
        let mut keys: BTreeSet<VisitKey> = self.counted().map(|row| self.key(row)).collect();
        keys.retain(|key| (self.from..self.to).contains(&key.3) && self.holds(&condition, &Unit::Visit(key)));
        let moment = |at| jiff::Timestamp::from_millisecond(at).unwrap().strftime("%F %T%.3f").to_string();
        keys.into_iter().map(|(visitor, _, _, started)| (visitor, moment(started))).collect()
    }

    /// The visit of an event.
    pub fn key(&self, row: &EventRow<'_>) -> VisitKey {
        self.visits.get_or_init(|| visits_of(self.rows.iter()))[&row.event_id].clone()
    }

    /// The people with a visit that the period touches.
    pub fn people(&self, condition: &Value) -> BTreeSet<String> {
        let condition = plain(condition);
        let mut people: BTreeSet<String> = self.counted().map(|row| self.person(row)).collect();
        people.retain(|person| {
            !self.pieces(person).is_empty() && self.holds(&condition, &Unit::Person(person))
        });
        people
    }

    fn counted(&self) -> impl Iterator<Item = &'a EventRow<'a>> {
        self.rows.iter().filter(|row| self.with_bots || row.bot.is_empty())
    }

    fn in_period(&self, row: &EventRow<'_>) -> bool {
        (self.from..self.to).contains(&row.ts)
    }

    fn visit(&self, wanted: &VisitKey) -> Visit<'a> {
        let mut rows: Vec<&EventRow<'_>> = self.counted().filter(|row| self.key(row) == *wanted).collect();
        rows.sort_by_key(|row| (row.ts, row.event_id));
        let views = || rows.iter().filter(|row| row.kind == "page_view").map(|row| row.path.as_ref());
        let first = rows[0];
        let entry_page = Some(first.path.as_ref()).filter(|path| !path.is_empty()).or_else(|| views().next());
        Visit {
            first,
            entry_page: entry_page.unwrap_or_default(),
            exit_page: views().next_back().unwrap_or_default(),
        }
    }

    /// What each person, or each visitor, has of visits: their events, in their order.
    pub fn shares(&self, unit: &str) -> BTreeMap<(String, VisitKey), Vec<&'a EventRow<'a>>> {
        let mut shares: BTreeMap<(String, VisitKey), Vec<&EventRow<'_>>> = BTreeMap::new();
        for row in self.counted() {
            let whose = if unit == "people" { self.person(row) } else { row.visitor.to_string() };
            shares.entry((whose, self.key(row))).or_default().push(row);
        }
        for rows in shares.values_mut() {
            rows.sort_by_key(|row| (row.ts, row.event_id));
        }
        shares
    }

    /// Visits of a person that the period touches, each with the person's events of it.
    fn pieces(&self, person: &str) -> BTreeMap<VisitKey, Vec<&'a EventRow<'a>>> {
        let mut pieces: BTreeMap<VisitKey, Vec<&EventRow<'_>>> = BTreeMap::new();
        for row in self.counted().filter(|row| self.person(row) == person) {
            pieces.entry(self.key(row)).or_default().push(row);
        }
        pieces.retain(|_, rows| {
            let moments = || rows.iter().map(|row| row.ts);
            moments().max() >= Some(self.from) && moments().min() < Some(self.to)
        });
        pieces
    }

    fn holds(&self, condition: &Value, unit: &Unit<'_>) -> bool {
        if let Some(inner) = condition.get("not") {
            return !self.holds(inner, unit);
        }
        if let Some(did) = condition.get("did") {
            return self.did(did, unit);
        }
        if let Some(visited) = condition.get("visited") {
            return self.visited(visited, unit);
        }
        if let Some(sequence) = condition.get("sequence") {
            return self.has_sequence(sequence, unit);
        }
        if let (Some(members), false) = (condition.get("any"), is_of_is(condition)) {
            return members.as_array().unwrap().iter().any(|member| self.holds(member, unit));
        }
        let members =
            condition.get("all").map_or(vec![condition.clone()], |all| all.as_array().unwrap().clone());
        let (together, apart): (Vec<Value>, Vec<Value>) = members.into_iter().partition(is_of_is);
        (together.is_empty() || self.exists(&together, unit))
            && apart.iter().all(|member| self.holds(member, unit))
    }

    /// Whether there is a visit, an event and an item that all of these hold for.
    fn exists(&self, members: &[Value], unit: &Unit<'_>) -> bool {
        let only_views = members
            .iter()
            .flat_map(dimensions)
            .filter(|name| OF_EVENTS.contains(&name.as_str()) || OF_ITEMS.contains(&name.as_str()))
            .all(|name| PAGES.contains(&name.as_str()));
        let all = |looked: &Looked<'_>| members.iter().all(|member| is(member, looked));
        let of_events = |visit: &Visit<'_>, rows: &[&EventRow<'_>], is_event: bool| {
            let events = rows.iter().map(|row| Some(*row)).chain((!is_event).then_some(None));
            events.into_iter().any(|event| {
                let items = event.map(items).unwrap_or_default();
                let items = items.iter().map(Some).chain([None]);
                items.into_iter().any(|item| all(&Looked { visit, event, item, is_event }))
            })
        };
        match unit {
            Unit::Event(row) => of_events(&self.visit(&self.key(row)), &[row], true),
            Unit::Visit(wanted) => {
                let seen = |row: &&EventRow<'_>| !only_views || row.kind == "page_view";
                let rows: Vec<&EventRow<'_>> =
                    self.counted().filter(|row| self.key(row) == **wanted).filter(seen).collect();
                of_events(&self.visit(wanted), &rows, false)
            }
            Unit::Piece(key, rows) => {
                let rows: Vec<&EventRow<'_>> =
                    rows.iter().copied().filter(|row| self.in_period(row)).collect();
                of_events(&self.visit(key), &rows, false)
            }
            Unit::Person(person) => {
                self.pieces(person).iter().any(|(key, rows)| self.exists(members, &Unit::Piece(key, rows)))
            }
        }
    }

    /// The sessions of a person that the period touches and that a condition holds for.
    fn visited(&self, visited: &Value, unit: &Unit<'_>) -> bool {
        let condition = visited.get("where").map_or(json!({"all": []}), plain);
        // Bots are nobody.
        let own = Self { with_bots: false, visits: OnceCell::new(), ..*self };
        let is_one = |key: &VisitKey, rows: &[&EventRow<'_>]| {
            let is_session = !key.1.is_empty() || rows.iter().any(|row| row.kind == "page_view");
            is_session && own.holds(&condition, &Unit::Piece(key, rows))
        };
        let pieces = own.pieces(&self.person_of(unit));
        let count = pieces.iter().filter(|(key, rows)| is_one(key, rows)).count() as u64;
        visited["at_least"].as_u64().is_none_or(|number| count >= number)
            && visited["at_most"].as_u64().is_none_or(|number| count <= number)
            && visited["exactly"].as_u64().is_none_or(|number| count == number)
    }

    fn person_of(&self, unit: &Unit<'_>) -> String {
        match unit {
            Unit::Event(row) => self.person(row),
            Unit::Visit(key) => self.person(self.visit(key).first),
            Unit::Person(person) => (*person).to_owned(),
            Unit::Piece(..) => unreachable!("a session does nothing by itself"),
        }
    }

    /// From each event that may be the first, the next that fits is taken for each of the others.
    fn has_sequence(&self, sequence: &Value, unit: &Unit<'_>) -> bool {
        let person = self.person_of(unit);
        let own = |row: &&'a EventRow<'a>| self.in_period(row) && self.person(row) == person;
        let mut rows: Vec<&'a EventRow<'a>> = self.counted().filter(own).collect();
        rows.sort_by_key(|row| (row.ts, row.event_id));
        let events = sequence["events"].as_array().unwrap();
        let hours = sequence["within_days"].as_i64().map(|days| days * 24);
        let hours = hours.or(sequence["within_hours"].as_i64());
        (0..rows.len()).filter(|first| self.fits(&events[0], rows[*first])).any(|first| {
            let mut place = first;
            for event in &events[1..] {
                match (place + 1..rows.len()).find(|next| self.fits(event, rows[*next])) {
                    Some(next) => place = next,
                    None => return false,
                }
            }
            hours.is_none_or(|hours| rows[place].ts - rows[first].ts < hours * HOUR)
        })
    }

    fn did(&self, did: &Value, unit: &Unit<'_>) -> bool {
        let person = self.person_of(unit);
        let mut times: Vec<i64> = self
            .counted()
            .filter(|row| self.in_period(row) && self.person(row) == person)
            .filter(|row| self.fits(&did["event"], row))
            .map(|row| row.ts)
            .collect();
        times.sort_unstable();
        let hours = did["within_days"].as_i64().map(|days| days * 24).or(did["within_hours"].as_i64());
        let count = hours.map_or(times.len(), |hours| {
            let window = |first: &i64| {
                times.iter().filter(|time| (*first..first + hours * HOUR).contains(time)).count()
            };
            times.iter().map(window).max().unwrap_or(0)
        }) as u64;
        did["at_least"].as_u64().is_none_or(|number| count >= number)
            && did["at_most"].as_u64().is_none_or(|number| count <= number)
            && did["exactly"].as_u64().is_none_or(|number| count == number)
    }

    /// Whether an event is what a matcher says.
    pub fn fits(&self, event: &Value, row: &'a EventRow<'a>) -> bool {
        let dimensions = [("kind", "kind"), ("name", "name"), ("path", "page"), ("touchpoint", "touchpoint")];
        let mut pattern: Vec<Value> = dimensions
            .iter()
            .filter_map(|(name, dimension)| {
                event.get(name).map(|value| filter(dimension, "is", &[value.as_str().unwrap()]))
            })
            .collect();
        pattern.extend(event.get("where").cloned());
        self.holds(&plain(&json!({"all": pattern})), &Unit::Event(row))
    }

    /// Whether a condition holds for a visit.
    pub fn visit_has(&self, key: &VisitKey, condition: &Value) -> bool {
        self.holds(&plain(condition), &Unit::Visit(key))
    }

    /// Whether a condition holds for a visit of a visitor that the period touches.
    pub fn visitor_has(&self, visitor: &str, condition: &Value) -> bool {
        let mut visits: BTreeMap<VisitKey, (i64, i64)> = BTreeMap::new();
        for row in self.counted().filter(|row| row.visitor == visitor) {
            let (since, until) = visits.entry(self.key(row)).or_insert((row.ts, row.ts));
            (*since, *until) = (row.ts.min(*since), row.ts.max(*until));
        }
        let is_seen = |(since, until): (i64, i64)| until >= self.from && since < self.to;
        visits.iter().any(|(key, span)| is_seen(*span) && self.visit_has(key, condition))
    }

    /// Whether a visit counts as a session.
    pub fn is_session(&self, key: &VisitKey) -> bool {
        !key.1.is_empty() || self.counted().any(|row| self.key(row) == *key && row.kind == "page_view")
    }

    /// The channel of the visit of an event.
    pub fn channel_of(&self, row: &EventRow<'_>) -> String {
        let first = self.visit(&self.key(row)).first;
        if first.channel.is_empty() { "direct".to_owned() } else { first.channel.to_string() }
    }

    /// Whose an event is; a visit is whose its first event is.
    pub fn person(&self, row: &EventRow<'_>) -> String {
        let person = if !row.user.is_empty() {
            row.user.to_string()
        } else if let Some(user) = row.visitor.strip_prefix('@') {
            user.to_owned()
        } else {
            let marks = self.marks(&row.visitor);
            let user = deciding(&marks, &row.session, row.ts).filter(|user| !user.is_empty());
            user.unwrap_or(row.visitor.to_string())
        };
        let alias =
            self.rows.iter().find(|row| row.kind == "alias" && row.bot.is_empty() && previous(row) == person);
        alias.map_or(person, |row| row.user.to_string())
    }

    fn marks(&self, visitor: &str) -> Vec<Mark> {
        let mut marks: BTreeSet<Mark> = BTreeSet::new();
        let mut told: BTreeMap<(String, String), i64> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.bot.is_empty() && row.visitor == visitor) {
            match row.kind.as_ref() {
                "reset" => {
                    marks.insert((row.ts, String::new(), row.session.to_string()));
                }
                _ if row.user.is_empty() => {}
                "identify" => {
                    marks.insert((row.ts, row.user.to_string(), row.session.to_string()));
                }
                _ => {
                    let first = told.entry((row.user.to_string(), row.session.to_string())).or_insert(row.ts);
                    *first = row.ts.min(*first);
                }
            }
        }
        marks.extend(told.into_iter().map(|((user, session), ts)| (ts, user, session)));
        marks.into_iter().collect()
    }
}

/// The user whom the marks give to an event: the next mark's, unless that is of another session and an earlier one of the
/// event's own says who it is, with no reset since.
fn deciding(marks: &[Mark], session: &str, ts: i64) -> Option<String> {
    let place = marks.partition_point(|mark| mark.0 < ts);
    let next = marks.get(place);
    let at_once = |mark: &Mark| marks.contains(&(mark.0, mark.1.clone(), session.to_owned()));
    let decides = |mark: &Mark| !mark.1.is_empty() && (mark.0 == ts || at_once(mark));
    let earlier = marks[..place].iter().rfind(|mark| mark.1.is_empty() || mark.2 == session);
    match earlier {
        Some(own) if !session.is_empty() && !next.is_some_and(decides) && !own.1.is_empty() => {
            Some(own.1.clone())
        }
        _ => next.map(|mark| mark.1.clone()),
    }
}

fn previous<'r>(row: &'r EventRow<'_>) -> &'r str {
    prop(row, "previous")
}

fn prop<'r>(row: &'r EventRow<'_>, name: &str) -> &'r str {
    row.props.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_ref())
}

fn items(row: &EventRow<'_>) -> Vec<Value> {
    serde_json::from_str(prop(row, "items")).unwrap_or_default()
}

/// A filter as JSON.
pub fn filter(dimension: &str, operator: &str, values: &[&str]) -> Value {
    let values = if operator == "set" { None } else { Some(values) };
    let mut is = json!({"dimension": dimension});
    if let Some(values) = values {
        is["values"] = json!(values);
    }
    json!({ operator: is })
}

/// Operator, dimension and values of a filter.
fn filter_of(condition: &Value) -> Option<(&str, &str, Vec<&str>)> {
    let (operator, is) = condition.as_object()?.iter().next()?;
    let dimension = is.get("dimension")?.as_str()?;
    let values = is.get("values").and_then(Value::as_array);
    let values = values.into_iter().flatten().map(|value| value.as_str().unwrap()).collect();
    Some((operator, dimension, values))
}

/// A condition without lists of one and lists within lists of their kind.
fn plain(condition: &Value) -> Value {
    for kind in ["all", "any"] {
        if let Some(members) = condition.get(kind) {
            let mut flat: Vec<Value> = Vec::new();
            for member in members.as_array().unwrap().iter().map(plain) {
                match member.get(kind) {
                    Some(inner) => flat.extend(inner.as_array().unwrap().clone()),
                    None => flat.push(member),
                }
            }
            let mut seen: Vec<Value> = Vec::new();
            flat.retain(|member| !seen.contains(member) && (seen.push(member.clone()), true).1);
            return if flat.len() == 1 { flat.remove(0) } else { json!({ kind: flat }) };
        }
    }
    condition.get("not").map_or(condition.clone(), |inner| json!({"not": plain(inner)}))
}

fn is_of_is(condition: &Value) -> bool {
    let members = condition.get("all").or(condition.get("any"));
    members.map_or(filter_of(condition).is_some(), |members| members.as_array().unwrap().iter().all(is_of_is))
}

fn dimensions(condition: &Value) -> Vec<String> {
    match condition.get("all").or(condition.get("any")) {
        Some(members) => members.as_array().unwrap().iter().flat_map(dimensions).collect(),
        None => vec![filter_of(condition).unwrap().1.to_owned()],
    }
}

/// Whether a condition of nothing but `is` holds for what is looked at.
fn is(condition: &Value, looked: &Looked<'_>) -> bool {
    if let Some(members) = condition.get("all") {
        return members.as_array().unwrap().iter().all(|member| is(member, looked));
    }
    if let Some(members) = condition.get("any") {
        return members.as_array().unwrap().iter().any(|member| is(member, looked));
    }
    let (operator, dimension, values) = filter_of(condition).unwrap();
    let Some(found) = value(dimension, looked) else { return false };
    let mut values = values.into_iter();
    match operator {
        "is" => values.any(|value| found == value),
        "is_not" => values.all(|value| found != value),
        "contains" => values.any(|value| found.to_lowercase().contains(&value.to_lowercase())),
        // The patterns of these histories are letters and the ends of the text.
        "matches" => values.any(|value| match (value.strip_prefix('^'), value.strip_suffix('$')) {
            (Some(rest), _) => found.starts_with(rest),
            (_, Some(rest)) => found.ends_with(rest),
            _ => found.contains(value),
        }),
        "set" => !found.is_empty(),
        "greater" | "less" => {
            let number = |text: &str| text.parse::<f64>().ok();
            let limit = values.next().and_then(number).unwrap();
            number(&found)
                .is_some_and(|found| if operator == "greater" { found > limit } else { found < limit })
        }
        _ => values.any(|value| found.starts_with(value)),
    }
}

/// `None` where there is nothing that could have it.
fn value(dimension: &str, looked: &Looked<'_>) -> Option<String> {
    let Looked { visit, event, item, is_event } = looked;
    let text = |text: &str| text.to_owned();
    if OF_ITEMS.contains(&dimension) {
        let name = if dimension == "product" { "name" } else { "category" };
        return item.map(|item| text(item[name].as_str().unwrap_or_default()));
    }
    if OF_EVENTS.contains(&dimension) {
        return event.map(|row| match dimension {
            "page" => text(&row.path),
            "content_group" => format!("/{}", row.path.split('/').nth(1).unwrap_or_default())
                .trim_end_matches(|_| row.path.is_empty())
                .to_owned(),
            "kind" => text(&row.kind),
            "name" => text(&row.name),
            "touchpoint" => text(&row.touchpoint),
            other => text(prop(row, other.trim_start_matches("props."))),
        });
    }
    let first = visit.first;
    if OF_VISITS.contains(&dimension) {
        return Some(match dimension {
            "channel" if first.channel.is_empty() => text("direct"),
            "channel" => text(&first.channel),
            "source" => text(&first.source),
            "entry_page" => text(visit.entry_page),
            _ => text(visit.exit_page),
        });
    }
    let row = event.filter(|_| *is_event).unwrap_or(first);
    Some(if dimension == "country" { text(&row.country) } else { text(&row.host) })
}
