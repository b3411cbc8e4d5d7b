//! Lists as CSV (RFC 4180) and as NDJSON.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// `text/csv`.
    Csv,
    /// `application/x-ndjson`.
    Ndjson,
}

/// Rows of named columns.
#[derive(Debug, PartialEq)]
pub struct Table {
    /// The columns' names.
    pub columns: Vec<String>,
    /// A value for each column.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// The fields of some items, nested objects flattened with a `_`.
    pub fn of_items<T: Serialize>(items: &[T]) -> Self {
        let objects: Vec<Map<String, Value>> = items
            .iter()
            .map(|item| {
                let mut flat = Map::new();
                if let Ok(Value::Object(object)) = serde_json::to_value(item) {
                    flatten("", object, &mut flat);
                }
                flat
            })
            .collect();
        let mut columns: Vec<String> = Vec::new();
        for name in objects.iter().flat_map(Map::keys) {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        let row = |object: &Map<String, Value>| {
            columns.iter().map(|name| object.get(name).cloned().unwrap_or(Value::Null)).collect()
        };
        Self { rows: objects.iter().map(row).collect(), columns }
    }
}

fn flatten(prefix: &str, object: Map<String, Value>, out: &mut Map<String, Value>) {
    for (name, value) in object {
        let name = if prefix.is_empty() { name } else { format!("{prefix}_{name}") };
        match value {
            Value::Object(inner) => flatten(&name, inner, out),
            other => {
                out.insert(name, other);
            }
        }
    }
}

impl Export {
    /// The export that the caller asks for, if any.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let accept = headers.get(header::ACCEPT)?.to_str().ok()?;
        accept.split(',').find_map(|part| match part.split(';').next()?.trim() {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" => Some(Self::Ndjson),
            _ => None,
        })
    }

    /// The table as a response.
    pub fn response(self, table: &Table) -> Response {
        let (media_type, body) = match self {
            Self::Csv => ("text/csv; charset=utf-8", csv(table)),
            Self::Ndjson => ("application/x-ndjson", ndjson(table)),
        };
        ([(header::CONTENT_TYPE, media_type)], body).into_response()
    }
}

fn csv(table: &Table) -> String {
    let mut out = String::new();
    let header: Vec<String> = table.columns.iter().map(|name| cell(&Value::String(name.clone()))).collect();
    out.push_str(&header.join(","));
    out.push_str("\r\n");
    for row in &table.rows {
        out.push_str(&row.iter().map(cell).collect::<Vec<_>>().join(","));
        out.push_str("\r\n");
    }
    out
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text,
        other => return other.to_string(),
    };
    // A spreadsheet would run a visitor's text as a formula.
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if is_formula { format!("'{text}") } else { text.clone() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn ndjson(table: &Table) -> String {
    let mut out = String::new();
    for row in &table.rows {
        let object: Map<String, Value> = table.columns.iter().cloned().zip(row.iter().cloned()).collect();
        out.push_str(&Value::Object(object).to_string());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        for (value, text) in [
            (json!("plain"), "plain"),
            (json!("a,\"b\"\n"), "\"a,\"\"b\"\"\n\""),
            (json!("=HYPERLINK(1)"), "'=HYPERLINK(1)"),
            (json!("-12.50"), "-12.50"),
            (json!(-3), "-3"),
            (json!(null), ""),
        ] {
            assert_eq!(cell(&value), text);
        }
    }

    #[test]
    fn a_table_is_written_with_its_header_and_one_row_a_line() {
        let items = [
            json!({"person": "a", "revenue": {"amount": "1.00", "currency": "EUR"}}),
            json!({"person": "b", "revenue": null}),
        ];
        let table = Table::of_items(&items);
        let written = csv(&table);
        assert!(written.starts_with("person,revenue_amount,revenue_currency"), "{written}");
        assert!(written.contains("\r\na,1.00,EUR"), "{written}");
        assert_eq!(ndjson(&table).lines().count(), 2);
    }
}
