//! Makes visits of what the journal holds, when it is due or somebody asks (`work` does it).
//!
//! Whose a visit is, the edges of its visitor say, and these may come long after it. To find what they may decide about
//! takes a look at all visits, so it is done in the background only so often, and at once when somebody asks about people.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orma_store::{Store, StoreError};
use tokio::sync::Mutex;

use crate::block::Fence;
use crate::error::MakeError;
use crate::journal::{self, Because, Waiting};
use crate::numbers::Numbers;
use crate::people::People;
use crate::rollup_days::RollupDays;
use crate::selected;
use crate::work::{Begun, Passed, Work};

/// After so many the parts of the journal that are done are dropped.
const SESSIONS_BETWEEN_DROPS: u64 = 20_000;
/// So many sessions are not left for whoever asks next, who waits for them.
const LEFT_MAX: u64 = 10_000;
/// And none for longer than this. Meanwhile most that go on have a few more events, and whoever asks has what came anyway.
const LEFT_FOR: Duration = Duration::from_secs(10);
/// How long somebody who asks waits for the visits to be brought up to date, if nothing else is said; what is not made by
/// then is in the next answers. A pass over what comes in seconds takes a fraction of one, and a backlog of minutes is
/// worth nobody's wait.
pub const WAIT: Duration = Duration::from_secs(2);
/// How often the visits that edges may decide about are looked for.
const MARKS_EVERY: Duration = Duration::from_secs(10);
/// For so long after its last turn a process takes the job for its own: less than a lease lasts.
const JOB_MAX: Duration = Duration::from_secs(5);
/// How often somebody looks who waits for another process to make them.
const POLL: Duration = Duration::from_millis(100);

/// What somebody who asks needs to know of visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// What they are.
    Visits,
    /// Also whose they are.
    People,
}

/// Makes visits. Cheap to clone; clones take turns.
#[derive(Clone, Debug)]
pub struct Maker {
    store: Store,
    shared: Arc<Shared>,
    people: People,
    rollup_days: RollupDays,
    numbers: Numbers,
    wait_max: Duration,
}

#[derive(Debug)]
struct Shared {
    events_begun: AtomicU64,
    marks_begun: AtomicU64,
    work: Mutex<Work>,
}

impl Shared {
    fn begun(&self) -> Begun {
        let now = |count: &AtomicU64| count.load(Ordering::SeqCst);
        Begun { events: now(&self.events_begun), marks: now(&self.marks_begun) }
    }

    /// Counts a pass that begins now. Returns its number.
    fn begin(&self, because: Because) -> u64 {
        let count = match because {
            Because::Event => &self.events_begun,
            Because::Mark => &self.marks_begun,
            Because::Anew => return 0,
        };
        count.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Maker {
    /// A maker over a store.
    pub fn new(store: Store) -> Self {
        let writing = Arc::default();
        let people = People::new(store.clone(), Arc::clone(&writing));
        let rollup_days = RollupDays::new(store.clone(), Arc::clone(&writing));
        let numbers = Numbers::new(store.clone());
        let shared = Shared {
            events_begun: AtomicU64::new(0),
            marks_begun: AtomicU64::new(0),
            work: Mutex::new(Work::new(store.clone(), writing, rollup_days.clone())),
        };
        Self { store, shared: Arc::new(shared), people, rollup_days, numbers, wait_max: WAIT }
    }

    /// The same maker, for whose rows those who ask wait so long.
    #[must_use]
    pub fn waited_for(self, wait_max: Duration) -> Self {
        Self { wait_max, ..self }
    }

    /// Which days are rolled up.
    pub const fn rollup_days(&self) -> &RollupDays {
        &self.rollup_days
    }

    /// What gives visitors their numbers.
    pub const fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Makes what came before this was called, unless that takes too long: answers that are asked from now on have it.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn bring_up_to_date(&self, needs: Needs) -> Result<(), MakeError> {
        let begun = self.shared.begun();
        let maker = self.clone();
        // Who asks may leave or wait no longer: what is begun goes on, so that the next one finds it done.
        let pass = tokio::spawn(async move { maker.make_what_came(needs, begun).await });
        match tokio::time::timeout(self.wait_max, pass).await {
            Ok(Ok(made)) => made,
            // Too long, or the program stops.
            Err(_) | Ok(Err(_)) => Ok(()),
        }
    }

    /// Makes the rows of people of the visits that there are. `false`: this takes too long, and until it is done in the
    /// background the visits themselves must be asked.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn bring_people_up_to_date(&self) -> Result<bool, MakeError> {
        let people = self.people.clone();
        let making = tokio::spawn(async move { people.bring_up_to_date().await });
        match tokio::time::timeout(self.wait_max, making).await {
            Ok(Ok(made)) => made,
            Err(_) | Ok(Err(_)) => Ok(false),
        }
    }

    /// Makes what came when so many passes had begun, for as long as somebody waits.
    async fn make_what_came(&self, needs: Needs, begun: Begun) -> Result<(), MakeError> {
        let asked = Instant::now();
        let kinds: &[Because] = match needs {
            Needs::Visits => &[Because::Event],
            Needs::People => &[Because::Event, Because::Mark],
        };
        for because in kinds {
            // Others have a turn between pieces of a large backlog.
            while asked.elapsed() < self.wait_max {
                let mut work = self.shared.work.lock().await;
                // Two who make the same would not know what the other has to take back.
                let has_the_job = work.had_the_job.is_some_and(|at| at.elapsed() < JOB_MAX);
                if !has_the_job && !self.store.is_on_this_machine() {
                    drop(work);
                    return self.wait().await;
                }
                // Whoever began after the call has made what the call is about, if nothing was left.
                if work.has_completed(*because, begun) {
                    break;
                }
                work.pass(*because, self.shared.begin(*because), SESSIONS_BETWEEN_DROPS).await?;
            }
        }
        Ok(())
    }

    /// Waits until whoever has the job has made what the journal holds now of events. For edges nobody waits: there they are
    /// looked for every [`MARKS_EVERY`].
    async fn wait(&self) -> Result<(), MakeError> {
        let began = Instant::now();
        let Waiting { now: asked, mut oldest } = journal::waiting(&self.store).await?;
        // By when it was touched: merges may have put it into another part.
        while oldest.is_some_and(|oldest| oldest <= asked) && began.elapsed() < self.wait_max {
            tokio::time::sleep(POLL).await;
            oldest = journal::waiting(&self.store).await?.oldest;
        }
        Ok(())
    }

    /// [`Maker::make_all`], unless there is little to be made that has not waited long. Where other processes ask as well, they
    /// wait for what is made here: then nothing is left.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn make_what_is_due(&self, fence: Option<&Fence>) -> Result<Passed, MakeError> {
        if self.store.is_on_this_machine() && !journal::is_due(&self.store, LEFT_MAX, LEFT_FOR).await? {
            return Ok(Passed::default());
        }
        self.make_all(fence).await
    }

    /// Makes all that the journal holds, and forgets what is on the disk. Of the processes that share a store one may call
    /// this, again and again (a lease of `jobs`); the fence tells the store which. A process that has the store to itself
    /// needs none.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn make_all(&self, fence: Option<&Fence>) -> Result<Passed, MakeError> {
        let mut all = Passed::default();
        loop {
            // Whoever asks has a turn in between.
            let mut work = self.shared.work.lock().await;
            work.hold(fence);
            let mut passed = Passed::default();
            let are_marks_due = work.made_marks.is_none_or(|at| at.elapsed() >= MARKS_EVERY);
            for because in [Because::Event, Because::Mark, Because::Anew] {
                let room = SESSIONS_BETWEEN_DROPS.saturating_sub(passed.work());
                if room > 0 && (because != Because::Mark || are_marks_due) {
                    passed += work.pass(because, self.shared.begin(because), room).await?;
                }
            }
            work.had_the_job = Some(Instant::now());
            all += passed;
            if !work.drop_done().await? && passed.work() == 0 {
                return Ok(all);
            }
        }
    }

    /// Makes the rows of people of what came since they were last made, and keeps how far they are, so that whoever asks finds
    /// few left. Somebody must do so again and again; it does no harm when several processes do.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub async fn make_people(&self) -> Result<(), MakeError> {
        self.people.make_in_background().await
    }

    /// Has all visits made anew of all events, for when the rule of a visit has changed, and makes the
    /// table of selected events anew.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn touch_all(&self) -> Result<(), StoreError> {
        selected::make_anew(&self.store).await?;
        journal::touch_all(&self.store).await
    }

    /// How many sessions of a day are still to be made.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn left(&self) -> Result<u64, StoreError> {
        Ok(journal::parts(&self.store).await?.iter().map(|part| part.rows).sum())
    }
}
