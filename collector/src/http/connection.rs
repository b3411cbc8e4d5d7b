//! One connection's state, and the sweep that looks at all of a worker's connections a few times a second.
//!
//! Time limits cost a request nothing but a store of what it is doing and since when: there is no timer for each
//! connection. The sweep finds those that take too long, leaves a command with them and wakes them. It also has
//! connections *parked* that wait for their next request: a parked connection keeps its socket and gives back its
//! buffers, so that ten thousand phones with an open connection cost no more than their sockets.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::task::Waker;
use std::time::Instant;

use hyper::HeaderMap;

use super::limits::HttpLimits;
use super::load_shedding::InflightBytes;
use super::proxy::Peer;
use super::terms::Terms;

/// How often the sweep looks, in milliseconds: how exact time limits are.
pub const SWEEP_MS: u32 = 250;
/// A connection without a request for this long gives back its buffers.
const PARK_MS: u32 = 1_000;

/// Requests of HTTP/2 that a worker has in flight, on all connections together: as many as may wait for the disk. Each
/// takes some kilobytes, and a client can leave its answer for as long as it may.
const STREAMS_MAX: u32 = 16_384;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// It waits for a request.
    Idle,
    /// A request's head has begun.
    Head,
    /// A request's body is read.
    Body,
    /// A request is answered.
    Responding,
    /// The answer is handed over piece by piece, as the client takes it.
    Sending,
    /// The last of the response is on its way to the client.
    Flushing,
}

impl Phase {
    const fn of(number: u8) -> Self {
        match number {
            0 => Self::Idle,
            1 => Self::Head,
            2 => Self::Body,
            3 => Self::Responding,
            4 => Self::Sending,
            _ => Self::Flushing,
        }
    }
}

/// What the sweep wants of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Command {
    /// Nothing.
    None,
    /// Give back the buffers.
    Park,
    /// The head of a request took too long.
    EndHead,
    /// The body of a request took too long.
    EndBody,
    /// Idle for too long, or the client does not take its answer.
    Close,
    /// The collector stops: answer what is in flight, then close.
    Drain,
}

impl Command {
    const fn of(number: u8) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Park,
            2 => Self::EndHead,
            3 => Self::EndBody,
            4 => Self::Close,
            _ => Self::Drain,
        }
    }
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    worker: Arc<Worker>,
    peer: Peer,
    phase: AtomicU8,
    command: AtomicU8,
    parked: AtomicBool,
    http2: AtomicBool,
    linger: AtomicBool,
    /// [`Worker::now_ms`] when the phase began.
    since_ms: AtomicU32,
    /// Of the request's body that arrived, or of the answer that was handed over, since the phase began.
    bytes: AtomicU32,
    /// [`Worker::now_ms`] when the transport began to take nothing, plus one; 0 when it takes.
    blocked_ms: AtomicU32,
    /// An answer was ended because the client did not take it.
    stalled: AtomicBool,
    /// Requests in flight, of HTTP/2.
    streams: AtomicU32,
    task: OnceLock<Waker>,
}

impl Connection {
    /// A connection that waits for its first request; known to its worker's sweep.
    pub fn open(worker: &Arc<Worker>, peer: Peer) -> Arc<Self> {
        let connection = Arc::new(Self {
            worker: worker.clone(),
            peer,
            phase: AtomicU8::new(Phase::Idle as u8),
            command: AtomicU8::new(if worker.draining.load(Ordering::Relaxed) {
                Command::Drain
            } else {
                Command::None
            } as u8),
            parked: AtomicBool::new(false),
            http2: AtomicBool::new(false),
            linger: AtomicBool::new(false),
            since_ms: AtomicU32::new(worker.now_ms()),
            bytes: AtomicU32::new(0),
            blocked_ms: AtomicU32::new(0),
            stalled: AtomicBool::new(false),
            streams: AtomicU32::new(0),
            task: OnceLock::new(),
        });
        worker.connections.lock().expect("no panic while sweeping").push(Arc::downgrade(&connection));
        connection
    }

    /// Its worker.
    pub fn worker(&self) -> &Worker {
        &self.worker
    }

    /// Who is at the other end.
    pub const fn peer(&self) -> Peer {
        self.peer
    }

    /// The client of a request: the peer, or whom a trusted proxy names.
    pub fn client(&self, headers: &HeaderMap) -> IpAddr {
        if self.peer.trusted {
            return self.worker.terms.proxies.client(self.peer.address, headers);
        }
        self.peer.address
    }

    /// Counts that it was closed because it took too long.
    pub fn count_timed_out(&self, reason: &str) {
        self.worker.terms.metrics.timed_out.with_label_values(&[reason]).inc();
    }

    /// What it is doing.
    pub fn phase(&self) -> Phase {
        Phase::of(self.phase.load(Ordering::Relaxed))
    }

    /// It does something else from now on.
    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
        self.since_ms.store(self.worker.now_ms(), Ordering::Relaxed);
    }

    /// Bytes of a request came in.
    pub fn bytes_arrived(&self) {
        if self.phase() == Phase::Idle && !self.is_http2() {
            self.enter(Phase::Head);
        }
    }

    /// All that was to be written is written.
    pub fn flushed(&self) {
        if self.phase() == Phase::Flushing {
            self.enter(Phase::Idle);
        }
    }

    /// A body is read from now on.
    pub fn body_begins(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.enter(Phase::Body);
    }

    /// So much of the body has arrived.
    pub fn body_arrived(&self, bytes: usize) {
        self.bytes.store(u32::try_from(bytes).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// So many more bytes of the answer were handed over.
    pub fn sent(&self, bytes: usize) {
        let given = if self.phase() == Phase::Sending {
            self.bytes.load(Ordering::Relaxed)
        } else {
            self.enter(Phase::Sending);
            0
        };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.bytes.store(given.saturating_add(bytes), Ordering::Relaxed);
    }

    /// The transport takes nothing now.
    pub fn write_blocks(&self) {
        if self.blocked_ms.load(Ordering::Relaxed) == 0 {
            self.blocked_ms.store(self.worker.now_ms().wrapping_add(1).max(1), Ordering::Relaxed);
        }
    }

    /// The transport took something.
    pub fn write_goes_on(&self) {
        self.blocked_ms.store(0, Ordering::Relaxed);
    }

    /// Whether the transport takes nothing.
    pub fn is_write_blocked(&self) -> bool {
        self.blocked_ms.load(Ordering::Relaxed) != 0
    }

    /// The sweep's command, if there is one.
    pub fn command(&self) -> Command {
        Command::of(self.command.load(Ordering::Relaxed))
    }

    /// The command was carried out.
    pub fn clear_command(&self) {
        self.command.store(Command::None as u8, Ordering::Relaxed);
    }

    /// Leaves a command and wakes the connection. A drain stays the last word.
    pub fn leave(&self, command: Command) {
        if self.command() != Command::Drain {
            self.command.store(command as u8, Ordering::Relaxed);
        }
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }

    /// Remembers how to wake the connection's task. Its waker stays the same as long as it runs.
    pub fn remember_task(&self, waker: &Waker) {
        self.task.get_or_init(|| waker.clone());
    }

    /// Whether its buffers were given back.
    pub fn set_parked(&self, parked: bool) {
        self.parked.store(parked, Ordering::Relaxed);
    }

    /// From now on it speaks HTTP/2.
    pub fn set_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
    }

    /// Whether it speaks HTTP/2.
    pub fn is_http2(&self) -> bool {
        self.http2.load(Ordering::Relaxed)
    }

    /// A request of HTTP/2 began.
    pub fn stream_begins(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
        self.enter(Phase::Responding);
    }

    /// A request of HTTP/2 was answered.
    pub fn stream_ends(&self) {
        if self.streams.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.enter(Phase::Idle);
        }
    }

    /// A stream of HTTP/2 is ended because its answer was not taken. The connection goes too, once nothing else is
    /// answered on it.
    pub fn stream_stalled(&self) {
        self.stalled.store(true, Ordering::Relaxed);
        self.worker.terms.metrics.streams_timed_out.inc();
    }

    /// Whether an answer was not taken.
    pub fn has_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }

    /// A request was refused while the client still sends it: reads on for a moment after the answer, so that the
    /// client sees the answer and not a reset.
    pub fn linger(&self) {
        self.linger.store(true, Ordering::Relaxed);
    }

    /// See [`Connection::linger`].
    pub fn lingers(&self) -> bool {
        self.linger.load(Ordering::Relaxed)
    }

    /// What must be done now, if anything. Phases begin at the sweep before, so one sweep is added: a limit is never
    /// enforced early.
    fn overdue(&self, now_ms: u32, limits: &HttpLimits) -> Command {
        let late = |since_ms: u32, limit_ms: u64| {
            u64::from(now_ms.wrapping_sub(since_ms)) > limit_ms.saturating_add(u64::from(SWEEP_MS))
        };
        let passed = |limit_ms: u64| late(self.since_ms.load(Ordering::Relaxed), limit_ms);
        let blocked_ms = self.blocked_ms.load(Ordering::Relaxed);
        if blocked_ms != 0 && late(blocked_ms.wrapping_sub(1), limits.idle_ms_max) {
            return Command::Close;
        }
        let bytes = u64::from(self.bytes.load(Ordering::Relaxed));
        match self.phase() {
            Phase::Idle | Phase::Flushing if passed(limits.idle_ms_max) => Command::Close,
            Phase::Idle if self.has_stalled() => Command::Close,
            Phase::Sending if passed(limits.answer_ms_allowed(bytes)) => Command::Close,
            Phase::Idle
                if !self.is_http2() && !self.parked.load(Ordering::Relaxed) && passed(PARK_MS.into()) =>
            {
                Command::Park
            }
            Phase::Head if passed(limits.header_ms_max) => Command::EndHead,
            Phase::Body if passed(limits.body_ms_allowed(bytes)) => Command::EndBody,
            _ => Command::None,
        }
    }
}

/// One worker thread's connections.
pub struct Worker {
    /// What its connections are held to.
    pub terms: Arc<Terms>,
    /// Its share of [`HttpLimits::inflight_bytes_max`].
    pub inflight: InflightBytes,
    started: Instant,
    now_ms: AtomicU32,
    draining: AtomicBool,
    /// Requests of HTTP/2 in flight.
    streams: AtomicU32,
    connections: Mutex<Vec<Weak<Connection>>>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Worker").field("inflight", &self.inflight).finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker without connections.
    pub fn new(terms: Arc<Terms>, inflight_bytes_max: usize) -> Self {
        Self {
            terms,
            inflight: InflightBytes::new(inflight_bytes_max),
            started: Instant::now(),
            now_ms: AtomicU32::new(0),
            draining: AtomicBool::new(false),
            streams: AtomicU32::new(0),
            connections: Mutex::default(),
        }
    }

    /// Counts a request of HTTP/2 until [`Worker::stream_ends`]; `false` when there are too many.
    pub fn stream_begins(&self) -> bool {
        let room = self.streams.fetch_add(1, Ordering::Relaxed) < STREAMS_MAX;
        if !room {
            self.stream_ends();
        }
        room
    }

    /// See [`Worker::stream_begins`].
    pub fn stream_ends(&self) {
        self.streams.fetch_sub(1, Ordering::Relaxed);
    }

    /// Milliseconds since the worker's start at the last sweep. Wraps after 49 days; only differences count.
    pub fn now_ms(&self) -> u32 {
        self.now_ms.load(Ordering::Relaxed)
    }

    /// Looks at every connection.
    pub fn sweep(&self) {
        let now_ms = self.started.elapsed().as_millis() as u32;
        self.now_ms.store(now_ms, Ordering::Relaxed);
        self.each(|connection| match connection.overdue(now_ms, &self.terms.limits) {
            Command::None => {}
            command => connection.leave(command),
        });
    }

    /// Tells every connection to finish, and those to come.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.each(|connection| connection.leave(Command::Drain));
    }

    fn each(&self, mut look: impl FnMut(&Connection)) {
        let mut connections = self.connections.lock().expect("no panic while sweeping");
        connections.retain(|connection| {
            let Some(connection) = connection.upgrade() else { return false };
            look(&connection);
            true
        });
        if connections.len() * 4 < connections.capacity() {
            connections.shrink_to(1024);
        }
    }
}
