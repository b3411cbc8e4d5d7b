//! TLS: the operator's certificate, read anew when its files change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// The protocols offered, the better first (RFC 7301).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate and its key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those that lead to its root.
    pub certificate: PathBuf,
    /// The private key: PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or holds no PEM of its kind.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// Certificate and key do not make a pair, or are of a kind that is not supported.
    #[error("{certificate} and {key} cannot be used together: {source}")]
    Pair {
        /// The certificate's file.
        certificate: String,
        /// The key's.
        key: String,
        /// What is wrong.
        source: rustls::Error,
    },
    /// The system gives no random numbers.
    #[error("no session tickets: {0}")]
    Tickets(rustls::Error),
}

/// What a look at the files found.
#[derive(Debug)]
pub enum Reload {
    /// They are what they were, or are still being written.
    Unchanged,
    /// The new pair is in use.
    Changed,
    /// The new pair cannot be used; the old one stays.
    Failed(TlsError),
}

/// Which version of the two files: when each was changed, and its size.
type Version = [Option<(SystemTime, u64)>; 2];

#[derive(Debug)]
struct Seen {
    /// The version that was tried last, whatever came of it.
    tried: Version,
    /// What the last look saw.
    last: Version,
}

/// The certificate in use.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<Seen>,
}

impl Tls {
    /// Reads the pair.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let version = version(&files);
        let config = load(&files)?;
        let seen = Seen { tried: version, last: version };
        Ok(Self { files, config: ArcSwap::from_pointee(config), seen: Mutex::new(seen) })
    }

    /// Accepts connections with the certificate of now.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.load_full())
    }

    /// Looks at the files. A change is tried when two looks in a row see the same, because certificate and key are
    /// written one after the other.
    pub fn reload_if_changed(&self) -> Reload {
        let now = version(&self.files);
        {
            let mut seen = self.seen.lock().expect("no panic while looking");
            let settled = seen.last == now;
            seen.last = now;
            if !settled || seen.tried == now {
                return Reload::Unchanged;
            }
            seen.tried = now;
        }
        match load(&self.files) {
            Ok(config) => {
                self.config.store(Arc::new(config));
                Reload::Changed
            }
            Err(error) => Reload::Failed(error),
        }
    }
}

fn version(files: &TlsFiles) -> Version {
    [&files.certificate, &files.key].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}

fn load(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let failed = |path: &Path, message: String| TlsError::File { path: path.display().to_string(), message };
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(&files.certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(failed(&files.certificate, "it holds no certificate in PEM".into()));
    }
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|error| failed(&files.key, error.to_string()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|source| TlsError::Pair {
            certificate: files.certificate.display().to_string(),
            key: files.key.display().to_string(),
            source,
        })?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    // Tickets are with the client: a session resumes on any worker and costs no memory here.
    config.ticketer = ring::Ticketer::new().map_err(TlsError::Tickets)?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write_pair(files: &TlsFiles) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    }

    fn files(dir: &Path) -> TlsFiles {
        TlsFiles { certificate: dir.join("certificate.pem"), key: dir.join("key.pem") }
    }

    #[test]
    fn a_changed_pair_is_taken_once_it_has_settled_and_a_bad_one_leaves_the_old() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(dir.path());
        write_pair(&files);
        let tls = Tls::open(files.clone()).unwrap();
        let first = tls.config.load_full();
        assert!(matches!(tls.reload_if_changed(), Reload::Unchanged));

        fs::write(&files.certificate, "-----BEGIN CERTIFICATE-----\n").unwrap();
        assert!(matches!(tls.reload_if_changed(), Reload::Unchanged), "it may still be written");
        assert!(matches!(tls.reload_if_changed(), Reload::Failed(_)));
        assert!(matches!(tls.reload_if_changed(), Reload::Unchanged), "told once");
        assert!(Arc::ptr_eq(&first, &tls.config.load_full()));

        write_pair(&files);
        assert!(matches!(tls.reload_if_changed(), Reload::Unchanged));
        assert!(matches!(tls.reload_if_changed(), Reload::Changed));
        assert!(!Arc::ptr_eq(&first, &tls.config.load_full()));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(dir.path());
        let error = Tls::open(files.clone()).unwrap_err().to_string();
        assert!(error.contains("certificate.pem"), "{error}");
        write_pair(&files);
        let key = fs::read(&files.key).unwrap();
        fs::write(&files.key, "nonsense").unwrap();
        let error = Tls::open(files.clone()).unwrap_err().to_string();
        assert!(error.contains("key.pem"), "{error}");
        write_pair(&files);
        fs::write(&files.key, key).unwrap();
        let error = Tls::open(files).unwrap_err().to_string();
        assert!(error.contains("cannot be used together"), "{error}");
    }
}
