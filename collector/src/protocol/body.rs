//! The JSON object that a request's body must be, whatever its protocol.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::event::field_error::FieldError;
use crate::event::json::NotJson;
use crate::event::reader::Reader;
use crate::ingest::parse_error::ParseError;

/// What stands for a number that is none.
const NO_NUMBERS: [&str; 4] = ["-NaN", "NaN", "-Infinity", "Infinity"];

/// Why reading is given up.
pub enum Stop {
    /// The body is not JSON here.
    NotJson,
    /// It is, but is refused as a whole.
    Refused(ParseError),
}

impl From<NotJson> for Stop {
    fn from(_: NotJson) -> Self {
        Self::NotJson
    }
}

impl From<FieldError> for Stop {
    fn from(error: FieldError) -> Self {
        Self::Refused(ParseError::InvalidField { message: error.message })
    }
}

/// Visits the fields of a body, each of which `visit` must take from the reader. Returns the object as it was written.
///
/// # Errors
/// When the body is no JSON object, or `visit` refuses it.
pub fn each_field<'a>(
    body: &'a [u8],
    visit: impl FnMut(Cow<'a, str>, &mut Reader<'a>) -> Result<(), Stop>,
) -> Result<&'a str, ParseError> {
    let body = as_text(body)?;
    let mut reader = Reader::new(body);
    if !matches!(reader.first_byte(), Some(b'{')) {
        return Err(why_not_json(body, "expected an object"));
    }
    match reader.each_field(visit).and_then(|object| reader.end().map(|()| object).map_err(Stop::from)) {
        Ok(object) => Ok(object),
        Err(Stop::Refused(error)) => Err(error),
        Err(Stop::NotJson) => Err(why_not_json(body, "not JSON")),
    }
}

/// Where and why it is not JSON, serde_json says better; what it finds nothing wrong with is refused as `otherwise`.
fn why_not_json(body: &str, otherwise: &str) -> ParseError {
    let Err(error) = serde_json::from_str::<&RawValue>(body) else {
        return ParseError::InvalidField { message: format!("body: {otherwise}") };
    };
    let text = error.to_string();
    // The place is told apart from the problem; a syntax error's text repeats nothing of the body.
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    ParseError::NotJson { line: error.line(), column: error.column(), problem: problem.to_owned() }
}

/// A body that is no JSON without the parts that make it none, where those can be told: bytes of another encoding become
/// U+FFFD, and numbers that are none (`NaN`, `Infinity`, which some libraries write although no JSON has them) become
/// null. `None` when there are none of these.
pub fn mended(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let bytes = text.as_bytes();
    let mut kept = String::with_capacity(text.len());
    let (mut copied_to, mut in_text, mut escaped) = (0, false, false);
    let mut skipped_to = 0;
    for (offset, &byte) in bytes.iter().enumerate() {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte == b'"' {
            in_text = true;
        } else if offset >= skipped_to
            && let Some(word) =
                NO_NUMBERS.into_iter().find(|word| bytes[offset..].starts_with(word.as_bytes()))
        {
            kept.push_str(&text[copied_to..offset]);
            kept.push_str("null");
            skipped_to = offset + word.len();
            copied_to = skipped_to;
        }
    }
    if copied_to == 0 && matches!(text, Cow::Borrowed(_)) {
        return None;
    }
    kept.push_str(&text[copied_to..]);
    Some(kept.into_bytes())
}

/// The body as text, without a byte order mark.
fn as_text(body: &[u8]) -> Result<&str, ParseError> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    std::str::from_utf8(body).map_err(|error| {
        let before = &body[..error.valid_up_to()];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |place| place + 1);
        ParseError::NotJson {
            line: before.split(|&byte| byte == b'\n').count(),
            column: 1 + before.len() - line_start,
            problem: "a byte that is not UTF-8".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_and_no_number_is_taken_out_of_a_body() {
        for (body, expected) in [
            (&br#"{"a":NaN,"b":[-Infinity, Infinity ,1]}"#[..], Some(r#"{"a":null,"b":[null, null ,1]}"#)),
            (br#"{"NaN":"NaN, \"NaN","b":-NaN}"#, Some(r#"{"NaN":"NaN, \"NaN","b":null}"#)),
            (b"{\"a\":\"caff\xe8\"}", Some("{\"a\":\"caff\u{fffd}\"}")),
            (b"{\"a\":\"\xff\",\"b\":NaN}", Some("{\"a\":\"\u{fffd}\",\"b\":null}")),
            (br#"{"a":"NaN"}"#, None),
            (br#"{"a":oops}"#, None),
            (b"", None),
        ] {
            assert_eq!(mended(body).as_deref(), expected.map(str::as_bytes), "{}", body.escape_ascii());
        }
    }
}
