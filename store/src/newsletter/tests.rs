use super::*;

fn key() -> NewsletterKey {
    NewsletterKey {
        key_id: "1a2b3c4d".into(),
        site: "demo".into(),
        secret: "ns_1a2b3c4d_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".into(),
        created_at: 0,
    }
}

const CLICK: Letter = Letter {
    act: Act::Click,
    sent_at: 1_795_341_600,
    campaign: "saldi-2026",
    message: "m-42",
    recipient: "mario@example.it",
    link: "hero",
    target: "https://bottega.example/scarpe?taglia=42#rosse",
};
const OPEN: Letter = Letter { act: Act::Open, link: "", target: "", ..CLICK };

fn verify(token: &str) -> Result<(), TokenProblem> {
    let key = key();
    Opened::decode(token)?.verify(|id| (id == key.key_id).then_some(&key)).map(|_| ())
}

#[test]
fn what_was_signed_is_read() {
    let key = key();
    let no_name = Letter { recipient: "", campaign: "", message: "", link: "", ..CLICK };
    let accented = Letter { campaign: "è ora", link: "più", ..CLICK };
    for letter in [OPEN, CLICK, Letter { act: Act::Trap, ..CLICK }, no_name, accented] {
        let opened = Opened::decode(&letter.sign(&key).unwrap()).unwrap();
        let (read, by) = opened.verify(|id| (id == key.key_id).then_some(&key)).unwrap();
        assert_eq!((read, by.site.as_str()), (letter, "demo"));
    }
}

#[test]
fn a_random_secret_names_its_id() {
    let key = NewsletterKey::random("demo", 5);
    assert_eq!(key.secret.split('_').nth(1), Some(key.key_id.as_str()));
    assert_eq!(key.secret.len(), 3 + 8 + 1 + 64);
    assert!(!format!("{key:?}").contains(&key.secret));
    assert_ne!(key.secret, NewsletterKey::random("demo", 5).secret);
}

#[test]
fn a_foreign_or_withdrawn_secret_signs_nothing() {
    let other = NewsletterKey { secret: "ns_1a2b3c4d_ff".into(), ..key() };
    assert_eq!(verify(&CLICK.sign(&other).unwrap()), Err(TokenProblem::Signature));
    let gone = NewsletterKey { key_id: "99999999".into(), ..key() };
    assert_eq!(verify(&CLICK.sign(&gone).unwrap()), Err(TokenProblem::UnknownKey));
}

#[test]
fn targets_that_are_not_of_the_web_are_neither_signed_nor_followed() {
    let long = format!("https://a.example/{}", "x".repeat(TARGET_BYTES_MAX));
    for target in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "/scarpe",
        "",
        "https:",
        "https://",
        "https:evil.example",
        "https:\\\\evil.example",
        " https://a.example/",
        "ftp://a.example/",
        "https://a b/",
        "https://a.example:99999/",
        "https://a.example/\u{7f}",
        &long,
    ] {
        let letter = Letter { target, ..CLICK };
        assert!(letter.sign(&key()).is_err(), "{target}");
        // A mail tool may sign it all the same.
        let text = format!("c1\n1a2b3c4d\n1795341600\nc\nm\nr\nl\n{target}");
        let mut bytes = key().mac(text.as_bytes()).finalize().into_bytes()[..SIGNATURE_BYTES].to_vec();
        bytes.extend_from_slice(text.as_bytes());
        let token = URL_SAFE_NO_PAD.encode(bytes);
        assert!(matches!(verify(&token), Err(TokenProblem::Field(_) | TokenProblem::Malformed)), "{target}");
    }
    for target in
        ["http://a.example", "HTTPS://A.example/?a#b", "https://[::1]:8080/x", "https://bücher.example/ä"]
    {
        assert!(Letter { target, ..CLICK }.sign(&key()).is_ok(), "{target}");
    }
}

#[test]
fn signed_texts_that_are_not_tokens_are_refused() {
    for text in [
        "",
        "c1",
        "c1\n1a2b3c4d\n1\nc\nm\nr\nl",
        "c1\n1a2b3c4d\n1\nc\nm\nr\nl\nhttps://a.example/\nmore",
        "o1\n1a2b3c4d\n1\nc\nm\nr\nl\nhttps://a.example/",
        "o2\n1a2b3c4d\n1\nc\nm\nr",
        "o1\n1a2b3c4d\n-1\nc\nm\nr",
        "o1\n1a2b3c4d\nnow\nc\nm\nr",
        "o1\n1a2b3c4d\n99999999999\nc\nm\nr",
        "o1\n1a2b3c4d\n1\nc\tc\nm\nr",
    ] {
        let mut bytes = key().mac(text.as_bytes()).finalize().into_bytes()[..SIGNATURE_BYTES].to_vec();
        bytes.extend_from_slice(text.as_bytes());
        assert!(verify(&URL_SAFE_NO_PAD.encode(bytes)).is_err(), "{text:?}");
    }
}

/// Marsaglia's xorshift64: the same damage on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[test]
fn ten_thousand_damaged_tokens_are_refused() {
    const ALPHABET: &[u8] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.%\n \xc3\xa8";
    let whole: Vec<String> = [OPEN, CLICK, Letter { act: Act::Trap, ..CLICK }]
        .iter()
        .map(|letter| letter.sign(&key()).unwrap())
        .collect();
    assert!(whole.iter().all(|token| verify(token).is_ok()));
    let mut random = Random(0x0123_4567_89ab_cdef);
    for round in 0..10_000 {
        let start = &whole[round % whole.len()];
        let mut bytes = start.clone().into_bytes();
        for _ in 0..=random.below(3) {
            let place = random.below(bytes.len());
            match random.below(6) {
                0 => bytes[place] = ALPHABET[random.below(ALPHABET.len())],
                1 => bytes.insert(place, ALPHABET[random.below(ALPHABET.len())]),
                2 if bytes.len() > 1 => drop(bytes.remove(place)),
                3 => bytes.truncate(place.max(1)),
                4 => bytes[place] ^= 1 << random.below(7),
                _ => {
                    let other = whole[random.below(whole.len())].as_bytes();
                    bytes.splice(place.., other[place.min(other.len())..].iter().copied());
                }
            }
        }
        let damaged = String::from_utf8_lossy(&bytes).into_owned();
        if !whole.contains(&damaged) {
            assert!(verify(&damaged).is_err(), "round {round}: {damaged}");
        }
    }
}

#[test]
fn every_bit_counts() {
    let token = CLICK.sign(&key()).unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&URL_SAFE_NO_PAD.encode(flipped)).is_err(), "bit {bit}");
    }
    // The last character holds bits beyond the last byte: another spelling of the same bytes is no token.
    let last = token.len() - 1;
    for other in ('a'..='z').chain('A'..='Z').chain('0'..='9').map(|c| format!("{}{c}", &token[..last])) {
        assert_eq!(verify(&other).is_ok(), other == token, "{other}");
    }
}

#[test]
fn the_vectors_of_the_document_hold() {
    assert_eq!(
        OPEN.sign(&key()).unwrap(),
        "qbhbZPByQzHTYwufiwK7uG8xCjFhMmIzYzRkCjE3OTUzNDE2MDAKc2FsZGktMjAyNgptLTQyCm1hcmlvQGV4YW1wbGUuaXQ"
    );
    assert_eq!(
        CLICK.sign(&key()).unwrap(),
        "lCl9ehMuPg7NIcwWo0ol4GMxCjFhMmIzYzRkCjE3OTUzNDE2MDAKc2FsZGktMjAyNgptLTQyCm1hcmlvQGV4YW1wbGUuaXQKaGVybwpodHRwczovL2JvdHRlZ2EuZXhhbXBsZS9zY2FycGU_dGFnbGlhPTQyI3Jvc3Nl"
    );
}
