//! How answers of the API travel: compressed to who takes it, and not at all while nothing has changed.

use std::io::Read;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use orma_model::EventRow;

use crate::query_api::{ADMIN, Service, at, view};

const LONG: &str = "/stats?metrics=visitors,page_views&interval=hour&from=2026-11-09&to=2026-11-12";
const LIST: &str = "/people?from=2026-11-09&to=2026-11-12";

async fn ask(service: &Service, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::builder()
        .uri(format!("/api/v1/sites/demo{path}"))
        .header("authorization", format!("Bearer {ADMIN}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = service.send(request.body(Body::empty()).unwrap()).await;
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_small_and_not_sent_twice() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    let views = |number: i64| -> Vec<EventRow<'static>> {
        (0..number)
            .map(|n| view(format!("v{n}"), format!("s{n}"), at("2026-11-10T10:00:00Z") + n, "/"))
            .collect()
    };
    service.insert(&views(30)).await;
    compressed(&service).await;
    unchanged(&service, &views(31)).await;
    service.engine.stop().await;
}

async fn compressed(service: &Service) {
    let (_, plain_headers, plain) = ask(service, LIST, &[]).await;
    assert!(plain.len() > 2_000 && !plain_headers.contains_key(header::CONTENT_ENCODING));
    let (_, headers, packed) = ask(service, LIST, &[("accept-encoding", "gzip")]).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(headers[header::VARY], "accept-encoding");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(packed.len() * 3 < plain.len(), "{} of {}", packed.len(), plain.len());
    let mut read = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut read).unwrap();
    assert_eq!(read, plain);
    let (_, headers, packed) = ask(service, LIST, &[("accept-encoding", "gzip, deflate, br")]).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "br");
    assert!(packed.len() * 3 < plain.len());
    // Small answers, refusals and the live stream travel as they are; who takes no coding gets none.
    let refusal = "/stats?metrics=likes";
    for (path, encoding) in [("/stats?metrics=visitors", "gzip"), (refusal, "br"), (LIST, "br;q=0, gzip;q=0")]
    {
        let (_, headers, _) = ask(service, path, &[("accept-encoding", encoding)]).await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING), "{path}: {headers:?}");
    }
    let live = Request::builder()
        .uri("/api/v1/sites/demo/live")
        .header("authorization", format!("Bearer {ADMIN}"))
        .header("accept-encoding", "gzip, br");
    let stream = service.send(live.body(Body::empty()).unwrap()).await;
    assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert!(!stream.headers().contains_key(header::CONTENT_ENCODING));
    assert!(!stream.headers().contains_key(header::ETAG));
}

async fn unchanged(service: &Service, more: &[EventRow<'_>]) {
    let (status, headers, first) = ask(service, LIST, &[]).await;
    assert_eq!(status, StatusCode::OK);
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    for encoding in ["identity", "gzip, br"] {
        let again = [("if-none-match", tag.as_str()), ("accept-encoding", encoding)];
        let (status, headers, body) = ask(service, LIST, &again).await;
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{encoding}");
        assert_eq!(headers[header::ETAG], tag.as_str());
        assert!(!headers.contains_key(header::CONTENT_ENCODING), "{headers:?}");
    }
    // A tag of another question, or of nobody's, is not this answer's; refusals and exports have none.
    let (_, others, _) = ask(service, "/stats?metrics=visitors", &[]).await;
    let other = others[header::ETAG].to_str().unwrap();
    let (status, ..) = ask(service, LIST, &[("if-none-match", other)]).await;
    assert_eq!(status, StatusCode::OK);
    let (status, headers, _) = ask(service, "/stats?metrics=likes", &[("if-none-match", "*")]).await;
    assert!(status == StatusCode::BAD_REQUEST && !headers.contains_key(header::ETAG));
    let (_, headers, _) = ask(service, LONG, &[("accept", "text/csv")]).await;
    assert!(!headers.contains_key(header::ETAG));
    // Who may not ask is not told that nothing changed.
    let stranger = Request::builder().uri(format!("/api/v1/sites/demo{LIST}")).header("if-none-match", &tag);
    let refused = service.send(stranger.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    service.insert(more).await;
    let (status, headers, body) = ask(service, LIST, &[("if-none-match", &tag)]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(headers[header::ETAG] != tag.as_str() && body != first);
}
