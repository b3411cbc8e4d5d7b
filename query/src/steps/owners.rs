//! Whose an event is: the number of its person, visitor or session, and whether the condition of a question holds for them.

use foldhash::{HashMap, HashSet};
use orma_store::{Block, StoreError, column};

use super::{Asked, Unit, VISITS_MAX, sql};
use crate::error::ApiError;
use crate::runner::Runner;

/// Where an event belongs, as the store numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The visitor.
    pub visitor: u64,
    /// The session; 0 without an id.
    pub session: u64,
    /// Of a bot or a machine, which has visits of its own.
    pub is_bot: bool,
}

/// From an event on, up to the end of the visit, the events of a visit are this unit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    place: Place,
    from: (i64, u128),
    until: i64,
    unit: u64,
}

/// Whose events are.
#[derive(Debug, Default)]
pub struct Owners {
    unit: Unit,
    /// Of people: the turns of visits that are somebody's. Of sessions: one for each. In order.
    turns: Vec<Turn>,
    /// Numbers of ids that are another's.
    aliases: HashMap<u64, u64>,
    /// The units that the condition holds for; all of them, where there is none.
    chosen: Option<HashSet<u64>>,
}

impl Owners {
    /// Reads whose the visits of a period are.
    ///
    /// # Errors
    /// The store did not answer.
    pub async fn read(runner: &Runner, asked: &Asked<'_>) -> Result<Self, ApiError> {
        let mut owners = Self { unit: asked.unit, ..Self::default() };
        match asked.unit {
            Unit::Visitors => {}
            Unit::People => {
                runner.each_block(&sql::turns(asked), VISITS_MAX, |block| owners.take_turns(block)).await?;
                if let Some(pairs) = sql::aliases(asked) {
                    runner.each_block(&pairs, VISITS_MAX, |block| owners.take_aliases(block)).await?;
                }
            }
            Unit::Sessions => {
                runner
                    .each_block(&sql::sessions(asked), VISITS_MAX, |block| owners.take_turns(block))
                    .await?;
            }
        }
        // A visit of several days comes for each.
        owners.turns.sort_unstable();
        owners.turns.dedup();
        if let Some(statement) = sql::chosen(asked) {
            let mut chosen = HashSet::default();
            let take = |block: &Block| {
                chosen.extend(column::<u64>(block, "unit")?);
                Ok(())
            };
            runner.each_block(&statement, VISITS_MAX, take).await?;
            owners.chosen = Some(chosen);
        }
        Ok(owners)
    }

    fn take_turns(&mut self, block: &Block) -> Result<(), StoreError> {
        let visitors: Vec<u64> = column(block, "visitor_hash")?;
        let sessions: Vec<u64> = column(block, "session_hash")?;
        let bots: Vec<u8> = column(block, "is_bot")?;
        let moments: Vec<i64> = column(block, "at")?;
        let ids: Vec<&str> = column(block, "turn_id")?;
        let ends: Vec<i64> = column(block, "until")?;
        let units: Vec<u64> = column(block, "unit")?;
        for row in 0..block.num_rows() {
            let id = ids[row].parse().map_err(|_| StoreError::Answer("turn_id is no number".to_owned()))?;
            self.turns.push(Turn {
                place: Place { visitor: visitors[row], session: sessions[row], is_bot: bots[row] != 0 },
                from: (moments[row], id),
                until: ends[row],
                unit: units[row],
            });
        }
        Ok(())
    }

    fn take_aliases(&mut self, block: &Block) -> Result<(), StoreError> {
        let ids: Vec<u64> = column(block, "alias_hash")?;
        let people: Vec<u64> = column(block, "alias_person_hash")?;
        self.aliases.extend(ids.into_iter().zip(people));
        Ok(())
    }

    /// Whether the visit of an event says whose it is.
    pub fn needs_visits(&self) -> bool {
        self.unit != Unit::Visitors
    }

    /// Whether a visit changes hands in a moment, so that only the id of an event says whose it is.
    pub fn change_at(&self, place: Place, at: i64) -> bool {
        // Sessions are one unit each.
        self.unit == Unit::People && {
            let before = self.turns.partition_point(|turn| (turn.place, turn.from) < (place, (at, 1)));
            self.turns.get(before).is_some_and(|turn| turn.place == place && turn.from.0 == at)
        }
    }

    /// The unit of an event; `None` where it is in none, or in one that is not asked for.
    pub fn unit_of(&self, place: Place, at: i64, id: u128) -> Option<u64> {
        let turn = || {
            let after = self.turns.partition_point(|turn| (turn.place, turn.from) <= (place, (at, id)));
            let turn = self.turns[..after].last()?;
            (turn.place == place && at <= turn.until).then_some(turn.unit)
        };
        let unit = match self.unit {
            Unit::Visitors => place.visitor,
            Unit::Sessions => turn()?,
            Unit::People => {
                let own = turn().filter(|owner| *owner != 0).unwrap_or(place.visitor);
                self.aliases.get(&own).copied().unwrap_or(own)
            }
        };
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&unit)).then_some(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_of_the_turn_of_its_visit() {
        let place = |visitor, session| Place { visitor, session, is_bot: false };
        let turn = |place, from, until, unit| Turn { place, from, until, unit };
        let owners = Owners {
            turns: vec![
                turn(place(1, 1), (10, 0), 50, 7),
                // Changes hands at the second event of one millisecond.
                turn(place(1, 1), (100, 0), 200, 0),
                turn(place(1, 1), (150, 5), 200, 8),
                turn(place(2, 0), (10, 0), 20, 9),
            ],
            aliases: HashMap::from_iter([(9, 70), (3, 71)]),
            ..Owners::default()
        };
        for (visitor, session, at, id, unit) in [
            (1, 1, 10, 1, 7),
            (1, 1, 50, 1, 7),
            // Between two visits that are somebody's was one that is not.
            (1, 1, 60, 1, 1),
            (1, 1, 100, 1, 1),
            (1, 1, 150, 4, 1),
            (1, 1, 150, 5, 8),
            (1, 1, 201, 5, 1),
            (1, 2, 10, 1, 1),
            (2, 0, 15, 1, 70),
            (2, 0, 5, 1, 2),
            (3, 0, 5, 1, 71),
        ] {
            assert_eq!(
                owners.unit_of(place(visitor, session), at, id),
                Some(unit),
                "{visitor} {session} {at} {id}"
            );
        }
        for (visitor, at, changes) in
            [(1, 10, false), (1, 100, false), (1, 150, true), (1, 151, false), (2, 150, false)]
        {
            assert_eq!(owners.change_at(place(visitor, 1), at), changes, "{visitor} {at}");
        }
        let sessions = Owners { unit: Unit::Sessions, ..owners };
        assert_eq!(sessions.unit_of(place(1, 1), 50, 1), Some(7));
        assert_eq!(sessions.unit_of(place(1, 2), 50, 1), None);
    }
}
