//! Work in the background that one process does for all that share a store: leases, marks, and what becomes of them when a
//! process is killed or stopped.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::remote::Remote;
use crate::support::{Setup, request, wait_for};
use orma_jobs::{Job, Jobs, Timing};
use orma_store::{Endpoint, Registry, Site, Store};
use serde_json::Value;
use tempfile::TempDir;

const TIMING: Timing = Timing {
    lease: Duration::from_secs(3),
    renewal: Duration::from_millis(200),
    window: Duration::from_secs(1),
    clocks_differ_max: Duration::from_secs(1),
};

fn store_of(remote: &Remote) -> Store {
    Store::connect(Endpoint::parse(&remote.url()).unwrap())
}

async fn number(store: &Store, sql: &str) -> u64 {
    store.select::<Value>(sql, &[]).await.unwrap()[0]["n"].as_u64().unwrap()
}

/// A job that counts: each step is one further than the mark.
#[derive(Clone, Default)]
struct Counting {
    inside: Arc<AtomicUsize>,
    together: Arc<AtomicUsize>,
    /// Who took which number, in which term.
    taken: Arc<Mutex<Vec<(usize, u64, u64)>>>,
}

impl Counting {
    fn start(&self, store: &Store, process: usize) -> Jobs {
        let counting = self.clone();
        let job = Job::by_one("counting", Duration::from_millis(20), move |turn| {
            let Counting { inside, together, taken } = counting.clone();
            async move {
                if inside.fetch_add(1, Ordering::SeqCst) > 0 {
                    together.fetch_add(1, Ordering::SeqCst);
                }
                // Also when it is cut off.
                let _leaves = Leaves(inside);
                let next = turn.mark().map_or(0, |mark| mark.parse::<u64>().unwrap()) + 1;
                turn.keep(&next.to_string()).await?;
                taken.lock().unwrap().push((process, turn.term(), next));
                Ok(())
            }
        });
        Jobs::start_with(store, vec![job], TIMING)
    }

    fn last(&self) -> Option<(usize, u64, u64)> {
        self.taken.lock().unwrap().last().copied()
    }

    /// Waits until one that is not `other` has taken a number; returns who.
    fn somebody_but(&self, other: Option<usize>) -> usize {
        let another = || self.last().map(|(process, ..)| process).filter(|process| Some(*process) != other);
        tokio::task::block_in_place(|| wait_for("a turn of another", another))
    }
}

struct Leaves(Arc<AtomicUsize>);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_does_it_and_who_comes_after_a_stop_or_an_end_without_goes_on_from_the_mark() {
    let remote = tokio::task::block_in_place(Remote::start);
    let counting = Counting::default();
    let mut handles = Vec::new();
    for process in 0..5 {
        // Each with connections of its own, as processes have.
        handles.push(Some(counting.start(&store_of(&remote), process)));
    }
    let store = store_of(&remote);
    let mut holder = counting.somebody_but(None);
    for is_stopped in [true, false, true] {
        let jobs = handles[holder].take().unwrap();
        let (_, term, _) = counting.last().unwrap();
        if is_stopped {
            jobs.stop().await;
        } else {
            assert!(jobs.metrics()().contains("orma_job_lease_held{job=\"counting\"} 1.000"));
            // Nothing is withdrawn, and what is on its way may still arrive.
            drop(jobs);
        }
        holder = counting.somebody_but(Some(holder));
        let left = format!(
            "SELECT countIf(NOT gone) AS n FROM (SELECT max(withdrawn) AS gone FROM job_claims WHERE term = {term} GROUP BY claim)"
        );
        assert_eq!(
            number(&store, &left).await,
            u64::from(!is_stopped),
            "claims of term {term} that still stand"
        );
    }
    for jobs in handles.into_iter().flatten() {
        jobs.stop().await;
    }
    assert_eq!(counting.together.load(Ordering::SeqCst), 0, "two had the job at once");
    let taken = counting.taken.lock().unwrap().clone();
    assert_eq!(
        number(&store, "SELECT toUInt64(argMax(mark, position)) AS n FROM job_marks").await,
        taken.last().unwrap().2
    );
    let mut terms: Vec<u64> = taken.iter().map(|(_, term, _)| *term).collect();
    assert!(terms.is_sorted());
    terms.dedup();
    assert_eq!(terms.len(), 4, "{terms:?}");
    for pair in taken.windows(2) {
        // A mark that was on its way when its process ended counts, though nobody was told of it.
        let ended_between = pair[0].1 != pair[1].1;
        let step = pair[1].2 - pair[0].2;
        assert!(step == 1 || (ended_between && step == 2), "{pair:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_the_job_moves_no_mark() {
    let remote = tokio::task::block_in_place(Remote::start);
    let store = store_of(&remote);
    let (sender, mut turns) = tokio::sync::mpsc::unbounded_channel();
    let job = |sender: tokio::sync::mpsc::UnboundedSender<orma_jobs::Turn>| {
        Job::by_one("kept", Duration::from_millis(1), move |turn| {
            let sender = sender.clone();
            async move {
                sender.send(turn)?;
                std::future::pending().await
            }
        })
    };
    let first = Jobs::start_with(&store, vec![job(sender.clone())], TIMING);
    let mut turn = || tokio::task::block_in_place(|| wait_for("a turn", || turns.try_recv().ok()));
    let earlier = turn();
    assert_eq!(earlier.mark(), None);
    earlier.keep("earlier").await.unwrap();
    first.stop().await;
    assert!(earlier.keep("too late").await.is_err(), "it has given the lease up");
    // An insert of its that comes late, as the network may deliver it.
    let second = Jobs::start_with(&store, vec![job(sender)], TIMING);
    let later = turn();
    assert_eq!(later.mark().as_deref(), Some("earlier"));
    later.keep("later").await.unwrap();
    let late = "INSERT INTO job_marks SELECT job, (position - position % 4294967296) - 4294967296 + 1000, 'too late', \
                now64(3) FROM job_marks WHERE mark = 'later'";
    store.execute(late, &[]).await.unwrap();
    second.stop().await;
    let there = "SELECT toUInt64(argMax(mark, position) = 'later') AS n FROM job_marks WHERE job = 'kept'";
    assert_eq!(number(&store, there).await, 1);
    store.execute("OPTIMIZE TABLE job_marks FINAL", &[]).await.unwrap();
    assert_eq!(number(&store, there).await, 1, "nor once its rows are merged");
}

/// An `orma query` with its log.
struct Querying {
    child: Child,
    dir: TempDir,
}

impl Querying {
    fn start(remote: &Remote) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = File::create(dir.path().join("log")).unwrap();
        let setup =
            Setup::query(remote.url()).argument("--accounting-seconds", "1").argument("--log-level", "info");
        let mut command = setup.command("query", dir.path());
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { child, dir }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    fn metric(&self, line: &str) -> Option<f64> {
        let running = read_json(&self.dir.path().join("running.json"))?;
        let url = format!("http://{}/metrics", running["admin"].as_str()?);
        let text = request("GET", &url, &[], &[]).text;
        text.lines().find_map(|there| there.strip_prefix(line)?.strip_prefix(' ')?.parse().ok())
    }

    fn has_the_alarm(&self) -> bool {
        self.metric("orma_job_lease_held{job=\"accounts_alarm\"}") == Some(1.0)
    }

    fn sees_a_gap(&self) -> bool {
        self.metric("orma_accounting_gap_events{site=\"shop\"}") == Some(7.0)
    }
}

impl Drop for Querying {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn read_json(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// What the collectors counted of an hour: twenty events, and so many of them duplicates.
async fn counted(store: &Store, duplicates: u64) {
    let sql = format!(
        "INSERT INTO outcomes SELECT 'shop', toDateTime('2026-11-10 10:00:00', 'UTC'), 'c1', toDateTime64(0, 3, 'UTC'), '', \
         20, {duplicates}, 0, 0, 0, 0, {duplicates}"
    );
    store.execute(&sql, &[]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_is_told_by_one_process_and_its_end_by_another_when_that_is_killed() {
    const GAP: &str = "the accounts do not add up";
    const WHOLE: &str = "the accounts add up again";
    let remote = tokio::task::block_in_place(Remote::start);
    let store = store_of(&remote);
    let site = Site {
        site: "shop".into(),
        name: "Shop".into(),
        timezone: "Europe/Rome".into(),
        currency: "EUR".into(),
        origins: Vec::new(),
    };
    Registry::without_mirror(store.clone()).put_site(&site).await.unwrap();
    counted(&store, 13).await;
    tokio::task::block_in_place(|| {
        let first = Querying::start(&remote);
        wait_for("the first to have the alarm", || first.has_the_alarm().then_some(()));
        wait_for("the alarm", || first.log().contains(GAP).then_some(()));
        let second = Querying::start(&remote);
        wait_for("the second to see the gap", || second.sees_a_gap().then_some(()));
        assert!(!second.has_the_alarm() && !second.log().contains(GAP), "{}", second.log());
        assert_eq!(second.metric("orma_job_failed{job=\"accounts_alarm\"}"), Some(0.0));
        assert_eq!(first.log().matches(GAP).count(), 1, "{}", first.log());
        // Kill -9: it releases nothing.
        drop(first);
        tokio::runtime::Handle::current().block_on(counted(&store, 20));
        wait_for("the second to have the alarm", || second.has_the_alarm().then_some(()));
        // It has told no gap, and knows of one that the first has told.
        wait_for("the end of the alarm", || second.log().contains(WHOLE).then_some(()));
        assert!(!second.log().contains(GAP), "{}", second.log());
    });
}
