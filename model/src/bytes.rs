//! Bytes of a text that are looked for sixteen at a time.
//!
//! A loop that may end at each byte takes several instructions for each; a processor compares sixteen with one.

use wide::u8x16;

/// Bytes that are looked at together.
const LANES: usize = 16;

/// Sixteen bytes that stand side by side.
#[derive(Clone, Copy)]
pub struct Bytes(u8x16);

/// For which of them something holds; joined by `|`.
#[derive(Clone, Copy)]
pub struct Hits(u8x16);

impl Bytes {
    /// Those that are this byte.
    #[inline]
    pub fn are(self, byte: u8) -> Hits {
        Hits(self.0.simd_eq(u8x16::splat(byte)))
    }

    /// Those from `from` to `to`.
    #[inline]
    pub fn within(self, from: u8, to: u8) -> Hits {
        let distance = self.0 - u8x16::splat(from);
        // What is no more than that stays the smaller one.
        Hits(distance.min(u8x16::splat(to - from)).simd_eq(distance))
    }
}

impl std::ops::BitOr for Hits {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::Not for Hits {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl Hits {
    /// Where the first one stands.
    #[inline]
    fn first(self) -> Option<usize> {
        let bits = self.0.to_bitmask();
        (bits != 0).then(|| bits.trailing_zeros() as usize)
    }
}

/// Where the first byte stands that is sought.
#[inline]
pub fn position(text: &[u8], sought: impl Fn(Bytes) -> Hits) -> Option<usize> {
    let mut rest = text;
    while let Some((chunk, after)) = rest.split_first_chunk::<LANES>() {
        if let Some(lane) = sought(Bytes(u8x16::from(*chunk))).first() {
            return Some(text.len() - rest.len() + lane);
        }
        rest = after;
    }
    if rest.is_empty() {
        return None;
    }
    // The last sixteen bytes: those of them that were looked at before are not sought.
    if let Some(chunk) = text.last_chunk::<LANES>() {
        return Some(text.len() - LANES + sought(Bytes(u8x16::from(*chunk))).first()?);
    }
    // What a short text is filled up with comes after it.
    sought(Bytes(u8x16::from(padded(text)))).first().filter(|lane| *lane < text.len())
}

/// Whether any byte is sought.
#[inline]
pub fn has(text: &[u8], sought: impl Fn(Bytes) -> Hits) -> bool {
    position(text, sought).is_some()
}

/// At most [`LANES`] bytes, and zeros behind them: put together from two pieces that may overlap, which takes fewer
/// instructions than to copy as many bytes as there are.
#[inline]
fn padded(text: &[u8]) -> [u8; LANES] {
    let length = text.len();
    let bytes = if let (Some(begin), Some(end)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        u128::from(u64::from_le_bytes(*begin)) | u128::from(u64::from_le_bytes(*end)) << ((length - 8) * 8)
    } else if let (Some(begin), Some(end)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let (begin, end) = (u32::from_le_bytes(*begin), u32::from_le_bytes(*end));
        u128::from(u64::from(begin) | u64::from(end) << ((length - 4) * 8))
    } else if length > 0 {
        let byte = |place: usize| u32::from(text[place]) << (place * 8);
        u128::from(byte(0) | byte(length / 2) | byte(length - 1))
    } else {
        0
    };
    bytes.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_is_found_at_every_place_of_every_length() {
        for length in 0..50 {
            let plain = vec![b'a'; length];
            assert_eq!(position(&plain, |bytes| bytes.are(b'?')), None, "{length}");
            // What a short rest is filled up with is no part of the text.
            assert_eq!(position(&plain, |bytes| bytes.are(0)), None, "{length}");
            for place in 0..length {
                for byte in [0, b'?', b'`', b'{', 0x7f, 0x80, 0xff] {
                    let mut text = plain.clone();
                    text[place] = byte;
                    text[place + 1..].fill(b'?');
                    assert_eq!(position(&text, |bytes| !bytes.within(b'a', b'z')), Some(place), "{text:?}");
                    assert_eq!(position(&text, |bytes| bytes.are(byte) | bytes.are(b'?')), Some(place));
                    assert!(has(&text, |bytes| bytes.are(byte)));
                }
            }
        }
    }

    #[test]
    fn short_texts_are_filled_up_with_zeros() {
        let text: Vec<u8> = (1..=16).collect();
        for length in 0..=LANES {
            let mut expected = [0; LANES];
            expected[..length].copy_from_slice(&text[..length]);
            assert_eq!(padded(&text[..length]), expected);
        }
    }

    #[test]
    fn a_range_has_its_ends_and_what_is_between() {
        for (from, to) in [(0, 0x1f), (b'a', b'z'), (0x80, 0xff), (0, 0xff), (b'-', b'-')] {
            for byte in 0..=u8::MAX {
                let expected = (from..=to).contains(&byte);
                assert_eq!(has(&[byte], |bytes| bytes.within(from, to)), expected, "{from} {byte} {to}");
            }
        }
    }
}
