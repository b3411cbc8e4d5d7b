//! Views, read from visits: what most questions ask, at a fraction of what it costs to read events.
//!
//! Uses `clause`; `/stats` uses it.

use super::clause;

/// A visit's beginning, in milliseconds since the epoch.
const STARTED_MS: &str = "toUnixTimestamp64Milli(started)";

/// One of the rows of a visit of several days.
const IS_ONCE: &str = "(NOT is_continued OR day = {from_day:Date})";

/// A visit of the days between the first and the last of the period: it is as a whole in it, whatever the moments of its
/// views are, and these need not be read.
const IS_BETWEEN: &str = "day > {from_day:Date} AND NOT is_continued AND day + days_after < {to_day:Date}";

/// A visit that touches the first or the last day of the period, once.
const IS_AT_EDGE: &str =
    "day IN ({from_day:Date}, {to_day:Date}) AND (day = {from_day:Date} OR toDate(since) > {from_day:Date})";

/// Which views, and what is asked of them.
pub struct Views<'a> {
    /// Bots too.
    pub with_bots: bool,
    /// Each row has the number of its person, before aliases.
    pub with_people: bool,
    /// Each row has a page.
    pub with_pages: bool,
    /// The beginning of a moment's bucket, where rows are buckets of time.
    pub bucket: Option<&'a dyn Fn(&str) -> String>,
    /// What must hold for a visit.
    pub conditions: &'a [String],
    /// What is asked of the rows: what of a visit's first event stands there is read.
    pub asked: &'a str,
}

/// Views of a period: `visitor_hash`, `ts`, or `bucket` where rows are buckets of time, `view_count` (how many views the row
/// stands for), with people also `person_hash`, with pages also `page`, and what is asked of their visits (`first_…`, of which
/// client, device and place are those of the view, and `exit_page`). A visit that is as a whole in the period, and in one bucket
/// of time where there are any, is one row; of others each view is one, at its own moment.
pub fn views(views: &Views<'_>) -> String {
    let conditions: String =
        views.conditions.iter().flat_map(|condition| [" AND ", condition.as_str()]).collect();
    let (entry, names) = clause::entry_columns(&format!("{}{conditions}", views.asked));
    let visits = format!("{} AND view_count > 0{conditions}", clause::views_window(views.with_bots));
    let person = if views.with_people { ", person_hash" } else { "" };
    let (count, page, join_pages, and_pages) = if views.with_pages {
        ("toUInt32(1)", ", page", " ARRAY JOIN pages AS page", ", pages AS page")
    } else {
        ("view_count", "", "", "")
    };
    // Each view of the visits for which this holds.
    let each = |is_divided: &str| {
        let moment = "addMilliseconds(started, ms)";
        let at =
            views.bucket.map_or_else(|| format!("{moment} AS ts"), |of| format!("{} AS bucket", of(moment)));
        format!(
            "SELECT visitor_hash{person}, {at}, toUInt32(1) AS view_count{page}, exit_page{names} \
             FROM (SELECT visitor_hash{person}, started, view_ms, pages, exit_page{entry} FROM visits FINAL \
             WHERE {visits} AND {is_divided}) AS visited ARRAY JOIN view_ms AS ms{and_pages} \
             WHERE {STARTED_MS} + ms >= {{from:Int64}} AND {STARTED_MS} + ms < {{to:Int64}}"
        )
    };
    let Some(bucket) = views.bucket else {
        return format!(
            "(SELECT visitor_hash{person}, started AS ts, {count} AS view_count{page}, exit_page{entry} \
             FROM visits FINAL{join_pages} WHERE {visits} AND {IS_BETWEEN} UNION ALL {})",
            each(IS_AT_EDGE)
        );
    };
    if views.with_pages {
        return format!("({})", each(IS_ONCE));
    }
    let is_in_period =
        format!("{STARTED_MS} >= {{from:Int64}} AND {STARTED_MS} + last_view_ms < {{to:Int64}}");
    let (first, last) = (bucket("started"), bucket("addMilliseconds(started, last_view_ms)"));
    let of_view = bucket("addMilliseconds(started, ms)");
    // One reading for both: a visit that is as a whole in one bucket is one piece, of others each view is.
    format!(
        "(SELECT visitor_hash{person}, piece.1 AS bucket, piece.2 AS view_count, exit_page{names} \
         FROM (SELECT visitor_hash{person}, exit_page{entry}, arrayJoin(if({is_in_period} AND {first} = {last}, \
         [({first}, view_count)], arrayMap(ms -> ({of_view}, toUInt32(1)), arrayFilter(ms -> \
         {STARTED_MS} + ms >= {{from:Int64}} AND {STARTED_MS} + ms < {{to:Int64}}, view_ms)))) AS piece \
         FROM visits FINAL WHERE {visits} AND {IS_ONCE}))"
    )
}
