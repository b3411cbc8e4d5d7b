//! A connection from its first byte to its last: HTTP/1.1 until it idles, parked until the next request; or HTTP/2.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderValue, ORIGIN};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::body::BodyError;
use super::connection::{Command, Connection, Phase};
use super::delivery::{PendingResponse, Streams, gradually};
use super::fast_path;
use super::handler::Handler;
use super::io::{Transport, Watched};
use super::limits::HttpLimits;
use super::load_shedding::NoRoom;
use super::response::{self, Body};
use super::service::{Service, busy};

/// hyper's own smallest bound of its buffer.
const BUFFER_BYTES_MIN: usize = 8 << 10;
const HEAD_TOO_LARGE: &str = "the request's headers are too large";
/// An answer that is no larger is handed over at once. Bytes.
const AT_ONCE_BYTES_MAX: u64 = 16 << 10;
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

enum Next<T> {
    /// It waits for a request, its buffers given back.
    Parked(Watched<T>),
    /// The client began with HTTP/2.
    Http2(Watched<T>),
    End,
}

/// Serves a connection of HTTP/1.1, or of HTTP/2 with prior knowledge.
pub async fn serve<T: Transport + Send + 'static, H: Handler>(
    stream: T,
    connection: Arc<Connection>,
    service: &Arc<Service<H>>,
) {
    let mut io = Watched::new(stream, connection.clone());
    loop {
        if !io.has_bytes() {
            match fast_path::serve(io.transport(), &connection, &service.handler).await {
                fast_path::Next::Other(bytes) => io.put_back(bytes),
                fast_path::Next::End => return Box::pin(finish(io.transport())).await,
            }
        }
        // Boxed: a connection that waits on the fast path is not to carry what hyper needs.
        match Box::pin(http1_until_idle(io, &connection, service)).await {
            Next::Parked(parked) => io = parked,
            // Boxed: what HTTP/2 needs is not to weigh on those who do not speak it.
            Next::Http2(io) => return Box::pin(serve_http2(io, connection, service)).await,
            Next::End => return,
        }
    }
}

async fn http1_until_idle<T: Transport + Send + 'static, H: Handler>(
    io: Watched<T>,
    connection: &Arc<Connection>,
    service: &Arc<Service<H>>,
) -> Next<T> {
    let header_bytes_max = connection.worker().terms.limits.header_bytes_max.max(BUFFER_BYTES_MIN);
    let (serving, asked) = (connection.clone(), service.clone());
    let responding = service_fn(move |request| respond_http1(serving.clone(), asked.clone(), request));
    let mut http = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(header_bytes_max)
        .serve_connection(io, responding);
    let end = poll_fn(|context| {
        connection.remember_task(context.waker());
        match connection.command() {
            Command::None => {}
            Command::Drain if connection.phase() == Phase::Idle => {
                return Poll::Ready(End::Commanded(Command::Drain));
            }
            Command::Drain => Pin::new(&mut http).graceful_shutdown(),
            command if is_due(command, connection) => {
                connection.clear_command();
                return Poll::Ready(End::Commanded(command));
            }
            // Whoever reads the body carries it out.
            Command::EndBody if connection.phase() == Phase::Body => {}
            _ => connection.clear_command(),
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
            let (status, reason, message) = if error.is_parse_too_large() {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large", HEAD_TOO_LARGE)
            } else {
                (StatusCode::BAD_REQUEST, "head_unreadable", "the request's head is not HTTP/1.1")
            };
            service.handler.refused(status, reason);
            if io.has_swallowed() {
                refuse_head(io.transport(), response::error(status, reason, message), &parts.read_buf).await;
            } else {
                linger(io.transport()).await;
            }
        }
        End::Itself(Err(error)) => tracing::debug!(%error, "a connection ended with an error"),
        End::Commanded(Command::Park) => {
            io.put_back(parts.read_buf);
            return Next::Parked(io);
        }
        End::Commanded(Command::EndHead) => {
            let (status, reason) = (StatusCode::REQUEST_TIMEOUT, "head_too_slow");
            service.handler.refused(status, reason);
            let response = response::error(status, reason, "the headers did not arrive in time");
            refuse_head(io.transport(), response, &parts.read_buf).await;
        }
        End::Commanded(Command::Close) => {
            let reason = if connection.phase() == Phase::Idle { "idle" } else { "answer_not_taken" };
            connection.count_timed_out(reason);
            finish(io.transport()).await;
        }
        End::Commanded(_) => finish(io.transport()).await,
    }
    Next::End
}

enum End {
    Itself(hyper::Result<()>),
    Commanded(Command),
}

/// A command may be late: the connection has gone on since.
fn is_due(command: Command, connection: &Connection) -> bool {
    let phase = connection.phase();
    match command {
        Command::Park => phase == Phase::Idle,
        Command::EndHead => phase == Phase::Head,
        Command::Close => {
            matches!(phase, Phase::Idle | Phase::Sending | Phase::Flushing) || connection.is_write_blocked()
        }
        Command::None | Command::EndBody | Command::Drain => false,
    }
}

/// Answers a request whose head could not be read, or did not come; `read` is what came of it.
async fn refuse_head<T: Transport>(stream: &mut T, mut response: Response<Body>, read: &[u8]) {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    let bytes = response::to_http1(response, origin_of(read).as_ref());
    let written = async { stream.write_all(&bytes).await.is_ok() && stream.shutdown().await.is_ok() };
    if tokio::time::timeout(Duration::from_millis(LINGER_MS), written).await == Ok(true) {
        linger(stream).await;
    }
}

/// The origin that a head names which cannot be read as a whole.
fn origin_of(head: &[u8]) -> Option<HeaderValue> {
    head.split(|byte| *byte == b'\n').skip(1).find_map(|line| {
        let (name, value) = line.split_at_checked(b"origin:".len())?;
        let value = name.eq_ignore_ascii_case(b"origin:").then(|| value.trim_ascii())?;
        HeaderValue::from_bytes(value).ok().filter(|origin| !origin.is_empty())
    })
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

async fn respond_http1<H: Handler>(
    connection: Arc<Connection>,
    service: Arc<Service<H>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    connection.enter(Phase::Responding);
    let head_bytes = head_bytes(&request);
    let response = if head_bytes > service.terms.limits.header_bytes_max {
        let mut response = refuse_large_head(&service.handler, &request);
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        connection.linger();
        response
    } else {
        service.respond(request, &connection).await
    };
    if response.body().size_hint().exact().is_some_and(|bytes| bytes <= AT_ONCE_BYTES_MAX) {
        connection.enter(Phase::Flushing);
        return Ok(response);
    }
    Ok(gradually(response, PendingResponse::of_connection(connection.clone()), busy))
}

/// What a head takes in HTTP/1.1, whatever it came in.
fn head_bytes(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    // Between method, target and version, and around each header.
    let line = request.method().as_str().len() + target + "  HTTP/1.1\r\n\r\n".len();
    let headers =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + headers.sum::<usize>()
}

fn refuse_large_head(handler: &impl Handler, request: &Request<Incoming>) -> Response<Body> {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    handler.refused(status, "head_too_large");
    let mut response = response::error(status, "head_too_large", HEAD_TOO_LARGE);
    response::allow_origin(request.headers().get(ORIGIN), response.headers_mut());
    response
}

/// Serves a connection of HTTP/2.
pub async fn serve_http2<T: Transport + Send + 'static, H: Handler>(
    io: Watched<T>,
    connection: Arc<Connection>,
    service: &Arc<Service<H>>,
) {
    connection.set_http2();
    connection.enter(Phase::Idle);
    let limits = &connection.worker().terms.limits;
    let (serving, asked) = (connection.clone(), service.clone());
    let responding = service_fn(move |request| respond_http2(serving.clone(), asked.clone(), request));
    let streams = Streams(connection.clone());
    let mut http = Box::pin(http2_builder(limits, streams).serve_connection(io, responding));
    let mut finishing = false;
    let ended = poll_fn(|context| {
        connection.remember_task(context.waker());
        match connection.command() {
            Command::Close if connection.is_write_blocked() => {
                connection.count_timed_out("answer_not_taken");
                return Poll::Ready(Ok(()));
            }
            Command::Close | Command::Drain if !finishing => {
                finishing = true;
                http.as_mut().graceful_shutdown();
                if connection.command() == Command::Close {
                    connection.clear_command();
                    let reason = if connection.has_stalled() { "answer_not_taken" } else { "idle" };
                    connection.count_timed_out(reason);
                }
            }
            // It was told at the sweep before, and the client did not go.
            Command::Close if connection.phase() == Phase::Idle => return Poll::Ready(Ok(())),
            Command::Drain => {}
            _ => connection.clear_command(),
        }
        http.as_mut().poll(context)
    })
    .await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

fn http2_builder(limits: &HttpLimits, streams: Streams) -> http2::Builder<Streams> {
    let mut builder = http2::Builder::new(streams);
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

async fn respond_http2<H: Handler>(
    connection: Arc<Connection>,
    service: Arc<Service<H>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let pending = PendingResponse::of_stream(connection.clone());
    let head_bytes = head_bytes(&request);
    // A head that takes a few bytes on the wire may take many here.
    let mut held = connection.worker().inflight.hold();
    let response = if head_bytes > service.terms.limits.header_bytes_max {
        refuse_large_head(&service.handler, &request)
    } else if held.grow(head_bytes) == Err(NoRoom) {
        BodyError::Busy.respond(&connection)
    } else {
        service.respond(request, &connection).await
    };
    Ok(gradually(response, pending, busy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_an_unreadable_head_is_found() {
        let table: [(&[u8], Option<&str>); 5] = [
            (b"POST / HTTP/1.1\r\nno colon\r\nOrigin: https://a.example\r\n", Some("https://a.example")),
            (b"POST / HTTP/1.1\norigin:null\n", Some("null")),
            (b"origin: https://a.example\r\n", None),
            (b"GET / HTTP/1.1\r\nOrigin: a\0b\r\n", None),
            (b"", None),
        ];
        for (head, origin) in table {
            assert_eq!(origin_of(head).as_ref().map(|value| value.to_str().unwrap()), origin);
        }
    }
}
