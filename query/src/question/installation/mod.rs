//! `/installation`: what arrived of a site, and what was refused.

pub mod response;
mod sql;

use orma_store::Site;
use serde::Deserialize;

use crate::error::ApiError;
use crate::runner::Runner;
use crate::timestamp::Timestamp;
use response::{ArrivedEvent, ArrivedHost, Installation, Refused};

/// How far back this looks: who installs a snippet goes back and forth between two windows.
const WINDOW_MS: i64 = 30 * 60_000;

#[derive(Deserialize)]
struct HostRow {
    host_name: String,
    events: i64,
    visitors: i64,
    bots: i64,
    last_at: Timestamp,
}

#[derive(Deserialize)]
struct EventRow {
    id: String,
    received: Timestamp,
    kind_name: String,
    event_name: String,
    host_name: String,
    page: String,
    sdk_name: String,
    bot_name: String,
}

#[derive(Deserialize)]
struct RefusedRow {
    reason_name: String,
    message_text: String,
    origin: String,
    write_key: String,
    whole: u8,
    named: u8,
    amount: i64,
    last_at: Timestamp,
    example: String,
}

#[derive(Deserialize)]
struct HourRow {
    hour_start: i64,
}

/// Answers.
///
/// # Errors
/// The store did not answer.
pub async fn respond(
    runner: &Runner,
    site: &Site,
    write_key: Option<String>,
    of_all_sites: bool,
    now: Timestamp,
) -> Result<Installation, ApiError> {
    let from = Timestamp(now.0 - WINDOW_MS);
    let statements = (
        sql::hosts(&site.site, from),
        sql::latest(&site.site, from),
        sql::refused(&site.site, &site.origins, of_all_sites, from),
        sql::last_hour(&site.site),
    );
    let (hosts, latest, refused, hours) = futures_util::try_join!(
        runner.rows::<HostRow>(&statements.0),
        runner.rows::<EventRow>(&statements.1),
        runner.rows::<RefusedRow>(&statements.2),
        runner.rows::<HourRow>(&statements.3),
    )?;
    let last_hour =
        hours.first().filter(|row| row.hour_start > 0).map(|row| Timestamp(row.hour_start * 1_000));
    Ok(Installation {
        site: site.site.clone(),
        write_key,
        origins: site.origins.clone(),
        from,
        events: hosts.iter().map(|host| host.events).sum(),
        last_hour,
        hosts: hosts.into_iter().take(sql::HOSTS_MAX).map(host).collect(),
        latest: latest.into_iter().map(event).collect(),
        refused: refused.into_iter().map(refusal).collect(),
    })
}

fn host(row: HostRow) -> ArrivedHost {
    let HostRow { host_name, events, visitors, bots, last_at } = row;
    ArrivedHost { host: host_name, events, visitors, bots, last_at }
}

fn event(row: EventRow) -> ArrivedEvent {
    ArrivedEvent {
        event_id: row.id,
        received_at: row.received,
        kind: row.kind_name,
        name: row.event_name,
        host: row.host_name,
        path: row.page,
        sdk: row.sdk_name,
        bot: row.bot_name,
    }
}

fn refusal(row: RefusedRow) -> Refused {
    Refused {
        reason: row.reason_name,
        message: row.message_text,
        origin: row.origin,
        key: row.write_key,
        whole_request: row.whole != 0,
        of_this_site: row.named != 0,
        count: row.amount,
        last_at: row.last_at,
        example: row.example,
    }
}
