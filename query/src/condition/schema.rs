//! The condition as JSON, as the API's document describes it.

use serde_json::json;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, OneOfBuilder, Ref, Schema, Type,
};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::Condition;
use super::json::{HOURS_PER_DAY, NODES_MAX, SEQUENCE_MAX, TIMES_MAX, WITHIN_HOURS_MAX};
use crate::plan::filter::{Operator, VALUES_MAX};

impl PartialSchema for Condition {
    fn schema() -> RefOr<Schema> {
        let itself = || Ref::from_schema_name(Self::name());
        let several =
            |min| ArrayBuilder::new().items(itself()).min_items(Some(min)).max_items(Some(NODES_MAX - 1));
        let alone =
            |name: &str, schema: RefOr<Schema>| closed().property(name, schema).required(name).build();
        let of_others = OneOfBuilder::new()
            .description(Some(
                "What is left in. `is` that stand together in an `all` hold for one and the same item, event and visit; \
                 `not`, `did`, `sequence`, `visited` and `segment` are by themselves.",
            ))
            .item(alone("all", several(0).into()))
            .item(alone("any", several(1).into()))
            .item(alone("not", itself().into()))
            .item(alone("did", did_schema().into()))
            .item(alone("sequence", sequence_schema().into()))
            .item(alone("visited", visited_schema().into()))
            .item(alone(
                "segment",
                text().description(Some("The person belongs to the segment of this id now.")).build().into(),
            ));
        Operator::ALL
            .into_iter()
            .fold(of_others, |all, operator| all.item(alone(operator.name(), is_schema(operator).into())))
            .examples([json!({"all": [
                {"is": {"dimension": "country", "values": ["IT"]}},
                {"did": {"event": {"kind": "order"}, "at_least": 2, "within_days": 30}}
            ]})])
            .into()
    }
}

impl ToSchema for Condition {}

/// What must hold for one event, as the API's document describes it; [`Condition::of_event_from_json`] reads it.
#[derive(Debug)]
pub struct EventMatcher;

impl PartialSchema for EventMatcher {
    fn schema() -> RefOr<Schema> {
        let example = json!({"kind": "page_view", "path": "/scarpe"});
        let mut schema = event_schema(Ref::from_schema_name(Condition::name()));
        schema.examples = vec![example];
        schema.into()
    }
}

impl ToSchema for EventMatcher {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Condition::name().into(), Condition::schema()));
    }
}

/// An object without other fields than those that are added.
fn closed() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn number(min: u32, max: u32, description: &str) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(min))
        .maximum(Some(max))
        .description(Some(description))
        .build()
}

fn is_schema(operator: Operator) -> Object {
    let schema = closed().property("dimension", text().examples(["country"])).required("dimension");
    let about =
        |words: &str| Some(format!("A dimension, or the property `props.<name>` of an event, {words}."));
    let values = |items: ObjectBuilder, most| {
        ArrayBuilder::new().items(items).min_items(Some(1)).max_items(Some(most))
    };
    let several = || values(text(), VALUES_MAX);
    let number = || values(ObjectBuilder::new().schema_type(Type::Number), 1);
    let (words, values) = match operator {
        Operator::Is => ("has one of the values", Some(several())),
        Operator::IsNot => ("has none of the values", Some(several())),
        Operator::Contains => ("has one of the values in it, whatever the case", Some(several())),
        Operator::Starts => ("begins with one of the values", Some(several())),
        Operator::Matches => ("matches one of these regular expressions (RE2)", Some(several())),
        Operator::Greater => ("is a number above this one", Some(number())),
        Operator::Less => ("is a number below this one", Some(number())),
        Operator::Set => ("is there and not empty", None),
    };
    let schema = schema.description(about(words));
    match values {
        Some(values) => schema.property("values", values).required("values").build(),
        None => schema.build(),
    }
}

/// What must hold for one event.
fn event_schema(condition: Ref) -> Object {
    closed()
        .description(Some(
            "What must hold for an event: one of these or several; `where` is a condition on its other dimensions and \
             properties, and has no `did`, `sequence`, `visited` or `segment`.",
        ))
        .property("kind", text().examples(["order"]))
        .property("name", text())
        .property("path", text().examples(["/scarpe"]))
        .property("screen", text())
        .property("touchpoint", text().examples(["site"]))
        .property("where", condition)
        .build()
}

/// How long a window is: so many days, or so many hours.
fn window_schemas(window: &str) -> [(&'static str, Object); 2] {
    [
        ("within_days", number(1, WITHIN_HOURS_MAX / HOURS_PER_DAY, &window.replace("{}", "times 24 hours"))),
        ("within_hours", number(1, WITHIN_HOURS_MAX, &window.replace("{}", "hours"))),
    ]
}

fn sequence_schema() -> Object {
    let events = ArrayBuilder::new()
        .items(Ref::from_schema_name(EventMatcher::name()))
        .min_items(Some(2))
        .max_items(Some(SEQUENCE_MAX));
    let window = "The last comes less than so many {} after the first, not at any time in the period.";
    let sequence = closed()
        .description(Some(
            "The person has these events one after the other, one for each; others may lie between.",
        ))
        .property("events", events)
        .required("events");
    window_schemas(window)
        .into_iter()
        .fold(sequence, |sequence, (name, schema)| sequence.property(name, schema))
        .build()
}

/// With how many: so many or more, so many or fewer, or so many.
fn with_times(object: ObjectBuilder) -> ObjectBuilder {
    let times = "; at most one of `at_least`, `at_most` and `exactly`, and without them one or more.";
    object
        .property("at_least", number(1, TIMES_MAX, &format!("So many or more{times}")))
        .property("at_most", number(0, TIMES_MAX, &format!("So many or fewer{times}")))
        .property("exactly", number(0, TIMES_MAX, &format!("So many{times}")))
}

fn visited_schema() -> Object {
    let visited = closed()
        .description(Some(
            "The person has so many sessions, of those that `where` holds for: dimensions that have values, in `all` and `any`.",
        ))
        .property("where", Ref::from_schema_name(Condition::name()));
    with_times(visited).build()
}

fn did_schema() -> Object {
    let window =
        "Counted in the fullest window of so many {} anywhere within the period, not in the whole period.";
    let did = closed()
        .description(Some("The person has so many events."))
        .property("event", Ref::from_schema_name(EventMatcher::name()))
        .required("event");
    window_schemas(window)
        .into_iter()
        .fold(with_times(did), |did, (name, schema)| did.property(name, schema))
        .build()
}
