//! An empty store with all migrations applied: made once in a run of the tests, and laid into the data directory of each
//! test that is not about a first start.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use orma_store::engine::config::store_dir;
use orma_store::{Store, migrations};

/// Who keeps the tables: those of a server elsewhere force the disk at each insert.
#[derive(Clone, Copy)]
pub enum Keeper {
    Embedded,
    Remote,
}

/// Files and directories, parents first, by their path below the directory of an engine's tables.
type Tree = Vec<(PathBuf, Entry)>;

enum Entry {
    Directory,
    /// Its mode and content.
    File(u32, Vec<u8>),
    Link(PathBuf),
}

/// Puts the tables below a data directory in which no engine has been started.
pub fn lay(keeper: Keeper, data_dir: &Path) {
    static EMBEDDED: OnceLock<Tree> = OnceLock::new();
    static REMOTE: OnceLock<Tree> = OnceLock::new();
    let tree = match keeper {
        Keeper::Embedded => &EMBEDDED,
        Keeper::Remote => &REMOTE,
    };
    // A thread of its own, because a test's may be one of a runtime.
    let make = || std::thread::spawn(move || make(keeper)).join().expect("an engine with all tables");
    let target = store_dir(data_dir);
    fs::create_dir_all(&target).unwrap();
    for dir in [&target, target.parent().unwrap()] {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).unwrap();
    }
    for (name, entry) in tree.get_or_init(make) {
        let path = target.join(name);
        match entry {
            Entry::Directory => fs::create_dir(&path).unwrap(),
            Entry::Link(to) => symlink(to, &path).unwrap(),
            Entry::File(mode, bytes) => {
                fs::write(&path, bytes).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
            }
        }
    }
}

fn make(keeper: Keeper) -> Tree {
    let dir = tempfile::tempdir().unwrap();
    let engine = super::start_engine(dir.path());
    let store = match keeper {
        Keeper::Embedded => engine.store(),
        Keeper::Remote => Store::connect(engine.store().endpoint()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        migrations::migrate(&store, None).await.unwrap();
        engine.stop().await;
    });
    let mut tree = Tree::new();
    let tables = store_dir(dir.path());
    read(&tables, &tables, &mut tree);
    tree
}

fn read(top: &Path, dir: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(dir).unwrap() {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
        let name = path.strip_prefix(top).unwrap().to_owned();
        if kind.is_symlink() {
            tree.push((name, Entry::Link(fs::read_link(&path).unwrap())));
        } else if kind.is_dir() {
            tree.push((name, Entry::Directory));
            read(top, &path, tree);
        } else {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            tree.push((name, Entry::File(mode, fs::read(&path).unwrap())));
        }
    }
}
