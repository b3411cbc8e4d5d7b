//! Keeps who is a member of which audience: whenever visits of a site were made, and again and again because time passes, the
//! condition of each audience is asked for, and who has entered or left is written. (Segments, in the API.)
//!
//! One process does so at a time; whatever moment it is killed at, the next evaluation writes what is missing, for it
//! compares those for whom the condition holds with those who are members. What was not written to its end has no mark, and
//! nobody is told of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use orma_store::{Audience, LogLimit, Registry, Site, Store, StoreError};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::condition::Condition;
use crate::error::ApiError;
use crate::identity::Aliases;
use crate::lookup;
use crate::question::audience::request::{condition_of, scope};
use crate::question::audience::{Mark, marks};
use crate::runner::{Needs, Runner};
use crate::scope::Scope;
use crate::sql::audience as sql;
use crate::timestamp::Timestamp;

/// Without news an audience is evaluated this often: what somebody did gets too old, ids become one person.
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// One evaluation takes no longer than this.
const TIME_MAX: Duration = Duration::from_mins(2);
/// The evaluation of an audience takes at most one part in so many of the time.
const SHARE_MAX: u32 = 10;
/// After so many evaluations it is told what they found.
const TOLD_EVERY: usize = 8;
/// How often changes are deleted that are too old.
const FORGET_EVERY: Duration = Duration::from_hours(24);
/// For so long changes are kept: 13 months.
const KEPT_MS: i64 = 396 * 86_400_000;
const LINES_PER_MINUTE_MAX: u32 = 10;

/// Keeps the members of audiences. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Audiences {
    runner: Runner,
    store: Store,
    registry: Registry,
    memory_bytes_max: u64,
    is_waited_for: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// What was known of a site when its audiences were last evaluated.
    seen: HashMap<String, News>,
    /// By audience.
    evaluated: HashMap<String, Evaluated>,
    forgot: Option<Instant>,
}

/// What changes when members of a site's audiences may have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct News {
    /// The highest version of its visits.
    visits: u64,
    /// The latest revision of its lists.
    lists: u64,
}

#[derive(Debug)]
struct Evaluated {
    condition: String,
    days: u16,
    /// What was known by then.
    news: News,
    at: Instant,
    took: Duration,
    /// When it was last written that it was.
    marked: Option<Instant>,
}

impl Evaluated {
    /// Whether it is to be evaluated again; for somebody who waits (`share_max` 0) always.
    fn is_due(&self, audience: &Audience, news: News, share_max: u32) -> bool {
        share_max == 0
            || self.condition != audience.condition
            || self.days != audience.days
            || (self.at.elapsed() >= self.took * share_max
                && (self.news < news || self.at.elapsed() >= AGAIN_AFTER))
    }
}

impl Audiences {
    /// Of the audiences of a registry, within the limits of the questions of a runner.
    pub(crate) fn new(runner: Runner, registry: Registry) -> Self {
        Self {
            store: runner.store().clone().with_time_limit(TIME_MAX),
            memory_bytes_max: runner.limits().memory_bytes_max,
            runner,
            registry,
            is_waited_for: false,
            state: Arc::default(),
        }
    }

    /// The same for somebody who waits for it: at once, and without pauses.
    #[must_use]
    pub fn waited_for(self) -> Self {
        Self { is_waited_for: true, ..self }
    }

    /// Evaluates the audiences that are due. `fence` is a condition in SQL without which nothing is written. Somebody must do
    /// so again and again.
    ///
    /// # Errors
    /// See [`StoreError`]. An audience that cannot be evaluated is told to the log and holds up no other.
    pub async fn evaluate(&self, fence: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        if let Err(error) = self.registry.refresh().await {
            tracing::debug!(%error, "segments stay as they were");
        }
        let snapshot = self.registry.snapshot();
        state.evaluated.retain(|id, _| snapshot.audiences.contains_key(id));
        let sites: HashSet<&str> = snapshot
            .audiences
            .values()
            .filter(|audience| !audience.is_list())
            .map(|audience| audience.site.as_str())
            .collect();
        for name in sites {
            let Some(site) = snapshot.sites.get(name) else { continue };
            self.evaluate_site(&mut state, site, snapshot.audiences_of(name), fence, now).await?;
        }
        if state.forgot.is_none_or(|at| at.elapsed() >= FORGET_EVERY) && !snapshot.audiences.is_empty() {
            let sql = sql::forget((now.0 - KEPT_MS).max(0).cast_unsigned());
            self.store.execute(&sql.text, &sql.bound()).await?;
            state.forgot = Some(Instant::now());
        }
        Ok(())
    }

    async fn evaluate_site(
        &self,
        state: &mut State,
        site: &Site,
        audiences: Vec<&Audience>,
        fence: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.runner.bring_visits_up_to_date(Needs::People).await;
        let marks = marks(&self.runner, &site.site).await.map_err(ApiError::into_store_error)?;
        let seen = state.seen.entry(site.site.clone()).or_default();
        let news = self.news(&site.site, *seen, &audiences, &marks).await?;
        *seen = news;
        let share_max = if self.is_waited_for { 0 } else { SHARE_MAX };
        let is_due = |audience: &&Audience| {
            let evaluated = state.evaluated.get(&audience.audience);
            !audience.is_list()
                && evaluated.is_none_or(|evaluated| evaluated.is_due(audience, news, share_max))
        };
        let due: Vec<&Audience> = in_order(&audiences).into_iter().filter(is_due).collect();
        if due.is_empty() {
            return Ok(());
        }
        let aliases = lookup::aliases(&self.runner, &site.site).await?;
        let last = marks.values().map(|mark| mark.revision).max().unwrap_or_default();
        let revisions = (last + 1).max(now.0.cast_unsigned())..;
        for (revision, some) in revisions.zip(due.chunks(TOLD_EVERY)) {
            let began = Instant::now();
            for audience in some {
                self.evaluate_one(state, (site, &aliases), audience, (revision, news), fence, now).await?;
            }
            self.tell(state, site, some, revision).await?;
            // Half of the time is others'.
            if !self.is_waited_for {
                tokio::time::sleep(began.elapsed()).await;
            }
        }
        Ok(())
    }

    async fn news(
        &self,
        site: &str,
        seen: News,
        audiences: &[&Audience],
        marks: &HashMap<String, Mark>,
    ) -> Result<News, StoreError> {
        #[derive(Deserialize)]
        struct Row {
            latest: u64,
        }
        let rows: Vec<Row> = self.runner.rows(&sql::latest_visit(site, seen.visits)).await?;
        let of_lists = audiences.iter().filter(|audience| audience.is_list());
        let lists =
            of_lists.filter_map(|audience| marks.get(&audience.audience)).map(|mark| mark.revision).max();
        let visits = rows.first().map_or(0, |row| row.latest).max(seen.visits);
        Ok(News { visits, lists: lists.unwrap_or_default() })
    }

    async fn evaluate_one(
        &self,
        state: &mut State,
        (site, aliases): (&Site, &Aliases),
        audience: &Audience,
        (revision, news): (u64, News),
        fence: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        static NOT_EVALUATED: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
        let began = Instant::now();
        let done = match scope_of(site, audience, aliases, now) {
            Ok(scope) => {
                let sql = sql::evaluate(&scope, &audience.audience, revision, fence, self.memory_bytes_max);
                self.store.execute(&sql.text, &sql.bound()).await.map_err(ApiError::Store)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            if let ApiError::Store(error @ (StoreError::Unreachable(_) | StoreError::Answer(_))) = error {
                return Err(error);
            }
            if let Some(left_out) = NOT_EVALUATED.line() {
                tracing::warn!(%error, left_out, site = site.site, segment = audience.audience, "a segment was not evaluated");
            }
        }
        let marked = state.evaluated.get(&audience.audience).and_then(|evaluated| evaluated.marked);
        state.evaluated.insert(
            audience.audience.clone(),
            Evaluated {
                condition: audience.condition.clone(),
                days: audience.days,
                news,
                at: Instant::now(),
                took: began.elapsed(),
                marked,
            },
        );
        Ok(())
    }

    /// Lets everybody see what a revision has changed. What it has not is marked now and then, so that it can be told of when
    /// the members are.
    async fn tell(
        &self,
        state: &mut State,
        site: &Site,
        audiences: &[&Audience],
        revision: u64,
    ) -> Result<(), StoreError> {
        #[derive(Deserialize)]
        struct Row {
            audience: String,
        }
        let ids: Vec<String> = audiences.iter().map(|audience| audience.audience.clone()).collect();
        let changed: Vec<Row> = self.runner.rows(&sql::changed(&site.site, &ids, revision)).await?;
        let changed: HashSet<String> = changed.into_iter().map(|row| row.audience).collect();
        let is_told = |id: &String| {
            let marked = state.evaluated.get(id).and_then(|evaluated| evaluated.marked);
            changed.contains(id) || marked.is_none_or(|at| at.elapsed() >= AGAIN_AFTER)
        };
        let told: Vec<String> = ids.into_iter().filter(is_told).collect();
        if told.is_empty() {
            return Ok(());
        }
        let sql = sql::mark(&site.site, &told, revision);
        self.store.execute(&sql.text, &sql.bound()).await?;
        for id in told {
            if let Some(evaluated) = state.evaluated.get_mut(&id) {
                evaluated.marked = Some(Instant::now());
            }
        }
        Ok(())
    }
}

fn scope_of(site: &Site, audience: &Audience, aliases: &Aliases, now: Timestamp) -> Result<Scope, ApiError> {
    let condition = serde_json::from_str(&audience.condition).unwrap_or_default();
    let scope = scope(site, &condition, Some(audience.days), now)?;
    Ok(Scope { aliases: aliases.clone(), ..scope })
}

/// Audiences after those whose members they ask for.
fn in_order<'a>(audiences: &[&'a Audience]) -> Vec<&'a Audience> {
    let mut left: Vec<(&Audience, Vec<String>)> = audiences
        .iter()
        .map(|audience| {
            let condition = condition_of(audience);
            let asked = condition.iter().flat_map(Condition::audiences).map(ToOwned::to_owned).collect();
            (*audience, asked)
        })
        .collect();
    let mut ordered: Vec<&Audience> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |asked: &[String]| left.iter().any(|(other, _)| asked.contains(&other.audience));
        let is_next: Vec<bool> = left.iter().map(|(_, asked)| !waits(asked)).collect();
        // Two that ask for each other were changed at once: whichever.
        let is_stuck = !is_next.contains(&true);
        let mut flags = is_next.into_iter();
        left.retain(|(audience, _)| {
            let is_next = flags.next().unwrap_or_default() || is_stuck;
            if is_next {
                ordered.push(audience);
            }
            !is_next
        });
    }
    ordered
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_audience_comes_after_those_that_it_asks_for() {
        let audience = |id: &str, asked: &str| {
            let condition = match asked {
                "" => json!({"did": {"event": {"kind": "order"}}}),
                _ => json!({"not": {"segment": asked}}),
            };
            Audience {
                audience: id.into(),
                site: "demo".into(),
                name: id.into(),
                condition: condition.to_string(),
                days: 30,
                created_by: String::new(),
                created_at: 0,
            }
        };
        let audiences = [audience("a", "b"), audience("b", "c"), audience("c", ""), audience("d", "gone")];
        let order = |audiences: &[Audience]| {
            let audiences: Vec<&Audience> = audiences.iter().collect();
            in_order(&audiences).into_iter().map(|audience| audience.audience.clone()).collect::<Vec<_>>()
        };
        assert_eq!(order(&audiences), ["c", "d", "b", "a"]);
        assert_eq!(order(&[audience("a", "b"), audience("b", "a")]), ["a", "b"]);
    }
}
