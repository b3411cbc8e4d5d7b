//! The story itself: an agenda of things to come, and the events in the order of their time.
//!
//! Every task makes its events and puts further tasks on the agenda, never before its own time. An event may
//! therefore leave as soon as no task is due before it, and only what lies ahead is held in memory.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashSet};

use jiff::Timestamp;
use orma_store::NewsletterKey;
use uuid::Uuid;

use crate::agenda::{Matter, Script, Task};
use crate::calendar::Calendar;
use crate::event::Event;
use crate::people::People;
use crate::random::Random;
use crate::sources::Source;
use crate::{aftermath, app, letters, robots, visits};

/// Share of the visits that go to the app.
const APP_SHARE: f64 = 0.13;
/// Walks of robots for each visit; a walk has 2.5 pages, a visit 3 or 4.
const ROBOTS_PER_VISIT: f64 = 0.085;
/// For each visit: visits to a store, calls out of the blue, friends who are sent.
const STORE_VISITS_PER_VISIT: f64 = 0.008;
const CALLS_PER_VISIT: f64 = 0.003;
const FRIENDS_PER_VISIT: f64 = 0.006;

/// Something with its moment; among equals the one that was put down first comes first.
struct Due<T> {
    at: i64,
    order: u64,
    what: T,
}

impl<T> PartialEq for Due<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Due<T> {}

impl<T> PartialOrd for Due<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Due<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// Tells the story, one event after the other.
pub struct Teller {
    seed: u64,
    visits_per_day: u32,
    calendar: Calendar,
    newsletter_key: Option<NewsletterKey>,
    people: People,
    agenda: BinaryHeap<Reverse<Due<Task>>>,
    events: BinaryHeap<Reverse<Due<Event>>>,
    order: u64,
    seen_people: HashSet<u64>,
    seen_sessions: HashSet<Uuid>,
}

impl Teller {
    /// Begins a story that ends now.
    ///
    /// # Errors
    /// When there is no calendar of these days.
    pub fn new(
        seed: u64,
        days: u32,
        visits_per_day: u32,
        now: Timestamp,
        newsletter_key: Option<NewsletterKey>,
    ) -> anyhow::Result<Self> {
        let calendar = Calendar::ending(now, days)?;
        // Of two stories that end on different days none is the continuation of the other.
        let seed =
            Random::of(seed, &[calendar.midnight(days.saturating_sub(1)).unsigned_abs(), u64::from(days)])
                .next();
        let mut teller = Self {
            seed,
            visits_per_day,
            people: People::new(seed, visits_per_day),
            agenda: BinaryHeap::new(),
            events: BinaryHeap::new(),
            order: 0,
            seen_people: HashSet::new(),
            seen_sessions: HashSet::new(),
            calendar,
            newsletter_key,
        };
        for day in 0..days {
            teller.put(teller.calendar.midnight(day), Task::Day(day));
        }
        Ok(teller)
    }

    /// How many people and sessions have been told of so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.seen_people.len() as u64, self.seen_sessions.len() as u64)
    }

    fn put(&mut self, at: i64, what: Task) {
        self.order += 1;
        self.agenda.push(Reverse(Due { at, order: self.order, what }));
    }

    fn run(&mut self, due: Due<Task>) {
        let mut random = Random::of(self.seed, &[2, due.order]);
        let mut script = Script::default();
        match due.what {
            Task::Day(day) => self.plan_day(day, &mut random, &mut script),
            Task::Enrol(place) => self.people.enrol(place),
            Task::Robot => robots::play(due.at, &mut random, &mut script),
            Task::App => {
                if let Some(place) = self.people.app_user(due.at, &mut random) {
                    app::play(self.people.get(place), due.at, &self.calendar, &mut random, &mut script);
                }
            }
            Task::Letter(letter) => {
                for place in 0..self.people.all().len() {
                    let person = self.people.get(place);
                    if person.subscribed {
                        let key = self.newsletter_key.as_ref();
                        letters::send(person, &letter, due.at, key, &mut random, &mut script);
                    }
                }
            }
            Task::Matter(place, matter) => {
                let person = self.people.get(place);
                aftermath::play(person, &matter, due.at, &self.calendar, &mut random, &mut script);
            }
            Task::Somebody(matter) => {
                if let Some(place) = self.people.customer(due.at, &mut random) {
                    let person = self.people.get(place);
                    aftermath::play(person, &matter, due.at, &self.calendar, &mut random, &mut script);
                }
            }
            Task::Friend => self.send_friend(due.at, &mut random, &mut script),
            Task::Visit(who) => self.visit(who, due.at, &mut random, &mut script),
        }
        for event in script.events {
            self.order += 1;
            self.events.push(Reverse(Due { at: event.ts, order: self.order, what: event }));
        }
        for (at, task) in script.later {
            self.put(at, task);
        }
    }

    fn visit(&mut self, who: Option<(usize, Source)>, now: i64, random: &mut Random, script: &mut Script) {
        let (place, source) = who.unwrap_or_else(|| {
            let place = self.people.visitor(now, random);
            (place, Source::any(self.people.get(place), &self.calendar, now, random))
        });
        let person = self.people.get(place);
        // Who follows a link of a letter while still in the shop does so after that visit.
        let now = now.max(person.busy_until.saturating_add(1_000));
        visits::play(person, &source, now, &self.calendar, random, script);
    }

    fn send_friend(&mut self, now: i64, random: &mut Random, script: &mut Script) {
        let Some(place) = self.people.customer(now, random) else { return };
        let email = self.people.get(place).account.email.to_string();
        let friend = self.people.stranger();
        self.visit(Some((friend, Source::Friend(email))), now, random, script);
    }

    fn plan_day(&mut self, day: u32, random: &mut Random, script: &mut Script) {
        let visits = f64::from(self.visits_per_day) * self.calendar.volume(day);
        let calls = Task::Somebody(Matter::Call);
        let stores = Task::Somebody(Matter::StoreVisit);
        for (task, count) in [
            (Task::Visit(None), visits * (1.0 - APP_SHARE)),
            (Task::App, visits * APP_SHARE),
            (Task::Robot, visits * ROBOTS_PER_VISIT),
            (Task::Friend, visits * FRIENDS_PER_VISIT),
            (stores, visits * STORE_VISITS_PER_VISIT),
            (calls, visits * CALLS_PER_VISIT),
        ] {
            for _ in 0..random.about(count) {
                script.later.push((self.calendar.moment_on(day, random), task.clone()));
            }
        }
        if let Some((at, letter)) = self.calendar.letter(day) {
            script.later.push((at, Task::Letter(letter)));
        }
    }
}

impl Iterator for Teller {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let task_at = self.agenda.peek().map(|due| due.0.at).filter(|&at| at < self.calendar.end_ms);
            let event_at = self.events.peek().map(|due| due.0.at).filter(|&at| at < self.calendar.end_ms);
            if let Some(at) = task_at
                && event_at.is_none_or(|event_at| at <= event_at)
            {
                let Reverse(due) = self.agenda.pop()?;
                self.run(due);
                continue;
            }
            event_at?;
            let Reverse(due) = self.events.pop()?;
            if let Some(person) = due.what.person {
                self.seen_people.insert(person);
                self.seen_sessions.extend(due.what.session);
            }
            return Some(due.what);
        }
    }
}
