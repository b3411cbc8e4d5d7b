//! A connection from its first byte to its last: HTTP/1.1 until it idles, parked until the next request; or HTTP/2.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::answer::{self, Body};
use super::connection::{Connection, Order, Phase};
use super::io::{Transport, Watched};
use super::lane;
use super::routes::Streamed;
use crate::config::HttpLimits;

/// hyper's own smallest bound of its buffer.
const BUFFER_BYTES_MIN: usize = 8 << 10;
/// How long and how much is read on after an answer that came before the request's end.
const LINGER_MS: u64 = 1_000;
const LINGER_BYTES_MAX: usize = 256 << 10;
/// How often a silent HTTP/2 peer is asked whether it lives, and how long it may take, in milliseconds.
const PING_INTERVAL_MS: u64 = 30_000;
const PING_MS_MAX: u64 = 10_000;
/// Streams reset before they were answered that a client may leave behind (CVE-2023-44487); then it is cut off.
const RESET_STREAMS_MAX: usize = 20;
/// Streams reset by us for the client's faults.
const FAULTY_STREAMS_MAX: usize = 64;
/// What one HTTP/2 connection may send before it is read.
const CONNECTION_WINDOW_BYTES: u32 = 256 << 10;
const STREAM_WINDOW_BYTES: u32 = 64 << 10;
/// Answers of one HTTP/2 stream that wait for the client.
const SEND_BUFFER_BYTES_MAX: usize = 64 << 10;

/// The answer to a head that did not arrive in time; nothing else is on its way then.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/json\r\n\
    connection: close\r\ncontent-length: 81\r\n\r\n\
    {\"error\":{\"code\":\"head_too_slow\",\"message\":\"the headers did not arrive in time\"}}";

enum Next<T> {
    /// It waits for a request, its buffers given back.
    Parked(Watched<T>),
    /// The client began with HTTP/2.
    Http2(Watched<T>),
    End,
}

/// Serves a connection of HTTP/1.1, or of HTTP/2 with prior knowledge.
pub async fn serve<T: Transport + Send + 'static>(stream: T, connection: Arc<Connection>) {
    let mut io = Watched::new(stream, connection.clone());
    loop {
        if !io.has_bytes() {
            match lane::serve(io.transport(), &connection).await {
                lane::Next::Other(bytes) => io.put_back(bytes),
                lane::Next::End => return Box::pin(finish(io.transport())).await,
            }
        }
        // Boxed: a connection that waits in the lane is not to carry what hyper needs.
        match Box::pin(http1_until_idle(io, &connection)).await {
            Next::Parked(parked) => io = parked,
            // Boxed: what HTTP/2 needs is not to weigh on those who do not speak it.
            Next::Http2(io) => return Box::pin(serve_http2(io, connection)).await,
            Next::End => return,
        }
    }
}

async fn http1_until_idle<T: Transport + Send + 'static>(
    io: Watched<T>,
    connection: &Arc<Connection>,
) -> Next<T> {
    let header_bytes_max = connection.worker().routes.limits.header_bytes_max.max(BUFFER_BYTES_MIN);
    let serving = connection.clone();
    let service = service_fn(move |request| answer_http1(serving.clone(), request));
    let mut http = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(header_bytes_max)
        .serve_connection(io, service);
    let end = poll_fn(|context| {
        connection.remember_task(context.waker());
        match connection.order() {
            Order::None => {}
            Order::Drain if connection.phase() == Phase::Idle => {
                return Poll::Ready(End::Ordered(Order::Drain));
            }
            Order::Drain => Pin::new(&mut http).graceful_shutdown(),
            order if is_due(order, connection.phase()) => {
                connection.clear_order();
                return Poll::Ready(End::Ordered(order));
            }
            // Whoever reads the body carries it out.
            Order::EndBody if connection.phase() == Phase::Body => {}
            _ => connection.clear_order(),
        }
        Pin::new(&mut http).poll(context).map(End::Itself)
    })
    .await;
    let parts = http.into_parts();
    let mut io = parts.io;
    match end {
        End::Itself(Ok(())) => {
            if connection.lingers() {
                linger(io.transport()).await;
            }
        }
        End::Itself(Err(error)) if error.is_parse_version_h2() => {
            io.put_back(parts.read_buf);
            return Next::Http2(io);
        }
        End::Itself(Err(error)) if error.is_parse() => {
            tracing::debug!(%error, "a request's head could not be read");
            let (status, reason) = if error.is_parse_too_large() {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large")
            } else {
                (StatusCode::BAD_REQUEST, "head_unreadable")
            };
            count_refused(connection, status, reason);
            linger(io.transport()).await;
        }
        End::Itself(Err(error)) => tracing::debug!(%error, "a connection ended with an error"),
        End::Ordered(Order::Park) => {
            io.put_back(parts.read_buf);
            return Next::Parked(io);
        }
        End::Ordered(Order::EndHead) => {
            count_refused(connection, StatusCode::REQUEST_TIMEOUT, "head_too_slow");
            if io.transport().write_all(TOO_SLOW).await.is_ok() && io.transport().shutdown().await.is_ok() {
                linger(io.transport()).await;
            }
        }
        End::Ordered(Order::Close) => {
            let reason = if connection.phase() == Phase::Idle { "idle" } else { "answer_not_taken" };
            connection.count_timed_out(reason);
            finish(io.transport()).await;
        }
        End::Ordered(_) => finish(io.transport()).await,
    }
    Next::End
}

enum End {
    Itself(hyper::Result<()>),
    Ordered(Order),
}

/// An order may be late: the connection has gone on since.
fn is_due(order: Order, phase: Phase) -> bool {
    match order {
        Order::Park => phase == Phase::Idle,
        Order::EndHead => phase == Phase::Head,
        Order::Close => matches!(phase, Phase::Idle | Phase::Answered),
        Order::None | Order::EndBody | Order::Drain => false,
    }
}

fn count_refused(connection: &Connection, status: StatusCode, reason: &str) {
    let routes = &connection.worker().routes;
    routes.ingest.metrics.count_response(status);
    routes.ingest.count_refused("", Timestamp::now().as_millisecond(), reason);
}

/// Says goodbye as the transport does; a client that takes nothing is not waited for.
async fn finish<T: Transport>(stream: &mut T) {
    if tokio::time::timeout(Duration::from_millis(LINGER_MS), stream.shutdown()).await.is_err() {
        tracing::trace!("the client takes no goodbye");
    }
}

/// Reads and forgets what the client still sends: closing with bytes unread would reset the connection, and the
/// answer with it.
async fn linger<T: Transport>(stream: &mut T) {
    let drained = async {
        let mut forgotten = [0; 4096];
        let mut bytes = 0;
        while bytes < LINGER_BYTES_MAX {
            match stream.read(&mut forgotten).await {
                Ok(0) | Err(_) => return,
                Ok(read) => bytes += read,
            }
        }
    };
    if tokio::time::timeout(Duration::from_millis(LINGER_MS), drained).await.is_err() {
        tracing::trace!("the client goes on sending");
    }
}

async fn answer_http1(
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    connection.enter(Phase::Answering);
    let response = connection.worker().routes.answer(request, &connection).await;
    if response.extensions().get::<Streamed>().is_some() {
        return Ok(guarded(response, Answer(connection)));
    }
    connection.enter(Phase::Answered);
    Ok(response)
}

/// Serves a connection of HTTP/2.
pub async fn serve_http2<T: Transport + Send + 'static>(io: Watched<T>, connection: Arc<Connection>) {
    connection.set_http2();
    connection.enter(Phase::Idle);
    let limits = &connection.worker().routes.limits;
    let serving = connection.clone();
    let service = service_fn(move |request| answer_http2(serving.clone(), request));
    let mut http = Box::pin(http2_builder(limits).serve_connection(io, service));
    let mut finishing = false;
    let ended = poll_fn(|context| {
        connection.remember_task(context.waker());
        match connection.order() {
            Order::Close | Order::Drain if !finishing => {
                finishing = true;
                http.as_mut().graceful_shutdown();
                if connection.order() == Order::Close {
                    connection.clear_order();
                    connection.count_timed_out("idle");
                }
            }
            // It was told at the sweep before, and the client did not go.
            Order::Close if connection.phase() == Phase::Idle => return Poll::Ready(Ok(())),
            Order::Drain => {}
            _ => connection.clear_order(),
        }
        http.as_mut().poll(context)
    })
    .await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

fn http2_builder(limits: &HttpLimits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    // Somewhat larger lists reach the route, where they are refused and counted; the library refuses the rest.
    let header_list_bytes_max = limits.header_bytes_max.max(BUFFER_BYTES_MIN).saturating_mul(4);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams_max)
        .max_header_list_size(u32::try_from(header_list_bytes_max).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(RESET_STREAMS_MAX)
        .max_local_error_reset_streams(FAULTY_STREAMS_MAX)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .max_send_buf_size(SEND_BUFFER_BYTES_MAX)
        .keep_alive_interval(Duration::from_millis(PING_INTERVAL_MS))
        .keep_alive_timeout(Duration::from_millis(PING_MS_MAX));
    builder
}

async fn answer_http2(
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    connection.stream_begins();
    let answering = Answer(connection.clone());
    let header_bytes_max = connection.worker().routes.limits.header_bytes_max;
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let response = if headers.sum::<usize>() + target > header_bytes_max {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        count_refused(&connection, status, "head_too_large");
        answer::error(status, "head_too_large", "the request's headers are too large")
    } else {
        connection.worker().routes.answer(request, &connection).await
    };
    Ok(guarded(response, answering))
}

/// An answer on its way; dropped when its last byte is handed over, or nobody wants it any more.
struct Answer(Arc<Connection>);

impl Drop for Answer {
    fn drop(&mut self) {
        if self.0.is_http2() {
            self.0.stream_ends();
        } else {
            self.0.enter(Phase::Answered);
        }
    }
}

struct Guarded {
    body: Body,
    _answer: Answer,
}

fn guarded(response: Response<Body>, answer: Answer) -> Response<Body> {
    response.map(|body| Body::Streamed(Guarded { body, _answer: answer }.boxed_unsync()))
}

impl hyper::body::Body for Guarded {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_a_slow_head_says_its_own_length() {
        let text = std::str::from_utf8(TOO_SLOW).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }

    #[test]
    fn late_orders_are_not_carried_out() {
        assert!(is_due(Order::Park, Phase::Idle));
        assert!(!is_due(Order::Park, Phase::Head));
        assert!(!is_due(Order::EndHead, Phase::Answering));
        assert!(!is_due(Order::Close, Phase::Body));
        assert!(is_due(Order::Close, Phase::Answered));
    }
}
