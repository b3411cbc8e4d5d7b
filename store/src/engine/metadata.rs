//! The definitions of ClickHouse's tables, against damage.
//!
//! ClickHouse keeps the definition of a table in a small file and its rows in the directory that the definition names.
//! With the file of a table gone ClickHouse starts without the table, with that of the database gone it makes an empty
//! one, and with another name in it an empty table: each time without a word. So every clean start keeps the definitions
//! beside the tables, and every start looks at them first:
//!
//! ```text
//! engine/store/metadata/orma.sql             names the directory of the database
//! engine/store/store/<xxx>/<id>/<table>.sql  the database's: a file for each table, which names the directory
//! engine/store/store/<xxx>/<id>/             … of its rows
//! engine/store/definitions.json              all these files as they were at the last clean start, with a hash
//! engine/damaged/                            what was set aside
//! ```
//!
//! - A definition that is gone, that is no definition, or that names a directory which is not there while the kept one's
//!   is: it is made anew from the kept one.
//! - One that differs otherwise may have been altered by a hand. It stays; if the engine refuses to start with it, it is
//!   made anew ([`restore_differing`]), and if not, a warning names it ([`keep`]).
//! - The directory of a table is gone: its rows are, so the start stops.
//! - `format_version.txt` of a table always holds 1: it is made anew.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::private::{self, Found};
use crate::secret;

/// More than any definition has, and more than all together have. Bytes.
const DEFINITION_BYTES_MAX: u64 = 1 << 20;
const KEPT_BYTES_MAX: u64 = 16 << 20;
/// What `format_version.txt` of every table holds, since ClickHouse has partitions of any kind. With another number
/// ClickHouse starts, and refuses every insert.
const FORMAT_VERSION: &str = "1";
/// The file of the database.
const DATABASE: &str = "metadata/orma.sql";
/// That of the views for SQL, which are in memory and made anew by whoever first asks: damage to it must stop no start.
const DATABASE_OF_VIEWS: &str = "metadata/orma_sql.sql";

/// Definitions by their path below the store's directory.
type Definitions = BTreeMap<String, String>;

/// Mends what can be mended before the engine starts.
///
/// # Errors
/// Something is gone that holds rows; the message names it and says what to do.
pub fn prepare(store_dir: &Path) -> io::Result<()> {
    mend_format_versions(store_dir)?;
    let views = store_dir.join(DATABASE_OF_VIEWS);
    match fs::remove_file(&views) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(private::named(&views, &error)),
        _ => {}
    }
    // ClickHouse makes this link itself, and not in the place of something else.
    let link = store_dir.join("metadata/orma");
    if fs::symlink_metadata(&link).is_ok_and(|metadata| !metadata.is_symlink()) {
        aside(store_dir, &link, "it is no link", "ClickHouse makes it anew")?;
    }
    let Some(kept) = read_kept(store_dir)? else { return Ok(()) };
    for (name, text) in &kept {
        let path = store_dir.join(name);
        let why = match private::read(&path, DEFINITION_BYTES_MAX)? {
            Found::Text(found) if found == *text => continue,
            Found::Text(found) if is_definition(&found) && !leads_nowhere(store_dir, &found, text) => {
                continue;
            }
            Found::Text(_) => "it is no definition of this table".to_owned(),
            Found::Damaged(why) => why,
            Found::Nothing if was_dropped(store_dir, text) => continue,
            Found::Nothing => "it is missing".to_owned(),
        };
        restore(store_dir, name, text, &why)?;
    }
    for (name, text) in kept.iter().filter(|(_, text)| has_rows(text)) {
        if let Some(dir) = directory_of(store_dir, text)
            && !dir.is_dir()
            && !was_dropped(store_dir, text)
        {
            let message = format!(
                "{} is missing, and with it the rows of {}: restore it from a backup, or make an empty directory there \
                 to go on without them",
                dir.display(),
                Path::new(name).file_stem().unwrap_or_default().display()
            );
            return Err(io::Error::new(ErrorKind::NotFound, message));
        }
    }
    Ok(())
}

/// Makes every definition anew that differs from the kept one; returns how many. For an engine that does not start.
///
/// # Errors
/// A file cannot be read or written.
pub fn restore_differing(store_dir: &Path) -> io::Result<usize> {
    let Some(kept) = read_kept(store_dir)? else { return Ok(0) };
    let mut restored = 0;
    for (name, text) in &kept {
        let differs = match private::read(&store_dir.join(name), DEFINITION_BYTES_MAX)? {
            Found::Text(found) => found != *text,
            Found::Damaged(_) => true,
            Found::Nothing => false,
        };
        if differs {
            restore(store_dir, name, text, "the engine does not start with it")?;
            restored += 1;
        }
    }
    Ok(restored)
}

/// Keeps the definitions of an engine that runs. `expected` says that they were changed on purpose; otherwise each that
/// differs is named, and the one that was kept is put beside what was set aside.
///
/// # Errors
/// A file cannot be read or written.
pub fn keep(store_dir: &Path, expected: bool) -> io::Result<()> {
    let now = read_all(store_dir)?;
    let before = read_kept(store_dir)?.unwrap_or_default();
    if now == before || now.is_empty() {
        return Ok(());
    }
    for (name, text) in before.iter().filter(|(name, text)| !expected && now.get(*name) != Some(text)) {
        let earlier = damaged_dir(store_dir).join(format!("{}.earlier", file_name(name)));
        private::directory(&damaged_dir(store_dir))?;
        private::write(&earlier, text)?;
        tracing::warn!(
            file = %store_dir.join(name).display(), earlier = %earlier.display(),
            "a table's definition is another than at the last start: damaged, unless somebody altered the table"
        );
    }
    let text = serde_json::to_string(&now).expect("text keys");
    private::write(&store_dir.join("definitions.json"), &format!("{}\n{text}\n", secret::sha256_hex(&text)))
}

fn read_kept(store_dir: &Path) -> io::Result<Option<Definitions>> {
    let path = store_dir.join("definitions.json");
    let why = match private::read(&path, KEPT_BYTES_MAX)? {
        Found::Nothing => return Ok(None),
        Found::Damaged(why) => why,
        Found::Text(text) => match text.trim_end().split_once('\n') {
            Some((hash, json)) if hash == secret::sha256_hex(json) => {
                return serde_json::from_str(json)
                    .map(Some)
                    .map_err(|error| private::named(&path, &error.into()));
            }
            _ => "its hash is not that of its content".to_owned(),
        },
    };
    private::set_aside(&path, &why, "the definitions are kept anew by this start")?;
    Ok(None)
}

/// The definitions as ClickHouse has them; none before its first start.
fn read_all(store_dir: &Path) -> io::Result<Definitions> {
    let mut all = Definitions::new();
    let Found::Text(database) = private::read(&store_dir.join(DATABASE), DEFINITION_BYTES_MAX)? else {
        return Ok(all);
    };
    let Some(dir) = directory_of(store_dir, &database) else { return Ok(all) };
    all.insert(DATABASE.to_owned(), database);
    for entry in fs::read_dir(&dir).map_err(|error| private::named(&dir, &error))? {
        let path = entry?.path();
        let relative = path.strip_prefix(store_dir).ok().and_then(Path::to_str);
        if let (Some(relative), Some("sql")) = (relative, path.extension().and_then(|ending| ending.to_str()))
            && let Found::Text(text) = private::read(&path, DEFINITION_BYTES_MAX)?
        {
            all.insert(relative.to_owned(), text);
        }
    }
    Ok(all)
}

fn restore(store_dir: &Path, name: &str, text: &str, why: &str) -> io::Result<()> {
    let path = store_dir.join(name);
    if fs::symlink_metadata(&path).is_ok() {
        aside(store_dir, &path, why, "the definition of the last clean start takes its place")?;
    } else {
        tracing::warn!(file = %path.display(), %why, "the definition of the last clean start takes its place");
    }
    if let Some(dir) = path.parent() {
        private::directory(dir)?;
    }
    private::write(&path, text)
}

/// ClickHouse takes no file for its own that it finds among its definitions, so this one leaves their directory.
fn aside(store_dir: &Path, path: &Path, why: &str, instead: &str) -> io::Result<()> {
    let dir = damaged_dir(store_dir);
    private::directory(&dir)?;
    private::set_aside_in(path, &dir, why, instead)
}

fn damaged_dir(store_dir: &Path) -> PathBuf {
    store_dir.with_file_name("damaged")
}

fn file_name(name: &str) -> String {
    Path::new(name).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_definition(text: &str) -> bool {
    text.starts_with("ATTACH ") && id_of(text).is_some()
}

fn has_rows(text: &str) -> bool {
    text.contains("MergeTree")
}

/// The id in `ATTACH … UUID '…'`.
fn id_of(text: &str) -> Option<&str> {
    let id = text.lines().next()?.split_once("UUID '")?.1.get(..36)?;
    uuid::Uuid::try_parse(id).is_ok().then_some(id)
}

fn directory_of(store_dir: &Path, text: &str) -> Option<PathBuf> {
    let id = id_of(text)?;
    Some(store_dir.join("store").join(&id[..3]).join(id))
}

/// Whether a definition names a directory that is not there, while the kept one's is.
fn leads_nowhere(store_dir: &Path, found: &str, kept: &str) -> bool {
    let there = |text: &str| directory_of(store_dir, text).is_some_and(|dir| dir.is_dir());
    id_of(found) != id_of(kept) && there(kept) && !there(found)
}

/// A dropped table leaves its definition here until its rows are deleted.
fn was_dropped(store_dir: &Path, text: &str) -> bool {
    let Ok(dropped) = fs::read_dir(store_dir.join("metadata_dropped")) else { return false };
    let id = id_of(text).unwrap_or_default();
    dropped.flatten().any(|entry| entry.file_name().to_string_lossy().contains(id))
}

fn mend_format_versions(store_dir: &Path) -> io::Result<()> {
    let subdirectories = |dir: &Path| -> Vec<PathBuf> {
        fs::read_dir(dir)
            .map_or_else(|_| Vec::new(), |entries| entries.flatten().map(|entry| entry.path()).collect())
    };
    for table in subdirectories(&store_dir.join("store")).iter().flat_map(|dir| subdirectories(dir)) {
        let path = table.join("format_version.txt");
        let why = match private::read(&path, DEFINITION_BYTES_MAX)? {
            Found::Text(text) if text.trim() == FORMAT_VERSION => continue,
            Found::Nothing => continue,
            Found::Text(_) => "it holds another version".to_owned(),
            Found::Damaged(why) => why,
        };
        aside(store_dir, &path, &why, "it is made anew")?;
        private::write(&path, FORMAT_VERSION)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATABASE_ID: &str = "a0585b60-ab45-46ba-8ee7-ffc9d3e290f3";
    const TABLE_ID: &str = "410d7574-8e15-4bec-9e56-0d63efc73453";

    fn place(dir: &Path) -> (PathBuf, PathBuf, PathBuf) {
        let store = dir.join("engine/store");
        let database = store.join("store/a05").join(DATABASE_ID);
        (store.clone(), database.join("events.sql"), store.join("store/410").join(TABLE_ID))
    }

    /// A store after a clean start.
    fn store(dir: &Path) -> (PathBuf, PathBuf, PathBuf) {
        let (store, definition, rows) = place(dir);
        for dir in [store.join("metadata"), definition.parent().unwrap().to_owned(), rows.clone()] {
            fs::create_dir_all(dir).unwrap();
        }
        fs::write(store.join(DATABASE), format!("ATTACH DATABASE _ UUID '{DATABASE_ID}'\nENGINE = Atomic\n"))
            .unwrap();
        fs::write(
            &definition,
            format!("ATTACH TABLE _ UUID '{TABLE_ID}'\n(\n`a` UInt8\n)\nENGINE = MergeTree\n"),
        )
        .unwrap();
        fs::write(rows.join("format_version.txt"), "1").unwrap();
        keep(&store, true).unwrap();
        (store, definition, rows)
    }

    #[test]
    fn a_definition_that_is_gone_or_none_is_made_anew_and_what_was_there_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let (store, definition, _) = store(dir.path());
        let whole = fs::read_to_string(&definition).unwrap();
        let other_id = whole.replace("410d", "410e");
        for (number, damage) in ["", "null", "ATTACH TABLE", &other_id].into_iter().enumerate() {
            fs::write(&definition, damage).unwrap();
            prepare(&store).unwrap();
            assert_eq!(fs::read_to_string(&definition).unwrap(), whole, "{damage}");
            assert_eq!(fs::read_dir(damaged_dir(&store)).unwrap().count(), number + 1);
        }
        fs::remove_dir_all(store.join("metadata")).unwrap();
        fs::remove_file(&definition).unwrap();
        prepare(&store).unwrap();
        assert!(definition.is_file() && store.join(DATABASE).is_file());
    }

    #[test]
    fn what_is_only_in_memory_leaves_nothing_to_be_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _, _) = store(dir.path());
        let views = store.join(DATABASE_OF_VIEWS);
        fs::write(&views, "ATTACH DATA").unwrap();
        prepare(&store).unwrap();
        assert!(!views.exists());
        prepare(&store).unwrap();
    }

    #[test]
    fn a_definition_that_may_have_been_altered_stays_until_the_engine_refuses_it() {
        let dir = tempfile::tempdir().unwrap();
        let (store, definition, _) = store(dir.path());
        let altered = fs::read_to_string(&definition).unwrap().replace("`a`", "`b`");
        fs::write(&definition, &altered).unwrap();
        prepare(&store).unwrap();
        assert_eq!(fs::read_to_string(&definition).unwrap(), altered);
        assert_eq!(restore_differing(&store).unwrap(), 1);
        assert!(fs::read_to_string(&definition).unwrap().contains("`a`"));
        assert_eq!(restore_differing(&store).unwrap(), 0);
        fs::write(&definition, &altered).unwrap();
        keep(&store, false).unwrap();
        let earlier = fs::read_to_string(damaged_dir(&store).join("events.sql.earlier")).unwrap();
        assert!(earlier.contains("`a`"), "the other one is named and kept");
        assert_eq!(restore_differing(&store).unwrap(), 0, "it is the definition from now on");
    }

    #[test]
    fn lost_rows_stop_the_start_until_somebody_says_that_they_are_lost() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _, rows) = store(dir.path());
        fs::remove_dir_all(&rows).unwrap();
        let error = prepare(&store).unwrap_err().to_string();
        assert!(
            error.contains(TABLE_ID) && error.contains("rows of events") && error.contains("backup"),
            "{error}"
        );
        fs::create_dir(&rows).unwrap();
        prepare(&store).unwrap();
        fs::remove_dir(&rows).unwrap();
        fs::create_dir(store.join("metadata_dropped")).unwrap();
        fs::write(store.join(format!("metadata_dropped/orma.events.{TABLE_ID}.sql")), "").unwrap();
        prepare(&store).unwrap();
    }

    #[test]
    fn what_always_holds_the_same_is_made_anew_and_damaged_copies_are_of_no_use() {
        let dir = tempfile::tempdir().unwrap();
        let (store, definition, rows) = store(dir.path());
        let version = rows.join("format_version.txt");
        for damage in ["", "\u{1}", "0", "3"] {
            fs::write(&version, damage).unwrap();
            prepare(&store).unwrap();
            assert_eq!(fs::read_to_string(&version).unwrap(), "1");
        }
        let copies = store.join("definitions.json");
        fs::write(&copies, fs::read_to_string(&copies).unwrap().replace("events", "evenst")).unwrap();
        fs::remove_file(&definition).unwrap();
        prepare(&store).unwrap();
        assert!(!definition.exists() && store.join("definitions.json.damaged").exists());
    }
}
