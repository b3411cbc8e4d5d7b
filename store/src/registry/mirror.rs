//! The file that remembers sites and keys while ClickHouse is away.

use std::path::Path;

use super::Snapshot;
use crate::private::{self, Found};
use crate::secret::sha256_hex;

/// How the mirror begins.
const MIRROR_HEAD: &str = "{\"sha256\":\"";
/// A larger mirror is none of ours: some hundred thousand keys. Bytes.
const MIRROR_BYTES_MAX: u64 = 64 << 20;

/// What the mirror remembers. A damaged one is set aside.
///
/// # Errors
/// It cannot be read, or not be set aside.
pub fn read(path: &Path) -> std::io::Result<Snapshot> {
    let why = match private::read(path, MIRROR_BYTES_MAX)? {
        Found::Nothing => return Ok(Snapshot::default()),
        Found::Damaged(why) => why,
        Found::Text(text) => match parse_mirror(&text) {
            Ok(snapshot) => return Ok(snapshot),
            Err(why) => why,
        },
    };
    private::set_aside(path, &why, "sites and keys are read anew from ClickHouse")?;
    Ok(Snapshot::default())
}

/// Writes the mirror anew.
///
/// # Errors
/// The disk refuses.
pub fn write(path: &Path, snapshot: &Snapshot) -> std::io::Result<()> {
    private::write(path, &mirror_text(snapshot))
}

/// Before the snapshot's own fields stands the hash of what follows: a site or key with a flipped bit would be another
/// site or key, and still be JSON.
fn mirror_text(snapshot: &Snapshot) -> String {
    let text = serde_json::to_string(snapshot).expect("text keys");
    let fields = &text[1..];
    format!("{MIRROR_HEAD}{}\",{fields}", sha256_hex(fields))
}

/// Mirrors of 0.1.0 have no hash.
fn parse_mirror(text: &str) -> Result<Snapshot, String> {
    if let Some(rest) = text.strip_prefix(MIRROR_HEAD)
        && rest.split_once("\",").is_none_or(|(hashed, fields)| hashed != sha256_hex(fields))
    {
        return Err("its hash is not that of its content".to_owned());
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}
