//! Reading a request's body: bounded in bytes, in time, and in what it inflates to.

use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{CONNECTION, CONTENT_ENCODING, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use tokio::time::timeout_at;

use super::connection::{Command, Connection, Phase};
use super::limits::HttpLimits;
use super::load_shedding::{InflightPermit, NoRoom};
use super::response;
use crate::buffer_pool;

/// Why a body was not read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BodyError {
    /// More bytes on the wire than allowed.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// More bytes after decompression than allowed.
    #[error("the body inflates to more than {0} bytes")]
    InflatesTooFar(usize),
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// Too many bytes of other requests wait for their answers.
    #[error("too many requests are in flight")]
    Busy,
    /// The connection broke.
    #[error("the body ended early")]
    Cut,
    /// Not what its encoding says.
    #[error("the body is not valid {0}")]
    Damaged(&'static str),
    /// An encoding that is not understood.
    #[error("content-encoding must be gzip, br, zstd or identity")]
    Encoding,
}

impl BodyError {
    /// The status to answer with.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge(_) | Self::InflatesTooFar(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Cut | Self::Damaged(_) => StatusCode::BAD_REQUEST,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The code to answer with.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) | Self::InflatesTooFar(_) => "body_too_large",
            Self::TooSlow => "body_too_slow",
            Self::Cut => "body_cut",
            Self::Damaged(_) => "body_damaged",
            Self::Encoding => "unknown_encoding",
            Self::Busy => "busy",
        }
    }

    /// The answer. The connection ends with it: what is left of the body would be read as the next request.
    pub fn respond(&self, connection: &Connection) -> Response<response::Body> {
        let (status, code, message) = (self.status(), self.code(), self.to_string());
        let mut response = match self {
            Self::Busy => response::try_later(status, code, &message, response::RATE_RETRY_AFTER_SECONDS),
            _ => response::error(status, code, &message),
        };
        if !connection.is_http2() {
            connection.linger();
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<NoRoom> for BodyError {
    fn from(NoRoom: NoRoom) -> Self {
        Self::Busy
    }
}

/// A body that was read; holds its share of [`HttpLimits::inflight_bytes_max`] until it is dropped.
pub struct Received<'a> {
    /// What the client meant, without its encoding.
    pub bytes: Bytes,
    _permit: InflightPermit<'a>,
}

impl<'a> Received<'a> {
    /// No body.
    pub fn nothing(connection: &'a Connection) -> Self {
        Self { bytes: Bytes::new(), _permit: connection.worker().inflight.hold() }
    }
}

/// Reads and inflates a body.
///
/// # Errors
/// See [`BodyError`].
pub async fn read<'a>(
    headers: &HeaderMap,
    body: Incoming,
    limits: &HttpLimits,
    connection: &'a Connection,
) -> Result<Received<'a>, BodyError> {
    receive(body, limits, connection, |bytes| inflate(bytes, headers, limits.inflated_bytes_max)).await
}

/// Reads a body as it is.
///
/// # Errors
/// See [`BodyError`].
pub async fn read_plain<'a>(
    body: Incoming,
    limits: &HttpLimits,
    connection: &'a Connection,
) -> Result<Received<'a>, BodyError> {
    if body.is_end_stream() {
        return Ok(Received::nothing(connection));
    }
    receive(body, limits, connection, Ok).await
}

/// Reads a body whose headers cannot be trusted, and inflates it when its first bytes are those of gzip.
///
/// # Errors
/// See [`BodyError`].
pub async fn read_sniffed<'a>(
    body: Incoming,
    limits: &HttpLimits,
    connection: &'a Connection,
) -> Result<Received<'a>, BodyError> {
    let sniff =
        |bytes: Bytes| if is_gzip(&bytes) { gunzip(&bytes, limits.inflated_bytes_max) } else { Ok(bytes) };
    receive(body, limits, connection, sniff).await
}

async fn receive<'a>(
    body: Incoming,
    limits: &HttpLimits,
    connection: &'a Connection,
    inflate: impl FnOnce(Bytes) -> Result<Bytes, BodyError>,
) -> Result<Received<'a>, BodyError> {
    let expected = body.size_hint().lower();
    if expected > limits.body_bytes_max as u64 {
        return Err(BodyError::TooLarge(limits.body_bytes_max));
    }
    let mut permit = connection.worker().inflight.hold();
    let bytes = if connection.is_http2() {
        collect(body, limits, &mut permit, &Pace::Timer(Instant::now())).await?
    } else {
        connection.body_begins();
        let collected = collect(body, limits, &mut permit, &Pace::Sweep(connection)).await;
        connection.enter(Phase::Responding);
        collected?
    };
    let read = bytes.len();
    let bytes = inflate(bytes)?;
    if bytes.len() > read {
        permit.grow(bytes.len() - read)?;
    }
    Ok(Received { bytes, _permit: permit })
}

/// Who watches that a body does not take too long.
enum Pace<'a> {
    /// The worker's sweep, which knows one request of a connection at a time.
    Sweep(&'a Connection),
    /// A timer, since this moment.
    Timer(Instant),
}

async fn collect(
    mut body: Incoming,
    limits: &HttpLimits,
    permit: &mut InflightPermit<'_>,
    pace: &Pace<'_>,
) -> Result<Bytes, BodyError> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    loop {
        let read = first.len() + all.len();
        let Some(frame) = next_frame(&mut body, limits, pace, read).await? else { break };
        let Ok(data) = frame.map_err(|_| BodyError::Cut)?.into_data() else { continue };
        if read + data.len() > limits.body_bytes_max {
            return Err(BodyError::TooLarge(limits.body_bytes_max));
        }
        permit.grow(data.len())?;
        if read == 0 {
            // Most bodies come in one piece, which is not copied.
            first = data;
            continue;
        }
        if all.is_empty() {
            let still_to_come = body.size_hint().lower() as usize;
            all = buffer_pool::take(read + data.len() + still_to_come);
            all.extend_from_slice(&first);
            first = Bytes::new();
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { buffer_pool::share(all) })
}

async fn next_frame(
    body: &mut Incoming,
    limits: &HttpLimits,
    pace: &Pace<'_>,
    read: usize,
) -> Result<Option<hyper::Result<Frame<Bytes>>>, BodyError> {
    match pace {
        Pace::Sweep(connection) => {
            connection.body_arrived(read);
            poll_fn(|context| {
                if connection.command() == Command::EndBody {
                    return Poll::Ready(Err(BodyError::TooSlow));
                }
                Pin::new(&mut *body).poll_frame(context).map(Ok)
            })
            .await
        }
        Pace::Timer(since) => {
            let deadline = *since + Duration::from_millis(limits.body_ms_allowed(read as u64));
            timeout_at(deadline.into(), body.frame()).await.map_err(|_| BodyError::TooSlow)
        }
    }
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn is_zstd(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

/// Whether a body is compressed by its first bytes: clients are known to send gzip without saying so.
pub fn is_compressed(bytes: &[u8]) -> bool {
    is_gzip(bytes) || is_zstd(bytes)
}

fn gunzip(bytes: &[u8], inflated_bytes_max: usize) -> Result<Bytes, BodyError> {
    read_bounded(flate2::read::MultiGzDecoder::new(bytes), "gzip", inflated_bytes_max)
}

/// Undoes the encoding. The first bytes outrank the header: see [`is_compressed`].
fn inflate(bytes: Bytes, headers: &HeaderMap, inflated_bytes_max: usize) -> Result<Bytes, BodyError> {
    let named = headers.get(CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap_or("?"));
    if is_gzip(&bytes) {
        return gunzip(&bytes, inflated_bytes_max);
    }
    if is_zstd(&bytes) {
        let decoder = zstd::stream::read::Decoder::new(&bytes[..]).map_err(|_| BodyError::Damaged("zstd"))?;
        return read_bounded(decoder, "zstd", inflated_bytes_max);
    }
    match named.to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(bytes),
        "br" => read_bounded(brotli::Decompressor::new(&bytes[..], 4096), "br", inflated_bytes_max),
        "gzip" | "x-gzip" => Err(BodyError::Damaged("gzip")),
        "zstd" => Err(BodyError::Damaged("zstd")),
        _ => Err(BodyError::Encoding),
    }
}

fn read_bounded(decoder: impl Read, name: &'static str, bytes_max: usize) -> Result<Bytes, BodyError> {
    let mut out = Vec::new();
    decoder.take(bytes_max as u64 + 1).read_to_end(&mut out).map_err(|_| BodyError::Damaged(name))?;
    if out.len() > bytes_max {
        return Err(BodyError::InflatesTooFar(bytes_max));
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn with_encoding(encoding: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !encoding.is_empty() {
            headers.insert(CONTENT_ENCODING, encoding.parse().unwrap());
        }
        headers
    }

    type Row<'a> = (&'a str, Vec<u8>, Result<&'a [u8], BodyError>);

    #[test]
    fn bodies_are_inflated_by_what_they_are() {
        let text = b"{\"site\":\"demo\"}".as_slice();
        let mut brotli = Vec::new();
        brotli::CompressorWriter::new(&mut brotli, 4096, 5, 20).write_all(text).unwrap();
        let table: [Row<'_>; 9] = [
            ("", text.to_vec(), Ok(text)),
            ("identity", text.to_vec(), Ok(text)),
            ("gzip", gzip(text), Ok(text)),
            ("", gzip(text), Ok(text)),
            ("br", brotli, Ok(text)),
            ("zstd", zstd::encode_all(text, 1).unwrap(), Ok(text)),
            ("gzip", text.to_vec(), Err(BodyError::Damaged("gzip"))),
            ("gzip", gzip(text)[..20].to_vec(), Err(BodyError::Damaged("gzip"))),
            ("compress", text.to_vec(), Err(BodyError::Encoding)),
        ];
        for (encoding, bytes, expected) in table {
            let got = inflate(bytes.into(), &with_encoding(encoding), 100);
            assert_eq!(got.as_deref(), expected.as_deref(), "{encoding}");
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_bound() {
        let bomb = gzip(&vec![b' '; 1 << 20]);
        assert!(bomb.len() < 2048);
        let error = inflate(bomb.into(), &with_encoding("gzip"), 1000).unwrap_err();
        assert_eq!(error, BodyError::InflatesTooFar(1000));
        assert_eq!(inflate(gzip(&[b' '; 1000]).into(), &with_encoding("gzip"), 1000).unwrap().len(), 1000);
    }

    #[test]
    fn a_damaged_body_is_refused_or_stays_within_the_bound() {
        let text = "{\"site\":\"demo\",\"events\":[]} ".repeat(20);
        let mut brotli = Vec::new();
        brotli::CompressorWriter::new(&mut brotli, 4096, 5, 20).write_all(text.as_bytes()).unwrap();
        let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
        for (encoding, whole) in [("gzip", gzip(text.as_bytes())), ("br", brotli), ("zstd", zstd)] {
            let headers = with_encoding(encoding);
            crate::fuzz::fuzz(encoding, &[whole], |bytes| {
                let inflated = inflate(Bytes::copy_from_slice(bytes), &headers, 1000);
                match &inflated {
                    Ok(inflated) => assert!(inflated.len() <= 1000),
                    Err(error) => assert!([400, 413].contains(&error.status().as_u16()), "{error}"),
                }
                inflated.is_ok()
            });
        }
    }
}
