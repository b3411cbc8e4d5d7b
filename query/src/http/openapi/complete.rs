//! What is true of every operation, and of a parameter wherever it stands, is said once.

use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder};

use crate::plan::{Dimension, Metric};
use crate::question::newsletter_report::request::Number;
use crate::question::people::request::Order;
use crate::question::quality;

/// A day or a moment from 1971 to 2139.
const EDGE: &str = "^(19(7[1-9]|[89][0-9])|20[0-9]{2}|21[0-3][0-9])-\
    ((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))\
    (T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]))?$";

/// The paths of the API, below which a caller says who it is.
const API: &str = "/api/";

/// Completes a document.
pub fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let operations = [
            (HttpMethod::Get, item.get.as_mut()),
            (HttpMethod::Post, item.post.as_mut()),
            (HttpMethod::Put, item.put.as_mut()),
            (HttpMethod::Patch, item.patch.as_mut()),
            (HttpMethod::Delete, item.delete.as_mut()),
        ];
        for (method, operation) in operations.into_iter().filter_map(|(method, found)| Some((method, found?)))
        {
            operation.operation_id = Some(operation_id(&method, path));
            if path.starts_with(API) {
                add_responses(operation, &method);
            }
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    be_strict(parameter, path);
                }
            }
        }
    }
}

/// A name of its own for each operation: its method and its path.
fn operation_id(method: &HttpMethod, path: &str) -> String {
    let method = match method {
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        HttpMethod::Delete => "delete",
        _ => "get",
    };
    let words =
        path.trim_start_matches("/api/v1").split(['/', '.', '{', '}']).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |id, word| format!("{id}_{word}"))
}

/// The responses that any request may get.
fn add_responses(operation: &mut Operation, method: &HttpMethod) {
    let mut add = |status: &str, description: &str| {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| refusal(description));
    };
    add("400", "The address or the request cannot be read");
    add(
        "429",
        "Too many wrong tokens or codes from this address, or too many requests; Retry-After says how long to wait",
    );
    add(
        "503",
        "The store cannot be reached, or has no room for another question; Retry-After says when to ask again",
    );
    if *method == HttpMethod::Get {
        add("406", "The answer is of a media type that the request's Accept does not take");
        add(
            "422",
            "The question is too big; the message says what would help: a shorter period, a filter, fewer dimensions",
        );
    } else {
        add("413", "The body is too large");
    }
}

fn refusal(description: &str) -> RefOr<Response> {
    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    ResponseBuilder::new().description(description).content("application/json", body).build().into()
}

/// Says what a parameter takes, by its name.
fn be_strict(parameter: &mut Parameter, path: &str) {
    if parameter.parameter_in == ParameterIn::Path {
        parameter.required = Required::True;
        return;
    }
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let one_of = |values: &[&str]| text().enum_values(Some(values.iter().copied())).build();
    let schema: Schema = match parameter.name.as_str() {
        "from" | "to" => text().pattern(Some(EDGE)).build().into(),
        "limit" => {
            let most = match path.rsplit('/').next() {
                Some("journey") => 200,
                Some("members") => 100_000,
                _ => 1_000,
            };
            let whole = ObjectBuilder::new().schema_type(Type::Integer);
            let whole = whole.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)));
            whole.minimum(Some(1)).maximum(Some(most)).build().into()
        }
        "include" => text().pattern(Some("^(bots|machines)(,(bots|machines))*$")).build().into(),
        "identified" | "customers" => one_of(&["true", "false"]).into(),
        "direction" => one_of(&["desc", "asc"]).into(),
        "compare" => one_of(&["previous"]).into(),
        "interval" => one_of(&["minute", "hour", "day", "week", "month"]).into(),
        "metrics" => {
            let told = list_of(&Metric::ALL.map(Metric::name));
            parameter.description = Some(format!("Comma separated: {told}. Default `visitors`."));
            text().pattern(Some(some_of(&Metric::ALL.map(Metric::name), Metric::ALL.len()))).build().into()
        }
        "group_by" => {
            let (dimensions, most): (&[Dimension], usize) = match path.rsplit('/').next() {
                Some("web") => (&quality::web::DIMENSIONS, 1),
                Some("app") => (&quality::app::DIMENSIONS, 1),
                _ => {
                    let told = list_of(&names(&Dimension::ALL));
                    parameter.description = Some(format!("At most two dimensions, comma separated: {told}."));
                    (&Dimension::ALL, 2)
                }
            };
            text().pattern(Some(some_of(&names(dimensions), most))).build().into()
        }
        "by" => one_of(&["campaign", "link"]).into(),
        "number" => one_of(&Number::ALL.map(|(name, _)| name)).into(),
        "campaign" | "link" => text().min_length(Some(1)).build().into(),
        "order_by" if path.ends_with("/people") => one_of(&Order::ALL.map(Order::name)).into(),
        "order_by" => one_of(&Metric::ALL.map(Metric::name)).into(),
        "cursor" => text().pattern(Some("^[A-Za-z0-9_-]+$")).build().into(),
        "filter" => {
            let dimensions = names(&Dimension::ALL).join("|");
            let filter = format!("^(path|{dimensions}|props\\..+):(is|is_not|contains|starts):");
            let items = text().pattern(Some(filter)).build();
            ArrayBuilder::new().items(items).max_items(Some(20)).build().into()
        }
        _ => return,
    };
    parameter.schema = Some(schema.into());
}

/// Some of these names, with commas between.
fn some_of(names: &[&str], most: usize) -> String {
    let names = names.join("|");
    format!("^({names})(,({names})){{0,{}}}$", most - 1)
}

/// These names as a reader sees them.
fn list_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn names(dimensions: &[Dimension]) -> Vec<&'static str> {
    dimensions.iter().map(|dimension| dimension.name()).collect()
}
