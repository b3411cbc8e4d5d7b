//! What the program carries in its own bytes besides the dashboard: the browser SDK, Segment's script for pages that
//! carry Segment's snippet, and the demo shop.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use orma_collector::http::assets::Assets;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "sdk-js/dist"]
#[include = "orma*.js"]
#[include = "orma*.js.br"]
#[include = "orma*.js.gz"]
#[include = "segment/*.js"]
#[include = "segment/*.js.br"]
#[include = "segment/*.js.gz"]
struct Scripts;

#[derive(RustEmbed)]
#[folder = "demo-shop"]
#[exclude = "*.md"]
struct DemoShop;

/// The shop is a page like any customer's, with the snippet in its head; but it shares its origin with the dashboard, so
/// only the scripts that its own files hold may run.
static SHOP_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let mut hashes = BTreeSet::new();
    for name in DemoShop::iter().filter(|name| name.ends_with(".html")) {
        let file = DemoShop::get(&name).map(|file| file.data).unwrap_or_default();
        hashes.extend(
            inline_scripts(&String::from_utf8_lossy(&file))
                .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script)))),
        );
    }
    let hashes: String = hashes.into_iter().collect();
    let policy = format!(
        "default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 and words")
});

/// What stands between `<script>` and `</script>`.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script>").skip(1).filter_map(|rest| Some(rest.split_once("</script>")?.0))
}

/// The scripts that pages load.
///
/// # Errors
/// The SDK was not built before the program was.
pub fn sdk() -> anyhow::Result<Assets> {
    let names: Vec<String> = Scripts::iter().map(|name| name.to_string()).collect();
    for script in ["orma.js", "segment/standalone.js"] {
        anyhow::ensure!(
            names.iter().any(|name| name == script),
            "the browser's {script} was not built into this program: build with `make`"
        );
    }
    // The script fetches the others from where Segment's own server has them.
    let path = |name: &str| match name.strip_prefix("segment/") {
        Some(name) => format!("analytics-next/bundles/{name}"),
        None => name.to_owned(),
    };
    let files: Vec<_> =
        names.iter().filter_map(|name| Some((path(name), Scripts::get(name)?.data))).collect();
    Ok(Assets::new(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref()))))
}

/// `/demo/`: a small shop that carries the snippet.
pub fn demo_shop() -> axum::Router {
    axum::Router::new()
        .route("/demo", get(|| async { Redirect::permanent("/demo/") }))
        .route("/demo/", get(|| async { page("index.html") }))
        .route("/demo/{*path}", get(|Path(path): Path<String>| async move { page(&path) }))
}

fn page(path: &str) -> Response {
    let (status, path, file) = match DemoShop::get(path) {
        Some(file) => (StatusCode::OK, path, Some(file)),
        None => (StatusCode::NOT_FOUND, "non-trovata.html", DemoShop::get("non-trovata.html")),
    };
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    let content_type = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let mut response = Response::new(match file.data {
        Cow::Borrowed(bytes) => Body::from(Bytes::from_static(bytes)),
        Cow::Owned(bytes) => Body::from(bytes),
    });
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, SHOP_POLICY.clone());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash is what a browser computes: `openssl dgst -sha256 -binary | base64` of the snippet.
    #[test]
    fn the_shop_runs_its_own_scripts_and_no_others() {
        let policy = SHOP_POLICY.to_str().unwrap();
        assert!(!policy.split("style-src").next().unwrap().contains("unsafe-inline"), "{policy}");
        let snippet = "window.orma=window.orma||function(){(orma.q=orma.q||[]).push(arguments)}";
        for name in DemoShop::iter().filter(|name| name.ends_with(".html")) {
            let page = DemoShop::get(&name).unwrap().data;
            let page = String::from_utf8_lossy(&page);
            assert_eq!(inline_scripts(&page).collect::<Vec<_>>(), [snippet], "{name}");
            for attribute in [" onclick=", " onload=", " onsubmit=", " onerror=", "javascript:"] {
                assert!(!page.contains(attribute), "{name}: {attribute} would not run");
            }
        }
        assert!(policy.contains("'sha256-L7UTEUAD/B41mE25p5jKGJvRdXxwPaxFsbDlTtAt+1M='"), "{policy}");
    }
}
