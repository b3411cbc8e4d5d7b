//! The address of a ClickHouse server.

/// Where a ClickHouse server is and who we are there.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `http://host:port` or `https://host:port`.
    pub url: String,
    /// The user.
    pub user: String,
    /// The password; never shown.
    pub password: String,
    /// The database that holds orma's tables.
    pub database: String,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} as {} in {}", self.url, self.user, self.database)
    }
}

/// Why a ClickHouse URL cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL.
    #[error("clickhouse_url is not a URL: {0}")]
    Url(#[from] url::ParseError),
    /// A scheme that is not HTTP.
    #[error("clickhouse_url must begin with http:// or https://, not {0}://")]
    Scheme(String),
    /// A database name that would need quoting.
    #[error("clickhouse_url names the database `{0}`; only letters, digits and _ are allowed")]
    Database(String),
}

impl Endpoint {
    /// Parses `http://user:password@host:8123/database`. Without a user it is `default`, without a database
    /// `orma`.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = url::Url::parse(text)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError::Scheme(url.scheme().into()));
        }
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let database = match url.path().trim_matches('/') {
            "" => "orma".to_owned(),
            name if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => name.to_owned(),
            name => return Err(EndpointError::Database(name.into())),
        };
        let user = if url.username().is_empty() { "default".into() } else { decode(url.username()) };
        let authority = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        let host = url.host_str().ok_or(url::ParseError::EmptyHost)?;
        Ok(Self {
            url: format!("{}://{host}{authority}", url.scheme()),
            user,
            password: decode(url.password().unwrap_or_default()),
            database,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_or_refused_by_name() {
        let table = [
            ("http://h:8123", Ok(("http://h:8123", "default", "", "orma"))),
            ("https://u:p%40s@h/db_1", Ok(("https://h:443", "u", "p@s", "db_1"))),
            ("ftp://h", Err("scheme")),
            ("http://h/a-b", Err("database")),
            ("nonsense", Err("url")),
        ];
        for (text, expected) in table {
            let got = Endpoint::parse(text);
            match (expected, got) {
                (Ok((url, user, password, database)), Ok(endpoint)) => {
                    let want = Endpoint {
                        url: url.into(),
                        user: user.into(),
                        password: password.into(),
                        database: database.into(),
                    };
                    assert!(endpoint == want, "{text}: {endpoint:?}");
                }
                (Err(_), Err(error)) => assert!(error.to_string().contains("clickhouse_url"), "{error}"),
                (_, got) => panic!("{text}: {got:?}"),
            }
        }
    }
}
