//! The collector under load beside nginx: what a request costs, how many it takes, how soon it answers.

mod answer;
mod browser;
mod client;
mod nginx;
mod request;
mod rounds;

use std::time::Duration;

use crate::markdown::{self, number};
use crate::running::Running;
use nginx::Nginx;
use rounds::Series;

/// How long and how it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A short run.
    pub quick: bool,
    /// JSON instead of tables.
    pub json: bool,
    /// Further options of `orma up`.
    pub up: Vec<String>,
}

/// Starts `orma up` and nginx and sends both the same requests.
///
/// # Errors
/// One of them does not start, or refuses a request.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    raise_open_files_limit()?;
    let workers = std::thread::available_parallelism()?.get();
    let running = Running::up(&options.up).await?;
    running.add_sites(&request::SITES).await?;
    let reference = Nginx::start(workers)?;
    let (count, duration) =
        if options.quick { (3, Duration::from_secs(1)) } else { (5, Duration::from_secs(3)) };
    let series = rounds::in_turn(&running, &reference, count, duration).await?;
    print_rounds(&series, duration);
    running.stop().await
}

/// Sockets of the load on both sides; children inherit it.
fn raise_open_files_limit() -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}

fn print_rounds(series: &[Series; 4], duration: Duration) {
    let gif = &series[0];
    let mut rows = Vec::new();
    let mut row = |name: String, series: &Series, figure: fn(&rounds::Round) -> f64| {
        let [low, high] = series.spread(figure);
        rows.push(vec![
            name,
            number(series.median(|round| round.requests_per_second)),
            number(series.median(figure)),
            format!("{}–{}", number(low), number(high)),
            number(series.ratio(gif, figure)),
        ]);
    };
    for series in series {
        if series.name.starts_with("orma") {
            row(format!("{}, until the answer", series.name), series, |round| round.answer_cpu_us);
            row(format!("{}, shipping included", series.name), series, |round| round.whole_cpu_us);
        } else {
            row(series.name.to_owned(), series, |round| round.whole_cpu_us);
        }
    }
    markdown::print(
        "One event a request, beside nginx",
        &format!(
            "{} connections that are kept open, each with one request at a time; {} rounds of {} s in turn. CPU of \
             the server's processes, user and system. nginx answers from memory and writes its log through a buffer; \
             orma has parsed, enriched and flushed the event to the disk when it answers.",
            rounds::CONNECTIONS,
            gif.rounds.len(),
            duration.as_secs()
        ),
        &["what", "requests a second", "CPU µs a request, median", "spread", "× nginx's GIF"],
        &rows,
    );
}
