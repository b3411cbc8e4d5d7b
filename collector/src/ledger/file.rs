//! The ledger's file, `DATA_DIR/ledger`.
//!
//! ```text
//! magic "ORMALED" and the version byte 0x01 · u32 CRC32C of what follows, little-endian · JSON
//! ```
//! It is written whole to a file beside it, forced to the disk and renamed, so it is the old one or the new one. One
//! that is damaged is renamed to `ledger.damaged` and begun anew: the store knows the numbers that were in it, and
//! segments that it called settled are shipped once more.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::settled::Settled;

const MAGIC: &[u8; 8] = b"ORMALED\x01";
const HEAD_BYTES: usize = 12;

/// What the file holds; nothing when there is none, or a damaged one.
pub(super) fn read(path: &Path) -> io::Result<Settled> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Settled::default()),
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => Vec::new(),
        Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    };
    if let Some(settled) = parse(&bytes) {
        return Ok(settled);
    }
    let aside = path.with_extension("damaged");
    tracing::warn!(file = %path.display(), set_aside = %aside.display(), "the ledger's file is damaged and begun anew");
    fs::rename(path, &aside)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    Ok(Settled::default())
}

fn parse(bytes: &[u8]) -> Option<Settled> {
    let (head, body) = bytes.split_at_checked(HEAD_BYTES)?;
    let checksum = u32::from_le_bytes(head.strip_prefix(MAGIC)?.try_into().ok()?);
    (crc32c::crc32c(body) == checksum).then(|| serde_json::from_slice(body).ok())?
}

/// Replaces the file.
pub(super) fn write(path: &Path, settled: &Settled) -> io::Result<()> {
    let body = serde_json::to_vec(settled)?;
    let beside = path.with_extension("new");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(MAGIC)?;
    file.write_all(&crc32c::crc32c(&body).to_le_bytes())?;
    file.write_all(&body)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_set_aside_whatever_the_damage() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        assert_eq!(read(&path).unwrap().version, 0, "there is none");
        let whole = Settled { version: 7, segments: ["s".to_owned()].into(), ..Settled::default() };
        write(&path, &whole).unwrap();
        assert_eq!((read(&path).unwrap().version, read(&path).unwrap().segments), (7, whole.segments));
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            for damaged in [damaged, bytes[..at].to_vec()] {
                fs::write(&path, damaged).unwrap();
                assert_eq!(read(&path).unwrap().version, 0, "byte {at}");
                assert!(dir.path().join("ledger.damaged").exists() && !path.exists());
            }
        }
    }
}
