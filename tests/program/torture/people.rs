//! kill -9 of the engine, of orma and of both while visits are made of what many visitors do: late, twice, out of order,
//! over midnight, as several users, with aliases and resets, joined, taken back and erased, and asked for all the while.
//! Afterwards what was answered is stored, the accounts balance, and visits are those of a plain computation: as they were
//! kept up to date, and made anew.
//!
//! `ORMA_TORTURE_ROUNDS` says how many kills (4), `ORMA_TORTURE_SEED` when and of what (the clock).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::support::{self, Orma, wait_for, wait_for_same};
use crate::{rollups, visits};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// What visitors do lies so far back, so that none of it is ahead of the clock.
const BACK: i64 = 40 * DAY;
/// Events in a request.
const BATCH: usize = 10;
/// So many visitors are about at once.
const VISITORS: usize = 20;
/// Between two requests of those who send.
const PAUSE: Duration = Duration::from_millis(30);
/// A kill is put off for at most so long until the store is at what it aims at.
const AIM_TIME_MAX: Duration = Duration::from_secs(3);
/// Or comes after a time of at most this.
const KILL_MS_MAX: u64 = 2_500;
/// All is held against the plain computation after so many kills, and after the last.
const CHECKED_EVERY: u64 = 10;
const GOOGLEBOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/// Where the program is, if it is anywhere.
type Place = Arc<Mutex<Option<SocketAddr>>>;

/// What visitors do, shuffled.
pub struct Crowd {
    random: Rng,
    now: i64,
    number: u64,
    waiting: Vec<Value>,
}

impl Crowd {
    pub fn new(random: Rng) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
        Self { random, now, number: 0, waiting: Vec::new() }
    }

    /// Some events of those who are about, in no order; some come again, some of these with something else.
    fn next(&mut self) -> Vec<Value> {
        while self.waiting.len() < VISITORS * 20 {
            let story = self.story();
            self.waiting.extend(story);
        }
        (0..BATCH)
            .map(|_| {
                let place = self.random.usize(..self.waiting.len());
                let mut event = self.waiting.swap_remove(place);
                if self.random.u64(..15) == 0 {
                    self.waiting.push(event.clone());
                    if event["kind"] == "page_view" && self.random.bool() {
                        event["url"] = json!("https://b.example/changed");
                    }
                }
                event
            })
            .collect()
    }

    /// What a visitor does. Some have been there before.
    fn story(&mut self) -> Vec<Value> {
        self.number += 1;
        let number = self.number;
        let random = &mut self.random;
        let visitor = format!("v{}", number - random.u64(..number.min(2 * VISITORS as u64)));
        let sessions = [String::new(), format!("s{number}"), format!("s{}", number / 2)];
        let users = [format!("anna-{}", number / 5), format!("bruno-{number}")];
        let mut at = self.now - BACK + random.i64(0..20 * DAY);
        (0..random.u64(2..30))
            .map(|_| {
                at += match random.u64(..10) {
                    0 => 30 * MINUTE + random.i64(-1..=1),
                    1 => random.i64(0..DAY),
                    2 => 0,
                    // Right before or after midnight.
                    3 => DAY - at.rem_euclid(DAY) + random.i64(-MINUTE..MINUTE),
                    _ => random.i64(0..20 * MINUTE),
                };
                let mut event = json!({
                    "id": uuid::Uuid::from_u64_pair(random.u64(..), random.u64(..)),
                    "ts": at.min(self.now),
                    "visitor": visitor,
                    "session": sessions[random.usize(..3)],
                    "url": format!("https://b.example/{}", random.u64(..6)),
                });
                let user = users[usize::from(random.u64(..4) == 0)].clone();
                let (kind, more) = match random.u64(..20) {
                    0 | 1 => ("login", json!({"user": user})),
                    2 => ("reset", json!({})),
                    3 if random.bool() => {
                        ("alias", json!({"user": user, "previous": format!("{user}-before")}))
                    }
                    4 => ("page_view", json!({"user": user})),
                    5 => ("page_view", json!({"user": format!("{user}-before")})),
                    6 => ("page_view", json!({"context": {"user_agent": GOOGLEBOT}})),
                    7 => ("order", json!({"revenue": {"amount": random.u64(..500), "currency": "EUR"}})),
                    8 => ("refund", json!({"revenue": {"amount": random.u64(..100), "currency": "USD"}})),
                    9 | 10 => ("page_leave", json!({})),
                    11 => ("search", json!({})),
                    12 => ("screen_view", json!({"screen": format!("Screen {}", random.u64(..3))})),
                    // What only a server knows of.
                    13 => ("page_view", json!({"user": user, "visitor": ""})),
                    _ => ("page_view", json!({})),
                };
                event["kind"] = json!(kind);
                let all = event.as_object_mut().unwrap();
                all.extend(more.as_object().unwrap().clone());
                event
            })
            .collect()
    }
}

/// Somebody who does something with the program again and again, whatever becomes of it.
struct Busy {
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Busy {
    fn start(place: &Place, mut act: impl FnMut(SocketAddr) + Send + 'static) -> Self {
        let (place, stopped) = (Arc::clone(place), Arc::new(AtomicBool::new(false)));
        let is_over = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            while !is_over.load(Ordering::SeqCst) {
                let at = *place.lock().unwrap();
                if let Some(at) = at {
                    act(at);
                }
                std::thread::sleep(PAUSE);
            }
        });
        Self { stopped, thread: Some(thread) }
    }

    fn stop(mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }
}

/// One request as an admin; nothing when nobody answers.
fn asked(at: SocketAddr, method: &str, path: &str, body: &[u8]) -> Option<support::Answer> {
    let bearer = format!("Bearer {}", support::ADMIN_TOKEN);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    support::try_request(method, &format!("http://{at}{path}"), &headers, body).ok()
}

/// Those who do something all the while.
pub struct Everybody {
    place: Place,
    /// The ids of the events that were answered with 200.
    taken: Arc<Mutex<BTreeSet<String>>>,
    answered: Arc<AtomicU64>,
    busy: Vec<Busy>,
}

impl Everybody {
    pub fn start(orma: &Orma, crowd: &Arc<Mutex<Crowd>>, random: &mut Rng) -> Self {
        let place: Place = Arc::new(Mutex::new(Some(orma.listen)));
        let taken = Arc::<Mutex<BTreeSet<String>>>::default();
        let answered = Arc::<AtomicU64>::default();
        let send = {
            let (crowd, taken) = (Arc::clone(crowd), Arc::clone(&taken));
            // What was not answered is sent again, as a client does.
            let mut unanswered: Option<Vec<Value>> = None;
            move |at| {
                let events = unanswered.take().unwrap_or_else(|| crowd.lock().unwrap().next());
                let body = json!({"site": "demo", "events": events}).to_string();
                match asked(at, "POST", "/v1/events", body.as_bytes()) {
                    Some(answer) if answer.status == 200 => {
                        assert_eq!(answer.json()["rejected"], json!([]), "{body} {}", answer.text);
                        let ids = events.iter().map(|event| event["id"].as_str().unwrap().to_owned());
                        taken.lock().unwrap().extend(ids);
                    }
                    _ => unanswered = Some(events),
                }
            }
        };
        let ask = {
            let (mut random, answered) = (random.fork(), Arc::clone(&answered));
            move |at| {
                let question = random.choice(&[
                    "stats?metrics=sessions,visitors",
                    "stats?metrics=people,sessions&interval=day",
                    "people?limit=5",
                    "people/anna-1",
                    "people/anna-2/journey",
                ]);
                let path = format!("/api/v1/sites/demo/{}", question.unwrap());
                if asked(at, "GET", &path, &[]).is_some_and(|answer| answer.status == 200) {
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            }
        };
        let join = {
            let (mut random, crowd) = (random.fork(), Arc::clone(crowd));
            move |at| {
                let newest = crowd.lock().unwrap().number;
                let number = newest.saturating_sub(random.u64(..40));
                let person = format!("/api/v1/sites/demo/people/anna-{}", number / 5);
                if random.bool() {
                    let link = json!({"visitor": format!("v{number}")}).to_string();
                    drop(asked(at, "POST", &format!("{person}/link"), link.as_bytes()));
                } else if let Some(card) = asked(at, "GET", &person, &[]).filter(|card| card.status == 200) {
                    let links = card.json()["links"].as_array().cloned().unwrap_or_default();
                    let Some(link) = random.choice(&links) else { return };
                    drop(asked(
                        at,
                        "DELETE",
                        &format!("{person}/links/{}", link["id"].as_str().unwrap()),
                        &[],
                    ));
                }
                std::thread::sleep(10 * PAUSE);
            }
        };
        let busy = vec![Busy::start(&place, send), Busy::start(&place, ask), Busy::start(&place, join)];
        Self { place, taken, answered, busy }
    }

    /// While the program is away nobody looks for it: whoever asks a port that is nobody's might become its own other end.
    fn without(&self, away: impl FnOnce() -> SocketAddr) {
        *self.place.lock().unwrap() = None;
        let at = away();
        *self.place.lock().unwrap() = Some(at);
    }

    /// Waits until somebody has been answered and something was taken since this was called.
    pub fn wait_until_served(&self) {
        let so_far = || (self.taken.lock().unwrap().len(), self.answered.load(Ordering::SeqCst));
        let before = so_far();
        let is_served = |now: (usize, u64)| now.0 > before.0 && now.1 > before.1;
        wait_for("somebody to be served", || is_served(so_far()).then_some(()));
    }

    pub fn stop(self) -> (BTreeSet<String>, u64) {
        for busy in self.busy {
            busy.stop();
        }
        let taken = std::mem::take(&mut *self.taken.lock().unwrap());
        (taken, self.answered.load(Ordering::SeqCst))
    }
}

/// Waits for the moment of a kill: any, or one at which the store is at some step of making visits.
pub fn moment(orma: &Orma, random: &mut Rng) -> &'static str {
    const STEPS: [(&str, &str); 6] = [
        ("reading", "SELECT%FROM events FINAL PREWHERE%"),
        ("writing", "INSERT INTO visits %"),
        ("dropping", "ALTER TABLE touched DROP PART%"),
        ("looking", "SELECT%FROM identity_edges WHERE%"),
        ("numbering", "INSERT INTO visitor_numbers%"),
        ("rolling up", "INSERT INTO rollup%"),
    ];
    let Some((name, statement)) = random.choice(STEPS).filter(|_| random.u64(..4) > 0) else {
        std::thread::sleep(Duration::from_millis(random.u64(..KILL_MS_MAX)));
        return "any";
    };
    let is_at = format!("SELECT count() AS n FROM system.processes WHERE query LIKE '{statement}'");
    let began = Instant::now();
    while began.elapsed() < AIM_TIME_MAX {
        if orma.try_sql(&is_at).is_ok_and(|rows| rows[0]["n"] != 0) {
            return name;
        }
    }
    "none"
}

/// Kills something and starts it again. Returns what.
fn kill(orma: &mut Orma, everybody: &Everybody, random: &mut Rng) -> &'static str {
    let another_engine = |orma: &Orma, killed| {
        wait_for("another engine", || (orma.engine_pid() != killed).then_some(()));
        wait_for("it to answer", || orma.try_sql("SELECT 1").ok());
    };
    match random.u64(..4) {
        0 => {
            let killed = orma.kill_engine();
            another_engine(orma, killed);
            "engine"
        }
        1 => {
            let killed = orma.kill_engine();
            another_engine(orma, killed);
            std::thread::sleep(Duration::from_millis(random.u64(..500)));
            let killed = orma.kill_engine();
            another_engine(orma, killed);
            "engine, twice"
        }
        2 => {
            everybody.without(|| {
                orma.kill_program();
                orma.start_again();
                orma.listen
            });
            "orma"
        }
        _ => {
            everybody.without(|| {
                orma.kill_group();
                orma.start_again();
                orma.listen
            });
            "both"
        }
    }
}

/// How often each event was erased: one that is sent again afterwards is there again.
pub type Erased = BTreeMap<String, u64>;

/// All that was answered is there, and so the accounts say; visits are what they should be. Returns how many events there
/// are.
pub fn check(orma: &Orma, taken: &BTreeSet<String>, erased: &Erased) -> usize {
    super::wait_until_shipped(orma);
    let rows = orma.sql("SELECT toString(event_id) AS id FROM events FINAL WHERE site = 'demo'");
    let ids: BTreeSet<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), rows.len(), "an event is there twice");
    let missing: Vec<&String> =
        taken.iter().filter(|id| !ids.contains(*id) && !erased.contains_key(*id)).collect();
    assert!(
        missing.is_empty(),
        "{} answered events are missing, of {}: {:?}",
        missing.len(),
        taken.len(),
        missing[0]
    );
    let shipped = ids.len() as u64 + erased.values().sum::<u64>();
    wait_for_same("the ledger to agree with the store: accepted, shipped, duplicate", || {
        let counted = |number: &str| orma.number(&format!("SELECT sum({number}) FROM outcomes FINAL"));
        let doubled = counted("duplicate");
        let [accepted, told] = ["accepted", "shipped"].map(counted);
        ([accepted, told, doubled], [shipped + doubled, shipped, doubled])
    });
    visits::check(orma, "kept up to date");
    rollups::agree(orma, "Europe/Rome", "answered from days that are rolled up");
    ids.len()
}

/// Erases some events, as whoever erases must: what it touches is told before and after. Returns their ids.
fn erase(orma: &Orma, random: &mut Rng) -> BTreeSet<String> {
    let erased = format!("cityHash64(visitor) % 10 = 0 AND cityHash64(event_id, {}) % 3 = 0", random.u32(..));
    let rows = orma.sql(&format!("SELECT DISTINCT toString(event_id) AS id FROM events WHERE {erased}"));
    orma.sql(&format!(
        "INSERT INTO touched SELECT DISTINCT 'event', site, toDate(ts), visitor, visitor_hash, session_hash, now64(3) FROM events \
         WHERE {erased}"
    ));
    orma.sql(&format!("ALTER TABLE events DELETE WHERE {erased} SETTINGS mutations_sync = 1"));
    orma.sql(
        "INSERT INTO touched SELECT DISTINCT 'event', site, day, visitor, visitor_hash, session_hash, now64(3) FROM visits FINAL \
         WHERE cityHash64(visitor) % 10 = 0",
    );
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn visits_are_right_whatever_is_killed_while_they_are_made() {
    let rounds = super::from_environment("ORMA_TORTURE_ROUNDS", 4);
    let seed = super::seed();
    println!("ORMA_TORTURE_SEED={seed}");
    let random = &mut Rng::with_seed(seed);
    let mut orma = rollups::setup().start();
    let crowd = Arc::new(Mutex::new(Crowd::new(random.fork())));
    let mut kills: HashMap<(&str, &str), u64> = HashMap::new();
    let (mut taken, mut erased, mut answered) = (BTreeSet::new(), Erased::new(), 0);
    let mut done = 0;
    while done < rounds {
        let everybody = Everybody::start(&orma, &crowd, random);
        for _ in 0..CHECKED_EVERY.min(rounds - done) {
            everybody.wait_until_served();
            let at = moment(&orma, random);
            let killed = kill(&mut orma, &everybody, random);
            *kills.entry((killed, at)).or_default() += 1;
            done += 1;
        }
        let (sent, asked) = everybody.stop();
        taken.extend(sent);
        answered += asked;
        let stored = check(&orma, &taken, &erased);
        println!(
            "after {done} kills: {stored} events stored, {} answered, {} erased, {answered} questions answered",
            taken.len(),
            erased.len()
        );
        for id in erase(&orma, random) {
            *erased.entry(id).or_default() += 1;
        }
        if random.bool() || done == rounds {
            visits::touch_all(&orma);
        }
    }
    check(&orma, &taken, &erased);
    assert!(answered > 0, "somebody was answered");
    let mut kills: Vec<_> = kills.into_iter().collect();
    kills.sort_unstable();
    println!("killed          at         times");
    for ((killed, at), times) in kills {
        println!("{killed:<15} {at:<10} {times:>5}");
    }
}
