//! The values of fields that hold a word of a closed list of the catalogue.

use orma_model::vitals::{APP_STARTS, Rating, VITALS};
use utoipa::openapi::schema::{Object, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// Names the values of such fields.
pub fn name_words(document: &mut OpenApi) {
    let ratings: Vec<&str> = Rating::ALL.iter().map(|rating| rating.in_answers()).chain([""]).collect();
    let vitals = VITALS.each_ref().map(|vital| vital.name);
    let starts = APP_STARTS.each_ref().map(|start| start.name);
    let fields: [(&str, &str, &[&str]); 6] = [
        ("Vital", "name", &vitals),
        ("Vital", "rating", &ratings),
        ("AppStart", "start", &starts),
        ("AppStart", "rating", &ratings),
        ("JourneyEvent", "rating", &ratings),
        ("LiveActivity", "rating", &ratings),
    ];
    for (schema, field, words) in fields {
        let text = text_field(document, schema, field);
        text.enum_values = Some(words.iter().map(|word| (*word).into()).collect());
    }
}

fn text_field<'a>(document: &'a mut OpenApi, schema: &str, field: &str) -> &'a mut Object {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(schema) else {
        unreachable!("{schema} is an object of the document")
    };
    let Some(RefOr::T(Schema::Object(text))) = object.properties.get_mut(field) else {
        unreachable!("{field} is a field of {schema}")
    };
    text
}
