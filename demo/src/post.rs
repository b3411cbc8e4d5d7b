//! Sends batches to the collector, and comes back when it has no room.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Collected, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::batches::Batch;

/// How often one batch is sent before the story is given up.
const ATTEMPTS_MAX: u32 = 30;
/// The longest pause between two attempts, whatever the collector asks for.
const PAUSE_MS_MAX: u64 = 10_000;
/// The pause after the first failure when the collector asks for none; it doubles.
const PAUSE_MS_MIN: u64 = 200;
/// How long an answer may take.
const ANSWER_MS_MAX: u64 = 30_000;
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Sends batches over connections that are kept open.
pub struct Sender {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    uri: Uri,
    authorization: HeaderValue,
    reached: AtomicBool,
}

/// What came back from one attempt.
enum Attempt {
    Taken(usize),
    /// Try again after this pause; `None`: as long as seems right.
    Later(Option<Duration>, String),
}

impl Sender {
    /// For the collector at this address.
    ///
    /// # Errors
    /// When the address is no `http://` address or the token cannot be a header.
    pub fn new(collector_url: &str, ingest_token: &str) -> anyhow::Result<Self> {
        let base = collector_url.trim_end_matches('/').to_owned();
        let uri: Uri =
            format!("{base}/v1/events").parse().with_context(|| format!("collector_url: {base:?}"))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            bail!("collector_url: expected an address like http://127.0.0.1:8080, found {base:?}");
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {ingest_token}"))
            .ok()
            .context("ingest_token: holds a character that a header cannot have")?;
        authorization.set_sensitive(true);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, base, uri, authorization, reached: AtomicBool::new(false) })
    }

    /// Sends one batch until it is taken. Answers how many events were.
    ///
    /// # Errors
    /// When the collector is not there, refuses the batch or one of its events, or has no room for too long.
    pub async fn send(&self, batch: Batch) -> anyhow::Result<usize> {
        let events = batch.events;
        let body = Bytes::from(batch.body);
        let mut pause = Duration::from_millis(PAUSE_MS_MIN);
        let mut reason = String::new();
        for _ in 0..ATTEMPTS_MAX {
            match self.attempt(body.clone()).await? {
                Attempt::Taken(taken) if taken == events => return Ok(taken),
                Attempt::Taken(taken) => {
                    bail!("the collector took {taken} events of {events} and refused none")
                }
                Attempt::Later(asked, why) => {
                    reason = why;
                    let most = Duration::from_millis(PAUSE_MS_MAX);
                    tokio::time::sleep(asked.unwrap_or(pause).min(most)).await;
                    pause = (pause * 2).min(most);
                }
            }
        }
        bail!("the collector at {} took nothing after {ATTEMPTS_MAX} attempts: {reason}", self.base)
    }

    async fn attempt(&self, body: Bytes) -> anyhow::Result<Attempt> {
        let mut request = Request::post(self.uri.clone()).body(Full::new(body)).context("collector_url")?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert(AUTHORIZATION, self.authorization.clone());
        let answer = async {
            let answer = self.client.request(request).await?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map(Collected::to_bytes);
            Ok::<_, hyper_util::client::legacy::Error>((head, body))
        };
        match tokio::time::timeout(Duration::from_millis(ANSWER_MS_MAX), answer).await {
            Ok(Ok((_, Err(error)))) => Ok(Attempt::Later(None, format!("the answer broke off: {error}"))),
            Ok(Ok((head, Ok(body)))) => {
                self.reached.store(true, Ordering::Relaxed);
                self.judge(head.status, &head.headers, &body)
            }
            Ok(Err(error)) if error.is_connect() && !self.reached.load(Ordering::Relaxed) => {
                Err(anyhow::Error::new(error).context(format!(
                    "collector_url: no collector answers at {}; is `orma up` running?",
                    self.base
                )))
            }
            // A batch whose answer was lost is sent again: its ids make it count once.
            Ok(Err(error)) => Ok(Attempt::Later(None, format!("{:#}", anyhow::Error::new(error)))),
            Err(_) => Ok(Attempt::Later(None, format!("no answer within {ANSWER_MS_MAX} ms"))),
        }
    }

    fn judge(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> anyhow::Result<Attempt> {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let message = answer["error"]["message"].as_str().unwrap_or("without a reason");
        match status {
            StatusCode::OK => {
                let accepted =
                    answer["accepted"].as_u64().context("the collector's answer has no `accepted`")?;
                if let Some(refused) = answer["rejected"].as_array().filter(|refused| !refused.is_empty()) {
                    bail!(
                        "the collector refused {} events of the story; the first: {}",
                        refused.len(),
                        refused[0]
                    );
                }
                Ok(Attempt::Taken(accepted as usize))
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                Ok(Attempt::Later(seconds.map(Duration::from_secs), format!("{status}: {message}")))
            }
            _ => bail!("the collector at {} refused the story: {status}: {message}", self.base),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_is_named() {
        for address in ["https://shop.example", "127.0.0.1:8080", "ftp://x", "http://", "not an address"] {
            let error = format!("{:#}", Sender::new(address, "t").err().unwrap());
            assert!(error.starts_with("collector_url: "), "{address}: {error}");
        }
        assert!(Sender::new("http://127.0.0.1:8080/", "t").is_ok());
        let error = Sender::new("http://127.0.0.1:8080", "a\nsecret").err().unwrap();
        assert!(!format!("{error:#}").contains("secret"));
    }

    #[test]
    fn answers_are_judged_by_status() {
        let sender = Sender::new("http://127.0.0.1:1", "t").unwrap();
        let judge = |status: u16, retry_after: Option<&'static str>, body: &str| {
            let mut headers = HeaderMap::new();
            if let Some(seconds) = retry_after {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
            }
            sender.judge(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
        };
        assert!(matches!(judge(200, None, r#"{"accepted":5,"rejected":[]}"#), Ok(Attempt::Taken(5))));
        assert!(judge(200, None, r#"{"accepted":4,"rejected":[{"index":1,"reason":"x"}]}"#).is_err());
        assert!(judge(200, None, "").is_err());
        let pause = Some(Duration::from_secs(10));
        assert!(matches!(judge(503, Some("10"), "{}"), Ok(Attempt::Later(asked, _)) if asked == pause));
        assert!(matches!(judge(429, None, ""), Ok(Attempt::Later(None, _))));
        let error =
            judge(401, None, r#"{"error":{"message":"site: no site has this write key"}}"#).err().unwrap();
        assert!(error.to_string().contains("no site has this write key"));
    }

    #[tokio::test]
    async fn a_collector_that_is_not_there_is_said_at_once() {
        // Bound and closed again: nobody listens on this port.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let sender = Sender::new(&format!("http://127.0.0.1:{port}"), "t").unwrap();
        let batch = Batch { body: b"{}".to_vec(), events: 1, until_ms: 0 };
        let error =
            tokio::time::timeout(Duration::from_secs(5), sender.send(batch)).await.unwrap().unwrap_err();
        assert!(error.to_string().contains("no collector answers"), "{error:#}");
    }
}
