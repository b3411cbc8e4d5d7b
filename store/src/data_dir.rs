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

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

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
        "data_dir {path} was written by a newer version of orma (format {found}, this program knows \
         {FORMAT_VERSION}): start that version, or choose another --data-dir"
    )]
    Newer {
        /// The directory.
        path: PathBuf,
        /// The format found.
        found: u32,
    },
    /// The format file holds something else.
    #[error("data_dir {0}: the file `format` does not hold a version")]
    Format(PathBuf),
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
        Ok(Self { path, _lock: lock })
    }

    /// The directory, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The installation's secret, made at the first call.
    ///
    /// # Errors
    /// The file cannot be read or written, or was damaged.
    pub fn secret(&self) -> Result<Vec<u8>, DataDirError> {
        let file = self.path.join("secret");
        let io_error = |source| DataDirError::Io { path: self.path.clone(), source };
        match fs::read_to_string(&file) {
            Ok(text) if text.trim().len() >= 64 => Ok(text.trim().as_bytes().to_vec()),
            Ok(_) => Err(io_error(io::Error::new(
                io::ErrorKind::InvalidData,
                "the file `secret` is damaged; delete it to have a new one made (all sign in again)",
            ))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = crate::secret::random_hex::<32>();
                write_private(&file, &text).map_err(io_error)?;
                Ok(text.into_bytes())
            }
            Err(error) => Err(io_error(error)),
        }
    }
}

fn lock(path: &Path) -> Result<File, DataDirError> {
    let io_error = |source| DataDirError::Io { path: path.to_owned(), source };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path.join("lock"))
        .map_err(io_error)?;
    if let Err(error) = flock(&file, FlockOperation::NonBlockingLockExclusive) {
        if error != rustix::io::Errno::WOULDBLOCK {
            return Err(io_error(error.into()));
        }
        let mut pid = String::new();
        file.read_to_string(&mut pid).map_err(io_error)?;
        return Err(DataDirError::InUse { path: path.to_owned(), pid: pid.trim().to_owned() });
    }
    file.set_len(0).and_then(|()| file.rewind()).map_err(io_error)?;
    writeln!(file, "{}", std::process::id()).map_err(io_error)?;
    Ok(file)
}

fn check_format(path: &Path) -> Result<(), DataDirError> {
    let io_error = |source| DataDirError::Io { path: path.to_owned(), source };
    let file = path.join("format");
    match fs::read_to_string(&file) {
        Ok(text) => match text.trim().parse::<u32>() {
            Ok(found) if found > FORMAT_VERSION => Err(DataDirError::Newer { path: path.to_owned(), found }),
            Ok(_) => Ok(()),
            Err(_) => Err(DataDirError::Format(path.to_owned())),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write_private(&file, &format!("{FORMAT_VERSION}\n")).map_err(io_error)
        }
        Err(error) => Err(io_error(error)),
    }
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// The operating system's.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
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
}
