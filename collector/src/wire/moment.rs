//! Moments: RFC 3339 with an offset, or milliseconds since the epoch.

use jiff::Timestamp;

use super::fault::Fault;
use super::value::Value;
use crate::event::{TIME_MS_END, TIME_MS_MIN};

/// Milliseconds since the epoch; `None` for null and for empty text.
pub fn parse(value: &Value, field: &str) -> Result<Option<i64>, Fault> {
    let milliseconds = match value {
        Value::Null => return Ok(None),
        Value::Text(text) | Value::Parameter(text) if text.is_empty() => return Ok(None),
        Value::Text(text) | Value::Parameter(text) => from_text(text),
        Value::Number(number) => from_number(number),
        Value::Bool(_) | Value::Nested(_) => None,
    };
    let Some(milliseconds) = milliseconds else {
        let problem = "expected RFC 3339 with an offset, or milliseconds since 1970";
        return Err(Fault::new("invalid_time", field, problem));
    };
    if (TIME_MS_MIN..TIME_MS_END).contains(&milliseconds) {
        return Ok(Some(milliseconds));
    }
    let problem = "outside the years 2000 to 2099 (numbers are milliseconds since 1970)";
    Err(Fault::new("invalid_time", field, problem))
}

fn from_text(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

fn from_number(number: &str) -> Option<i64> {
    number.parse().ok().or_else(|| {
        let milliseconds: f64 = number.parse().ok()?;
        // Far beyond the range, and exact below it.
        (milliseconds.abs() < 1e15).then_some(milliseconds.floor() as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<i64> {
        parse(&Value::Text(text.into()), "ts").ok().flatten()
    }

    #[test]
    fn every_form_of_a_moment_is_the_same_moment() {
        let moment = Some(1_795_255_200_512);
        for form in [
            "2026-11-21T10:00:00.512Z",
            "2026-11-21T10:00:00.512999Z",
            "2026-11-21T11:00:00.512+01:00",
            "2026-11-21t10:00:00.512z",
            "1795255200512",
        ] {
            assert_eq!(text(form), moment, "{form}");
        }
        for form in ["1795255200512", "1795255200512.9", "1.795255200512e12"] {
            assert_eq!(parse(&Value::Number(form), "ts").unwrap(), moment, "{form}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for form in [
            "yesterday",
            "2026-11-21",
            "2026-11-21T10:00:00",
            "2026-13-01T00:00:00Z",
            "-5",
            "99999999999999999999",
        ] {
            assert_eq!(text(form), None, "{form}");
            assert_eq!(parse(&Value::Text(form.into()), "ts").unwrap_err().reason, "invalid_time");
        }
        for number in ["1e999", "-1", "1795255200"] {
            assert!(parse(&Value::Number(number), "ts").is_err(), "{number}");
        }
        assert!(parse(&Value::Bool(true), "ts").unwrap_err().message.starts_with("ts: "));
    }

    #[test]
    fn the_range_is_a_century() {
        assert_eq!(text("2000-01-01T00:00:00Z"), Some(TIME_MS_MIN));
        assert_eq!(text("1999-12-31T23:59:59.999Z"), None);
        assert_eq!(text("2099-12-31T23:59:59.999Z"), Some(TIME_MS_END - 1));
        assert_eq!(text("2100-01-01T00:00:00Z"), None);
    }

    #[test]
    fn null_and_empty_text_are_absent() {
        assert_eq!(parse(&Value::Null, "ts"), Ok(None));
        assert_eq!(parse(&Value::Text("".into()), "ts"), Ok(None));
    }
}
