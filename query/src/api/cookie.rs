//! The cookie of a session: `base64url(payload).base64url(HMAC-SHA256(payload))`.
//!
//! The payload is JSON: the token's id, its role, and when the session ends (seconds since the epoch). The token is
//! looked up with each request, so a session ends when its token is withdrawn.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use orma_store::{Role, Token};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::moment::Moment;
use crate::state::QueryConfig;

/// The cookie's name.
pub const NAME: &str = "orma_session";
/// How long a session lasts.
const SESSION_SECONDS_MAX: i64 = 14 * 24 * 3600;

/// What a cookie says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The token that opened the session.
    pub token_id: String,
    /// Its role then.
    pub role: Role,
    /// When the session ends: seconds since the epoch.
    pub expires_at: i64,
}

fn mac(secret: &[u8], payload: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(payload.as_bytes());
    mac
}

/// The cookie's value for a payload.
pub fn sign(secret: &[u8], payload: &Payload) -> String {
    let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(payload).expect("plain fields"));
    let tag = URL_SAFE_NO_PAD.encode(mac(secret, &text).finalize().into_bytes());
    format!("{text}.{tag}")
}

/// The payload of a cookie's value, when it was signed here and has not ended.
pub fn verify(secret: &[u8], value: &str, now: Moment) -> Option<Payload> {
    let (text, tag) = value.split_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    mac(secret, text).verify_slice(&tag).ok()?;
    let payload: Payload = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    (payload.expires_at * 1000 > now.0).then_some(payload)
}

/// The value of the session cookie in a request.
pub fn of_request(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(NAME)?.strip_prefix('='))
}

/// `Set-Cookie` that opens a session.
pub fn issue(
    config: &QueryConfig,
    secret: &[u8],
    token: &Token,
    headers: &HeaderMap,
    now: Moment,
) -> HeaderValue {
    let expires_at = now.0 / 1000 + SESSION_SECONDS_MAX;
    let payload = Payload { token_id: token.token_id.clone(), role: token.role, expires_at };
    set_cookie(config, headers, &sign(secret, &payload), SESSION_SECONDS_MAX)
}

/// `Set-Cookie` that ends a session.
pub fn clear(config: &QueryConfig, headers: &HeaderMap) -> HeaderValue {
    set_cookie(config, headers, "", 0)
}

fn set_cookie(config: &QueryConfig, headers: &HeaderMap, value: &str, max_age: i64) -> HeaderValue {
    let by_https = headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes() == b"https");
    let secure = if config.cookies_secure || by_https { "; Secure" } else { "" };
    let text = format!("{NAME}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).expect("base64 and digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_was_changed_or_has_ended_is_refused() {
        let payload = Payload { token_id: "tok_1".into(), role: Role::Analyst, expires_at: 1000 };
        let value = sign(b"secret", &payload);
        let now = Moment(999_000);
        assert_eq!(verify(b"secret", &value, now), Some(payload));
        assert_eq!(verify(b"secret", &value, Moment(1_000_000)), None, "ended");
        assert_eq!(verify(b"other", &value, now), None, "signed elsewhere");
        let admin = Payload { token_id: "tok_1".into(), role: Role::Admin, expires_at: 1000 };
        let forged =
            format!("{}.{}", sign(b"x", &admin).split_once('.').unwrap().0, value.split_once('.').unwrap().1);
        assert_eq!(verify(b"secret", &forged, now), None, "another payload");
        for cut in ["", ".", "a.b", value.split_once('.').unwrap().0] {
            assert_eq!(verify(b"secret", cut, now), None);
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_cookie_is_refused() {
        let payload = Payload { token_id: "tok_1".into(), role: Role::Analyst, expires_at: 1000 };
        let value = sign(b"secret", &payload);
        for at in 0..value.len() * 8 {
            let mut bytes = value.clone().into_bytes();
            bytes[at / 8] ^= 1 << (at % 8);
            let damaged = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(verify(b"secret", &damaged, Moment(0)), None, "bit {at}: {damaged}");
        }
        for length in 0..value.len() {
            assert_eq!(verify(b"secret", &value[..length], Moment(0)), None, "cut at {length}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; orma_session=x.y; b=2"));
        assert_eq!(of_request(&headers), Some("x.y"));
        headers.clear();
        headers.append(header::COOKIE, HeaderValue::from_static("not_orma_session=x"));
        assert_eq!(of_request(&headers), None);
    }

    #[test]
    fn the_cookie_is_secure_when_the_request_came_by_https() {
        let mut headers = HeaderMap::new();
        let config = QueryConfig::default();
        assert!(!clear(&config, &headers).to_str().unwrap().contains("Secure"));
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        assert!(clear(&config, &headers).to_str().unwrap().ends_with("; Secure"));
    }
}
