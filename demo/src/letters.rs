//! The newsletter: every Tuesday at ten one letter to each subscriber.

use orma_collector::enrich::landing::parameter as landing;
use orma_store::NewsletterKey;
use orma_store::newsletter::{Act, Letter as Signed};
use serde_json::{Value, json};

use crate::aftermath::report;
use crate::agenda::{Script, Task};
use crate::calendar::{HOUR, Letter, MINUTE};
use crate::event::Event;
use crate::people::Person;
use crate::random::Random;
use crate::shop::ORIGIN;
use crate::sources::Source;

/// How long the mail server takes for all letters, in milliseconds.
const SENDING_MS: i64 = 6 * MINUTE;

/// Sends a letter to one subscriber at `now`, the moment at which sending begins.
///
/// A click leads to the shop as the collector's redirect would: with `orma_id`, if there is the `key` to seal it with.
pub fn send(
    person: &mut Person,
    letter: &Letter,
    now: i64,
    key: Option<&NewsletterKey>,
    random: &mut Random,
    script: &mut Script,
) {
    let message = format!("m-{}-{}", letter.campaign, person.number);
    let said = |extra: Value| {
        let mut fields = json!({"campaign": letter.campaign, "message": message});
        if let (Some(fields), Value::Object(extra)) = (fields.as_object_mut(), extra) {
            fields.extend(extra);
        }
        fields
    };
    let sent_at = now + random.between(0, SENDING_MS);
    script.events.push(report(person, "newsletter_sent", sent_at, said(json!({})), random));
    let arrived_at = sent_at + random.log_normal(4_000.0, 0.8) as i64;
    if random.chance(0.012) {
        script.events.push(report(person, "newsletter_bounce", arrived_at, said(json!({})), random));
        person.subscribed = false;
        return;
    }
    script.events.push(report(person, "newsletter_delivered", arrived_at, said(json!({})), random));
    if !random.chance(0.42) {
        return;
    }
    let opened_at = arrived_at + random.log_normal(2.2 * HOUR as f64, 1.3) as i64;
    for again in 0..=i64::from(random.chance(0.25)) {
        let at = opened_at + again * random.between(HOUR, 30 * HOUR);
        let opened = report(person, "newsletter_open", at, said(json!({})), random);
        script.events.push(opened);
    }
    if random.chance(0.2) {
        let clicked_at = opened_at + random.between(4_000, 50_000);
        let link = format!("{ORIGIN}{}", letter.page);
        let clicked = report(person, "newsletter_click", clicked_at, said(json!({"link": &link})), random);
        let signed = Signed {
            act: Act::Click,
            sent_at: sent_at / 1_000,
            campaign: &letter.campaign,
            message: &message,
            recipient: &person.account.email,
            link: &link,
            target: &link,
        };
        let orma_id = key.and_then(|key| landing::seal(key, clicked.id, &signed)).unwrap_or_default();
        script.events.push(clicked);
        let visit = (person.number as usize, Source::Letter(letter.clone(), orma_id));
        script.later.push((clicked_at + 1_500, Task::Visit(Some(visit))));
    } else if random.chance(0.008) {
        let left = unsubscribe(person, opened_at + random.between(8_000, 60_000), random);
        script.events.push(left);
    }
}

fn unsubscribe(person: &mut Person, at: i64, random: &mut Random) -> Event {
    person.subscribed = false;
    report(person, "unsubscribe", at, json!({"props": {"list": "bottega"}}), random)
}
