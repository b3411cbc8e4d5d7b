//! When an event happened, given that the client's clock may be wrong.
//!
//! `received_at − sent_at` is the client's clock error plus the time on the wire. It corrects the event's own
//! time, except where it measures something else: a request that was repeated, or that lay in a queue, carries
//! the time of its first attempt.

/// A difference below this is the time on the wire, not an error of the clock. Milliseconds.
pub const TOLERANCE_MS: i64 = 5_000;

/// A `sent_at` further back than this is the age of a queued request, not an error of the clock. Milliseconds.
pub const SKEW_MS_MAX: i64 = 24 * 60 * 60 * 1_000;

/// An event older than this on arrival is marked `old`: it is kept, but it changes days already looked at.
/// Milliseconds.
pub const OLD_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// When an event happened and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since the epoch, never more than [`TOLERANCE_MS`] after the event was received.
    pub ts: i64,
    /// Empty when the client's time was taken as it is; `skewed` when it was corrected; `future` when it was
    /// still ahead and the time of receipt was taken; `old` when it is older than [`OLD_AFTER_MS`]; `absent`
    /// when the client gave none. `future` and `old` say more than `skewed` and win.
    pub clock: &'static str,
}

/// Corrects the client's time of an event. All times in milliseconds since the epoch.
///
/// `retry` says that the request is a repeated one, whose `sent_at` may be that of the first attempt.
pub fn correct(client_ts: Option<i64>, sent_at: Option<i64>, received_at: i64, retry: bool) -> Moment {
    let Some(client_ts) = client_ts else {
        return Moment { ts: received_at, clock: "absent" };
    };
    let skew = skew(sent_at, received_at, retry);
    let ts = client_ts.saturating_add(skew);
    if ts > received_at.saturating_add(TOLERANCE_MS) {
        return Moment { ts: received_at, clock: "future" };
    }
    if ts < received_at.saturating_sub(OLD_AFTER_MS) {
        return Moment { ts, clock: "old" };
    }
    Moment { ts, clock: if skew == 0 { "" } else { "skewed" } }
}

/// How far the client's clock is behind, in milliseconds; negative when it is ahead.
fn skew(sent_at: Option<i64>, received_at: i64, retry: bool) -> i64 {
    let Some(sent_at) = sent_at else { return 0 };
    let difference = received_at.saturating_sub(sent_at);
    let waited = difference > 0 && (retry || difference > SKEW_MS_MAX);
    if difference.saturating_abs() < TOLERANCE_MS || waited { 0 } else { difference }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;

    /// `client_ts` and `sent_at` relative to the time of receipt, retry; the moment relative to it.
    type Row = (Option<i64>, Option<i64>, bool, i64, &'static str);

    #[test]
    fn the_client_clock_is_corrected_by_the_rule() {
        let table: &[Row] = &[
            // no time of the event
            (None, None, false, 0, "absent"),
            (None, Some(-HOUR), false, 0, "absent"),
            (None, Some(HOUR), true, 0, "absent"),
            // no time of sending: taken as it is
            (Some(0), None, false, 0, ""),
            (Some(-HOUR), None, false, -HOUR, ""),
            (Some(-HOUR), None, true, -HOUR, ""),
            // the wire, either way, up to the boundary
            (Some(-700), Some(-200), false, -700, ""),
            (Some(-10_000), Some(-4_999), false, -10_000, ""),
            (Some(-10_000), Some(4_999), false, -10_000, ""),
            (Some(-10_000), Some(-5_000), false, -5_000, "skewed"),
            (Some(-10_000), Some(5_000), false, -15_000, "skewed"),
            // the clock is behind
            (Some(-HOUR - 500), Some(-HOUR), false, -500, "skewed"),
            (Some(-DAY - 500), Some(-DAY), false, -500, "skewed"),
            // … by more than a day: a queue, not a clock
            (Some(-DAY - 501), Some(-DAY - 1), false, -DAY - 501, ""),
            // … or in a repeated request
            (Some(-HOUR - 500), Some(-HOUR), true, -HOUR - 500, ""),
            (Some(-6_000), Some(-5_000), true, -6_000, ""),
            // the clock is ahead: corrected however far, repeated or not
            (Some(HOUR - 500), Some(HOUR), false, -500, "skewed"),
            (Some(HOUR - 500), Some(HOUR), true, -500, "skewed"),
            (Some(400 * DAY - 500), Some(400 * DAY), false, -500, "skewed"),
            // still ahead after correction
            (Some(5_000), None, false, 5_000, ""),
            (Some(5_001), None, false, 0, "future"),
            (Some(HOUR + 5_001), Some(HOUR), false, 0, "future"),
            (Some(HOUR + 5_000), Some(HOUR), false, 5_000, "skewed"),
            (Some(DAY), Some(-DAY), true, 0, "future"),
            // old: kept
            (Some(-OLD_AFTER_MS), None, false, -OLD_AFTER_MS, ""),
            (Some(-OLD_AFTER_MS - 1), None, false, -OLD_AFTER_MS - 1, "old"),
            (Some(-OLD_AFTER_MS - 1), Some(0), false, -OLD_AFTER_MS - 1, "old"),
            (Some(-OLD_AFTER_MS - HOUR), Some(-HOUR), false, -OLD_AFTER_MS, "skewed"),
            (Some(-OLD_AFTER_MS - HOUR - 1), Some(-HOUR), false, -OLD_AFTER_MS - 1, "old"),
        ];
        for &(client, sent, retry, ts, clock) in table {
            let moment = correct(client.map(|t| NOW + t), sent.map(|t| NOW + t), NOW, retry);
            assert_eq!(
                (moment.ts - NOW, moment.clock),
                (ts, clock),
                "client {client:?}, sent {sent:?}, retry {retry}"
            );
        }
    }

    #[test]
    fn extreme_times_do_not_overflow() {
        for client in [i64::MIN, -1, 0, i64::MAX] {
            for sent in [i64::MIN, -1, 0, i64::MAX] {
                for received in [0, NOW, i64::MAX] {
                    let moment = correct(Some(client), Some(sent), received, false);
                    assert!(moment.ts <= received.saturating_add(TOLERANCE_MS));
                }
            }
        }
    }
}
