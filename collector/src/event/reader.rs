//! Walks through a JSON text from left to right, and hands out its values as slices of it.

use std::borrow::Cow;

use super::field_error::FieldError;
use super::json::{
    NotJson, after_colon, after_whitespace, expect, literal_end, plain_end, unescape, value_end,
};
use super::value::Value;

/// Walks through a JSON text from left to right.
#[derive(Debug)]
pub struct Reader<'a> {
    json: &'a str,
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Begins at the first value of `json`, whitespace before it allowed.
    pub fn new(json: &'a str) -> Self {
        Self { json, offset: after_whitespace(json.as_bytes(), 0) }
    }

    /// What the value here begins with.
    pub fn first_byte(&self) -> Option<u8> {
        self.json.as_bytes().get(self.offset).copied()
    }

    /// The value here.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn value(&mut self) -> Result<Value<'a>, NotJson> {
        match self.first_byte() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'{' | b'[') => self.raw_value().map(Value::Nested),
            Some(b't') => self.literal(b"true", Value::Bool(true)),
            Some(b'f') => self.literal(b"false", Value::Bool(false)),
            Some(b'n') => self.literal(b"null", Value::Null),
            _ => self.raw_value().map(Value::Number),
        }
    }

    fn literal(&mut self, text: &[u8], value: Value<'a>) -> Result<Value<'a>, NotJson> {
        self.offset = literal_end(self.json.as_bytes(), self.offset, text)?;
        Ok(value)
    }

    /// The value here, as it was written.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn raw_value(&mut self) -> Result<&'a str, NotJson> {
        let start = self.offset;
        self.offset = value_end(self.json.as_bytes(), start)?;
        Ok(&self.json[start..self.offset])
    }

    /// The text that begins here, without its quotes and escapes.
    #[inline]
    fn text(&mut self) -> Result<Cow<'a, str>, NotJson> {
        let bytes = self.json.as_bytes();
        let start = self.offset + 1;
        expect(bytes, self.offset, b'"')?;
        let end = plain_end(bytes, start);
        if bytes.get(end) != Some(&b'"') {
            return self.escaped_text();
        }
        self.offset = end + 1;
        Ok(Cow::Borrowed(&self.json[start..end]))
    }

    #[cold]
    fn escaped_text(&mut self) -> Result<Cow<'a, str>, NotJson> {
        Ok(unescape(self.raw_value()?))
    }

    /// Visits the keys of the object here: `visit` must take each value from the reader. Returns the object as it was
    /// written.
    ///
    /// # Errors
    /// It is no JSON, or `visit` fails.
    pub fn each_field<E: From<NotJson>>(
        &mut self,
        mut visit: impl FnMut(Cow<'a, str>, &mut Self) -> Result<(), E>,
    ) -> Result<&'a str, E> {
        let start = self.offset;
        let bytes = self.json.as_bytes();
        expect(bytes, start, b'{')?;
        self.offset = after_whitespace(bytes, start + 1);
        if self.first_byte() == Some(b'}') {
            self.offset += 1;
            return Ok(&self.json[start..self.offset]);
        }
        loop {
            let key = self.text()?;
            self.offset = after_colon(bytes, self.offset)?;
            visit(key, self)?;
            if self.is_last(b'}')? {
                return Ok(&self.json[start..self.offset]);
            }
        }
    }

    /// Visits the elements of the list here: `visit` must take each from the reader.
    ///
    /// # Errors
    /// It is no JSON, or `visit` fails.
    pub fn each_element<E: From<NotJson>>(
        &mut self,
        mut visit: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let bytes = self.json.as_bytes();
        expect(bytes, self.offset, b'[')?;
        self.offset = after_whitespace(bytes, self.offset + 1);
        if self.first_byte() == Some(b']') {
            self.offset += 1;
            return Ok(());
        }
        loop {
            visit(self)?;
            if self.is_last(b']')? {
                return Ok(());
            }
        }
    }

    /// After a value: goes behind the comma to the next one, or behind the bracket that ends them all.
    fn is_last(&mut self, bracket: u8) -> Result<bool, NotJson> {
        let bytes = self.json.as_bytes();
        self.offset = after_whitespace(bytes, self.offset);
        let delimiter = self.first_byte();
        self.offset += 1;
        match delimiter {
            Some(b',') => {
                self.offset = after_whitespace(bytes, self.offset);
                Ok(false)
            }
            Some(byte) if byte == bracket => Ok(true),
            _ => Err(NotJson),
        }
    }

    /// Checks that nothing follows.
    ///
    /// # Errors
    /// Something follows.
    pub fn end(&self) -> Result<(), NotJson> {
        let rest = after_whitespace(self.json.as_bytes(), self.offset);
        if rest == self.json.len() { Ok(()) } else { Err(NotJson) }
    }
}

/// Calls `visit` with each key and value of an object, in order, until it fails. A key that comes twice is
/// visited twice.
///
/// `object` has been read as JSON before, so here its parts are only told apart.
///
/// # Errors
/// It is no JSON object, or `visit` fails.
pub fn each_field<'a>(
    object: &'a str,
    mut visit: impl FnMut(Cow<'a, str>, Value<'a>) -> Result<(), FieldError>,
) -> Result<(), FieldError> {
    Reader::new(object).each_field(|key, reader| visit(key, reader.value()?))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(each_field(empty, |_, _| Err(FieldError::expected("a", "nothing"))), Ok(()));
        }
    }

    #[test]
    fn nul_is_kept_only_where_it_is_looked_for() {
        let value = || Reader::new(r#""a\u0000b""#).value().unwrap();
        assert_eq!(value().exact_text("visitor").unwrap().unwrap(), "a\0b");
        assert_eq!(value().text("title").unwrap().unwrap(), "ab");
        assert_eq!(value().prop().unwrap().unwrap(), "ab");
    }
}
