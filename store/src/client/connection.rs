//! The official client, as it is set up for an address.

use clickhouse::{Client, Compression};

use super::endpoint::Endpoint;
use crate::reader;

/// Who we are, and who asks.
pub(super) struct Connections {
    pub(super) endpoint: Endpoint,
    pub(super) service: Client,
    pub(super) questions: Client,
    pub(super) reader: Client,
    pub(super) reader_endpoint: Endpoint,
}

impl Connections {
    /// `others` are who asks, where these are somebody else.
    pub(super) fn new(endpoint: Endpoint, others: Option<&Others>) -> Self {
        let service = client_for(&endpoint);
        let questions = others.map_or_else(|| service.clone(), |others| client_for(&others.questions));
        let reader_endpoint =
            others.map_or_else(|| reader::of_server(&endpoint), |others| others.reader.clone());
        let reader = client_for(&reader_endpoint);
        Self { endpoint, service, questions, reader, reader_endpoint }
    }
}

/// The users of an engine that has one for each kind of work.
#[derive(Clone, Debug)]
pub(crate) struct Others {
    /// Who asks the questions of the API.
    pub(crate) questions: Endpoint,
    /// Who reads the views for SQL.
    pub(crate) reader: Endpoint,
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
