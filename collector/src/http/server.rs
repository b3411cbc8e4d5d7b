//! A service on its listeners: a thread for each, and what is done besides answering.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use super::handler::Handler;
use super::listen::{Gate, serve};
use super::load_shedding::AddressConnections;
use super::service::Service;
use super::terms::Terms;
use super::tls::{self, Tls};
use crate::memory::MemoryHooks;

/// How often the certificate's files are looked at, and how often the rate limits forget, in milliseconds.
const HOUSEKEEPING_MS: u64 = 1_000;

/// How connections begin.
#[derive(Debug, Default)]
pub struct Handshakes {
    /// Speak TLS.
    pub tls: Option<Tls>,
    /// Expect the PROXY protocol's header.
    pub proxy_protocol: bool,
    /// What the allocator is told.
    pub memory: Option<MemoryHooks>,
}

/// A running server.
pub struct Server {
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<io::Result<()>>>,
    housekeeping: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Serves each listener on a thread of its own, named after `name`, until [`Server::stop`], which then answers what
    /// is in flight for at most `drain`. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// A thread cannot be had.
    pub fn start<H: Handler>(
        name: &str,
        listeners: Vec<TcpListener>,
        service: Service<H>,
        handshakes: Handshakes,
        drain: Duration,
    ) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let inflight_bytes_max = service.terms.limits.inflight_bytes_max / listeners.len().max(1);
        let gate = Arc::new(Gate {
            tls: handshakes.tls,
            proxy_protocol: handshakes.proxy_protocol,
            addresses: Arc::new(AddressConnections::new(service.terms.limits.connections_max_per_address)),
            memory: handshakes.memory,
        });
        let start = |(number, listener)| {
            let (service, gate, stopped) = (service.clone(), gate.clone(), stopped.clone());
            std::thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || serve(listener, service, &gate, inflight_bytes_max, stopped, drain))
        };
        let threads = listeners.into_iter().enumerate().map(start).collect::<io::Result<_>>()?;
        let housekeeping = tokio::spawn(housekeeping(service.terms, gate));
        Ok(Self { stop, threads, housekeeping })
    }

    /// Stops accepting, and waits until what is in flight is answered.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let ended = tokio::task::spawn_blocking(move || {
            for thread in self.threads {
                match thread.join() {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::error!(%error, "a worker ended with an error"),
                    Err(_) => tracing::error!("a worker panicked"),
                }
            }
        });
        if ended.await.is_err() {
            tracing::error!("the workers could not be waited for");
        }
        self.housekeeping.abort();
        if let Err(error) = self.housekeeping.await
            && error.is_panic()
        {
            tracing::error!("housekeeping panicked");
        }
    }
}

async fn housekeeping(terms: Arc<Terms>, gate: Arc<Gate>) {
    let mut interval = tokio::time::interval(Duration::from_millis(HOUSEKEEPING_MS));
    loop {
        interval.tick().await;
        terms.rates.sweep();
        reload_certificate(&terms, &gate).await;
    }
}

async fn reload_certificate(terms: &Terms, gate: &Arc<Gate>) {
    if gate.tls.is_none() {
        return;
    }
    let here = gate.clone();
    let looked = tokio::task::spawn_blocking(move || here.tls.as_ref().map(Tls::reload_if_changed)).await;
    match looked {
        Ok(Some(tls::Reload::Failed(error))) => {
            terms.metrics.tls_certificate_stale.set(1);
            tracing::error!(%error, "the new certificate cannot be used: the old one stays in use");
        }
        Ok(Some(tls::Reload::Changed)) => terms.metrics.tls_certificate_stale.set(0),
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "the certificate's files could not be looked at"),
    }
}
