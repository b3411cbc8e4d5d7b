//! Who carries out the SQL of analysts, and where the views are that are read; [`crate::reader`] says what they may do.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::endpoint::Endpoint;
use crate::secret;

/// The database of the views.
pub(crate) fn database(of: &str) -> String {
    format!("{of}_sql")
}

/// The reader of an embedded engine.
pub(crate) fn in_engine(endpoint: Endpoint) -> Endpoint {
    Endpoint { database: database(&endpoint.database), ..endpoint }
}

/// The reader of a server elsewhere. Its password follows from that of orma's user, so that all processes that share
/// the server know it.
pub(crate) fn of_server(service: &Endpoint) -> Endpoint {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(service.password.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("reader of {} for {}", service.database, service.user).as_bytes());
    let password = secret::hex(&mac.finalize().into_bytes());
    let database = database(&service.database);
    Endpoint { url: service.url.clone(), user: database.clone(), password, database }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_reader_has_a_password_that_follows_from_the_service_s() {
        let service = |password: &str| Endpoint {
            url: "http://h:8123".into(),
            user: "orma".into(),
            password: password.into(),
            database: "shop".into(),
        };
        let reader = of_server(&service("one"));
        assert_eq!((reader.user.as_str(), reader.database.as_str()), ("shop_sql", "shop_sql"));
        assert_eq!(reader.password, of_server(&service("one")).password);
        assert_ne!(reader.password, of_server(&service("other")).password);
    }
}
