//! The statements that tell what the store holds.

/// The parts of the tables that answers about people and numbers are made of, in the order of their names: `table`,
/// `identity`, `first_day` (UTC, `1970-01-01` where the table is not divided by time), `replicated`. Whatever table comes counts;
/// only those that no such answer reads are left out, because they change all the time.
pub const PARTS: &str = "SELECT table, concat(table, ' ', name, ' ', toString(toUnixTimestamp(modification_time))) AS identity, \
    toString(greatest(min_date, toDate(min_time, 'UTC'))) AS first_day, toBool(match(engine, '^(Replicated|Shared)')) AS replicated \
    FROM system.parts WHERE database = currentDatabase() AND active AND table NOT IN ('outcomes', 'collector_status', \
    'arrivals', 'touched', 'rollup_days', 'people_left', 'people_mark', 'job_claims', 'job_marks', 'rejected_events', 'write_offs', 'schema_migrations', 'site_settings', 'tokens', \
    'write_keys', 'newsletter_keys', 'audiences', 'audience_marks', 'saved', 'alert_looks', 'alert_acknowledgements') ORDER BY identity";

/// The visits that are still to be made, by site and by what came: `site`, `of_edges` (who somebody is), `first_day` (UTC).
pub const UNMADE: &str = "SELECT toString(site) AS site, toBool(because = 'mark') AS of_edges, \
    toString(min(day)) AS first_day FROM touched WHERE because != 'anew' GROUP BY site, of_edges";
