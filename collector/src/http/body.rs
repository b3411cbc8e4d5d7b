//! Reading a request's body: bounded in bytes, in time, and in what it inflates to.

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::{HeaderMap, StatusCode, header::CONTENT_ENCODING};

use crate::config::HttpLimits;

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
    #[error("the body did not arrive within {0} ms")]
    TooSlow(u64),
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
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Cut | Self::Damaged(_) => StatusCode::BAD_REQUEST,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// The code to answer with.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) | Self::InflatesTooFar(_) => "body_too_large",
            Self::TooSlow(_) => "body_too_slow",
            Self::Cut => "body_cut",
            Self::Damaged(_) => "body_damaged",
            Self::Encoding => "unknown_encoding",
        }
    }
}

/// Reads and inflates a body.
///
/// # Errors
/// See [`BodyError`].
pub async fn read(headers: &HeaderMap, body: Incoming, limits: &HttpLimits) -> Result<Bytes, BodyError> {
    if body.size_hint().lower() > limits.body_bytes_max as u64 {
        return Err(BodyError::TooLarge(limits.body_bytes_max));
    }
    let deadline: Duration = limits.body_timeout();
    let collected = tokio::time::timeout(deadline, Limited::new(body, limits.body_bytes_max).collect())
        .await
        .map_err(|_| BodyError::TooSlow(limits.body_ms_max))?
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                BodyError::TooLarge(limits.body_bytes_max)
            } else {
                BodyError::Cut
            }
        })?;
    inflate(collected.to_bytes(), headers, limits.inflated_bytes_max)
}

/// Undoes the encoding. The first bytes outrank the header: clients are known to send gzip without saying so.
fn inflate(bytes: Bytes, headers: &HeaderMap, inflated_bytes_max: usize) -> Result<Bytes, BodyError> {
    let named = headers.get(CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap_or("?"));
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return read_bounded(flate2::read::MultiGzDecoder::new(&bytes[..]), "gzip", inflated_bytes_max);
    }
    if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
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
