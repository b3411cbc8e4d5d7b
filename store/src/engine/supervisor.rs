//! Starts the engine's child process, starts it again when it dies, replaces it when it does not answer, and stops it
//! cleanly.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::client::{Endpoint, Others, Store, StoreError};
use crate::engine::config::{self, DATABASE, EngineConfig, EngineFiles};
use crate::engine::probe::{self, Demand, Fault, Health, Outcome};
use crate::engine::users::{QUESTIONS_USER, READER_USER, SERVICE_USER};
use crate::reader;

/// How long the first start may take: a large store is opened in under a second, a damaged disk is not.
const START_MS_MAX: u64 = 60_000;
/// How long a clean stop may take before the child is killed; ClickHouse survives that too.
pub const STOP_MS_MAX: u64 = 2_000;
/// How much of it may be spent on asking the engine to stop.
const STOP_ASK_MS_MAX: u64 = 500;
const RESTART_BACKOFF_MS_MIN: u64 = 100;
const RESTART_BACKOFF_MS_MAX: u64 = 5_000;
/// An engine that lived this long is restarted at once, not after the last back-off.
const STABLE_MS: u64 = 30_000;
const CHILD_POLL_MS: u64 = 50;
/// A port that is free when it is asked for may be another's when the engine comes to open it: how many are tried.
const PORTS_MAX: u32 = 5;
/// How ClickHouse says so.
const PORT_IS_TAKEN: &str = "Address already in use";

/// How ClickHouse says that its directory is another's: after a kill -9 the engine of before may still be ending.
const DIRECTORY_IS_TAKEN: &str = "Another server instance in same directory";
/// For so long it is waited for.
const DIRECTORY_WAIT: Duration = Duration::from_secs(15);

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its files or process could not be made.
    #[error("the embedded engine cannot be set up: {0}")]
    Setup(#[from] io::Error),
    /// It ended by itself or did not answer in time.
    #[error("the embedded engine did not start: {0}")]
    Start(String),
}

/// What the supervisor thread and its owner share.
#[derive(Debug, Default)]
struct Shared {
    stopping: AtomicBool,
    /// It was asked to stop and did not answer.
    unanswered: AtomicBool,
    deaths: AtomicU64,
    hangs: AtomicU64,
    deafness: AtomicU64,
    pid: AtomicU32,
}

impl Shared {
    fn count(&self, end: &End) {
        let counter = match end {
            End::Died(_) => &self.deaths,
            End::Replaced(Fault::Hangs(_)) => &self.hangs,
            End::Replaced(Fault::NotListening) => &self.deafness,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn metrics(&self) -> String {
        let mut text =
            "# HELP orma_engine_restarts_total Times that the embedded engine was started again.\n\
            # TYPE orma_engine_restarts_total counter\n"
                .to_owned();
        for (reason, counter) in
            [("died", &self.deaths), ("hung", &self.hangs), ("not_listening", &self.deafness)]
        {
            let restarts = counter.load(Ordering::Relaxed);
            writeln!(text, "orma_engine_restarts_total{{reason=\"{reason}\"}} {restarts}").expect("memory");
        }
        text
    }
}

/// How a life of the engine ended.
enum End {
    /// By itself, or it did not start.
    Died(String),
    /// It was there, but of no use.
    Replaced(Fault),
}

/// A running embedded engine. Dropping it kills the child.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    supervisor: Option<JoinHandle<()>>,
    store: Store,
}

impl Engine {
    /// Starts the engine and waits until it answers. Blocks; the returned store is connected to it and follows it
    /// to another port if a restart needs one.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn start(config: EngineConfig) -> Result<Self, EngineError> {
        Self::start_on(config, free_port)
    }

    /// [`Engine::start`] on a loopback port that `ports` gives; asked again when another program has taken it, and
    /// when the engine is started again.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn start_on(
        config: EngineConfig,
        ports: impl FnMut() -> io::Result<u16> + Send + 'static,
    ) -> Result<Self, EngineError> {
        let files = config::write_files(&config)?;
        let shared = Arc::new(Shared::default());
        let (ready_sender, ready) = std::sync::mpsc::channel();
        let store = Store::connect(endpoint(0, SERVICE_USER, &files.password));
        store.keeps_its_tables_in(&files.store_dir);
        let ports = Box::new(ports);
        let supervisor = Supervisor { config, files, shared: shared.clone(), store: store.clone(), ports };
        // A thread of its own for life: the child's parent-death signal fires when the thread that started it
        // ends, so a worker of a runtime must not be that thread.
        let thread = std::thread::Builder::new()
            .name("engine-supervisor".into())
            .spawn(move || supervisor.run(&ready_sender))?;
        let engine = Self { shared, supervisor: Some(thread), store };
        match ready.recv() {
            Ok(Ok(())) => Ok(engine),
            Ok(Err(reason)) => Err(EngineError::Start(reason)),
            Err(_) => Err(EngineError::Start("its supervisor ended".into())),
        }
    }

    /// The store that the engine serves.
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// How often the engine was started again, whatever the reason.
    pub fn restarts(&self) -> u64 {
        let counters = [&self.shared.deaths, &self.shared.hangs, &self.shared.deafness];
        counters.into_iter().map(|counter| counter.load(Ordering::Relaxed)).sum()
    }

    /// What Prometheus reads of the engine.
    pub fn metrics(&self) -> impl Fn() -> String + Send + Sync + Clone + 'static {
        let shared = self.shared.clone();
        move || shared.metrics()
    }

    /// The process id of the child, for metrics and tests.
    pub fn pid(&self) -> u32 {
        self.shared.pid.load(Ordering::Relaxed)
    }

    /// Asks the engine to end and waits for it, [`STOP_MS_MAX`] at most; one that does not answer is killed.
    pub async fn stop(mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The engine's control statement is a sleeping query: with it gone, the engine returns. The answer may be
        // cut off by the exit, so a failure here says nothing; the supervisor waits for the exit itself.
        let store = self.store.clone().with_time_limit(Duration::from_millis(STOP_ASK_MS_MAX));
        if let Err(error) = store.execute("KILL QUERY WHERE 1 ASYNC", &[]).await {
            tracing::debug!(%error, "the engine's stop was not answered");
            if matches!(error, StoreError::TimedOut) {
                self.shared.unanswered.store(true, Ordering::SeqCst);
            }
        }
        // It also waits for its connections to close, and our pool would keep them for a while.
        self.store.disconnect();
        if let Some(thread) = self.supervisor.take() {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the engine's supervisor panicked");
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
    }
}

fn endpoint(port: u16, user: &str, password: &str) -> Endpoint {
    Endpoint {
        url: format!("http://127.0.0.1:{port}"),
        user: user.into(),
        password: password.into(),
        database: DATABASE.into(),
    }
}

struct Supervisor {
    config: EngineConfig,
    files: EngineFiles,
    shared: Arc<Shared>,
    store: Store,
    ports: Box<dyn FnMut() -> io::Result<u16> + Send>,
}

impl Supervisor {
    fn run(mut self, ready: &std::sync::mpsc::Sender<Result<(), String>>) {
        let mut backoff_ms = RESTART_BACKOFF_MS_MIN;
        let mut first = true;
        while !self.stopping() {
            let started = Instant::now();
            let ended = match self.start_child() {
                Ok((mut child, port)) => {
                    tracing::info!(pid = child.id(), "the engine answers");
                    if std::mem::take(&mut first) && ready.send(Ok(())).is_err() {
                        return stop_child(&mut child);
                    }
                    self.watch(&mut child, port)
                }
                Err(reason) if first => {
                    if ready.send(Err(reason)).is_err() {
                        tracing::debug!("nobody waits for the engine any more");
                    }
                    return;
                }
                Err(reason) => End::Died(reason),
            };
            if self.stopping() {
                return;
            }
            if started.elapsed() > Duration::from_millis(STABLE_MS) {
                backoff_ms = RESTART_BACKOFF_MS_MIN;
            }
            self.shared.count(&ended);
            match ended {
                End::Died(reason) => {
                    tracing::error!(%reason, backoff_ms, "the engine died and is started again");
                }
                End::Replaced(fault) => {
                    tracing::error!(reason = %fault, backoff_ms, "the engine does not answer and is replaced");
                }
            }
            std::thread::sleep(Duration::from_millis(backoff_ms));
            backoff_ms = (backoff_ms * 2).min(RESTART_BACKOFF_MS_MAX);
        }
    }

    fn stopping(&self) -> bool {
        self.shared.stopping.load(Ordering::SeqCst)
    }

    /// Starts the child on a port of its own.
    fn start_child(&mut self) -> Result<(Child, u16), String> {
        let mut tried = 0;
        let begun = Instant::now();
        loop {
            let port = (self.ports)().map_err(|error| format!("no free loopback port: {error}"))?;
            tried += 1;
            match self.start_child_on(port) {
                Err(reason) if tried < PORTS_MAX && reason.contains(PORT_IS_TAKEN) && !self.stopping() => {
                    tracing::info!(port, "another program took the port; the engine tries the next");
                }
                Err(reason)
                    if reason.contains(DIRECTORY_IS_TAKEN)
                        && begun.elapsed() < DIRECTORY_WAIT
                        && !self.stopping() =>
                {
                    tracing::info!("the engine of before is still ending");
                    std::thread::sleep(Duration::from_millis(RESTART_BACKOFF_MS_MIN));
                }
                started => return started.map(|child| (child, port)),
            }
        }
    }

    /// Starts the child and waits until it answers.
    fn start_child_on(&self, port: u16) -> Result<Child, String> {
        let mut child = Command::new(&self.config.program)
            .arg("engine")
            .arg("--library")
            .arg(&self.config.library)
            .arg("--config-file")
            .arg(&self.files.config_file)
            .arg("--store-dir")
            .arg(&self.files.store_dir)
            .arg("--port")
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // A Ctrl-C in the terminal is for orma: it drains the spool into the engine before it stops it.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.config.program.display()))?;
        self.shared.pid.store(child.id(), Ordering::Relaxed);
        let last_words = forward_log(&mut child);
        let deadline = Instant::now() + Duration::from_millis(START_MS_MAX);
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                let words = last_words.join().unwrap_or_default();
                return Err(if words.is_empty() { format!("{status}") } else { words });
            }
            if answers(port, &self.files.password) {
                let service = endpoint(port, SERVICE_USER, &self.files.password);
                let questions = endpoint(port, QUESTIONS_USER, &self.files.questions_password);
                let reader = reader::in_engine(endpoint(port, READER_USER, &self.files.reader_password));
                let analyst_password = &self.files.analyst_password;
                let written = config::write_connection(&self.config.data_dir, &service, analyst_password);
                written.map_err(|error| format!("cannot note where the engine listens: {error}"))?;
                self.store.reconnect(service, Some(&Others { questions, reader }));
                return Ok(child);
            }
            if self.stopping() || Instant::now() > deadline {
                stop_child(&mut child);
                return Err(format!("no answer within {START_MS_MAX} ms"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns when the child has ended: by itself, because it was told to, or because it gave no answer.
    fn watch(&self, child: &mut Child, port: u16) -> End {
        let probes = match probe::start(port) {
            Ok(probes) => probes,
            Err(error) => {
                stop_child(child);
                return End::Died(format!("nobody can ask whether it answers: {error}"));
            }
        };
        let mut health = Health::default();
        let mut stopping_since = None;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return End::Died(status.to_string()),
                Ok(None) => {}
                Err(error) => return End::Died(error.to_string()),
            }
            if self.stopping() {
                let since = *stopping_since.get_or_insert_with(Instant::now);
                let unanswered = self.shared.unanswered.load(Ordering::SeqCst);
                if unanswered || since.elapsed() > Duration::from_millis(STOP_MS_MAX - STOP_ASK_MS_MAX) {
                    tracing::info!(
                        unanswered,
                        "the engine hangs or waits for somebody else's connection and is killed, which is safe"
                    );
                    stop_child(child);
                }
            } else if let Ok(probe) = probes.try_recv() {
                let is_silent = probe.outcome == Outcome::Silent;
                let demand = is_silent.then(|| Demand::of(child.id())).flatten();
                if let Some(fault) = health.judge(probe, Instant::now(), demand) {
                    stop_child(child);
                    return End::Replaced(fault);
                }
            }
            std::thread::sleep(Duration::from_millis(CHILD_POLL_MS));
        }
    }
}

fn stop_child(child: &mut Child) {
    if let Err(error) = child.kill().and_then(|()| child.wait().map(drop)) {
        tracing::warn!(%error, "the engine's process could not be killed");
    }
}

/// Passes the engine's own warnings on; returns its last error or last line, which says why it ended.
fn forward_log(child: &mut Child) -> JoinHandle<String> {
    const LINE_BYTES_MAX: u64 = 4096;
    let stderr = child.stderr.take();
    std::thread::spawn(move || {
        let mut last = String::new();
        let Some(stderr) = stderr else { return last };
        let mut reader = BufReader::new(stderr);
        loop {
            let mut line = Vec::new();
            match reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return last,
                Ok(_) => {
                    let line = String::from_utf8_lossy(&line);
                    let line = line.trim_end();
                    if !line.is_empty() {
                        tracing::debug!(target: "engine", "{line}");
                    }
                    // What it says while it goes does not hide why it goes.
                    if line.starts_with("Code: ") || !(line.is_empty() || last.starts_with("Code: ")) {
                        line.clone_into(&mut last);
                    }
                }
            }
        }
    })
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether our engine answers: another program's may have taken the port meanwhile, but does not know the password.
/// Plain sockets, because the supervisor is a thread outside any runtime.
fn answers(port: u16, password: &str) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let question = format!(
        "GET /?query=SELECT%201 HTTP/1.0\r\nX-ClickHouse-User: {SERVICE_USER}\r\nX-ClickHouse-Key: {password}\r\n\r\n"
    );
    let answer = TcpStream::connect_timeout(&address, Duration::from_millis(200)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(question.as_bytes())?;
        let mut answer = String::new();
        stream.take(1024).read_to_string(&mut answer)?;
        Ok(answer)
    });
    answer.is_ok_and(|answer| answer.contains(" 200 "))
}
