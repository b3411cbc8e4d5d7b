//! The engine's configuration files and password.
//!
//! ```text
//! DATA_DIR/engine/config.xml    the server's settings            0600
//! DATA_DIR/engine/users.xml     who may log in                   0600
//! DATA_DIR/engine/password      the service user's password      0600
//! DATA_DIR/engine/connection    where it listens now            0600
//! DATA_DIR/engine/analyst-password, analyst-connection          0600
//!                               the same for who may only read
//! DATA_DIR/engine/store/        ClickHouse's own directory, with a copy of the tables' definitions (`metadata.rs`)
//! DATA_DIR/engine/damaged/      what was set aside there
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::client::Endpoint;
use crate::engine::metadata;
use crate::engine::users::{self, ANALYST_USER, Passwords};
use crate::private::{self, Found};

/// The database of orma's tables in the embedded engine.
pub const DATABASE: &str = "orma";

/// The engine's memory when nothing else is configured, in bytes.
pub const ENGINE_MEMORY_BYTES_MAX: u64 = 2 << 30;

/// Nobody guesses a password of this length, and none is longer. Bytes.
const PASSWORD_BYTES_MIN: usize = 32;
const PASSWORD_BYTES_MAX: u64 = 1024;

/// How the embedded engine is set up.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The program to start with the argument `engine`: orma itself.
    pub program: PathBuf,
    /// libchdb.so.
    pub library: PathBuf,
    /// orma's data directory, absolute.
    pub data_dir: PathBuf,
    /// ClickHouse's `max_server_memory_usage`: a query that would exceed it fails, the engine lives on.
    pub memory_bytes_max: u64,
}

/// The files that [`write_files`] has written.
#[derive(Clone, Debug)]
pub struct EngineFiles {
    /// `config.xml`.
    pub config_file: PathBuf,
    /// The directory of the tables.
    pub store_dir: PathBuf,
    /// The password of [`SERVICE_USER`](crate::engine::users::SERVICE_USER).
    pub password: String,
    /// The password of [`QUESTIONS_USER`](crate::engine::users::QUESTIONS_USER).
    pub questions_password: String,
    /// The password of [`ANALYST_USER`].
    pub analyst_password: String,
    /// The password of [`READER_USER`](crate::engine::users::READER_USER).
    pub reader_password: String,
}

/// Where libchdb.so is: `node_modules` beside the working directory or above the program, then the system's
/// library directories.
pub fn find_library() -> Option<PathBuf> {
    let package = match std::env::consts::ARCH {
        "aarch64" => "lib-linux-arm64-gnu",
        _ => "lib-linux-x64-gnu",
    };
    let in_packages = |dir: &Path| dir.join("node_modules/@chdb").join(package).join("libchdb.so");
    let program = std::env::current_exe().ok();
    let above_program = program.iter().flat_map(|path| path.ancestors().skip(1)).flat_map(|dir| {
        // An installed package has the library beside the program or in ../lib.
        [dir.join("libchdb.so"), dir.join("lib/libchdb.so"), in_packages(dir)]
    });
    let working = std::env::current_dir().ok().map(|dir| in_packages(&dir));
    let system = ["/usr/lib/libchdb.so", "/usr/local/lib/libchdb.so"].map(PathBuf::from);
    working.into_iter().chain(above_program).chain(system).find(|path| path.is_file())
}

/// Writes the engine's files below `data_dir`, keeping the password of an earlier start.
///
/// # Errors
/// A directory or file cannot be made.
pub fn write_files(config: &EngineConfig) -> io::Result<EngineFiles> {
    let dir = config.data_dir.join("engine");
    let store_dir = store_dir(&config.data_dir);
    private::directory(&dir)?;
    private::directory(&store_dir)?;
    metadata::prepare(&store_dir)?;
    let passwords = Passwords {
        service: keep_password(&dir.join("password"))?,
        questions: crate::secret::random_hex::<24>(),
        analyst: keep_password(&dir.join("analyst-password"))?,
        reader: crate::secret::random_hex::<24>(),
    };
    let users_file = dir.join("users.xml");
    private::write(&users_file, &users::users_xml(&passwords, DATABASE, config.memory_bytes_max))?;
    let config_file = dir.join("config.xml");
    private::write(&config_file, &config_xml(&users_file, &passwords, config.memory_bytes_max))?;
    let Passwords { service, questions, analyst, reader } = passwords;
    Ok(EngineFiles {
        config_file,
        store_dir,
        password: service,
        questions_password: questions,
        analyst_password: analyst,
        reader_password: reader,
    })
}

/// Notes where the running engine listens: in `connection`, so that a second command finds it, and in
/// `analyst-connection`, for an analyst's own ClickHouse client.
///
/// # Errors
/// A file cannot be written.
pub fn write_connection(data_dir: &Path, endpoint: &Endpoint, analyst_password: &str) -> io::Result<()> {
    let analyst =
        Endpoint { user: ANALYST_USER.into(), password: analyst_password.into(), ..endpoint.clone() };
    for (path, endpoint) in [
        (connection_file(data_dir), endpoint),
        (data_dir.join("engine").join("analyst-connection"), &analyst),
    ] {
        let Endpoint { url, user, password, database } = endpoint;
        let address = url.strip_prefix("http://").unwrap_or(url);
        private::write(&path, &format!("http://{user}:{password}@{address}/{database}\n"))?;
    }
    Ok(())
}

/// The running engine of a data directory, as [`write_connection`] noted it.
///
/// # Errors
/// No engine has run there, or the file cannot be read.
pub fn read_connection(data_dir: &Path) -> io::Result<Endpoint> {
    let file = connection_file(data_dir);
    let text = fs::read_to_string(&file).map_err(|error| private::named(&file, &error))?;
    Endpoint::parse(text.trim()).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// Where the engine of a data directory keeps its tables.
pub fn store_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("engine").join("store")
}

fn connection_file(data_dir: &Path) -> PathBuf {
    data_dir.join("engine").join("connection")
}

/// Anything that is not a password is replaced: `users.xml` is written from it at every start.
fn keep_password(path: &Path) -> io::Result<String> {
    let damage = match private::read(path, PASSWORD_BYTES_MAX)? {
        Found::Text(password) if is_password(&password) => return Ok(password),
        Found::Text(_) => Some("it holds no password".to_owned()),
        Found::Damaged(why) => Some(why),
        Found::Nothing => None,
    };
    if let Some(why) = damage {
        private::set_aside(path, &why, "the engine gets a new password")?;
    }
    let password = crate::secret::random_hex::<24>();
    private::write(path, &password)?;
    Ok(password)
}

/// What stands in an address and in XML as it is.
fn is_password(text: &str) -> bool {
    text.len() >= PASSWORD_BYTES_MIN && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `log-level` is the level in truth: without it this way of starting the engine writes every step of every query, a
/// hundred lines an insert, and `logger` alone does not stop it.
///
/// What merging costs is decided here. Statistics of columns serve a planner's choices that our questions do not leave
/// open. A merge of parts whose sizes are alike waits until there are about ten instead of five, which halves how often a
/// row is rewritten. Gathering one column after the other saves memory in large merges and costs a third more CPU in
/// small ones. Lengths of text lie beside the text: apart they cost an event a byte of disk.
///
/// Damage stops no start: however many parts are broken, ClickHouse sets them aside in `detached/`, where `orma doctor`
/// counts them. By itself it would refuse beyond a hundred parts or a gigabyte, which helps nobody: what is whole is
/// wanted, and what is broken is kept either way. Nor does it clear away directories that no table names: with damaged
/// metadata they are the data.
fn config_xml(users_file: &Path, passwords: &Passwords, memory_bytes_max: u64) -> String {
    let users_file = users_file.display();
    let http_handlers = users::http_handlers_xml(passwords);
    format!(
        "<clickhouse>
    <logger><level>warning</level><console>1</console></logger>
    <log-level>warning</log-level>
    <user_directories><users_xml><path>{users_file}</path></users_xml></user_directories>
    <max_server_memory_usage>{memory_bytes_max}</max_server_memory_usage>
    <mark_cache_size>67108864</mark_cache_size>
    <primary_index_cache_size>67108864</primary_index_cache_size>
    <background_pool_size>2</background_pool_size>
    <background_schedule_pool_size>4</background_schedule_pool_size>
    <max_connections>1024</max_connections>
    {http_handlers}
    <keep_alive_timeout>30</keep_alive_timeout>
    <database_catalog_unused_dir_cleanup_period_sec>0</database_catalog_unused_dir_cleanup_period_sec>
    <merge_tree>
        <auto_statistics_types></auto_statistics_types>
        <merge_selector_base>10</merge_selector_base>
        <vertical_merge_algorithm_min_rows_to_activate>1000000</vertical_merge_algorithm_min_rows_to_activate>
        <string_serialization_version>single_stream</string_serialization_version>
        <max_suspicious_broken_parts>1000000</max_suspicious_broken_parts>
        <max_suspicious_broken_parts_bytes>1000000000000000</max_suspicious_broken_parts_bytes>
    </merge_tree>
</clickhouse>
"
    )
}
