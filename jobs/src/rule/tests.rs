use std::collections::HashMap;

use super::*;

const TIMING: Timing = Timing {
    lease: Duration::from_secs(1),
    renewal: Duration::from_millis(250),
    window: Duration::from_millis(100),
    clocks_differ_max: Duration::from_millis(300),
};

fn claim(id: u128, age_ms: u64, withdrawn: bool) -> Claim {
    Claim { id: Uuid::from_u128(id), age: Duration::from_millis(age_ms), withdrawn }
}

fn standing(term: u64, claims: &[Claim]) -> Standing {
    Standing { term, claims: claims.to_vec() }
}

#[test]
fn a_claim_is_in_force_until_it_is_withdrawn_or_too_old() {
    for (what, claims, in_force) in [
        ("none yet", vec![], false),
        ("new", vec![claim(1, 0, false)], true),
        ("the holder gave up, and clocks may differ", vec![claim(1, 1_300, false)], true),
        ("run out", vec![claim(1, 1_301, false)], false),
        ("withdrawn", vec![claim(1, 0, true)], false),
        ("one is left", vec![claim(1, 0, true), claim(2, 10, false)], true),
        ("all gone", vec![claim(1, 0, true), claim(2, 2_000, false)], false),
    ] {
        assert_eq!(standing(3, &claims).is_in_force(&TIMING), in_force, "{what}");
    }
}

#[test]
fn of_a_term_only_the_smallest_claim_has_the_job() {
    let start = Instant::now();
    let at = |ms: u64| start + Duration::from_millis(ms);
    let begun = Attempt::begin(&standing(4, &[]), Uuid::from_u128(5), at(0), at(10), &TIMING).unwrap();
    assert_eq!(begun.term, 5);
    assert!(
        Attempt::begin(&standing(4, &[claim(1, 0, false)]), begun.claim, at(0), at(10), &TIMING).is_none()
    );
    assert_eq!(begun.answered(at(100), &TIMING), Some(at(200)));
    assert_eq!(begun.answered(at(101), &TIMING), None, "a rival may have looked again already");
    let ours = claim(5, 100, false);
    for (what, seen, now, until) in [
        ("alone", standing(5, &[ours]), 200, Some(at(1_010))),
        ("of two the smaller", standing(5, &[ours, claim(6, 0, false)]), 200, Some(at(1_010))),
        ("of two the larger", standing(5, &[ours, claim(4, 0, false)]), 200, None),
        ("the smaller gave up", standing(5, &[ours, claim(4, 0, true)]), 200, None),
        ("the store has lost it", standing(5, &[]), 200, None),
        ("a later term", standing(6, &[claim(9, 0, false)]), 200, None),
        ("the look took too long", standing(5, &[ours]), 1_010, None),
    ] {
        assert_eq!(begun.decide(&seen, at(now), &TIMING), until, "{what}");
    }
    let until = at(1_010);
    for (what, seen, now, later) in [
        ("renewed", standing(5, &[ours]), 1_009, Some(at(1_900))),
        ("answered too late", standing(5, &[ours]), 1_010, None),
        ("somebody took over", standing(6, &[claim(9, 0, false)]), 950, None),
        ("the store has lost it", standing(5, &[claim(9, 0, false)]), 950, None),
    ] {
        assert_eq!(begun.renewed(until, at(900), &seen, at(now), &TIMING), later, "{what}");
    }
}

/// A row of the store: when it was there, for which claim, and what the store's clock said.
struct Row {
    there: u64,
    term: u64,
    id: Uuid,
    stamp: u64,
    withdrawn: bool,
}

/// What a process is at. The moment is that at which it goes on; what it has seen was read on the way to it.
#[derive(Clone)]
enum Doing {
    Rests,
    Looks { looked: u64, seen: Standing },
    Claims { attempt: Attempt },
    Waits { attempt: Attempt },
    Decides { attempt: Attempt, seen: Standing },
    Holds { attempt: Attempt, until: Instant },
    Renews { attempt: Attempt, until: Instant, sent: Instant, seen: Standing },
}

struct Process {
    goes_on: u64,
    doing: Doing,
}

impl Process {
    fn believes(&self, now: Instant) -> bool {
        matches!(self.doing, Doing::Holds { until, .. } | Doing::Renews { until, .. } if now < until)
    }
}

/// Several processes and one store, with random delays, lost answers, and servers whose clocks differ.
struct World {
    random: fastrand::Rng,
    start: Instant,
    rows: Vec<Row>,
    /// What must be seen at a moment that has not come yet is read when it comes.
    reads: Vec<(usize, u64)>,
    processes: Vec<Process>,
}

impl World {
    fn new(seed: u64) -> Self {
        let process = || Process { goes_on: 0, doing: Doing::Rests };
        Self {
            random: fastrand::Rng::with_seed(seed),
            start: Instant::now(),
            rows: Vec::new(),
            reads: Vec::new(),
            processes: std::iter::repeat_with(process).take(4).collect(),
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// Mostly short, sometimes about as long as the window, seldom longer than a lease.
    fn delay(&mut self) -> u64 {
        match self.random.u8(..) {
            0..200 => self.random.u64(1..20),
            200..248 => self.random.u64(20..220),
            _ => self.random.u64(220..1_500),
        }
    }

    /// What a server's clock says; the servers' clocks differ by as much as is tolerated.
    fn server_clock(&mut self, now: u64) -> u64 {
        now + self.random.u64(0..300)
    }

    fn standing(&mut self, now: u64) -> Standing {
        let clock = self.server_clock(now);
        let there = || self.rows.iter().filter(|row| row.there <= now);
        let term = there().map(|row| row.term).max().unwrap_or(0);
        let mut claims: Vec<Claim> = Vec::new();
        for row in there().filter(|row| row.term == term) {
            let age = Duration::from_millis(clock.saturating_sub(row.stamp));
            match claims.iter_mut().find(|claim| claim.id == row.id) {
                Some(known) => {
                    known.age = known.age.min(age);
                    known.withdrawn |= row.withdrawn;
                }
                None => claims.push(Claim { id: row.id, age, withdrawn: row.withdrawn }),
            }
        }
        Standing { term, claims }
    }

    /// Sends a row; returns when the answer is there. Some answers never come, and some rows come long after.
    fn send(&mut self, now: u64, attempt: &Attempt, withdrawn: bool) -> u64 {
        let there = now + self.delay();
        let stamped = self.random.u64(now..=there);
        let stamp = self.server_clock(stamped);
        self.rows.push(Row { there, term: attempt.term, id: attempt.claim, stamp, withdrawn });
        let answered = there + self.delay();
        if self.random.u8(..) < 10 { answered + 5_000 } else { answered }
    }

    /// Asks the store; what it sees is filled in when the moment of the reading has come.
    fn look(&mut self, process: usize, now: u64) -> u64 {
        let read = now + self.delay();
        self.reads.push((process, read));
        read + self.delay()
    }

    /// Goes on to the next thing that happens.
    fn step(&mut self) -> u64 {
        let next = (0..self.processes.len()).min_by_key(|index| self.processes[*index].goes_on).unwrap();
        let now = self.processes[next].goes_on;
        if let Some(read) = (0..self.reads.len())
            .min_by_key(|index| self.reads[*index].1)
            .filter(|index| self.reads[*index].1 <= now)
        {
            let (process, at) = self.reads.swap_remove(read);
            let found = self.standing(at);
            if let Doing::Looks { seen, .. } | Doing::Decides { seen, .. } | Doing::Renews { seen, .. } =
                &mut self.processes[process].doing
            {
                *seen = found;
            }
            return at;
        }
        // Killed: nothing is withdrawn, and nothing that was on its way is heard.
        if self.random.u8(..) < 3 {
            self.reads.retain(|(process, _)| *process != next);
            self.processes[next] = Process { goes_on: now + self.random.u64(1..3_000), doing: Doing::Rests };
            return now;
        }
        let doing = self.processes[next].doing.clone();
        let (goes_on, doing) = self.go_on(next, doing, now);
        self.processes[next] = Process { goes_on, doing };
        now
    }

    fn rests(&mut self, now: u64) -> (u64, Doing) {
        (now + self.random.u64(1..400), Doing::Rests)
    }

    fn gives_up(&mut self, attempt: &Attempt, now: u64) -> (u64, Doing) {
        self.send(now, attempt, true);
        self.rests(now)
    }

    fn go_on(&mut self, process: usize, doing: Doing, now: u64) -> (u64, Doing) {
        let instant = self.at(now);
        match doing {
            Doing::Rests => {
                (self.look(process, now), Doing::Looks { looked: now, seen: Standing::default() })
            }
            Doing::Looks { looked, seen } => {
                let id = Uuid::from_u128(self.random.u128(..));
                match Attempt::begin(&seen, id, self.at(looked), instant, &TIMING) {
                    Some(attempt) => (self.send(now, &attempt, false), Doing::Claims { attempt }),
                    None => self.rests(now),
                }
            }
            Doing::Claims { attempt } => match attempt.answered(instant, &TIMING) {
                Some(look_at) => ((look_at - self.start).as_millis() as u64, Doing::Waits { attempt }),
                None => self.gives_up(&attempt, now),
            },
            Doing::Waits { attempt } => {
                (self.look(process, now), Doing::Decides { attempt, seen: Standing::default() })
            }
            Doing::Decides { attempt, seen } => match attempt.decide(&seen, instant, &TIMING) {
                Some(until) => (now + 250, Doing::Holds { attempt, until }),
                None => self.gives_up(&attempt, now),
            },
            // Some release it.
            Doing::Holds { attempt, .. } if self.random.u8(..) < 20 => self.gives_up(&attempt, now),
            Doing::Holds { until, .. } if instant >= until => self.rests(now),
            Doing::Holds { attempt, until } => {
                let answered = self.send(now, &attempt, false);
                let goes_on = self.look(process, answered);
                (goes_on, Doing::Renews { attempt, until, sent: instant, seen: Standing::default() })
            }
            Doing::Renews { attempt, until, sent, seen } => {
                match attempt.renewed(until, sent, &seen, instant, &TIMING) {
                    Some(until) => (now + 250, Doing::Holds { attempt, until }),
                    None => self.gives_up(&attempt, now),
                }
            }
        }
    }
}

#[test]
fn whatever_is_late_lost_or_killed_no_two_processes_believe_that_they_have_the_job() {
    let (mut terms, mut handed_over) = (0, 0);
    for seed in 0..300 {
        let mut world = World::new(seed);
        let (mut last, mut holder_of) = (None, HashMap::new());
        for _ in 0..2_000 {
            let now = world.step();
            let instant = world.at(now);
            let holders: Vec<usize> = (0..world.processes.len())
                .filter(|process| world.processes[*process].believes(instant))
                .collect();
            assert!(holders.len() <= 1, "seed {seed}: {holders:?} at {now} ms");
            if let [holder] = holders[..]
                && last != Some(holder)
            {
                handed_over += 1;
                last = Some(holder);
                if let Doing::Holds { attempt, .. } = &world.processes[holder].doing {
                    let first = *holder_of.entry(attempt.term).or_insert(attempt.claim);
                    assert_eq!(first, attempt.claim, "seed {seed}: two had the term {}", attempt.term);
                }
            }
        }
        terms += world.rows.iter().map(|row| row.term).max().unwrap();
    }
    assert!(terms > 10_000 && handed_over > 2_000, "{terms} terms, handed over {handed_over} times");
}
