//! Whether the engine answers. Its process being there says nothing: it may be stopped, hang, or have lost its listener.
//!
//! It is asked for `/ping` over and over, each time on a connection of its own. That needs no query, no memory of the
//! tables and no disk, so an engine that is merely busy answers it late, but answers. What is not answered for
//! [`SILENT_MS_MAX`] by an engine that has asked for hardly any processor time meanwhile hangs; one that works hard, or
//! would if others left it a processor or the disk gave it what it waits for (its own code among that, where memory is
//! short), is given [`SILENT_BUSY_MS_MAX`]. A connection that is refused says at once that nobody listens.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often it is asked.
const PROBE_INTERVAL_MS: u64 = 1_000;
/// How long one question may take.
const PROBE_MS_MAX: u64 = 2_000;
/// As many refused connections in a row are no accident.
const REFUSALS_MAX: u32 = 3;
/// More than an answer to `/ping` has.
const ANSWER_BYTES_MAX: u64 = 4_096;
/// An idle engine is silent this long, from the first unanswered question on.
const SILENT_MS_MAX: u64 = 8_000;
/// A busy engine is silent this long.
const SILENT_BUSY_MS_MAX: u64 = 60_000;
/// Busy: it used this share of one processor, or waited for one as long; or it was seen to wait for a disk.
const BUSY_SHARE_MIN: f64 = 0.2;

/// What came of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answered,
    /// Nobody listens.
    Refused,
    /// No answer in time, or none that is HTTP.
    Silent,
}

/// Why an engine must be replaced although its process is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It gives no answer.
    #[error("it hangs: no answer for {0} ms")]
    Hangs(u64),
    /// Nobody listens on its port.
    #[error("it does not listen any more")]
    NotListening,
}

/// One question, asked at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// When it was asked.
    pub asked: Instant,
    /// What came of it.
    pub outcome: Outcome,
}

/// Asks over and over on a thread of its own, until the receiver is dropped.
///
/// # Errors
/// The operating system refuses a thread.
pub fn start(port: u16) -> io::Result<mpsc::Receiver<Probe>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().name("engine-probe".into()).spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(PROBE_INTERVAL_MS));
            let asked = Instant::now();
            if sender.send(Probe { asked, outcome: ask(port) }).is_err() {
                return;
            }
        }
    })?;
    Ok(receiver)
}

fn ask(port: u16) -> Outcome {
    let limit = Duration::from_millis(PROBE_MS_MAX);
    let answer = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), limit).and_then(
        |mut stream| {
            stream.set_write_timeout(Some(limit))?;
            stream.set_read_timeout(Some(limit))?;
            stream.write_all(b"GET /ping HTTP/1.0\r\n\r\n")?;
            // To its end: an engine whose answer is cut off notes an error.
            let mut answer = Vec::new();
            stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
            Ok(answer.starts_with(b"HTTP/"))
        },
    );
    match answer {
        Ok(true) => Outcome::Answered,
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Outcome::Refused,
        Ok(false) | Err(_) => Outcome::Silent,
    }
}

/// Judges the answers of one engine.
#[derive(Debug, Default)]
pub struct Health {
    refusals: u32,
    /// Since when it is silent, and the processor time that it had asked for by then.
    silent: Option<(Instant, Option<Demand>)>,
    /// Whether it was seen to wait for a disk since then.
    disk_is_slow: bool,
}

impl Health {
    /// Takes one answer into account. `demand` is that of the engine's process until now, where it is known; only that of
    /// a silent one is looked at.
    pub fn judge(&mut self, probe: Probe, now: Instant, demand: Option<Demand>) -> Option<Fault> {
        match probe.outcome {
            Outcome::Answered => *self = Self::default(),
            Outcome::Refused => {
                *self = Self { refusals: self.refusals + 1, ..Self::default() };
                return (self.refusals >= REFUSALS_MAX).then_some(Fault::NotListening);
            }
            Outcome::Silent => {
                self.refusals = 0;
                let (since, demand_then) = *self.silent.get_or_insert((probe.asked, demand));
                let silent = now.saturating_duration_since(since);
                self.disk_is_slow |= demand.is_some_and(|demand| demand.waits_for_disk);
                let works = demand.zip(demand_then).is_some_and(|(demand, then)| {
                    demand.since(then).as_secs_f64() > silent.as_secs_f64() * BUSY_SHARE_MIN
                });
                let busy = works || self.disk_is_slow;
                let limit = if busy { SILENT_BUSY_MS_MAX } else { SILENT_MS_MAX };
                return (silent >= Duration::from_millis(limit))
                    .then_some(Fault::Hangs(silent.as_millis() as u64));
            }
        }
        None
    }
}

/// The processor time that a process has asked for, and whether it waits for a disk.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// What it had, of all its threads.
    used: Duration,
    /// How long its threads were ready to run and others had the processor: of those that live, so it may shrink.
    waited: Duration,
    /// One of its threads does just now.
    waits_for_disk: bool,
}

impl Demand {
    /// What `pid` has asked for since it began, as `/proc` says; `None` when there is no such process. A kernel that keeps
    /// no account of who waits says nothing of it.
    pub fn of(pid: u32) -> Option<Self> {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
        let tasks: Vec<_> = tasks.filter_map(|task| Some(task.ok()?.path())).collect();
        let waited = tasks.iter().filter_map(|task| waited(task)).sum();
        let waits_for_disk = tasks.iter().any(|task| waits_for_disk(task));
        Some(Self { used: used(pid)?, waited, waits_for_disk })
    }

    fn since(self, earlier: Self) -> Duration {
        self.used.saturating_sub(earlier.used) + self.waited.saturating_sub(earlier.waited)
    }
}

fn used(pid: u32) -> Option<Duration> {
    /// `/proc` counts in hundredths of a second.
    const MS_PER_TICK: u64 = 10;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = after_name(&stat)?.skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks()? + ticks()?) * MS_PER_TICK))
}

/// Whether a thread is in a sleep that nothing interrupts, which is that of reads and writes.
fn waits_for_disk(task: &Path) -> bool {
    let stat = std::fs::read_to_string(task.join("stat")).unwrap_or_default();
    after_name(&stat).and_then(|mut fields| fields.next()) == Some("D")
}

/// The fields of a `stat` from the state on. The name before them, in parentheses, may hold anything.
fn after_name(stat: &str) -> Option<impl Iterator<Item = &str>> {
    Some(stat.rsplit_once(')')?.1.split_whitespace())
}

/// The second of the three numbers of `schedstat`, in nanoseconds (Documentation/scheduler/sched-stats.rst of Linux).
fn waited(task: &Path) -> Option<Duration> {
    let told = std::fs::read_to_string(task.join("schedstat")).ok()?;
    told.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second in which each engine is found at fault, asked once a second.
    fn found(outcome: impl Fn(u64) -> Outcome, used_ms_per_second: Option<u64>) -> Option<(u64, Fault)> {
        found_with(outcome, used_ms_per_second.map(|used| [used, 0]), |_| false)
    }

    /// Of an engine that used and waited for so many milliseconds a second, and waited for a disk in some seconds.
    fn found_with(
        outcome: impl Fn(u64) -> Outcome,
        demand: Option<[u64; 2]>,
        waits_for_disk: impl Fn(u64) -> bool,
    ) -> Option<(u64, Fault)> {
        let start = Instant::now();
        let mut health = Health::default();
        (0..100).find_map(|second| {
            let at = start + Duration::from_secs(second);
            let demand = demand.map(|each| {
                let [used, waited] = each.map(|ms| Duration::from_millis(ms * second));
                Demand { used, waited, waits_for_disk: waits_for_disk(second) }
            });
            let fault = health.judge(Probe { asked: at, outcome: outcome(second) }, at, demand)?;
            Some((second, fault))
        })
    }

    #[test]
    fn a_hang_is_told_from_load() {
        use Outcome::{Answered, Refused, Silent};
        assert_eq!(found(|_| Answered, Some(0)), None);
        assert_eq!(found(|_| Refused, Some(0)), Some((2, Fault::NotListening)));
        assert_eq!(found(|second| if second % 3 == 2 { Answered } else { Refused }, Some(0)), None);
        assert_eq!(found(|_| Silent, Some(0)), Some((8, Fault::Hangs(8_000))));
        assert_eq!(found(|_| Silent, None), Some((8, Fault::Hangs(8_000))));
        assert_eq!(found(|_| Silent, Some(1_500)), Some((60, Fault::Hangs(60_000))));
        let late = Some((60, Fault::Hangs(60_000)));
        assert_eq!(found_with(|_| Silent, Some([10, 3_000]), |_| false), late, "starved");
        assert_eq!(found_with(|_| Silent, Some([10, 0]), |second| second == 5), late, "behind a disk");
        let answered = |second| if second == 6 { Answered } else { Silent };
        let found_later = Some((15, Fault::Hangs(8_000)));
        assert_eq!(
            found_with(answered, Some([10, 0]), |second| second == 5),
            found_later,
            "the disk is well again"
        );
        assert_eq!(found(|second| if second % 8 == 7 { Answered } else { Silent }, Some(0)), None);
        assert_eq!(found(|second| if second % 20 == 19 { Answered } else { Silent }, Some(1_500)), None);
    }

    #[test]
    fn what_this_process_asks_for_is_known() {
        let before = Demand::of(std::process::id()).unwrap();
        let begun = Instant::now();
        // On a busy machine a ticking clock says little of how long this process had a processor.
        while Demand::of(std::process::id()).unwrap().since(before).is_zero() {
            assert!(begun.elapsed() < Duration::from_mins(1), "a minute of work shows");
        }
        assert!(Demand::of(u32::MAX).is_none());
    }

    #[test]
    fn a_port_that_nobody_serves_is_refused_and_one_without_answer_silent() {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 22]).expect("the question");
            stream.write_all(b"HTTP/1.0 503 busy\r\n\r\n").unwrap();
            drop(stream);
            listener.accept().unwrap();
        });
        assert_eq!(ask(port), Outcome::Answered);
        assert_eq!(ask(port), Outcome::Silent);
        server.join().unwrap();
        assert_eq!(ask(port), Outcome::Refused);
    }
}
