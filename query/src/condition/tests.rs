use serde_json::{Value, json};

use super::*;
use crate::error::ApiError;
use crate::plan::dimension::Dimension;
use crate::plan::filter::{Field, Operator};

fn read(value: &Value) -> Condition {
    Condition::from_json(value, "condition").unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn is(dimension: Dimension, value: &str) -> Condition {
    Condition::Is(Filter::new(Field::Dimension(dimension), Operator::Is, vec![value.to_owned()]))
}

fn italy() -> Value {
    json!({"is": {"dimension": "country", "values": ["IT"]}})
}

fn ios() -> Value {
    json!({"is": {"dimension": "os", "values": ["iOS"]}})
}

fn order(times: &Value) -> Value {
    let mut did = json!({"did": {"event": {"kind": "order"}}});
    for (name, number) in times.as_object().unwrap() {
        did["did"][name] = number.clone();
    }
    did
}

fn kind(name: &str) -> Condition {
    Condition::Is(Filter::new(Field::parse("kind", "").unwrap(), Operator::Is, vec![name.to_owned()]))
}

#[test]
fn what_is_written_is_what_is_read() {
    let (it, os) = (is(Dimension::COUNTRY, "IT"), is(Dimension::OS, "iOS"));
    let did = |times, within| Condition::Did(Did { event: Box::new(kind("order")), times, within });
    let within = |name: &str, number: u32| {
        let mut value = order(&json!({"at_least": 2}));
        value["did"][name] = json!(number);
        value
    };
    let not = |inner: Condition| Condition::Not(Box::new(inner));
    let table = [
        (italy(), it.clone()),
        (json!({"all": []}), Condition::EVERYTHING),
        (json!({"all": [italy(), ios()]}), Condition::All(vec![it.clone(), os.clone()])),
        (json!({"any": [italy(), ios()]}), Condition::Any(vec![it.clone(), os.clone()])),
        (json!({"not": italy()}), not(it.clone())),
        (json!({"not": {"not": italy()}}), not(not(it.clone()))),
        // A list of one, a list in a list of its kind, and a double say nothing of their own.
        (json!({"any": [italy()]}), it.clone()),
        (json!({"any": [italy(), italy()]}), it.clone()),
        (json!({"all": [italy(), {"all": [ios(), italy()]}]}), Condition::All(vec![it.clone(), os.clone()])),
        (
            json!({"all": [italy(), {"any": [ios(), {"any": [italy()]}]}]}),
            Condition::All(vec![it.clone(), Condition::Any(vec![os.clone(), it.clone()])]),
        ),
        (order(&json!({"at_least": 1})), did(Times::AtLeast(1), Within::Period)),
        (order(&json!({"at_most": 0})), did(Times::AtMost(0), Within::Period)),
        (order(&json!({"exactly": 3})), did(Times::Exactly(3), Within::Period)),
        (within("within_days", 30), did(Times::AtLeast(2), Within::Hours(720))),
        (within("within_hours", 5), did(Times::AtLeast(2), Within::Hours(5))),
        (
            json!({"did": {"event": {"kind": "order", "name": "x", "where": {"not": ios()}}, "at_least": 1}}),
            Condition::Did(Did {
                event: Box::new(Condition::All(vec![
                    kind("order"),
                    Condition::Is(Filter::new(
                        Field::parse("name", "").unwrap(),
                        Operator::Is,
                        vec!["x".into()],
                    )),
                    not(os.clone()),
                ])),
                times: Times::AtLeast(1),
                within: Within::Period,
            }),
        ),
        (
            json!({"starts": {"dimension": "props.og:title", "values": ["a,b", ""]}}),
            Condition::Is(Filter::new(
                Field::Prop("og:title".into()),
                Operator::Starts,
                vec!["a,b".into(), String::new()],
            )),
        ),
        (
            json!({"greater": {"dimension": "props.price", "values": [12.5]}}),
            Condition::Is(Filter::new(Field::Prop("price".into()), Operator::Greater, vec!["12.5".into()])),
        ),
        (
            json!({"set": {"dimension": "country"}}),
            Condition::Is(Filter::new(Field::Dimension(Dimension::COUNTRY), Operator::Set, Vec::new())),
        ),
        // How often is once or more, where it is not said.
        (json!({"did": {"event": {"kind": "order"}}}), did(Times::AtLeast(1), Within::Period)),
        (
            json!({"did": {"event": {"path": "/a", "touchpoint": "site"}}}),
            Condition::Did(Did {
                event: Box::new(Condition::All(vec![
                    is(Dimension::PAGE, "/a"),
                    Condition::Is(Filter::new(
                        Field::parse("touchpoint", "").unwrap(),
                        Operator::Is,
                        vec!["site".into()],
                    )),
                ])),
                times: Times::AtLeast(1),
                within: Within::Period,
            }),
        ),
    ];
    for (value, expected) in table {
        assert_eq!(read(&value), expected, "{value}");
    }
}

#[test]
fn the_list_of_a_get_is_the_same_as_an_all() {
    let is = |dimension: &str, operator: &str, values: &[&str]| json!({operator: {"dimension": dimension, "values": values}});
    for (texts, value) in [
        (vec![], json!({"all": []})),
        (vec!["country:is:IT,FR"], is("country", "is", &["IT", "FR"])),
        (
            vec!["country:is:IT", "path:contains:Caff\u{e8}\\,", "props.og:title:is_not:"],
            json!({"all": [is("country", "is", &["IT"]), is("page", "contains", &["Caff\u{e8},"]),
                is("props.og:title", "is_not", &[""])]}),
        ),
        (vec!["os:is:iOS", "os:is:iOS"], json!({"all": [is("os", "is", &["iOS"])]})),
    ] {
        let texts: Vec<String> = texts.into_iter().map(ToOwned::to_owned).collect();
        assert_eq!(Condition::parse_list(&texts).unwrap(), read(&value), "{texts:?}");
    }
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let with = |name: &str, value: Value| {
        let mut did = order(&json!({"at_least": 1}));
        did["did"][name] = value;
        json!({"all": [italy(), did]})
    };
    let values = |values: Value| json!({"is": {"dimension": "os", "values": values}});
    let invalid = "invalid_condition";
    let table = [
        (json!("country:is:IT"), invalid, "condition"),
        (json!({}), invalid, "condition"),
        (json!({"any": [italy()], "not": italy()}), invalid, "condition"),
        (json!({"any": []}), invalid, "condition.any"),
        (json!({"all": {"not": italy()}}), invalid, "condition.all"),
        (json!({"all": [italy(), 5]}), invalid, "condition.all[1]"),
        (json!({"not": {"any": [{"all": [{"colour": 1}]}]}}), invalid, "condition.not.any[0].all[0]"),
        (json!({"not": italy(), "colour": 1}), "unknown_field", "condition.colour"),
        (
            json!({"is": {"dimension": "os", "values": ["a"], "value": "a"}}),
            "unknown_field",
            "condition.is.value",
        ),
        (json!({"dimension": "os", "values": ["iOS"]}), invalid, "condition"),
        (json!({"is": {"dimension": 5, "values": ["iOS"]}}), invalid, "condition.is.dimension"),
        (
            json!({"is": {"dimension": "colour", "values": ["a"]}}),
            "unknown_dimension",
            "condition.is.dimension",
        ),
        (
            json!({"is": {"dimension": "props.", "values": ["a"]}}),
            "unknown_dimension",
            "condition.is.dimension",
        ),
        (
            json!({"any": [italy(), {"like": {"dimension": "os", "values": ["a"]}}]}),
            invalid,
            "condition.any[1]",
        ),
        (values(json!("iOS")), invalid, "condition.is.values"),
        (values(json!([])), invalid, "condition.is.values"),
        (values(json!(["iOS", 5])), invalid, "condition.is.values[1]"),
        (values(json!(vec!["iOS"; 201])), "too_many_values", "condition.is.values"),
        (json!({"set": {"dimension": "os", "values": []}}), "unknown_field", "condition.set.values"),
        (
            json!({"less": {"dimension": "props.price", "values": ["x"]}}),
            "invalid_value",
            "condition.less.values",
        ),
        (
            json!({"greater": {"dimension": "props.price", "values": [1, 2]}}),
            "invalid_value",
            "condition.greater.values",
        ),
        (
            json!({"matches": {"dimension": "page", "values": ["(?<=a)"]}}),
            "invalid_value",
            "condition.matches.values",
        ),
        (with("at_most", json!(2)), invalid, "condition.all[1].did.at_most"),
        (with("at_least", json!(0)), invalid, "condition.all[1].did.at_least"),
        (with("at_least", json!(1.5)), invalid, "condition.all[1].did.at_least"),
        (order(&json!({"at_most": 1_000_001})), invalid, "condition.did.at_most"),
        (with("often", json!(1)), "unknown_field", "condition.all[1].did.often"),
        (with("event", json!({})), invalid, "condition.all[1].did.event"),
        (with("event", json!({"kind": 5})), invalid, "condition.all[1].did.event.kind"),
        (with("event", json!({"kind": "ordr"})), "unknown_kind", "condition.all[1].did.event.kind"),
        (
            with("event", json!({"where": {"not": order(&json!({"at_least": 1}))}})),
            invalid,
            "condition.all[1].did.event.where",
        ),
        (
            with("event", json!({"where": {"is": {"dimension": "os"}}})),
            invalid,
            "condition.all[1].did.event.where.is.values",
        ),
        (with("within_days", json!(0)), invalid, "condition.all[1].did.within_days"),
        (with("within_days", json!(732)), invalid, "condition.all[1].did.within_days"),
        (with("within_hours", json!(-1)), invalid, "condition.all[1].did.within_hours"),
        (with("within", json!(30)), "unknown_field", "condition.all[1].did.within"),
        (json!({"did": {"at_least": 1}}), invalid, "condition.did.event"),
        (
            json!({"did": {"event": {"kind": "order"}, "exactly": 1, "within_days": 1, "within_hours": 1}}),
            invalid,
            "condition.did.within_hours",
        ),
    ];
    for (value, code, path) in table {
        let ApiError::Invalid { code: found, field, message } =
            Condition::from_json(&value, "condition").unwrap_err()
        else {
            panic!("{value}")
        };
        assert_eq!((found, field.as_str()), (code, path), "{value}: {message}");
    }
}

#[test]
fn a_condition_is_bounded() {
    let nested = |depth: usize| (1..depth).fold(italy(), |inner, _| json!({"not": inner}));
    let members = |number: usize| {
        let member = |place| json!({"is": {"dimension": "os", "values": [format!("{place}")]}});
        json!({"all": (0..number).map(member).collect::<Vec<_>>()})
    };
    let valued = |number: usize| {
        let values: Vec<String> = (0..200).map(|value| value.to_string()).collect();
        let member = |place| json!({"is": {"dimension": format!("props.{place}"), "values": values}});
        json!({"all": (0..number).map(member).collect::<Vec<_>>()})
    };
    let dids = |number: u32| json!({"all": (1..=number).map(|n| order(&json!({"at_least": n}))).collect::<Vec<_>>()});
    let deep_event = |depth| json!({"did": {"event": {"where": nested(depth)}, "at_least": 1}});
    for (value, allowed) in [
        (nested(8), true),
        (nested(9), false),
        (deep_event(7), true),
        (deep_event(8), false),
        (members(59), true),
        (members(60), false),
        (valued(6), true),
        (valued(7), false),
        (dids(8), true),
        (dids(9), false),
    ] {
        let read = Condition::from_json(&value, "condition");
        assert_eq!(read.is_ok(), allowed, "{value}");
        if let Err(error) = read {
            assert!(matches!(error, ApiError::Invalid { field, .. } if field == "condition"));
        }
    }
}

#[test]
fn conditions_that_say_the_same_in_another_order_have_one_text() {
    let many = json!({"is": {"dimension": "page", "values": ["/b", "/a", "/b"]}});
    let path = json!({"is": {"dimension": "path", "values": ["/a", "/b"]}});
    let days = json!({"did": {"event": {"kind": "order"}, "at_least": 2, "within_days": 2}});
    let hours = json!({"did": {
        "event": {"where": {"is": {"dimension": "kind", "values": ["order"]}}},
        "at_least": 2, "within_hours": 48}});
    let alike = [
        (json!({"all": [italy(), many, days]}), json!({"all": [hours, path, {"all": [italy()]}, italy()]})),
        (
            json!({"any": [italy(), {"not": ios()}]}),
            json!({"any": [{"not": ios()}, {"any": [italy(), italy()]}]}),
        ),
        (
            json!({"any": [{"all": [italy(), ios()]}, {"all": [ios(), italy()]}]}),
            json!({"all": [ios(), italy()]}),
        ),
    ];
    for (one, other) in alike {
        let text = read(&one).canonical();
        assert_eq!(text, read(&other).canonical());
        // The text is a condition, of the same text.
        assert_eq!(read(&serde_json::from_str(&text).unwrap()).canonical(), text);
    }
    let apart = [
        italy(),
        json!({"not": italy()}),
        json!({"not": {"not": italy()}}),
        json!({"all": [italy(), ios()]}),
        json!({"any": [italy(), ios()]}),
        order(&json!({"at_least": 2})),
        order(&json!({"exactly": 2})),
        json!({"did": {"event": {"kind": "order"}, "at_least": 2, "within_hours": 2}}),
        json!({"sequence": {"events": [{"kind": "order"}, {"kind": "search"}]}}),
        json!({"sequence": {"events": [{"kind": "search"}, {"kind": "order"}]}}),
        json!({"sequence": {"events": [{"kind": "search"}, {"kind": "order"}], "within_days": 1}}),
        json!({"segment": "a"}),
        json!({"segment": "b"}),
        json!({"visited": {"at_least": 2}}),
        json!({"visited": {"at_least": 2, "where": italy()}}),
        json!({"visited": {"at_most": 2, "where": italy()}}),
    ];
    let texts: std::collections::BTreeSet<String> =
        apart.iter().map(|value| read(value).canonical()).collect();
    assert_eq!(texts.len(), apart.len());
}

#[test]
fn the_schema_is_of_what_is_read() {
    use utoipa::PartialSchema;
    let schema = serde_json::to_value(Condition::schema()).unwrap();
    let alternatives = schema["oneOf"].as_array().unwrap();
    let required: Vec<&Value> = alternatives.iter().map(|alternative| &alternative["required"]).collect();
    let expected = [
        json!(["all"]),
        json!(["any"]),
        json!(["not"]),
        json!(["did"]),
        json!(["sequence"]),
        json!(["visited"]),
        json!(["segment"]),
        json!(["is"]),
        json!(["is_not"]),
        json!(["contains"]),
        json!(["starts"]),
        json!(["matches"]),
        json!(["greater"]),
        json!(["less"]),
        json!(["set"]),
    ];
    assert_eq!(required, expected.iter().collect::<Vec<_>>());
    assert!(alternatives.iter().all(|alternative| alternative["additionalProperties"] == json!(false)));
    assert_eq!(alternatives[0]["properties"]["all"]["items"]["$ref"], "#/components/schemas/Condition");
    for example in schema["examples"].as_array().unwrap() {
        read(example);
    }
}
