//! Tables as CSV (RFC 4180) and as NDJSON.
//!
//! `question::export` writes rows as they come, `http::export` whole tables.

use std::borrow::{Borrow, Cow};

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
    /// Some items by the names of their fields; a field of a nested object is named `object_field`. The columns are the
    /// same whatever the items are, and when there are none.
    pub fn of_items<T: Serialize>(columns: &[&str], items: &[T]) -> Self {
        let row = |item: &T| {
            let mut flat = Map::new();
            if let Ok(Value::Object(object)) = serde_json::to_value(item) {
                flatten("", object, &mut flat);
            }
            columns.iter().map(|name| flat.remove(*name).unwrap_or(Value::Null)).collect()
        };
        Self {
            rows: items.iter().map(row).collect(),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        }
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
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// Its media type with the character set.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// How a file of it is called.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// A table written in it.
    pub fn text(self, table: &Table) -> String {
        match self {
            Self::Csv => csv(table),
            Self::Ndjson => ndjson(table),
        }
    }
}

/// Stands before CSV: without it a spreadsheet reads UTF-8 as the code page of its machine. Python calls the encoding
/// `utf-8-sig`.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

fn csv(table: &Table) -> String {
    let mut out = String::from(BYTE_ORDER_MARK);
    write_cells(table.columns.iter().map(|name| Value::from(name.as_str())), &mut out);
    for row in &table.rows {
        write_cells(row.iter(), &mut out);
    }
    out
}

/// Writes a line of CSV.
pub fn write_cells<V: Borrow<Value>>(values: impl Iterator<Item = V>, out: &mut String) {
    let begin = out.len();
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&cell(value.borrow()));
    }
    // A line of nothing is none to whoever reads it.
    if out.len() == begin {
        out.push_str("\"\"");
    }
    out.push_str("\r\n");
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => disarm(text),
        Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
        Value::Bool(_) | Value::Number(_) => return value.to_string(),
    };
    if text.contains([',', ';', '"', '\t', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

/// What a spreadsheet takes for the beginning of a formula, with what some take for the same in full width.
const FORMULA_BEGINS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A visitor's text without formulas: a spreadsheet would run them. One whose lists are separated by `;` or tabs does not
/// see our quotes, so a cell may begin after each of these, and after a line's end.
fn disarm(text: &str) -> Cow<'_, str> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_number && text.parse::<f64>().is_ok() {
        return Cow::Borrowed(text);
    }
    let mut begins = true;
    let mut disarmed = String::new();
    let mut copied = 0;
    for (at, character) in text.char_indices() {
        // Tabs and line ends at the very beginning are skipped by some, and what follows is then the beginning.
        let skipped = character.is_whitespace()
            || character.is_control()
            || character == '"'
            || character == '\u{feff}';
        if begins
            && (FORMULA_BEGINS.contains(&character) || (at == 0 && matches!(character, '\t' | '\r' | '\n')))
        {
            disarmed.push_str(&text[copied..at]);
            disarmed.push('\'');
            copied = at;
        }
        begins = (begins && skipped) || matches!(character, ';' | '\t' | '\r' | '\n');
    }
    if copied == 0 && disarmed.is_empty() {
        return Cow::Borrowed(text);
    }
    disarmed.push_str(&text[copied..]);
    Cow::Owned(disarmed)
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
            (
                json!([{"amount": "1.00", "currency": "USD"}]),
                "\"[{\"\"amount\"\":\"\"1.00\"\",\"\"currency\"\":\"\"USD\"\"}]\"",
            ),
            (json!("a,\"b\"\n"), "\"a,\"\"b\"\"\n\""),
            (json!("=HYPERLINK(1)"), "'=HYPERLINK(1)"),
            (json!("-12.50"), "-12.50"),
            (json!("-1e3"), "-1e3"),
            (json!("-inf"), "'-inf"),
            (json!("+nan"), "'+nan"),
            (json!("-2+3"), "'-2+3"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("\u{ff1d}1+1"), "'\u{ff1d}1+1"),
            (json!("a;=cmd|' /C calc'!A0;b"), "\"a;'=cmd|' /C calc'!A0;b\""),
            (json!("a;b"), "\"a;b\""),
            (json!("a; \"=1\""), "\"a; \"\"'=1\"\"\""),
            (json!("a\t=1"), "\"a\t'=1\""),
            (json!("a\n+1"), "\"a\n'+1\""),
            (json!("\t=1"), "\"'\t'=1\""),
            (json!("  =1"), "  '=1"),
            (json!("\u{feff}=1"), "\u{feff}'=1"),
            (json!("a=b-c"), "a=b-c"),
            (json!("mario@example.it"), "mario@example.it"),
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
        let columns = ["person", "revenue_amount", "revenue_currency"];
        let table = Table::of_items(&columns, &items);
        let written = csv(&table);
        assert_eq!(written, "\u{feff}person,revenue_amount,revenue_currency\r\na,1.00,EUR\r\nb,,\r\n");
        assert_eq!(ndjson(&table).lines().count(), 2);
        let nobody = Table::of_items::<Value>(&columns, &[]);
        assert_eq!(csv(&nobody), "\u{feff}person,revenue_amount,revenue_currency\r\n");
    }
}
