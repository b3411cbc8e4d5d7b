//! The reader: the user of ClickHouse that carries out the SQL of analysts.
//!
//! The isolation is ClickHouse's own, not that of a parser of ours:
//!
//! - The reader may select from the [views](VIEWS), which are in a database by themselves, and from nothing else. The views
//!   read orma's tables with orma's rights (`SQL SECURITY DEFINER`).
//! - Which site the views show is said by the id of the query ([`query_id`], [`SITE`]): whoever sends a query chooses its
//!   id, and no SQL can change it. A query with any other id sees nothing.
//! - It is `readonly`, so that SQL changes no setting; the limits of each query go with it, up to a bound that is here too.
//!
//! In the embedded engine the user stands in `users.xml`; in a server elsewhere it is made by a statement
//! ([`create_user`]), for which orma's user needs rights of its own.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::client::{Endpoint, Store};
use crate::secret;

/// What analysts read.
pub const VIEWS: [&str; 3] = ["events", "people", "visits"];

/// What ids of its queries begin with, before a UUID and the site.
const QUERY_ID_PREFIX: &str = "orma-sql-";

/// The site of a query of the reader, in SQL.
pub const SITE: &str = "substring(initialQueryID(), 47)";

/// How long a query may take whatever is asked for, in seconds.
const SECONDS_MAX: u64 = 3_600;
/// What queries may put on the disk while they run, in bytes.
const DISK_BYTES_MAX: u64 = 4 << 30;

/// The memory of all queries of the reader in a server whose memory nobody knows here, in bytes.
pub const SERVER_BYTES_MAX: u64 = 2 << 30;

/// Queries of the reader at the same time: more than one process asks, and of some functions a call that was given up goes on
/// until its end, so the store has the last word.
pub const QUERIES_MAX: u64 = 16;

/// Settings that go with a query, each up to its bound.
const BOUNDED: [(&str, u64); 5] = [
    ("max_execution_time", SECONDS_MAX),
    ("max_memory_usage", 1 << 50),
    ("max_threads", 256),
    ("max_result_rows", 1_000_000_000),
    ("max_result_bytes", 1 << 50),
];

/// Settings that nobody changes.
const FIXED: [(&str, &str); 30] = [
    ("readonly", "1"),
    ("allow_ddl", "0"),
    ("allow_introspection_functions", "0"),
    ("timeout_overflow_mode", "throw"),
    ("result_overflow_mode", "throw"),
    ("max_query_size", "262144"),
    ("max_parser_depth", "300"),
    ("max_ast_depth", "300"),
    ("max_ast_elements", "20000"),
    ("max_expanded_ast_elements", "100000"),
    ("max_subquery_depth", "50"),
    // Whoever goes away waits for nothing.
    ("cancel_http_readonly_queries_on_client_close", "1"),
    // What one site asked says nothing to another.
    ("use_query_cache", "0"),
    ("use_query_condition_cache", "0"),
    ("do_not_merge_across_partitions_select_final", "1"),
    // A condition of an analyst's is tried on the rows of the site alone, behind the view's own: tried on another site's, one
    // that fails would tell of them.
    ("optimize_move_to_prewhere_if_final", "0"),
    ("short_circuit_function_evaluation", "force_enable"),
    // Behind inserts and the questions of the dashboard, where the server may say so to the kernel.
    ("os_thread_priority", "15"),
    ("session_timezone", "UTC"),
    // Columns of events that are packed are asked for by the name of the part, through `*` too.
    ("asterisk_include_alias_columns", "1"),
    // How fast it goes is its reader's affair.
    ("timeout_before_checking_execution_speed", "0"),
    ("date_time_output_format", "iso"),
    ("output_format_json_quote_64bit_integers", "0"),
    ("output_format_json_quote_decimals", "1"),
    ("output_format_json_quote_denormals", "0"),
    ("output_format_json_validate_utf8", "1"),
    // How many rows were read is about more than the site's.
    ("output_format_write_statistics", "0"),
    ("output_format_parquet_string_as_string", "1"),
    ("output_format_arrow_string_as_string", "1"),
    ("http_write_exception_in_output_format", "0"),
];

/// The database of the views.
pub fn database(of: &str) -> String {
    format!("{of}_sql")
}

/// The id of a query that reads a site.
pub fn query_id(site: &str) -> String {
    format!("{QUERY_ID_PREFIX}{}-{site}", Uuid::now_v7())
}

/// The database of the views for SQL of a store, and the user who reads them.
pub fn of_store(store: &Store) -> (String, String) {
    let Endpoint { user, database, .. } = store.reader();
    (database, user)
}

/// The reader of an embedded engine.
pub(crate) fn in_engine(endpoint: Endpoint) -> Endpoint {
    Endpoint { database: database(&endpoint.database), ..endpoint }
}

/// The reader of a server elsewhere. Its password follows from that of orma's user, so that all processes that share
/// the server know it.
pub(crate) fn of_server(service: &Endpoint) -> Endpoint {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(service.password.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("reader of {} for {}", service.database, service.user).as_bytes());
    let password = secret::hex(&mac.finalize().into_bytes());
    let database = database(&service.database);
    Endpoint { url: service.url.clone(), user: database.clone(), password, database }
}

/// Its settings in `users.xml`; `memory_bytes_max` bounds all of its queries together.
pub(crate) fn profile_xml(memory_bytes_max: u64) -> String {
    let mut settings = String::new();
    let mut constraints = String::new();
    for (name, value) in fixed(memory_bytes_max) {
        write!(settings, "\n            <{name}>{value}</{name}>").expect("memory");
        write!(constraints, "\n                <{name}><const/></{name}>").expect("memory");
    }
    for (name, max) in BOUNDED {
        write!(settings, "\n            <{name}>1</{name}>").expect("memory");
        write!(
            constraints,
            "\n                <{name}><min>1</min><max>{max}</max><changeable_in_readonly/></{name}>"
        )
        .expect("memory");
    }
    format!("{settings}\n            <constraints>{constraints}\n            </constraints>")
}

/// Its rights in `users.xml`.
pub(crate) fn grants_xml(of: &str) -> String {
    let database = database(of);
    let grants = VIEWS.map(|view| format!("<query>GRANT SELECT ON {database}.{view}</query>"));
    format!("<grants>{}</grants>", grants.concat())
}

/// The statements that make the reader of a server elsewhere, or make it anew.
pub fn create_user(store: &Store) -> [String; 3] {
    let Endpoint { user, password, database, .. } = store.reader();
    let hash = secret::sha256_hex(&password);
    let fixed = fixed(SERVER_BYTES_MAX).map(|(name, value)| format!("{name} = '{value}' CONST"));
    let bounded = BOUNDED.map(|(name, max)| format!("{name} = 1 MIN 1 MAX {max} CHANGEABLE_IN_READONLY"));
    let settings: Vec<String> = fixed.chain(bounded).collect();
    let user_is = format!(
        "{user} IDENTIFIED WITH sha256_hash BY '{hash}' DEFAULT DATABASE {database} SETTINGS {}",
        settings.join(", ")
    );
    let rights = VIEWS.map(|view| format!("SELECT ON {database}.{view}")).join(", ");
    // Another process may be asking as this user: at no moment is it without its limits or its rights.
    [
        format!("CREATE USER IF NOT EXISTS {user_is}"),
        format!("ALTER USER {user_is}"),
        format!("GRANT {rights} TO {user} WITH REPLACE OPTION"),
    ]
}

/// What an operator grants so that orma may make the reader and its views in a server elsewhere.
pub fn rights_needed(store: &Store) -> String {
    let (database, reader) = of_store(store);
    let Endpoint { user, .. } = store.endpoint();
    format!(
        "GRANT CREATE DATABASE, CREATE VIEW, DROP VIEW, SELECT ON {database}.* TO {user} WITH GRANT OPTION; \
         GRANT CREATE USER, ALTER USER ON {reader} TO {user}"
    )
}

fn fixed(memory_bytes_max: u64) -> impl Iterator<Item = (&'static str, String)> {
    let queries = ("max_concurrent_queries_for_user", QUERIES_MAX.to_string());
    let of_memory = [
        ("max_memory_usage_for_user", memory_bytes_max),
        ("max_bytes_before_external_group_by", memory_bytes_max / 4),
        ("max_bytes_before_external_sort", memory_bytes_max / 4),
        ("max_temporary_data_on_disk_size_for_user", DISK_BYTES_MAX),
    ];
    let of_memory = of_memory.into_iter().map(|(name, bytes)| (name, bytes.to_string()));
    FIXED.into_iter().map(|(name, value)| (name, value.to_owned())).chain([queries]).chain(of_memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_what_stands_behind_the_rest_of_an_id() {
        let id = query_id("bottega.it");
        let begins_at: usize = SITE.split(", ").nth(1).unwrap().trim_end_matches(')').parse().unwrap();
        assert_eq!(&id[begins_at - 1..], "bottega.it", "{id}");
    }

    #[test]
    fn a_server_s_reader_has_a_password_that_follows_from_the_service_s() {
        let service = |password: &str| Endpoint {
            url: "http://h:8123".into(),
            user: "orma".into(),
            password: password.into(),
            database: "shop".into(),
        };
        let reader = of_server(&service("one"));
        assert_eq!((reader.user.as_str(), reader.database.as_str()), ("shop_sql", "shop_sql"));
        assert_eq!(reader.password, of_server(&service("one")).password);
        assert_ne!(reader.password, of_server(&service("other")).password);
    }
}
