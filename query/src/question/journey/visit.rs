//! What a person has of a visit of the store, as far as a journey needs it.

use serde::Deserialize;

use crate::plan::period::utc_day;
use crate::timestamp::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// What a person has of a visit: all of it, or a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct VisitRow {
    /// The visitor.
    pub visitor: String,
    /// The session id's number, 0 without one.
    pub session_hash: u64,
    /// Whether of bots and machines.
    pub is_bot: bool,
    /// The visit's beginning: milliseconds since the epoch.
    pub started_at: i64,
    /// The person's first event in it.
    pub since_at: i64,
    /// The last.
    pub ended_at: i64,
    /// How many events the person has in it.
    pub events: i64,
    /// How many of them are orders.
    pub orders: i64,
    /// When the first of these was; of no meaning without any.
    pub first_order_at: i64,
    /// The user whose it is, empty when nobody; of a visit that changes hands, see `turns`.
    pub owner: String,
    /// From which events on whose it is: the moment (after the visit's beginning), the event's id as a number, the user.
    pub turns: Vec<(i64, u128, String)>,
}

impl VisitRow {
    /// The days of UTC that it touches.
    pub fn days(&self) -> impl Iterator<Item = String> + use<> {
        (self.since_at.div_euclid(DAY_MS)..=self.ended_at.div_euclid(DAY_MS))
            .map(|day| utc_day(Timestamp(day * DAY_MS)))
    }

    /// The user whose an event of the visit is, empty when nobody.
    pub fn owner_of(&self, at: i64, id: u128) -> &str {
        let before = self.turns.partition_point(|(ms, event, _)| (*ms, *event) <= (at - self.started_at, id));
        if before == 0 { &self.owner } else { &self.turns[before - 1].2 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_whose_the_visit_was_at_its_turn() {
        let turns = vec![(0, 5, String::new()), (10, 7, "anna".into()), (10, 9, "bruno".into())];
        let visit = VisitRow { started_at: 1_000, turns, ..VisitRow::default() };
        let table = [
            (1_000, 5, ""),
            (1_009, 99, ""),
            (1_010, 6, ""),
            (1_010, 7, "anna"),
            (1_010, 8, "anna"),
            (1_010, 9, "bruno"),
            (1_011, 0, "bruno"),
        ];
        for (at, id, owner) in table {
            assert_eq!(visit.owner_of(at, id), owner, "{at} {id}");
        }
        let whole = VisitRow { owner: "carla".into(), ..VisitRow::default() };
        assert_eq!(whole.owner_of(5, 5), "carla");
    }
}
