//! When an event happened, given that the client's clock may be wrong, or made up.
//!
//! `received_at − sent_at` is the error of the client's clock plus the time on the way. One request cannot tell the two
//! apart, but three things are known of them:
//!
//! - the time on the way is never negative: a `sent_at` after the receipt is a clock that is ahead, by at least that;
//! - it is short: beyond [`STALL_MS_MAX`] it is no stalled request any more, but a clock that is behind, unless the
//!   request may have lain in a queue with the `sent_at` of an earlier try;
//! - a clock that is a little behind does less harm than a visit whose events change places.
//!
//! So a clock that is ahead is always put right (the correction grows from nothing, so there is no step at which one
//! request of a client is corrected and the next is not); one that is behind only beyond [`STALL_MS_MAX`]: below it all
//! requests of a client are taken by its own clock, whichever of them stalled. What remains: events of one client change
//! places when its clock is ahead *and* a request stalls, if they lie closer together than the shorter of the two, or
//! when its clock is further behind than [`STALL_MS_MAX`] and they lie closer together than the request stalled.
//!
//! | `sent_at` | no ingest token | ingest token |
//! |---|---|---|
//! | after the receipt | corrected | corrected |
//! | up to [`STALL_MS_MAX`] before it | as it is | as it is |
//! | further back, of this very try | corrected | as the next line: a back-fill repeats old requests |
//! | further back, perhaps of an earlier try | corrected up to [`SKEW_MS_MAX`], unless the client says that it tries again, and beyond [`BACKDATE_MS_MAX`]: nobody waits so long | corrected up to [`SKEW_MS_MAX`], unless it says so |
//!
//! Then the time must be believable, because a day of long ago costs the store a part of its own, and a write key is
//! public: without an ingest token it lies at most [`BACKDATE_MS_MAX`] before the receipt, with one since the year 2000.
//! What was believable before the correction alone is taken as it was: such a `sent_at` is worth nothing. What is not
//! believable at all is not lost: it happened when it was received, and is marked. Only a token's owner is told instead,
//! who can mend it: to store his history as of today would be worse than to refuse it.

use crate::event::TIME_MS_MIN;

/// An event may lie so far after its receipt: the client gave no time of sending, and clocks differ. Milliseconds.
pub const TOLERANCE_MS: i64 = 5_000;

/// A `sent_at` ahead of the receipt by less is how clocks differ, not an error. Milliseconds.
pub const AHEAD_MS_MIN: i64 = 1_000;

/// A request may stall for so long on its way: a browser gives a connection up after about as long. A `sent_at` further
/// back than this is not the way's doing. Milliseconds.
pub const STALL_MS_MAX: i64 = 2 * 60 * 1_000;

/// A `sent_at` that may be an earlier try's and is further back than this is the age of a queued request, not an error of
/// the clock. Milliseconds.
pub const SKEW_MS_MAX: i64 = 24 * 60 * 60 * 1_000;

/// An event older than this on arrival is marked `old`: it is kept, but it changes days already looked at.
/// Milliseconds.
pub const OLD_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Without an ingest token an event may lie so far back: an app that was offline for a season, and never more than five
/// of the store's months. Milliseconds.
pub const BACKDATE_MS_MAX: i64 = 92 * 24 * 60 * 60 * 1_000;

/// When an event happened and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorrectedTime {
    /// Milliseconds since the epoch, never more than [`TOLERANCE_MS`] after the event was received.
    pub ts: i64,
    /// Empty when the client's time was taken as it is; `skewed` when it was corrected; `old` when it is older than
    /// [`OLD_AFTER_MS`], corrected or not. The time of receipt was taken when it says `absent` (the client gave none),
    /// `future` (it was still ahead) or `past` (it was too far back).
    pub clock: &'static str,
}

/// How an event came here. All times in milliseconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// When it was sent, by the client's clock.
    pub sent_at: Option<i64>,
    /// `sent_at` is that of this very try, not of an earlier one of the same request.
    pub of_this_try: bool,
    /// The client says that it tries again.
    pub retry: bool,
    /// It came with an ingest token.
    pub trusted: bool,
    /// When it was received.
    pub received_at: i64,
}

/// A time that nobody believes, of somebody who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbelievable;

/// Corrects the client's time of an event.
///
/// # Errors
/// It is before the year 2000, and came with an ingest token.
pub fn correct(client_ts: Option<i64>, sending: &Sending) -> Result<CorrectedTime, Unbelievable> {
    let received_at = sending.received_at;
    let Some(client_ts) = client_ts else {
        return Ok(CorrectedTime { ts: received_at, clock: "absent" });
    };
    let latest = received_at.saturating_add(TOLERANCE_MS);
    let earliest = if sending.trusted { TIME_MS_MIN } else { received_at.saturating_sub(BACKDATE_MS_MAX) };
    let corrected = client_ts.saturating_add(skew(sending));
    let believable = [corrected, client_ts].into_iter().find(|ts| (earliest..=latest).contains(ts));
    match believable {
        Some(ts) if ts < received_at.saturating_sub(OLD_AFTER_MS) => Ok(CorrectedTime { ts, clock: "old" }),
        Some(ts) => Ok(CorrectedTime { ts, clock: if ts == client_ts { "" } else { "skewed" } }),
        None if corrected > latest => Ok(CorrectedTime { ts: received_at, clock: "future" }),
        None if sending.trusted => Err(Unbelievable),
        None => Ok(CorrectedTime { ts: received_at, clock: "past" }),
    }
}

/// How far the client's clock is behind, in milliseconds; negative when it is ahead.
fn skew(sending: &Sending) -> i64 {
    let Some(sent_at) = sending.sent_at else { return 0 };
    let difference = sending.received_at.saturating_sub(sent_at);
    let is_error = if difference <= STALL_MS_MAX {
        difference <= -AHEAD_MS_MIN
    } else if sending.of_this_try && !sending.trusted {
        true
    } else {
        (difference <= SKEW_MS_MAX && !sending.retry) || (difference > BACKDATE_MS_MAX && !sending.trusted)
    };
    if is_error { difference } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const SECOND: i64 = 1_000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    /// From the test's now back to the beginning of 1970.
    const EPOCH: i64 = -NOW;

    /// Who sends: the collector's own protocol, another's first try, another's repeated one, a token's owner.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum By {
        Own,
        Other,
        Again,
        Token,
    }
    use By::{Again, Other, Own, Token};

    fn sending(by: By, sent_at: Option<i64>) -> Sending {
        Sending {
            sent_at: sent_at.map(|at| NOW + at),
            of_this_try: matches!(by, Own | Token),
            retry: by == Again,
            trusted: by == Token,
            received_at: NOW,
        }
    }

    /// `client_ts` and `sent_at` relative to the time of receipt; the corrected time relative to it.
    type Row = (&'static [By], Option<i64>, Option<i64>, i64, &'static str);

    const ALL: &[By] = &[Own, Other, Again, Token];
    const PUBLIC: &[By] = &[Own, Other, Again];

    #[test]
    fn the_client_clock_is_corrected_by_the_rule() {
        let table: &[Row] = &[
            // no time of the event
            (ALL, None, None, 0, "absent"),
            (ALL, None, Some(-HOUR), 0, "absent"),
            (ALL, None, Some(HOUR), 0, "absent"),
            // no time of sending: taken as it is
            (ALL, Some(0), None, 0, ""),
            (ALL, Some(-HOUR), None, -HOUR, ""),
            (ALL, Some(-29 * DAY), None, -29 * DAY, ""),
            // on the way: nothing is corrected, however long it stalled
            (ALL, Some(-700), Some(-200), -700, ""),
            (ALL, Some(-30 * SECOND), Some(-29_500), -30 * SECOND, ""),
            (ALL, Some(-MINUTE - 500), Some(-MINUTE), -MINUTE - 500, ""),
            (ALL, Some(-STALL_MS_MAX - 500), Some(-STALL_MS_MAX), -STALL_MS_MAX - 500, ""),
            // the clock is ahead: corrected however far, repeated or not
            (ALL, Some(500), Some(999), 500, ""),
            (ALL, Some(500), Some(SECOND), -500, "skewed"),
            (ALL, Some(-10 * SECOND), Some(4_999), -14_999, "skewed"),
            (ALL, Some(HOUR - 500), Some(HOUR), -500, "skewed"),
            (ALL, Some(400 * DAY - 500), Some(400 * DAY), -500, "skewed"),
            (ALL, Some(30_000 * DAY - 500), Some(30_000 * DAY), -500, "skewed"),
            // the clock is behind, and the time of sending is this try's
            (&[Own, Other, Token], Some(-HOUR - 500), Some(-HOUR), -500, "skewed"),
            (&[Own, Other, Token], Some(-DAY - 500), Some(-DAY), -500, "skewed"),
            (&[Own], Some(-2 * DAY - 500), Some(-2 * DAY), -500, "skewed"),
            (&[Own], Some(-6_000 * DAY - 500), Some(-6_000 * DAY), -500, "skewed"),
            // … after two seconds in 1970, by a device that has lost its clock
            (PUBLIC, Some(EPOCH + 5 * MINUTE), Some(EPOCH + 5 * MINUTE + 2 * SECOND), -2 * SECOND, "skewed"),
            // … or it may be an earlier try's: a queue, not a clock
            (&[Again], Some(-HOUR - 500), Some(-HOUR), -HOUR - 500, ""),
            (&[Other, Again, Token], Some(-DAY - 501), Some(-DAY - 1), -DAY - 501, ""),
            (&[Other, Again, Token], Some(-50 * HOUR), Some(-49 * HOUR), -50 * HOUR, ""),
            (&[Other, Again], Some(-91 * DAY), Some(-90 * DAY), -91 * DAY, "old"),
            // … which nobody keeps for so long
            (&[Own, Other, Again], Some(-93 * DAY - 500), Some(-93 * DAY), -500, "skewed"),
            // still ahead after correction
            (ALL, Some(5 * SECOND), None, 5 * SECOND, ""),
            (ALL, Some(5 * SECOND + 1), None, 0, "future"),
            (ALL, Some(HOUR + 5_001), Some(HOUR), 0, "future"),
            (ALL, Some(HOUR + 5_000), Some(HOUR), 5_000, "skewed"),
            (ALL, Some(30_000 * DAY), None, 0, "future"),
            // old: kept
            (ALL, Some(-OLD_AFTER_MS), None, -OLD_AFTER_MS, ""),
            (ALL, Some(-OLD_AFTER_MS - 1), None, -OLD_AFTER_MS - 1, "old"),
            (ALL, Some(-OLD_AFTER_MS - 1), Some(0), -OLD_AFTER_MS - 1, "old"),
            (&[Own], Some(-OLD_AFTER_MS - HOUR), Some(-HOUR), -OLD_AFTER_MS, "skewed"),
            (&[Own], Some(-OLD_AFTER_MS - HOUR - 1), Some(-HOUR), -OLD_AFTER_MS - 1, "old"),
            // too far back without a token
            (ALL, Some(-BACKDATE_MS_MAX), None, -BACKDATE_MS_MAX, "old"),
            (PUBLIC, Some(-BACKDATE_MS_MAX - 1), None, 0, "past"),
            (PUBLIC, Some(-BACKDATE_MS_MAX - 1), Some(0), 0, "past"),
            (PUBLIC, Some(EPOCH), None, 0, "past"),
            (PUBLIC, Some(i64::MIN), None, 0, "past"),
            (&[Token], Some(-BACKDATE_MS_MAX - 1), None, -BACKDATE_MS_MAX - 1, "old"),
            (&[Token], Some(-9_000 * DAY), Some(0), -9_000 * DAY, "old"),
            (&[Token], Some(-9_000 * DAY), Some(-9_000 * DAY + HOUR), -9_000 * DAY, "old"),
            // a time of sending that is worth nothing: the event's own is believed
            (ALL, Some(-10 * SECOND), Some(2_900_000 * DAY), -10 * SECOND, ""),
            (PUBLIC, Some(-10 * SECOND), Some(EPOCH), -10 * SECOND, ""),
            (&[Own], Some(-10 * MINUTE), Some(-DAY), -10 * MINUTE, ""),
        ];
        for &(senders, client, sent, ts, clock) in table {
            for &by in senders {
                let corrected = correct(client.map(|t| NOW.saturating_add(t)), &sending(by, sent)).unwrap();
                assert_eq!(
                    (corrected.ts - NOW, corrected.clock),
                    (ts, clock),
                    "{by:?}: client {client:?}, sent {sent:?}"
                );
            }
        }
        for ts in [EPOCH, i64::MIN, TIME_MS_MIN - NOW - 1] {
            assert_eq!(correct(Some(NOW.saturating_add(ts)), &sending(Token, None)), Err(Unbelievable));
        }
        assert!(correct(Some(TIME_MS_MIN), &sending(Token, None)).is_ok());
    }

    /// Two events ten seconds apart; the requests take `first_ms` and `second_ms`, and the clock is wrong by `error_ms`.
    fn keeps_order(error_ms: i64, first_ms: i64, second_ms: i64) -> bool {
        let stored = |happened: i64, on_the_way: i64| {
            let by_client = NOW + happened + error_ms;
            let sending =
                Sending { received_at: NOW + happened + on_the_way, ..sending(Own, Some(by_client - NOW)) };
            correct(Some(by_client), &sending).unwrap().ts
        };
        stored(0, first_ms) < stored(10 * SECOND, second_ms)
    }

    #[test]
    fn a_request_that_stalls_does_not_change_the_order_of_a_clients_events() {
        for stalled in [0, 5_100, 29_500, MINUTE, STALL_MS_MAX - MINUTE / 2] {
            for error_ms in [0, -100, 900, 2 * SECOND, 9 * SECOND] {
                assert!(keeps_order(error_ms, stalled, 0), "error {error_ms} ms, stalled {stalled} ms");
            }
        }
        // A clock that is a minute behind, and one that is hours wrong on a way of a few seconds.
        assert!(keeps_order(-MINUTE, MINUTE, 0));
        for error_ms in [-DAY, -HOUR, HOUR, 400 * DAY, EPOCH] {
            assert!(keeps_order(error_ms, 9 * SECOND, 0), "{error_ms}");
        }
    }

    #[test]
    fn extreme_times_do_not_overflow_and_stay_within_the_bounds() {
        for client in [i64::MIN, -1, 0, i64::MAX] {
            for sent in [i64::MIN, -1, 0, i64::MAX] {
                for received in [0, NOW, i64::MAX] {
                    for by in PUBLIC {
                        let sending =
                            Sending { sent_at: Some(sent), received_at: received, ..sending(*by, None) };
                        let ts = correct(Some(client), &sending).unwrap().ts;
                        assert!(ts <= received.saturating_add(TOLERANCE_MS));
                        assert!(ts >= received - BACKDATE_MS_MAX);
                    }
                }
            }
        }
    }
}
