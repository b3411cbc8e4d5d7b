//! The bytes of a block in pieces, so that a large column is handed on as it is.

use bytes::Bytes;

/// Smaller columns are put together: a piece of its own is a chunk of the request. Bytes.
const PIECE_BYTES_MIN: usize = 16 << 10;

/// Pieces in order.
#[derive(Default)]
pub struct Parts {
    whole: Vec<Bytes>,
    open: Vec<u8>,
}

impl Parts {
    /// Where small things are appended.
    pub fn open(&mut self) -> &mut Vec<u8> {
        &mut self.open
    }

    /// Appends a column's bytes.
    pub fn push(&mut self, bytes: Vec<u8>) {
        if bytes.len() < PIECE_BYTES_MIN {
            self.open.extend_from_slice(&bytes);
        } else {
            self.close();
            self.whole.push(bytes.into());
        }
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.whole.push(std::mem::take(&mut self.open).into());
        }
    }

    /// All pieces.
    pub fn finish(mut self) -> Vec<Bytes> {
        self.close();
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_are_put_together_and_large_ones_are_not_copied() {
        let mut parts = Parts::default();
        parts.open().push(1);
        parts.push(vec![2; 3]);
        let large = vec![3; PIECE_BYTES_MIN];
        let place = large.as_ptr();
        parts.push(large);
        parts.push(vec![4]);
        let pieces = parts.finish();
        assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [4, PIECE_BYTES_MIN, 1]);
        assert_eq!(pieces[1].as_ptr(), place);
        assert_eq!(pieces.concat(), [vec![1, 2, 2, 2], vec![3; PIECE_BYTES_MIN], vec![4]].concat());
        assert!(Parts::default().finish().is_empty());
    }
}
