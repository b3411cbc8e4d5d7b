//! JSON values as slices of the request, and what they are read as.
//!
//! Whether the request is JSON has been settled when these slices were cut. A value is first only delimited, so a
//! wrong type is told by its field and never stops the rest of the event from being read. No step recurses: depth
//! costs nothing but a counter.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Visitor};

use super::field_error::Fault;
use super::json::Reader;
use super::PROP_DEPTH_MAX;

/// A value has more than [`PROP_DEPTH_MAX`] levels.
#[derive(Debug, PartialEq, Eq)]
pub struct TooDeep;

/// One value of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`, the same as absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(&'a str),
    /// Text without its escapes.
    Text(Cow<'a, str>),
    /// A list or an object, as it was written.
    Nested(&'a str),
    /// A query parameter, which has no type: it may be read as a number.
    Parameter(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// Text without the reserved characters; `None` for null.
    pub fn text(self, field: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        match self {
            // JSON writes control characters as escapes only.
            Self::Text(Cow::Borrowed(text)) => Ok(Some(Cow::Borrowed(text))),
            other => Ok(other.exact_text(field)?.map(without_reserved)),
        }
    }

    /// Text as it is, NUL included; `None` for null.
    pub fn exact_text(self, field: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) | Self::Parameter(text) => Ok(Some(text)),
            _ => Err(Fault::expected(field, "text")),
        }
    }

    /// Text, or a number as it was written: versions and builds come as both.
    pub fn label(self, field: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        match self {
            Self::Number(number) => Ok(Some(Cow::Borrowed(number))),
            other => other.text(field),
        }
    }

    /// A finite number; `None` for null and for an empty parameter.
    pub fn number(&self, field: &str) -> Result<Option<f64>, Fault> {
        let number = match self {
            Self::Null => return Ok(None),
            Self::Parameter(text) if text.is_empty() => return Ok(None),
            Self::Number(number) => number.parse::<f64>().ok(),
            Self::Parameter(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(Fault::expected(field, "a number")),
        }
    }

    /// A number from 0 to `max`, rounded to a whole one.
    pub fn whole(&self, field: &str, max: u32) -> Result<Option<u32>, Fault> {
        if let Self::Number(text) = self
            && let Ok(number) = text.parse::<u32>()
            && number <= max
        {
            return Ok(Some(number));
        }
        match self.number(field)? {
            None => Ok(None),
            Some(number) if (0.0..=f64::from(max)).contains(&number) => Ok(Some(number.round() as u32)),
            Some(_) => Err(Fault::expected(field, format_args!("a number from 0 to {max}"))),
        }
    }

    /// The JSON of an object; `None` for null.
    pub fn object(&self, field: &str) -> Result<Option<&'a str>, Fault> {
        match self {
            Self::Null => Ok(None),
            Self::Nested(json) if json.starts_with('{') => Ok(Some(json)),
            _ => Err(Fault::expected(field, "an object")),
        }
    }

    /// The text that a prop keeps: text as it is, all else as compact JSON; `None` for null.
    pub fn prop(self) -> Result<Option<Cow<'a, str>>, TooDeep> {
        match self {
            Self::Null => Ok(None),
            Self::Bool(true) => Ok(Some(Cow::Borrowed("true"))),
            Self::Bool(false) => Ok(Some(Cow::Borrowed("false"))),
            Self::Number(number) => Ok(Some(Cow::Borrowed(number))),
            Self::Text(Cow::Borrowed(text)) => Ok(Some(Cow::Borrowed(text))),
            Self::Text(text) | Self::Parameter(text) => Ok(Some(without_reserved(text))),
            Self::Nested(json) => compact(json).map(Some).ok_or(TooDeep),
        }
    }
}

/// Calls `visit` with each key and value of an object, in order, until it fails. A key that comes twice is
/// visited twice.
///
/// `object` has been read as JSON before, so here its parts are only told apart.
pub fn each_field<'a>(
    object: &'a str,
    mut visit: impl FnMut(Cow<'a, str>, Value<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    Reader::new(object).each_field(|key, reader| visit(key, reader.value()?))?;
    Ok(())
}

/// The text of a valid JSON string. Half a surrogate pair, which browsers send when a script has cut an emoji in
/// two, becomes U+FFFD.
pub fn unescape(json: &str) -> Cow<'_, str> {
    let inner = &json[1..json.len() - 1];
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    Cow::Owned(serde_json::from_str::<String>(json).unwrap_or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let bytes = deserializer.deserialize_bytes(Bytes).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }))
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("text")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }
}

/// Text without NUL, which some readers of the store take for its end, and without the unit separator, which the store
/// puts between the fields of a session's first event.
pub fn without_reserved(text: Cow<'_, str>) -> Cow<'_, str> {
    const RESERVED: [char; 2] = ['\0', '\u{1f}'];
    if text.contains(RESERVED) { Cow::Owned(text.replace(RESERVED, "")) } else { text }
}

/// Valid JSON without whitespace between its tokens; `None` when it is deeper than [`PROP_DEPTH_MAX`].
fn compact(json: &str) -> Option<Cow<'_, str>> {
    let mut kept = Vec::new();
    let mut copied_to = 0;
    let mut has_whitespace = false;
    let mut depth = 0usize;
    let mut in_text = false;
    let mut escaped = false;
    for (place, byte) in json.bytes().enumerate() {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > PROP_DEPTH_MAX {
                    return None;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b' ' | b'\t' | b'\n' | b'\r' => {
                kept.push(&json[copied_to..place]);
                copied_to = place + 1;
                has_whitespace = true;
            }
            _ => {}
        }
    }
    if !has_whitespace {
        return Some(Cow::Borrowed(json));
    }
    kept.push(&json[copied_to..]);
    Some(Cow::Owned(kept.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_borrowed_unless_it_is_escaped() {
        let table = [
            (r#""scarpe""#, "scarpe", true),
            (r#""caffè 👟""#, "caffè 👟", true),
            (r#""caff\u00e8""#, "caffè", false),
            (r#""\ud83d\udc5f""#, "👟", false),
            (r#""a\"b\\c\/d\n""#, "a\"b\\c/d\n", false),
            (r#""a\u0000b""#, "a\0b", false),
            (r#""a\u001fb""#, "a\u{1f}b", false),
        ];
        for (json, text, borrowed) in table {
            let unescaped = unescape(json);
            assert_eq!(unescaped, text);
            assert_eq!(matches!(unescaped, Cow::Borrowed(_)), borrowed, "{json}");
        }
    }

    #[test]
    fn the_fields_of_an_object_are_told_apart() {
        let object = "{ \"a\" : 1.5e3 ,\"b\\\"\":\"c,}\\\\\",\n\"d\":[\"]\",{\"e\":\"}\\\"\"}],\"\":{},\"f\":null,\"g\":true\t}";
        assert!(serde_json::from_str::<serde_json::Value>(object).is_ok());
        let mut fields = Vec::new();
        let mut visit = |key: Cow<str>, value: Value| {
            fields.push((key.into_owned(), format!("{value:?}")));
            Ok(())
        };
        each_field(object, &mut visit).unwrap();
        let expected = [
            ("a", Value::Number("1.5e3")),
            ("b\"", Value::Text("c,}\\".into())),
            ("d", Value::Nested(r#"["]",{"e":"}\""}]"#)),
            ("", Value::Nested("{}")),
            ("f", Value::Null),
            ("g", Value::Bool(true)),
        ];
        assert_eq!(fields, expected.map(|(key, value)| (key.to_owned(), format!("{value:?}"))));
        for empty in ["{}", "{ \n}"] {
            assert_eq!(each_field(empty, |_, _| Err(Fault::expected("a", "nothing"))), Ok(()));
        }
    }

    #[test]
    fn nul_is_kept_only_where_it_is_looked_for() {
        let value = || Reader::new(r#""a\u0000b""#).value().unwrap();
        assert_eq!(value().exact_text("visitor").unwrap().unwrap(), "a\0b");
        assert_eq!(value().text("title").unwrap().unwrap(), "ab");
        assert_eq!(value().prop().unwrap().unwrap(), "ab");
    }

    #[test]
    fn half_an_emoji_becomes_a_replacement_character() {
        for json in [r#""ciao \ud83d""#, r#""ciao \udc5f""#] {
            let text = unescape(json);
            assert!(
                text.starts_with("ciao \u{fffd}") && text.trim_end_matches('\u{fffd}') == "ciao ",
                "{text}"
            );
        }
    }

    #[test]
    fn compact_json_keeps_the_whitespace_inside_text() {
        let table = [
            ("[ 1 , 2 ]", "[1,2]"),
            ("{\"a b\" :\n\t\"c \\\" d\" , \"e\\\\\" : [ ] }", "{\"a b\":\"c \\\" d\",\"e\\\\\":[]}"),
            ("[1,2]", "[1,2]"),
        ];
        for (json, expected) in table {
            assert_eq!(compact(json).unwrap(), expected);
        }
        assert!(matches!(compact("[1,2]"), Some(Cow::Borrowed(_))));
    }

    #[test]
    fn depth_is_counted_to_its_limit() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(compact(&deep(PROP_DEPTH_MAX)).is_some());
        assert!(compact(&deep(PROP_DEPTH_MAX + 1)).is_none());
        assert!(compact(&format!("[{}]", vec!["[]"; 200].join(","))).is_some());
    }
}
