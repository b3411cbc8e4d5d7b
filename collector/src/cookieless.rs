//! The visitor id of someone who carries none: a hash that holds for one day and leads back to nobody.
//!
//! `c` + the first 20 hexadecimal digits of HMAC-SHA-256(the day's salt, site, address, user agent). The salt is
//! random, changes at midnight UTC and is then gone from memory and disk, so yesterday's ids cannot be computed again.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hmac::{Hmac, KeyInit, Mac};
use orma_store::private::{self, Found};
use orma_store::secret;
use sha2::Sha256;

const DAY_MS: i64 = 86_400_000;
const ID_HEX_DIGITS: usize = 20;
/// More than a day and its salt. Bytes.
const SALT_FILE_BYTES_MAX: u64 = 4096;

/// Whether a visitor id has the form of those that are made here.
pub fn is_cookieless(visitor: &str) -> bool {
    let digits = visitor.strip_prefix('c').unwrap_or_default();
    digits.len() == ID_HEX_DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The day's salt and where it is kept across a restart.
#[derive(Debug)]
pub struct CookielessIds {
    file: PathBuf,
    today: Mutex<Salt>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Salt {
    day: i64,
    salt: String,
}

impl CookielessIds {
    /// Keeps the salt in `data_dir`.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(data_dir: &Path, now_ms: i64) -> io::Result<Self> {
        let file = data_dir.join("cookieless-salt");
        let day = now_ms.div_euclid(DAY_MS);
        let kept = match private::read(&file, SALT_FILE_BYTES_MAX)? {
            Found::Text(text) => {
                let kept = parse(&text);
                if kept.is_none() {
                    // Not kept beside: what may be left of a salt must be gone tomorrow.
                    tracing::warn!(file = %file.display(), "the day's salt is damaged and made anew: cookieless visitors of today count twice");
                }
                kept
            }
            Found::Damaged(why) => {
                private::set_aside(
                    &file,
                    &why,
                    "a new salt is made: cookieless visitors of today count twice",
                )?;
                None
            }
            Found::Nothing => None,
        };
        let ids = Self { file, today: Mutex::new(Salt { day: i64::MIN, salt: String::new() }) };
        match kept.filter(|kept| kept.day == day) {
            Some(kept) => *ids.today.lock().expect("not shared yet") = kept,
            None => *ids.today.lock().expect("not shared yet") = ids.renew(day)?,
        }
        Ok(ids)
    }

    /// The visitor id of this moment.
    pub fn visitor(&self, now_ms: i64, site: &str, address: IpAddr, user_agent: &str) -> String {
        let salt = self.salt_of(now_ms.div_euclid(DAY_MS));
        let mut mac = Hmac::<Sha256>::new_from_slice(salt.as_bytes()).expect("any length");
        for part in [site.as_bytes(), address.to_string().as_bytes(), user_agent.as_bytes()] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        let digest = secret::hex(&mac.finalize().into_bytes());
        format!("c{}", &digest[..ID_HEX_DIGITS])
    }

    fn salt_of(&self, day: i64) -> String {
        let mut today = self.today.lock().expect("no panic while renewing");
        if today.day != day {
            *today = self.renew(day).unwrap_or_else(|error| {
                // The ids still work; after a restart on the same day they would differ.
                tracing::warn!(%error, "the day's salt could not be kept");
                Salt { day, salt: secret::random_hex::<32>() }
            });
        }
        today.salt.clone()
    }

    fn renew(&self, day: i64) -> io::Result<Salt> {
        let salt = Salt { day, salt: secret::random_hex::<32>() };
        private::write(&self.file, &format!("{day} {}\n", salt.salt))?;
        Ok(salt)
    }
}

fn parse(text: &str) -> Option<Salt> {
    let (day, salt) = text.trim().split_once(' ')?;
    let whole = salt.len() == 64 && salt.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then_some(Salt { day: day.parse().ok()?, salt: salt.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_for_a_day_and_across_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = ("79.0.0.1".parse().unwrap(), "79.0.0.2".parse().unwrap());
        let ids = CookielessIds::open(dir.path(), 5).unwrap();
        let id = ids.visitor(5, "demo", a, "Firefox");
        assert!(is_cookieless(&id), "{id}");
        assert!(!is_cookieless("cmario") && !is_cookieless(&id[1..]) && !is_cookieless(&format!("{id}0")));
        assert_eq!(id, ids.visitor(DAY_MS - 1, "demo", a, "Firefox"));
        assert_ne!(id, ids.visitor(5, "other", a, "Firefox"));
        assert_ne!(id, ids.visitor(5, "demo", b, "Firefox"));
        assert_ne!(id, ids.visitor(5, "demo", a, "Chrome"));
        assert_eq!(id, CookielessIds::open(dir.path(), 6).unwrap().visitor(6, "demo", a, "Firefox"));
        assert_ne!(id, ids.visitor(DAY_MS, "demo", a, "Firefox"));
        assert_ne!(id, ids.visitor(5, "demo", a, "Firefox"), "yesterday's salt is gone");
    }

    #[test]
    fn a_damaged_salt_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("cookieless-salt");
        let address = "79.0.0.1".parse().unwrap();
        for damage in [&b""[..], b"null", b"\xff\xfe", b"0 tooshort", &[b'a'; 9000]] {
            std::fs::write(&file, damage).unwrap();
            let id = CookielessIds::open(dir.path(), 5).unwrap().visitor(5, "demo", address, "Firefox");
            let again = CookielessIds::open(dir.path(), 5).unwrap().visitor(5, "demo", address, "Firefox");
            assert_eq!(id, again);
        }
    }
}
