//! What a scope selects: its events, its visits, its people, by their ids.

use std::collections::BTreeSet;

use orma_store::StoreError;
use serde::Deserialize;

use crate::lookup;
use crate::runner::{Needs, Runner};
use crate::scope::Scope;
use crate::sql::events;

/// The visitors and ids of the events of a scope.
///
/// # Errors
/// The store did not answer.
pub async fn events(runner: &Runner, scope: &Scope) -> Result<BTreeSet<(String, String)>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        visitor: String,
        event_id: String,
    }
    let rows: Vec<Row> = runner.rows(&events::events(&known(runner, scope).await?)).await?;
    Ok(rows.into_iter().map(|row| (row.visitor, row.event_id)).collect())
}

/// The visitors and beginnings of the visits of a scope that began in its period.
///
/// # Errors
/// The store did not answer.
pub async fn visits(runner: &Runner, scope: &Scope) -> Result<BTreeSet<(String, String)>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        visitor: String,
        visit: String,
    }
    let rows: Vec<Row> = runner.rows(&events::visits(&known(runner, scope).await?)).await?;
    Ok(rows.into_iter().map(|row| (row.visitor, row.visit)).collect())
}

/// The people of a scope.
///
/// # Errors
/// The store did not answer.
pub async fn people(runner: &Runner, scope: &Scope) -> Result<BTreeSet<String>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        person: String,
    }
    runner.bring_visits_up_to_date(Needs::People).await;
    let scope = Scope { aliases: lookup::aliases(runner, &scope.site).await?, ..scope.clone() };
    let rows: Vec<Row> = runner.rows(&events::people(&scope)).await?;
    Ok(rows.into_iter().map(|row| row.person).collect())
}

/// The scope with who is whom, where its condition asks for that.
async fn known(runner: &Runner, scope: &Scope) -> Result<Scope, StoreError> {
    runner.bring_visits_up_to_date(scope.needs()).await;
    let mut scope = scope.clone();
    if scope.condition.asks_who() {
        scope.aliases = lookup::aliases(runner, &scope.site).await?;
    }
    Ok(scope)
}
