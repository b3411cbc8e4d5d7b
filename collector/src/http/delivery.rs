//! Responses on their way: handed over in pieces as the client takes them, counted until the last, and ended when the
//! client takes nothing.
//!
//! A connection of HTTP/1.1 gives one answer at a time, and the sweep watches it. On one of HTTP/2 each stream has a
//! window of its own, which a client may leave closed, so each stream is watched by the task that serves it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::{Connection, Phase};
use super::load_shedding::NoRoom;
use super::response::{Body, BodyError};

/// What is handed over at once. Bytes.
const PIECE_BYTES_MAX: usize = 16 << 10;
/// What is as large as this or smaller is handed over whole. Bytes.
const WHOLE_BYTES_MAX: usize = 1 << 10;
/// What an answer of unknown length is counted as. Bytes.
const STREAMED_BYTES: usize = 64 << 10;

tokio::task_local! {
    static STREAM: Arc<Stream>;
}

/// An answer until its last byte is handed over, or nobody wants it any more.
pub struct PendingResponse {
    connection: Arc<Connection>,
    stream: Option<Arc<Stream>>,
    held_bytes: usize,
}

impl PendingResponse {
    /// An answer of HTTP/1.1.
    pub const fn of_connection(connection: Arc<Connection>) -> Self {
        Self { connection, stream: None, held_bytes: 0 }
    }

    /// An answer of HTTP/2; to be called in the stream's task.
    pub fn of_stream(connection: Arc<Connection>) -> Self {
        connection.stream_begins();
        Self { connection, stream: STREAM.try_with(Arc::clone).ok(), held_bytes: 0 }
    }

    /// Counts the answer's bytes until they are taken.
    ///
    /// # Errors
    /// Too many answers wait for their clients.
    fn hold(&mut self, bytes: usize) -> Result<(), NoRoom> {
        self.connection.worker().terms.responses.take(bytes)?;
        self.held_bytes += bytes;
        Ok(())
    }

    fn sent(&self, bytes: usize) {
        match &self.stream {
            Some(stream) => stream.sent(bytes),
            None => self.connection.sent(bytes),
        }
    }

    fn waits(&self) {
        match &self.stream {
            Some(stream) => stream.waits(),
            None => self.connection.enter(Phase::Responding),
        }
    }
}

impl Drop for PendingResponse {
    fn drop(&mut self) {
        if self.held_bytes > 0 {
            self.connection.worker().terms.responses.give_back(self.held_bytes);
        }
        if self.connection.is_http2() {
            self.connection.stream_ends();
        } else {
            self.connection.enter(Phase::Flushing);
        }
    }
}

/// Hands a response over in pieces. `busy` is the answer instead, when too many wait for their clients.
pub fn gradually(
    response: Response<Body>,
    mut pending: PendingResponse,
    busy: impl FnOnce() -> Response<Body>,
) -> Response<Body> {
    let (response, first) = first_of(response);
    // What several answers share is counted by whoever keeps it.
    let bytes = match &response.body() {
        Body::Whole(_) if first.is_unique() => first.len(),
        Body::Whole(_) => 0,
        Body::Streamed(_) => first.len().max(STREAMED_BYTES),
    };
    let (response, first) = if bytes > WHOLE_BYTES_MAX && pending.hold(bytes) == Err(NoRoom) {
        first_of(busy())
    } else {
        (response, first)
    };
    if let Some(stream) = &pending.stream {
        stream.begins();
    }
    response.map(|body| {
        let mut gradual = Gradual { rest: Bytes::new(), in_pieces: false, body, pending };
        gradual.put(first);
        Body::Streamed(gradual.boxed_unsync())
    })
}

/// What of a body is there already; all of it, if what is left is an empty [`Body::Whole`].
fn first_of(response: Response<Body>) -> (Response<Body>, Bytes) {
    let (parts, body) = response.into_parts();
    let (body, first) = match body {
        Body::Whole(bytes) => (Body::Whole(None), bytes.unwrap_or_default()),
        Body::Streamed(mut body) if body.size_hint().exact().is_some() => {
            let mut context = Context::from_waker(std::task::Waker::noop());
            match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                    let first = frame.into_data().unwrap_or_default();
                    if body.is_end_stream() {
                        (Body::Whole(None), first)
                    } else {
                        (Body::Streamed(body), first)
                    }
                }
                _ => (Body::Streamed(body), Bytes::new()),
            }
        }
        body @ Body::Streamed(_) => (body, Bytes::new()),
    };
    (Response::from_parts(parts, body), first)
}

struct Gradual {
    rest: Bytes,
    in_pieces: bool,
    body: Body,
    pending: PendingResponse,
}

impl Gradual {
    fn put(&mut self, bytes: Bytes) {
        self.in_pieces = bytes.len() > WHOLE_BYTES_MAX;
        self.rest = bytes;
    }

    /// The last byte comes alone: HTTP/2 asks for it only when the client has room for all that came before, and until
    /// then this is not dropped.
    fn piece(&mut self) -> Bytes {
        let bytes = match self.rest.len() {
            length if self.in_pieces && length > 1 => PIECE_BYTES_MAX.min(length - 1),
            length => length,
        };
        self.pending.sent(bytes);
        self.rest.split_to(bytes)
    }
}

impl hyper::body::Body for Gradual {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(self.piece()))));
        }
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending => {
                self.pending.waits();
                Poll::Pending
            }
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(match frame.into_data() {
                Ok(data) => {
                    self.put(data);
                    Frame::data(self.piece())
                }
                Err(trailers) => trailers,
            }))),
            ended @ Poll::Ready(_) => ended,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        match self.body.size_hint().exact() {
            Some(bytes) => SizeHint::with_exact(rest + bytes),
            None => SizeHint::default(),
        }
    }
}

/// One stream of HTTP/2, as its task knows it.
#[derive(Debug, Default)]
struct Stream(Mutex<Given>);

#[derive(Debug, Default)]
struct Given {
    /// When the client could begin to take what is there for it; `None` while there is no answer.
    since: Option<Instant>,
    bytes: u64,
    /// There is nothing to give: the answer itself is waited for.
    waits: bool,
}

impl Stream {
    fn with<T>(&self, look: impl FnOnce(&mut Given) -> T) -> T {
        look(&mut self.0.lock().expect("no panic while looking"))
    }

    fn begins(&self) {
        self.with(|given| given.since = Some(Instant::now()));
    }

    fn sent(&self, bytes: usize) {
        self.with(|given| {
            if given.waits {
                *given = Given { since: Some(Instant::now()), ..Given::default() };
            }
            given.bytes += bytes as u64;
        });
    }

    fn waits(&self) {
        self.with(|given| given.waits = true);
    }

    /// Polls the stream's future; ready when it is done, or its client has taken too long.
    fn poll<F: Future<Output = ()>>(
        &self,
        future: Pin<&mut F>,
        timer: &mut Option<Pin<Box<Sleep>>>,
        connection: &Connection,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        if future.poll(context).is_ready() {
            return Poll::Ready(());
        }
        let deadline = self.with(|given| {
            let since = given.since.filter(|_| !given.waits)?;
            let limits = &connection.worker().terms.limits;
            Some(since + Duration::from_millis(limits.answer_ms_allowed(given.bytes)))
        });
        let Some(deadline) = deadline else {
            *timer = None;
            return Poll::Pending;
        };
        let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        ready!(timer.as_mut().poll(context));
        connection.stream_stalled();
        Poll::Ready(())
    }
}

/// A stream while its task runs.
struct Running(Arc<Connection>);

impl Running {
    fn begin(connection: &Arc<Connection>) -> Option<Self> {
        connection.worker().stream_begins().then(|| Self(connection.clone()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.worker().stream_ends();
    }
}

/// Runs the streams of one connection of HTTP/2, and ends those whose answer is not taken.
#[derive(Clone)]
pub struct Streams(pub Arc<Connection>);

impl<F> hyper::rt::Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, future: F) {
        let Some(running) = Running::begin(&self.0) else {
            // Dropped: hyper resets the stream, and the client may send it again.
            return;
        };
        let stream = Arc::new(Stream::default());
        // Dropping what hyper made of the stream resets it.
        tokio::spawn(STREAM.scope(stream.clone(), async move {
            let mut future = pin!(future);
            let mut timer = None;
            poll_fn(|context| stream.poll(future.as_mut(), &mut timer, &running.0, context)).await;
        }));
    }
}
