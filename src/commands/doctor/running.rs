//! The running orma, as its admin address tells.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Report;

/// How long an answer may take, in milliseconds.
const ANSWER_MS_MAX: u64 = 5_000;
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// A running orma.
#[derive(Debug)]
pub struct Instance {
    /// Where it collects or answers.
    pub listen: Option<SocketAddr>,
    /// Its admin address.
    pub admin: SocketAddr,
    metrics: String,
}

#[derive(Deserialize)]
struct Noted {
    listen: Option<SocketAddr>,
    admin: SocketAddr,
}

impl Instance {
    /// The sum of a metric over its labels; `None` when it has none.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let values = self.metrics.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let value =
                rest.strip_prefix(' ').or_else(|| Some(rest.strip_prefix('{')?.rsplit_once("} ")?.1))?;
            value.parse::<f64>().ok()
        });
        values.reduce(|one, other| one + other)
    }
}

/// Asks the orma that holds the data directory.
pub async fn ask(report: &mut Report, data_dir: &Path, held: bool) -> Option<Instance> {
    const NAME: &str = "running";
    if !held {
        report.ok(NAME, "no orma uses this data directory");
        return None;
    }
    let Some(Noted { listen, admin }) = noted(data_dir) else {
        report.warning(
            NAME,
            "an orma holds the data directory and has not said where it listens",
            "is it still starting? Ask again",
        );
        return None;
    };
    let (ready, metrics) = match (get(admin, "/readyz").await, get(admin, "/metrics").await) {
        (Ok(ready), Ok((_, metrics))) => (ready, metrics),
        (Err(error), _) | (_, Err(error)) => {
            report.problem(
                NAME,
                format!("{admin}: {error}"),
                "the process holds the data directory and does not answer: look at its log, then restart it",
            );
            return None;
        }
    };
    match ready {
        (200, _) => report.ok(NAME, "ready to take events"),
        (_, reason) => report.problem(
            NAME,
            format!("takes no events: {}", reason.trim()),
            "see `At three in the morning` in docs/operations.md",
        ),
    }
    let instance = Instance { listen, admin, metrics };
    if instance.metric("orma_spool_poisoned") == Some(1.0) {
        report.problem(
            "flush",
            "the disk refused a flush; what was answered before is safe",
            "look at the disk, then restart orma",
        );
    }
    if let Some(torn) = instance.metric("orma_spool_torn_bytes").filter(|torn| *torn > 0.0) {
        report.ok(
            "torn writes",
            format!("{torn} bytes of unfinished writes were cut off at the start, and are kept in spool/quarantine/*.torn"),
        );
    }
    Some(instance)
}

fn noted(data_dir: &Path) -> Option<Noted> {
    serde_json::from_slice(&std::fs::read(data_dir.join("running.json")).ok()?).ok()
}

/// The admin address of the orma that ran last in a data directory; it need not run any more.
pub fn admin_address(data_dir: &Path) -> Option<SocketAddr> {
    noted(data_dir).map(|noted| noted.admin)
}

/// GETs from an admin address: the status and the body.
///
/// # Errors
/// Nothing answers there, or not in time.
pub async fn get(address: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Ok((status, body.to_owned()))
    };
    tokio::time::timeout(Duration::from_millis(ANSWER_MS_MAX), asked)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_listens_is_read_whole_or_not_at_all() {
        let whole = br#"{"listen":"127.0.0.1:8080","admin":"127.0.0.1:8081","pid":7}"#;
        let read = |bytes: &[u8]| serde_json::from_slice::<Noted>(bytes).ok();
        let noted = read(whole).unwrap();
        assert_eq!((noted.listen.unwrap().port(), noted.admin.port()), (8080, 8081));
        assert!((0..whole.len()).all(|length| read(&whole[..length]).is_none()));
        for at in 0..whole.len() * 8 {
            let mut bytes = *whole;
            bytes[at / 8] ^= 1 << (at % 8);
            if let Some(noted) = read(&bytes) {
                assert!(noted.admin.ip().is_ipv4(), "{}", String::from_utf8_lossy(&bytes));
            }
        }
    }

    #[test]
    fn a_metric_is_summed_over_its_labels() {
        let metrics = "# HELP a b\na{site=\"x\"} 2\na{site=\"y z\"} 3\nab 9\nc 1.5\n".to_owned();
        let admin = SocketAddr::from(([127, 0, 0, 1], 1));
        let instance = Instance { listen: None, admin, metrics };
        assert_eq!(instance.metric("a"), Some(5.0));
        assert_eq!(instance.metric("c"), Some(1.5));
        assert_eq!(instance.metric("d"), None);
    }
}
