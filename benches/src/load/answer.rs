//! The head of an answer, read as cheaply as possible.

use anyhow::{Context, ensure};

/// An answer whose head is longer than this is not one of ours.
const HEAD_BYTES_MAX: usize = 8 << 10;

/// What the head of an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// Length of the head with the empty line at its end.
    pub bytes: usize,
    /// Length of the body that follows.
    pub body_bytes: usize,
}

/// Reads the head, once all of it is there.
///
/// # Errors
/// It is not HTTP/1.1, or does not say how long the body is.
pub fn read_head(received: &[u8]) -> anyhow::Result<Option<Head>> {
    let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        ensure!(received.len() < HEAD_BYTES_MAX, "the head of an answer does not end");
        return Ok(None);
    };
    let head = &received[..end];
    let status = head.strip_prefix(b"HTTP/1.1 ").and_then(|rest| number(rest.get(..3)?));
    let status = status.context("no status line")? as u16;
    let length = head.split(|&byte| byte == b'\n').find_map(|line| {
        let name = line.get(..LENGTH.len())?;
        name.eq_ignore_ascii_case(LENGTH).then(|| number(line[LENGTH.len()..].trim_ascii()))?
    });
    // RFC 9110, section 6.4.1: an answer 204 has no body.
    let body_bytes = if status == 204 { 0 } else { length.context("an answer does not say its length")? };
    Ok(Some(Head { status, bytes: end + 4, body_bytes }))
}

const LENGTH: &[u8] = b"content-length:";

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let bytes = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 43\r\n\r\nGIF89a";
        for cut in 0..bytes.len() - 6 {
            assert_eq!(read_head(&bytes[..cut]).unwrap(), None, "{cut}");
        }
        let head = Head { status: 200, bytes: bytes.len() - 6, body_bytes: 43 };
        assert_eq!(read_head(bytes).unwrap(), Some(head));
        let empty = read_head(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((empty.status, empty.body_bytes), (204, 0));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(read_head(b"SSH-2.0\r\n\r\n").is_err());
    }
}
