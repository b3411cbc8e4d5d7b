//! The PROXY protocol, versions 1 and 2: what a load balancer says of a connection before its first byte.
//!
//! The parser is the crate `ppp`; this file reads exactly the header's bytes from the socket and no more.

use std::io;
use std::net::IpAddr;

use ppp::{HeaderResult, v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt};

/// A line of version 1 (PROXY protocol specification, section 2.1).
const LINE_BYTES_MAX: usize = 107;
/// The shortest line of version 1, `PROXY UNKNOWN\r\n`, which is also less than the fixed part of version 2.
const BYTES_MIN: usize = 15;
/// Addresses and extensions of version 2: 216 bytes for the longest addresses, the rest for extensions.
const EXTENSION_BYTES_MAX: usize = 4096;

/// Why a connection's header was not understood.
#[derive(Debug, thiserror::Error)]
pub enum ProxyProtocolError {
    /// The connection broke, or ended early.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// These are no header's bytes.
    #[error("the connection does not begin with a header of the PROXY protocol")]
    Malformed,
}

/// Reads the header. `None`: the proxy speaks for itself (a health check), or the client has no IP address.
///
/// # Errors
/// See [`ProxyProtocolError`].
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<IpAddr>, ProxyProtocolError> {
    let mut header = vec![0; BYTES_MIN];
    stream.read_exact(&mut header).await?;
    if header.starts_with(v2::PROTOCOL_PREFIX) {
        header.push(stream.read_u8().await?);
        let rest = usize::from(u16::from_be_bytes([header[14], header[15]]));
        if rest > EXTENSION_BYTES_MAX {
            return Err(ProxyProtocolError::Malformed);
        }
        let fixed = header.len();
        header.resize(fixed + rest, 0);
        stream.read_exact(&mut header[fixed..]).await?;
    } else if header.starts_with(v1::PROTOCOL_PREFIX.as_bytes()) {
        // Byte by byte: what follows the line is the client's.
        while !header.ends_with(b"\n") && header.len() < LINE_BYTES_MAX {
            header.push(stream.read_u8().await?);
        }
    } else {
        return Err(ProxyProtocolError::Malformed);
    }
    source(&header)
}

/// The client's address in a whole header.
fn source(header: &[u8]) -> Result<Option<IpAddr>, ProxyProtocolError> {
    let source = match HeaderResult::parse(header) {
        HeaderResult::V1(Ok(header)) => match header.addresses {
            v1::Addresses::Tcp4(addresses) => Some(IpAddr::V4(addresses.source_address)),
            v1::Addresses::Tcp6(addresses) => Some(IpAddr::V6(addresses.source_address)),
            v1::Addresses::Unknown => None,
        },
        HeaderResult::V2(Ok(header)) => match (header.command, header.addresses) {
            (v2::Command::Proxy, v2::Addresses::IPv4(addresses)) => {
                Some(IpAddr::V4(addresses.source_address))
            }
            (v2::Command::Proxy, v2::Addresses::IPv6(addresses)) => {
                Some(IpAddr::V6(addresses.source_address))
            }
            _ => None,
        },
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => return Err(ProxyProtocolError::Malformed),
    };
    Ok(source.map(|address| address.to_canonical()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut header = v2::PROTOCOL_PREFIX.to_vec();
        header.extend([0x20 | command, family]);
        header.extend((rest.len() as u16).to_be_bytes());
        header.extend(rest);
        header
    }

    async fn read_all(bytes: &[u8]) -> (Result<Option<IpAddr>, ProxyProtocolError>, Vec<u8>) {
        let mut stream = bytes;
        let read = read(&mut stream).await;
        (read, stream.to_vec())
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_header_is_read_to_its_last_byte_and_no_further() {
        let v4 = [79, 1, 2, 3, 10, 0, 0, 1, 0x30, 0x39, 0, 80];
        let mut with_extension = v4.to_vec();
        with_extension.extend([0x04, 0, 2, 1, 2]);
        let v6: Vec<u8> = ["2001:db8::7", "2001:db8::1"]
            .into_iter()
            .flat_map(|text| text.parse::<std::net::Ipv6Addr>().unwrap().octets())
            .chain([0, 1, 0, 2])
            .collect();
        let table: [(Vec<u8>, Option<&str>); 9] = [
            (b"PROXY TCP4 79.1.2.3 10.0.0.1 12345 80\r\n".to_vec(), Some("79.1.2.3")),
            (b"PROXY TCP6 2001:db8::7 2001:db8::1 1 2\r\n".to_vec(), Some("2001:db8::7")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN 1 2 3 4\r\n".to_vec(), None),
            (version_2(1, 0x11, &v4), Some("79.1.2.3")),
            (version_2(1, 0x11, &with_extension), Some("79.1.2.3")),
            (version_2(1, 0x21, &v6), Some("2001:db8::7")),
            (version_2(0, 0x11, &v4), None),
            (version_2(1, 0x00, &[]), None),
        ];
        for (header, expected) in table {
            let mut bytes = header.clone();
            bytes.extend(b"GET / HTTP/1.1\r\n");
            let (read, rest) = block_on(read_all(&bytes));
            let shown = String::from_utf8_lossy(&header).into_owned();
            assert_eq!(read.unwrap(), expected.map(|text| text.parse().unwrap()), "{shown}");
            assert_eq!(rest, b"GET / HTTP/1.1\r\n", "{shown}");
        }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let long = [b"PROXY TCP4 ".to_vec(), vec![b'1'; 200]].concat();
        let mut huge = version_2(1, 0x11, &[]);
        huge[14..16].copy_from_slice(&u16::MAX.to_be_bytes());
        let table: [&[u8]; 7] = [
            b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
            b"PROXY TCP4 79.1.2.3 10.0.0.1 12345\r\n",
            b"PROXY TCP4 nonsense 10.0.0.1 1 2\r\n",
            b"PROXY TCP4 79.1.2.3 10.0.0.1 1 2\n",
            &long,
            &huge,
            &version_2(1, 0x11, &[1, 2, 3]),
        ];
        for bytes in table {
            let (read, _) = block_on(read_all(bytes));
            assert!(
                matches!(read, Err(ProxyProtocolError::Malformed)),
                "{:?}: {read:?}",
                String::from_utf8_lossy(bytes)
            );
        }
        let (cut, _) = block_on(read_all(b"PROXY TCP4"));
        assert!(matches!(cut, Err(ProxyProtocolError::Io(_))));
    }

    /// No bytes make it panic, hang or read past the longest header.
    #[test]
    fn mutated_headers_end_in_a_result() {
        let v4 = version_2(1, 0x11, &[79, 1, 2, 3, 10, 0, 0, 1, 0x30, 0x39, 0, 80, 4, 0, 1, 9]);
        let v1 = b"PROXY TCP4 79.1.2.3 10.0.0.1 12345 80\r\n".to_vec();
        let mut random = fastrand::Rng::with_seed(7);
        let mut next = || random.u64(..);
        for round in 0..20_000 {
            let mut bytes = if round % 2 == 0 { v4.clone() } else { v1.clone() };
            for _ in 0..=next() % 3 {
                let at = next() as usize % bytes.len();
                match next() % 3 {
                    0 => bytes[at] = next() as u8,
                    1 => bytes.truncate(at.max(1)),
                    _ => bytes.insert(at, next() as u8),
                }
            }
            bytes.extend([0; 64]);
            let length = bytes.len();
            let (_, rest) = block_on(read_all(&bytes));
            assert!(length - rest.len() <= 16 + EXTENSION_BYTES_MAX);
        }
    }
}
