//! Lines of the log that a client can cause: so many a minute, and how many were left out.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long the lines are counted together.
const WINDOW: Duration = Duration::from_mins(1);

/// Lets a number of lines a minute through.
#[derive(Debug)]
pub struct LogLimit {
    lines_per_minute_max: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    begun: Option<Instant>,
    lines: u32,
    left_out: u64,
}

impl LogLimit {
    /// Lets `lines_per_minute_max` through.
    pub const fn new(lines_per_minute_max: u32) -> Self {
        Self { lines_per_minute_max, state: Mutex::new(State { begun: None, lines: 0, left_out: 0 }) }
    }

    /// Whether a line may be written now; if so, how many were left out since the last one.
    pub fn line(&self) -> Option<u64> {
        self.line_at(Instant::now())
    }

    fn line_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().expect("no panic while counting");
        if state.begun.is_none_or(|begun| now.saturating_duration_since(begun) >= WINDOW) {
            (state.begun, state.lines) = (Some(now), 0);
        }
        if state.lines >= self.lines_per_minute_max {
            state.left_out += 1;
            return None;
        }
        state.lines += 1;
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_lines_a_minute_and_then_a_count() {
        let limit = LogLimit::new(2);
        let now = Instant::now();
        let told: Vec<_> = (0..5).map(|_| limit.line_at(now)).collect();
        assert_eq!(told, [Some(0), Some(0), None, None, None]);
        assert_eq!(limit.line_at(now + Duration::from_secs(59)), None);
        assert_eq!(limit.line_at(now + Duration::from_mins(1)), Some(4));
        assert_eq!(limit.line_at(now + Duration::from_mins(1)), Some(0));
    }
}
