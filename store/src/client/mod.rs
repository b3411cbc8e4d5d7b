//! The connection to ClickHouse, embedded or remote: always its HTTP interface, through the official crate.
//!
//! `work` and `endpoint` say for whom and where, `connection` sets the official client up, `statement` asks and inserts.
//! Knows no table; the engine, the migrations, the registry, and all crates above use it.

mod answer_stream;
mod connection;
mod endpoint;
mod error;
mod param;
mod statement;
mod text_list;
mod work;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use clickhouse::Client;
use tokio::sync::Semaphore;

pub use answer_stream::AnswerStream;
pub use endpoint::{Endpoint, EndpointError};
pub use error::StoreError;
pub use param::Param;
pub use statement::{AnswerFormat, column, rows_and_total_of, rows_of};
pub use text_list::TextList;
pub use work::Work;

use connection::Connections;
pub(crate) use connection::Others;

/// Inserts at the same time: more only makes smaller parts wait for each other.
const INSERTS_MAX: usize = 4;

/// The store: a ClickHouse server, embedded or remote. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    work: Work,
    time_limit: Duration,
}

struct Inner {
    connections: ArcSwap<Connections>,
    /// The directory of an engine on this machine, to be forced to the disk.
    engine_dir: ArcSwapOption<PathBuf>,
    inserts: Semaphore,
    registry: Semaphore,
    upkeep: Semaphore,
    questions: Semaphore,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Store({:?}, {:?})", self.inner.connections.load().endpoint, self.work)
    }
}

impl Store {
    /// A store at `endpoint`, for [upkeep](Work::Upkeep). Does not connect yet.
    pub fn connect(endpoint: Endpoint) -> Self {
        let places = |work: Work| Semaphore::new(work.statements_max());
        Self {
            inner: Arc::new(Inner {
                connections: ArcSwap::from_pointee(Connections::new(endpoint, None)),
                engine_dir: ArcSwapOption::empty(),
                inserts: Semaphore::new(INSERTS_MAX),
                registry: places(Work::Registry),
                upkeep: places(Work::Upkeep),
                questions: places(Work::Questions),
            }),
            work: Work::Upkeep,
            time_limit: Work::Upkeep.time_limit(),
        }
    }

    /// The same store for another kind of work, with the places and the time limit of that kind.
    #[must_use]
    pub fn for_work(self, work: Work) -> Self {
        Self { work, time_limit: work.time_limit(), ..self }
    }

    /// The same store with another time limit for each statement.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Sends what follows to another address: the embedded engine came back on another port. Questions are asked as
    /// users of their own.
    pub(crate) fn reconnect(&self, endpoint: Endpoint, others: Option<&Others>) {
        self.inner.connections.store(Arc::new(Connections::new(endpoint, others)));
    }

    /// Says that the engine keeps its tables in a directory of this machine.
    pub(crate) fn keeps_its_tables_in(&self, dir: &Path) {
        self.inner.engine_dir.store(Some(Arc::new(dir.to_owned())));
    }

    /// Whether it is an engine that keeps its tables on this machine, and [`Store::sync`] reaches its disk.
    pub fn is_on_this_machine(&self) -> bool {
        self.inner.engine_dir.load().is_some()
    }

    /// Forces what was inserted to the disk. Of a server elsewhere nothing can be forced from here: its tables do it at
    /// each insert (`migrations.rs`).
    ///
    /// # Errors
    /// The disk's. What was inserted since the last success may then be lost in a power cut, whatever a later call says.
    pub async fn sync(&self) -> io::Result<()> {
        let Some(dir) = self.inner.engine_dir.load_full() else { return Ok(()) };
        let synced = tokio::task::spawn_blocking(move || {
            // One call for all files of all tables: to force each of an insert's files costs it several times the CPU.
            Ok(rustix::fs::syncfs(std::fs::File::open(dir.as_path())?)?)
        });
        synced.await.map_err(io::Error::other)?
    }

    /// Closes the connections that nobody uses; what is asked from now on fails.
    pub(crate) fn disconnect(&self) {
        let nowhere = Endpoint { url: "http://127.0.0.1:0".into(), ..self.endpoint() };
        self.reconnect(nowhere, None);
    }

    /// The official client, for a statement with settings of its own.
    pub fn client(&self) -> Client {
        let connections = self.inner.connections.load();
        match self.work {
            Work::Registry | Work::Upkeep => connections.service.clone(),
            Work::Questions => connections.questions.clone(),
            Work::Sql => connections.reader.clone(),
        }
    }

    /// Who reads the views for SQL, and where they are.
    pub(crate) fn reader(&self) -> Endpoint {
        self.inner.connections.load().reader_endpoint.clone()
    }

    /// Where the store is.
    pub fn endpoint(&self) -> Endpoint {
        self.inner.connections.load().endpoint.clone()
    }
}
