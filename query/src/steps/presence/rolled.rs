//! Who was there, for counts: from the rollups of days that are over, whose sets of small numbers are read in place of visits.

use foldhash::HashMap;
use orma_store::{Block, column};

use super::{Presence, UNITS_MAX, Whom, sql, visited};
use crate::error::ApiError;
use crate::runner::Runner;
use crate::scope::Scope;

/// Rows of one unit in one stretch that are read.
const ROWS_MAX: usize = 100_000_000;

/// How often which stretches go together: what [`visited`] tells, where it does not matter of whom. A `unit` is any number.
///
/// # Errors
/// There are too many units, or the store did not answer.
pub async fn counted(runner: &Runner, whom: Whom<'_>) -> Result<Vec<Presence>, ApiError> {
    let Scope { site, period, .. } = whom.scope;
    let days = runner.rollup_days(site, &period.zone_name).await;
    let Some(rolled) = sql::rolled_up(whom, whom.first_day(), &days) else {
        return Ok(visited(runner, whom, None).await?.0);
    };
    let mut by_number: HashMap<u32, u128> = HashMap::default();
    let take = |block: &Block| {
        let stretches: Vec<u8> = column(block, "stretch")?;
        let numbers: Vec<u32> = column(block, "number")?;
        for (stretch, number) in stretches.into_iter().zip(numbers) {
            *by_number.entry(number).or_default() |= 1 << stretch;
        }
        Ok(())
    };
    runner.each_block(&rolled.statement, ROWS_MAX, take).await?;
    // Who is there for the first time has no number yet.
    let mut of_new = Vec::new();
    if let Some(rest) = rolled.rest {
        let scope = Scope { period: rest, ..whom.scope.clone() };
        let rest = sql::visited_with_numbers(Whom { scope: &scope, ..whom }, whom.first_day());
        let take = |block: &Block| {
            let low: Vec<u64> = column(block, "low")?;
            let high: Vec<u64> = column(block, "high")?;
            let numbers: Vec<u32> = column(block, "number")?;
            for ((low, high), number) in low.into_iter().zip(high).zip(numbers) {
                let stretches = u128::from(high) << 64 | u128::from(low);
                match number {
                    0 => of_new.push(stretches),
                    number => *by_number.entry(number).or_default() |= stretches,
                }
            }
            Ok(())
        };
        runner.each_block(&rest, UNITS_MAX, take).await?;
    }
    let presence = |(unit, stretches): (u64, u128)| Presence { unit, stretches, was_before: false, label: 0 };
    let numbered = by_number.len() as u64;
    let of_new = of_new.into_iter().zip(1..).map(|(stretches, place)| (numbered + place, stretches));
    let numbered = by_number.into_values().zip(1..).map(|(stretches, place)| (place, stretches));
    Ok(numbered.chain(of_new).map(presence).collect())
}
