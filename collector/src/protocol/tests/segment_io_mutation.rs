//! Segment requests with random damage: whatever comes, no panic, and no event is lost without a word.

use std::borrow::Cow;

use super::mutation::check;
use super::segment_io::PAGE;
use crate::fuzz::{damaged, iterations, random};
use crate::protocol::segment_io::envelope::{Body, to_json};
use crate::protocol::segment_io::{BATCH_MESSAGES_MAX, Sender};

const BATCH: &str = r#"{"batch":[{"timestamp":"2024-01-02T03:04:05.000Z","integrations":{},"event":"Order Completed","type":"track",
"properties":{"revenue":12.5,"currency":"EUR","order_id":"o1","products":[{"id":1}]},"context":{"ip":"203.0.113.9","userAgent":"UA/1",
"page":{"url":"https://u:p@[::1]:443/a?x#y","referrer":"$direct","title":"T \ud83d\udc5f"},"campaign":{"source":"nl","name":"spring"},
"locale":"fr_FR","library":{"name":"@segment/analytics-node","version":"3.1.0"}},"userId":"mario@example.it","anonymousId":"anon1",
"messageId":"node-next-1795297890683-578963db","_metadata":{"retryCount":1}},
{"type":"page","userId":null,"anonymousId":"v\u00e8","properties":{"url":"https://x.test/"}},
{"type":"identify","userId":7,"traits":{"plan":"pro"},"context":{"app":{"name":"B","version":"1"},"device":{"model":"iPhone15,2"},
"os":{"name":"iOS"},"network":{"wifi":true},"screen":{"width":390}}},
{"type":"track","event":"Order Refunded","userId":"u","properties":{"total":-5}},{"type":"alias","previousId":"p","userId":"u"},{"type":"group","groupId":"g","userId":"u"},{"type":"screen","name":"Cart","anonymousId":"a"}],
"writeKey":"WK_node","sentAt":"2026-11-21T21:51:30.7Z","context":{"timezone":"Europe/Rome"}}"#;

#[test]
fn ten_thousand_damaged_segment_bodies_do_no_harm() {
    let mut random = random("segment");
    let (mut unreadable, mut refused, mut accepted) = (0, 0, 0);
    for round in 0..iterations(10_000) {
        let bytes = damaged(BATCH.as_bytes(), &mut random);
        let sender = Sender { trusted: round % 2 == 0, from_page: round % 3 == 0, ..PAGE };
        let json = to_json(&bytes);
        match Body::read(&json, "") {
            Ok(body) => {
                let key = body.key(Some(Cow::Borrowed("demo")), None);
                let batch = body.events(key, &sender);
                check(&batch, BATCH_MESSAGES_MAX);
                assert!(sender.trusted || batch.events.iter().all(|event| !event.server_only));
                refused += batch.refused.len();
                accepted += batch.events.len();
            }
            Err(error) => {
                assert!(
                    !error.to_string().contains("mario") && [400, 413].contains(&error.status()),
                    "{error}"
                );
                unreadable += 1;
            }
        }
    }
    assert!(unreadable > 1_000 && refused > 150 && accepted > 5_000, "{unreadable} {refused} {accepted}");
}
