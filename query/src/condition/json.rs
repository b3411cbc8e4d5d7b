//! The condition as JSON: read with errors that name the path of what is wrong, and written in one form that is a key;
//! `schema` describes it.

use orma_model::Kind;
use serde_json::{Map, Value, json};

use super::{Condition, Did, Sequence, Times, Visited, Within};
use crate::error::ApiError;
use crate::plan::filter::{Field, Filter, Operator, VALUES_MAX, VALUES_MAX_OF_ALL};

/// How deep conditions stand in each other, the outermost and those of what was done included.
const DEPTH_MAX: usize = 8;
/// `all`, `any`, `not`, `is`, `did`, `sequence`, `visited` and `segment` of one condition.
pub(super) const NODES_MAX: usize = 60;
/// `did`, `sequence` and `visited` of one condition: each reads the events of the period once more.
const DIDS_MAX: usize = 8;
/// Events of one sequence.
pub(super) const SEQUENCE_MAX: usize = 8;
/// Segments that one condition names.
pub const AUDIENCES_MAX: usize = 8;
/// Nobody does anything more often.
pub(super) const TIMES_MAX: u32 = 1_000_000;
/// Two years, of which one is a leap year.
pub(super) const WITHIN_HOURS_MAX: u32 = 731 * 24;

pub(super) const HOURS_PER_DAY: u32 = 24;

impl Condition {
    /// Reads a condition that stands in the field `at` of a body.
    ///
    /// # Errors
    /// Something in it cannot be used, or there is too much of it; the error's field is the path:
    /// `condition.all[1].did.times`.
    pub fn from_json(value: &Value, at: &str) -> Result<Self, ApiError> {
        Reader::new(at).condition(value, at, 1)
    }

    /// Reads what must hold for one event, which stands in the field `at` of a body: an object of `kind`, `name`, `path`,
    /// `screen`, `touchpoint` and `where`, all of which must hold.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json); or it says nothing, or asks what a person did.
    pub fn of_event_from_json(value: &Value, at: &str) -> Result<Self, ApiError> {
        Reader::new(at).event(value, at, 1)
    }

    /// The text of all conditions that are written alike but for the order of members and values, doubles and the
    /// names of what is the same.
    pub fn canonical(&self) -> String {
        self.to_json().to_string()
    }

    fn to_json(&self) -> Value {
        match self {
            Self::All(members) => list_json("all", members),
            Self::Any(members) => list_json("any", members),
            Self::Not(inner) => json!({"not": inner.to_json()}),
            Self::Is(filter) => {
                let mut values = filter.values.clone();
                values.sort_unstable();
                values.dedup();
                let mut is = json!({"dimension": filter.field.name()});
                if filter.operator != Operator::Set {
                    is["values"] = json!(values);
                }
                json!({ filter.operator.name(): is })
            }
            Self::Did(Did { event, times, within }) => {
                let (name, number) = times.named();
                let mut did = json!({"event": {"where": event.to_json()}, name: number});
                if let Within::Hours(hours) = within {
                    did["within_hours"] = json!(hours);
                }
                json!({"did": did})
            }
            Self::Sequence(Sequence { events, within }) => {
                let events: Vec<Value> =
                    events.iter().map(|event| json!({"where": event.to_json()})).collect();
                let mut sequence = json!({"events": events});
                if let Within::Hours(hours) = within {
                    sequence["within_hours"] = json!(hours);
                }
                json!({"sequence": sequence})
            }
            Self::Visited(Visited { session, times }) => {
                let (name, number) = times.named();
                let mut visited = json!({ name: number });
                if **session != Self::EVERYTHING {
                    visited["where"] = session.to_json();
                }
                json!({"visited": visited})
            }
            Self::Audience(segment) => json!({"segment": segment}),
        }
    }
}

impl Times {
    const fn named(self) -> (&'static str, u32) {
        match self {
            Self::AtLeast(number) => ("at_least", number),
            Self::AtMost(number) => ("at_most", number),
            Self::Exactly(number) => ("exactly", number),
        }
    }
}

/// Members in the order of their texts, each once; one alone stands for the list.
fn list_json(name: &str, members: &[Condition]) -> Value {
    let mut members: Vec<(String, Value)> =
        members.iter().map(Condition::to_json).map(|member| (member.to_string(), member)).collect();
    members.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    members.dedup_by(|one, other| one.0 == other.0);
    let mut members: Vec<Value> = members.into_iter().map(|(_, member)| member).collect();
    if members.len() == 1 { members.remove(0) } else { json!({ name: members }) }
}

/// Reads conditions and counts what they hold.
struct Reader<'a> {
    /// The field of the whole.
    at: &'a str,
    nodes: usize,
    dids: usize,
    audiences: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    const fn new(at: &'a str) -> Self {
        Self { at, nodes: 0, dids: 0, audiences: 0, values: 0 }
    }

    fn condition(&mut self, value: &Value, path: &str, depth: usize) -> Result<Condition, ApiError> {
        if depth > DEPTH_MAX {
            return self.too_much(format!("A condition may be {DEPTH_MAX} deep."));
        }
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return self.too_much(format!("A condition consists of at most {NODES_MAX} conditions."));
        }
        let fields = Fields::of(value, path)?;
        let kinds = || {
            let others = ["all", "any", "not", "did", "sequence", "visited", "segment"];
            others.into_iter().chain(Operator::ALL.map(Operator::name))
        };
        let mut given = kinds().filter(|kind| fields.map.contains_key(*kind));
        let (Some(kind), None) = (given.next(), given.next()) else {
            let known = kinds().collect::<Vec<_>>().join(", ");
            return Err(invalid(path, format!("`{path}` must have one of the fields {known}.")));
        };
        match kind {
            "all" | "any" => {
                fields.only(&[kind])?;
                self.list(kind, &fields, depth)
            }
            "not" => {
                fields.only(&["not"])?;
                let inner = self.condition(fields.get("not")?, &fields.path("not"), depth + 1)?;
                Ok(Condition::Not(Box::new(inner)))
            }
            "did" => {
                fields.only(&["did"])?;
                self.did(fields.get("did")?, &fields.path("did"), depth)
            }
            "sequence" => {
                fields.only(&["sequence"])?;
                self.sequence(fields.get("sequence")?, &fields.path("sequence"), depth)
            }
            "visited" => {
                fields.only(&["visited"])?;
                self.visited(fields.get("visited")?, &fields.path("visited"), depth)
            }
            "segment" => {
                fields.only(&["segment"])?;
                self.audiences += 1;
                if self.audiences > AUDIENCES_MAX {
                    return self.too_much(format!("A condition names at most {AUDIENCES_MAX} segments."));
                }
                Ok(Condition::Audience(fields.text("segment")?.to_owned()))
            }
            operator => {
                fields.only(&[operator])?;
                let at = fields.path(operator);
                self.is(Operator::parse(operator, &at)?, &Fields::of(fields.get(operator)?, &at)?)
            }
        }
    }

    fn list(&mut self, kind: &str, fields: &Fields<'_>, depth: usize) -> Result<Condition, ApiError> {
        let path = fields.path(kind);
        let members = fields.array(kind)?.iter().enumerate();
        let members: Vec<Condition> = members
            .map(|(place, member)| self.condition(member, &format!("{path}[{place}]"), depth + 1))
            .collect::<Result<_, _>>()?;
        match (kind, members.is_empty()) {
            ("any", true) => {
                Err(invalid(&path, format!("`{path}` must have a condition: one of none never holds.")))
            }
            ("any", false) => Ok(Condition::any(members)),
            _ => Ok(Condition::all(members)),
        }
    }

    fn is(&mut self, operator: Operator, fields: &Fields<'_>) -> Result<Condition, ApiError> {
        if operator == Operator::Set {
            fields.only(&["dimension"])?;
        } else {
            fields.only(&["dimension", "values"])?;
        }
        let field = Field::parse(fields.text("dimension")?, &fields.path("dimension"))?;
        if operator == Operator::Set {
            return self.filter(Filter::new(field, operator, Vec::new()));
        }
        let path = fields.path("values");
        let values = fields.array("values")?;
        if values.is_empty() || values.len() > VALUES_MAX {
            let message = format!("`{path}` takes 1 to {VALUES_MAX} values.");
            let code = if values.is_empty() { "invalid_condition" } else { "too_many_values" };
            return Err(ApiError::invalid(code, path, message));
        }
        let texts = values.iter().enumerate().map(|(place, value)| {
            let path = format!("{path}[{place}]");
            match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) if matches!(operator, Operator::Greater | Operator::Less) => {
                    Ok(number.to_string())
                }
                _ => Err(wrong_type(&path, "a text")),
            }
        });
        let texts: Vec<String> = texts.collect::<Result<_, _>>()?;
        operator.check(&texts, &path)?;
        self.filter(Filter::new(field, operator, texts))
    }

    /// All spellings of a value are looked for, so they count.
    fn filter(&mut self, filter: Filter) -> Result<Condition, ApiError> {
        self.values += filter.values.len();
        if self.values > VALUES_MAX_OF_ALL {
            let message = format!(
                "A condition takes at most {VALUES_MAX_OF_ALL} values, all spellings of them counted."
            );
            return Err(ApiError::invalid("too_many_values", self.at, message));
        }
        Ok(Condition::Is(filter))
    }

    fn sequence(&mut self, value: &Value, path: &str, depth: usize) -> Result<Condition, ApiError> {
        self.reads_events_once_more()?;
        let fields = Fields::of(value, path)?;
        fields.only(&["events", "within_days", "within_hours"])?;
        let at = fields.path("events");
        let events = fields.array("events")?;
        if !(2..=SEQUENCE_MAX).contains(&events.len()) {
            return Err(invalid(&at, format!("`{at}` takes 2 to {SEQUENCE_MAX} events.")));
        }
        let events = events.iter().enumerate();
        let events = events
            .map(|(place, event)| self.event(event, &format!("{at}[{place}]"), depth))
            .collect::<Result<_, _>>()?;
        Ok(Condition::Sequence(Sequence { events, within: within(&fields)? }))
    }

    fn visited(&mut self, value: &Value, path: &str, depth: usize) -> Result<Condition, ApiError> {
        self.reads_events_once_more()?;
        let fields = Fields::of(value, path)?;
        fields.only(&["where", "at_least", "at_most", "exactly"])?;
        let at = fields.path("where");
        let session = match fields.map.get("where") {
            None => Condition::EVERYTHING,
            Some(condition) => self.condition(condition, &at, depth + 1)?,
        };
        if !session.is_of_is() {
            let message =
                format!("`{at}` is about one session: dimensions that have values, in `all` and `any`.");
            return Err(invalid(&at, message));
        }
        Ok(Condition::Visited(Visited { session: Box::new(session), times: times(&fields)? }))
    }

    fn reads_events_once_more(&mut self) -> Result<(), ApiError> {
        self.dids += 1;
        if self.dids > DIDS_MAX {
            return self
                .too_much(format!("A condition takes at most {DIDS_MAX} `did`, `sequence` and `visited`."));
        }
        Ok(())
    }

    fn did(&mut self, value: &Value, path: &str, depth: usize) -> Result<Condition, ApiError> {
        self.reads_events_once_more()?;
        let fields = Fields::of(value, path)?;
        fields.only(&["event", "at_least", "at_most", "exactly", "within_days", "within_hours"])?;
        let event = Box::new(self.event(fields.get("event")?, &fields.path("event"), depth)?);
        let times = times(&fields)?;
        let within = within(&fields)?;
        Ok(Condition::Did(Did { event, times, within }))
    }

    /// What holds for the events that are counted.
    fn event(&mut self, value: &Value, path: &str, depth: usize) -> Result<Condition, ApiError> {
        let fields = Fields::of(value, path)?;
        fields.only(&["kind", "name", "path", "screen", "touchpoint", "where"])?;
        let mut members = Vec::new();
        for (name, dimension) in [
            ("kind", "kind"),
            ("name", "name"),
            ("path", "page"),
            ("screen", "page"),
            ("touchpoint", "touchpoint"),
        ] {
            if fields.map.contains_key(name) {
                let value = fields.text(name)?;
                if name == "kind" && Kind::find(value).is_none() {
                    let message = format!("There is no kind of event `{value}`.");
                    return Err(ApiError::invalid("unknown_kind", fields.path(name), message));
                }
                let values = vec![value.to_owned()];
                let field = Field::parse(dimension, path)?;
                members.push(self.filter(Filter::new(field, Operator::Is, values))?);
            }
        }
        if let Some(condition) = fields.map.get("where") {
            let condition_path = fields.path("where");
            let condition = self.condition(condition, &condition_path, depth + 1)?;
            if condition.asks_who() {
                let message = format!(
                    "`{condition_path}` is about one event, which has no `did`, `sequence` or `segment`."
                );
                return Err(invalid(&condition_path, message));
            }
            members.push(condition);
        }
        if members.is_empty() {
            let message = format!(
                "`{path}` must have a `kind`, a `name`, a `path`, a `screen`, a `touchpoint` or a `where`."
            );
            return Err(invalid(path, message));
        }
        Ok(Condition::all(members))
    }

    fn too_much<T>(&self, message: String) -> Result<T, ApiError> {
        Err(ApiError::invalid("condition_too_large", self.at, message))
    }
}

/// Once or more often, unless it says how often.
fn times(fields: &Fields<'_>) -> Result<Times, ApiError> {
    let names = ["at_least", "at_most", "exactly"];
    let mut given = names.into_iter().filter(|name| fields.map.contains_key(*name));
    let Some(name) = given.next() else { return Ok(Times::AtLeast(1)) };
    if let Some(other) = given.next() {
        let path = fields.path(other);
        return Err(invalid(&path, format!("`{path}` stands beside `{name}`; give one of them.")));
    }
    match name {
        "at_least" => fields.number(name, 1, TIMES_MAX).map(Times::AtLeast),
        "at_most" => fields.number(name, 0, TIMES_MAX).map(Times::AtMost),
        _ => fields.number(name, 0, TIMES_MAX).map(Times::Exactly),
    }
}

fn within(fields: &Fields<'_>) -> Result<Within, ApiError> {
    let has = |name: &str| fields.map.contains_key(name);
    match (has("within_days"), has("within_hours")) {
        (false, false) => Ok(Within::Period),
        (true, false) => {
            let days = fields.number("within_days", 1, WITHIN_HOURS_MAX / HOURS_PER_DAY)?;
            Ok(Within::Hours(days * HOURS_PER_DAY))
        }
        (false, true) => fields.number("within_hours", 1, WITHIN_HOURS_MAX).map(Within::Hours),
        (true, true) => {
            let path = fields.path("within_hours");
            Err(invalid(&path, format!("`{path}` stands beside `within_days`; give one of them.")))
        }
    }
}

/// The fields of an object and where it stands.
struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: &'a str,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, at: &'a str) -> Result<Self, ApiError> {
        let map = value.as_object().ok_or_else(|| wrong_type(at, "an object"))?;
        Ok(Self { map, at })
    }

    fn path(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }

    fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let Some(name) = self.map.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
        let path = self.path(name);
        let message = format!("There is no field `{path}`. There are: {}.", known.join(", "));
        Err(ApiError::invalid("unknown_field", path, message))
    }

    fn get(&self, name: &str) -> Result<&'a Value, ApiError> {
        let path = || self.path(name);
        self.map.get(name).ok_or_else(|| invalid(&path(), format!("`{}` is missing.", path())))
    }

    fn text(&self, name: &str) -> Result<&'a str, ApiError> {
        self.get(name)?.as_str().ok_or_else(|| wrong_type(&self.path(name), "a text"))
    }

    fn array(&self, name: &str) -> Result<&'a [Value], ApiError> {
        let array = self.get(name)?.as_array();
        array.map(Vec::as_slice).ok_or_else(|| wrong_type(&self.path(name), "a list"))
    }

    fn number(&self, name: &str, min: u32, max: u32) -> Result<u32, ApiError> {
        let number = self.get(name)?.as_u64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
            let path = self.path(name);
            invalid(&path, format!("`{path}` must be a whole number from {min} to {max}."))
        })
    }
}

fn invalid(path: &str, message: String) -> ApiError {
    ApiError::invalid("invalid_condition", path, message)
}

fn wrong_type(path: &str, wanted: &str) -> ApiError {
    invalid(path, format!("`{path}` must be {wanted}."))
}
