//! Requests as browsers with the SDK send them: written once, of which then only ids, moments and the page are filled in.
//!
//! Many visits go on at once, each an event at a time, so that the events of one visit reach the store in different
//! inserts, as they do in life.

pub mod browser;

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::random::mix;
use browser::Browser;

/// The write keys in use: a key has a rate limit, and a collector serves many sites.
pub const SITES: [&str; 8] = ["load-0", "load-1", "load-2", "load-3", "load-4", "load-5", "load-6", "load-7"];
/// The site of the events whose way into an answer is timed.
pub const PROBE_SITE: &str = "load-probe";
/// Browsers, each with an address of its own.
pub const BROWSERS: u64 = 400;
/// Visits at the same time.
const VISITS_AT_ONCE: u64 = 20_000;
/// Events of a visit.
const VISIT_EVENTS: u64 = 5;
const PAGES: u64 = 2_000;

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `POST /v1/events` with one event, as the SDK does it.
    Beacon,
    /// The same with a header that only a general HTTP server looks at: it takes no fast path.
    GeneralBeacon,
    /// `GET /p.gif`.
    Pixel,
    /// `GET /empty.gif` with the pixel's headers: nginx's.
    EmptyGif,
    /// `POST /v1/events` with so many events, as a relay or an app does it.
    Batch(u64),
    /// `POST /v1/events` that is no JSON: 400.
    Unreadable,
    /// `POST /v1/events` with an event of a kind that nobody knows: refused in an answer 200.
    UnknownKind,
    /// `POST /v1/events` with an event of which there is one for each browser, sent again and again as it is.
    Repeated,
}

/// What differs from one use of a template to the next.
#[derive(Clone, Copy, Debug)]
enum Hole {
    /// The id of the event, new each time.
    Event,
    /// The ids of the visit.
    Visitor,
    Session,
    /// Now.
    Moment,
    /// Four digits.
    Page,
}

/// The mark of an event's id.
const EVENT_ID: &str = "{event-id-------------------------1}";

/// Bytes with marks where something is to be filled in; no mark is shorter or longer than what it stands for.
const MARKS: [(&str, Hole); 5] = [
    (EVENT_ID, Hole::Event),
    ("{visitor-id-----------------------1}", Hole::Visitor),
    ("{session-id-----------------------1}", Hole::Session),
    ("{moment---------------1}", Hole::Moment),
    ("{pg}", Hole::Page),
];

#[derive(Debug)]
struct Template {
    bytes: Vec<u8>,
    holes: Vec<(usize, Hole)>,
}

impl Template {
    fn new(text: &str) -> Self {
        let mut holes: Vec<(usize, Hole)> = MARKS
            .iter()
            .flat_map(|(mark, hole)| text.match_indices(mark).map(|(place, _)| (place, *hole)))
            .collect();
        holes.sort_unstable_by_key(|(place, _)| *place);
        Self { bytes: text.into(), holes }
    }
}

/// An endless supply of requests.
#[derive(Debug)]
pub struct Requests {
    templates: Vec<Template>,
    /// Templates of one browser, one for each event of a visit.
    places: u64,
    events_a_request: u64,
    next: u64,
    seed: u64,
    started_ms: u64,
    moment: Moment,
}

impl Requests {
    /// Requests of one sort. Ids differ from those of any other value.
    pub fn new(what: What) -> Self {
        let places =
            if matches!(what, What::Beacon | What::GeneralBeacon | What::Pixel) { VISIT_EVENTS } else { 1 };
        let mut templates = Vec::new();
        for number in 0..BROWSERS {
            let browser = Browser::of(number);
            let site = SITES[(number % SITES.len() as u64) as usize];
            for place in 0..places {
                templates.push(Template::new(&text(what, &browser, site, place)));
            }
        }
        let events_a_request = if let What::Batch(events) = what { events } else { 1 };
        let seed = Uuid::now_v7().as_u64_pair().1;
        let moment = Moment::now();
        Self { templates, places, events_a_request, next: 0, seed, started_ms: moment.ms, moment }
    }

    /// Appends the next request.
    pub fn write(&mut self, out: &mut Vec<u8>) {
        let number = self.next;
        self.next += 1;
        let slot = number % VISITS_AT_ONCE;
        let round = number / VISITS_AT_ONCE;
        let (visit, place) = (slot + round / self.places * VISITS_AT_ONCE, round % self.places);
        let template = &self.templates[(visit % BROWSERS * self.places + place) as usize];
        let start = out.len();
        out.extend_from_slice(&template.bytes);
        self.moment.renew();
        // A relay's batch holds many visits: one for five of its events.
        let first_visit = visit * self.events_a_request.div_ceil(VISIT_EVENTS);
        let mut events = 0;
        for &(at, hole) in &template.holes {
            let at = start + at;
            // The id comes first in an event of a batch.
            let visit = first_visit + u64::saturating_sub(events, 1) / VISIT_EVENTS;
            // An id is as old as its visit, so that it is the same in each of its events.
            let visit_ms = self.started_ms + visit / 8;
            match hole {
                Hole::Visitor => write_id(visit_ms, self.seed, visit * 2, &mut out[at..]),
                Hole::Session => write_id(visit_ms, self.seed, visit * 2 + 1, &mut out[at..]),
                Hole::Moment => out[at..at + 24].copy_from_slice(&self.moment.text),
                Hole::Page => {
                    let random = mix(self.seed ^ number.wrapping_add(events << 40));
                    out[at..at + 4].copy_from_slice(&page(random));
                }
                Hole::Event => {
                    let which = number * self.events_a_request + events;
                    write_id(self.moment.ms, !self.seed, which, &mut out[at..]);
                    events += 1;
                }
            }
        }
    }
}

/// Writes a UUID of version 7 (RFC 9562): 48 bits of time, then bits that `number` and `seed` alone decide.
fn write_id(ms: u64, seed: u64, number: u64, out: &mut [u8]) {
    let random = mix(seed ^ number);
    let high = ms << 16 | 0x7000 | (random & 0xfff);
    let low = 1 << 63 | mix(random) >> 2;
    Uuid::from_u64_pair(high, low).hyphenated().encode_lower(out);
}

/// Few pages are seen often: their numbers are distributed like Zipf's law with exponent 1.
fn page(random: u64) -> [u8; 4] {
    let share = (random % 1_000_003) as f64 / 1_000_003.0;
    let mut rest = (PAGES as f64).powf(share) as u64;
    let mut digits = [b'0'; 4];
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

/// The time as `2026-11-21T10:00:01.000Z`, written anew once a millisecond.
#[derive(Debug, Default)]
struct Moment {
    ms: u64,
    text: Vec<u8>,
}

impl Moment {
    fn now() -> Self {
        let mut moment = Self::default();
        moment.renew();
        moment
    }

    fn renew(&mut self) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = since.as_millis() as u64;
        if ms != self.ms {
            self.ms = ms;
            let moment = jiff::Timestamp::from_millisecond(ms.cast_signed()).unwrap_or_default();
            self.text = format!("{moment:.3}").into_bytes();
        }
    }
}

fn text(what: What, browser: &Browser, site: &str, place: u64) -> String {
    let body = match what {
        What::EmptyGif => return browser.image("/empty.gif"),
        What::Pixel => return browser.image(&pixel(site, browser, place)),
        What::Beacon | What::GeneralBeacon => envelope(site, VISIT, browser, &event(place, "")),
        What::Batch(events) => {
            let each: Vec<String> =
                (0..events).map(|number| event(number % VISIT_EVENTS, &format!("{VISIT},"))).collect();
            envelope(site, "", browser, &each.join(","))
        }
        What::UnknownKind => envelope(site, VISIT, browser, &event(3, "").replace("page_leave", "page_lost")),
        What::Repeated => repeated(&envelope(site, VISIT, browser, &event(3, "")), browser.number),
        What::Unreadable => format!(r#"{{"site":"{site}","events":[{{"#),
    };
    let head = browser.post("/v1/events", body.len());
    if what == What::GeneralBeacon {
        return format!(
            "{}{body}",
            head.replace("Connection: keep-alive\r\n", "Connection: keep-alive,\r\n")
        );
    }
    format!("{head}{body}")
}

/// The event `number` as it is sent again: nothing of it is new.
fn repeated(body: &str, number: u64) -> String {
    let moment = String::from_utf8_lossy(&Moment::now().text).into_owned();
    MARKS.iter().zip(1..).fold(body.to_owned(), |body, ((mark, hole), which)| match hole {
        Hole::Moment => body.replace(mark, &moment),
        Hole::Page => body.replace(mark, "0001"),
        _ => body.replace(mark, &Uuid::from_u64_pair(0x7000 | which, 1 << 63 | number).to_string()),
    })
}

/// The part of a request that names the visit.
const VISIT: &str =
    r#""visitor":"{visitor-id-----------------------1}","session":"{session-id-----------------------1}""#;

/// What the SDK says around the events (`sdk-js/src/lib/track.ts`, `transport.ts`).
fn envelope(site: &str, visit: &str, browser: &Browser, events: &str) -> String {
    let Browser { language, width, height, touch_points, .. } = browser;
    let visit = if visit.is_empty() { String::new() } else { format!("{visit},") };
    format!(
        r#"{{"site":"{site}",{visit}"context":{{"language":"{language}","timezone":"Europe/Rome","screen":{{"width":{width},"height":{height},"density":2}},"viewport":{{"width":{width},"height":{}}},"touch_points":{touch_points},"consent":"granted","sdk":"orma-js/1.0.0"}},"sent_at":"{{moment---------------1}}","events":[{events}]}}"#,
        height - 120
    )
}

/// What happens in a visit: a page is viewed, measured, clicked on, left, and the next one viewed.
fn event(place: u64, visit: &str) -> String {
    let page = "https://bottega.example/scarpe/{pg}";
    let head = format!(
        r#"{{"id":"{{event-id-------------------------1}}",{visit}"ts":"{{moment---------------1}}","url":"{page}"#
    );
    match place {
        0 => {
            head + r#"?utm_source=news&utm_medium=email&utm_campaign=autunno","title":"Scarpe da donna e da uomo – Bottega","kind":"page_view","referrer":"https://www.google.com/"}"#
        }
        1 => {
            head + r#"","kind":"vital","name":"LCP","value":1834.5,"rating":"good","target":"main > img.hero"}"#
        }
        2 => {
            head + r#"","kind":"click","target":"nav > a#saldi","text":"Saldi d'autunno","href":"https://bottega.example/saldi"}"#
        }
        3 => head + r#"","kind":"page_leave","engaged_ms":48211,"scroll_pct":84}"#,
        _ => {
            head + r#"","title":"Scarpe da donna e da uomo – Bottega","kind":"page_view","referrer":"https://bottega.example/scarpe/0007"}"#
        }
    }
}

fn pixel(site: &str, browser: &Browser, place: u64) -> String {
    let referrer = if place == 0 { "https%3A%2F%2Fwww.google.com%2F" } else { "" };
    format!(
        "/p.gif?site={site}&kind=page_view&id={{event-id-------------------------1}}\
         &visitor={{visitor-id-----------------------1}}&session={{session-id-----------------------1}}\
         &ts={{moment---------------1}}&url=https%3A%2F%2Fbottega.example%2Fscarpe%2F{{pg}}\
         &title=Scarpe+da+donna&referrer={referrer}&language={}",
        browser.language
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn requests(what: What, count: usize) -> Vec<String> {
        let mut requests = Requests::new(what);
        let mut write = || {
            let mut out = Vec::new();
            requests.write(&mut out);
            String::from_utf8(out).unwrap()
        };
        (0..count).map(|_| write()).collect()
    }

    fn body(request: &str) -> Value {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        serde_json::from_str(body).unwrap()
    }

    #[test]
    fn no_mark_is_longer_than_what_it_stands_for() {
        for (mark, hole) in MARKS {
            let length = match hole {
                Hole::Event | Hole::Visitor | Hole::Session => 36,
                Hole::Moment => 24,
                Hole::Page => 4,
            };
            assert_eq!(mark.len(), length, "{mark}");
        }
    }

    #[test]
    fn beacons_are_filled_in_and_a_visit_keeps_its_ids() {
        let all = requests(What::Beacon, VISITS_AT_ONCE as usize + 1);
        let first = body(&all[0]);
        let later = body(&all[VISITS_AT_ONCE as usize]);
        assert_eq!(first["visitor"], later["visitor"]);
        assert_ne!(first["visitor"], first["session"]);
        assert_ne!(first["events"][0]["id"], later["events"][0]["id"]);
        assert_eq!(first["events"][0]["kind"], "page_view");
        assert_eq!(later["events"][0]["kind"], "vital");
        let ids: HashSet<String> = all.iter().map(|text| body(text)["events"][0]["id"].to_string()).collect();
        assert_eq!(ids.len(), all.len());
        assert!(all.iter().all(|text| !text.contains("---")), "a mark was left");
        assert!(all[0].len() > 1_000 && all[0].len() < 2_000, "{}", all[0].len());
    }

    #[test]
    fn a_batch_holds_visits_of_five_events() {
        let all = requests(What::Batch(100), 2);
        let [first, second] = [body(&all[0]), body(&all[1])];
        let events = first["events"].as_array().unwrap();
        assert_eq!(events.len(), 100);
        assert_eq!(events[0]["visitor"], events[4]["visitor"]);
        assert_ne!(events[4]["visitor"], events[5]["visitor"]);
        assert_ne!(events[99]["visitor"], second["events"][0]["visitor"]);
        let ids: HashSet<&Value> = events.iter().map(|event| &event["id"]).collect();
        assert_eq!(ids.len(), 100);
    }

    #[test]
    fn a_repeated_event_is_the_same_each_time() {
        let all = requests(What::Repeated, BROWSERS as usize + 1);
        let count = |text: &String| all.iter().filter(|other| *other == text).count();
        assert_eq!(body(&all[0])["events"].as_array().unwrap().len(), 1);
        assert_eq!(all.iter().map(count).sum::<usize>(), BROWSERS as usize - 1 + 4);
    }

    #[test]
    fn pixels_and_gifs_are_whole_requests() {
        for (what, path) in [(What::Pixel, "GET /p.gif?site=load-"), (What::EmptyGif, "GET /empty.gif ")] {
            let text = requests(what, 1).remove(0);
            assert!(text.starts_with(path) && text.ends_with("\r\n\r\n") && !text.contains('{'), "{text}");
        }
    }
}
