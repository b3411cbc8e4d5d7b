//! The official client, as it is set up for an address.

use clickhouse::{Client, Compression};

use super::endpoint::Endpoint;

/// Who we are, and who asks.
pub(super) struct Connections {
    pub(super) endpoint: Endpoint,
    pub(super) service: Client,
    pub(super) questions: Client,
}

impl Connections {
    /// `questions` is who asks, where that is somebody else.
    pub(super) fn new(endpoint: Endpoint, questions: Option<&Endpoint>) -> Self {
        let service = client_for(&endpoint);
        let questions = questions.map_or_else(|| service.clone(), client_for);
        Self { endpoint, service, questions }
    }
}

fn client_for(endpoint: &Endpoint) -> Client {
    Client::default()
        .with_url(&endpoint.url)
        .with_user(&endpoint.user)
        .with_password(&endpoint.password)
        .with_database(&endpoint.database)
        .with_compression(compression_for(&endpoint.url))
}

/// Within one machine, copying is cheaper than compressing on one side and undoing it on the other.
fn compression_for(url: &str) -> Compression {
    let host = url::Url::parse(url).ok().and_then(|url| url.host().map(|host| host.to_owned()));
    let is_here = match host {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if is_here { Compression::None } else { Compression::Lz4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_compressed() {
        for (url, compressed) in [
            ("http://127.0.0.1:8123", false),
            ("http://[::1]:8123", false),
            ("http://localhost:8123", false),
            ("http://10.0.0.1:8123", true),
            ("https://clickhouse.example:8443", true),
        ] {
            assert_eq!(matches!(compression_for(url), Compression::Lz4), compressed, "{url}");
        }
    }
}
