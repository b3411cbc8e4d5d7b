//! ClickHouse: the embedded engine or a server, its clock, schema, damaged parts, and whether the accounts balance.

use std::collections::BTreeMap;

use jiff::Timestamp;
use orma_query::accounts::{AccountsWatch, Judged};
use orma_store::engine::config::read_connection;
use orma_store::engine::find_library;
use orma_store::{Endpoint, Store, StoreError, migrations};
use serde::Deserialize;

use super::running::Instance;
use super::{DataState, Report};
use crate::cli::StoreOptions;
use crate::up::{self, OpenStore};

/// Two clocks that are further apart show in "a minute ago".
const CLOCKS_MS_WARNING: i64 = 2_000;
/// A collector's report counts as gone after a minute: at half of that it is only luck.
const CLOCKS_MS_PROBLEM: i64 = 30_000;

#[derive(Deserialize)]
struct Server {
    version: String,
    now_ms: i64,
}

/// Finds ClickHouse and asks it everything.
pub async fn check(
    report: &mut Report,
    options: &StoreOptions,
    state: DataState,
    instance: Option<&Instance>,
) {
    let Some((store, own)) = find(report, options, state) else { return };
    if ask_server(report, &store, options.clickhouse_url.is_some()).await {
        schema(report, &store).await;
        detached(report, &store).await;
        accounts(report, &store, instance).await;
        visits(report, &store).await;
    }
    if let Some((opened, _data_dir)) = own {
        opened.close().await;
    }
}

type Own = Option<(OpenStore, orma_store::DataDir)>;

fn find(report: &mut Report, options: &StoreOptions, state: DataState) -> Option<(Store, Own)> {
    const NAME: &str = "engine";
    if let Some(url) = &options.clickhouse_url {
        return match Endpoint::parse(url) {
            Ok(endpoint) => Some((Store::connect(endpoint), None)),
            Err(error) => {
                report.problem(
                    NAME,
                    error.to_string(),
                    "correct --clickhouse-url: http://user:password@host:8123/database",
                );
                None
            }
        };
    }
    let Some(library) = options.engine_library.clone().or_else(find_library).filter(|path| path.is_file())
    else {
        report.problem(
            NAME,
            "libchdb.so was not found",
            "run `npm ci`, name the file with --engine-library, or use a server with --clickhouse-url",
        );
        return None;
    };
    report.ok("engine library", library.display().to_string());
    match state {
        DataState::Unusable => None,
        DataState::Missing => {
            report.ok(NAME, "not started: there is no data yet");
            None
        }
        DataState::Held => match read_connection(&options.common.data_dir) {
            Ok(endpoint) => Some((Store::connect(endpoint), None)),
            Err(error) => {
                let advice = "name the --clickhouse-url that the running orma uses; if it uses none, it is still starting";
                report.warning(NAME, format!("the running orma has no embedded engine ({error})"), advice);
                None
            }
        },
        DataState::Ours(data_dir) => match tokio::task::block_in_place(|| up::open_store(options, &data_dir))
        {
            Ok(opened) => Some((opened.store.clone(), Some((opened, data_dir)))),
            Err(error) => {
                let advice = "the message is the engine's own; if it names a damaged file, restore engine/store from a backup";
                report.problem(NAME, format!("{error:#}"), advice);
                None
            }
        },
    }
}

/// Whether it answers, who it is, and what its clock says.
async fn ask_server(report: &mut Report, store: &Store, remote: bool) -> bool {
    const NAME: &str = "engine";
    // Not in the database of the connection, which may not exist yet.
    let server = Store::connect(Endpoint { database: "system".into(), ..store.endpoint() });
    let before = Timestamp::now().as_millisecond();
    let question = "SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS now_ms";
    let answer = server.select::<Server>(question, &[]).await;
    let after = Timestamp::now().as_millisecond();
    match answer.map(|mut rows| rows.pop()) {
        Ok(Some(Server { version, now_ms })) => {
            let place = if remote { "server" } else { "embedded" };
            report.ok(NAME, format!("ClickHouse {version}, {place}, answers in {} ms", after - before));
            clocks(report, now_ms, before, after);
            true
        }
        Ok(None) => false,
        Err(error @ StoreError::Refused { code: 516 | 192 | 193 | 194, .. }) => {
            report.problem(
                NAME,
                short(&error),
                "user and password of --clickhouse-url are not those of the server",
            );
            false
        }
        Err(error) => {
            let advice = if remote {
                "is the server running, and is its HTTP port reachable from here? Events wait in the spool meanwhile"
            } else {
                "the engine is restarted by itself; if it does not come back, look at the log for memory pressure"
            };
            report.problem(NAME, short(&error), advice);
            false
        }
    }
}

fn short(error: &StoreError) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}

fn clocks(report: &mut Report, server_ms: i64, before: i64, after: i64) {
    // Somewhere between question and answer: only what lies outside is a difference.
    let apart = if server_ms < before { server_ms - before } else { (server_ms - after).max(0) };
    let found = format!("ClickHouse's is {apart} ms from this machine's");
    let advice = "let an NTP service keep both clocks";
    match apart.abs() {
        0..CLOCKS_MS_WARNING => report.ok("clocks", found),
        CLOCKS_MS_WARNING..CLOCKS_MS_PROBLEM => report.warning("clocks", found, advice),
        _ => report.problem("clocks", found, advice),
    }
}

async fn schema(report: &mut Report, store: &Store) {
    let known = migrations::newest_version();
    match migrations::current_version(store).await {
        Ok(found) if found == known => report.ok("schema", format!("version {found}")),
        Ok(found) if found > known => report.problem(
            "schema",
            format!("version {found}, and this program knows {known}"),
            "the store was written by a newer orma: install that version",
        ),
        Ok(found) => report.warning(
            "schema",
            format!("version {found} of {known}"),
            "`orma migrate` or the next `orma up` brings it up to date",
        ),
        // 60 UNKNOWN_TABLE, 81 UNKNOWN_DATABASE.
        Err(StoreError::Refused { code: 60 | 81, .. }) => {
            report.warning("schema", "there is none yet", "`orma migrate` or the next `orma up` makes it");
        }
        Err(error) => {
            report.problem("schema", short(&error), "the user must be allowed to read the database");
        }
    }
}

/// What ClickHouse put aside because it could not read it: rows that are no longer in any answer.
async fn detached(report: &mut Report, store: &Store) {
    match migrations::detached_parts(store).await {
        Ok(parts) if parts.is_empty() => report.ok("tables", "no damaged parts"),
        Ok(parts) => {
            let named: Vec<String> =
                parts.iter().map(|(table, parts)| format!("{parts} of {table}")).collect();
            report.problem(
                "tables",
                format!("ClickHouse set damaged parts aside: {}", named.join(", ")),
                "their rows are in no answer: restore the table from a backup, or look at system.detached_parts",
            );
        }
        Err(error) => {
            report.warning("tables", short(&error), "the user is not allowed to read system.detached_parts");
        }
    }
}

async fn accounts(report: &mut Report, store: &Store, instance: Option<&Instance>) {
    const NAME: &str = "accounts";
    const MISSING: &str =
        "the accounting page shows the hours; see `An accounting gap` in docs/operations.md";
    const SURPLUS: &str = "nothing is lost: delete them if they do not belong there, or end the alarm with `orma accounts \
        write-off`; see `An accounting gap` in docs/operations.md";
    // A running orma has looked twice, and knows what was only on its way.
    if let Some(gap) = instance.and_then(|instance| instance.metric("orma_accounting_gap_events")) {
        let given_up = instance.and_then(|instance| instance.metric("orma_accounting_written_off_events"));
        let given_up = given_up.filter(|events| *events > 0.0);
        let given_up = given_up.map(|events| format!("; {events} written off")).unwrap_or_default();
        let surplus = instance.and_then(|instance| instance.metric("orma_accounting_surplus_events"));
        let surplus = surplus.unwrap_or_default();
        let missing = gap - surplus;
        let named = |events: f64| (events > 0.0).then(|| events.to_string());
        return match gap_in_words(named(missing), named(surplus)) {
            None => report.ok(NAME, format!("balanced{given_up}")),
            Some(found) => {
                let advice = if missing > 0.0 { MISSING } else { SURPLUS };
                report.problem(NAME, format!("{found}{given_up}"), advice);
            }
        };
    }
    match AccountsWatch::differing(store).await {
        Ok(hours) => {
            let given_up = by_site(&hours, |judged| judged.written_off.events());
            let given_up = given_up.map(|named| format!("; written off: {named}")).unwrap_or_default();
            let missing = by_site(&hours, |judged| judged.gap().max(0).unsigned_abs());
            let surplus = by_site(&hours, |judged| judged.gap().min(0).unsigned_abs());
            let advice = if missing.is_some() { MISSING } else { SURPLUS };
            match gap_in_words(missing, surplus) {
                None => report.ok(NAME, format!("balanced{given_up}")),
                Some(found) => report.problem(NAME, format!("{found}{given_up}"), advice),
            }
        }
        Err(StoreError::Refused { code: 60 | 81, .. }) => report.ok(NAME, "nothing to account for yet"),
        Err(error) => report.warning(NAME, short(&error), "ask again when ClickHouse answers"),
    }
}

/// Whether questions have what they read.
async fn visits(report: &mut Report, store: &Store) {
    const NAME: &str = "visits";
    const ADVICE: &str = "a running orma makes them, the newest days first; until then answers about older days have what is \
        made so far";
    match orma_visits::progress(store).await {
        Ok(sites) if sites.is_empty() => report.ok(NAME, "made of all events"),
        Ok(sites) => {
            let named: Vec<String> = sites
                .iter()
                .map(|(site, progress)| {
                    let percent = (progress.share * 100.0).floor();
                    format!("{} sessions of {site} are left, {percent} % is done", progress.sessions_left)
                })
                .collect();
            report.warning(NAME, format!("are made anew of the events: {}", named.join(", ")), ADVICE);
        }
        Err(StoreError::Refused { code: 60 | 81, .. }) => report.ok(NAME, "nothing to make yet"),
        Err(error) => report.warning(NAME, short(&error), "ask again when ClickHouse answers"),
    }
}

/// What does not add up, by how many events are missing and how many are too many; `None` when all does.
fn gap_in_words(missing: Option<String>, surplus: Option<String>) -> Option<String> {
    let missing = missing.map(|events| format!("accepted and not in the store: {events}"));
    let surplus = surplus.map(|events| format!("in the store and counted by no collector: {events}"));
    let parts: Vec<String> = missing.into_iter().chain(surplus).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The sites with a number above 0; `None` when there is none.
fn by_site(hours: &BTreeMap<(String, i64), Judged>, number: impl Fn(&Judged) -> u64) -> Option<String> {
    let mut sites: BTreeMap<&str, u64> = BTreeMap::new();
    for ((site, _), judged) in hours {
        *sites.entry(site).or_default() += number(judged);
    }
    let named: Vec<String> = sites
        .iter()
        .filter(|(_, events)| **events > 0)
        .map(|(site, events)| format!("{events} of {site}"))
        .collect();
    (!named.is_empty()).then(|| named.join(", "))
}
