//! Random secrets, hashes, and their hexadecimal text.

use sha2::{Digest, Sha256};

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[digit as usize] as char).collect()
}

/// SHA-256 of a text, as hexadecimal.
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// `N` bytes of the system's randomness.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// `N` bytes of the system's randomness, as hexadecimal.
pub fn random_hex<const N: usize>() -> String {
    hex(&random::<N>())
}
