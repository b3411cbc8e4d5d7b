//! What is asked: a statement, the values of its parameters, and the form of the answer.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::{IntoParams, ToSchema};

use crate::error::ApiError;

/// Bytes of a statement.
pub const QUERY_BYTES_MAX: usize = 128 * 1024;
/// Parameters of a statement, and bytes of all of their values.
const PARAMS_MAX: usize = 100;
const PARAMS_BYTES_MAX: usize = 64 * 1024;
/// Before the name of a parameter in an address.
const PARAM_PREFIX: &str = "param_";

/// What `POST /sql` takes as JSON.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlRequest {
    /// One statement: `SELECT`, `WITH … SELECT` or `DESCRIBE`, in the SQL of ClickHouse.
    #[schema(
        min_length = 1,
        max_length = 131_072,
        pattern = r"\S",
        example = "SELECT day, count() AS visits FROM visits WHERE is_session AND NOT is_bot GROUP BY day ORDER BY day"
    )]
    pub query: String,
    /// Values for the `{name:Type}` of the statement.
    #[serde(default)]
    #[schema(schema_with = values_schema)]
    pub params: BTreeMap<String, Value>,
    /// `json`, `csv`, `ndjson`, `parquet` or `arrow`, in place of `Accept`.
    #[serde(default)]
    #[schema(pattern = "^(json|csv|ndjson|parquet|arrow)$")]
    pub format: Option<String>,
}

/// The values of parameters, as `check_params` holds them.
fn values_schema() -> Schema {
    let types = || SchemaType::from_iter([Type::String, Type::Number, Type::Boolean]);
    let list = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(types()));
    let value = OneOfBuilder::new().item(ObjectBuilder::new().schema_type(types())).item(list);
    ObjectBuilder::new()
        .description(Some(
            "Values for the `{name:Type}` of the statement: text, numbers, booleans, or lists of these. Names have letters, \
             digits and `_`; all together have at most 64 KiB.",
        ))
        .additional_properties(Some(Schema::from(value)))
        .max_properties(Some(PARAMS_MAX))
        .examples([json!({})])
        .into()
}

/// What `GET /sql` takes, beside a `param_<name>` for each parameter of the statement.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "said in the document; `SqlRequest::of_address` reads them")]
pub struct SqlParams {
    /// One statement: `SELECT`, `WITH … SELECT` or `DESCRIBE`.
    #[param(min_length = 1, max_length = 131_072, pattern = r"\S", example = "SELECT count() FROM events")]
    pub query: String,
    /// `json`, `csv`, `ndjson`, `parquet` or `arrow`, in place of `Accept`.
    #[param(pattern = "^(json|csv|ndjson|parquet|arrow)$")]
    pub format: Option<String>,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One object with the columns and their types (`meta`), the rows (`data`) and their number.
    Json,
    /// With a first line of names.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// A Parquet file.
    Parquet,
    /// An Arrow IPC stream.
    Arrow,
}

impl Format {
    /// All of them; the first is given where nothing is asked for.
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Ndjson, Self::Parquet, Self::Arrow];

    /// Its name in requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Arrow => "application/vnd.apache.arrow.stream",
        }
    }

    /// ClickHouse's name.
    pub const fn of_clickhouse(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Csv => "CSVWithNames",
            Self::Ndjson => "JSONEachRow",
            Self::Parquet => "Parquet",
            Self::Arrow => "ArrowStream",
        }
    }
}

/// A request that can be asked.
#[derive(Debug, PartialEq)]
pub struct Request {
    /// The statement.
    pub query: String,
    /// The values of its parameters.
    values: BTreeMap<String, Value>,
    /// The form of the answer.
    pub format: Format,
}

impl SqlRequest {
    /// What a query string says.
    ///
    /// # Errors
    /// It names something else, or something twice.
    pub fn of_address(query: &str) -> Result<Self, ApiError> {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).map_err(|error| {
            let message = format!("The query string cannot be read: {error}.");
            ApiError::invalid("invalid_parameter", "query", message)
        })?;
        let mut request = Self::default();
        for (name, value) in pairs {
            let is_repeated = match (name.as_str(), name.strip_prefix(PARAM_PREFIX)) {
                ("query", _) => !std::mem::replace(&mut request.query, value).is_empty(),
                ("format", _) => request.format.replace(value).is_some(),
                (_, Some(param)) => request.params.insert(param.to_owned(), value.into()).is_some(),
                _ => {
                    let message = format!("There is no parameter `{name}` here.");
                    return Err(ApiError::invalid("unknown_parameter", name, message));
                }
            };
            if is_repeated {
                let message = format!("`{name}` stands there twice.");
                return Err(ApiError::invalid("invalid_parameter", name, message));
            }
        }
        Ok(request)
    }

    /// The request that can be asked; `preferred` is the form that the caller's `Accept` names.
    ///
    /// # Errors
    /// A field cannot be used.
    pub fn parse(self, preferred: Format) -> Result<Request, ApiError> {
        let Self { query, params: values, format } = self;
        if query.trim().is_empty() {
            return Err(ApiError::invalid("invalid_sql", "query", "There is no statement in `query`."));
        }
        if query.len() > QUERY_BYTES_MAX {
            let message = format!("The statement is longer than {QUERY_BYTES_MAX} bytes.");
            return Err(ApiError::invalid("invalid_sql", "query", message));
        }
        if query.contains('\0') {
            return Err(ApiError::invalid("invalid_sql", "query", "The statement holds a zero byte."));
        }
        let format = match format.as_deref() {
            None => preferred,
            Some(name) => Format::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
                let names = Format::ALL.map(Format::name).join("`, `");
                ApiError::invalid("unknown_format", "format", format!("`format` is one of `{names}`."))
            })?,
        };
        check_params(&values)?;
        Ok(Request { query, values, format })
    }
}

impl Request {
    /// The values of the parameters.
    pub fn params(&self) -> Vec<(&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value)).collect()
    }
}

fn check_params(values: &BTreeMap<String, Value>) -> Result<(), ApiError> {
    let refused = |message: String| ApiError::invalid("invalid_params", "params", message);
    if values.len() > PARAMS_MAX {
        return Err(refused(format!("There are more than {PARAMS_MAX} parameters.")));
    }
    let mut bytes = 0;
    for (name, value) in values {
        let mut letters = name.bytes();
        let is_name = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
        if !is_name {
            return Err(refused(format!("`{name}` is no name of a parameter: letters, digits and `_`.")));
        }
        let is_plain = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
        let can_be = is_plain(value) || value.as_array().is_some_and(|values| values.iter().all(is_plain));
        if !can_be {
            return Err(refused(format!("`{name}` must be text, a number, a boolean, or a list of these.")));
        }
        bytes += name.len() + value.to_string().len();
    }
    if bytes > PARAMS_BYTES_MAX {
        return Err(refused(format!("The parameters have more than {PARAMS_BYTES_MAX} bytes.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(request: Value) -> Result<Request, ApiError> {
        serde_json::from_value::<SqlRequest>(request).unwrap().parse(Format::Csv)
    }

    #[test]
    fn a_request_is_refused_by_the_field_that_is_wrong() {
        let many: serde_json::Map<String, Value> =
            (0..101).map(|number| (format!("p{number}"), json!(1))).collect();
        for (request, code, field) in [
            (json!({"query": " \n"}), "invalid_sql", "query"),
            (json!({"query": "x".repeat(QUERY_BYTES_MAX + 1)}), "invalid_sql", "query"),
            (json!({"query": "SELECT '\0'"}), "invalid_sql", "query"),
            (json!({"query": "SELECT 1", "format": "xml"}), "unknown_format", "format"),
            (json!({"query": "SELECT 1", "params": {"a b": 1}}), "invalid_params", "params"),
            (json!({"query": "SELECT 1", "params": {"": 1}}), "invalid_params", "params"),
            (json!({"query": "SELECT 1", "params": {"a": {}}}), "invalid_params", "params"),
            (json!({"query": "SELECT 1", "params": {"a": [[1]]}}), "invalid_params", "params"),
            (json!({"query": "SELECT 1", "params": {"a": null}}), "invalid_params", "params"),
            (
                json!({"query": "SELECT 1", "params": {"a": "x".repeat(PARAMS_BYTES_MAX)}}),
                "invalid_params",
                "params",
            ),
            (json!({"query": "SELECT 1", "params": many}), "invalid_params", "params"),
        ] {
            let ApiError::Invalid { code: got, field: of, .. } = parse(request.clone()).unwrap_err() else {
                panic!("{request}")
            };
            assert_eq!((got, of.as_str()), (code, field), "{request}");
        }
        let request = parse(json!({"query": "SELECT {a:Array(String)}", "params": {"a": ["x"]}})).unwrap();
        assert_eq!((request.format, request.params().len()), (Format::Csv, 1));
    }

    #[test]
    fn an_address_says_the_same() {
        let request =
            SqlRequest::of_address("query=SELECT+%7Bday%3ADate%7D&param_day=2026-11-01&format=arrow");
        let request = request.unwrap().parse(Format::Json).unwrap();
        assert_eq!((request.query.as_str(), request.format), ("SELECT {day:Date}", Format::Arrow));
        assert_eq!(request.params(), [("day", &json!("2026-11-01"))]);
        for (query, field) in [
            ("query=SELECT+1&limit=3", "limit"),
            ("query=a&query=b", "query"),
            ("format=csv&format=csv", "format"),
        ] {
            let ApiError::Invalid { field: of, .. } = SqlRequest::of_address(query).unwrap_err() else {
                panic!()
            };
            assert_eq!(of, field, "{query}");
        }
    }
}
