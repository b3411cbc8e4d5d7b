//! Random damage for whatever reads foreign bytes: the same on every run, ten lines a parser.
//!
//! A target is a test that hands [`fuzz`] a corpus and a check of what must hold whatever comes; that nothing panics is
//! the least of it. `ORMA_FUZZ_ITERATIONS` says how often, instead of the target's own number.

mod event;
mod targets;

/// What damage likes to insert: what the grammars of JSON, addresses, numbers, queries and headers are made of.
const PIECES: [&str; 36] = [
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-",
    "1e999",
    "99999999999999999999999",
    ".",
    "0",
    "@",
    "//",
    "?",
    "#",
    "%",
    "%ff",
    "&",
    "=",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "👟",
    "è",
    " ",
    "\"kind\":",
    "\"props\":{",
    "\u{ff}\u{ff}\u{ff}\u{ff}",
    "utm_source=",
    "https://",
    "+02:00",
    ";",
];

/// Marsaglia's xorshift64.
pub struct Random(u64);

impl Random {
    /// The same numbers for the same name.
    pub fn named(name: &str) -> Self {
        // FNV-1a, never 0.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash | 1)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A copy with up to four damages: bytes changed, dropped, doubled, replaced, inserted, the end cut off.
pub fn damaged(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(4) {
        let place = random.below(bytes.len() + 1);
        let end = bytes.len().min(place + random.below(40));
        match random.below(6) {
            0 if place < bytes.len() => bytes[place] = random.below(256) as u8,
            1 => drop(bytes.drain(place..end)),
            2 => drop(bytes.splice(place..place, PIECES[random.below(PIECES.len())].bytes())),
            3 => {
                let copy = bytes[place..end].to_vec();
                let target = random.below(bytes.len() + 1);
                drop(bytes.splice(target..target, copy));
            }
            4 => drop(bytes.splice(place..end, PIECES[random.below(PIECES.len())].bytes())),
            _ if random.below(8) == 0 => bytes.truncate(place),
            _ => {}
        }
    }
    bytes
}

/// How often a target runs.
pub fn iterations(default: usize) -> usize {
    match std::env::var("ORMA_FUZZ_ITERATIONS") {
        Ok(text) => text.parse().expect("ORMA_FUZZ_ITERATIONS: a number"),
        Err(_) => default,
    }
}

/// Checks the corpus as it is and then damaged, and that `check` says "read" (true) often enough, and not always, to be
/// worth its time. A failure prints the bytes.
pub fn fuzz<B: AsRef<[u8]>>(name: &str, corpus: &[B], mut check: impl FnMut(&[u8]) -> bool) {
    let mut random = Random::named(name);
    for whole in corpus {
        assert!(check(whole.as_ref()), "{name}: refused {:?}", String::from_utf8_lossy(whole.as_ref()));
    }
    let rounds = iterations(2_000);
    let mut read = 0;
    for _ in 0..rounds {
        let bytes = damaged(corpus[random.below(corpus.len())].as_ref(), &mut random);
        let told = OnPanic(name, &bytes);
        read += usize::from(check(&bytes));
        drop(told);
    }
    assert!(rounds < 1_000 || read * 50 > rounds, "{name}: only {read} of {rounds} were read");
}

struct OnPanic<'a>(&'a str, &'a [u8]);

impl Drop for OnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{} fails with {:?}", self.0, String::from_utf8_lossy(self.1));
            eprintln!("as bytes: {:02x?}", self.1);
        }
    }
}
