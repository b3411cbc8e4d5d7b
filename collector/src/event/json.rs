//! Where the parts of a JSON text begin and end, checked against RFC 8259 on the way.
//!
//! Nothing is built: a value is a slice of the request. Text is looked at sixteen bytes at a time, no step recurses,
//! and nothing is allocated below 64 levels of lists and objects.

use std::borrow::Cow;
use std::fmt;

use orma_model::bytes::{self, Bytes};
use serde::de::{Deserializer, Visitor};

/// The text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotJson;

pub(super) fn expect(json: &[u8], offset: usize, byte: u8) -> Result<(), NotJson> {
    if json.get(offset) == Some(&byte) { Ok(()) } else { Err(NotJson) }
}

pub(super) fn after_whitespace(json: &[u8], mut offset: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = json.get(offset) {
        offset += 1;
    }
    offset
}

pub(super) fn after_colon(json: &[u8], offset: usize) -> Result<usize, NotJson> {
    let colon = after_whitespace(json, offset);
    expect(json, colon, b':')?;
    Ok(after_whitespace(json, colon + 1))
}

/// Where the text ends that begins at `start`, its quotes included.
fn text_end(json: &[u8], start: usize) -> Result<usize, NotJson> {
    expect(json, start, b'"')?;
    let mut offset = start + 1;
    loop {
        offset = plain_end(json, offset);
        match json.get(offset) {
            Some(b'"') => return Ok(offset + 1),
            Some(b'\\') => offset = escape_end(json, offset)?,
            _ => return Err(NotJson),
        }
    }
}

/// The first offset at or after `offset` with a quote, a backslash or a control character, or the end.
#[inline]
pub(super) fn plain_end(json: &[u8], offset: usize) -> usize {
    let are_ends = |bytes: Bytes| bytes.are(b'"') | bytes.are(b'\\') | bytes.within(0, 0x1f);
    bytes::position(&json[offset..], are_ends).map_or(json.len(), |place| offset + place)
}

fn escape_end(json: &[u8], backslash: usize) -> Result<usize, NotJson> {
    match json.get(backslash + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(backslash + 2),
        Some(b'u') => match json.get(backslash + 2..backslash + 6) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Ok(backslash + 6),
            _ => Err(NotJson),
        },
        _ => Err(NotJson),
    }
}

/// Where the value ends that begins at `start`.
pub(super) fn value_end(json: &[u8], start: usize) -> Result<usize, NotJson> {
    let mut open = Brackets::default();
    let mut offset = start;
    'value: loop {
        match json.get(offset) {
            Some(b'"') => offset = text_end(json, offset)?,
            Some(b'{') => {
                offset = after_whitespace(json, offset + 1);
                open.push(true);
                if json.get(offset) != Some(&b'}') {
                    offset = after_colon(json, text_end(json, offset)?)?;
                    continue 'value;
                }
            }
            Some(b'[') => {
                offset = after_whitespace(json, offset + 1);
                open.push(false);
                if json.get(offset) != Some(&b']') {
                    continue 'value;
                }
            }
            Some(b't') => offset = literal_end(json, offset, b"true")?,
            Some(b'f') => offset = literal_end(json, offset, b"false")?,
            Some(b'n') => offset = literal_end(json, offset, b"null")?,
            _ => offset = number_end(json, offset)?,
        }
        while let Some(in_object) = open.innermost() {
            offset = after_whitespace(json, offset);
            match (json.get(offset), in_object) {
                (Some(b','), true) => {
                    let key = after_whitespace(json, offset + 1);
                    offset = after_colon(json, text_end(json, key)?)?;
                    continue 'value;
                }
                (Some(b','), false) => {
                    offset = after_whitespace(json, offset + 1);
                    continue 'value;
                }
                (Some(b'}'), true) | (Some(b']'), false) => {
                    open.pop();
                    offset += 1;
                }
                _ => return Err(NotJson),
            }
        }
        return Ok(offset);
    }
}

pub(super) fn literal_end(json: &[u8], start: usize, literal: &[u8]) -> Result<usize, NotJson> {
    if json[start..].starts_with(literal) { Ok(start + literal.len()) } else { Err(NotJson) }
}

fn number_end(json: &[u8], start: usize) -> Result<usize, NotJson> {
    let digits_end = |offset: usize| -> Result<usize, NotJson> {
        let digits = json[offset.min(json.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 { Err(NotJson) } else { Ok(offset + digits) }
    };
    let first = start + usize::from(json.get(start) == Some(&b'-'));
    let mut offset = digits_end(first)?;
    if json[first] == b'0' && offset > first + 1 {
        return Err(NotJson);
    }
    if json.get(offset) == Some(&b'.') {
        offset = digits_end(offset + 1)?;
    }
    if let Some(b'e' | b'E') = json.get(offset) {
        offset += 1;
        if let Some(b'+' | b'-') = json.get(offset) {
            offset += 1;
        }
        offset = digits_end(offset)?;
    }
    Ok(offset)
}

/// The brackets that are open: one bit each, 1 for an object.
#[derive(Default)]
struct Brackets {
    depth: usize,
    /// The innermost ones, the last in the lowest bit.
    bits: u64,
    /// Those further out, 64 to a word.
    outer: Vec<u64>,
}

impl Brackets {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0
            && self.depth.is_multiple_of(64)
            && let Some(outer) = self.outer.pop()
        {
            self.bits = outer;
        }
    }

    /// Whether the innermost open bracket is an object's; `None` when none is open.
    fn innermost(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }
}

/// The text of a valid JSON string. Half a surrogate pair, which browsers send when a script has cut an emoji in
/// two, becomes U+FFFD.
pub(super) fn unescape(json: &str) -> Cow<'_, str> {
    let inner = &json[1..json.len() - 1];
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    Cow::Owned(serde_json::from_str::<String>(json).unwrap_or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let bytes = deserializer.deserialize_bytes(BytesOfText).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }))
}

struct BytesOfText;

impl Visitor<'_> for BytesOfText {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("text")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;

    fn is_json(text: &str) -> bool {
        let bytes = text.as_bytes();
        let start = after_whitespace(bytes, 0);
        value_end(bytes, start).is_ok_and(|end| after_whitespace(bytes, end) == bytes.len())
    }

    #[test]
    fn what_is_json_is_what_serde_json_says() {
        let texts = [
            "{}",
            "[]",
            "[ ]",
            "{ }",
            "null",
            "true",
            "false",
            "nul",
            "truex",
            "0",
            "-0",
            "01",
            "-",
            "1.",
            ".5",
            "1.5",
            "1e5",
            "1E+5",
            "1e-05",
            "1e",
            "1e+",
            "+1",
            "--1",
            "\"\"",
            "\"a",
            "\"\\",
            "\"\\\"",
            "\"\\u12g4\"",
            "\"\\u1234\"",
            "\"\\ud800\"",
            "\"\\x\"",
            "\"a\u{1}b\"",
            "\"a\u{7f}b\"",
            "\"caffè 👟 e altro ancora\"",
            "[1,2]",
            "[1,,2]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\":1}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":}",
            "{,}",
            "{\"a\":1 \"b\":2}",
            "[}",
            "{]",
            "[1}",
            "{\"a\":1]",
            "[[[]]]",
            "[[[]]",
            "{\"a\":{\"b\":[{}, {\"c\":[]}]}}",
            " [ 1 , { \"a\" : null } ] ",
            "",
            " ",
            "[1]x",
            "\"12345678\"",
            "\"1234567\"",
            "\"123456789\\n\"",
            "\"1234567\u{1f}\"",
            "{\"a\":\"b\",\"a\":\"c\"}",
        ];
        for text in texts {
            assert_eq!(is_json(text), serde_json::from_str::<&RawValue>(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn brackets_are_matched_at_any_depth() {
        for depth in [1, 63, 64, 65, 127, 128, 129, 200, 1_000] {
            let kinds: Vec<bool> = (0..depth).map(|level| level % 3 == 0).collect();
            let open: String = kinds.iter().map(|object| if *object { "{\"a\":" } else { "[" }).collect();
            let close: String = kinds.iter().rev().map(|object| if *object { "}" } else { "]" }).collect();
            assert!(is_json(&format!("{open}1{close}")), "{depth}");
            assert!(!is_json(&format!("{open}1{}", &close[1..])), "{depth}");
            let mut wrong = close.clone().into_bytes();
            let middle = depth / 2;
            wrong[middle] = if wrong[middle] == b'}' { b']' } else { b'}' };
            assert!(!is_json(&format!("{open}1{}", String::from_utf8(wrong).unwrap())), "{depth}");
        }
    }

    #[test]
    fn the_end_of_plain_text_is_found_at_every_place() {
        for stop in [b'"', b'\\', 0, 0x1f, b'\n'] {
            for length in 0..40 {
                let mut text = vec![0x20; 40];
                text[length] = stop;
                assert_eq!(plain_end(&text, 0), length);
                text[..length].fill(0xff);
                text[length + 1..].fill(stop.wrapping_add(1));
                assert_eq!(plain_end(&text, 0), length);
            }
        }
        assert_eq!(plain_end(b"abcdefghi", 0), 9);
    }

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
    fn half_an_emoji_becomes_a_replacement_character() {
        for json in [r#""ciao \ud83d""#, r#""ciao \udc5f""#] {
            let text = unescape(json);
            assert!(
                text.starts_with("ciao \u{fffd}") && text.trim_end_matches('\u{fffd}') == "ciao ",
                "{text}"
            );
        }
    }
}
