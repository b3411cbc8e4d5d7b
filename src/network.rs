//! The options of a listener's face to the network.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use orma_collector::config::NetworkConfig;
use orma_collector::http::limits::HttpLimits;
use orma_collector::http::proxy::{ForwardedHeader, Networks, TrustedProxies};
use orma_collector::http::rate::RateLimits;
use orma_collector::http::tls::TlsFiles;

/// An address to listen on. A name is looked up; its IPv4 address goes first, as where none is named.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let expected =
        |why: &str| format!("expected ADDRESS:PORT, such as 127.0.0.1:8080 or localhost:8080: {why}");
    let found: Vec<SocketAddr> =
        text.to_socket_addrs().map_err(|error| expected(&error.to_string()))?.collect();
    let first = found.iter().find(|address| address.is_ipv4()).or(found.first());
    first.copied().ok_or_else(|| expected("the name has no address"))
}

/// TLS, proxies and limits.
#[derive(Clone, Debug, Args)]
pub struct NetworkOptions {
    /// Speak TLS with this certificate, in PEM, followed by those that lead to its root
    #[arg(long, env = "ORMA_TLS_CERTIFICATE", value_name = "FILE")]
    pub tls_certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM
    #[arg(long, env = "ORMA_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Proxies whose word on the client's address is taken: addresses and networks, such as 127.0.0.1,10.0.0.0/8
    #[arg(
        long,
        env = "ORMA_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true,
        value_name = "NETWORKS"
    )]
    pub trusted_proxies: Networks,
    /// The header in which they name it
    #[arg(long, env = "ORMA_FORWARDED_HEADER", default_value = "x-forwarded-for", value_name = "NAME")]
    pub forwarded_header: ForwardedHeaderName,
    /// Expect the PROXY protocol, version 1 or 2, on every connection; only from trusted proxies
    #[arg(long, env = "ORMA_PROXY_PROTOCOL")]
    pub proxy_protocol: bool,
    /// Open connections of each worker
    #[arg(long, env = "ORMA_CONNECTIONS_MAX", default_value_t = HttpLimits::default().connections_max, value_name = "N")]
    pub connections_max: usize,
    /// Open connections of one client address; trusted proxies and loopback are exempt
    #[arg(long, env = "ORMA_CONNECTIONS_MAX_PER_ADDRESS",
        default_value_t = HttpLimits::default().connections_max_per_address, value_name = "N")]
    pub connections_max_per_address: u32,
    /// Requests at once on one HTTP/2 connection
    #[arg(long, env = "ORMA_STREAMS_MAX", default_value_t = HttpLimits::default().streams_max, value_name = "N")]
    pub streams_max: u32,
    /// Request line and headers of a request, in bytes
    #[arg(long, env = "ORMA_HEADER_BYTES_MAX", default_value_t = HttpLimits::default().header_bytes_max as u64,
        value_parser = clap::value_parser!(u64).range(8192..=1 << 20), value_name = "BYTES")]
    pub header_bytes_max: u64,
    /// Body of a request on the wire, in bytes
    #[arg(long, env = "ORMA_BODY_BYTES_MAX", default_value_t = HttpLimits::default().body_bytes_max, value_name = "BYTES")]
    pub body_bytes_max: usize,
    /// Bodies read and not yet answered, together, in bytes
    #[arg(long, env = "ORMA_INFLIGHT_BYTES_MAX",
        default_value_t = HttpLimits::default().inflight_bytes_max, value_name = "BYTES")]
    pub inflight_bytes_max: usize,
    /// From the connection to the end of its PROXY header and TLS handshake, in milliseconds
    #[arg(long, env = "ORMA_HANDSHAKE_MS_MAX", default_value_t = HttpLimits::default().handshake_ms_max, value_name = "MS")]
    pub handshake_ms_max: u64,
    /// From the first byte of a request to the end of its headers, in milliseconds
    #[arg(long, env = "ORMA_HEADER_MS_MAX", default_value_t = HttpLimits::default().header_ms_max, value_name = "MS")]
    pub header_ms_max: u64,
    /// From the end of the headers to the end of the body, in milliseconds, for a body slower than the least rate
    #[arg(long, env = "ORMA_BODY_MS_MAX", default_value_t = HttpLimits::default().body_ms_max, value_name = "MS")]
    pub body_ms_max: u64,
    /// The least rate of a body: each second's worth of bytes that arrived gives it another second; so for answers
    #[arg(long, env = "ORMA_BODY_BYTES_PER_SECOND_MIN",
        default_value_t = HttpLimits::default().body_bytes_per_second_min, value_name = "BYTES")]
    pub body_bytes_per_second_min: u32,
    /// Answers of the API that clients have not yet taken, together, in bytes
    #[arg(long, env = "ORMA_ANSWER_BYTES_MAX",
        default_value_t = HttpLimits::default().answer_bytes_max, value_name = "BYTES")]
    pub answer_bytes_max: usize,
    /// An open connection without a request, or with an answer that is not taken, in milliseconds
    #[arg(long, env = "ORMA_IDLE_MS_MAX", default_value_t = HttpLimits::default().idle_ms_max, value_name = "MS")]
    pub idle_ms_max: u64,
    /// Requests per second that one client address may send
    #[arg(long, env = "ORMA_REQUESTS_PER_SECOND_PER_ADDRESS",
        default_value_t = RateLimits::default().requests_per_second_per_address, value_name = "N")]
    pub requests_per_second_per_address: u32,
    /// Limit loopback addresses too
    #[arg(long, env = "ORMA_LIMIT_LOOPBACK")]
    pub limit_loopback: bool,
}

/// The headers, as words of the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ForwardedHeaderName {
    XForwardedFor,
    Forwarded,
}

impl NetworkOptions {
    pub fn network(&self) -> anyhow::Result<NetworkConfig> {
        let tls = match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => {
                Some(TlsFiles { certificate: certificate.clone(), key: key.clone() })
            }
            (None, None) => None,
            _ => bail!("--tls-certificate and --tls-key go together: one of them is missing"),
        };
        if self.proxy_protocol && self.trusted_proxies == Networks::default() {
            bail!("--proxy-protocol needs --trusted-proxies: nobody else may say who the client is");
        }
        let header = match self.forwarded_header {
            ForwardedHeaderName::XForwardedFor => ForwardedHeader::XForwarded,
            ForwardedHeaderName::Forwarded => ForwardedHeader::Forwarded,
        };
        let trusted_proxies = TrustedProxies { networks: self.trusted_proxies.clone(), header };
        Ok(NetworkConfig { tls, trusted_proxies, proxy_protocol: self.proxy_protocol })
    }

    pub fn limits(&self) -> HttpLimits {
        HttpLimits {
            body_bytes_max: self.body_bytes_max,
            inflight_bytes_max: self.inflight_bytes_max,
            header_bytes_max: self.header_bytes_max as usize,
            header_ms_max: self.header_ms_max,
            body_ms_max: self.body_ms_max,
            body_bytes_per_second_min: self.body_bytes_per_second_min,
            idle_ms_max: self.idle_ms_max,
            handshake_ms_max: self.handshake_ms_max,
            connections_max: self.connections_max,
            connections_max_per_address: self.connections_max_per_address,
            streams_max: self.streams_max,
            answer_bytes_max: self.answer_bytes_max,
            ..HttpLimits::default()
        }
    }

    /// Rate limits. Ten seconds' worth may come at once from an address.
    pub fn rates(&self) -> RateLimits {
        RateLimits {
            requests_per_second_per_address: self.requests_per_second_per_address,
            requests_burst_per_address: self.requests_per_second_per_address.saturating_mul(10),
            limit_loopback: self.limit_loopback,
            ..RateLimits::default()
        }
    }
}

/// Limits of what only a collector takes.
#[derive(Clone, Debug, Args)]
pub struct IntakeOptions {
    /// Body of a request after gzip, br or zstd, in bytes
    #[arg(long, env = "ORMA_INFLATED_BYTES_MAX",
        default_value_t = HttpLimits::default().inflated_bytes_max, value_name = "BYTES")]
    pub inflated_bytes_max: usize,
    /// Requests per second that may be sent with one write key
    #[arg(long, env = "ORMA_REQUESTS_PER_SECOND_PER_KEY",
        default_value_t = RateLimits::default().requests_per_second_per_key, value_name = "N")]
    pub requests_per_second_per_key: u32,
}

impl IntakeOptions {
    pub fn limits(&self, network: &NetworkOptions) -> HttpLimits {
        HttpLimits { inflated_bytes_max: self.inflated_bytes_max, ..network.limits() }
    }

    /// Rate limits. Two seconds' worth may come at once from a key.
    pub fn rates(&self, network: &NetworkOptions) -> RateLimits {
        RateLimits {
            requests_per_second_per_key: self.requests_per_second_per_key,
            requests_burst_per_key: self.requests_per_second_per_key.saturating_mul(2),
            ..network.rates()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_address_to_listen_on() {
        for (text, address) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("[::1]:0", "[::1]:0"),
            ("localhost:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(listen_address(text), Ok(address.parse().unwrap()), "{text}");
        }
        for text in ["", "8080", "localhost", "localhost:http", "127.0.0.1:99999"] {
            assert!(listen_address(text).unwrap_err().contains("ADDRESS:PORT"), "{text}");
        }
    }
}
