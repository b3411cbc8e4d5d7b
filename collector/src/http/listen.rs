//! Listeners and connections: a single-threaded runtime per core, each with a listener of its own on the same port, so
//! that the kernel spreads connections and no lock is shared between cores.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::{Semaphore, watch};

use super::answer::Body;
use super::routes::Routes;

/// Answers requests that are not the collector's.
pub type Fallback = Arc<dyn Fn(Request<Incoming>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// Connections that the kernel holds before they are accepted.
const BACKLOG: i32 = 4096;

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
/// `drain`.
///
/// # Errors
/// The runtime cannot be made.
pub fn serve(
    listener: TcpListener,
    routes: Routes,
    stop: watch::Receiver<bool>,
    drain: Duration,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let routes = Arc::new(routes.for_worker());
        accept(listener, &routes, stop, drain).await;
        Ok(())
    })
}

async fn accept(
    listener: tokio::net::TcpListener,
    routes: &Arc<Routes>,
    mut stop: watch::Receiver<bool>,
    drain: Duration,
) {
    let connections = Arc::new(Semaphore::new(routes.limits.connections_max));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, most likely: wait for some to be closed instead of spinning.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let metrics = routes.ingest.metrics.clone();
        let Ok(permit) = connections.clone().try_acquire_owned() else {
            metrics.connections_refused.inc();
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the client left before it was served");
        }
        let routes_here = routes.clone();
        let service = service_fn(move |request| {
            let routes = routes_here.clone();
            async move { Ok::<_, std::convert::Infallible>(routes.answer(request, peer.ip()).await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(routes.limits.header_ms_max))
            .max_buf_size(routes.limits.header_bytes_max)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        metrics.connections.inc();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended with an error");
            }
            metrics.connections.dec();
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not finish within drain_ms_max");
    }
}
