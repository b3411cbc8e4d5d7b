//! The cookie of a session: `base64url(payload).base64url(HMAC-SHA256(payload))`.
//!
//! The payload is JSON: the token's id, its role, and when the session ends (seconds since the epoch). The token is
//! looked up with each request, so a session ends when its token is withdrawn.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use orma_store::registry::hash;
use orma_store::secret::random_hex;
use orma_store::{Role, Token};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::timestamp::Timestamp;

/// The cookie's name over plain http.
pub const NAME: &str = "orma_session";
/// Over https: browsers take a cookie of this name only from this very host, and only over https.
const HOST_NAME: &str = "__Host-orma_session";
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
    /// Tells two sessions of one token apart; empty in those of older versions.
    #[serde(default)]
    pub nonce: String,
}

/// An open session.
#[derive(Debug, PartialEq, Eq)]
pub struct Session {
    /// Which it is, without what would open it.
    pub id: String,
    /// What its cookie says.
    pub payload: Payload,
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

/// The session of a cookie's value, when it was signed here and its time is not over.
pub fn verify(secret: &[u8], value: &str, now: Timestamp) -> Option<Session> {
    let (text, tag) = value.split_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    mac(secret, text).verify_slice(&tag).ok()?;
    let payload: Payload = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let open = payload.expires_at.saturating_mul(1000) > now.0;
    open.then(|| Session { id: hash(text), payload })
}

/// The values of the session cookies in a request, the one that only this host can have set first.
pub fn of_request(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let named = |name: &'static str| {
        let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|line| line.split(';'));
        pairs.filter_map(move |pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    };
    named(HOST_NAME).chain(named(NAME))
}

/// `Set-Cookie` that opens a session.
pub fn issue(by_https: bool, secret: &[u8], token: &Token, now: Timestamp) -> HeaderValue {
    let expires_at = now.0 / 1000 + SESSION_SECONDS_MAX;
    let nonce = random_hex::<8>();
    let payload = Payload { token_id: token.token_id.clone(), role: token.role, expires_at, nonce };
    set_cookie(by_https, &sign(secret, &payload), SESSION_SECONDS_MAX)
}

/// `Set-Cookie` that end a session, whichever name its cookie has.
pub fn clear(by_https: bool) -> Vec<HeaderValue> {
    // A browser takes no `Secure` cookie over http, not even to delete it.
    let names: &[bool] = if by_https { &[true, false] } else { &[false] };
    names.iter().map(|&secure| set_cookie(secure, "", 0)).collect()
}

/// Whether the browser asked over https; `always`: cookies are marked `Secure` in any case.
pub fn by_https(always: bool, headers: &HeaderMap) -> bool {
    always || headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes() == b"https")
}

fn set_cookie(secure: bool, value: &str, max_age: i64) -> HeaderValue {
    let (name, mark) = if secure { (HOST_NAME, "; Secure") } else { (NAME, "") };
    let text = format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={max_age}{mark}");
    HeaderValue::from_str(&text).expect("base64 and digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_was_changed_or_has_ended_is_refused() {
        let payload =
            Payload { token_id: "tok_1".into(), role: Role::Analyst, expires_at: 1000, nonce: String::new() };
        let value = sign(b"secret", &payload);
        let now = Timestamp(999_000);
        assert_eq!(verify(b"secret", &value, now).map(|session| session.payload), Some(payload));
        assert_eq!(verify(b"secret", &value, Timestamp(1_000_000)), None, "ended");
        assert_eq!(verify(b"other", &value, now), None, "signed elsewhere");
        let admin =
            Payload { token_id: "tok_1".into(), role: Role::Admin, expires_at: 1000, nonce: String::new() };
        let forged =
            format!("{}.{}", sign(b"x", &admin).split_once('.').unwrap().0, value.split_once('.').unwrap().1);
        assert_eq!(verify(b"secret", &forged, now), None, "another payload");
        for cut in ["", ".", "a.b", value.split_once('.').unwrap().0] {
            assert_eq!(verify(b"secret", cut, now), None);
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_of_a_cookie_is_refused() {
        let payload =
            Payload { token_id: "tok_1".into(), role: Role::Analyst, expires_at: 1000, nonce: String::new() };
        let value = sign(b"secret", &payload);
        for at in 0..value.len() * 8 {
            let mut bytes = value.clone().into_bytes();
            bytes[at / 8] ^= 1 << (at % 8);
            let damaged = String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(verify(b"secret", &damaged, Timestamp(0)), None, "bit {at}: {damaged}");
        }
        for length in 0..value.len() {
            assert_eq!(verify(b"secret", &value[..length], Timestamp(0)), None, "cut at {length}");
        }
    }

    #[test]
    fn a_cookie_of_an_older_version_is_a_session_of_its_own() {
        let text = URL_SAFE_NO_PAD.encode(r#"{"token_id":"tok_1","role":"admin","expires_at":1000}"#);
        let tag = URL_SAFE_NO_PAD.encode(mac(b"secret", &text).finalize().into_bytes());
        let session = verify(b"secret", &format!("{text}.{tag}"), Timestamp(0)).unwrap();
        assert_eq!((session.payload.nonce.as_str(), session.id), ("", hash(&text)));
    }

    #[test]
    fn every_cookie_of_the_name_is_found_and_the_hosts_own_first() {
        for (lines, found) in [
            (&["a=1; orma_session=x.y; b=2"][..], &["x.y"][..]),
            (&["not_orma_session=x"], &[]),
            (&["orma_session=planted; orma_session=x.y"], &["planted", "x.y"]),
            (&["orma_session=planted", "__Host-orma_session=x.y"], &["x.y", "planted"]),
            (&["orma_session"], &[]),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_static(line));
            }
            assert_eq!(of_request(&headers).collect::<Vec<_>>(), found, "{lines:?}");
        }
    }

    #[test]
    fn the_cookie_is_the_hosts_own_when_the_request_came_by_https() {
        let mut headers = HeaderMap::new();
        let token = Token {
            token_id: "tok_1".into(),
            hash: String::new(),
            role: Role::Analyst,
            site: String::new(),
            name: String::new(),
        };
        let set = |headers: &HeaderMap| {
            let secure = by_https(false, headers);
            let issued = issue(secure, b"secret", &token, Timestamp(0)).to_str().unwrap().to_owned();
            let cleared = clear(secure);
            (issued, cleared.iter().map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>())
        };
        let (issued, cleared) = set(&headers);
        assert!(issued.starts_with("orma_session=") && !issued.contains("Secure"), "{issued}");
        assert_eq!(cleared.len(), 1);
        headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
        let (issued, cleared) = set(&headers);
        assert!(issued.starts_with("__Host-orma_session=") && issued.ends_with("; Secure"), "{issued}");
        assert!(issued.contains("; Path=/;") && !issued.contains("Domain"), "{issued}");
        assert!(cleared[0].starts_with("__Host-orma_session=;") && cleared[1].starts_with("orma_session=;"));
    }
}
