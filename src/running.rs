//! `DATA_DIR/running.json`: where a running orma is reached, for other commands and for tests that let the system choose.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use orma_store::private;
use serde::{Deserialize, Serialize};

const FILE: &str = "running.json";

/// Where an orma is reached.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Where it collects or answers.
    pub listen: SocketAddr,
    /// Its admin address.
    pub admin: SocketAddr,
    pub pid: u32,
    /// Where it is reached from this machine: `http://127.0.0.1:8080`.
    #[serde(default)]
    pub url: String,
    /// Where pages reach it, if the operator has said so.
    #[serde(default)]
    pub public_url: Option<String>,
}

impl Running {
    pub fn here(scheme: &str, listen: SocketAddr, admin: SocketAddr, public_url: Option<String>) -> Self {
        Self { listen, admin, pid: std::process::id(), url: base_url(scheme, listen), public_url }
    }

    /// Leaves it in the data directory.
    pub fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        private::write(&data_dir.join(FILE), &serde_json::to_string(self)?)?;
        Ok(())
    }

    /// What the orma that ran last in a data directory has left; it need not run any more.
    pub fn read(data_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(data_dir.join(FILE)).ok()?).ok()
    }
}

/// An address as a URL of this machine.
fn base_url(scheme: &str, address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        ip => ip,
    };
    format!("{scheme}://{}", SocketAddr::new(host, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_found_and_what_is_torn_is_not() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Running::read(dir.path()), None);
        let (listen, admin) = ("0.0.0.0:8080".parse().unwrap(), "127.0.0.1:8081".parse().unwrap());
        let here = Running::here("https", listen, admin, Some("https://collect.example".into()));
        assert_eq!(here.url, "https://127.0.0.1:8080");
        here.write(dir.path()).unwrap();
        assert_eq!(Running::read(dir.path()), Some(here));
        std::fs::write(dir.path().join(FILE), "{\"listen\":").unwrap();
        assert_eq!(Running::read(dir.path()), None);
    }
}
