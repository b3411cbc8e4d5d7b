//! orma's own tables and questions: filled past the collector, asked through the API as anybody asks.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};

use super::ask::{Asked, Page};
use super::engine::Engine;
use super::peers::Filled;
use super::script::statements;
use super::stream::{FROM, Stream, TO, WEEKS_FROM, chunks};
use crate::running::Running;

const FILL: &str = include_str!("sql/ours/fill.sql");
const LIVE: &str = include_str!("sql/ours/live.sql");

/// The site whose events these are; its days are those of UTC, as the peers' are.
pub const SITE: &str = "stream";
/// The database of orma's tables.
pub const DATABASE: &str = orma_store::engine::config::DATABASE;
/// Of twenty million events on two cores it takes minutes.
const ROLLED_UP_WITHIN: Duration = Duration::from_hours(1);
/// What the overview shows of a site that sells.
const HEADLINES: &str = "visitors,people,page_views,sessions,bounce_rate,session_duration_ms,orders,revenue,\
                         average_order_value,conversion_rate";
/// What the list of people can be sorted by.
const ORDERS: [(&str, &str); 7] = [
    ("people_last_seen", "last_seen"),
    ("people_first_seen", "first_seen"),
    ("people_sessions", "sessions"),
    ("people_page_views", "page_views"),
    ("people_events", "events"),
    ("people_orders", "orders"),
    ("people_revenue", "revenue"),
];

/// A question to the API.
#[derive(Clone, Debug)]
pub struct Question {
    /// The same as that of the peers' question about the same.
    pub name: &'static str,
    pub asked: Asked,
    /// Whether an older orma may not know it: then it is left out.
    pub is_new: bool,
}

/// Makes the site, with days of UTC.
///
/// # Errors
/// `orma site add` fails.
pub async fn add_site(running: &Running) -> anyhow::Result<()> {
    running.add_sites(&[SITE], &["--timezone", "UTC"]).await
}

/// Fills the events from the stream, as large batches, and waits until all that follows from them is there.
///
/// # Errors
/// What the engine refuses.
pub async fn fill(engine: &Engine, visitors: u64) -> anyhow::Result<Filled> {
    let (started, before) = (Instant::now(), engine.cpu_seconds()?);
    let more = [("DB", DATABASE.to_owned()), ("SITE", SITE.to_owned())];
    for statements in chunks(FILL, visitors, &more) {
        engine.execute(&statements).await?;
    }
    engine.settle().await?;
    rolled_up(engine).await?;
    engine.settle().await?;
    let filled =
        Filled { seconds: started.elapsed().as_secs_f64(), cpu_seconds: engine.cpu_seconds()? - before };
    let sql = format!("SELECT count() AS value FROM {DATABASE}.events WHERE site = '{SITE}'");
    ensure!(engine.number(&sql).await? > 0, "no events were filled");
    Ok(filled)
}

/// Waits until the days that are over are rolled up, where the store has that.
///
/// # Errors
/// They are not after an hour.
async fn rolled_up(engine: &Engine) -> anyhow::Result<()> {
    let has = format!(
        "SELECT count() AS value FROM system.tables WHERE database = '{DATABASE}' AND name = 'rollup_days'"
    );
    if engine.number(&has).await? == 0 {
        return Ok(());
    }
    let left = format!(
        "SELECT uniqExact(day) AS value FROM {DATABASE}.visits WHERE site = '{SITE}' AND day < yesterday() \
         AND day NOT IN (SELECT day FROM {DATABASE}.rollup_days FINAL WHERE site = '{SITE}' AND zone != '')"
    );
    let deadline = Instant::now() + ROLLED_UP_WITHIN;
    while engine.number(&left).await? > 0 {
        ensure!(Instant::now() < deadline, "the days are not rolled up");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// Lets something have happened in the last half hour.
///
/// # Errors
/// What the engine refuses.
pub async fn fill_live(engine: &Engine) -> anyhow::Result<()> {
    let values = [("DB", DATABASE.to_owned()), ("SITE", SITE.to_owned())];
    engine.execute(&statements(LIVE, &values)).await?;
    engine.settle().await
}

/// All that the API is asked.
pub fn questions(stream: &Stream) -> Vec<Question> {
    let get = |name, path: String| Question { name, asked: Asked::Get(path), is_new: false };
    let post = |name, question, body: &Value| Question {
        name,
        asked: Asked::Post(path(question), body.to_string()),
        is_new: true,
    };
    let person = format!("people/{}", stream.person);
    let mut questions = vec![
        get("daily_visitors", stats("metrics=visitors&interval=day")),
        get("top_pages", stats("metrics=visitors&group_by=page&limit=10")),
        get("bounce_duration", stats("metrics=bounce_rate,session_duration_ms,sessions")),
        get("top_sources", stats("metrics=visitors&group_by=source&limit=10")),
        get("countries", stats("metrics=visitors&group_by=country")),
        get("filtered", stats("metrics=visitors&filter=source:is:google.com")),
        Question { is_new: true, ..get("people_count", stats("metrics=people")) },
        get("timeline", path(&format!("{person}/journey?limit=200"))),
        get("timeline_page", path(&format!("{person}/journey?limit=20"))),
        get("person_card", path(&person)),
        post("funnel", "funnels", &funnel("visitors")),
        post("funnel_people", "funnels", &funnel("people")),
        post("retention", "retention", &retention("visitors")),
        post("retention_people", "retention", &retention("people")),
        post("paths", "paths", &json!({"from": FROM, "to": TO, "nodes": "pages", "start": {"path": "/"}})),
        post("segment", "segments/preview", &json!({"condition": segment(), "days": 396})),
        post("attribution", "attribution", &json!({"from": FROM, "to": TO, "group_by": "source"})),
        post("touchpoints", "touchpoints", &json!({"from": FROM, "to": TO, "unit": "visitors"})),
        post("touchpoints_people", "touchpoints", &json!({"from": FROM, "to": TO})),
        post(
            "journeys",
            "journeys",
            &json!({"from": FROM, "to": TO, "unit": "sessions", "group_by": "content_group"}),
        ),
        post("journeys_people", "journeys", &json!({"from": FROM, "to": TO, "group_by": "channel"})),
    ];
    for (name, order) in ORDERS {
        questions.push(get(name, in_period(&format!("people?limit=50&order_by={order}&direction=desc"))));
    }
    let search = stream.email.replace('@', "%40");
    questions.extend([
        get("people_search", in_period(&format!("people?limit=50&search={search}"))),
        get("web_quality", in_period("quality/web?group_by=page")),
        Question { name: "live", asked: Asked::Live(path("live")), is_new: false },
        Question { name: "overview", asked: Asked::Page(overview("")), is_new: false },
    ]);
    questions
}

/// From the list of products to an order within seven days.
fn funnel(unit: &str) -> Value {
    let steps = json!([
        {"kind": "page_view", "path": "/products"}, {"kind": "add_to_cart"}, {"kind": "begin_checkout"}, {"kind": "order"}
    ]);
    json!({"from": FROM, "to": TO, "unit": unit, "window_ms": 604_800_000, "steps": steps})
}

/// Who came at least twice from Italy with a phone and bought something, whenever that was.
fn segment() -> Value {
    let is = |dimension: &str, value: &str| json!({"is": {"dimension": dimension, "values": [value]}});
    json!({"all": [
        {"visited": {"at_least": 2, "where": {"all": [is("country", "IT"), is("device_class", "smartphone")]}}},
        {"did": {"event": {"kind": "order"}}}
    ]})
}

/// Eight weeks, of whoever was there.
fn retention(unit: &str) -> Value {
    json!({"from": WEEKS_FROM, "to": TO, "interval": "week", "unit": unit})
}

/// What the dashboard's overview asks for 30 days with the 30 before, of a site that sells: that it sells it learns with
/// the first answer, and asks its lists then. `filters` are parameters with `&` before each.
pub fn overview(filters: &str) -> Page {
    let list = |metrics: &str, dimension: &str| {
        stats(&format!("metrics={metrics}&group_by={dimension}&limit=9{filters}"))
    };
    Page {
        first: stats(&format!("metrics={HEADLINES}&interval=day&limit=1000&compare=previous{filters}")),
        then: ["page", "channel", "product", "country", "device_class"]
            .map(|it| list("visitors,conversion_rate", it))
            .to_vec(),
    }
}

fn stats(parameters: &str) -> String {
    in_period(&format!("stats?{parameters}"))
}

fn in_period(question: &str) -> String {
    path(&format!("{question}&from={FROM}&to={TO}"))
}

fn path(question: &str) -> String {
    format!("/api/v1/sites/{SITE}/{question}")
}
