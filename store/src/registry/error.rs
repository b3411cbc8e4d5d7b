//! Why a definition was not made, changed or read.

use std::path::PathBuf;

use crate::client::StoreError;

/// Why a site or token was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A value that cannot be.
    #[error("{field}: {message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// ClickHouse could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mirror could not be written or read.
    #[error("the registry's mirror {path}: {source}")]
    Mirror {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
}
