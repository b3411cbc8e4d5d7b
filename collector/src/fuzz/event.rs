//! The parsers of what an event is made of, one target each.

use std::borrow::Cow;

use super::fuzz;
use crate::event::value::Value;
use crate::event::{HOST_BYTES_MAX, ID_BYTES_MAX, URL_BYTES_MAX};
use crate::event::{address, identifier, money, timestamp};

#[test]
fn an_address_is_taken_apart_the_same_way_again() {
    let corpus = [
        "https://u:p@bottega.example:8443/scarpe/rosse?utm_source=news&a=b#x",
        "//b.example/a",
        "/solo/path?q",
        "http://[::1]:80/",
        "myapp://screen/1",
    ];
    fuzz("address", &corpus, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Ok(address) = address::parse(Cow::Borrowed(&*text)) else { return false };
        assert!(address.host.len() <= HOST_BYTES_MAX && !address.host.contains(['@', '/', '?', '#']));
        assert_eq!(address.host, address.host.to_lowercase());
        assert!(address.path.starts_with('/') && !address.path.contains(['?', '#']));
        assert!(!address.query.contains('#'));
        assert!(address.path.len() + address.query.len() <= URL_BYTES_MAX);
        let joined = format!("//{}{}?{}", address.host, address.path, address.query);
        if !address.host.is_empty() && joined.len() <= URL_BYTES_MAX {
            let again = address::parse(Cow::Owned(joined)).unwrap();
            assert_eq!(again, address);
        }
        true
    });
}

#[test]
fn a_timestamp_lies_in_its_century_and_comes_back_from_its_text() {
    let corpus = ["2026-11-21T10:00:00.512Z", "2026-11-21T11:00:00+01:00", "1795255200512"];
    fuzz("timestamp", &corpus, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let read = timestamp::parse(&Value::Parameter(text), "ts");
        let Ok(Some(ms)) = read else {
            return read.inspect_err(|error| assert!(error.message.starts_with("ts: "))).is_ok();
        };
        let Ok(shown) = jiff::Timestamp::from_millisecond(ms).map(|shown| shown.to_string()) else {
            return true;
        };
        assert_eq!(timestamp::parse(&Value::Text(shown.into()), "ts"), Ok(Some(ms)));
        assert_eq!(timestamp::parse(&Value::Number(&ms.to_string()), "ts"), Ok(Some(ms)));
        true
    });
}

#[test]
fn money_comes_back_from_its_decimal_text() {
    fuzz("money", &["12.90", "-0.0001", "59.970000000000006", "99999999999999.9999", "1e3"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let read = money::from_parts(&Value::Parameter(text), Value::Text("eur".into()));
        let Ok(money) = read else { return false };
        assert_eq!(money.currency, "EUR");
        let (sign, digits) =
            (if money.ten_thousandths < 0 { "-" } else { "" }, money.ten_thousandths.unsigned_abs());
        let shown = format!("{sign}{}.{:04}", digits / 10_000, digits % 10_000);
        let again = money::from_parts(&Value::Text(shown.clone().into()), Value::Text("EUR".into()));
        assert_eq!(again.unwrap().ten_thousandths, money.ten_thousandths, "{shown}");
        true
    });
}

#[test]
fn an_accepted_id_has_no_control_character_and_is_not_empty() {
    fuzz("identifier", &["v1", "mario@example.it", "0193a5f0-6c1e-7d1a-9f00-0123456789ab"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Some(id) = identifier::read(Value::Parameter(text)) else { return false };
        match identifier::check(&id, "user", "invalid_user") {
            Ok(()) => {
                assert!(
                    !id.is_empty() && id.len() <= ID_BYTES_MAX && !id.chars().any(char::is_control),
                    "{id:?}"
                );
                assert_eq!(identifier::read(Value::Text(id.clone())), Some(id));
                true
            }
            Err(error) => {
                assert!(error.message.starts_with("user: ") && !error.message.contains("example.it"));
                false
            }
        }
    });
}
