use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use orma_collector::enrich::bot;
use orma_collector::enrich::landing::LANDING_MS_MAX;
use orma_collector::enrich::landing::parameter as landing;
use orma_collector::protocol::native;
use orma_model::kinds::KINDS;
use orma_store::NewsletterKey;

use crate::batches::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX, Packer};
use crate::calendar::{Calendar, HOUR};
use crate::event::Event;
use crate::story::Teller;

/// The same for every story: what is sealed with it is part of it.
fn key() -> NewsletterKey {
    static KEY: OnceLock<NewsletterKey> = OnceLock::new();
    KEY.get_or_init(|| NewsletterKey::random("demo", 0)).clone()
}

const NOW: &str = "2026-11-21T10:30:00Z";

fn teller(seed: u64, days: u32, visits_per_day: u32, now: &str) -> Teller {
    Teller::new(seed, days, visits_per_day, now.parse().unwrap(), Some(key())).unwrap()
}

/// A story as the collector would get it: one line of JSON for each event.
fn lines(seed: u64, now: &str) -> Vec<String> {
    teller(seed, 8, 40, now).map(|event| serde_json::to_string(&event).unwrap()).collect()
}

/// What the shares are measured on.
#[derive(Default)]
struct Census {
    kinds: BTreeMap<&'static str, usize>,
    views: usize,
    robot_views: usize,
    site_sessions: HashMap<uuid::Uuid, (String, String)>,
    app_sessions: HashMap<uuid::Uuid, String>,
    crashed: BTreeMap<String, HashSet<uuid::Uuid>>,
    slow_lcp: [Vec<f64>; 2],
    users: HashSet<String>,
    sources: BTreeMap<&'static str, usize>,
}

/// A month of the usual size, told once for all tests.
fn census() -> &'static Census {
    static CENSUS: OnceLock<Census> = OnceLock::new();
    CENSUS.get_or_init(|| {
        let mut census = Census::default();
        for event in teller(1, 30, 400, NOW) {
            census.add(&event);
        }
        census
    })
}

impl Census {
    fn add(&mut self, event: &Event) {
        *self.kinds.entry(event.kind).or_default() += 1;
        let text = |field: &str| event.fields[field].as_str().unwrap_or_default();
        if event.kind == "page_view" {
            self.views += 1;
            self.robot_views += usize::from(event.person.is_none());
        }
        self.users.extend(event.user.as_ref().map(ToString::to_string));
        if let (Some(session), Some(context), Some(_)) = (event.session, &event.context, event.person) {
            if let Some(version) = context["app"]["version"].as_str() {
                self.app_sessions.entry(session).or_insert_with(|| version.to_owned());
                if event.kind == "crash" {
                    self.crashed.entry(version.to_owned()).or_default().insert(session);
                }
            } else if let Entry::Vacant(entry) = self.site_sessions.entry(session) {
                let said = |field: &str| context[field].as_str().unwrap().to_owned();
                entry.insert((said("user_agent"), said("timezone")));
                *self.sources.entry(sender(text("referrer"), text("url"))).or_default() += 1;
            }
        }
        if event.kind == "vital" && text("name") == "LCP" {
            let slow = text("url").contains("lenta.html");
            self.slow_lcp[usize::from(slow)].push(event.fields["value"].as_f64().unwrap());
        }
    }

    fn site_share(&self, fits: impl Fn(&str, &str) -> bool) -> f64 {
        let fitting = self.site_sessions.values().filter(|(agent, timezone)| fits(agent, timezone)).count();
        fitting as f64 / self.site_sessions.len() as f64
    }

    fn count(&self, kind: &str) -> usize {
        self.kinds.get(kind).copied().unwrap_or_default()
    }
}

fn sender(referrer: &str, url: &str) -> &'static str {
    let of = |text: &str| referrer.contains(text) || url.contains(text);
    match () {
        () if of("utm_medium=email") => "newsletter",
        () if of("gclid") => "paid search",
        () if of("google") => "google",
        () if of("instagram") => "instagram",
        () if of("facebook") => "facebook",
        () if of("chatgpt") => "chatgpt",
        () if of("trovaprezzi") => "trovaprezzi",
        () if referrer.is_empty() => "direct",
        () => "others",
    }
}

fn p75(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() * 3 / 4]
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    let first = lines(7, NOW);
    assert!(first.len() > 2_000, "{}", first.len());
    assert_eq!(first, lines(7, NOW));
    let ids: HashSet<_> = first.iter().map(|line| line[..50].to_owned()).collect();
    assert_eq!(ids.len(), first.len());
    assert!(lines(8, NOW).iter().all(|line| !ids.contains(&line[..50])));
}

#[test]
fn later_on_the_same_day_the_story_goes_on() {
    let earlier = lines(7, "2026-11-21T08:05:00Z");
    let later = lines(7, "2026-11-21T20:05:00Z");
    assert!(later.len() > earlier.len());
    assert_eq!(earlier, later[..earlier.len()]);
}

#[test]
fn events_come_in_the_order_of_time_and_end_at_the_last_full_hour() {
    let calendar = Calendar::ending(NOW.parse().unwrap(), 10).unwrap();
    let (mut before, end) = (calendar.midnight(0), calendar.end_ms);
    for event in teller(3, 10, 60, NOW) {
        assert!((before..end).contains(&event.ts), "{} {}", event.kind, event.ts);
        assert_eq!(event.id.get_version_num(), 7);
        before = event.ts;
    }
    assert!(end - before < HOUR);
}

#[test]
fn sessions_are_as_old_as_their_first_event_and_belong_to_one_visitor() {
    let mut sessions = HashMap::new();
    for event in teller(3, 6, 60, NOW) {
        let (Some(session), Some(visitor)) = (event.session, event.visitor) else { continue };
        let first = sessions.entry(session).or_insert((visitor, event.ts));
        assert_eq!(first.0, visitor);
        let (seconds, nanos) = session.get_timestamp().unwrap().to_unix();
        let moment = seconds as i64 * 1_000 + i64::from(nanos) / 1_000_000;
        assert!((first.1 - moment).abs() < 10_000, "{} {moment}", first.1);
    }
    assert!(sessions.len() > 200);
}

#[test]
fn the_collector_takes_every_event_of_every_batch() {
    let mut packer = Packer::new("demo");
    let mut batches = Vec::new();
    for event in teller(1, 30, 60, NOW) {
        batches.extend(packer.push(&event).unwrap());
    }
    batches.extend(packer.finish());
    assert!(batches.len() > 20);
    for batch in batches {
        assert!(batch.events <= BATCH_EVENTS_MAX && batch.body.len() <= BATCH_BYTES_MAX);
        let parsed = native::parse(&batch.body).unwrap();
        assert_eq!(parsed.refused, []);
        assert_eq!(parsed.events.len(), batch.events);
        assert_eq!(parsed.sent_at, None);
        assert!(parsed.events.iter().all(|event| event.client_ts.is_some()));
    }
}

#[test]
fn every_kind_of_the_contract_that_a_shop_has_is_told() {
    // Nobody in this story sends the others.
    let untold = ["alias", "consent", "download", "newsletter_complaint"];
    let expected: Vec<_> = {
        let told = KINDS.iter().map(|kind| kind.name).filter(|kind| !untold.contains(kind));
        let mut kinds: Vec<_> = told.collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(census().kinds.keys().copied().collect::<Vec<_>>(), expected);
}

#[test]
fn robots_are_known_as_robots_and_people_are_not() {
    let (mut robots, mut people) = (HashSet::new(), HashSet::new());
    for event in teller(1, 10, 100, NOW) {
        let Some(context) = &event.context else { continue };
        let agent = context["user_agent"].as_str().unwrap().to_owned();
        let from_app = context.get("app").is_some();
        if event.person.is_none() {
            robots.insert(agent)
        } else {
            people.insert((agent, from_app))
        };
    }
    assert_eq!(robots.len(), 4);
    assert!(robots.iter().all(|agent| bot::detect(agent, false).is_some()), "{robots:?}");
    assert!(people.len() > 20);
    for (agent, from_app) in people {
        assert_eq!(bot::detect(&agent, from_app), None, "{agent}");
    }
    let census = census();
    let share = census.robot_views as f64 / census.views as f64;
    assert!((0.04..0.08).contains(&share), "{share}");
}

#[test]
fn countries_and_devices_have_their_shares() {
    let census = census();
    for (least, most, share) in [
        (0.55, 0.65, census.site_share(|_, timezone| timezone == "Europe/Rome")),
        (0.40, 0.50, census.site_share(|agent, _| agent.contains("Android") && agent.contains("Mobile"))),
        (0.20, 0.30, census.site_share(|agent, _| agent.contains("iPhone"))),
        (
            0.20,
            0.31,
            census.site_share(|agent, _| agent.contains("Windows NT") || agent.contains("Macintosh")),
        ),
        (0.03, 0.08, census.site_share(|agent, _| agent.contains("iPad") || agent.contains("SM-X510"))),
    ] {
        assert!((least..most).contains(&share), "{least} {share} {most}");
    }
}

#[test]
fn senders_have_their_shares() {
    let census = census();
    let all: usize = census.sources.values().sum();
    for (name, least, most) in [
        ("google", 0.22, 0.40),
        ("direct", 0.22, 0.40),
        ("instagram", 0.07, 0.16),
        ("paid search", 0.05, 0.12),
        ("facebook", 0.03, 0.09),
        ("chatgpt", 0.02, 0.07),
        ("trovaprezzi", 0.01, 0.05),
        ("newsletter", 0.01, 0.05),
    ] {
        let share = census.sources[name] as f64 / all as f64;
        assert!((least..most).contains(&share), "{name}: {share} of {:?}", census.sources);
    }
}

#[test]
fn the_shop_sells_as_shops_do_and_most_people_stay_nameless() {
    let census = census();
    let sessions = census.site_sessions.len() + census.app_sessions.len();
    assert!((11_000..14_000).contains(&sessions), "{sessions}");
    let conversion = census.count("order") as f64 / sessions as f64;
    assert!((0.015..0.05).contains(&conversion), "{conversion}");
    assert!(census.count("add_to_cart") > census.count("begin_checkout"));
    assert!(census.count("begin_checkout") > census.count("order"));
    let views = census.views as f64 / census.site_sessions.len() as f64;
    assert!((2.5..5.0).contains(&views), "{views}");
    let (people, _) = {
        let mut teller = teller(1, 30, 400, NOW);
        teller.by_ref().for_each(drop);
        teller.counts()
    };
    assert!(people as usize > 3 * census.users.len() / 2, "{people} {}", census.users.len());
}

#[test]
fn the_bad_page_and_the_bad_version_stand_out() {
    let census = census();
    let [others, slow] = &census.slow_lcp;
    assert!(p75(slow) > 4_000.0 && p75(others) < 4_000.0, "{} {}", p75(slow), p75(others));
    let crashes = |version: &str| {
        let sessions = census.app_sessions.values().filter(|of| *of == version).count();
        assert!(sessions > 100, "{version}: {sessions}");
        census.crashed.get(version).map_or(0, HashSet::len) as f64 / sessions as f64
    };
    assert!(crashes("3.2.0") > 2.0 * crashes("3.1.0"), "{} {}", crashes("3.2.0"), crashes("3.1.0"));
    assert!(crashes("3.2.1") < 0.02);
}

#[test]
fn a_shared_computer_gets_a_new_visitor_when_somebody_signs_out() {
    let mut users = HashMap::new();
    let mut reset = HashSet::new();
    for event in teller(1, 30, 400, NOW) {
        let Some(visitor) = event.visitor else { continue };
        assert!(!reset.contains(&visitor), "{} after the reset", event.kind);
        if event.kind == "reset" {
            reset.insert(visitor);
        }
        if let Some(user) = event.user {
            assert_eq!(users.entry(visitor).or_insert_with(|| user.clone()), &user, "{}", event.kind);
        }
    }
    assert!(reset.len() > 2, "{}", reset.len());
}

#[test]
fn a_click_of_a_letter_lands_in_the_shop_as_its_reader_and_some_buy() {
    let key = key();
    let (mut clicks, mut landed, mut orders) = (HashMap::new(), HashSet::new(), 0);
    for event in teller(1, 30, 400, NOW) {
        let text = |field: &str| event.fields[field].as_str().unwrap_or_default().to_owned();
        if event.kind == "newsletter_click" {
            clicks.insert(event.id, (event.user.clone(), text("campaign"), text("message"), text("link")));
        }
        let url = text("url");
        if event.kind == "page_view"
            && let Some((_, value)) = url.split_once("orma_id=")
        {
            let found = landing::open(value, |_| Some(&key)).unwrap();
            let (user, campaign, message, link) = &clicks[&found.click];
            assert_eq!(user.as_deref(), Some(&*found.recipient));
            assert_eq!((&found.campaign, &found.message, &found.link), (campaign, message, link));
            if event.ts - found.clicked_at <= LANDING_MS_MAX {
                landed.extend(event.session);
            }
        }
        orders += usize::from(event.kind == "order" && event.session.is_some_and(|id| landed.contains(&id)));
    }
    assert!(landed.len() * 10 > clicks.len() * 9, "{} of {}", landed.len(), clicks.len());
    assert!(orders > 0, "{orders}");
}
