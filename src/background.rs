//! What is done in the background beside requests.

use std::sync::Arc;
use std::time::Duration;

use orma_jobs::{Job, Jobs};
use orma_query::AppState;
use orma_query::accounts::AccountsAlarm;
use orma_store::Store;

use crate::cli::AccountingOptions;

/// How soon the log has what a look at the accounts found. The store is not asked for it.
const ALARM_EVERY: Duration = Duration::from_secs(1);

/// Starts the jobs of a query service. Each process looks at the accounts for itself, because its pages and its metric
/// show its own looks; what they find is said by one of those that share a store.
pub fn start(store: &Store, state: &AppState, options: &AccountingOptions) -> Jobs {
    let watch = state.accounts();
    let alarm = Arc::new(AccountsAlarm::new(watch.clone()));
    let look = Job::everywhere("accounts", Duration::from_secs(options.accounting_seconds), move || {
        let watch = watch.clone();
        async move { Ok(watch.look().await?) }
    });
    let say = Job::by_one("accounts_alarm", ALARM_EVERY, move |turn| {
        let alarm = Arc::clone(&alarm);
        async move {
            if let Some(mark) = alarm.say(turn.term(), turn.mark().as_deref()) {
                turn.keep(&mark).await?;
            }
            Ok(())
        }
    });
    Jobs::start(store, vec![look, say])
}
