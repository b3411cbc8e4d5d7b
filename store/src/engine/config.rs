//! The engine's configuration files and password.
//!
//! ```text
//! DATA_DIR/engine/config.xml    the server's settings            0600
//! DATA_DIR/engine/users.xml     who may log in                   0600
//! DATA_DIR/engine/password      the service user's password      0600
//! DATA_DIR/engine/connection    where it listens now            0600
//! DATA_DIR/engine/analyst-password, analyst-connection          0600
//!                               the same for who may only read
//! DATA_DIR/engine/store/        ClickHouse's own directory
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::client::Endpoint;
use crate::data_dir::write_private;
use crate::engine::users::{self, ANALYST_USER, Passwords};

/// The database of orma's tables in the embedded engine.
pub const DATABASE: &str = "orma";

/// The engine's memory when nothing else is configured, in bytes.
pub const ENGINE_MEMORY_BYTES_MAX: u64 = 2 << 30;

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
    let store_dir = dir.join("store");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&store_dir)?;
    let passwords = Passwords {
        service: keep_password(&dir.join("password"))?,
        questions: crate::secret::random_hex::<24>(),
        analyst: keep_password(&dir.join("analyst-password"))?,
    };
    let users_file = dir.join("users.xml");
    write_private(&users_file, &users::users_xml(&passwords, DATABASE, config.memory_bytes_max))?;
    let config_file = dir.join("config.xml");
    write_private(&config_file, &config_xml(&users_file, &passwords, config.memory_bytes_max))?;
    let Passwords { service, questions, analyst } = passwords;
    Ok(EngineFiles {
        config_file,
        store_dir,
        password: service,
        questions_password: questions,
        analyst_password: analyst,
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
        write_private(&path, &format!("http://{user}:{password}@{address}/{database}\n"))?;
    }
    Ok(())
}

/// The running engine of a data directory, as [`write_connection`] noted it.
///
/// # Errors
/// No engine has run there, or the file cannot be read.
pub fn read_connection(data_dir: &Path) -> io::Result<Endpoint> {
    let text = fs::read_to_string(connection_file(data_dir))?;
    Endpoint::parse(text.trim()).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn connection_file(data_dir: &Path) -> PathBuf {
    data_dir.join("engine").join("connection")
}

fn keep_password(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(password) if password.len() >= 32 => Ok(password),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{} does not hold a password; delete it to have a new one made", path.display()),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let password = crate::secret::random_hex::<24>();
            write_private(path, &password)?;
            Ok(password)
        }
        Err(error) => Err(error),
    }
}

/// `log-level` is the level in truth: without it this way of starting the engine writes every step of every query, a
/// hundred lines an insert, and `logger` alone does not stop it.
///
/// What merging costs is decided here. Statistics of columns serve a planner's choices that our questions do not leave
/// open. A merge of parts whose sizes are alike waits until there are about ten instead of five, which halves how often a
/// row is rewritten. Gathering one column after the other saves memory in large merges and costs a third more CPU in
/// small ones. Lengths of text lie beside the text: apart they cost an event a byte of disk.
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
    <merge_tree>
        <non_replicated_deduplication_window>10000</non_replicated_deduplication_window>
        <auto_statistics_types></auto_statistics_types>
        <merge_selector_base>10</merge_selector_base>
        <vertical_merge_algorithm_min_rows_to_activate>1000000</vertical_merge_algorithm_min_rows_to_activate>
        <string_serialization_version>single_stream</string_serialization_version>
    </merge_tree>
</clickhouse>
"
    )
}
