//! Ids: of visitors, users and sessions, and of the event itself.

use std::borrow::Cow;

use orma_model::bytes;
use orma_model::spelling::user_id;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::field_error::FieldError;
use super::limits::ID_BYTES_MAX;
use super::value::{Value, is_bare, trimmed};

/// What programs write where they have no id, whatever the case: an empty value of their language, a word for somebody
/// who is not known, the name of the field itself. Whoever carries one would be the same person as all others who do.
const PLACEHOLDERS: [&str; 35] = [
    "null",
    "undefined",
    "none",
    "nil",
    "nan",
    "void",
    "true",
    "false",
    "n/a",
    "(null)",
    "(none)",
    "(not set)",
    "not set",
    "not_set",
    "<null>",
    "<nil>",
    "unknown",
    "anonymous",
    "guest",
    "not_authenticated",
    "[object object]",
    "[object null]",
    "[object undefined]",
    "[]",
    "{}",
    "\"\"",
    "''",
    "user_id",
    "userid",
    "visitor_id",
    "anonymous_id",
    "anonymousid",
    "distinct_id",
    "session_id",
    "email",
];

/// Bytes of the longest of [`PLACEHOLDERS`].
const PLACEHOLDER_BYTES_MAX: usize = 18;

/// For each byte that one of them begins with, how long those are: a bit for each length. Hardly an id has both in common
/// with one.
const PLACEHOLDER_LENGTHS: [u32; 256] = {
    let mut lengths = [0; 256];
    let mut place = 0;
    while place < PLACEHOLDERS.len() {
        let word = PLACEHOLDERS[place].as_bytes();
        assert!(word.len() <= PLACEHOLDER_BYTES_MAX);
        lengths[word[0] as usize] |= 1 << word.len();
        place += 1;
    }
    lengths
};

/// What a template leaves behind that nobody filled in: what begins and ends so is never an id …
const TEMPLATES: [(&str, &str); 9] = [
    ("{{", "}}"),
    ("{%", "%}"),
    ("[[", "]]"),
    ("[%", "%]"),
    ("<%", "%>"),
    ("%%", "%%"),
    ("*|", "|*"),
    ("${", "}"),
    ("#{", "}"),
];

/// … and this is none when there is a word between: `{user_id}`, and not a UUID in braces.
const WORD_TEMPLATES: [(&str, &str); 3] = [("{", "}"), ("%", "%"), ("<", ">")];

/// An id as text without whitespace around it, which forms and files leave there, a number as it was written; `None` when
/// the client has none, or nothing that could be one.
pub fn read(value: Value<'_>) -> Option<Cow<'_, str>> {
    let id = match value {
        Value::Text(text) | Value::Parameter(text) => text,
        Value::Number(number) => Cow::Borrowed(number),
        Value::Null | Value::Bool(_) | Value::Nested(_) => return None,
    };
    (!is_placeholder(&id)).then(|| trimmed(id))
}

/// A user's id as [`read`], in its one spelling.
pub fn read_user(value: Value<'_>) -> Option<Cow<'_, str>> {
    read(value).map(user_id)
}

/// Whether an id says that there is none.
pub fn is_placeholder(id: &str) -> bool {
    let id = if is_bare(id) { id } else { id.trim() };
    let Some(first) = id.bytes().next() else { return true };
    match first {
        // Zeros in any form, and dashes: `0`, `-`, `00000000-0000-0000-0000-000000000000`, `-1`.
        b'0' | b'-' => id == "-1" || id.bytes().all(|byte| matches!(byte, b'0' | b'-' | b'.')),
        b'{' | b'[' | b'<' | b'%' | b'*' | b'$' | b'#' => is_template(id) || is_word_for_nothing(id),
        _ => is_word_for_nothing(id),
    }
}

fn is_word_for_nothing(id: &str) -> bool {
    let first = id.as_bytes()[0].to_ascii_lowercase();
    id.len() <= PLACEHOLDER_BYTES_MAX
        && PLACEHOLDER_LENGTHS[usize::from(first)] >> id.len() & 1 == 1
        && PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(id))
}

fn is_template(id: &str) -> bool {
    fn within<'a>(id: &'a str, (begin, end): &(&str, &str)) -> Option<&'a str> {
        id.strip_prefix(begin)?.strip_suffix(end)
    }
    let is_word = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b' ' | b'-');
        !text.is_empty() && text.bytes().all(allowed)
    };
    TEMPLATES.iter().any(|template| within(id, template).is_some())
        || WORD_TEMPLATES.iter().any(|template| within(id, template).is_some_and(is_word))
        || within(id, &("{", "}")).and_then(|id| Uuid::try_parse(id).ok()).is_some_and(|id| id.is_nil())
}

/// Checks length and characters of a visitor, user or session id.
pub fn check(id: &str, field: &str, reason: &'static str) -> Result<(), FieldError> {
    if id.len() > ID_BYTES_MAX {
        return Err(FieldError::new(reason, field, format_args!("longer than {ID_BYTES_MAX} bytes")));
    }
    if has_control(id) {
        return Err(FieldError::new(reason, field, "holds a control character"));
    }
    Ok(())
}

/// Checks a visitor id, whose `@` is kept for users that only a server knows of.
pub fn check_visitor(visitor: &str) -> Result<(), FieldError> {
    check(visitor, "visitor", "invalid_visitor")?;
    if visitor.starts_with('@') {
        return Err(FieldError::new("invalid_visitor", "visitor", "a leading @ is reserved"));
    }
    Ok(())
}

fn has_control(id: &str) -> bool {
    bytes::has(id.as_bytes(), |bytes| !bytes.within(b'!', b'~')) && id.chars().any(char::is_control)
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

/// The event's UUID: its `id` if that is one, a version 8 UUID made from the id, whatever that is, or from the content, or
/// a new version 7 UUID. Repeating the request repeats the UUID, except in the last case.
pub fn event_id(id: Option<&str>, content: &Content) -> Uuid {
    if let Some(id) = id {
        match Uuid::try_parse(id) {
            // All zeros is what a client sends that has none.
            Ok(uuid) if uuid.is_nil() => {}
            Ok(uuid) => return uuid,
            Err(_) => return hashed(&[id]),
        }
    }
    if !content.has_time {
        return Uuid::now_v7();
    }
    // The ids hold no control character, so the separator cannot be part of them.
    hashed(&[content.visitor, "\0", content.user, "\0", content.raw])
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
            assert_eq!(event_id(Some(form), &NOTHING), expected, "{form}");
        }
    }

    #[test]
    fn another_id_becomes_the_uuid_of_its_hash() {
        // SHA-256("abc") is ba7816bf 8f01cfea 414140de 5dae2223 …; version and variant are set in it.
        let expected = Uuid::try_parse("ba7816bf-8f01-8fea-8141-40de5dae2223").unwrap();
        assert_eq!(event_id(Some("abc"), &NOTHING), expected);
        for odd in ["a\nb", "a\0b", &"x".repeat(10_000)] {
            let id = event_id(Some(odd), &NOTHING);
            assert_eq!((id.get_version_num(), id), (8, event_id(Some(odd), &NOTHING)), "{odd:?}");
        }
    }

    #[test]
    fn without_an_id_the_same_content_at_the_same_time_is_the_same_event() {
        let content = |visitor, user, raw| Content { has_time: true, visitor, user, raw };
        let id = |content: &Content| event_id(None, content);
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
            let (first, second) = (event_id(id, &NOTHING), event_id(id, &NOTHING));
            assert_ne!(first, second);
            assert_eq!(first.get_version_num(), 7);
        }
    }

    #[test]
    fn what_machines_write_for_nothing_is_nothing() {
        for placeholder in [
            "",
            " ",
            "undefined",
            "null",
            "NULL",
            " None ",
            "NaN",
            "n/a",
            "0",
            "000",
            "0.0",
            "-",
            "--",
            "-1",
            "unknown",
            "Anonymous",
            "guest",
            "[object Object]",
            "{{user_id}}",
            "{{ user.id | default: 42 }}",
            "%%USER%%",
            "%USER%",
            "*|EMAIL|*",
            "${userId}",
            "#{user.id}",
            "<%= user.id %>",
            "<USER_ID>",
            "{user_id}",
            "[[email]]",
            "00000000-0000-0000-0000-000000000000",
            "00000000000000000000000000000000",
            "{00000000-0000-0000-0000-000000000000}",
            "user_id",
            "\"\"",
        ] {
            assert!(is_placeholder(placeholder), "{placeholder}");
            assert_eq!(read(Value::Text(placeholder.into())), None, "{placeholder}");
            assert_eq!(read(Value::Parameter(placeholder.into())), None, "{placeholder}");
        }
        for value in [Value::Null, Value::Bool(true), Value::Nested("{}"), Value::Number("0")] {
            assert_eq!(read(value), None);
        }
        for id in [
            "nullo",
            "guest-42",
            "anonymous@example.it",
            "007",
            "0a",
            "-17",
            "unknown soldier",
            "{0193a5f0-6c1e-7d1a-9f00-0123456789ab}",
            "0193a5f0-6c1e-7d1a-9f00-0123456789ab",
            "%42",
            "[1]",
            "#42",
            "$42",
            "mario",
            "user",
            "è",
        ] {
            assert_eq!(read(Value::Text(id.into())).as_deref(), Some(id));
        }
        assert_eq!(read(Value::Number("42")).as_deref(), Some("42"));
        for blank in [" mario", "mario\n", "\u{feff}mario\u{a0}", "\t mario \r\n"] {
            assert_eq!(read(Value::Text(blank.into())).as_deref(), Some("mario"), "{blank:?}");
            assert_eq!(read(Value::Text(blank.to_owned().into())).as_deref(), Some("mario"), "{blank:?}");
        }
        assert!(PLACEHOLDERS.iter().all(|word| word.len() <= PLACEHOLDER_BYTES_MAX));
    }
}
