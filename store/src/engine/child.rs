//! What runs in the engine's child process.
//!
//! libchdb exports `chdb_query_cmdline(argc, argv)`, which is a complete `clickhouse-local`; its statement
//! `SYSTEM START LISTEN HTTP` opens ClickHouse's own HTTP server, and a sleeping query keeps it open. This is the
//! only file of the workspace that holds unsafe code: the calls into that library.

use std::convert::Infallible;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::Read;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

/// ClickHouse's parser and interpreters recurse deeply; its own threads have as much.
const STACK_BYTES: usize = 8 << 20;

/// The statement that opens the listener and never ends by itself.
const LISTEN_FOR_EVER: &str = "SYSTEM START LISTEN HTTP; \
     SELECT sleepEachRow(3) FROM numbers(1000000000) \
     SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1 FORMAT Null";

/// What the child is told on its command line.
#[derive(Clone, Debug)]
pub struct ChildOptions {
    /// libchdb.so.
    pub library: PathBuf,
    /// The engine's configuration, absolute.
    pub config_file: PathBuf,
    /// Where the engine keeps its tables, absolute: relative paths break `fsync_part_directory`.
    pub store_dir: PathBuf,
    /// The loopback port of the HTTP listener.
    pub port: u16,
}

/// Runs the engine until its queries are killed or the parent goes away, and then ends the process. Returns only when
/// it could not begin.
///
/// # Errors
/// The operating system refuses a thread.
pub fn run(options: ChildOptions) -> Result<Infallible, String> {
    die_with_parent()?;
    let engine = std::thread::Builder::new()
        .name("engine".into())
        .stack_size(STACK_BYTES)
        .spawn(move || match call_engine(&options) {
            Ok(()) => end_process(0),
            Err(error) => {
                eprintln!("{error}");
                end_process(1)
            }
        })
        .map_err(|error| format!("cannot start the engine's thread: {error}"))?;
    match engine.join() {
        Ok(never) => Ok(never),
        Err(_) => Err("the engine's thread panicked".to_owned()),
    }
}

/// Ends at once: the library's own exit handlers wait for its threads, which wait for connections that our pool keeps
/// open. Its tables are safe at any moment.
#[allow(unsafe_code)]
fn end_process(code: c_int) -> Infallible {
    unsafe extern "C" {
        safe fn _exit(code: c_int) -> !;
    }
    _exit(code)
}

/// Two nets, because either alone has a hole: the signal is lost when the parent died before it was asked for,
/// the pipe stays open when another process inherited its writing end.
fn die_with_parent() -> Result<(), String> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .map_err(|error| format!("cannot ask for the parent's death signal: {error}"))?;
    std::thread::spawn(|| {
        let mut byte = [0u8; 1];
        // The parent never writes: a read returns only at end of file.
        let _ended = std::io::stdin().read(&mut byte);
        std::process::exit(0);
    });
    Ok(())
}

fn arguments(options: &ChildOptions) -> Vec<String> {
    let text = |path: &Path| path.display().to_string();
    vec![
        "clickhouse".into(),
        "--multiquery".into(),
        format!("--config-file={}", text(&options.config_file)),
        format!("--path={}", text(&options.store_dir)),
        "--listen_host=127.0.0.1".into(),
        format!("--http_port={}", options.port),
        format!("--query={LISTEN_FOR_EVER}"),
    ]
}

#[allow(unsafe_code)]
fn call_engine(options: &ChildOptions) -> Result<(), String> {
    type SetSignalHandlers = unsafe extern "C" fn(c_int);
    type QueryCommandLine = unsafe extern "C" fn(c_int, *mut *mut c_char) -> *mut c_void;
    type ResultError = unsafe extern "C" fn(*mut c_void) -> *const c_char;

    let explain = |error: libloading::Error| format!("{}: {error}", options.library.display());
    let owned: Vec<CString> = arguments(options)
        .into_iter()
        .map(|argument| CString::new(argument).map_err(|_| "a path holds a zero byte".to_owned()))
        .collect::<Result<_, _>>()?;
    let mut argv: Vec<*mut c_char> = owned.iter().map(|argument| argument.as_ptr().cast_mut()).collect();

    // SAFETY: the library is ClickHouse's own build, pinned by the lock file; its initialisers have no
    // preconditions. The signatures are those of its chdb.h. `argv` outlives the call, which copies what it
    // keeps. The library is never unloaded: it is forgotten below, as its threads outlive the call.
    unsafe {
        let library = Library::open(Some(&options.library), RTLD_NOW | RTLD_LOCAL).map_err(explain)?;
        // The engine's crash handlers would run in a process whose signals are ours.
        if let Ok(set_handlers) = library.get::<SetSignalHandlers>(b"chdb_set_signal_handlers_enabled\0") {
            set_handlers(0);
        }
        let query = *library.get::<QueryCommandLine>(b"chdb_query_cmdline\0").map_err(explain)?;
        let error_of = *library.get::<ResultError>(b"chdb_result_error\0").map_err(explain)?;
        std::mem::forget(library);
        let result = query(argv.len() as c_int, argv.as_mut_ptr());
        if result.is_null() {
            return Ok(());
        }
        let error = error_of(result);
        if error.is_null() { Ok(()) } else { Err(CStr::from_ptr(error).to_string_lossy().into_owned()) }
    }
}
