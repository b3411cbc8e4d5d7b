//! The browser's scripts, served from the program's own bytes.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use hyper::{HeaderMap, Response, StatusCode};
use orma_store::registry::hash;

use super::response::{Body, body, with_type};

/// A changed snippet reaches every page within five minutes.
const PLAIN_NAME_CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";
const HASHED_NAME_CACHE: &str = "public, max-age=31536000, immutable";

/// A script in one encoding. Each has a tag of its own: a strong one promises the same bytes.
#[derive(Clone)]
struct Form {
    encoding: Option<&'static str>,
    bytes: Bytes,
    etag: HeaderValue,
}

#[derive(Clone)]
struct Asset {
    plain: Form,
    /// The smallest first.
    encoded: Vec<Form>,
    cache: &'static str,
}

/// Scripts by path.
#[derive(Default)]
pub struct Assets {
    by_path: HashMap<String, Asset>,
}

impl Assets {
    /// Prepares scripts given as (path, content). One with `.br` or `.gz` behind it is the same, compressed. Each script
    /// gets its plain path and one with its hash; what its maker has given a hash is never another.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let files: HashMap<&str, &[u8]> = files.into_iter().collect();
        let mut by_path = HashMap::new();
        for (name, bytes) in files.iter().filter(|(name, _)| name.rsplit('.').next() == Some("js")) {
            let hash = hash(&String::from_utf8_lossy(bytes))[..12].to_owned();
            let form = |encoding: Option<&'static str>, bytes: &[u8]| {
                let suffix = encoding.map(|name| format!("-{name}")).unwrap_or_default();
                let etag = HeaderValue::from_str(&format!("\"{hash}{suffix}\"")).expect("letters and digits");
                Form { encoding, bytes: Bytes::copy_from_slice(bytes), etag }
            };
            let encoded = [("br", ".br"), ("gzip", ".gz")]
                .into_iter()
                .filter_map(|(encoding, ending)| {
                    Some(form(Some(encoding), files.get(format!("{name}{ending}").as_str())?))
                })
                .collect();
            let hashed = Asset { plain: form(None, bytes), encoded, cache: HASHED_NAME_CACHE };
            let cache = if name.contains(".bundle.") { HASHED_NAME_CACHE } else { PLAIN_NAME_CACHE };
            by_path.insert(format!("/{name}"), Asset { cache, ..hashed.clone() });
            let stem = name.strip_suffix(".js").unwrap_or(name);
            by_path.insert(format!("/{stem}.{hash}.js"), hashed);
        }
        Self { by_path }
    }

    /// The answer to a GET or HEAD for `path`, if it is a script. It is the same for every page, so that a cache may
    /// give it to any.
    pub fn get(&self, path: &str, request: &HeaderMap) -> Option<Response<Body>> {
        let asset = self.by_path.get(path)?;
        let text = |name| request.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepted = text(ACCEPT_ENCODING);
        let taken = |form: &&Form| form.encoding.is_some_and(|encoding| accepts(accepted, encoding));
        let form = asset.encoded.iter().find(taken).unwrap_or(&asset.plain);
        let mut response = if is_named(&form.etag, text(IF_NONE_MATCH)) {
            let mut response = Response::new(body(Bytes::new()));
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let mut response =
                with_type(StatusCode::OK, "text/javascript; charset=utf-8", form.bytes.clone());
            if let Some(encoding) = form.encoding {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(asset.cache));
        headers.insert(ETAG, form.etag.clone());
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        Some(response)
    }
}

/// Whether `If-None-Match` names a tag. The comparison is the weak one (RFC 9110 section 13.1.2): a proxy that encodes
/// by itself marks the tags so.
fn is_named(etag: &HeaderValue, named: &str) -> bool {
    let mut tags = named.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes())
}

/// Whether an `Accept-Encoding` header takes a coding: a weight of 0 refuses it, and `*` stands for those not named.
fn accepts(header: &str, coding: &str) -> bool {
    let mut any = false;
    for part in header.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default();
        let weight = pieces.find_map(|piece| piece.strip_prefix("q=").or(piece.strip_prefix("Q=")));
        let taken = weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        if name.eq_ignore_ascii_case(coding) {
            return taken;
        }
        any |= name == "*" && taken;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &[u8] = b"(()=>{const a=1;const b=1;const c=1;const d=1;const e=1})()";

    fn get(pairs: &[(&'static str, &str)]) -> Response<Body> {
        let assets = Assets::new([("orma.js", SCRIPT), ("orma.js.gz", b"gzip"), ("orma.js.br", b"br")]);
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        assets.get("/orma.js", &headers).unwrap()
    }

    fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn a_coding_is_sent_only_to_whom_takes_it() {
        for (accepted, encoding) in [
            ("gzip, deflate, br", "br"),
            ("br;q=0, gzip", "gzip"),
            ("br;q=0.000,gzip;q=0", ""),
            ("GZIP;q=0.5", "gzip"),
            ("brotli, x-gzip2", ""),
            ("*", "br"),
            ("*, br;q=0", "gzip"),
            ("*;q=0", ""),
            ("identity", ""),
            ("", ""),
        ] {
            let response = get(&[("accept-encoding", accepted)]);
            assert_eq!(header(&response, "content-encoding"), encoding, "{accepted}");
            assert_eq!(header(&response, "vary"), "Accept-Encoding");
        }
    }

    #[test]
    fn each_encoding_has_its_own_tag_and_is_the_same_for_every_origin() {
        let codings = ["br", "gzip", "identity"];
        let tags = codings.map(|coding| header(&get(&[("accept-encoding", coding)]), "etag").to_owned());
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
        for (coding, tag) in codings.iter().zip(&tags) {
            let weak = format!("\"x\", W/{tag}");
            for named in [tag, "*", &weak] {
                let again = get(&[("accept-encoding", coding), ("if-none-match", named)]);
                assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag.as_str()), "{named}");
            }
            let other = get(&[("accept-encoding", coding), ("if-none-match", "\"x\"")]);
            assert_eq!(other.status(), 200);
        }
        let cross = get(&[("accept-encoding", "br"), ("if-none-match", &tags[1])]);
        assert_eq!(cross.status(), 200, "the tag of another encoding");
        let (asked, navigated) = (get(&[("origin", "https://a.example")]), get(&[]));
        assert_eq!(asked.headers(), navigated.headers());
        assert_eq!(header(&asked, "access-control-allow-origin"), "*");
    }
}
