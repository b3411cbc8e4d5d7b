//! The names of the spool's files, as they are listed at the head of the module: where each lies, and what a name says of
//! its segment.

use std::fs;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// Sequence numbers above it were not counted up to. Half of what there are, so that the next always exists.
const SEQUENCE_MAX: u64 = u64::MAX / 2;

/// The ending of a tally's file.
pub(crate) const TALLY_EXTENSION: &str = "count";

/// Where segments go that need an operator.
pub fn quarantine_dir(dir: &Path) -> PathBuf {
    dir.join("quarantine")
}

/// Where a replayed segment waits for whoever ships.
pub fn replay_dir(dir: &Path) -> PathBuf {
    dir.join("replay")
}

/// The name of a segment, which it keeps wherever its file goes, and which its tally shares.
pub fn plain_name(segment: &Path) -> String {
    let name = segment.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// Where the tally of a segment of the spool's directory lies.
pub(crate) fn tally_path(segment: &Path) -> PathBuf {
    segment.with_file_name(format!("{}.{TALLY_EXTENSION}", plain_name(segment)))
}

/// The path, or one beside it when it is taken: no rename may put one segment in the place of another.
pub(crate) fn unused(path: PathBuf) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let beside = |number: u32| path.with_file_name(format!("{stem}.copy-{number}.{extension}"));
    let mut candidates = std::iter::once(path.clone()).chain((2..).map(beside));
    candidates.find(|path| fs::symlink_metadata(path).is_err()).unwrap_or(path)
}

/// The id in a segment's name, `<sequence>-<id>`, whatever follows it.
pub(crate) fn id_of_name(path: &Path) -> Option<Uuid> {
    let (_, rest) = path.file_name()?.to_str()?.split_once('-')?;
    Uuid::try_parse(rest.get(..32)?).ok()
}

/// The place in the order and the ending; 0 for a name of another form.
pub(crate) fn sequence_and_ending(path: &Path) -> Option<(u64, &str)> {
    let number =
        path.file_stem()?.to_str().and_then(|stem| u64::from_str_radix(stem.split_once('-')?.0, 16).ok());
    let sequence = number.filter(|number| *number <= SEQUENCE_MAX).unwrap_or(0);
    Some((sequence, path.extension()?.to_str()?))
}
