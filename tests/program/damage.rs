//! Every file of the data directory, damaged in every way, against the real program: it starts, or says which file it
//! cannot do without; and no answered event is neither in the store nor told of.
//!
//! `ORMA_DAMAGE_ROUNDS` says how many rounds (8), `ORMA_DAMAGE_SEED` where they begin (the clock): round `n` has the
//! seed `ORMA_DAMAGE_SEED + n`, which a failure prints, so that one round can be had again.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use crate::support::{self, Orma, PATIENCE, Setup, program, wait_for};

/// When what waits in the spool is not shipped by then, it stays there, which is no loss.
const DRAIN_SECONDS_MAX: u64 = 15;
/// Rounds at once: each waits more than it computes.
const THREADS: u64 = 2;

/// A data directory in some state, and the events that were answered with 200 by then.
struct State {
    name: &'static str,
    dir: PathBuf,
    answered: BTreeSet<String>,
}

fn event_id(number: u32) -> String {
    format!("0193a1b2-c3d4-7e5f-8a9b-{number:012x}")
}

fn send(orma: &Orma, numbers: std::ops::Range<u32>, answered: &mut BTreeSet<String>) {
    for number in numbers {
        let event = json!({"id": event_id(number), "kind": "page_view", "url": format!("https://b.example/p{number}")});
        orma.collect(&json!([event]));
        answered.insert(event_id(number));
    }
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target, kind) = (entry.path(), to.join(entry.file_name()), entry.file_type().unwrap());
        if kind.is_symlink() {
            symlink(fs::read_link(&source).unwrap(), &target).unwrap();
        } else if kind.is_dir() {
            copy_tree(&source, &target);
        } else {
            fs::copy(&source, &target).unwrap();
        }
    }
}

/// The four states: never started, stopped with data in the engine, killed with answered events in an open segment, and
/// with a backlog because ClickHouse was away.
fn states(place: &Path) -> Vec<State> {
    let snapshot = |name: &'static str, orma: &Orma, answered: &BTreeSet<String>| {
        let dir = place.join(name);
        copy_tree(orma.dir.path(), &dir);
        State { name, dir, answered: answered.clone() }
    };
    fs::create_dir(place.join("fresh")).unwrap();
    let mut states = vec![State { name: "fresh", dir: place.join("fresh"), answered: BTreeSet::new() }];

    let mut answered = BTreeSet::new();
    let mut orma = Orma::start_in(tempfile::tempdir().unwrap(), Setup::default());
    for batch in 0..3 {
        send(&orma, batch * 20..(batch + 1) * 20, &mut answered);
        wait_for("the events", || (orma.metric("orma_spool_bytes") == Some(0.0)).then_some(()));
    }
    assert_eq!(orma.stop().code(), Some(0));
    states.push(snapshot("stopped", &orma, &answered));

    let open_segment = |orma: &Orma| {
        let mut files = fs::read_dir(orma.dir.path().join("spool")).unwrap().flatten();
        files.any(|file| file.path().extension().is_some_and(|ending| ending == "open"))
    };
    for batch in 3.. {
        orma.start_again();
        // Each segment is open for half a second.
        send(&orma, batch * 20..(batch + 1) * 20, &mut answered);
        orma.kill_group();
        if open_segment(&orma) {
            break;
        }
    }
    states.push(snapshot("killed", &orma, &answered));

    let dir = tempfile::tempdir().unwrap();
    copy_tree(&place.join("killed"), dir.path());
    let mut alone = Orma::start_in(dir, Setup::collect("http://orma:nobody@127.0.0.1:1/orma"));
    for batch in 1_000..1_003 {
        send(&alone, batch * 20..(batch + 1) * 20, &mut answered);
        std::thread::sleep(Duration::from_millis(600));
    }
    alone.kill_group();
    states.push(snapshot("backlog", &alone, &answered));
    states
}

/// Files of a data directory by what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Small,
    Segment,
    Definition,
    Part,
}

fn files(dir: &Path) -> Vec<(Class, PathBuf)> {
    let mut found = Vec::new();
    let mut left = vec![dir.to_owned()];
    while let Some(place) = left.pop() {
        for entry in fs::read_dir(place).unwrap().flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.strip_prefix(dir).unwrap().to_string_lossy().into_owned();
            let class = match name.as_str() {
                _ if name.starts_with("spool/") => Class::Segment,
                _ if !name.starts_with("engine/store/") => Class::Small,
                _ if path.extension().is_some_and(|ending| ending == "sql")
                    || name.ends_with("metadata/orma") =>
                {
                    Class::Definition
                }
                _ if name.ends_with("format_version.txt") || name.ends_with("definitions.json") => {
                    Class::Definition
                }
                _ => Class::Part,
            };
            found.push((class, path));
        }
    }
    found.sort_by(|one, other| one.1.cmp(&other.1));
    found
}

/// What a first start would make, for damage in a directory where nothing is yet.
const NAMES: [&str; 9] = [
    "lock",
    "format",
    "secret",
    "sites.json",
    "cookieless-salt",
    "running.json",
    "engine/password",
    "engine/connection",
    "spool/0000000000000001-0193a1b2c3d47e5f8a9b000000000000.open",
];

#[derive(Debug)]
#[expect(dead_code, reason = "a failure shows all of it")]
struct Damage {
    class: Class,
    path: PathBuf,
    kind: &'static str,
    /// Nothing is left that could say what was lost: the accounts must.
    leaves_nothing: bool,
}

const KINDS: [&str; 12] = [
    "flip",
    "flip",
    "flip",
    "cut",
    "overwrite",
    "zero",
    "delete",
    "empty",
    "directory",
    "append",
    "link",
    "huge",
];

fn damage(dir: &Path, random: &mut Rng) -> Damage {
    let all = files(dir);
    let (class, path) = if all.is_empty() || random.u64(..20) == 0 {
        (Class::Small, dir.join(random.choice(&NAMES).unwrap()))
    } else {
        let classes: Vec<Class> = [Class::Small, Class::Segment, Class::Definition, Class::Part]
            .into_iter()
            .filter(|class| all.iter().any(|(of, _)| of == class))
            .collect();
        let class = *random.choice(&classes).unwrap();
        let of_class: Vec<&PathBuf> =
            all.iter().filter(|(of, _)| *of == class).map(|(_, path)| path).collect();
        (class, (*random.choice(&of_class).unwrap()).clone())
    };
    let mut kind = *random.choice(&KINDS).unwrap();
    // The engine reads its own files whole.
    if kind == "huge" && class == Class::Part {
        kind = "append";
    }
    // A link, or what an earlier damage put there.
    if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
        kind = *random.choice(&["delete", "directory", "link"]).unwrap();
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let bytes = fs::read(&path).unwrap_or_default();
    apply(kind, &path, bytes, random);
    // A segment may be cut between two records.
    let leaves_nothing =
        class == Class::Segment && matches!(kind, "delete" | "empty" | "directory" | "link" | "cut");
    Damage { class, path, kind, leaves_nothing }
}

fn apply(kind: &str, path: &Path, mut bytes: Vec<u8>, random: &mut Rng) {
    let (from, length) = (random.u64(..bytes.len().max(1) as u64) as usize, 1 + random.u64(..300) as usize);
    let to = (from + length).min(bytes.len());
    let replace = |make: &dyn Fn(&Path)| {
        drop(fs::remove_file(path));
        drop(fs::remove_dir_all(path));
        make(path);
    };
    match kind {
        "delete" => return replace(&|_| {}),
        "directory" => return replace(&|path| fs::create_dir(path).unwrap()),
        "link" => return replace(&|path| symlink("/nonexistent/orma", path).unwrap()),
        "huge" => {
            // Sparse: it has a size and no blocks.
            let mut file =
                fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(b"x").unwrap();
            return file.set_len(3 << 30).unwrap();
        }
        "flip" if !bytes.is_empty() => bytes[from] ^= 1 << random.u64(..8),
        "overwrite" if !bytes.is_empty() => {
            bytes[from..to].iter_mut().for_each(|byte| *byte = random.u64(..256) as u8);
        }
        "zero" => bytes.fill(0),
        "cut" => bytes.truncate(from),
        "empty" => bytes.clear(),
        _ => bytes.extend((0..length).map(|_| random.u64(..256) as u8)),
    }
    fs::write(path, bytes).unwrap();
}

/// A start of the program whose words are kept.
struct Started {
    child: Child,
    log: PathBuf,
}

impl Started {
    fn new(dir: &Path, log: PathBuf) -> Self {
        let file = fs::File::create(&log).unwrap();
        let child = Setup::default().command("up", dir).stdout(Stdio::null()).stderr(file).spawn().unwrap();
        Self { child, log }
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap()).into_owned()
    }

    /// The admin address once it serves; `None` when it ended.
    fn serves(&mut self, dir: &Path) -> Result<Option<String>, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if self.child.try_wait().unwrap().is_some() {
                return Ok(None);
            }
            let noted = fs::metadata(dir.join("running.json")).is_ok_and(|metadata| metadata.len() < 4096);
            let noted = noted.then(|| fs::read(dir.join("running.json")).ok()).flatten();
            let noted: Option<Value> = noted.and_then(|text| serde_json::from_slice(&text).ok());
            if let Some(noted) = noted.filter(|noted| noted["pid"] == self.child.id()) {
                return Ok(Some(noted["admin"].as_str().unwrap().to_owned()));
            }
            if Instant::now() > deadline {
                return Err(format!("neither serves nor ends within {PATIENCE:?}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process_group(group, Signal::KILL).ok();
        // The engine has a group of its own and follows.
        drop(self.child.wait());
    }
}

fn metric(admin: &str, name: &str) -> f64 {
    let text = support::request("GET", &format!("http://{admin}/metrics"), &[], &[]).text;
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()).unwrap_or(0.0)
}

/// Waits until all that can be shipped is.
fn drain(dir: &Path, admin: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(DRAIN_SECONDS_MAX);
    let mut calm = 0;
    while calm < 2 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(150));
        let waiting = fs::read_dir(dir.join("spool/replay")).map_or(0, |files| {
            files
                .flatten()
                .filter(|file| file.path().extension().is_some_and(|ending| ending == "seg"))
                .count()
        });
        calm = if waiting == 0 && metric(admin, "orma_spool_bytes") == 0.0 { calm + 1 } else { 0 };
    }
    calm == 2
}

/// The ids in the store, or what the engine says of a part that it cannot read.
fn stored(dir: &Path) -> Result<BTreeSet<String>, String> {
    let endpoint = orma_store::engine::config::read_connection(dir).map_err(|error| error.to_string())?;
    let url = format!("{}/?database={}", endpoint.url, endpoint.database);
    let headers =
        [("x-clickhouse-user", endpoint.user.as_str()), ("x-clickhouse-key", endpoint.password.as_str())];
    let answer = support::try_request(
        "POST",
        &url,
        &headers,
        b"SELECT DISTINCT toString(event_id) FROM events FORMAT TSV",
    )?;
    if answer.status != 200 || answer.text.contains("DB::Exception") {
        return Err(answer.text);
    }
    Ok(answer.text.lines().map(ToOwned::to_owned).collect())
}

fn doctor(dir: &Path) -> String {
    let output = std::process::Command::new(program())
        .args(["doctor", "--json", "--data-dir"])
        .arg(dir)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    AllStored,
    LossTold,
    Waiting,
    StartRefused,
}

fn round(states: &[State], seed: u64, place: &Path) -> Result<Ended, String> {
    let random = &mut Rng::with_seed(seed);
    let state = random.choice(states).unwrap();
    let dir = place.join(format!("round-{seed}"));
    copy_tree(&state.dir, &dir);
    let damages: Vec<Damage> = (0..=random.u64(..2)).map(|_| damage(&dir, random)).collect();
    let log = place.join(format!("round-{seed}.log"));
    let mut started = Started::new(&dir, log.clone());
    let ended = judge(&mut started, state, &dir, &damages);
    let said = started.said();
    drop(started);
    drop(fs::remove_dir_all(&dir));
    drop(fs::remove_file(log));
    ended.map_err(|why| format!("ORMA_DAMAGE_SEED={seed}, {}: {why}\n{damages:#?}\n{said}", state.name))
}

fn judge(started: &mut Started, state: &State, dir: &Path, damages: &[Damage]) -> Result<Ended, String> {
    let Some(admin) = started.serves(dir)? else {
        return is_explained(&started.said(), damages).map(|()| Ended::StartRefused);
    };
    private_below(dir)?;
    if !drain(dir, &admin) {
        return Ok(Ended::Waiting);
    }
    let missing = match stored(dir) {
        Ok(stored) => state.answered.difference(&stored).count(),
        // It is told at every question.
        Err(error) if error.contains("engine/store") || error.contains("DB::Exception") => {
            return Ok(Ended::LossTold);
        }
        Err(error) => return Err(error),
    };
    if missing == 0 {
        return Ok(Ended::AllStored);
    }
    // What lies in quarantine is not lost, whatever was damaged.
    if metric(&admin, "orma_spool_quarantined_segments") > 0.0 {
        return Ok(Ended::LossTold);
    }
    let holds_events = |damage: &&Damage| matches!(damage.class, Class::Segment | Class::Part);
    let Some(_) = damages.iter().find(holds_events) else {
        return Err(format!("{missing} answered events are lost, and no file was damaged that holds any"));
    };
    let told = ["orma_spool_torn_bytes", "orma_spool_damaged_segments"];
    let counted = told.iter().any(|name| metric(&admin, name) > 0.0);
    let in_report = || doctor(dir).contains("ClickHouse set damaged parts aside");
    let beyond_counting = damages.iter().filter(holds_events).any(|damage| damage.leaves_nothing);
    if counted || in_report() || beyond_counting {
        return Ok(Ended::LossTold);
    }
    Err(format!("{missing} answered events are neither stored nor counted"))
}

/// A start that fails names the file, or for the engine's own the directory of its tables, and says so in a line.
fn is_explained(said: &str, damages: &[Damage]) -> Result<(), String> {
    let Some(words) = said.lines().find(|line| line.starts_with("orma: ")).map(|_| said) else {
        return Err("the start failed without a word".into());
    };
    let named = damages.iter().any(|damage| {
        let name = damage.path.file_name().unwrap().to_string_lossy();
        words.contains(&*name)
            || damage.path.to_string_lossy().contains("engine/store/") && words.contains("engine/store")
    });
    if named { Ok(()) } else { Err("the start failed and names no damaged file".into()) }
}

/// Nobody else may read anything of a directory that is in use, whatever was there before.
fn private_below(dir: &Path) -> Result<(), String> {
    for name in
        ["spool", "engine", "secret", "sites.json", "running.json", "cookieless-salt", "lock", "format"]
    {
        let path = dir.join(name);
        if let Ok(metadata) = fs::metadata(&path)
            && metadata.permissions().mode() & 0o077 != 0
        {
            return Err(format!("{} has mode {:o}", path.display(), metadata.permissions().mode()));
        }
    }
    Ok(())
}

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}

#[test]
fn whatever_is_damaged_the_start_succeeds_or_names_the_file_and_no_answered_event_is_lost_unseen() {
    let rounds = from_environment("ORMA_DAMAGE_ROUNDS", 8);
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
    let first = from_environment("ORMA_DAMAGE_SEED", clock);
    println!("ORMA_DAMAGE_SEED={first}");
    let place = tempfile::tempdir().unwrap();
    let states = states(place.path());
    let next = AtomicU64::new(0);
    let results = std::thread::scope(|scope| {
        let work = || {
            let mut results = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= rounds {
                    return results;
                }
                let result = round(&states, first + number, place.path());
                if let Err(failure) = &result {
                    println!("{failure}");
                }
                results.push(result);
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let count = |ended| results.iter().filter(|result| **result == Ok(ended)).count();
    println!(
        "{rounds} rounds: all stored {}, a loss was told {}, events wait in the spool {}, the start named a file {}",
        count(Ended::AllStored),
        count(Ended::LossTold),
        count(Ended::Waiting),
        count(Ended::StartRefused)
    );
    let failures: Vec<&String> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert!(failures.is_empty(), "{} of {rounds} rounds failed, the first: {}", failures.len(), failures[0]);
}
