//! Makes visits of what the journal holds: what whoever has the turn knows and does. When, and for whom, `maker` says.

use std::ops::AddAssign;
use std::sync::Arc;
use std::time::{Duration, Instant};

use foldhash::{HashMap, HashSet};
use orma_store::Store;
use tokio::sync::Mutex;

use crate::block::{Block, Fence};
use crate::edges;
use crate::error::MakeError;
use crate::events::events;
use crate::journal::{self, Because, Touched};
use crate::names::Names;
use crate::people;
use crate::rollup_days::RollupDays;
use crate::rows::{self, Since};
use crate::rule::{MS_PER_DAY, Session, Visit, day_of, visits};
use crate::scope::{Made, Scope};
use crate::selected;
use crate::timeline::MARKS_MAX;

/// Sessions that are made together: their events are in memory meanwhile.
const SESSIONS_MAX: u64 = 20_000;
/// Parts of the journal that are looked through for sessions that came again and again.
const PARTS_TOGETHER_MAX: usize = 1_000;
/// Events that are in memory together, unless a day of one session has more.
const EVENTS_MAX: usize = 200_000;
/// Of a session that has more on a day, visits are made of so many.
const EVENTS_OF_A_SESSION_MAX: usize = 500_000;
/// Identifications and resets that are in memory together. One visitor has no more than half of it.
const MARKS_TOGETHER_MAX: usize = 2 * MARKS_MAX;
/// Sessions of so many edges are made at once; of more they are put into the journal.
const SESSIONS_OF_MARKS_MAX: u64 = 20_000;
/// How often the log has how much is left when all are made anew.
const TOLD_EVERY: Duration = Duration::from_mins(1);

/// What a pass has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Sessions of a day that were made anew.
    pub sessions: u64,
    /// Rows that were written.
    pub rows: u64,
    /// Edges of visitors whose sessions were put into the journal, because they are many.
    pub put_off: u64,
}

impl Passed {
    /// How much work it was: a turn is over after so much.
    pub const fn work(self) -> u64 {
        self.sessions + self.put_off
    }
}

impl AddAssign for Passed {
    fn add_assign(&mut self, other: Self) {
        self.sessions += other.sessions;
        self.rows += other.rows;
        self.put_off += other.put_off;
    }
}

/// How many passes have begun, over what came with events and over edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// Over what came with events.
    pub events: u64,
    /// Over edges.
    pub marks: u64,
}

impl Begun {
    /// Those of one kind.
    pub const fn of(self, because: Because) -> u64 {
        match because {
            Because::Event => self.events,
            Because::Mark => self.marks,
            Because::Anew => 0,
        }
    }
}

/// What whoever has the turn knows.
#[derive(Debug)]
pub struct Work {
    store: Store,
    /// Held from the moment at which a version is taken until the visits of that version are written.
    writing: Arc<Mutex<()>>,
    rollup_days: RollupDays,
    /// Parts of the journal that are made, and may be dropped once the visits are on the disk.
    done: HashSet<String>,
    /// Large parts of the journal of which only the first rows are made, and how many.
    begun: HashMap<String, u64>,
    /// The last passes that left nothing of what was there when they began.
    complete: Begun,
    /// The highest version that was written.
    version: u64,
    /// The visitors with edges, as far as they are known. What comes meanwhile is a mark in the journal, which has the visits
    /// made anew.
    with_edges: edges::Known,
    /// When this process last had the job, and what tells the store whether it still has it.
    pub had_the_job: Option<Instant>,
    fence: Option<Fence>,
    /// When it last made all that edges may decide about.
    pub made_marks: Option<Instant>,
    /// When the log was last told how much is left to be made anew; `None` while nothing is.
    told: Option<Instant>,
}

impl Work {
    /// Of a process that knows nothing yet.
    pub fn new(store: Store, writing: Arc<Mutex<()>>, rollup_days: RollupDays) -> Self {
        Self {
            store,
            writing,
            rollup_days,
            done: HashSet::default(),
            begun: HashMap::default(),
            complete: Begun::default(),
            version: 0,
            with_edges: edges::Known::default(),
            had_the_job: None,
            fence: None,
            made_marks: None,
            told: None,
        }
    }

    /// The job is this process's by this fence. Where it was not by the same, another may have had it since: what is known of
    /// parts and versions is old.
    pub fn hold(&mut self, fence: Option<&Fence>) {
        if self.fence.as_ref() != fence {
            let anew = Self::new(self.store.clone(), Arc::clone(&self.writing), self.rollup_days.clone());
            *self = Self { fence: fence.cloned(), ..anew };
        }
        self.had_the_job = Some(Instant::now());
    }

    /// Whether a pass that began after these has left nothing of what they are about.
    pub const fn has_completed(&self, because: Because, begun: Begun) -> bool {
        self.complete.of(because) > begun.of(because)
    }

    /// Forgets the parts that are made, once their visits are on the disk. `false`: there were none.
    pub async fn drop_done(&mut self) -> Result<bool, MakeError> {
        // Forgotten before they are gone, whatever comes of it: a store that is started anew may give a part the name of one
        // that is gone.
        let done: Vec<String> = std::mem::take(&mut self.done).into_iter().collect();
        if done.is_empty() {
            return Ok(false);
        }
        self.store.sync().await?;
        journal::drop_parts(&self.store, &done).await?;
        Ok(true)
    }

    /// Who is known to have edges. Where others may make visits, nobody: they drop marks that are not seen here.
    fn known_edges(&mut self) -> Option<&mut edges::Known> {
        self.store.is_on_this_machine().then_some(&mut self.with_edges)
    }

    /// Tells the log how many sessions are left to be made anew.
    fn tell(&mut self, left: u64) {
        if left == 0 {
            if self.told.take().is_some() {
                tracing::info!("all visits are made of their events");
            }
        } else if self.told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
            self.told = Some(Instant::now());
            tracing::info!(
                sessions = left,
                "visits are made anew of all events, the newest days first: until then answers about older days have what \
                 is made so far"
            );
        }
    }

    /// Notes that a pass of this number has left nothing.
    const fn complete(&mut self, because: Because, number: u64) {
        match because {
            Because::Event => self.complete.events = number,
            Because::Mark => self.complete.marks = number,
            Because::Anew => {}
        }
    }

    /// Makes what the parts of one kind hold, until so much is done. `number` is the pass's.
    pub async fn pass(&mut self, because: Because, number: u64, enough: u64) -> Result<Passed, MakeError> {
        if because == Because::Mark {
            self.made_marks = Some(Instant::now());
        }
        let mut parts = journal::parts(&self.store).await?;
        self.begun.retain(|name, _| parts.iter().any(|part| part.name == *name));
        parts.retain(|part| part.because == because && !self.done.contains(&part.name));
        if because == Because::Anew {
            self.tell(parts.iter().map(|part| part.rows).sum());
        }
        let mut passed = Passed::default();
        if parts.is_empty() {
            self.complete(because, number);
            return Ok(passed);
        }
        let began = Instant::now();
        // Who sends and sends to a few sessions would have them made again for each piece of the journal.
        let some = &parts[..parts.len().min(PARTS_TOGETHER_MAX)];
        if because != Because::Anew && some.iter().map(|part| part.rows).sum::<u64>() > SESSIONS_MAX {
            let names: Vec<String> = some.iter().map(|part| part.name.clone()).collect();
            if let Some(touched) = journal::touched_once(&self.store, &names, SESSIONS_MAX).await? {
                passed += self.make_because(because, &touched).await?;
                parts.drain(..names.len());
                self.done.extend(names);
            }
        }
        while !parts.is_empty() && passed.work() < enough {
            // As many as are made together; a large one by itself, piece by piece.
            let mut rows = 0;
            let fitting = parts.iter().take_while(|part| {
                rows += part.rows;
                rows <= SESSIONS_MAX
            });
            let count = fitting.count().max(1);
            let largest = parts[..count].iter().map(|part| part.rows).max().unwrap_or_default();
            let names: Vec<String> = parts[..count].iter().map(|part| part.name.clone()).collect();
            let mut from = self.begun.remove(&names[0]).unwrap_or(0);
            let is_made = loop {
                let touched = journal::touched(&self.store, &names, from..from + SESSIONS_MAX).await?;
                passed += self.make_because(because, &touched).await?;
                from += SESSIONS_MAX;
                if from >= largest {
                    break true;
                }
                if passed.work() >= enough {
                    break false;
                }
            };
            if is_made {
                parts.drain(..count);
                self.done.extend(names);
            } else {
                self.begun.insert(parts[0].name.clone(), from);
            }
        }
        if parts.is_empty() {
            self.complete(because, number);
        } else if because == Because::Mark {
            // The rest is due at once.
            self.made_marks = None;
        }
        tracing::debug!(
            ?because,
            sessions = passed.sessions,
            rows = passed.rows,
            elapsed_ms = began.elapsed().as_millis(),
            "visits made"
        );
        Ok(passed)
    }

    async fn make_because(&mut self, because: Because, touched: &[Touched]) -> Result<Passed, MakeError> {
        match because {
            Because::Mark => self.make_of_marks(touched).await,
            Because::Event | Because::Anew => self.make(touched).await,
        }
    }

    /// Makes the sessions anew that the edges of some visitors may decide about. Where these are many they are put into the
    /// journal instead, to be made piece by piece beside what else is to be done.
    async fn make_of_marks(&mut self, marks: &[Touched]) -> Result<Passed, MakeError> {
        let (mut passed, mut waiting) = (Passed::default(), Shares::of(marks));
        while let Some(some) = waiting.next() {
            match self.make_of_marks_together(some).await? {
                Together::Made(made) => passed += made,
                Together::TooMany { shares } => waiting.divide(some, shares),
            }
        }
        Ok(passed)
    }

    async fn make_of_marks_together(&mut self, marks: &[Touched]) -> Result<Together, MakeError> {
        let mut names = Names::default();
        for row in marks {
            names.session(row);
        }
        self.with_edges.add(names.visitors());
        let store = self.store.clone();
        let timelines = match edges::timelines(&store, self.known_edges(), &names, MARKS_TOGETHER_MAX).await?
        {
            Ok(timelines) => timelines,
            Err(marks) => return Ok(Together::TooMany { shares: marks / MARKS_TOGETHER_MAX + 1 }),
        };
        let mut since = Since::default();
        for row in marks {
            let Some(site) = names.place(&row.site) else { continue };
            let timeline = timelines.get(&(site, row.visitor_hash));
            let before = timeline.and_then(|timeline| timeline.last_before(i64::from(row.day) * MS_PER_DAY));
            since.visitor(site, row.visitor_hash, before.map_or(0, day_of));
        }
        let sessions = rows::sessions_since(&self.store, &names, &since, SESSIONS_OF_MARKS_MAX).await?;
        let Some(mut sessions) = sessions else {
            rows::touch_since(&self.store, &names, &since).await?;
            return Ok(Together::Made(Passed { put_off: marks.len() as u64, ..Passed::default() }));
        };
        drop(timelines);
        let mut passed = Passed::default();
        // By days, which the tables are sorted by.
        sessions.sort_unstable_by_key(|session| (session.day, session.visitor_hash));
        for some in sessions.chunks(SESSIONS_MAX as usize) {
            passed += self.make(some).await?;
        }
        Ok(Together::Made(passed))
    }

    /// Makes the visits of some sessions anew: all at once, unless these are more than the memory is to hold.
    async fn make(&mut self, touched: &[Touched]) -> Result<Passed, MakeError> {
        let (mut passed, mut waiting) = (Passed::default(), Shares::of(touched));
        while let Some(some) = waiting.next() {
            match self.make_together(some).await? {
                Together::Made(made) => passed += made,
                Together::TooMany { shares } => waiting.divide(some, shares),
            }
        }
        Ok(passed)
    }

    /// The same at once; a single one in any case.
    async fn make_together(&mut self, touched: &[Touched]) -> Result<Together, MakeError> {
        if touched.is_empty() {
            return Ok(Together::Made(Passed::default()));
        }
        let is_one = touched.len() == 1;
        let (mut names, mut scope) = (Names::default(), Scope::default());
        for row in touched {
            scope.touch(names.session(row), row.day.into());
        }
        let mut made: HashMap<_, Made> = HashMap::default();
        let touched_days = scope.clone();
        let mut asked = scope.clone();
        while !asked.is_empty() {
            let found = rows::made(&self.store, &names, &asked).await?;
            // Few go over midnight: only what is beside these is asked for once more.
            asked = scope.widen(found.values());
            made.extend(found);
        }
        let writing = Arc::clone(&self.writing);
        let _writing = writing.lock().await;
        // Later than all that is written so far, whatever the clock does, and of several processes the later is the later.
        if self.version == 0 {
            self.version = rows::last_version(&self.store).await?;
        }
        self.version = rows::now(&self.store).await?.max(self.version + 1);
        let store = self.store.clone();
        let timelines = match edges::timelines(&store, self.known_edges(), &names, MARKS_TOGETHER_MAX).await?
        {
            Ok(timelines) => timelines,
            Err(marks) => return Ok(Together::TooMany { shares: marks / MARKS_TOGETHER_MAX + 1 }),
        };
        let most = if is_one { EVENTS_OF_A_SESSION_MAX } else { EVENTS_MAX };
        let (events, count) = events(&self.store, &names, &scope, &timelines, most).await?;
        if count > most && !is_one {
            return Ok(Together::TooMany { shares: count / EVENTS_MAX + 1 });
        }
        let visits: Vec<(Session, Visit)> = events
            .into_iter()
            .flat_map(|(session, events)| visits(events).into_iter().map(move |visit| (session, visit)))
            .collect();
        selected::forget(&self.store, &names, &scope, &selected::shrunk(&made, &visits, &scope)).await?;
        let mut block = Block::new(self.version, &names);
        for (session, visit) in &visits {
            block.visit(*session, visit);
        }
        block.take_back(made.into_values(), &scope);
        people::leave(&self.store, self.version, block.left()).await?;
        self.rollup_days.change(&block.spans(&touched_days)).await?;
        let rows = block.write(&self.store, self.fence.as_ref()).await?;
        Ok(Together::Made(Passed { sessions: touched.len() as u64, rows, put_off: 0 }))
    }
}

/// What came of making some sessions together.
#[derive(Clone, Copy, Debug)]
enum Together {
    Made(Passed),
    /// They are too many for the memory; in so many shares they might not be.
    TooMany {
        shares: usize,
    },
}

/// What is still to be made, in shares of which each is made together.
struct Shares<'a>(Vec<&'a [Touched]>);

impl<'a> Shares<'a> {
    /// All in one.
    fn of(all: &'a [Touched]) -> Self {
        Self(vec![all])
    }

    /// The next one.
    fn next(&mut self) -> Option<&'a [Touched]> {
        self.0.pop()
    }

    /// Puts back one that is too large, in so many.
    fn divide(&mut self, some: &'a [Touched], shares: usize) {
        self.0.extend(some.chunks(some.len().div_ceil(shares.max(2))).rev());
    }
}
