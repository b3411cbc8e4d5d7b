//! What the end-to-end tests share: the real program, a real engine, each in a directory of its own.

pub mod remote;
pub mod schema;
pub mod visits;

use std::ffi::OsString;
use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orma_query::{QueryConfig, QuestionLimits};
use orma_store::engine::find_library;
use orma_store::{Engine, EngineConfig};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use schema::Keeper;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The admin token of every program that the tests start.
pub const ADMIN_TOKEN: &str = "admin-token-of-the-tests";

/// Longer than anything should take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// The limits of questions for services that the tests start in their own process, and of the programs that they start:
/// how busy the machine is must not decide what is answered.
pub fn patient_limits() -> QuestionLimits {
    let seconds_max = PATIENCE.as_secs();
    let wait_ms_max = 1000 * seconds_max;
    QuestionLimits { seconds_max, wait_ms_max, visits_wait_ms_max: wait_ms_max, ..QuestionLimits::default() }
}

/// A service with these limits.
pub fn patient_config() -> QueryConfig {
    QueryConfig { questions: patient_limits(), ..QueryConfig::default() }
}

/// The program under test.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_orma"))
}

/// An engine that keeps its tables below `dir`.
pub fn start_engine(dir: &Path) -> Engine {
    Engine::start(engine_config(dir)).expect("the engine starts")
}

/// An engine that finds all tables below `dir`.
pub fn start_engine_with_tables(dir: &Path) -> Engine {
    schema::lay(Keeper::Embedded, dir);
    start_engine(dir)
}

/// How [`start_engine`] starts it.
pub fn engine_config(dir: &Path) -> EngineConfig {
    EngineConfig {
        program: program(),
        library: find_library().expect("libchdb.so: run `make deps` first"),
        data_dir: dir.canonicalize().unwrap(),
        memory_bytes_max: 2 << 30,
    }
}

/// The right to have thousands of files open, which one test has at a time, and how many connections that allows.
pub struct ManyFiles {
    pub connections_max: u64,
    _alone: MutexGuard<'static, ()>,
}

impl ManyFiles {
    /// Waits for its turn.
    pub fn take() -> Self {
        /// Open files besides connections, of these and of other tests and of the program.
        const FILES_BESIDE: u64 = 300;
        static ALONE: Mutex<()> = Mutex::new(());
        // A test that failed has closed its files.
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let open_files_max = orma_collector::http::raise_open_files_max();
        assert!(
            open_files_max >= 1_000,
            "{open_files_max} open files are too few to measure anything: see `ulimit -n`"
        );
        Self { connections_max: open_files_max - FILES_BESIDE, _alone: alone }
    }
}

/// Waits until `check` gives something.
pub fn wait_for<T>(what: &str, check: impl FnMut() -> Option<T>) -> T {
    waited_for(check).unwrap_or_else(|| panic!("waited too long for {what}"))
}

/// Waits until both are the same, and tells them when they never are.
pub fn wait_for_same<T: PartialEq + Debug>(what: &str, mut look: impl FnMut() -> (T, T)) {
    let mut last = None;
    let same = waited_for(|| {
        let (found, expected) = last.insert(look());
        (found == expected).then_some(())
    });
    assert!(same.is_some(), "waited too long for {what}; found and expected: {last:?}");
}

/// What `check` gives: it looks again at once, and then less and less often. `None` when that takes too long.
fn waited_for<T>(mut check: impl FnMut() -> Option<T>) -> Option<T> {
    const PAUSE_MAX: Duration = Duration::from_millis(100);
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(5);
    while Instant::now() < deadline {
        let found = check();
        if found.is_some() {
            return found;
        }
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(PAUSE_MAX);
    }
    None
}

/// How to start the program.
#[derive(Default)]
pub struct Setup {
    subcommand: Option<&'static str>,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
}

impl Setup {
    pub fn argument(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.arguments.extend([name.into(), value.into()]);
        self
    }

    /// An option without a value.
    pub fn flag(mut self, name: &str) -> Self {
        self.arguments.push(name.into());
        self
    }

    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// `orma collect` beside this ClickHouse instead of `orma up`.
    pub fn collect(clickhouse_url: impl Into<OsString>) -> Self {
        Self { subcommand: Some("collect"), ..Self::default() }.argument("--clickhouse-url", clickhouse_url)
    }

    /// `orma query` beside this ClickHouse instead of `orma up`.
    pub fn query(clickhouse_url: impl Into<OsString>) -> Self {
        Self { subcommand: Some("query"), ..Self::default() }.argument("--clickhouse-url", clickhouse_url)
    }

    fn subcommand(&self) -> &'static str {
        self.subcommand.unwrap_or("up")
    }

    pub fn command(&self, subcommand: &str, data_dir: &Path) -> Command {
        let mut command = Command::new(program());
        command
            .arg(subcommand)
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .args(&self.arguments)
            .env("ORMA_ADMIN_TOKEN", ADMIN_TOKEN)
            // As for services in the tests' own process: see `patient_limits`.
            .env("ORMA_QUESTION_SECONDS_MAX", PATIENCE.as_secs().to_string())
            .env("ORMA_QUESTION_WAIT_MS_MAX", PATIENCE.as_millis().to_string())
            .env("ORMA_VISITS_WAIT_MS_MAX", PATIENCE.as_millis().to_string())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .process_group(0);
        command
    }

    /// Starts it in a directory of its own and waits until it serves. An engine of its own finds all tables there:
    /// [`Orma::start_in`] an empty directory is a first start.
    pub fn start(self) -> Orma {
        let dir = tempfile::tempdir().unwrap();
        if self.subcommand() == "up" && !self.arguments.iter().any(|argument| argument == "--clickhouse-url")
        {
            schema::lay(Keeper::Embedded, dir.path());
        }
        Orma::start_in(dir, self)
    }
}

/// A running `orma up`; killed when dropped.
pub struct Orma {
    child: Child,
    setup: Setup,
    pub dir: TempDir,
    pub listen: SocketAddr,
    pub admin: SocketAddr,
}

impl Orma {
    pub fn start() -> Self {
        Setup::default().start()
    }

    pub fn start_in(dir: TempDir, setup: Setup) -> Self {
        let child = setup.command(setup.subcommand(), dir.path()).stdout(Stdio::null()).spawn().unwrap();
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut orma = Self { child, setup, dir, listen: address, admin: address };
        orma.wait_until_it_serves();
        orma
    }

    fn wait_until_it_serves(&mut self) {
        let file = self.dir.path().join("running.json");
        let pid = self.child.id();
        let child = &mut self.child;
        let noted = wait_for("orma up", || {
            assert!(child.try_wait().unwrap().is_none(), "orma up ended at once");
            let noted: Value = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
            (noted["pid"] == pid).then_some(noted)
        });
        let address = |name: &str| noted[name].as_str().unwrap().parse().unwrap();
        (self.listen, self.admin) = (address("listen"), address("admin"));
    }

    /// Starts it again on the same data.
    pub fn start_again(&mut self) {
        let subcommand = self.setup.subcommand();
        self.child = self.setup.command(subcommand, self.dir.path()).stdout(Stdio::null()).spawn().unwrap();
        self.wait_until_it_serves();
    }

    /// kill -9 of the whole process group.
    pub fn kill_group(&mut self) {
        kill_process_group(pid_of(&self.child), Signal::KILL).unwrap();
        self.child.wait().unwrap();
    }

    /// kill -9 of only the program: its engine ends by itself.
    pub fn kill_program(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// kill -9 of only the engine. Returns its process id.
    pub fn kill_engine(&self) -> Pid {
        let engine = self.engine_pid();
        kill_process(engine, Signal::KILL).unwrap();
        engine
    }

    /// Stops it in the middle of whatever it does, as a machine that is suspended is.
    pub fn suspend(&self) {
        kill_process(pid_of(&self.child), Signal::STOP).unwrap();
    }

    /// Lets it go on.
    pub fn resume(&self) {
        kill_process(pid_of(&self.child), Signal::CONT).unwrap();
    }

    /// The engine's process: the child of the program that was started as `orma engine`.
    pub fn engine_pid(&self) -> Pid {
        let children = format!("/proc/{0}/task", self.child.id());
        wait_for("the engine's process", || {
            std::fs::read_dir(&children).unwrap().find_map(|task| {
                let list = std::fs::read_to_string(task.ok()?.path().join("children")).ok()?;
                Pid::from_raw(list.split_whitespace().next()?.parse().ok()?)
            })
        })
    }

    pub fn pid(&self) -> Pid {
        pid_of(&self.child)
    }

    /// Resident memory, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        self.memory_bytes("VmRSS:")
    }

    /// Memory in use that is of no file: what the process has made itself.
    pub fn own_bytes(&self) -> u64 {
        self.memory_bytes("RssAnon:")
    }

    /// The most that it ever had in memory, files included.
    pub fn peak_bytes(&self) -> u64 {
        self.memory_bytes("VmHWM:")
    }

    fn memory_bytes(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// SIGTERM alone.
    pub fn begin_stop(&self) {
        kill_process(pid_of(&self.child), Signal::TERM).unwrap();
    }

    /// SIGTERM, and how it ended.
    pub fn stop(&mut self) -> ExitStatus {
        self.begin_stop();
        let child = &mut self.child;
        wait_for("the drain", || child.try_wait().unwrap())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listen)
    }

    /// POSTs to the collector.
    pub fn post(&self, body: impl Into<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
        request("POST", &self.url("/v1/events"), headers, &body.into())
    }

    /// POSTs events of the site demo and expects all of them to be accepted.
    pub fn collect(&self, events: &Value) {
        let body = json!({"site": "demo", "visitor": "visitor-1", "events": events});
        let answer = self.post(body.to_string(), &[]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["rejected"], json!([]), "{}", answer.text);
    }

    /// Asks with a key and a bearer secret that nobody knows until they are refused for good: the collector first looks
    /// whether they were made a moment ago.
    pub fn refute(&self, key: &str, secret: Option<&str>) {
        let bearer = secret.map(|secret| format!("Bearer {secret}"));
        let headers: Vec<(&str, &str)> =
            bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
        let body = json!({"site": key, "visitor": "v", "events": [{"kind": "page_view", "url": "/"}]});
        wait_for("the refusal", || (self.post(body.to_string(), &headers).status == 401).then_some(()));
    }

    /// GETs from the query API as an admin.
    pub fn ask(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    /// GETs as an admin, whatever the answer.
    pub fn get(&self, path: &str) -> Answer {
        let bearer = format!("Bearer {ADMIN_TOKEN}");
        request("GET", &self.url(path), &[("authorization", &bearer)], &[])
    }

    /// Asks ClickHouse itself, past the query service: one JSON object a row.
    pub fn sql(&self, sql: &str) -> Vec<Value> {
        self.try_sql(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// [`Orma::sql`] while the engine may be down.
    pub fn try_sql(&self, sql: &str) -> Result<Vec<Value>, String> {
        let named = self.setup.arguments.iter().position(|argument| argument == "--clickhouse-url");
        let endpoint = match named {
            Some(at) => orma_store::Endpoint::parse(self.setup.arguments[at + 1].to_str().unwrap()).unwrap(),
            None => orma_store::engine::config::read_connection(self.dir.path())
                .map_err(|error| error.to_string())?,
        };
        let url = format!(
            "{}/?database={}&default_format=JSONEachRow&output_format_json_quote_64bit_integers=0",
            endpoint.url, endpoint.database
        );
        let headers =
            [("x-clickhouse-user", endpoint.user.as_str()), ("x-clickhouse-key", endpoint.password.as_str())];
        let answer = try_request("POST", &url, &headers, sql.as_bytes())?;
        if answer.status != 200 {
            return Err(answer.text);
        }
        answer
            .text
            .lines()
            .map(|line| serde_json::from_str(line).map_err(|error| error.to_string()))
            .collect()
    }

    /// The first number of the first row.
    pub fn number(&self, sql: &str) -> u64 {
        let rows = self.sql(sql);
        let row = rows[0].as_object().unwrap().values().next().unwrap();
        row.as_u64().unwrap_or_else(|| panic!("{sql}: {row}"))
    }

    /// What `orma doctor` says of it, and that it ends with this code.
    pub fn doctor(&self, code: i32) -> String {
        let store = self.setup.arguments.chunks(2).find(|pair| pair[0] == "--clickhouse-url");
        let output = Command::new(program())
            .args(["doctor", "--data-dir"])
            .arg(self.dir.path())
            .args(store.unwrap_or_default())
            .env_remove("ORMA_ADMIN_TOKEN")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "{text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }

    /// Waits until that many events of an orma started anew are stored, with all that views make of them: an answer
    /// before that may not have them yet.
    pub fn wait_for_events(&self, count: u64) {
        let stored = || self.number("SELECT uniqExact(site, event_id) FROM events");
        wait_for("the events", || (stored() >= count).then_some(()));
        self.wait_for_views();
        assert_eq!(stored(), count, "events");
    }

    /// Waits until the rows that an orma started anew has brought are confirmed: what views make of an insert is there a
    /// moment later than its events.
    pub fn wait_for_views(&self) {
        let events = self.number("SELECT uniqExact(site, event_id) FROM events") as f64;
        wait_for("the views", || (self.metric("orma_events_shipped_total")? >= events).then_some(()));
    }

    /// A metric of the collector, labels included in the name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = request("GET", &format!("http://{}/metrics", self.admin), &[], &[]).text;
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }
}

impl Drop for Orma {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            kill_process_group(pid_of(&self.child), Signal::KILL).ok();
            drop(self.child.wait());
        }
    }
}

/// Builds the library that makes the disk fail.
fn fault_library(dir: &Path) -> PathBuf {
    let library = dir.join("disk.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/fault/disk.c");
    let built = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .status()
        .unwrap();
    assert!(built.success());
    library
}

/// A program whose disk fails while the returned file holds `full` or `fsync`; the directory must outlive it.
pub fn with_failing_disk(setup: Setup) -> (Orma, PathBuf, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let trigger = dir.path().join("fault");
    let library = fault_library(dir.path());
    let orma = setup.variable("LD_PRELOAD", library).variable("ORMA_TEST_FAULT", &trigger).start();
    (orma, trigger, dir)
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed()).unwrap()
}

/// Whether a process is there.
pub fn is_alive(pid: Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    status.is_ok_and(|status| !status.contains(") Z "))
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// One request on a connection of its own.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_request(method, url, headers, body).unwrap_or_else(|error| panic!("{method} {url}: {error}"))
}

/// [`request`] to something that may be down.
pub fn try_request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, String> {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = if method == "GET" { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let named =
        headers.iter().fold(String::new(), |named, (name, value)| format!("{named}{name}: {value}\r\n"));
    let head =
        format!("{method} /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{length}{named}\r\n");
    // A server that has seen enough answers before it has read everything.
    let written = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    read_answer(&mut stream).map_err(|error| format!("{error} (sent: {written:?})"))
}

/// Reads an answer to its end.
pub fn read_answer(stream: &mut TcpStream) -> Result<Answer, String> {
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return Err(format!("no whole answer: {ended:?} {text:?}"));
    };
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or("no status")?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let text = if chunked { unchunk(body) } else { body.to_owned() };
    Ok(Answer { status, headers, text })
}

fn unchunk(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        if length == 0 || rest.len() < length {
            break;
        }
        out += &rest[..length];
        body = rest[length..].trim_start_matches("\r\n");
    }
    out
}
