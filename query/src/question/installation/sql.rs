//! The statements of `/installation`.

use orma_store::Param;

use crate::sql::Sql;
use crate::timestamp::Timestamp;

/// Hosts that are shown.
pub const HOSTS_MAX: usize = 20;

const SINCE: &str = "site = {site:String} AND received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')";

/// What arrived since `from` by host, most events first: `host_name`, `events`, `visitors`, `bots`, `last_at`
/// (milliseconds). All hosts, so that their sum is the number of events.
pub fn hosts(site: &str, from: Timestamp) -> Sql {
    Sql::new(
        format!(
            "SELECT toString(host) AS host_name, toInt64(uniqExact(event_id)) AS events, \
             toInt64(uniqExact(visitor)) AS visitors, \
             toInt64(uniqExactIf(event_id, bot != '' OR verdict = 'machine')) AS bots, \
             toUnixTimestamp64Milli(max(received_at)) AS last_at \
             FROM events WHERE {SINCE} GROUP BY host_name ORDER BY events DESC, host_name"
        ),
        [("site", site.into()), ("from", Param::Int(from.0))],
    )
}

/// The latest ten events since `from`: `id`, `received` (milliseconds), `kind_name`, `event_name`, `host_name`, `page`,
/// `sdk_name`, `bot_name`.
pub fn latest(site: &str, from: Timestamp) -> Sql {
    Sql::new(
        format!(
            "SELECT toString(event_id) AS id, toUnixTimestamp64Milli(received_at) AS received, \
             toString(kind) AS kind_name, toString(name) AS event_name, toString(host) AS host_name, \
             if(path = '', toString(screen), toString(path)) AS page, toString(sdk) AS sdk_name, \
             toString(bot) AS bot_name \
             FROM events WHERE {SINCE} ORDER BY received_at DESC, ts DESC, event_id LIMIT 1 BY event_id LIMIT 10"
        ),
        [("site", site.into()), ("from", Param::Int(from.0))],
    )
}

/// What was refused since `from`, the latest first: `reason_name`, `message_text`, `origin`, `write_key`, `whole` (the
/// request as a whole), `named` (it named this site), `amount`, `last_at` (milliseconds), `example`. The collector tells
/// of whole requests by a payload that is no JSON, and so no event's. Those that name no site are left out unless they came from one of `origins`
/// or `of_all_sites` is set: they may be another site's business.
pub fn refused(site: &str, origins: &[String], of_all_sites: bool, from: Timestamp) -> Sql {
    let strangers = if of_all_sites { "1" } else { "origin IN {origins:Array(String)}" };
    let mut sql = Sql::new(
        format!(
            "SELECT reason_name, argMax(message, received_at) AS message_text, origin, write_key, \
             toUInt8(requests) AS whole, toUInt8(site_name != '') AS named, \
             toInt64(sum(greatest(requests_of_row, 1))) AS amount, \
             toUnixTimestamp64Milli(max(received_at)) AS last_at, \
             if(whole, '', argMax(payload, received_at)) AS example \
             FROM (SELECT toString(site) AS site_name, toString(reason) AS reason_name, message, received_at, payload, \
             if(startsWith(payload, 'request {{'), substring(payload, length('request ') + 1), '') AS request, \
             request != '' AS requests, JSONExtractUInt(request, 'requests') AS requests_of_row, \
             JSONExtractString(request, 'origin') AS origin, JSONExtractString(request, 'key') AS write_key \
             FROM rejected_events WHERE site IN ({{site:String}}, '') \
             AND received_at >= fromUnixTimestamp64Milli({{from:Int64}}, 'UTC')) \
             WHERE named OR {strangers} \
             GROUP BY reason_name, origin, write_key, requests, site_name \
             ORDER BY last_at DESC, reason_name, origin, write_key LIMIT 50"
        ),
        [("site", site.into()), ("from", Param::Int(from.0))],
    );
    if !of_all_sites {
        sql.params.push(("origins".into(), Param::Texts(origins.to_vec())));
    }
    sql
}

/// The last hour in which an event was taken: `hour_start` (seconds since the epoch), 0 when there is none.
pub fn last_hour(site: &str) -> Sql {
    Sql::new(
        "SELECT toInt64(toUnixTimestamp(max(hour))) AS hour_start FROM outcomes \
         WHERE site = {site:String} AND accepted > 0",
        [("site", site.into())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::NOW;
    use crate::sql::snapshot::check;

    #[test]
    fn snapshots_of_an_installation() {
        let origins = ["https://shop.example".to_owned()];
        check(
            "installation",
            &[
                hosts("demo", NOW),
                latest("demo", NOW),
                refused("demo", &origins, false, NOW),
                refused("demo", &origins, true, NOW),
                last_hour("demo"),
            ],
        );
    }
}
