//! How far the story is, on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(3);

/// Shows what has been sent.
pub struct Progress {
    span_ms: (i64, i64),
    begun: Instant,
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

struct State {
    events: u64,
    told_until_ms: i64,
    last_line: Instant,
}

impl Progress {
    /// For a story between these moments, in milliseconds since the epoch.
    pub fn new(span_ms: (i64, i64)) -> Self {
        let begun = Instant::now();
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new((span_ms.1 - span_ms.0).unsigned_abs());
            if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}") {
                bar.set_style(style);
            }
            bar
        });
        let state = Mutex::new(State { events: 0, told_until_ms: span_ms.0, last_line: begun });
        Self { span_ms, begun, bar, state }
    }

    /// Notes that events up to this moment have been taken.
    pub fn add(&self, events: usize, until_ms: i64) {
        let Ok(mut state) = self.state.lock() else { return };
        state.events += events as u64;
        state.told_until_ms = state.told_until_ms.max(until_ms);
        let told = (state.told_until_ms - self.span_ms.0).unsigned_abs();
        if let Some(bar) = &self.bar {
            bar.set_position(told);
            bar.set_message(self.text(state.events));
        } else if state.last_line.elapsed() >= LINE_EVERY {
            state.last_line = Instant::now();
            let all = (self.span_ms.1 - self.span_ms.0).unsigned_abs().max(1);
            eprintln!("demo: {} %, {}", told * 100 / all, self.text(state.events));
        }
    }

    /// Takes the bar away and says how it went. Answers how many events were taken.
    pub fn finish(&self) -> u64 {
        let events = self.state.lock().map_or(0, |state| state.events);
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!("demo: {} in {:.1} s", self.text(events), self.begun.elapsed().as_secs_f64());
        events
    }

    fn text(&self, events: u64) -> String {
        let rate = events as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        format!("{events} events sent, {rate:.0} per second")
    }
}
