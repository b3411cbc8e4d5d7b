//! Listeners: a single-threaded runtime per core, each with a listener of its own on the same port, so that the kernel
//! spreads connections and no lock is shared between cores. What a connection is allowed to be is decided here, once.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use orma_store::LogLimit;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::MissedTickBehavior;

use super::connection::{Connection, SWEEP_MS, Worker};
use super::handler::Handler;
use super::io::Watched;
use super::load_shedding::{AddressConnections, AddressPermit};
use super::proxy::Peer;
use super::proxy_protocol;
use super::serve::{serve as serve_connection, serve_http2};
use super::service::Service;
use super::tls::Tls;
use crate::buffer_pool;
use crate::memory::MemoryHooks;

/// Whoever takes all file handles must not fill the disk as well.
static NOT_ACCEPTED: LogLimit = LogLimit::new(10);
/// Connections that the kernel holds before they are accepted.
const BACKLOG: i32 = 4096;

/// What connections are checked against, the same for all workers.
#[derive(Debug)]
pub struct Gate {
    /// Speak TLS.
    pub tls: Option<Tls>,
    /// Expect the PROXY protocol's header.
    pub proxy_protocol: bool,
    /// Open connections by client.
    pub addresses: Arc<AddressConnections>,
    /// What the allocator is told.
    pub memory: Option<MemoryHooks>,
}

/// Lets the process open as many files as the system allows it: each connection is one. Returns how many.
pub fn raise_open_files_max() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the number of open files stays as it was");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Opens `count` listeners on one address; port 0 takes a free one for all.
///
/// # Errors
/// The address is taken or not ours.
pub fn bind(address: SocketAddr, count: usize) -> io::Result<Vec<TcpListener>> {
    // Shared ports hide a second program on the same port; a plain bind tells.
    if address.port() != 0 {
        drop(socket(address, false)?);
    }
    let first = socket(address, true)?;
    first.listen(BACKLOG)?;
    let first = TcpListener::from(first);
    let shared = first.local_addr()?;
    let mut listeners = vec![first];
    for _ in 1..count {
        let next = socket(shared, true)?;
        next.listen(BACKLOG)?;
        listeners.push(next.into());
    }
    Ok(listeners)
}

fn socket(address: SocketAddr, shared_port: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared_port)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Serves one listener on the current thread until `stop` turns true, then answers what is in flight for at most
/// `drain`. `inflight_bytes_max` is this worker's part of what all workers may hold.
///
/// # Errors
/// The runtime cannot be made.
pub fn serve<H: Handler>(
    listener: TcpListener,
    service: Service<H>,
    gate: &Arc<Gate>,
    inflight_bytes_max: usize,
    stop: watch::Receiver<bool>,
    drain: Duration,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let service = Arc::new(service.for_worker());
        let worker = Arc::new(Worker::new(service.terms.clone(), inflight_bytes_max));
        let sweeping = tokio::spawn(sweep(worker.clone(), gate.memory));
        accept(listener, &worker, &service, gate, stop, drain).await;
        sweeping.abort();
        Ok(())
    })
}

async fn sweep(worker: Arc<Worker>, memory: Option<MemoryHooks>) {
    let mut interval = tokio::time::interval(Duration::from_millis(SWEEP_MS.into()));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        worker.sweep();
        buffer_pool::sweep();
        if let Some(hooks) = memory {
            (hooks.give_back)();
        }
    }
}

async fn accept<H: Handler>(
    listener: tokio::net::TcpListener,
    worker: &Arc<Worker>,
    service: &Arc<Service<H>>,
    gate: &Arc<Gate>,
    mut stop: watch::Receiver<bool>,
    drain: Duration,
) {
    let connections_max = worker.terms.limits.connections_max.min(Semaphore::MAX_PERMITS);
    let connections = Arc::new(Semaphore::new(connections_max));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, most likely: wait for some to be closed instead of spinning.
                if let Some(left_out) = NOT_ACCEPTED.line() {
                    tracing::warn!(%error, left_out, "a connection could not be accepted");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let Ok(permit) = connections.clone().try_acquire_owned() else {
            refuse(worker, "connections_max");
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the client left before it was served");
        }
        let address = peer.ip().to_canonical();
        let (worker, service, gate) = (worker.clone(), service.clone(), gate.clone());
        worker.terms.metrics.open.inc();
        let plain = gate.tls.is_none() && !gate.proxy_protocol;
        tokio::spawn(async move {
            if plain {
                let peer = Peer { address, trusted: worker.terms.proxies.contains(address), tls: false };
                if let Some(_admitted) = admit(&worker, &gate, peer) {
                    serve_connection(stream, Connection::open(&worker, peer), &service).await;
                }
            } else {
                Box::pin(shake_hands(stream, address, &worker, &service, &gate)).await;
            }
            worker.terms.metrics.open.dec();
            drop(permit);
        });
    }
    drop(listener);
    worker.drain();
    let all = connections.acquire_many(u32::try_from(connections_max).unwrap_or(u32::MAX));
    if tokio::time::timeout(drain, all).await.is_err() {
        tracing::warn!("some connections did not finish within drain_ms_max");
    }
}

fn refuse(worker: &Worker, reason: &str) {
    worker.terms.metrics.refused.with_label_values(&[reason]).inc();
}

/// Counts a connection of an address; `None` when it has all it may have, and the connection is refused.
#[expect(clippy::option_option, reason = "some are not counted")]
fn admit(worker: &Worker, gate: &Gate, peer: Peer) -> Option<Option<AddressPermit>> {
    if peer.trusted || worker.terms.rates.exempts(peer.address) {
        return Some(None);
    }
    let admitted = gate.addresses.admit(peer.address);
    if admitted.is_none() {
        refuse(worker, "connections_max_per_address");
    }
    admitted.map(Some)
}

/// What comes before the first request: the PROXY header, then TLS, both within `handshake_ms_max`.
async fn shake_hands<H: Handler>(
    mut stream: TcpStream,
    address: IpAddr,
    worker: &Arc<Worker>,
    service: &Arc<Service<H>>,
    gate: &Gate,
) {
    let within = Duration::from_millis(worker.terms.limits.handshake_ms_max);
    let deadline = tokio::time::Instant::now() + within;
    let mut client = address;
    if gate.proxy_protocol {
        if !worker.terms.proxies.contains(address) {
            return refuse(worker, "not_a_trusted_proxy");
        }
        match tokio::time::timeout_at(deadline, proxy_protocol::read(&mut stream)).await {
            Ok(Ok(source)) => client = source.unwrap_or(address),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a proxy's connection is closed");
                return refuse(worker, "proxy_protocol");
            }
            Err(_) => return refuse(worker, "handshake_ms_max"),
        }
    }
    let trusted = worker.terms.proxies.contains(client);
    let peer = Peer { address: client, trusted, tls: gate.tls.is_some() };
    let Some(_admitted) = admit(worker, gate, peer) else { return };
    let Some(tls) = &gate.tls else {
        return serve_connection(stream, Connection::open(worker, peer), service).await;
    };
    let accepted = match tokio::time::timeout_at(deadline, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            return worker.terms.metrics.tls_handshakes_failed.inc();
        }
        Err(_) => return refuse(worker, "handshake_ms_max"),
    };
    let http2 = accepted.get_ref().1.alpn_protocol() == Some(b"h2");
    let connection = Connection::open(worker, peer);
    if http2 {
        serve_http2(Watched::new(accepted, connection.clone()), connection, service).await;
    } else {
        serve_connection(accepted, connection, service).await;
    }
}
