//! The data directory: one process at a time, one format.
//!
//! ```text
//! DATA_DIR/lock          held by the running process
//! DATA_DIR/format        the layout's version, decimal
//! DATA_DIR/secret        32 random bytes as hexadecimal, 0600: signs what this installation hands out
//! DATA_DIR/sites.json    the registry's mirror, for a collector that starts while ClickHouse is away
//! DATA_DIR/spool/        the collector's durable log
//! DATA_DIR/engine/       the embedded engine
//! ```
//!
//! Nobody else may read any of it, whatever the mode of the directory itself. What is damaged and can be made anew is
//! made anew (`private.rs`); `format` cannot: only the version that wrote the directory knows what it said.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::private::{self, Found};

/// More than any of the small files holds. Bytes.
const SMALL_FILE_BYTES_MAX: u64 = 4096;
/// A secret is at least so long: 32 bytes as hexadecimal.
const SECRET_BYTES_MIN: usize = 64;

/// The layout that this program reads and writes.
const FORMAT_VERSION: u32 = 1;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process has it.
    #[error(
        "data_dir {path} is in use by another orma (process {pid}): stop it, or choose another --data-dir"
    )]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process that holds it.
        pid: String,
    },
    /// A newer program has been here.
    #[error(
        "data_dir {path} was written by a newer version of orma (its file `format` says {found}, this program \
         knows {FORMAT_VERSION}): start that version, or choose another --data-dir"
    )]
    Newer {
        /// The directory.
        path: PathBuf,
        /// The format found.
        found: u32,
    },
    /// The format file holds something else.
    #[error(
        "{path} is damaged ({why}): it says which version of orma wrote the directory. Write `{FORMAT_VERSION}` into \
         it if no newer version than this one ever ran here; otherwise start that version"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The directory cannot be read or written.
    #[error("data_dir {path}: {source}")]
    Io {
        /// The directory.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// A data directory that belongs to this process until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory if needed, locks it and checks its format.
    ///
    /// # Errors
    /// See [`DataDirError`].
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let io_error = |source| DataDirError::Io { path: path.to_owned(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_error)?;
        let path = path.canonicalize().map_err(io_error)?;
        let lock = lock(&path)?;
        check_format(&path)?;
        close_to_others(&path).map_err(io_error)?;
        Ok(Self { path, _lock: lock })
    }

    /// The directory, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The installation's secret, made at the first call, and made anew when the file was damaged.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn secret(&self) -> Result<Vec<u8>, DataDirError> {
        let file = self.path.join("secret");
        secret_of(&file).map_err(|source| DataDirError::Io { path: self.path.clone(), source })
    }
}

fn secret_of(file: &Path) -> io::Result<Vec<u8>> {
    let damage = match private::read(file, SMALL_FILE_BYTES_MAX)? {
        Found::Text(text) if is_secret(text.trim()) => return Ok(text.trim().as_bytes().to_vec()),
        Found::Text(_) => Some("it holds no secret".to_owned()),
        Found::Damaged(why) => Some(why),
        Found::Nothing => None,
    };
    if let Some(why) = damage {
        private::set_aside(file, &why, "a new secret is made, and everybody signs in again")?;
    }
    let text = crate::secret::random_hex::<32>();
    private::write(file, &text)?;
    Ok(text.into_bytes())
}

fn is_secret(text: &str) -> bool {
    text.len() >= SECRET_BYTES_MIN && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Everything of ours in the directory, so that nobody else can read what an older version, or another umask, left open
/// to them. What lies deeper is behind these.
fn close_to_others(path: &Path) -> io::Result<()> {
    for name in ["spool", "engine"] {
        if path.join(name).is_dir() {
            private::close(&path.join(name), 0o700)?;
        }
    }
    for name in ["lock", "format", "secret", "sites.json", "cookieless-salt", "running.json"] {
        if path.join(name).is_file() {
            private::close(&path.join(name), 0o600)?;
        }
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File, DataDirError> {
    let io_error = |source| DataDirError::Io { path: path.to_owned(), source };
    let place = path.join("lock");
    let in_the_way = match fs::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_dir() => Some("it is a directory"),
        Ok(metadata) if metadata.is_symlink() && !place.exists() => Some("it is a link to nowhere"),
        _ => None,
    };
    // Neither can be locked by anybody. A file that cannot be opened may well be.
    if let Some(why) = in_the_way {
        private::set_aside(&place, why, "the file is made anew").map_err(io_error)?;
    }
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&place)
        .map_err(|error| io_error(private::named(&place, &error)))?;
    if let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
        if error != rustix::io::Errno::WOULDBLOCK {
            return Err(io_error(private::named(&place, &error.into())));
        }
        let mut pid = Vec::new();
        file.take(SMALL_FILE_BYTES_MAX).read_to_end(&mut pid).map_err(io_error)?;
        let pid = String::from_utf8_lossy(&pid).trim().parse::<u32>().ok();
        let pid = pid.map_or_else(|| "of unknown number".to_owned(), |pid| pid.to_string());
        return Err(DataDirError::InUse { path: path.to_owned(), pid });
    }
    file.set_len(0).and_then(|()| file.rewind()).map_err(io_error)?;
    writeln!(file, "{}", std::process::id()).map_err(io_error)?;
    Ok(file)
}

fn check_format(path: &Path) -> Result<(), DataDirError> {
    let io_error = |source| DataDirError::Io { path: path.to_owned(), source };
    let file = path.join("format");
    let why = match private::read(&file, SMALL_FILE_BYTES_MAX).map_err(io_error)? {
        Found::Nothing => {
            return private::write(&file, &format!("{FORMAT_VERSION}\n")).map_err(io_error);
        }
        Found::Text(text) => match text.trim().parse::<u32>() {
            Ok(found) if found > FORMAT_VERSION => {
                return Err(DataDirError::Newer { path: path.to_owned(), found });
            }
            Ok(FORMAT_VERSION) => return Ok(()),
            _ => "it holds no version".to_owned(),
        },
        Found::Damaged(why) => why,
    };
    Err(DataDirError::Format { path: file, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_told_who_holds_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDir::open(dir.path()).unwrap();
        let error = DataDir::open(dir.path()).unwrap_err();
        assert!(matches!(&error, DataDirError::InUse { pid, .. } if *pid == std::process::id().to_string()));
        drop(first);
        DataDir::open(dir.path()).unwrap();
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(DataDir::open(dir.path()).unwrap());
        fs::write(dir.path().join("format"), "2\n").unwrap();
        let error = DataDir::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("newer version"), "{error}");
        assert_eq!(fs::read_to_string(dir.path().join("format")).unwrap(), "2\n");
    }

    #[test]
    fn the_secret_stays_the_same_and_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let secret = data.secret().unwrap();
        assert_eq!(secret, data.secret().unwrap());
        let mode = fs::metadata(dir.path().join("secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_secret_is_made_anew_and_kept_and_a_damaged_format_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        for damage in ["", "short", "null"] {
            fs::write(place("secret"), damage).unwrap();
            let data = DataDir::open(dir.path()).unwrap();
            let made = data.secret().unwrap();
            assert_eq!((made.len(), &made), (64, &data.secret().unwrap()));
        }
        let kept = ["secret.damaged", "secret.2.damaged", "secret.3.damaged"]
            .map(|name| fs::read_to_string(place(name)).unwrap());
        assert_eq!(kept, ["", "short", "null"]);
        for damage in ["", "0", "-1", "x"] {
            fs::write(place("format"), damage).unwrap();
            let error = DataDir::open(dir.path()).unwrap_err().to_string();
            assert!(error.contains("/format is damaged") && error.contains("Write `1`"), "{error}");
        }
    }

    #[test]
    fn a_lock_that_is_no_file_is_made_anew_and_what_an_older_version_left_open_is_closed() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let place = |name: &str| dir.path().join(name);
        fs::create_dir(place("lock")).unwrap();
        fs::create_dir(place("spool")).unwrap();
        fs::set_permissions(place("spool"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(place("running.json"), "{}").unwrap();
        fs::set_permissions(place("running.json"), fs::Permissions::from_mode(0o644)).unwrap();
        let _held = DataDir::open(dir.path()).unwrap();
        assert!(matches!(DataDir::open(dir.path()), Err(DataDirError::InUse { .. })));
        for (name, mode) in [("lock", 0o600), ("spool", 0o700), ("running.json", 0o600)] {
            assert_eq!(fs::metadata(place(name)).unwrap().permissions().mode() & 0o777, mode, "{name}");
        }
    }
}
