//! What Prometheus reads of alerts: a gauge of each, from what was last looked up.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use orma_store::registry::Snapshot;
use orma_store::{LogLimit, Registry, SavedKind, StoreError};

use super::looks::{LookRow, latest_of_all};
use super::{alert, find};
use crate::error::ApiError;
use crate::runner::Runner;
use crate::saved::state::AlertState;
use crate::timestamp::Timestamp;

const LINES_PER_MINUTE_MAX: u32 = 1;

/// The states of all alerts; somebody must [look](AlertsWatch::look) again and again. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AlertsWatch {
    runner: Runner,
    registry: Registry,
    latest: Arc<Mutex<HashMap<String, LookRow>>>,
}

impl AlertsWatch {
    /// Of the alerts of a registry.
    pub(crate) fn new(runner: Runner, registry: Registry) -> Self {
        Self { runner, registry, latest: Arc::default() }
    }

    /// Looks up what was last found. Where nobody has an alert, nobody is asked.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn look(&self, now: Timestamp) -> Result<(), StoreError> {
        static NOT_READ: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
        let snapshot = self.registry.snapshot();
        if !snapshot.saved.values().any(|saved| saved.kind == SavedKind::Alert) {
            self.latest.lock().expect("no panic while locked").clear();
            return Ok(());
        }
        let rows = match latest_of_all(&self.runner, now).await {
            Ok(rows) => rows,
            Err(ApiError::Store(error)) => return Err(error),
            Err(error) => {
                if let Some(left_out) = NOT_READ.line() {
                    tracing::warn!(%error, left_out, "the states of alerts were not read");
                }
                return Ok(());
            }
        };
        let latest = rows.into_iter().map(|row| (row.alert.clone(), row)).collect();
        *self.latest.lock().expect("no panic while locked") = latest;
        Ok(())
    }

    /// What Prometheus reads. A site has at most 50 alerts.
    pub fn metrics(&self) -> String {
        let latest = self.latest.lock().expect("no panic while locked");
        metrics(&self.registry.snapshot(), &latest)
    }
}

fn metrics(snapshot: &Snapshot, latest: &HashMap<String, LookRow>) -> String {
    let (mut firing, mut values) = (String::new(), String::new());
    let mut ids: Vec<&String> = latest.keys().collect();
    ids.sort_unstable();
    for id in ids {
        let row = &latest[id];
        let Some(saved) = find(snapshot, &row.site, SavedKind::Alert, id) else { continue };
        let labels = format!(
            "{{site=\"{}\",alert=\"{}\",name=\"{}\"}}",
            escaped(&saved.site),
            escaped(id),
            escaped(&saved.name)
        );
        let is_on = alert::content(saved).is_some_and(|content| content.is_on);
        let fires = u8::from(is_on && row.state == AlertState::Firing);
        writeln!(firing, "orma_alert_firing{labels} {fires}").expect("memory");
        if let Some(value) = row.value {
            writeln!(values, "orma_alert_value{labels} {value}").expect("memory");
        }
    }
    format!(
        "# HELP orma_alert_firing Whether an alert fires.\n# TYPE orma_alert_firing gauge\n{firing}\
         # HELP orma_alert_value The number that an alert last found.\n# TYPE orma_alert_value gauge\n{values}"
    )
}

/// A label's value in Prometheus' text format.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
