//! JSON values as slices of the request, and what they are read as.
//!
//! Whether the request is JSON has been settled when these slices were cut. A value is first only delimited, so a
//! wrong type is told by its field and never stops the rest of the event from being read. No step recurses: depth
//! costs nothing but a counter.

use std::borrow::Cow;

use orma_model::bytes;

use super::field_error::FieldError;
use super::limits::PROP_DEPTH_MAX;

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
    pub fn text(self, field: &str) -> Result<Option<Cow<'a, str>>, FieldError> {
        match self {
            // JSON writes control characters as escapes only.
            Self::Text(Cow::Borrowed(text)) => Ok(Some(Cow::Borrowed(text))),
            other => Ok(other.exact_text(field)?.map(without_reserved)),
        }
    }

    /// Text as it is, NUL included; `None` for null.
    pub fn exact_text(self, field: &str) -> Result<Option<Cow<'a, str>>, FieldError> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) | Self::Parameter(text) => Ok(Some(text)),
            _ => Err(FieldError::expected(field, "text")),
        }
    }

    /// Text, or a number as it was written: versions and builds come as both.
    pub fn label(self, field: &str) -> Result<Option<Cow<'a, str>>, FieldError> {
        match self {
            Self::Number(number) => Ok(Some(Cow::Borrowed(number))),
            other => other.text(field),
        }
    }

    /// A finite number; `None` for null and for an empty parameter.
    pub fn number(&self, field: &str) -> Result<Option<f64>, FieldError> {
        let number = match self {
            Self::Null => return Ok(None),
            Self::Parameter(text) if text.is_empty() => return Ok(None),
            Self::Number(number) => number.parse::<f64>().ok(),
            Self::Parameter(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(FieldError::expected(field, "a number")),
        }
    }

    /// A number from 0 to `max`, rounded to a whole one.
    pub fn whole(&self, field: &str, max: u32) -> Result<Option<u32>, FieldError> {
        if let Self::Number(text) = self
            && let Ok(number) = text.parse::<u32>()
            && number <= max
        {
            return Ok(Some(number));
        }
        match self.number(field)? {
            None => Ok(None),
            Some(number) if (0.0..=f64::from(max)).contains(&number) => Ok(Some(number.round() as u32)),
            Some(_) => Err(FieldError::expected(field, format_args!("a number from 0 to {max}"))),
        }
    }

    /// The JSON of an object; `None` for null.
    pub fn object(&self, field: &str) -> Result<Option<&'a str>, FieldError> {
        match self {
            Self::Null => Ok(None),
            Self::Nested(json) if json.starts_with('{') => Ok(Some(json)),
            _ => Err(FieldError::expected(field, "an object")),
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

/// Text that begins and ends with a sign of ASCII, as nearly all does: there is nothing to trim.
pub fn is_bare(text: &str) -> bool {
    matches!((text.as_bytes().first(), text.as_bytes().last()), (Some(0x21..0x7f), Some(0x21..0x7f)))
}

/// Text without whitespace around it: exports, spreadsheets and forms leave it there.
pub fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_bare(&text) {
        return text;
    }
    let is_blank = |sign: char| sign.is_whitespace() || sign == '\u{feff}';
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_blank)),
        Cow::Owned(text) if text.starts_with(is_blank) || text.ends_with(is_blank) => {
            Cow::Owned(text.trim_matches(is_blank).to_owned())
        }
        owned @ Cow::Owned(_) => owned,
    }
}

/// Text without NUL, which some readers of the store take for its end, and without the unit separator, which the store
/// puts between the fields of a session's first event.
pub fn without_reserved(text: Cow<'_, str>) -> Cow<'_, str> {
    if !bytes::has(text.as_bytes(), |bytes| bytes.are(0) | bytes.are(0x1f)) {
        return text;
    }
    Cow::Owned(text.replace(['\0', '\u{1f}'], ""))
}

/// Valid JSON without whitespace between its tokens; `None` when it is deeper than [`PROP_DEPTH_MAX`].
fn compact(json: &str) -> Option<Cow<'_, str>> {
    let mut kept = Vec::new();
    let mut copied_to = 0;
    let mut has_whitespace = false;
    let mut depth = 0usize;
    let mut in_text = false;
    let mut escaped = false;
    for (offset, byte) in json.bytes().enumerate() {
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
                kept.push(&json[copied_to..offset]);
                copied_to = offset + 1;
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
