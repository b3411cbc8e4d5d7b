//! Views, read from visits: what most questions ask, at a fraction of what it costs to read events.
//!
//! Uses `clause`; `/stats` uses it.

use super::clause::{self, Visits};

/// A visit's beginning, in milliseconds since the epoch.
const STARTED_MS: &str = "toUnixTimestamp64Milli(started)";

/// One of the rows of a visit of several days.
const IS_ONCE: &str = "(NOT is_continued OR day = {from_day:Date})";

/// The number of the person whose a view is: that of the latest turn of its visit that fewer views were before.
const PERSON_OF_VIEW: &str = ", if(empty(turn_view), visited.person_hash, \
    if((turn_owner[arrayCount(views -> views < place, turn_view)] AS whose) = '', visitor_hash, sipHash64(whose))) \
    AS person_hash";

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

/// Views of a period: `visitor_hash`, `ts`, `view_count` (how many views the row stands for), with people also
/// `person_hash`, with pages also `page`, and
/// what is asked of their visits (`first_…`, `exit_page`). A visit that is as a whole in the period, and in one bucket of
/// time where there are any, is one row; of others each view is one, at its own moment.
pub fn views(views: &Views<'_>) -> String {
    let conditions: String =
        views.conditions.iter().flat_map(|condition| [" AND ", condition.as_str()]).collect();
    let (entry, names) = clause::entry_columns(&format!("{}{conditions}", views.asked));
    let visits =
        format!("{} AND view_count > 0{conditions}", clause::visits_window(Visits::Any, views.with_bots));
    let is_in_period =
        format!("{STARTED_MS} >= {{from:Int64}} AND {STARTED_MS} + last_view_ms < {{to:Int64}}");
    let (is_whole, is_divided) = match views.bucket {
        // Whoever was here at the beginning or the end of the period was here on that day.
        None => (
            is_in_period,
            format!(
                "(day = {{from_day:Date}} AND {STARTED_MS} < {{from:Int64}} \
                 OR day = {{to_day:Date}} AND {STARTED_MS} >= {{from:Int64}} \
                 AND {STARTED_MS} + last_view_ms >= {{to:Int64}})"
            ),
        ),
        Some(bucket) => {
            let last = bucket("addMilliseconds(started, last_view_ms)");
            let is_whole = format!("({is_in_period} AND {} = {last})", bucket("started"));
            let is_divided = format!("({IS_ONCE} AND NOT {is_whole})");
            (is_whole, is_divided)
        }
    };
    // Of a visit that changes hands each view is of whoever had it then.
    let (is_whole, is_divided, person, turns, and_places, person_of_view) = if views.with_people {
        (
            format!("{is_whole} AND NOT is_mixed"),
            format!("({is_divided} OR {IS_ONCE} AND is_mixed AND {is_whole})"),
            ", person_hash",
            ", person_hash, turn_view, turn_owner",
            ", arrayEnumerate(view_ms) AS place",
            PERSON_OF_VIEW,
        )
    } else {
        (is_whole, is_divided, "", "", "", "")
    };
    let (count, page, join_pages, and_pages) = if views.with_pages {
        ("toUInt32(1)", ", page", " ARRAY JOIN pages AS page", ", pages AS page")
    } else {
        ("view_count", "", "", "")
    };
    format!(
        "(SELECT visitor_hash{person}, started AS ts, {count} AS view_count{page}, exit_page{entry} \
         FROM visits FINAL{join_pages} WHERE {visits} AND {IS_ONCE} AND {is_whole} \
         UNION ALL \
         SELECT visitor_hash{person_of_view}, addMilliseconds(started, ms) AS ts, toUInt32(1) AS view_count{page}, \
         exit_page{names} FROM (SELECT visitor_hash{turns}, started, view_ms, pages, exit_page{entry} FROM visits FINAL \
         WHERE {visits} AND {is_divided}) AS visited ARRAY JOIN view_ms AS ms{and_pages}{and_places} \
         WHERE {STARTED_MS} + ms >= {{from:Int64}} AND {STARTED_MS} + ms < {{to:Int64}})"
    )
}
