//! Bytes of a text that are looked for many at a time.
//!
//! A comparison of sixteen bytes at once is a few instructions of any processor of today; a loop that may end at each byte
//! is several for each. The compiler makes the one of a test without branches: comparisons joined by `|` and `&`, and no
//! `match`, `||` or `&&`.

/// Bytes that are looked at together.
const LANES: usize = 16;

/// Where the first byte stands for which `is` holds, a test without branches.
#[inline]
pub fn position(text: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    let (chunks, rest) = text.as_chunks();
    for (number, chunk) in chunks.iter().enumerate() {
        if let Some(lane) = first(chunk, &is) {
            return Some(number * LANES + lane);
        }
    }
    if rest.is_empty() {
        return None;
    }
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    // What stands behind the rest comes after it.
    first(&last, &is).filter(|lane| *lane < rest.len()).map(|lane| text.len() - rest.len() + lane)
}

/// Whether `is`, a test without branches, holds for any byte.
#[inline]
pub fn has(text: &[u8], is: impl Fn(u8) -> bool) -> bool {
    position(text, is).is_some()
}

/// Whether a byte is one of these and those between, without a branch.
#[inline]
pub const fn within(byte: u8, from: u8, to: u8) -> bool {
    byte.wrapping_sub(from) <= to - from
}

#[inline]
fn first(chunk: &[u8; LANES], is: impl Fn(u8) -> bool) -> Option<usize> {
    let mut hits = [0; LANES];
    for (hit, byte) in hits.iter_mut().zip(chunk) {
        *hit = if is(*byte) { u8::MAX } else { 0 };
    }
    let bits = u128::from_le_bytes(hits).trailing_zeros();
    (bits < u128::BITS).then_some(bits as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_is_found_at_every_place_of_every_length() {
        for length in 0..50 {
            let plain = vec![b'a'; length];
            assert_eq!(position(&plain, |byte| byte == b'?'), None, "{length}");
            // What a short rest is filled up with is no part of the text.
            assert_eq!(position(&plain, |byte| byte == 0), None, "{length}");
            for place in 0..length {
                for byte in [0, b'?', 0x7f, 0x80, 0xff] {
                    let mut text = plain.clone();
                    text[place] = byte;
                    text[place + 1..].fill(b'?');
                    let expected = text.iter().position(|byte| !byte.is_ascii_lowercase());
                    assert_eq!(position(&text, |byte| !byte.is_ascii_lowercase()), expected, "{text:?}");
                    assert!(has(&text, |found| found == byte));
                }
            }
        }
    }
}
