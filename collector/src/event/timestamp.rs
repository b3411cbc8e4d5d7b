//! Timestamps: RFC 3339 with an offset, or milliseconds since the epoch. A device may have lost its clock, so any timestamp is
//! read; whether it is believed is for [`clock`](crate::enrich::clock) to say.

use jiff::Timestamp;

use super::field_error::FieldError;
use super::value::Value;

/// Timestamps beyond this are taken for this one, in either direction: the year 33,658. Milliseconds since the epoch.
const TIMESTAMP_MS_MAX: i64 = 1_000_000_000_000_000;

/// Milliseconds since the epoch; `None` for null and for empty text.
pub fn parse(value: &Value, field: &str) -> Result<Option<i64>, FieldError> {
    let milliseconds = match value {
        Value::Null => return Ok(None),
        Value::Text(text) | Value::Parameter(text) if text.is_empty() => return Ok(None),
        Value::Text(text) | Value::Parameter(text) => from_text(text),
        Value::Number(number) => from_number(number),
        Value::Bool(_) | Value::Nested(_) => None,
    };
    let Some(milliseconds) = milliseconds else {
        let problem = "expected RFC 3339 with an offset, or milliseconds since 1970";
        return Err(FieldError::unreadable("invalid_time", field, problem));
    };
    Ok(Some(milliseconds.clamp(-TIMESTAMP_MS_MAX, TIMESTAMP_MS_MAX)))
}

/// When a request was sent. It only helps to put a clock right: what cannot be read says nothing.
pub fn sent_at(value: &Value) -> Option<i64> {
    parse(value, "sent_at").ok().flatten()
}

fn from_text(text: &str) -> Option<i64> {
    from_browser(text).or_else(|| {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return from_number(text);
        }
        text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
    })
}

/// What `Date.prototype.toISOString` writes, with zeros for digits.
const FORM: [u8; 24] = *b"0000-00-00T00:00:00.000Z";

/// What a byte of a timestamp that differs from [`FORM`] by too much needs to be 128 or more.
const UP_TO_128: [u8; 24] = {
    let mut bytes = [0; 24];
    let mut place = 0;
    while place < bytes.len() {
        bytes[place] = if FORM[place] == b'0' { 128 - 10 } else { 128 - 1 };
        place += 1;
    }
    bytes
};

/// The one form that browsers write: `2026-11-21T10:00:00.512Z`. Every event has one or two, and
/// a general reader takes ten times as long.
fn from_browser(text: &str) -> Option<i64> {
    let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
    // Eight bytes at a time: what differs from the form is the digits, 0 to 9 each, and nothing where separators are.
    // What is added to a byte makes it 128 or more when it is too large; one of 128 or more, which may carry, shows itself.
    let mut digits = [0; 24];
    let mut is_wrong = 0;
    for part in 0..3 {
        let word =
            |bytes: &[u8; 24]| bytes[part * 8..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
        let differs = word(bytes) ^ word(&FORM);
        is_wrong |= differs | differs.wrapping_add(word(&UP_TO_128));
        digits[part * 8..part * 8 + 8].copy_from_slice(&differs.to_le_bytes());
    }
    if is_wrong & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let digit = |place: usize| i64::from(digits[place]);
    let two = |place: usize| digit(place) * 10 + digit(place + 1);
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    let millisecond = digit(20) * 100 + two(21);
    // The leap day and leap seconds are for the general reader.
    let last_day = if month == 2 { 28 } else { 30 + ((month + month / 8) & 1) };
    if !(1..=12).contains(&month) || !(1..=last_day).contains(&day) || hour > 23 || minute > 59 || second > 59
    {
        return None;
    }
    // Days since 1970 in the proleptic Gregorian calendar, counted in years that begin in March, so that the leap day
    // is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + millisecond)
}

fn from_number(number: &str) -> Option<i64> {
    number.parse().ok().or_else(|| {
        let milliseconds: f64 = number.parse().ok()?;
        milliseconds.is_finite().then_some(milliseconds.floor() as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<i64> {
        parse(&Value::Text(text.into()), "ts").ok().flatten()
    }

    #[test]
    fn every_form_of_a_timestamp_is_the_same_timestamp() {
        let timestamp = Some(1_795_255_200_512);
        for form in [
            "2026-11-21T10:00:00.512Z",
            "2026-11-21T10:00:00.512999Z",
            "2026-11-21T11:00:00.512+01:00",
            "2026-11-21t10:00:00.512z",
            "1795255200512",
        ] {
            assert_eq!(text(form), timestamp, "{form}");
        }
        for form in ["1795255200512", "1795255200512.9", "1.795255200512e12"] {
            assert_eq!(parse(&Value::Number(form), "ts").unwrap(), timestamp, "{form}");
        }
    }

    #[test]
    fn the_browsers_form_says_what_the_general_reader_says() {
        let days = (0..40_000).step_by(13).map(|day| 946_684_800_000 + day * 86_400_000 + day * 7_919);
        for milliseconds in days {
            let text = format!("{:.3}", Timestamp::from_millisecond(milliseconds).unwrap());
            let read = from_browser(&text);
            assert!(
                read == Some(milliseconds) || (read.is_none() && &text[5..10] == "02-29"),
                "{text}: {read:?}"
            );
        }
        for text in [
            "2026-00-01T00:00:00.000Z",
            "2026-13-01T00:00:00.000Z",
            "2026-01-00T00:00:00.000Z",
            "2026-01-32T00:00:00.000Z",
            "2026-02-29T00:00:00.000Z",
            "2026-04-31T00:00:00.000Z",
            "2026-06-31T00:00:00.000Z",
            "2026-09-31T00:00:00.000Z",
            "2026-11-31T00:00:00.000Z",
            "2026-01-01T24:00:00.000Z",
            "2026-01-01T00:60:00.000Z",
            "2026-01-01T00:00:60.000Z",
            "2026-01-01T00:00:00.0+0Z",
            "2026-01-01 00:00:00.000Z",
            "2026-01-01T00:00:00.000z",
        ] {
            assert_eq!(from_browser(text), None, "{text}");
        }
    }

    #[test]
    fn no_other_byte_passes_for_a_digit_or_a_separator() {
        let written = "2011-11-11T11:11:11.111Z";
        for (place, form) in FORM.iter().enumerate() {
            for byte in 0..0x80u8 {
                let mut text = written.as_bytes().to_vec();
                text[place] = byte;
                let is_of_form = if *form == b'0' { byte.is_ascii_digit() } else { byte == *form };
                let text = String::from_utf8(text).unwrap();
                let expected =
                    text.parse::<Timestamp>().ok().filter(|_| is_of_form).map(Timestamp::as_millisecond);
                assert_eq!(from_browser(&text), expected, "{text:?}");
            }
        }
        for place in 0..FORM.len() - 1 {
            let mut text = written.to_owned();
            text.replace_range(place..place + 2, "è");
            assert_eq!(from_browser(&text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_timestamp_is_refused() {
        for form in ["yesterday", "2026-11-21", "2026-11-21T10:00:00", "2026-13-01T00:00:00Z", "-5"] {
            assert_eq!(text(form), None, "{form}");
            assert_eq!(parse(&Value::Text(form.into()), "ts").unwrap_err().reason, "invalid_time");
        }
        assert!(parse(&Value::Number("1e999"), "ts").is_err());
        assert!(parse(&Value::Bool(true), "ts").unwrap_err().message.starts_with("ts: "));
    }

    #[test]
    fn a_lost_clock_is_read_and_nothing_overflows() {
        assert_eq!(text("1970-01-01T00:05:00.000Z"), Some(300_000));
        assert_eq!(text("1969-12-31T23:59:59.999Z"), Some(-1));
        assert_eq!(text("9999-01-01T00:00:00Z"), Some(253_370_764_800_000));
        assert_eq!(text("99999999999999999999"), Some(TIMESTAMP_MS_MAX));
        for (number, timestamp) in [
            ("-1", -1),
            ("1795255200", 1_795_255_200),
            ("1e30", TIMESTAMP_MS_MAX),
            ("-1e300", -TIMESTAMP_MS_MAX),
        ] {
            assert_eq!(parse(&Value::Number(number), "ts"), Ok(Some(timestamp)), "{number}");
        }
    }

    #[test]
    fn an_unusable_time_of_sending_says_nothing() {
        for value in [Value::Null, Value::Text("now".into()), Value::Bool(true), Value::Nested("{}")] {
            assert_eq!(sent_at(&value), None, "{value:?}");
        }
        assert_eq!(sent_at(&Value::Text("1999-12-31T23:59:59Z".into())), Some(946_684_799_000));
    }

    #[test]
    fn null_and_empty_text_are_absent() {
        assert_eq!(parse(&Value::Null, "ts"), Ok(None));
        assert_eq!(parse(&Value::Text("".into()), "ts"), Ok(None));
    }
}
