//! `orma_id`: what a click link adds to the query of the page that it leads to, so that mail and site meet.
//!
//! ```text
//! orma_id = base64url( 1 ‖ key id (4 bytes) ‖ click (16 bytes) ‖ ChaCha20-Poly1305( text ) ), without padding
//! text    = recipient, message, campaign, link, with a line feed between
//! key     = HMAC-SHA256( newsletter signing secret, "orma_id 1" ‖ click ), nonce 0; the 21 bytes before are
//!           authenticated with it
//! ```
//! `click` is the event id of the click, a version 7 UUID, so it also says when that was. Each has a key of its own,
//! which is what lets the nonce be constant. The text is not only signed but sealed: addresses of pages go to everybody
//! whose scripts are on them, and who reads a newsletter is nobody's business. Only collectors make and read it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use orma_store::NewsletterKey;
use orma_store::newsletter::Letter;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::event::identifier::read_user;
use crate::event::value::Value;

/// The parameter's name.
pub const PARAMETER: &str = "orma_id";
/// The layout.
const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 4;
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES + 16;
/// Characters of a parameter that is looked at: more than the longest that is ever made.
const VALUE_BYTES_MAX: usize = 2_048;

/// What a page's address says of the click that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// The site of the mail.
    pub site: String,
    /// The event id of the click.
    pub click: Uuid,
    /// When it was: milliseconds since the epoch.
    pub clicked_at: i64,
    /// The recipient; empty when the link may not say.
    pub recipient: String,
    /// The message.
    pub message: String,
    /// The campaign.
    pub campaign: String,
    /// The link's name.
    pub link: String,
}

fn cipher(key: &NewsletterKey, click: Uuid) -> LessSafeKey {
    let secret = key.mac(b"orma_id 1").chain_update(click.as_bytes()).finalize().into_bytes();
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &secret).expect("32 bytes"))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// The id of an open or a click.
///
/// Every open is an event of its own, as a person may read a mail twice. Only the same request of the same client
/// within a second is one that was repeated, because the answer was lost or a finger was nervous. `client` stands for
/// address and user agent without giving them away: the day's cookieless id.
pub fn event_id(token: &str, client: &str, received_at: i64) -> Uuid {
    let second = received_at.div_euclid(1_000) * 1_000;
    let mut hash = Sha256::new();
    for part in [client, "\0", token, "\0"] {
        hash.update(part.as_bytes());
    }
    let digest = hash.chain_update(second.to_le_bytes()).finalize();
    let random: [u8; 10] = digest[..10].try_into().expect("as long as it was cut");
    Builder::from_unix_timestamp_millis(second.cast_unsigned(), &random).into_uuid()
}

/// The parameter's value for a click on a link of `letter`. `None` when the key has no id of four bytes.
pub fn seal(key: &NewsletterKey, click: Uuid, letter: &Letter) -> Option<String> {
    let key_id = u32::from_str_radix(&key.key_id, 16).ok()?;
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&key_id.to_be_bytes());
    bytes.extend_from_slice(click.as_bytes());
    let mut text = [letter.recipient, letter.message, letter.campaign, letter.link].join("\n").into_bytes();
    let head = Aad::from(bytes.clone());
    cipher(key, click).seal_in_place_append_tag(nonce(), head, &mut text).ok()?;
    bytes.append(&mut text);
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads the parameter's value; `None` when it was not made by a collector of this store, or was altered.
pub fn open<'k>(value: &str, find: impl FnOnce(&str) -> Option<&'k NewsletterKey>) -> Option<Landing> {
    if value.len() > VALUE_BYTES_MAX {
        return None;
    }
    let mut bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (head, sealed) = bytes.split_at_mut_checked(HEAD_BYTES)?;
    let (version, rest) = head.split_first()?;
    let (key_id, click) = rest.split_at_checked(KEY_ID_BYTES)?;
    if *version != VERSION {
        return None;
    }
    let key = find(&format!("{:08x}", u32::from_be_bytes(key_id.try_into().ok()?)))?;
    let click = Uuid::from_slice(click).ok()?;
    let text = cipher(key, click).open_in_place(nonce(), Aad::from(&*head), sealed).ok()?;
    let mut fields = std::str::from_utf8(text).ok()?.split('\n').map(ToOwned::to_owned);
    let mut next = || fields.next();
    let (seconds, nanos) = click.get_timestamp()?.to_unix();
    Some(Landing {
        site: key.site.clone(),
        click,
        clicked_at: (seconds * 1_000 + u64::from(nanos / 1_000_000)).cast_signed(),
        recipient: next().map(|id| read_user(Value::Text(id.into())).unwrap_or_default().into_owned())?,
        message: next()?,
        campaign: next()?,
        link: next()?,
    })
}

/// The target with the parameter in its query. Nothing else of it changes.
pub fn with_parameter(target: &str, value: &str) -> String {
    let (address, fragment) = split_before(target, '#');
    let (page, query) = match address.split_once('?') {
        Some((page, query)) => (page, without_parameter(query).0),
        None => (address, String::new()),
    };
    let and = if query.is_empty() || query.ends_with('&') { "" } else { "&" };
    format!("{page}?{query}{and}{PARAMETER}={value}{fragment}")
}

/// The query without the parameter, and its value if it was there.
pub fn without_parameter(query: &str) -> (String, Option<&str>) {
    let is_ours = |pair: &'_ str| pair.split_once('=').is_some_and(|(name, _)| name == PARAMETER);
    let value = query.split('&').find(|pair| is_ours(pair)).map(|pair| &pair[PARAMETER.len() + 1..]);
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_ours(pair) && *pair != PARAMETER).collect();
    (kept.join("&"), value)
}

/// An address without the parameter: a referrer.
pub fn address_without_parameter(address: &str) -> String {
    let (address, fragment) = split_before(address, '#');
    let Some((page, query)) = address.split_once('?') else { return format!("{address}{fragment}") };
    let (kept, _) = without_parameter(query);
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{page}{mark}{kept}{fragment}")
}

fn split_before(text: &str, mark: char) -> (&str, &str) {
    text.split_at(text.find(mark).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use orma_store::newsletter::Act;

    use super::*;

    const LETTER: Letter = Letter {
        act: Act::Click,
        sent_at: 1_795_341_600,
        campaign: "saldi",
        message: "m-42",
        recipient: "mario@example.it",
        link: "hero",
        target: "https://bottega.example/",
    };

    fn sealed() -> (NewsletterKey, Uuid, String) {
        let key = NewsletterKey::random("demo", 0);
        let click = event_id("token", "c1", 1_795_341_660_500);
        let value = seal(&key, click, &LETTER).unwrap();
        (key, click, value)
    }

    #[test]
    fn only_the_same_load_by_the_same_client_in_the_same_second_is_a_repetition() {
        let id = event_id("token", "c1", 1_795_341_600_100);
        assert_eq!(id, event_id("token", "c1", 1_795_341_600_900));
        assert_eq!((id.get_version_num(), id.get_timestamp().unwrap().to_unix().0), (7, 1_795_341_600));
        for other in [
            event_id("token", "c1", 1_795_341_601_000),
            event_id("token", "c2", 1_795_341_600_100),
            event_id("token2", "c1", 1_795_341_600_100),
            event_id("oken", "c1t", 1_795_341_600_100),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn only_a_collector_reads_what_a_collector_sealed() {
        let (key, click, value) = sealed();
        assert!(value.len() < 128, "{}", value.len());
        let landing = open(&value, |id| (id == key.key_id).then_some(&key)).unwrap();
        let expected = Landing {
            site: "demo".into(),
            click,
            clicked_at: 1_795_341_660_000,
            recipient: "mario@example.it".into(),
            message: "m-42".into(),
            campaign: "saldi".into(),
            link: "hero".into(),
        };
        assert_eq!(landing, expected);
        assert_eq!(open(&value, |_| None), None);
        let other = NewsletterKey { key_id: key.key_id.clone(), ..NewsletterKey::random("demo", 0) };
        assert_eq!(open(&value, |_| Some(&other)), None);
        let bytes = URL_SAFE_NO_PAD.decode(&value).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"mario"), "the recipient is not to be read");
    }

    #[test]
    fn every_bit_counts() {
        let (key, _, value) = sealed();
        let bytes = URL_SAFE_NO_PAD.decode(&value).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&URL_SAFE_NO_PAD.encode(flipped), |_| Some(&key)), None, "bit {bit}");
        }
        for cut in 0..value.len() {
            assert_eq!(open(&value[..cut], |_| Some(&key)), None, "{cut}");
        }
        for odd in ["è", "=", "%41", &"A".repeat(5_000)] {
            assert_eq!(open(odd, |_| Some(&key)), None, "{odd}");
        }
    }

    #[test]
    fn the_target_keeps_its_query_and_fragment() {
        for (target, expected) in [
            ("https://b.example", "https://b.example?orma_id=X"),
            ("https://b.example/a", "https://b.example/a?orma_id=X"),
            ("https://b.example/a?", "https://b.example/a?orma_id=X"),
            ("https://b.example/a?b=c", "https://b.example/a?b=c&orma_id=X"),
            ("https://b.example/a?b=c&", "https://b.example/a?b=c&orma_id=X"),
            ("https://b.example/a#top", "https://b.example/a?orma_id=X#top"),
            ("https://b.example/a?b=%20%3f&c#/r?x=y", "https://b.example/a?b=%20%3f&c&orma_id=X#/r?x=y"),
            ("https://b.example/a?orma_id=old&b=c", "https://b.example/a?b=c&orma_id=X"),
        ] {
            assert_eq!(with_parameter(target, "X"), expected);
        }
    }

    #[test]
    fn the_parameter_is_taken_out_and_nothing_else() {
        for (query, kept, value) in [
            ("orma_id=x", "", Some("x")),
            ("a=1&orma_id=x&b=2", "a=1&b=2", Some("x")),
            ("orma_id=x&orma_id=y", "", Some("x")),
            ("orma_id", "", None),
            ("a=orma_id=x&xorma_id=1", "a=orma_id=x&xorma_id=1", None),
            ("", "", None),
        ] {
            assert_eq!(without_parameter(query), (kept.to_owned(), value), "{query}");
        }
        for (address, expected) in [
            ("https://b.example/a?orma_id=x", "https://b.example/a"),
            ("https://b.example/a?b=c&orma_id=x#d", "https://b.example/a?b=c#d"),
            ("https://b.example/a#?orma_id=x", "https://b.example/a#?orma_id=x"),
            ("https://b.example/", "https://b.example/"),
        ] {
            assert_eq!(address_without_parameter(address), expected);
        }
    }
}
