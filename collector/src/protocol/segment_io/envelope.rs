//! The outside of a request: JSON or a form, one message or a batch, and where the write key is.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{BATCH_MESSAGES_MAX, each_said, is_absent, present, text};
use crate::event::field_error::FieldError;
use crate::event::reader::Reader;
use crate::event::timestamp;
use crate::form::parameters;
use crate::ingest::parse_error::ParseError;
use crate::protocol::body::{Stop, each_field};

/// A request whose messages are told apart but not yet read.
#[derive(Debug)]
pub struct Body<'a> {
    /// The key outside the messages; that of a single message is outside too.
    write_key: Option<Cow<'a, str>>,
    /// The key of the first message of a batch.
    first_key: Option<Cow<'a, str>>,
    /// `sentAt` outside the messages, in milliseconds since the epoch.
    pub(super) sent_at: Option<i64>,
    /// The context that holds for all messages of a batch, as JSON.
    pub(super) context: Option<&'a str>,
    /// The type of a message that names none, by the address that it was sent to.
    pub(super) usual_type: &'static str,
    /// The messages as JSON.
    pub(super) messages: Vec<&'a str>,
}

impl<'a> Body<'a> {
    /// Tells the messages of a JSON body apart. `usual_type` is the type of messages that name none.
    ///
    /// # Errors
    /// When it is no JSON object, its `batch` no list, or the list longer than [`BATCH_MESSAGES_MAX`].
    pub fn read(json: &'a [u8], usual_type: &'static str) -> Result<Self, ParseError> {
        let mut body = Self {
            write_key: None,
            first_key: None,
            sent_at: None,
            context: None,
            usual_type,
            messages: Vec::new(),
        };
        let (mut is_batch, mut is_message) = (false, !usual_type.is_empty());
        let object = each_field(json, |field, reader| {
            if field == "batch" && reader.first_byte() == Some(b'[') {
                is_batch = true;
                return body.read_batch(reader);
            }
            let Some(value) = present(reader.value()?) else { return Ok(()) };
            match &*field {
                "batch" => return Err(FieldError::expected("batch", "a list").into()),
                "writeKey" => body.write_key = text(value),
                "sentAt" => body.sent_at = timestamp::sent_at(&value),
                "context" => body.context = value.object("context").ok().flatten(),
                "type" => is_message = true,
                _ => {}
            }
            Ok(())
        })?;
        if is_batch {
            body.first_key = body.messages.first().and_then(|message| key_of(message));
        } else if is_message {
            body.context = None;
            body.messages.push(object);
        } else {
            return Err(ParseError::MissingField { field: "batch" });
        }
        Ok(body)
    }

    fn read_batch(&mut self, reader: &mut Reader<'a>) -> Result<(), Stop> {
        self.messages.clear();
        reader.each_element(|reader| {
            if self.messages.len() == BATCH_MESSAGES_MAX {
                return Err(Stop::Refused(ParseError::TooManyMessages(BATCH_MESSAGES_MAX)));
            }
            self.messages.push(reader.raw_value()?);
            Ok(())
        })
    }

    /// The key of the request: that of the header, of the body, of the query, or of the first message. Empty when
    /// there is none.
    pub fn key(&self, header: Option<Cow<'a, str>>, query: Option<Cow<'a, str>>) -> Cow<'a, str> {
        let own = || self.write_key.clone();
        header.or_else(own).or(query).or_else(|| self.first_key.clone()).unwrap_or_default()
    }
}

fn key_of(message: &str) -> Option<Cow<'_, str>> {
    let mut key = None;
    each_said(&Reader::new(message).value().ok()?, |field, value| {
        if field == "writeKey" {
            key = text(value);
        }
    });
    key
}

/// The JSON of a request's bytes, whatever its content type says: what begins like JSON is JSON, all else a form.
/// A form holds the message as `data` (JSON, or base64 of JSON), or its fields one by one.
pub fn to_json(bytes: &[u8]) -> Cow<'_, [u8]> {
    let begin = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if begin.is_empty() || begin.starts_with(b"{") || begin.starts_with(b"[") {
        return Cow::Borrowed(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(form) if form.contains('=') => Cow::Owned(form_to_json(form.trim())),
        _ => Cow::Borrowed(bytes),
    }
}

fn form_to_json(form: &str) -> Vec<u8> {
    let mut object = serde_json::Map::new();
    for (name, value) in parameters(form) {
        if name == "data" {
            return data_to_json(&value);
        }
        let json = serde_json::from_str(&value).ok().filter(serde_json::Value::is_object);
        object.insert(name.into_owned(), json.unwrap_or_else(|| value.into_owned().into()));
    }
    serde_json::Value::Object(object).to_string().into_bytes()
}

/// The JSON of a `data` parameter, which is JSON itself or base64 of it, in either alphabet, padded or not.
pub fn data_to_json(data: &str) -> Vec<u8> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const ENGINES: [GeneralPurpose; 2] = [
        GeneralPurpose::new(&alphabet::STANDARD, LENIENT),
        GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT),
    ];
    // A `+` that the client has not escaped has become a space.
    let encoded = data.trim().replace(' ', "+");
    let decoded = ENGINES.iter().find_map(|engine| engine.decode(&encoded).ok());
    decoded.unwrap_or_else(|| data.as_bytes().to_vec())
}

/// The user name of `Authorization: Basic`, which is where the key is; the password is not looked at.
pub fn basic_user(authorization: &str) -> Option<String> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(data_to_json(encoded)).ok()?;
    let user = decoded.split_once(':').map(|(user, _)| user)?;
    Some(user.to_owned()).filter(|user| !is_absent(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_where_the_sdks_put_it() {
        let table = [
            ("Basic V0tfbm9kZTo=", Some("WK_node")),
            ("basic V0tfbm9kZTo", Some("WK_node")),
            ("Basic V0tfbm9kZTpzZWNyZXQ=", Some("WK_node")),
            ("Basic Og==", None),
            ("Basic V0tfbm9kZQ==", None),
            ("Basic !!", None),
            ("Basic", None),
            ("Bearer V0tfbm9kZTo=", None),
        ];
        for (header, user) in table {
            assert_eq!(basic_user(header).as_deref(), user, "{header}");
        }
        let key = |json: &str, header: Option<&'static str>, query: Option<&'static str>| {
            let body = Body::read(json.as_bytes(), "").unwrap();
            body.key(header.map(Cow::Borrowed), query.map(Cow::Borrowed)).into_owned()
        };
        let both = r#"{"writeKey":"body","batch":[{"writeKey":"first"},{"writeKey":"second"}]}"#;
        let first = r#"{"writeKey":null,"batch":[{"writeKey":"first"}]}"#;
        assert_eq!(key(both, Some("header"), Some("query")), "header");
        assert_eq!(key(both, None, Some("query")), "body");
        assert_eq!(key(first, None, Some("query")), "query");
        assert_eq!(key(first, None, None), "first");
        assert_eq!(key(r#"{"type":"track","writeKey":"single"}"#, None, None), "single");
        assert_eq!(key(r#"{"batch":[7]}"#, None, None), "");
    }

    #[test]
    fn a_body_is_what_it_begins_like() {
        let json = r#"{"type":"track","event":"A","properties":{"n":1}}"#;
        let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json);
        let escaped = percent_encoding::utf8_percent_encode(json, percent_encoding::NON_ALPHANUMERIC);
        for body in [
            json.to_owned(),
            format!("\u{feff} \n{json}"),
            format!("data={encoded}"),
            format!("data={escaped}"),
            "type=track&event=A&properties=%7B%22n%22%3A1%7D".to_owned(),
        ] {
            let read = to_json(body.as_bytes());
            let read = std::str::from_utf8(&read).unwrap().trim_start_matches('\u{feff}');
            let value: serde_json::Value = serde_json::from_str(read).unwrap();
            assert_eq!(value, serde_json::from_str::<serde_json::Value>(json).unwrap(), "{body}");
        }
        for body in [&b""[..], b"track", b"\xff=1", b"<a b='c'>"] {
            assert!(Body::read(&to_json(body), "").is_err(), "{body:?}");
        }
    }

    #[test]
    fn a_batch_is_a_list_of_bounded_length() {
        let batch = |count: usize| format!(r#"{{"batch":[{}]}}"#, vec!["{}"; count].join(","));
        assert_eq!(Body::read(batch(BATCH_MESSAGES_MAX).as_bytes(), "").unwrap().messages.len(), 2_500);
        let error = Body::read(batch(BATCH_MESSAGES_MAX + 1).as_bytes(), "").unwrap_err();
        assert_eq!((error.status(), error.code()), (413, "too_many_events"));
        for (json, code) in [
            ("{", "not_json"),
            ("[]", "invalid_field"),
            ("7", "invalid_field"),
            (r#"{"batch":{}}"#, "invalid_field"),
            ("{}", "missing_field"),
        ] {
            let error = Body::read(json.as_bytes(), "").unwrap_err();
            assert_eq!((error.status(), error.code()), (400, code), "{json}");
        }
        assert_eq!(Body::read(b"{}", "track").unwrap().messages, ["{}"], "the address says the type");
    }
}
