//! `orma spool`: what the collector holds, what was set aside, and its way back.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, bail};
use orma_collector::record::inspect::{self, Contents, SegmentFile, State};
use orma_collector::record::{Done, replay};
use orma_collector::spool::FrameError;
use orma_store::DataDir;
use orma_store::data_dir::DataDirError;
use serde_json::json;

use crate::cli::{QuarantineAction, SpoolAction, SpoolShow};

pub fn run(action: SpoolAction) -> anyhow::Result<()> {
    let data_dir = action.common().data_dir.clone();
    if !data_dir.is_dir() {
        bail!("there is no data directory {}; name it with --data-dir", data_dir.display());
    }
    let dir = data_dir.join("spool");
    match action {
        SpoolAction::Inspect { segment, show, .. } => {
            let found = choose(inspect::segments(&dir)?, segment.as_slice())?;
            self::show(&found, &show)
        }
        SpoolAction::Quarantine { action: QuarantineAction::List { json, .. } } => {
            let found = set_aside(&dir)?;
            self::show(&found, &SpoolShow { events: false, personal: false, json })
        }
        SpoolAction::Quarantine { action: QuarantineAction::Show { segment, show, .. } } => {
            let found = choose(set_aside(&dir)?, std::slice::from_ref(&segment))?;
            self::show(&found, &show)
        }
        SpoolAction::Replay { segments, salvage, .. } => put_back(&data_dir, &dir, &segments, salvage),
    }
}

fn set_aside(dir: &Path) -> io::Result<Vec<SegmentFile>> {
    let mut found = inspect::segments(dir)?;
    found.retain(|file| matches!(file.state, State::Quarantined | State::Rest | State::Torn));
    Ok(found)
}

/// The segments that are named, all if none is.
fn choose(mut found: Vec<SegmentFile>, names: &[String]) -> anyhow::Result<Vec<SegmentFile>> {
    let is = |file: &SegmentFile, name: &str| {
        let whole = file.name();
        let id = whole.split_once('-').map_or("", |(_, id)| id);
        whole.starts_with(name) || id.starts_with(&name.replace('-', ""))
    };
    for name in names {
        match found.iter().filter(|file| is(file, name)).count() {
            0 => bail!("there is no segment `{name}` here; `orma spool inspect` shows them"),
            1 => {}
            several => bail!("`{name}` is the beginning of {several} segments; say more of the name"),
        }
    }
    if !names.is_empty() {
        found.retain(|file| names.iter().any(|name| is(file, name)));
    }
    Ok(found)
}

fn show(found: &[SegmentFile], show: &SpoolShow) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let shown =
        if show.events { records(found, show.personal, &mut out) } else { table(found, show.json, &mut out) };
    match shown.and_then(|()| out.flush()) {
        // `orma spool inspect | head` is no mistake.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        shown => Ok(shown?),
    }
}

/// The bytes of a segment; `None` when it was shipped since the directory was read.
fn read(file: &SegmentFile) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(&file.path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn records(found: &[SegmentFile], personal: bool, out: &mut impl io::Write) -> io::Result<()> {
    for file in found {
        let Some(bytes) = read(file)? else { continue };
        match inspect::records(&bytes, personal) {
            Ok(records) => {
                for record in records {
                    writeln!(out, "{record}")?;
                }
            }
            Err(error) => eprintln!("orma: {}: {error}", file.name()),
        }
    }
    Ok(())
}

fn table(found: &[SegmentFile], as_json: bool, out: &mut impl io::Write) -> io::Result<()> {
    if !as_json && found.is_empty() {
        return writeln!(out, "no segments");
    }
    if !as_json {
        writeln!(
            out,
            "{:<50} {:<11} {:>10} {:>8} {:>8} {:>8} {:>7}  sites; damage",
            "segment", "state", "bytes", "age", "events", "refused", "counts"
        )?;
    }
    for file in found {
        let Some(bytes) = read(file)? else { continue };
        let contents = inspect::contents(&bytes);
        if as_json {
            writeln!(out, "{}", as_object(file, &contents, bytes.len()))?;
            continue;
        }
        let age = file.modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
        let age = age.map_or_else(|| "?".to_owned(), |age| readable_age(age.as_secs()));
        let counted = |number: fn(&Contents) -> u64| {
            contents.as_ref().map_or_else(|_| "?".to_owned(), |contents| number(contents).to_string())
        };
        writeln!(
            out,
            "{:<50} {:<11} {:>10} {age:>8} {:>8} {:>8} {:>7}  {}",
            file.name(),
            file.state.as_str(),
            bytes.len(),
            counted(|contents| contents.events),
            counted(|contents| contents.refused),
            counted(|contents| contents.counts),
            remarks(file, &contents, bytes.len()),
        )?;
    }
    Ok(())
}

fn readable_age(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Sites with their events, and what is wrong with the segment.
fn remarks(file: &SegmentFile, contents: &Result<Contents, FrameError>, bytes: usize) -> String {
    let contents = match contents {
        Ok(contents) => contents,
        // The header of a segment is on the disk with its first records.
        Err(_) if file.state == State::Open => return "nothing yet".to_owned(),
        Err(error) => return error.to_string(),
    };
    let mut text = String::new();
    for (site, events) in &contents.sites {
        let comma = if text.is_empty() { "" } else { ", " };
        let _infallible = write!(text, "{comma}{site} {events}");
    }
    let tail = bytes - contents.valid_bytes;
    let mut say = |remark: String| {
        let _infallible = write!(text, "; {remark}");
    };
    match &contents.damage {
        Some(_) if file.state == State::Open => say(format!("{tail} bytes of an unfinished write")),
        Some(damage) => say(format!("{damage} ({tail} bytes not read)")),
        None => {}
    }
    if contents.unreadable > 0 {
        say(format!("{} records cannot be read", contents.unreadable));
    }
    let done = Done::of(&file.path);
    if done != Done::default() {
        say(format!("ClickHouse has its{}", confirmed(done)));
    }
    text
}

fn confirmed(done: Done) -> String {
    [(done.events, " events"), (done.refused, " refused-events"), (done.ledger, " counts")]
        .into_iter()
        .filter_map(|(done, name)| done.then_some(name))
        .collect()
}

fn as_object(file: &SegmentFile, contents: &Result<Contents, FrameError>, bytes: usize) -> serde_json::Value {
    let modified = file.modified.and_then(|modified| jiff::Timestamp::try_from(modified).ok());
    let mut object = json!({"segment": file.name(), "state": file.state.as_str(), "bytes": bytes,
        "file": file.path, "modified_at": modified});
    let done = Done::of(&file.path);
    let more = match contents {
        Ok(contents) => json!({
            "id": contents.id,
            "created_at": jiff::Timestamp::from_millisecond(contents.created_ms).ok(),
            "events": contents.events, "refused": contents.refused, "counts": contents.counts,
            "sites": contents.sites, "unreadable_records": contents.unreadable,
            "unread_bytes": bytes - contents.valid_bytes,
            "damage": contents.damage.as_ref().map(ToString::to_string),
            "confirmed": {"events": done.events, "refused": done.refused, "counts": done.ledger},
        }),
        Err(error) => json!({"damage": error.to_string()}),
    };
    if let (Some(object), serde_json::Value::Object(mut more)) = (object.as_object_mut(), more) {
        object.append(&mut more);
    }
    object
}

fn put_back(data_dir: &Path, dir: &Path, names: &[String], salvage: bool) -> anyhow::Result<()> {
    // The data directory of another version must not be touched, and two hands must not move the same file: a second
    // replay finds it gone.
    let who = match DataDir::open(data_dir) {
        Ok(_not_running) => "the next start of orma ships".to_owned(),
        Err(DataDirError::InUse { pid, .. }) => format!("the running orma (process {pid}) ships"),
        Err(error) => return Err(error.into()),
    };
    let finished = replay::finish_salvages(dir)?;
    if finished > 0 {
        println!("{finished} salvages of an earlier replay are completed");
    }
    let mut candidates = inspect::segments(dir)?;
    candidates.retain(|file| file.state == State::Quarantined);
    if candidates.is_empty() && names.is_empty() {
        println!("nothing is in quarantine");
        return Ok(());
    }
    let (mut done, mut failed) = (0, 0);
    for file in choose(candidates, names)? {
        let name = file.name();
        match replay::replay(dir, &file.path, salvage) {
            Ok(replayed) => {
                done += 1;
                let rest = match replayed.lost_bytes {
                    0 => String::new(),
                    lost => format!("; {lost} damaged bytes stay in {name}.rest"),
                };
                println!("{name}: {} events, {} refused{rest}", replayed.events, replayed.refused);
            }
            Err(error) => {
                failed += 1;
                eprintln!("orma: {name}: {error}");
            }
        }
    }
    if done > 0 {
        println!("{who} {}", if done == 1 { "it".to_owned() } else { format!("these {done}") });
    }
    match failed {
        0 => Ok(()),
        failed => {
            Err(anyhow::Error::msg(format!("{failed} of {} segments stay in quarantine", failed + done)))
                .context("not everything was put back")
        }
    }
}
