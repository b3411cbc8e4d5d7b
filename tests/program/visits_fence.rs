//! Visits are made by one of the processes that share a store. One that was stopped in the middle of it goes on when another
//! has the job: it writes nothing of what it had read. Who has the job again knows what was written meanwhile, whatever the
//! clock said.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use orma_jobs::{Job, Jobs, Timing};
use orma_store::{Endpoint, Store, migrations};
use orma_visits::{Fence, Maker};
use serde::Deserialize;

use crate::support::remote::Remote;
use crate::support::wait_for;

const TIMING: Timing = Timing {
    lease: Duration::from_secs(3),
    renewal: Duration::from_millis(200),
    window: Duration::from_secs(1),
    clocks_differ_max: Duration::from_secs(1),
};

/// A way to the store on which nothing goes any further once visits are to be written, until it is let go.
struct Link {
    address: SocketAddr,
    state: Arc<LinkState>,
}

#[derive(Default)]
struct LinkState {
    is_armed: AtomicBool,
    is_frozen: AtomicBool,
    /// Statements that were held up, and are answered by now.
    answered: AtomicU32,
}

impl Link {
    fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let state = Arc::clone(&link.state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(target)) else { continue };
                let state = Arc::clone(&state);
                std::thread::spawn(move || state.pass(&client, &server));
            }
        });
        link
    }

    fn freeze_when_visits_are_written(&self) {
        self.state.is_armed.store(true, Ordering::SeqCst);
    }

    fn is_frozen(&self) -> bool {
        self.state.is_frozen.load(Ordering::SeqCst)
    }

    fn let_go(&self) {
        self.state.is_frozen.store(false, Ordering::SeqCst);
    }

    fn answered(&self) -> u32 {
        self.state.answered.load(Ordering::SeqCst)
    }
}

impl LinkState {
    fn pass(self: &Arc<Self>, client: &TcpStream, server: &TcpStream) {
        let was_held = Arc::new(AtomicBool::new(false));
        let answers = {
            let (state, was_held) = (Arc::clone(self), Arc::clone(&was_held));
            let (mut to_client, mut from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                let mut bytes = vec![0; 64 << 10];
                while let Ok(length @ 1..) = from_server.read(&mut bytes) {
                    state.wait();
                    if was_held.swap(false, Ordering::SeqCst) {
                        state.answered.fetch_add(1, Ordering::SeqCst);
                    }
                    // Whoever asked may be gone; what it sent is done nevertheless.
                    drop(to_client.write_all(&bytes[..length]));
                }
                drop(to_client.shutdown(Shutdown::Both));
            })
        };
        let (mut from_client, mut to_server) = (client, server);
        let mut bytes = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from_client.read(&mut bytes) {
            let piece = String::from_utf8_lossy(&bytes[..length]).replace('+', " ").replace("%20", " ");
            if piece.contains("INSERT INTO visits") && self.is_armed.swap(false, Ordering::SeqCst) {
                was_held.store(true, Ordering::SeqCst);
                self.is_frozen.store(true, Ordering::SeqCst);
            }
            self.wait();
            if to_server.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        // What was sent is answered first.
        drop(to_server.shutdown(Shutdown::Write));
        drop(answers.join());
    }

    fn wait(&self) {
        while self.is_frozen.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn process(store: &Store) -> Jobs {
    let maker = Maker::new(store.clone());
    let make = Job::by_one("visits", Duration::from_millis(50), move |turn| {
        let maker = maker.clone();
        async move {
            maker.make_all(turn.fence().map(Fence).as_ref()).await?;
            Ok(())
        }
    });
    Jobs::start_with(store, vec![make], TIMING)
}

/// An event of the one session so many minutes after midnight.
async fn event(store: &Store, minute: u32) {
    let sql = format!(
        "INSERT INTO events (site, event_id, ts, visitor, session, kind, path) SELECT 'demo', generateUUIDv4(), \
         toDateTime64('2026-11-10 00:00:00', 3, 'UTC') + INTERVAL {minute} MINUTE, 'v', 's', 'page_view', '/{minute}'"
    );
    store.execute(&sql, &[]).await.unwrap();
}

/// The visits of the store by the minutes of their beginnings, and how many events they have.
async fn visits(store: &Store) -> Vec<(i64, u32)> {
    #[derive(Deserialize)]
    struct Visit {
        minute: i64,
        events: u32,
    }
    let sql = "SELECT dateDiff('minute', toDateTime64('2026-11-10 00:00:00', 3, 'UTC'), started) AS minute, \
               event_count AS events FROM visits FINAL ORDER BY minute";
    let rows: Vec<Visit> = store.select(sql, &[]).await.unwrap();
    rows.iter().map(|row| (row.minute, row.events)).collect()
}

fn wait_until_made(store: &Store) {
    #[derive(Deserialize)]
    struct Left {
        left: u64,
    }
    let left = || {
        let left = tokio::runtime::Handle::current().block_on(async {
            store.select::<Left>("SELECT count() AS left FROM touched", &[]).await.unwrap()
        });
        (left[0].left == 0).then_some(())
    };
    tokio::task::block_in_place(|| wait_for("the journal to be empty", left));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_the_job_writes_no_visit_and_who_has_it_again_writes_the_latest() {
    let remote = tokio::task::block_in_place(Remote::start);
    let store = Store::connect(Endpoint::parse(&remote.url()).unwrap());
    migrations::migrate(&store, None).await.unwrap();
    let port = remote.url().rsplit_once(':').unwrap().1.split('/').next().unwrap().parse().unwrap();
    let link = Link::to(SocketAddr::from(([127, 0, 0, 1], port)));
    let through_the_link = remote.url().replace(&port.to_string(), &link.address.port().to_string());
    event(&store, 100).await;
    let first = process(&Store::connect(Endpoint::parse(&through_the_link).unwrap()));
    wait_until_made(&store);
    assert_eq!(visits(&store).await, [(100, 1)]);
    // It has read that the visit begins at the 80th minute, and nobody else ever does.
    link.freeze_when_visits_are_written();
    event(&store, 80).await;
    tokio::task::block_in_place(|| wait_for("visits to be written", || link.is_frozen().then_some(())));
    event(&store, 70).await;
    let second = process(&store);
    wait_until_made(&store);
    assert_eq!(visits(&store).await, [(70, 3)]);
    link.let_go();
    tokio::task::block_in_place(|| wait_for("its answer", || (link.answered() > 0).then_some(())));
    assert_eq!(visits(&store).await, [(70, 3)], "what it had read is written");
    // The second's clock was ahead by minutes.
    let ahead = "INSERT INTO visits SELECT * REPLACE (version + 300000000 AS version) FROM visits FINAL";
    store.execute(ahead, &[]).await.unwrap();
    second.stop().await;
    event(&store, 90).await;
    wait_until_made(&store);
    assert_eq!(visits(&store).await, [(70, 4)], "an earlier version counts");
    first.stop().await;
}
