//! HTTP/1.1 over one connection that is kept open: as little client as possible beside the server that is measured.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer with more than this is not one of ours.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A connection.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    received: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address, received: Vec::new() })
    }

    /// Sends a JSON body.
    ///
    /// # Errors
    /// The connection ends, or the answer has no length.
    pub async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             user-agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
             Gecko) Version/18.1 Mobile/15E148 Safari/604.1\r\n\r\n",
            self.address,
            body.len()
        );
        self.exchange(&[head.as_bytes(), body.as_bytes()].concat()).await
    }

    /// Asks with a bearer token.
    ///
    /// # Errors
    /// The connection ends, or the answer has no length.
    pub async fn get(&mut self, path: &str, token: &str) -> anyhow::Result<Answer> {
        self.exchange(self.question(path, token).as_bytes()).await
    }

    /// Asks for an answer that does not end, and reads until all of `texts` are in it.
    ///
    /// # Errors
    /// The connection ends before, or the answer is no 200.
    pub async fn get_until(&mut self, path: &str, token: &str, texts: &[&str]) -> anyhow::Result<()> {
        self.stream.write_all(self.question(path, token).as_bytes()).await?;
        self.received.clear();
        let contains =
            |received: &[u8], text: &str| received.windows(text.len()).any(|it| it == text.as_bytes());
        while !texts.iter().all(|text| contains(&self.received, text)) {
            ensure!(self.received.len() < ANSWER_BYTES_MAX, "{path} does not say what it should");
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(read > 0, "the connection was closed before {path} said what it should");
            ensure!(self.received.starts_with(b"HTTP/1.1 200"), "{path} was refused");
        }
        Ok(())
    }

    /// Sends a JSON body with a bearer token; nothing where the body is empty.
    ///
    /// # Errors
    /// The connection ends, or the answer has no length.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        token: &str,
        body: &str,
    ) -> anyhow::Result<Answer> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.exchange(request.as_bytes()).await
    }

    /// Asks for an answer that does not end; what it says is read [piece by piece](Self::read_some).
    ///
    /// # Errors
    /// The connection ends.
    pub async fn ask_for_stream(&mut self, path: &str, token: &str) -> anyhow::Result<()> {
        self.stream.write_all(self.question(path, token).as_bytes()).await?;
        Ok(())
    }

    /// What of an answer that does not end has come since, its head and the lengths of its pieces included. Dropping the
    /// future loses nothing.
    ///
    /// # Errors
    /// The connection ends.
    pub async fn read_some(&mut self) -> anyhow::Result<String> {
        self.received.clear();
        let read = self.stream.read_buf(&mut self.received).await?;
        ensure!(read > 0, "the connection was closed");
        Ok(String::from_utf8_lossy(&self.received).into_owned())
    }

    fn question(&self, path: &str, token: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n\r\n", self.address)
    }

    async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        self.received.clear();
        loop {
            if let Some(answer) = whole_answer(&self.received)? {
                return Ok(answer);
            }
            ensure!(self.received.len() < ANSWER_BYTES_MAX, "the answer does not end");
            let read = self.stream.read_buf(&mut self.received).await?;
            ensure!(read > 0, "the connection was closed before the answer was whole");
        }
    }
}

/// The answer, once all its bytes are there.
fn whole_answer(received: &[u8]) -> anyhow::Result<Option<Answer>> {
    let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status line")?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    // RFC 9110, section 6.4.1: an answer 204 has no body.
    let length = if status == 204 { Some(0) } else { length };
    let length = length.with_context(|| format!("the answer has no length: {head}"))?;
    let body = &received[end + 4..];
    if body.len() < length {
        return Ok(None);
    }
    Ok(Some(Answer { status, body: String::from_utf8_lossy(&body[..length]).into_owned() }))
}

#[cfg(test)]
mod tests {
    use super::whole_answer;

    #[test]
    fn an_answer_is_whole_when_its_length_is_there() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
        for cut in 0..bytes.len() {
            assert!(whole_answer(&bytes[..cut]).unwrap().is_none(), "{cut}");
        }
        let answer = whole_answer(bytes).unwrap().unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (200, "body"));
        assert!(whole_answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        let empty = whole_answer(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap();
        assert_eq!((empty.status, empty.body.as_str()), (204, ""));
    }
}
