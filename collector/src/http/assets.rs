//! The browser SDK, served from the program's own bytes.

use std::collections::HashMap;
use std::io::Write;

use bytes::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderValue, IF_NONE_MATCH, VARY,
};
use hyper::{HeaderMap, Response, StatusCode};
use orma_store::sites::hash;

use super::answer::{Body, body, with_type};

/// A changed snippet reaches every page within five minutes.
const PLAIN_NAME_CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";
const HASHED_NAME_CACHE: &str = "public, max-age=31536000, immutable";

#[derive(Clone)]
struct Asset {
    plain: Bytes,
    gzip: Bytes,
    brotli: Bytes,
    etag: HeaderValue,
    cache: &'static str,
}

/// Scripts by path.
#[derive(Default)]
pub struct Assets {
    by_path: HashMap<String, Asset>,
}

impl Assets {
    /// Prepares scripts given as (file name, content): each gets its plain name and one with its hash.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut by_path = HashMap::new();
        for (name, bytes) in files {
            let hash = hash(&String::from_utf8_lossy(bytes))[..12].to_owned();
            let asset = Asset {
                plain: Bytes::copy_from_slice(bytes),
                gzip: gzip(bytes).into(),
                brotli: brotli(bytes).into(),
                etag: HeaderValue::from_str(&format!("\"{hash}\"")).expect("hexadecimal"),
                cache: PLAIN_NAME_CACHE,
            };
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "js"));
            let hashed = Asset { cache: HASHED_NAME_CACHE, ..asset.clone() };
            by_path.insert(format!("/{stem}.{hash}.{extension}"), hashed);
            by_path.insert(format!("/{name}"), asset);
        }
        Self { by_path }
    }

    /// The answer to a GET for `path`, if it is a script.
    pub fn get(&self, path: &str, request: &HeaderMap) -> Option<Response<Body>> {
        let asset = self.by_path.get(path)?;
        let unchanged = request.get(IF_NONE_MATCH).is_some_and(|etag| etag == asset.etag);
        let mut response = if unchanged {
            let mut response = Response::new(body(Bytes::new()));
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let accepted = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
            let (bytes, encoding) = match accepted {
                accepted if accepted.contains("br") => (&asset.brotli, Some("br")),
                accepted if accepted.contains("gzip") => (&asset.gzip, Some("gzip")),
                _ => (&asset.plain, None),
            };
            let mut response = with_type(StatusCode::OK, "text/javascript; charset=utf-8", bytes.clone());
            if let Some(encoding) = encoding {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(asset.cache));
        headers.insert(ETAG, asset.etag.clone());
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        Some(response)
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 11, 22).write_all(bytes).expect("writing to memory");
    out
}
