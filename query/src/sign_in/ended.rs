//! Sessions that were ended before their time: a copy of their cookie is worth nothing.
//!
//! Kept over restarts in a file of lines `<session> <when it would have ended, seconds since the epoch>`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::cookie::Session;
use crate::timestamp::Timestamp;

/// More are not kept apart: then every session that was open ends.
const SESSIONS_MAX: usize = 10_000;
/// The line that ends all sessions which would end before its moment.
const ALL: &str = "all";

/// The sessions that have ended. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct EndedSessions(Arc<Mutex<Ended>>);

#[derive(Debug, Default)]
struct Ended {
    file: Option<PathBuf>,
    /// By id: when it would have ended.
    sessions: HashMap<String, i64>,
    /// All that would end before.
    all_before: i64,
}

impl EndedSessions {
    /// Those that `file` keeps over restarts.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(file: PathBuf) -> io::Result<Self> {
        Self::open_at(file, Timestamp::now())
    }

    fn open_at(file: PathBuf, now: Timestamp) -> io::Result<Self> {
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", file.display()))),
        };
        let mut ended = Ended { file: Some(file), ..Ended::default() };
        ended.read(&text);
        ended.forget(now);
        // Also after a line that was cut, which would spoil the next.
        if text.lines().count() > ended.sessions.len() + 1 || !(text.is_empty() || text.ends_with('\n')) {
            ended.rewrite()?;
        }
        Ok(Self(Arc::new(Mutex::new(ended))))
    }

    /// Whether a session has ended.
    pub fn holds(&self, session: &Session) -> bool {
        let ended = self.0.lock().expect("no panic while ending");
        session.payload.expires_at < ended.all_before || ended.sessions.contains_key(&session.id)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The file cannot be written: the session has ended, but a restart would not know.
    pub fn end(&self, session: &Session, now: Timestamp) -> io::Result<()> {
        let mut ended = self.0.lock().expect("no panic while ending");
        let expires_at = session.payload.expires_at;
        if expires_at < ended.all_before || ended.sessions.insert(session.id.clone(), expires_at).is_some() {
            return Ok(());
        }
        if ended.sessions.len() > SESSIONS_MAX {
            ended.forget(now);
        }
        if ended.sessions.len() > SESSIONS_MAX {
            ended.all_before = ended.sessions.values().max().map_or(0, |last| last + 1);
            ended.sessions.clear();
            return ended.rewrite();
        }
        ended.append(&session.id, expires_at)
    }
}

impl Ended {
    fn read(&mut self, text: &str) {
        for line in text.lines() {
            // A line that was cut is of a request that was never answered.
            let Some((id, expires_at)) = line.split_once(' ') else { continue };
            match (id, expires_at.parse()) {
                (ALL, Ok(before)) => self.all_before = before,
                (id, Ok(expires_at)) => drop(self.sessions.insert(id.to_owned(), expires_at)),
                (_, Err(_)) => {}
            }
        }
    }

    fn forget(&mut self, now: Timestamp) {
        self.sessions.retain(|_, expires_at| expires_at.saturating_mul(1000) > now.0);
    }

    fn append(&self, id: &str, expires_at: i64) -> io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        file.write_all(format!("{id} {expires_at}\n").as_bytes())?;
        file.sync_all()
    }

    fn rewrite(&self) -> io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let mut text = format!("{ALL} {}\n", self.all_before);
        for (id, expires_at) in &self.sessions {
            let _infallible = writeln!(text, "{id} {expires_at}");
        }
        let beside = path.with_extension("new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
    }
}

#[cfg(test)]
mod tests {
    use orma_store::Role;

    use super::super::cookie::Payload;
    use super::*;

    fn session(number: i64) -> Session {
        let payload = Payload {
            token_id: "tok_1".into(),
            role: Role::Admin,
            expires_at: 1_000 + number,
            nonce: String::new(),
        };
        Session { id: format!("id-{number}"), payload }
    }

    #[test]
    fn what_has_ended_stays_so_over_a_restart_until_it_would_have_ended() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ended-sessions");
        let open = |now| EndedSessions::open_at(file.clone(), Timestamp(now)).unwrap();
        let ended = open(0);
        ended.end(&session(1), Timestamp(0)).unwrap();
        ended.end(&session(2), Timestamp(0)).unwrap();
        assert!(ended.holds(&session(1)) && !ended.holds(&session(3)));
        assert!(open(0).holds(&session(2)));
        fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"id-3 10").unwrap();
        let later = open(1_001_000);
        assert!(!later.holds(&session(1)), "its time is over anyway");
        assert!(later.holds(&session(2)));
        assert!(!fs::read_to_string(&file).unwrap().contains("id-1"));
    }

    #[test]
    fn too_many_to_tell_apart_end_all() {
        let ended = EndedSessions::default();
        for number in 0..=SESSIONS_MAX as i64 {
            ended.end(&session(number), Timestamp(0)).unwrap();
        }
        assert!(ended.holds(&session(0)) && ended.holds(&session(SESSIONS_MAX as i64)));
        let others = session(SESSIONS_MAX as i64 + 1);
        assert!(!ended.holds(&others));
        assert!(ended.0.lock().unwrap().sessions.is_empty());
    }
}
