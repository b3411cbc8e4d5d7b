//! What is done in the background beside requests.

use std::sync::Arc;
use std::time::Duration;

use orma_jobs::{Job, Jobs};
use orma_query::accounts::AccountsAlarm;
use orma_query::{Alerting, AppState, Timestamp};
use orma_store::Store;
use orma_visits::Fence;

use crate::cli::AccountingOptions;

/// How soon the log has what a look at the accounts found. The store is not asked for it.
const ALARM_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked whether visits are to be made of what came meanwhile. Who asks before brings them up to date.
const VISITS_EVERY: Duration = Duration::from_secs(2);

/// How often it is looked how many visits are left to be made anew: a page shows it, and it is nearly always none.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// How often the rows of people are made of the visits that came meanwhile.
const PEOPLE_EVERY: Duration = Duration::from_secs(30);

/// How often it is looked whether days that are over are to be rolled up.
const ROLLUPS_EVERY: Duration = Duration::from_secs(10);

/// How often it is looked whether somebody has entered or left a segment.
const AUDIENCES_EVERY: Duration = Duration::from_secs(1);

/// How often it is looked whether an hour, a day or a week is over that alerts wait for. The store is asked only then.
const ALERTS_EVERY: Duration = Duration::from_secs(2);

/// How old the states of alerts are, at most, that the metrics tell.
const ALERT_STATES_EVERY: Duration = Duration::from_secs(10);

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
    let (maker, of_people) = (state.visits(), state.visits());
    let make_people = Job::by_one("people", PEOPLE_EVERY, move |_| {
        let maker = of_people.clone();
        async move { Ok(maker.make_people().await?) }
    });
    let make = Job::by_one("visits", VISITS_EVERY, move |turn| {
        let maker = maker.clone();
        async move {
            maker.make_what_is_due(turn.fence().map(Fence).as_ref()).await?;
            Ok(())
        }
    });
    let progress = state.visits_progress();
    let look_how_far = Job::everywhere("visits_progress", PROGRESS_EVERY, move || {
        let progress = progress.clone();
        async move { Ok(progress.look().await?) }
    });
    let rollups = state.rollups();
    let roll_up = Job::by_one("rollups", ROLLUPS_EVERY, move |_| {
        let rollups = rollups.clone();
        async move {
            rollups.roll_up(Timestamp::now()).await?;
            Ok(())
        }
    });
    let audiences = state.audiences();
    let keep_audiences = Job::by_one("audiences", AUDIENCES_EVERY, move |turn| {
        let audiences = audiences.clone();
        async move {
            audiences.evaluate(turn.fence().as_deref(), Timestamp::now()).await?;
            Ok(())
        }
    });
    let alerting = Alerting::new(state);
    let look_at_alerts = Job::by_one("alerts", ALERTS_EVERY, move |turn| {
        let alerting = alerting.clone();
        async move {
            alerting.look(turn.fence().as_deref(), Timestamp::now()).await?;
            Ok(())
        }
    });
    let alerts = state.alerts();
    let read_alerts = Job::everywhere("alert_states", ALERT_STATES_EVERY, move || {
        let alerts = alerts.clone();
        async move { Ok(alerts.look(Timestamp::now()).await?) }
    });
    let of_alerts = [look_at_alerts, read_alerts];
    let others = [look, say, make, make_people, look_how_far, roll_up, keep_audiences];
    Jobs::start(store, others.into_iter().chain(of_alerts).collect())
}
