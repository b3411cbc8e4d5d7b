//! Ids: of visitors, users and sessions, and of the event itself.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::fault::Fault;
use super::value::Value;
use crate::event::{EVENT_ID_BYTES_MAX, ID_BYTES_MAX};

/// What scripts write for an id that they do not have.
const ABSENT: [&str; 3] = ["", "undefined", "null"];

/// An id as text; `None` when the client has none.
pub fn read<'a>(value: Value<'a>, field: &str) -> Result<Option<Cow<'a, str>>, Fault> {
    Ok(value.exact_text(field)?.filter(|id| !ABSENT.contains(&&**id)))
}

/// Checks length and characters of a visitor, user or session id.
pub fn check(id: &str, field: &str, reason: &'static str) -> Result<(), Fault> {
    if id.len() > ID_BYTES_MAX {
        return Err(Fault::new(reason, field, format_args!("longer than {ID_BYTES_MAX} bytes")));
    }
    if has_control(id) {
        return Err(Fault::new(reason, field, "holds a control character"));
    }
    Ok(())
}

/// Checks a visitor id, whose `@` is kept for users that only a server knows of.
pub fn check_visitor(visitor: &str) -> Result<(), Fault> {
    check(visitor, "visitor", "invalid_visitor")?;
    if visitor.starts_with('@') {
        return Err(Fault::new("invalid_visitor", "visitor", "a leading @ is reserved"));
    }
    Ok(())
}

fn has_control(id: &str) -> bool {
    // Without an early end, many bytes are looked at together.
    let is_plain = id.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    !is_plain && id.chars().any(char::is_control)
}

/// What an event is known by when it has no id of its own.
pub struct Content<'a> {
    /// Whether the client said when it happened. Without that, two events of the same content are two events.
    pub has_time: bool,
    /// The visitor's id or empty.
    pub visitor: &'a str,
    /// The user's id or empty.
    pub user: &'a str,
    /// The event as the client wrote it.
    pub raw: &'a str,
}

/// The event's UUID: its `id` if that is one, a version 8 UUID made from the id or from the content, or a new
/// version 7 UUID. Repeating the request repeats the UUID, except in the last case.
pub fn event_id(id: Option<&str>, content: &Content) -> Result<Uuid, Fault> {
    if let Some(id) = id {
        match Uuid::try_parse(id) {
            // All zeros is what a client sends that has none.
            Ok(uuid) if uuid.is_nil() => {}
            Ok(uuid) => return Ok(uuid),
            Err(_) if id.len() > EVENT_ID_BYTES_MAX => {
                let problem = format!("longer than {EVENT_ID_BYTES_MAX} bytes");
                return Err(Fault::new("invalid_id", "id", problem));
            }
            Err(_) if has_control(id) => {
                return Err(Fault::new("invalid_id", "id", "holds a control character"));
            }
            Err(_) => return Ok(hashed(&[id])),
        }
    }
    if !content.has_time {
        return Ok(Uuid::now_v7());
    }
    // The ids hold no control character, so the separator cannot be part of them.
    Ok(hashed(&[content.visitor, "\0", content.user, "\0", content.raw]))
}

/// The first 128 bits of SHA-256 as a version 8 UUID (RFC 9562, section 5.8).
fn hashed(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Content = Content { has_time: false, visitor: "", user: "", raw: "" };

    #[test]
    fn a_uuid_in_any_form_is_taken_as_it_is() {
        let expected = Uuid::try_parse("0193a5f0-6c1e-7d1a-9f00-0123456789ab").unwrap();
        for form in [
            "0193a5f0-6c1e-7d1a-9f00-0123456789ab",
            "0193A5F06C1E7D1A9F000123456789AB",
            "{0193a5f0-6c1e-7d1a-9f00-0123456789ab}",
            "urn:uuid:0193a5f0-6c1e-7d1a-9f00-0123456789ab",
        ] {
            assert_eq!(event_id(Some(form), &NOTHING), Ok(expected), "{form}");
        }
    }

    #[test]
    fn another_id_becomes_the_uuid_of_its_hash() {
        // SHA-256("abc") is ba7816bf 8f01cfea 414140de 5dae2223 …; version and variant are set in it.
        let expected = Uuid::try_parse("ba7816bf-8f01-8fea-8141-40de5dae2223").unwrap();
        assert_eq!(event_id(Some("abc"), &NOTHING), Ok(expected));
        let longest = "x".repeat(EVENT_ID_BYTES_MAX);
        assert_eq!(event_id(Some(&longest), &NOTHING).unwrap().get_version_num(), 8);
        assert_eq!(event_id(Some(&(longest + "x")), &NOTHING).unwrap_err().reason, "invalid_id");
        assert_eq!(event_id(Some("a\nb"), &NOTHING).unwrap_err().reason, "invalid_id");
    }

    #[test]
    fn without_an_id_the_same_content_at_the_same_time_is_the_same_event() {
        let content = |visitor, user, raw| Content { has_time: true, visitor, user, raw };
        let id = |content: &Content| event_id(None, content).unwrap();
        let first = id(&content("v", "u", "{}"));
        assert_eq!(first.get_version_num(), 8);
        assert_eq!(first, id(&content("v", "u", "{}")));
        for other in [
            content("w", "u", "{}"),
            content("v", "", "{}"),
            content("vu", "", "{}"),
            content("v", "u", "{ }"),
        ] {
            assert_ne!(first, id(&other));
        }
        assert_ne!(id(&content("a", "b", "")), id(&content("ab", "", "")));
    }

    #[test]
    fn without_id_and_time_every_event_is_new() {
        let nil = Some("00000000-0000-0000-0000-000000000000");
        for id in [None, nil] {
            let (first, second) = (event_id(id, &NOTHING).unwrap(), event_id(id, &NOTHING).unwrap());
            assert_ne!(first, second);
            assert_eq!(first.get_version_num(), 7);
        }
    }

    #[test]
    fn what_scripts_write_for_nothing_is_nothing() {
        for text in ["", "undefined", "null"] {
            assert_eq!(read(Value::Text(text.into()), "visitor"), Ok(None));
        }
        assert_eq!(read(Value::Null, "visitor"), Ok(None));
        assert_eq!(read(Value::Text("nullo".into()), "visitor"), Ok(Some("nullo".into())));
    }
}
