//! The connection to ClickHouse, embedded or remote: always its HTTP interface, through the official crate.

mod answer_stream;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use bytes::Bytes;
use clickhouse::query::Query;
use clickhouse::{Client, Compression};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

pub use answer_stream::AnswerStream;

/// Inserts at the same time: more only makes smaller parts wait for each other.
const INSERTS_MAX: usize = 4;
/// An insert that is not taken or not answered for this long is given up by the client.
const INSERT_MS_MAX: u64 = 60_000;

/// What a statement is for. Each kind has places and a time limit of its own, so that none waits behind another: whoever
/// withdraws a token must not wait for somebody's questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Sites, keys and tokens, read and written.
    Registry,
    /// What the program asks and writes for itself: accounts, status, migrations, the end of a question.
    Upkeep,
    /// What people ask. They have no places here: the query service shares them out among its callers. The embedded
    /// engine knows them as a user of their own, who may only read and whose memory is bounded as a whole.
    Questions,
}

impl Work {
    /// Statements at the same time; the engine keeps a thread for each connection.
    const fn statements_max(self) -> usize {
        match self {
            Self::Registry | Self::Upkeep => 4,
            Self::Questions => Semaphore::MAX_PERMITS,
        }
    }

    /// A statement that takes longer than this, waiting included, is given up by the client.
    const fn time_limit(self) -> Duration {
        match self {
            Self::Registry => Duration::from_secs(10),
            Self::Upkeep | Self::Questions => Duration::from_mins(1),
        }
    }
}

/// Where a ClickHouse server is and who we are there.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `http://host:port` or `https://host:port`.
    pub url: String,
    /// The user.
    pub user: String,
    /// The password; never shown.
    pub password: String,
    /// The database that holds orma's tables.
    pub database: String,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} as {} in {}", self.url, self.user, self.database)
    }
}

/// Why a ClickHouse URL cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL.
    #[error("clickhouse_url is not a URL: {0}")]
    Url(#[from] url::ParseError),
    /// A scheme that is not HTTP.
    #[error("clickhouse_url must begin with http:// or https://, not {0}://")]
    Scheme(String),
    /// A database name that would need quoting.
    #[error("clickhouse_url names the database `{0}`; only letters, digits and _ are allowed")]
    Database(String),
}

impl Endpoint {
    /// Parses `http://user:password@host:8123/database`. Without a user it is `default`, without a database
    /// `orma`.
    ///
    /// # Errors
    /// See [`EndpointError`].
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = url::Url::parse(text)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError::Scheme(url.scheme().into()));
        }
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let database = match url.path().trim_matches('/') {
            "" => "orma".to_owned(),
            name if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => name.to_owned(),
            name => return Err(EndpointError::Database(name.into())),
        };
        let user = if url.username().is_empty() { "default".into() } else { decode(url.username()) };
        let authority = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        let host = url.host_str().ok_or(url::ParseError::EmptyHost)?;
        Ok(Self {
            url: format!("{}://{host}{authority}", url.scheme()),
            user,
            password: decode(url.password().unwrap_or_default()),
            database,
        })
    }
}

/// A statement that ClickHouse did not carry out.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// ClickHouse cannot be reached, or went away while it answered: try again.
    #[error("ClickHouse cannot be reached: {0}")]
    Unreachable(String),
    /// ClickHouse refused the statement or its data: trying again changes nothing.
    #[error("ClickHouse refused (code {code}): {message}")]
    Refused {
        /// ClickHouse's error code.
        code: u32,
        /// ClickHouse's words.
        message: String,
    },
    /// It took too long.
    #[error("ClickHouse did not answer in time")]
    TimedOut,
    /// It was not asked: too many questions run and wait already.
    #[error("too many questions at once")]
    Busy,
    /// The answer is not what was asked for.
    #[error("ClickHouse's answer cannot be read: {0}")]
    Answer(String),
}

/// ClickHouse codes that mean "not now": they pass by themselves.
const TRANSIENT_CODES: [u32; 9] = [
    159, // TIMEOUT_EXCEEDED
    160, // TOO_SLOW
    164, // READONLY: a replica that lost its keeper
    202, // TOO_MANY_SIMULTANEOUS_QUERIES
    209, // SOCKET_TIMEOUT
    210, // NETWORK_ERROR
    241, // MEMORY_LIMIT_EXCEEDED
    242, // TABLE_IS_READ_ONLY
    252, // TOO_MANY_PARTS
];

impl StoreError {
    /// Whether the same statement may succeed later. Also the disk being full (243) is an operator's to mend, not
    /// the data's fault.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut | Self::Busy | Self::Answer(_) => true,
            Self::Refused { code, .. } => {
                // 394: killed while the engine stops. 999: the keeper is away.
                TRANSIENT_CODES.contains(code) || matches!(code, 243 | 394 | 999)
            }
        }
    }
}

impl From<clickhouse::error::Error> for StoreError {
    fn from(error: clickhouse::error::Error) -> Self {
        use clickhouse::error::Error;
        match error {
            Error::BadResponse(message) => match code_of(&message) {
                Some(code) => Self::Refused { code, message: message.trim().to_owned() },
                None => Self::Unreachable(message),
            },
            Error::TimedOut => Self::TimedOut,
            Error::Network(source) => Self::Unreachable(source.to_string()),
            other => Self::Answer(other.to_string()),
        }
    }
}

/// ClickHouse's errors begin with `Code: N.`
fn code_of(message: &str) -> Option<u32> {
    let digits = message.split_once("Code: ")?.1;
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

/// A value bound to a `{name:Type}` of a statement.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Param {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// An array of text.
    Texts(Vec<String>),
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Vec<String>> for Param {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

/// The store: a ClickHouse server, embedded or remote. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    work: Work,
    time_limit: Duration,
}

struct Inner {
    connections: ArcSwap<Connections>,
    /// The directory of an engine on this machine, to be forced to the disk.
    engine_dir: ArcSwapOption<PathBuf>,
    inserts: Semaphore,
    registry: Semaphore,
    upkeep: Semaphore,
    questions: Semaphore,
}

/// Who we are, and who asks.
struct Connections {
    endpoint: Endpoint,
    service: Client,
    questions: Client,
}

impl Connections {
    /// `questions` is who asks, where that is somebody else.
    fn new(endpoint: Endpoint, questions: Option<&Endpoint>) -> Self {
        let service = client_for(&endpoint);
        let questions = questions.map_or_else(|| service.clone(), client_for);
        Self { endpoint, service, questions }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Store({:?}, {:?})", self.inner.connections.load().endpoint, self.work)
    }
}

fn client_for(endpoint: &Endpoint) -> Client {
    Client::default()
        .with_url(&endpoint.url)
        .with_user(&endpoint.user)
        .with_password(&endpoint.password)
        .with_database(&endpoint.database)
        .with_compression(compression_for(&endpoint.url))
}

/// Within one machine, copying is cheaper than compressing on one side and undoing it on the other.
fn compression_for(url: &str) -> Compression {
    let host = url::Url::parse(url).ok().and_then(|url| url.host().map(|host| host.to_owned()));
    let is_here = match host {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if is_here { Compression::None } else { Compression::Lz4 }
}

impl Store {
    /// A store at `endpoint`, for [upkeep](Work::Upkeep). Does not connect yet.
    pub fn connect(endpoint: Endpoint) -> Self {
        let places = |work: Work| Semaphore::new(work.statements_max());
        Self {
            inner: Arc::new(Inner {
                connections: ArcSwap::from_pointee(Connections::new(endpoint, None)),
                engine_dir: ArcSwapOption::empty(),
                inserts: Semaphore::new(INSERTS_MAX),
                registry: places(Work::Registry),
                upkeep: places(Work::Upkeep),
                questions: places(Work::Questions),
            }),
            work: Work::Upkeep,
            time_limit: Work::Upkeep.time_limit(),
        }
    }

    /// The same store for another kind of work, with the places and the time limit of that kind.
    #[must_use]
    pub fn for_work(self, work: Work) -> Self {
        Self { work, time_limit: work.time_limit(), ..self }
    }

    /// The same store with another time limit for each statement.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Sends what follows to another address: the embedded engine came back on another port. Questions are asked as a
    /// user of their own.
    pub(crate) fn reconnect(&self, endpoint: Endpoint, questions: Option<&Endpoint>) {
        self.inner.connections.store(Arc::new(Connections::new(endpoint, questions)));
    }

    /// Says that the engine keeps its tables in a directory of this machine.
    pub(crate) fn keeps_its_tables_in(&self, dir: &Path) {
        self.inner.engine_dir.store(Some(Arc::new(dir.to_owned())));
    }

    /// Whether it is an engine that keeps its tables on this machine, and [`Store::sync`] reaches its disk.
    pub fn is_on_this_machine(&self) -> bool {
        self.inner.engine_dir.load().is_some()
    }

    /// Forces what was inserted to the disk. Of a server elsewhere nothing can be forced from here: its tables do it at
    /// each insert (`migrations.rs`).
    ///
    /// # Errors
    /// The disk's. What was inserted since the last success may then be lost in a power cut, whatever a later call says.
    pub async fn sync(&self) -> io::Result<()> {
        let Some(dir) = self.inner.engine_dir.load_full() else { return Ok(()) };
        let synced = tokio::task::spawn_blocking(move || {
            // One call for all files of all tables: to force each of an insert's files costs it several times the CPU.
            Ok(rustix::fs::syncfs(std::fs::File::open(dir.as_path())?)?)
        });
        synced.await.map_err(io::Error::other)?
    }

    /// Closes the connections that nobody uses; what is asked from now on fails.
    pub(crate) fn disconnect(&self) {
        let nowhere = Endpoint { url: "http://127.0.0.1:0".into(), ..self.endpoint() };
        self.reconnect(nowhere, None);
    }

    /// The official client, for a statement with settings of its own.
    pub fn client(&self) -> Client {
        let connections = self.inner.connections.load();
        match self.work {
            Work::Registry | Work::Upkeep => connections.service.clone(),
            Work::Questions => connections.questions.clone(),
        }
    }

    /// Where the store is.
    pub fn endpoint(&self) -> Endpoint {
        self.inner.connections.load().endpoint.clone()
    }

    /// Does something in a place of its kind of work, within the time limit.
    async fn in_place<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let places = match self.work {
            Work::Registry => &self.inner.registry,
            Work::Upkeep => &self.inner.upkeep,
            Work::Questions => &self.inner.questions,
        };
        let done = async {
            let _permit = places.acquire().await.expect("the semaphore is never closed");
            work.await
        };
        tokio::time::timeout(self.time_limit, done).await.unwrap_or(Err(StoreError::TimedOut))
    }

    /// Carries out a statement that answers nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&self, sql: &str, params: &[(&str, Param)]) -> Result<(), StoreError> {
        let mut query = self.client().query_raw(sql);
        for (name, value) in params {
            query = query.param(name, value);
        }
        self.in_place(async { Ok(query.execute().await?) }).await
    }

    /// The answer to a question, one JSON object a row (`FORMAT JSONEachRow`), for lists of bounded size.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn select<T: DeserializeOwned>(
        &self,
        sql: &str,
        params: &[(&str, Param)],
    ) -> Result<Vec<T>, StoreError> {
        // So that the server does not go on when the client has given up.
        let seconds = self.time_limit.as_secs().max(1).to_string();
        // What is asked here is small: more threads would only wait for each other.
        self.select_with(sql, params, &[("max_execution_time", seconds.as_str()), ("max_threads", "1")]).await
    }

    /// [`Store::select`] with ClickHouse settings of its own (a query id, a time limit).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn select_with<T: DeserializeOwned>(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        settings: &[(&str, &str)],
    ) -> Result<Vec<T>, StoreError> {
        let query = self.question(sql, params, settings);
        let bytes = self
            .in_place(async {
                let mut cursor = query.fetch_bytes("JSONEachRow")?;
                Ok(cursor.collect().await?)
            })
            .await?;
        serde_json::Deserializer::from_slice(&bytes)
            .into_iter()
            .collect::<Result<Vec<T>, _>>()
            .map_err(|error| StoreError::Answer(error.to_string()))
    }

    /// The answer to a question of any size as it comes, one JSON object a line (`JSONEachRow`), as [`Store::select_with`]
    /// asks it. It takes no place here, for it may last as long as its reader pleases: who asks bounds how many there are.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn select_stream(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        settings: &[(&str, &str)],
    ) -> Result<AnswerStream, StoreError> {
        Ok(AnswerStream::new(self.question(sql, params, settings).fetch_bytes("JSONEachRow")?))
    }

    fn question(&self, sql: &str, params: &[(&str, Param)], settings: &[(&str, &str)]) -> Query {
        let mut query = self
            .client()
            .query_raw(sql)
            .with_setting("output_format_json_quote_64bit_integers", "0")
            .with_setting("output_format_json_quote_decimals", "1")
            .with_setting("date_time_output_format", "iso")
            // Columns of events that are packed are asked for by the name of the part, through `*` too.
            .with_setting("asterisk_include_alias_columns", "1");
        for (name, value) in params {
            query = query.param(name, value);
        }
        for (name, value) in settings {
            query = query.with_setting(*name, *value);
        }
        query
    }

    /// Inserts one Native block. When it returns `Ok`, all tables that the block belongs in have it.
    ///
    /// No deduplication token goes with it. ClickHouse notes a token before it commits the part, and answers a repeat
    /// with success whether or not the part has ever come to be: an engine that dies in between would lose the block.
    ///
    /// # Errors
    /// See [`StoreError`]; after an error that [is transient](StoreError::is_transient) any of the tables may or may not
    /// have the block, and it must be sent again.
    pub async fn insert_native(
        &self,
        table: &str,
        columns: &[&str],
        block: &[Bytes],
    ) -> Result<(), StoreError> {
        let columns = columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        self.insert_statement(&format!("INSERT INTO {table} ({columns}) FORMAT Native"), block).await
    }

    /// [`Store::insert_native`] for a statement that ends with `FORMAT Native`.
    ///
    /// # Errors
    /// As there.
    pub async fn insert_statement(&self, statement: &str, block: &[Bytes]) -> Result<(), StoreError> {
        let _permit = self.inner.inserts.acquire().await.expect("the semaphore is never closed");
        let mut insert = self
            .client()
            .insert_formatted_with(statement)
            .with_timeouts(
                Some(Duration::from_millis(INSERT_MS_MAX)),
                Some(Duration::from_millis(INSERT_MS_MAX)),
            )
            // Batched here already; the server's own batching would delay and split the block.
            .with_setting("async_insert", "0")
            .with_setting("insert_deduplicate", "0")
            .with_setting("deduplicate_blocks_in_dependent_materialized_views", "0")
            // Rows of one block that belong together are merged with those of others, by the merges and by FINAL: to
            // do it at the insert too costs half of the insert again.
            .with_setting("optimize_on_insert", "0")
            .with_setting("max_partitions_per_insert_block", "0");
        for piece in block {
            insert.send(piece.clone()).await?;
        }
        Ok(insert.end().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_compressed() {
        for (url, compressed) in [
            ("http://127.0.0.1:8123", false),
            ("http://[::1]:8123", false),
            ("http://localhost:8123", false),
            ("http://10.0.0.1:8123", true),
            ("https://clickhouse.example:8443", true),
        ] {
            assert_eq!(matches!(compression_for(url), Compression::Lz4), compressed, "{url}");
        }
    }

    #[test]
    fn urls_are_taken_apart_or_refused_by_name() {
        let table = [
            ("http://h:8123", Ok(("http://h:8123", "default", "", "orma"))),
            ("https://u:p%40s@h/db_1", Ok(("https://h:443", "u", "p@s", "db_1"))),
            ("ftp://h", Err("scheme")),
            ("http://h/a-b", Err("database")),
            ("nonsense", Err("url")),
        ];
        for (text, expected) in table {
            let got = Endpoint::parse(text);
            match (expected, got) {
                (Ok((url, user, password, database)), Ok(endpoint)) => {
                    let want = Endpoint {
                        url: url.into(),
                        user: user.into(),
                        password: password.into(),
                        database: database.into(),
                    };
                    assert!(endpoint == want, "{text}: {endpoint:?}");
                }
                (Err(_), Err(error)) => assert!(error.to_string().contains("clickhouse_url"), "{error}"),
                (_, got) => panic!("{text}: {got:?}"),
            }
        }
    }

    #[test]
    fn clickhouse_codes_are_read_and_sorted() {
        let refused = |text: &str| StoreError::from(clickhouse::error::Error::BadResponse(text.into()));
        assert!(!refused("Code: 60. DB::Exception: no table").is_transient());
        assert!(refused("Code: 241. DB::Exception: memory").is_transient());
        assert!(refused("502 Bad Gateway").is_transient());
    }
}
