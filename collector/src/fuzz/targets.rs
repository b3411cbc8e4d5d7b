//! One target for each parser that is neither a protocol's (`protocol/tests`) nor of an event's fields (`event.rs`).

use std::borrow::Cow;
use std::collections::HashSet;

use fastrand::Rng;
use orma_model::EventRow;
use orma_model::event_row::{COLUMNS, ColumnType};
use orma_model::record::{read_varint, take_text};
use orma_model::record_json::record_to_json;
use orma_store::registry::Snapshot;
use orma_store::{Endpoint, EventBlock, Registry, Site, Store};
use uuid::Uuid;

use super::fuzz;
use crate::campaign::{CLICK_IDS, campaign, query_without_click_ids};
use crate::enrich::channel::{CHANNELS, Visit, classify};
use crate::enrich::{UserAgents, device};
use crate::event::RejectedEvent;
use crate::ledger::{self, Counts, Outcome};
use crate::record::{count, event, inspect, rejected, replay};
use crate::spool::{RecordKind, frame, read_segment};

const TEXTS: [&str; 6] = ["", "a", "caffè nero", "👟", "mario@example.it", "https://b.example/a?b=c#d"];

fn row(random: &mut Rng) -> EventRow<'static> {
    let mut text = || Cow::Borrowed(TEXTS[random.usize(..TEXTS.len())]);
    let (site, visitor, title, kind) = (text(), text(), text(), text());
    let props = vec![("k".into(), text()), (text(), text())];
    EventRow {
        site,
        visitor,
        title,
        kind,
        props,
        event_id: Uuid::from_u128(random.u128(..)),
        ts: random.i64(..1 << 42),
        received_at: random.i64(..1 << 42),
        revenue: random.i64(..1 << 42) - (1 << 41),
        screen_width: random.u16(..),
        duration_ms: random.u32(..),
        scroll_pct: random.u8(..101),
        value: random.bool().then(|| f32::from(random.u16(..1000)) / 8.0),
        ..EventRow::default()
    }
}

fn record(row: &EventRow<'_>) -> Vec<u8> {
    let mut record = Vec::new();
    row.write_record(&mut record);
    record
}

fn columns() -> Vec<(String, ColumnType)> {
    COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect()
}

fn to_json(record: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    record_to_json(COLUMNS.iter().map(|column| (column.name, column.column_type)), record)
}

fn rows(name: &str, count: usize) -> Vec<EventRow<'static>> {
    let mut random = super::random(name);
    (0..count).map(|_| row(&mut random)).collect()
}

/// A segment as a collector writes it: events, refused events, counts.
fn segment(rows: &[EventRow<'_>]) -> Vec<u8> {
    let mut bytes = crate::spool::header_for_tests();
    for row in rows {
        frame(RecordKind::Event, &mut bytes, |out| row.write_record(out));
    }
    rejected::write_record("demo", 7, &rejected_event(), &mut bytes);
    count::write_records(&counts(), &mut bytes);
    bytes
}

fn rejected_event() -> RejectedEvent {
    RejectedEvent {
        index: 3,
        reason: "unknown_kind",
        message: "kind: no kind is called so".into(),
        kind: "dance".into(),
        payload: "{\"kind\":\"dance\"}".into(),
    }
}

fn counts() -> Counts {
    let mut counts = Counts::new();
    ledger::add(&mut counts, "demo", 3_600_000, Outcome::Accepted, "", 300);
    ledger::add(&mut counts, "", -1, Outcome::Rejected, "unknown_key", u64::from(u32::MAX));
    counts
}

#[test]
fn records_come_back_as_they_were_written() {
    for row in rows("records", super::iterations(2_000)) {
        let values = to_json(&record(&row)).unwrap();
        for (name, text) in
            [("site", &row.site), ("visitor", &row.visitor), ("title", &row.title), ("kind", &row.kind)]
        {
            assert_eq!(values[name], **text);
        }
        assert_eq!(values["event_id"], row.event_id.to_string());
        assert_eq!(values["screen_width"], row.screen_width);
        assert_eq!(values["duration_ms"], row.duration_ms);
        assert_eq!(values["scroll_pct"], row.scroll_pct);
        assert_eq!(values["value"].as_f64(), row.value.map(f64::from));
        let cents: i64 = values["revenue"].as_str().unwrap().replace('.', "").parse().unwrap();
        assert_eq!(cents, row.revenue);
        let record = record(&row);
        let site = event::site_and_reception(&record, &columns()).unwrap();
        assert_eq!(site, (&*row.site, row.received_at));
    }
}

#[test]
fn a_damaged_record_is_read_alike_by_all_who_read_it() {
    let corpus: Vec<Vec<u8>> = rows("codec", 8).iter().map(record).collect();
    let columns = columns();
    fuzz("record", &corpus, |bytes| {
        let (shown, taken) = (to_json(bytes), EventBlock::new(&columns, vec![bytes]));
        // Only text that is not UTF-8, which ClickHouse stores and JSON cannot show, parts the two.
        assert!(shown.is_none() || taken.is_ok());
        if let Some(shown) = shown {
            let (site, _) = event::site_and_reception(bytes, &columns).unwrap();
            assert_eq!(shown["site"], site);
            assert_eq!(taken.as_ref().unwrap().rows, 1);
        }
        taken.is_ok()
    });
}

#[test]
fn a_damaged_segment_gives_only_what_was_written_and_says_where_it_ends() {
    let rows = rows("segment", 12);
    let whole = segment(&rows);
    let written: HashSet<Vec<u8>> =
        read_segment(&whole).unwrap().records.iter().map(|(_, payload)| payload.to_vec()).collect();
    fuzz("segment", &[&whole], |bytes| {
        let Ok(read) = read_segment(bytes) else { return false };
        let framed: usize = read.records.iter().map(|(_, payload)| payload.len() + 9).sum();
        assert_eq!(read.header_bytes + framed, read.valid_bytes, "nothing beyond valid_bytes is counted");
        assert!(read.valid_bytes <= bytes.len());
        assert_eq!(read.damage.is_none(), read.valid_bytes == bytes.len());
        assert!(read.records.iter().all(|(_, payload)| written.contains(*payload)));
        let sum = inspect::contents(bytes).unwrap();
        assert_eq!(sum.events + sum.refused + sum.counts, read.records.len() as u64);
        assert_eq!(sum.unreadable, 0);

        let salvaged = replay::whole_records(bytes, None).unwrap();
        let again = read_segment(&salvaged.bytes).unwrap();
        assert_eq!((again.damage, again.id), (None, read.id));
        assert_eq!(again.records.len() as u64, salvaged.records);
        assert!(again.records.len() >= read.records.len(), "at least what lies before the damage");
        assert_eq!(salvaged.bytes.len() as u64 + salvaged.lost_bytes, bytes.len() as u64);
        assert!(again.records.iter().all(|(_, payload)| written.contains(*payload)));
        true
    });
}

#[test]
fn a_shown_record_names_nobody() {
    let whole = segment(&rows("shown", 40));
    assert!(format!("{:?}", inspect::records(&whole, true).unwrap()).contains("mario@example.it"));
    for record in inspect::records(&whole, false).unwrap() {
        assert!(!record.to_string().contains("mario"), "{record}");
    }
}

#[test]
fn a_damaged_count_is_a_count_or_nothing() {
    let mut framed = crate::spool::header_for_tests();
    count::write_records(&counts(), &mut framed);
    let payloads: Vec<Vec<u8>> =
        read_segment(&framed).unwrap().records.iter().map(|(_, payload)| payload.to_vec()).collect();
    fuzz("count", &payloads, |bytes| {
        let mut read = Counts::new();
        let Some(()) = count::read_record(bytes, &mut read) else { return false };
        assert_eq!(read.len(), 1);
        // Once more, as a second segment of the same hour: no sum overflows.
        count::read_record(bytes, &mut read).unwrap();
        let mut again = crate::spool::header_for_tests();
        count::write_records(&read, &mut again);
        let mut reread = Counts::new();
        let (_, payload) = read_segment(&again).unwrap().records[0];
        count::read_record(payload, &mut reread).unwrap();
        assert_eq!(reread, read);
        true
    });
}

#[test]
fn a_damaged_refusal_is_a_refusal_or_nothing() {
    let mut framed = crate::spool::header_for_tests();
    rejected::write_record("demo", 7, &rejected_event(), &mut framed);
    let payload = read_segment(&framed).unwrap().records[0].1.to_vec();
    fuzz("refusal", &[payload], |bytes| {
        let shown = record_to_json(rejected::COLUMNS, bytes);
        let head = rejected::read_head(bytes);
        if let Some(shown) = &shown {
            let (site, _, reason) = head.clone().unwrap();
            assert_eq!((&shown["site"], &shown["reason"]), (&site.into(), &reason.into()));
        }
        head.is_some()
    });
}

#[test]
fn lengths_and_text_never_reach_beyond_their_bytes() {
    fuzz("text", &[b"\x05scarp".as_slice(), b"\x80\x01aa", b"\x00"], |bytes| {
        let mut rest = bytes;
        let length = read_varint(&mut rest);
        assert!(rest.len() <= bytes.len() && (length.is_none() || bytes.len() - rest.len() <= 10));
        let mut rest = bytes;
        if let Some(text) = take_text(&mut rest) {
            assert!(text.len() + rest.len() < bytes.len());
        }
        length.is_some()
    });
}

#[test]
fn a_user_agent_gives_short_names_and_the_same_ones_again() {
    const CLASSES: [&str; 7] = ["", "desktop", "smartphone", "tablet", "tv", "console", "wearable"];
    let corpus = [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A; wv) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36 [FBAN/FB4A]",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "okhttp/4.12.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    ];
    let known = UserAgents::new();
    fuzz("user agent", &corpus, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for from_app in [false, true] {
            let facts = known.facts(&text, from_app);
            assert_eq!(facts.device, device::parse(&text));
            assert!(CLASSES.contains(&&*facts.device.class), "{}", facts.device.class);
            for name in [&facts.device.brand, &facts.device.model, &facts.device.browser, &facts.device.os] {
                assert!(name.len() <= 64 && !name.chars().any(char::is_control), "{name:?}");
            }
            for version in [&facts.device.browser_version, &facts.device.os_version] {
                assert!(version.len() <= 16, "{version}");
            }
            if let Some(bot) = &facts.bot {
                assert!(!bot.kind.is_empty() && !bot.reason.is_empty() && bot.reason.len() <= 256);
            }
        }
        true
    });
}

#[test]
fn a_query_gives_a_campaign_a_known_channel_and_keeps_no_click_id() {
    let corpus = [
        "utm_source=news&utm_medium=email&utm_campaign=Caff%C3%A8+nero&utm_term=a&utm_content=b",
        "gclid=abc&q=scarpe",
        "UTM_SOURCE=Facebook&fbclid=1",
    ];
    fuzz("campaign", &corpus, |bytes| {
        let query = String::from_utf8_lossy(bytes);
        let found = campaign(&query);
        for text in [&found.source, &found.medium, &found.campaign, &found.term, &found.content] {
            assert!(!text.chars().any(char::is_control) && text.len() <= 512, "{text:?}");
        }
        assert!(found.click_id_kind.is_empty() || CLICK_IDS.contains(&found.click_id_kind));
        let clean = query_without_click_ids(&query).unwrap_or_else(|| query.to_string());
        assert_eq!(query_without_click_ids(&clean), None, "{clean}");
        assert_eq!(campaign(&clean).click_id_kind, "", "{clean}");
        let visit = Visit {
            referrer: &query,
            page_host: "b.example",
            utm_source: &found.source,
            utm_medium: &found.medium,
            utm_campaign: &found.campaign,
            click_id_kind: found.click_id_kind,
        };
        let origin = classify(&visit);
        assert!(origin.channel.is_empty() == origin.source.is_empty() || CHANNELS.contains(&origin.channel));
        true
    });
}

#[test]
fn a_referrer_gives_a_known_channel_and_a_short_source() {
    let corpus = [
        "https://www.google.com/search?q=a",
        "https://b.example/cart",
        "android-app://com.slack/",
        "https://l.facebook.com:443/x",
    ];
    fuzz("referrer", &corpus, |bytes| {
        let referrer = String::from_utf8_lossy(bytes);
        let none = Visit {
            referrer: &referrer,
            page_host: "b.example",
            utm_source: "",
            utm_medium: "",
            utm_campaign: "",
            click_id_kind: "",
        };
        let origin = classify(&none);
        assert!(origin.channel.is_empty() || CHANNELS.contains(&origin.channel), "{}", origin.channel);
        assert!(
            origin.source.len() <= referrer.len().max(32) && !origin.source.contains('/'),
            "{}",
            origin.source
        );
        assert!(!origin.channel.is_empty() || origin.source.is_empty());
        true
    });
}

#[test]
fn a_damaged_registry_mirror_stops_the_start_or_is_what_it_says() {
    let site = Site {
        site: "demo".into(),
        name: "Bottega".into(),
        timezone: "Europe/Rome".into(),
        currency: "EUR".into(),
        origins: vec!["https://b.example".into()],
    };
    let snapshot = Snapshot {
        sites: [("demo".to_owned(), site)].into_iter().collect(),
        keys: [("wk_1".to_owned(), "demo".to_owned())].into_iter().collect(),
        ..Snapshot::default()
    };
    let whole = serde_json::to_vec(&snapshot).unwrap();
    assert_eq!(serde_json::from_slice::<Snapshot>(&whole).unwrap(), snapshot);
    let store = Store::connect(Endpoint::parse("http://127.0.0.1:1/orma").unwrap());
    let dir = tempfile::tempdir().unwrap();
    fuzz("sites.json", &[whole], |bytes| {
        let Ok(read) = serde_json::from_slice::<Snapshot>(bytes) else { return false };
        let again = serde_json::to_vec(&read).unwrap();
        assert_eq!(serde_json::from_slice::<Snapshot>(&again).unwrap(), read);
        for key in read.keys.keys() {
            assert!(read.site_of_key(key).is_none_or(|site| read.sites.values().any(|known| known == site)));
        }
        true
    });
    std::fs::write(dir.path().join("sites.json"), "{\"sites\":").unwrap();
    let opened = Registry::open(store, dir.path()).unwrap();
    assert_eq!(
        *opened.snapshot(),
        Snapshot::default(),
        "what can be read anew from ClickHouse stops no start"
    );
    assert!(dir.path().join("sites.json.damaged").exists(), "and it is kept");
}

#[test]
fn an_address_of_clickhouse_shows_no_password_and_keeps_no_odd_database() {
    fuzz("clickhouse url", &["http://orma:geheim%40x@127.0.0.1:8123/orma", "https://db.example"], |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Ok(endpoint) = Endpoint::parse(&text) else { return false };
        assert!(endpoint.url.starts_with("http://") || endpoint.url.starts_with("https://"));
        assert!(endpoint.database.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        let shown = format!("{endpoint:?}");
        // Damage may copy the password to the user's name, which is shown.
        let only_password = endpoint.password == "geheim@x" && text.matches("geheim").count() == 1;
        assert!(!only_password || !shown.contains("geheim"), "{shown}");
        true
    });
}
