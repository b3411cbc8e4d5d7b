//! The fast path of a beacon: a whole request that came in one read is answered without building what a general
//! HTTP server needs.
//!
//! Nearly every request here is a small plain one that the handler takes on this path (a beacon or a pixel), and nearly
//! every one lies whole in the first packet. Such a request is parsed where it lies, with the parser that hyper uses,
//! from a buffer that all connections of a worker share. Whatever is different in any way (a body that is still on its
//! way, compressed, chunked; another route; another version) goes to hyper with its bytes, untouched, and the
//! connection comes back here when it idles. So a waiting connection costs its socket and no buffer.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::header::HeaderValue;
use tokio::io::ReadBuf;

use super::body::is_compressed;
use super::connection::{Command, Connection, Phase};
use super::handler::{FastResponse, Handler, WholeRequest};
use super::headers::{Header, Headers};
use super::io::Transport;
use super::load_shedding::InflightPermit;
use super::response;

/// A longer request is not one of the short ones. Bytes.
const REQUEST_BYTES_MAX: usize = 16 << 10;
/// A request with more headers is not from a browser or an app.
const HEADERS_MAX: usize = 48;
/// What an answer to a browser needs besides its origin.
const CREDENTIALS: &[u8] = b"\r\naccess-control-allow-credentials: true\r\nvary: Origin\r\n";

thread_local! {
    static REQUEST: RefCell<Box<[u8]>> = RefCell::new(vec![0; REQUEST_BYTES_MAX].into());
}

/// Where a connection goes after the fast path.
pub enum Next {
    /// To hyper, with these bytes first.
    Other(Bytes),
    /// It is over.
    End,
}

/// What became of the bytes of one read.
enum Step<'a, H: Handler + 'a> {
    /// What is left may wait.
    Begun {
        begun: H::Begun<'a>,
        origin: Option<HeaderValue>,
        _permit: InflightPermit<'a>,
    },
    Next(Next),
}

/// Answers short requests until something else comes.
pub async fn serve<T: Transport, H: Handler>(stream: &mut T, connection: &Connection, handler: &H) -> Next {
    connection.set_parked(true);
    let next = serve_until_other(stream, connection, handler).await;
    connection.set_parked(false);
    next
}

async fn serve_until_other<T: Transport, H: Handler>(
    stream: &mut T,
    connection: &Connection,
    handler: &H,
) -> Next {
    loop {
        let bytes = match poll_fn(|context| poll_request(stream, connection, handler, context)).await {
            Step::Next(next) => return next,
            Step::Begun { begun, origin, _permit } => match handler.finish(begun).await {
                FastResponse::Json(body) => short_response(&body, origin.as_ref()),
                FastResponse::Other(response) => response::to_http1(response, origin.as_ref()),
            },
        };
        connection.enter(Phase::Flushing);
        if write(stream, connection, &bytes).await.is_err() || connection.command() == Command::Drain {
            return Next::End;
        }
        connection.enter(Phase::Idle);
    }
}

/// Waits for a request, and does all of it that needs no waiting: the buffer belongs to whoever reads next.
fn poll_request<'a, T: Transport, H: Handler>(
    stream: &mut T,
    connection: &'a Connection,
    handler: &'a H,
    context: &mut Context<'_>,
) -> Poll<Step<'a, H>> {
    connection.remember_task(context.waker());
    match connection.command() {
        Command::None => {}
        Command::Close => {
            connection.count_timed_out("idle");
            return Poll::Ready(Step::Next(Next::End));
        }
        Command::Drain => return Poll::Ready(Step::Next(Next::End)),
        Command::Park | Command::EndHead | Command::EndBody => connection.clear_command(),
    }
    REQUEST.with_borrow_mut(|buffer| {
        let mut read = ReadBuf::new(buffer);
        match Pin::new(stream).poll_read(context, &mut read) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) if !read.filled().is_empty() => {
                let bytes = read.filled();
                let step = begin(bytes, connection, handler);
                Poll::Ready(step.unwrap_or_else(|| Step::Next(Next::Other(Bytes::copy_from_slice(bytes)))))
            }
            Poll::Ready(_) => Poll::Ready(Step::Next(Next::End)),
        }
    })
}

/// Takes a request that is short and whole; `None` when it is not.
fn begin<'a, H: Handler>(bytes: &[u8], connection: &'a Connection, handler: &'a H) -> Option<Step<'a, H>> {
    let mut space = [const { MaybeUninit::uninit() }; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(bytes, &mut space).ok()?;
    let httparse::Status::Complete(head_bytes) = parsed else { return None };
    let (head, body) = bytes.split_at(head_bytes);
    let (Some(1), Some(method), Some(target)) = (request.version, request.method, request.path) else {
        return None;
    };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let route = H::fast_route(method, path, query.is_some())?;
    let query = query.unwrap_or_default();
    let worker = connection.worker();
    let limits = &worker.terms.limits;
    // A fragment is none of the server's business, and hyper's to take off. So is telling what no address may hold.
    if !query.bytes().all(is_of_query)
        || body_bytes(request.headers)? != body.len()
        || head.len() > limits.header_bytes_max
        || body.len() > limits.body_bytes_max
        || is_compressed(body)
        // Each request names its client.
        || connection.peer().trusted
    {
        return None;
    }
    let mut permit = worker.inflight.hold();
    permit.grow(body.len()).ok()?;
    connection.enter(Phase::Responding);
    let address = connection.peer().address;
    let headers = &Headers::read(request.headers.iter().map(|header| (header.name, header.value)));
    let origin = headers.get(Header::Origin).filter(|origin| origin.is_ascii());
    let origin = origin.and_then(|origin| HeaderValue::from_str(origin).ok());
    let begun = handler.begin(route, &WholeRequest { query, headers, body, address })?;
    Some(Step::Begun { begun, origin, _permit: permit })
}

/// Whether hyper takes this byte in a query.
const fn is_of_query(byte: u8) -> bool {
    !matches!(byte, 0..=b' ' | b'"' | b'#' | b'<' | b'>' | 0x7f)
}

/// How long the body is; `None` when a header asks for more than the fast path can do.
fn body_bytes(headers: &[httparse::Header<'_>]) -> Option<usize> {
    let mut length = None;
    for header in headers {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        // Most names are none of these by their length alone.
        match header.name.len() {
            14 if is("content-length") => {
                let digits = std::str::from_utf8(header.value).ok().filter(|text| !text.starts_with('+'))?;
                if length.replace(digits.parse().ok()?).is_some() {
                    return None;
                }
            }
            10 if is("connection") && !header.value.eq_ignore_ascii_case(b"keep-alive") => return None,
            17 if is("transfer-encoding") => return None,
            16 if is("content-encoding") => return None,
            6 if is("expect") => return None,
            7 if is("upgrade") => return None,
            _ => {}
        }
    }
    Some(length.unwrap_or(0))
}

/// A response of JSON in bytes.
fn short_response(body: &[u8], origin: Option<&HeaderValue>) -> Vec<u8> {
    let mut out = Vec::with_capacity(response::RESPONSE_BYTES_USUAL);
    out.extend_from_slice(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\n",
    );
    if let Some(origin) = origin {
        out.extend_from_slice(b"access-control-allow-origin: ");
        out.extend_from_slice(origin.as_bytes());
        out.extend_from_slice(CREDENTIALS);
    }
    response::write_length_and_date(body.len(), &mut out);
    out.extend_from_slice(body);
    out
}

/// Writes an answer; gives up when the client does not take it in time.
async fn write<T: Transport>(stream: &mut T, connection: &Connection, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let written = poll_fn(|context| {
            connection.remember_task(context.waker());
            if connection.command() == Command::Close {
                connection.count_timed_out("answer_not_taken");
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Pin::new(&mut *stream).poll_write(context, rest)
        })
        .await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        rest = &rest[written..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hyper::Uri;

    use super::*;

    #[test]
    fn the_fast_path_takes_the_queries_that_hyper_takes_and_no_others() {
        for byte in 0..=0x7f_u8 {
            let target = format!("/p.gif?a{}b", char::from(byte));
            let taken =
                target.parse::<Uri>().is_ok_and(|uri| uri.query().is_some_and(|query| query.len() == 3));
            assert!(taken || !is_of_query(byte), "{byte:#x}");
        }
    }
}
