//! The small files and the directories of a data directory: nobody else reads them, a file is written whole or not at
//! all, and one that is damaged is set aside.
//!
//! A file *is damaged* when it cannot be opened for what it is (a directory, a link to nowhere, a device), cannot be
//! read (its mode, its disk), is larger than anything that orma writes there, is not text, or is refused by whoever
//! reads it. What can be made anew is made anew: the damaged one is kept as `<name>.damaged`, and one warning says so.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Damaged files of one name that are kept; with more, something is wrong that a new file does not mend.
const DAMAGED_KEPT_MAX: u32 = 100;

/// What a file holds.
#[derive(Debug)]
pub enum Found {
    /// There is none.
    Nothing,
    /// Its text.
    Text(String),
    /// Something that orma did not write; why.
    Damaged(String),
}

/// Reads a file that orma has written, of at most `bytes_max`.
///
/// # Errors
/// What says nothing about the file, such as too many open files; the message names it.
pub fn read(path: &Path, bytes_max: u64) -> io::Result<Found> {
    // A link to nowhere looks like no file, and a pipe would be waited for.
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Ok(Found::Damaged("it is not a file".into())),
        Ok(metadata) if metadata.len() > bytes_max => {
            return Ok(Found::Damaged(format!("it has {} bytes", metadata.len())));
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_ok() => {
            return Ok(Found::Damaged("it is a link to nowhere".into()));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return unreadable(path, &error),
    }
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(bytes_max).read_to_end(&mut bytes)) {
        Ok(_) => {
            Ok(String::from_utf8(bytes).map_or_else(|_| Found::Damaged("it is not text".into()), Found::Text))
        }
        Err(error) => unreadable(path, &error),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> io::Result<Found> {
    let of_the_file = error.kind() == ErrorKind::PermissionDenied
        || error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
        || error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    if of_the_file { Ok(Found::Damaged(error.to_string())) } else { Err(named(path, error)) }
}

/// An error that names the file it is about.
pub fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Keeps a damaged file beside as `<name>.damaged` and says so once; `instead` says what becomes of its purpose.
///
/// # Errors
/// It cannot be renamed; the message names it and says what to do.
pub fn set_aside(path: &Path, why: &str, instead: &str) -> io::Result<()> {
    set_aside_in(path, path.parent().unwrap_or(Path::new(".")), why, instead)
}

/// [`set_aside`], kept in another directory of the same disk.
///
/// # Errors
/// The same.
pub fn set_aside_in(path: &Path, dir: &Path, why: &str, instead: &str) -> io::Result<()> {
    let kept = unused(path, dir);
    fs::rename(path, &kept).map_err(|error| {
        let message = format!(
            "{} is damaged ({why}) and cannot be renamed: {error}; delete it, or move it away",
            path.display()
        );
        io::Error::new(error.kind(), message)
    })?;
    tracing::warn!(file = %path.display(), %why, kept = %kept.display(), "a damaged file is set aside: {instead}");
    Ok(())
}

/// `<name>.damaged`, or `<name>.2.damaged` and so on.
fn unused(path: &Path, dir: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let candidate = |number: u32| match number {
        1 => dir.join(format!("{name}.damaged")),
        number => dir.join(format!("{name}.{number}.damaged")),
    };
    let free = (1..DAMAGED_KEPT_MAX).map(candidate).find(|path| fs::symlink_metadata(path).is_err());
    free.unwrap_or_else(|| candidate(DAMAGED_KEPT_MAX))
}

/// Writes a file that only its owner may read, whole or not at all. What stands in its place and is no file is set
/// aside.
///
/// # Errors
/// The operating system's, with the file's name.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    for place in [&beside, path] {
        if fs::symlink_metadata(place).is_ok_and(|metadata| metadata.is_dir()) {
            set_aside(place, "it is a directory", "the file is made anew")?;
        }
    }
    let written = (|| {
        // What an interrupted write left may have another mode, or be a link that leads elsewhere.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|error| named(path, &error))
}

/// Makes a directory that only its owner may enter, or takes that right from everybody else. A link to a directory
/// is followed: the spool may lie on a disk of its own.
///
/// # Errors
/// The message names the directory. What stands there and is no directory is not set aside: a link to nowhere is a
/// disk that is not mounted, and beginning with an empty directory would hide everything that lies on it.
pub fn directory(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return close(path, 0o700),
        Ok(_) => {
            let message = format!("{} must be a directory: move what stands there away", path.display());
            return Err(io::Error::new(ErrorKind::NotADirectory, message));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(named(path, &error)),
        Err(_) if fs::symlink_metadata(path).is_ok() => {
            let message = format!(
                "{} is a link to nowhere: mount the disk that it leads to, or delete the link",
                path.display()
            );
            return Err(io::Error::new(ErrorKind::NotFound, message));
        }
        Err(_) => {}
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| named(path, &error))
}

/// Takes every right from group and others. Somebody else's file stays as it is: whoever owns it decides.
///
/// # Errors
/// The operating system's, with the file's name.
pub fn close(path: &Path, mode: u32) -> io::Result<()> {
    let metadata = fs::metadata(path).map_err(|error| named(path, &error))?;
    let of_others = metadata.permissions().mode() & 0o077;
    if of_others == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            tracing::warn!(file = %path.display(), "others may read this, and its mode cannot be changed");
            Ok(())
        }
        changed => changed.map_err(|error| named(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Damage = fn(&Path);

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn whatever_stands_in_the_place_of_a_file_is_told_and_kept_and_never_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("secret");
        assert!(matches!(read(&place, 10).unwrap(), Found::Nothing));
        let damages: [(&str, Damage); 5] = [
            ("not a file", |path| fs::create_dir(path).unwrap()),
            ("nowhere", |path| std::os::unix::fs::symlink("/nonexistent/secret", path).unwrap()),
            ("not text", |path| fs::write(path, [0xff, 0xfe]).unwrap()),
            ("11 bytes", |path| fs::write(path, "12345678901").unwrap()),
            ("not a file", |path| {
                let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
                assert!(made.success());
            }),
        ];
        for (number, (said, damage)) in damages.iter().enumerate() {
            damage(&place);
            let Found::Damaged(why) = read(&place, 10).unwrap() else { panic!("{said}") };
            assert!(why.contains(said), "{why}");
            set_aside(&place, &why, "a new one is made").unwrap();
            write(&place, "new").unwrap();
            assert!(matches!(read(&place, 10).unwrap(), Found::Text(text) if text == "new"));
            assert_eq!(mode(&place), 0o600);
            fs::remove_file(&place).unwrap();
            let kept = fs::read_dir(dir.path()).unwrap().count();
            assert_eq!(kept, number + 1, "each is kept");
        }
    }

    #[test]
    fn a_write_is_private_whatever_an_earlier_one_left() {
        let dir = tempfile::tempdir().unwrap();
        let (place, victim) = (dir.path().join("secret"), dir.path().join("victim"));
        fs::write(dir.path().join("secret.new"), "half").unwrap();
        fs::set_permissions(dir.path().join("secret.new"), fs::Permissions::from_mode(0o666)).unwrap();
        write(&place, "one").unwrap();
        assert_eq!(mode(&place), 0o600);
        fs::write(&victim, "mine").unwrap();
        std::os::unix::fs::symlink(&victim, dir.path().join("secret.new")).unwrap();
        write(&place, "two").unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        fs::create_dir(dir.path().join("secret.new")).unwrap();
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        write(&place, "three").unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "three");
    }

    #[test]
    fn a_directory_is_made_private_and_what_is_none_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("spool");
        directory(&place).unwrap();
        assert_eq!(mode(&place), 0o700);
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        directory(&place).unwrap();
        assert_eq!(mode(&place), 0o700);
        fs::remove_dir(&place).unwrap();
        fs::write(&place, "").unwrap();
        let error = directory(&place).unwrap_err().to_string();
        assert!(error.contains("spool must be a directory"), "{error}");
        fs::remove_file(&place).unwrap();
        std::os::unix::fs::symlink("/nonexistent/disk", &place).unwrap();
        let error = directory(&place).unwrap_err().to_string();
        assert!(error.contains("spool is a link to nowhere"), "{error}");
    }
}
