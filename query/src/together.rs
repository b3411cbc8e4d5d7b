//! Requests that ask the same at the same time are answered together: dashboards that stand open on the same page cost
//! one question.
//!
//! Whoever joins is told what the store held when the first began to ask it, which may be before he came: at most
//! [`TOGETHER_MS_MAX`] before. To join only what begins later would let two run for each page instead of one, and an event
//! may take as long until it is in the store at all. What the site's settings are and what this process changed (a link)
//! is never older than the request: both are part of the question. What still waits for its permit is joined only by
//! the same caller: nobody waits in another's line. Who waits with others holds no permit himself.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{FutureExt, Shared, WeakShared};
use orma_store::{Site, StoreError};

use crate::error::ApiError;
use crate::runner::Runner;

/// What began to ask the store longer ago is not joined, in milliseconds.
const TOGETHER_MS_MAX: u64 = 1_000;

/// What two requests have in common that are answered together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    response: TypeId,
    site: String,
    address: String,
    changes: u64,
}

impl Question {
    /// What is asked about a site with an address (path and query) for a `T`.
    pub fn of<T: 'static>(site: &Site, address: &str, runner: &Runner) -> Self {
        Self {
            response: TypeId::of::<T>(),
            // With all its settings.
            site: format!("{site:?}"),
            address: address.to_owned(),
            changes: runner.changes(),
        }
    }
}

type Outcome = Result<Arc<dyn Any + Send + Sync>, ApiError>;
type Responding = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// The requests that are being answered. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Together {
    listed: Arc<Mutex<HashMap<Question, Vec<Listed>>>>,
    added: Arc<AtomicU64>,
    joined: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Listed {
    number: u64,
    /// Of who came first.
    runner: Runner,
    responding: WeakShared<Responding>,
}

impl Listed {
    fn may_be_joined_by(&self, runner: &Runner) -> bool {
        let ago = self.runner.began().map(|began| began.elapsed());
        may_be_joined(ago, self.runner.caller() == runner.caller())
    }
}

/// Whether what began so long ago, or not yet, is joined.
fn may_be_joined(began: Option<Duration>, by_same_caller: bool) -> bool {
    began.map_or(by_same_caller, |ago| ago < Duration::from_millis(TOGETHER_MS_MAX))
}

impl Together {
    /// The response to a question: one that is being made for another, or else what `respond` makes with this runner. It
    /// goes on while anybody waits for it, and ends when all have left.
    ///
    /// # Errors
    /// Those of `respond`.
    pub async fn answer<T: Send + Sync + 'static>(
        &self,
        question: Question,
        runner: Runner,
        respond: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<Arc<T>, ApiError> {
        let mut respond: Responding =
            respond.map(|response| response.map(|response| Arc::new(response) as Arc<_>)).boxed();
        let mut outcome = None;
        if let Some(responding) = self.join(&question, &runner) {
            self.joined.fetch_add(1, Ordering::Relaxed);
            outcome = Some(responding.await);
        }
        let outcome = match outcome {
            Some(outcome) if !matches!(outcome, Err(ApiError::Store(StoreError::Busy))) => outcome,
            // Its wait had begun before, and is no part of this one's.
            Some(_) => (&mut respond).await,
            None => self.lead(question, runner, respond).await,
        };
        outcome.map(|response| response.downcast().expect("the type is part of the question"))
    }

    fn join(&self, question: &Question, runner: &Runner) -> Option<Shared<Responding>> {
        let listed = self.listed.lock().expect("no panic while locked");
        // None that is held is dropped here: the last who lets go of one comes back to take it off the list.
        let mut others = listed.get(question)?.iter().filter(|other| other.may_be_joined_by(runner));
        others.find_map(|other| other.responding.upgrade())
    }

    fn lead(&self, question: Question, runner: Runner, respond: Responding) -> Shared<Responding> {
        let number = self.added.fetch_add(1, Ordering::Relaxed);
        let off = Off { together: self.clone(), question: question.clone(), number };
        let responding: Responding = Box::pin(async move {
            let _off = off;
            respond.await
        });
        let responding = responding.shared();
        if let Some(weak) = responding.downgrade() {
            let mut listed = self.listed.lock().expect("no panic while locked");
            listed.entry(question).or_default().push(Listed { number, runner, responding: weak });
        }
        responding
    }

    /// What Prometheus reads.
    pub fn metrics(&self) -> String {
        let name = "orma_requests_joined_total";
        let joined = self.joined.load(Ordering::Relaxed);
        format!(
            "# HELP {name} Requests that were answered together with another that asked the same.\n\
             # TYPE {name} counter\n{name} {joined}\n"
        )
    }
}

/// Takes a response off the list when it is there, or was given up by all.
struct Off {
    together: Together,
    question: Question,
    number: u64,
}

impl Drop for Off {
    fn drop(&mut self) {
        let mut listed = self.together.listed.lock().expect("no panic while locked");
        let Some(others) = listed.get_mut(&self.question) else { return };
        others.retain(|one| one.number != self.number);
        if others.is_empty() {
            listed.remove(&self.question);
        }
    }
}

#[cfg(test)]
mod tests {
    use orma_store::{Endpoint, Store};
    use serde_json::Value;
    use tokio::sync::oneshot;

    use super::*;
    use crate::limits::QuestionLimits;
    use crate::plan::tests::rome;
    use crate::sql::Sql;

    /// A store that nobody answers for.
    fn runner() -> Runner {
        let nowhere = Store::connect(Endpoint::parse("http://127.0.0.1:0").unwrap());
        Runner::new(nowhere, &QuestionLimits::default())
    }

    /// A request that is answered with what is sent, or the error that it is not.
    fn respond(
        together: &Together,
        address: &str,
        runner: &Runner,
    ) -> (oneshot::Sender<u8>, impl Future<Output = Result<Arc<u8>, ApiError>> + use<>) {
        let (send, receive) = oneshot::channel();
        let (together, runner) = (together.clone(), runner.clone());
        let question = Question::of::<u8>(&rome(), address, &runner);
        let respond = async { receive.await.map_err(|_| ApiError::Store(StoreError::Busy)) };
        (send, async move { together.answer(question, runner, respond).await })
    }

    #[tokio::test]
    async fn who_asks_the_same_is_answered_together_and_who_leaves_ends_nothing() {
        let (together, all) = (Together::default(), runner());
        let [one, two] = ["one", "two"].map(|caller| all.for_request(caller, "shop", None));
        // It asks, whatever comes of it.
        assert!(one.rows::<Value>(&Sql::new("SELECT 1", [])).await.is_err());
        let (send, first) = respond(&together, "/stats", &one);
        let mut first = Box::pin(first);
        assert!(first.as_mut().now_or_never().is_none());
        let (unused, second) = respond(&together, "/stats", &two);
        let mut second = Box::pin(second);
        assert!(second.as_mut().now_or_never().is_none());
        let (own, third) = respond(&together, "/stats?limit=1", &two);
        let mut third = Box::pin(third);
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        send.send(1).unwrap();
        assert_eq!(*second.await.unwrap(), 1);
        drop(unused);
        own.send(3).unwrap();
        assert_eq!(*third.await.unwrap(), 3, "another question");
        assert!(together.listed.lock().unwrap().is_empty());
        assert!(together.metrics().ends_with("orma_requests_joined_total 1\n"), "{}", together.metrics());
    }

    #[tokio::test]
    async fn what_all_have_left_is_ended() {
        let (together, one) = (Together::default(), runner().for_request("one", "shop", None));
        let (send, first) = respond(&together, "/stats", &one);
        let mut first = Box::pin(first);
        assert!(first.as_mut().now_or_never().is_none());
        let (_unused, second) = respond(&together, "/stats", &one);
        let mut second = Box::pin(second);
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(!send.is_closed());
        drop(second);
        assert!(send.is_closed());
        assert!(together.listed.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_was_asked_after_a_change_is_asked_anew() {
        let (together, one) = (Together::default(), runner().for_request("one", "shop", None));
        let (_send, first) = respond(&together, "/stats", &one);
        let mut first = Box::pin(first);
        assert!(first.as_mut().now_or_never().is_none());
        assert!(one.execute(&Sql::new("SELECT 1", [])).await.is_err());
        let (send, second) = respond(&together, "/stats", &one);
        send.send(2).unwrap();
        assert_eq!(*second.await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_wait_that_was_in_vain_is_not_the_others() {
        let (together, one) = (Together::default(), runner().for_request("one", "shop", None));
        let (send, first) = respond(&together, "/stats", &one);
        let mut first = Box::pin(first);
        assert!(first.as_mut().now_or_never().is_none());
        let (own, second) = respond(&together, "/stats", &one);
        let mut second = Box::pin(second);
        assert!(second.as_mut().now_or_never().is_none());
        drop(send);
        assert!(matches!(first.await, Err(ApiError::Store(StoreError::Busy))));
        own.send(2).unwrap();
        assert_eq!(*second.await.unwrap(), 2);
    }

    #[test]
    fn nobody_waits_in_anothers_line_or_for_what_began_long_ago() {
        let ago = |millis| Some(Duration::from_millis(millis));
        for (began, by_same_caller, joined) in [
            (None, true, true),
            (None, false, false),
            (ago(0), false, true),
            (ago(TOGETHER_MS_MAX - 1), true, true),
            (ago(TOGETHER_MS_MAX), true, false),
        ] {
            assert_eq!(may_be_joined(began, by_same_caller), joined, "{began:?} {by_same_caller}");
        }
    }
}
