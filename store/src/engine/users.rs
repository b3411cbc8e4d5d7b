//! Who may do what in the embedded engine, and who is let in at all.
//!
//! | User | May | How much |
//! |---|---|---|
//! | `default` | start the listener; nobody can log in as it over the network | |
//! | `orma` | everything | what the engine has |
//! | `orma_questions` | read, but no secrets | half of the engine's memory, all questions together |
//! | `analyst` | read, but no secrets | an eighth of the engine's memory, four queries, a minute each |
//! | `orma_sql` | read the views for SQL, and nothing else | a quarter of the engine's memory; see [`reader`] |
//!
//! ClickHouse's embedded start logs in as `default` without a password, knows no other name, and reads its users once.
//! So `default` cannot be locked; instead the listener has no handler for strangers: every request but `/ping` needs the
//! header `X-ClickHouse-User` with the name of a user that has a password (ClickHouse refuses such a request when it names
//! another user elsewhere), or a header `Authorization` that is right to the last letter. With the latter ClickHouse
//! lets the parameter `user` of the address win, so whoever has a password could still become `default`: that user's
//! quota is spent by the control statement.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::reader;

/// The user that orma logs in as.
pub const SERVICE_USER: &str = "orma";
/// The user that the questions of the API are asked as.
pub const QUESTIONS_USER: &str = "orma_questions";
/// The user of an analyst's own ClickHouse client.
pub const ANALYST_USER: &str = "analyst";
/// The user of the SQL that analysts send to the API.
pub const READER_USER: &str = "orma_sql";

/// Tables that hold secrets: read by the service alone.
pub const SECRET_TABLES: [&str; 3] = ["newsletter_keys", "tokens", "write_keys"];

/// How long a query of an analyst may take, in seconds.
const ANALYST_SECONDS_MAX: u32 = 60;
/// Queries of analysts at the same time.
const ANALYST_QUERIES_MAX: u32 = 4;
/// What the queries of analysts may put on the disk while they run, in bytes.
const ANALYST_DISK_BYTES_MAX: u64 = 4 << 30;
/// The control statement's: one to listen, one to sleep.
const CONTROL_QUERIES_MAX: u32 = 2;
/// For as long as any engine runs, in seconds.
const CONTROL_QUOTA_SECONDS: u32 = 10 * 365 * 24 * 3_600;
/// What the control statement may use, in bytes: it sleeps.
const CONTROL_BYTES_MAX: u64 = 64 << 20;

/// The users' passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// Of [`SERVICE_USER`].
    pub service: String,
    /// Of [`QUESTIONS_USER`]: new with every start, for nobody else needs it.
    pub questions: String,
    /// Of [`ANALYST_USER`].
    pub analyst: String,
    /// Of [`READER_USER`]: new with every start, as that of the questions.
    pub reader: String,
}

/// What all questions together may use of the engine's memory.
pub const fn questions_bytes_max(memory_bytes_max: u64) -> u64 {
    memory_bytes_max / 2
}

/// What all SQL of analysts together may use of the engine's memory.
pub const fn reader_bytes_max(memory_bytes_max: u64) -> u64 {
    memory_bytes_max / 4
}

const fn analysts_bytes_max(memory_bytes_max: u64) -> u64 {
    memory_bytes_max / 8
}

/// `users.xml`.
pub fn users_xml(passwords: &Passwords, database: &str, memory_bytes_max: u64) -> String {
    let reads = reading_grants(database);
    let service =
        user(SERVICE_USER, &passwords.service, "default", "<access_management>1</access_management>");
    let questions = user(QUESTIONS_USER, &passwords.questions, "questions", &reads);
    let analyst = user(ANALYST_USER, &passwords.analyst, "analysts", &reads);
    let reader = user(READER_USER, &passwords.reader, "reader", &reader::grants_xml(database));
    let reader_profile = reader::profile_xml(reader_bytes_max(memory_bytes_max));
    let questions_bytes = questions_bytes_max(memory_bytes_max);
    let analysts_bytes = analysts_bytes_max(memory_bytes_max);
    format!(
        "<clickhouse>
    <profiles>
        <default><max_threads>2</max_threads></default>
        <control><max_threads>1</max_threads><max_memory_usage>{CONTROL_BYTES_MAX}</max_memory_usage></control>
        <questions>
            <readonly>2</readonly>
            <max_memory_usage_for_user>{questions_bytes}</max_memory_usage_for_user>
            <constraints><max_memory_usage_for_user><const/></max_memory_usage_for_user></constraints>
        </questions>
        <analysts>
            <readonly>2</readonly>
            <max_threads>2</max_threads>
            <max_memory_usage>{analysts_bytes}</max_memory_usage>
            <max_memory_usage_for_user>{analysts_bytes}</max_memory_usage_for_user>
            <max_bytes_before_external_group_by>{spill}</max_bytes_before_external_group_by>
            <max_bytes_before_external_sort>{spill}</max_bytes_before_external_sort>
            <max_temporary_data_on_disk_size_for_user>{ANALYST_DISK_BYTES_MAX}</max_temporary_data_on_disk_size_for_user>
            <max_execution_time>{ANALYST_SECONDS_MAX}</max_execution_time>
            <max_concurrent_queries_for_user>{ANALYST_QUERIES_MAX}</max_concurrent_queries_for_user>
            <asterisk_include_alias_columns>1</asterisk_include_alias_columns>
            <constraints>
                <max_threads><min>1</min><max>2</max></max_threads>
                <max_memory_usage><min>1</min><max>{analysts_bytes}</max></max_memory_usage>
                <max_memory_usage_for_user><const/></max_memory_usage_for_user>
                <max_temporary_data_on_disk_size_for_user><const/></max_temporary_data_on_disk_size_for_user>
                <max_execution_time><min>1</min><max>{ANALYST_SECONDS_MAX}</max></max_execution_time>
                <timeout_overflow_mode><const/></timeout_overflow_mode>
                <max_concurrent_queries_for_user><const/></max_concurrent_queries_for_user>
            </constraints>
        </analysts>
        <reader>{reader_profile}
        </reader>
    </profiles>
    <quotas>
        <default/>
        <control><interval>
            <duration>{CONTROL_QUOTA_SECONDS}</duration><queries>{CONTROL_QUERIES_MAX}</queries>
        </interval></control>
    </quotas>
    <users>
        <default>
            <no_password/>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>control</profile><quota>control</quota>
            <grants>
                <query>GRANT SYSTEM LISTEN ON *.*</query>
                <query>GRANT CREATE TEMPORARY TABLE ON *.*</query>
            </grants>
        </default>{service}{questions}{analyst}{reader}
    </users>
</clickhouse>
",
        spill = analysts_bytes / 2
    )
}

fn user(name: &str, password: &str, profile: &str, rights: &str) -> String {
    let hash = crate::secret::hex(&Sha256::digest(password.as_bytes()));
    format!(
        "
        <{name}>
            <password_sha256_hex>{hash}</password_sha256_hex>
            <networks><ip>127.0.0.1</ip></networks>
            <profile>{profile}</profile><quota>default</quota>
            {rights}
        </{name}>"
    )
}

fn reading_grants(database: &str) -> String {
    let secrets = SECRET_TABLES.map(|table| format!("<query>REVOKE SELECT ON {database}.{table}</query>"));
    format!("<grants><query>GRANT SELECT ON {database}.*</query>{}</grants>", secrets.concat())
}

/// The part of `config.xml` that says which requests are heard.
pub fn http_handlers_xml(passwords: &Passwords) -> String {
    // Names are matched as a whole.
    let users = [SERVICE_USER, QUESTIONS_USER, ANALYST_USER, READER_USER].join("|");
    let query =
        "<handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>";
    let basic =
        [(SERVICE_USER, &passwords.service), (ANALYST_USER, &passwords.analyst)].map(|(name, password)| {
            let credentials = STANDARD.encode(format!("{name}:{password}"));
            format!(
                "
        <rule>
            <headers><Authorization>Basic {credentials}</Authorization></headers>
            {query}
        </rule>"
            )
        });
    format!(
        "<http_handlers>
        <rule>
            <url>/ping</url><methods>GET,HEAD</methods>
            <handler><type>static</type><status>200</status><response_content>Ok.
</response_content></handler>
        </rule>
        <rule>
            <headers><X-ClickHouse-User>regex:({users})</X-ClickHouse-User></headers>
            {query}
        </rule>{}
    </http_handlers>",
        basic.concat()
    )
}
