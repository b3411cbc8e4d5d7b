//! What `make bench` runs: measures the schema, the idle program and the collector under load, and prints the tables
//! that `docs/` shows.
//!
//! ```text
//! cargo run --release -p orma-benches                                   all but questions and query
//! cargo run --release -p orma-benches -- idle      [--events N]         the whole program, N beacons (200,000)
//! cargo run --release -p orma-benches -- load [--quick] [--json]        the collector beside nginx
//!                                             [-- OPTIONS of orma up]
//! cargo run --release -p orma-benches -- schema    [--events N]         layouts of the table of events (5,000,000)
//! cargo run --release -p orma-benches -- questions [--events N]         the layout in use, N events (5,000,000)
//! cargo run --release -p orma-benches -- query     [--events N]         beside the peers' tables, N events (1 and
//!                                             [--repeats N]             20 million)
//!                                             [--peers A,B] [--keep DIR] [--again DIR] [--optimize]
//!                                             [--only questions,load,page]
//! cargo run --release -p orma-benches -- soak      [--minutes N]        the same load for N minutes (10): what grows?
//! cargo run --release -p orma-benches -- beacons|pixels|batches [--seconds N]   one sort of requests for a profiler (20)
//! cargo run --release -p orma-benches -- paths [--seconds N]             beacons by the fast path and by hyper alone (48)
//! ```
//!
//! Figures are CPU seconds of one process, bytes, and ratios within one run: elapsed times depend on what else the
//! machine does.

mod connection;
mod events;
mod idle;
mod load;
mod markdown;
mod process;
mod program;
mod query;
mod running;
mod schema;
mod soak;
mod visible;

use std::process::ExitCode;
use std::time::Duration;

use load::drive::Drive;

const USAGE: &str = "usage: orma-benches [idle|load|schema|questions|query|soak|beacons|pixels|batches|paths] \
                     [--events N] [--minutes N] [--seconds N] [--repeats N] [--peers A,B] [--keep DIR] \
                     [--again DIR] [--optimize] [--only PART,PART] [--quick] [--json] [-- OPTIONS of orma up]";

/// Longer than anything should take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bench {
    Idle,
    Load,
    Schema,
    Questions,
    Query,
    Soak,
    Paths,
    Drive(Drive),
}

/// The command line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    benches: Vec<Bench>,
    events: Option<u64>,
    minutes: Option<u64>,
    seconds: Option<u64>,
    load: load::Options,
    query: query::Options,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { benches, events, minutes, seconds, load, query } = match parse(std::env::args().skip(1)) {
        Ok(parsed) => parsed,
        Err(message) => {
            eprintln!("orma-benches: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    for bench in benches {
        let measured = match bench {
            Bench::Idle => idle::run(events.unwrap_or(idle::EVENTS_DEFAULT)).await,
            Bench::Load => load::run(&load).await,
            Bench::Schema => schema::run(events.unwrap_or(schema::EVENTS_DEFAULT)).await,
            Bench::Soak => soak::run(minutes.unwrap_or(soak::MINUTES_DEFAULT), &load.up).await,
            Bench::Paths => load::paths::run(seconds.unwrap_or(load::paths::SECONDS_DEFAULT), &load.up).await,
            Bench::Drive(drive) => {
                load::drive::run(drive, seconds.unwrap_or(load::drive::SECONDS_DEFAULT), &load.up).await
            }
            Bench::Query => query::run(events, &query).await,
            Bench::Questions => schema::run_questions(events.unwrap_or(schema::EVENTS_DEFAULT)).await,
        };
        if let Err(error) = measured {
            eprintln!("orma-benches: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Reads the command line. Without a name, all but `questions` and `query`.
fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "idle" => arguments.benches.push(Bench::Idle),
            "load" => arguments.benches.push(Bench::Load),
            "schema" => arguments.benches.push(Bench::Schema),
            "questions" => arguments.benches.push(Bench::Questions),
            "query" => arguments.benches.push(Bench::Query),
            "soak" => arguments.benches.push(Bench::Soak),
            "beacons" => arguments.benches.push(Bench::Drive(Drive::Beacons)),
            "pixels" => arguments.benches.push(Bench::Drive(Drive::Pixels)),
            "batches" => arguments.benches.push(Bench::Drive(Drive::Batches)),
            "paths" => arguments.benches.push(Bench::Paths),
            "--events" => arguments.events = Some(number(&word, words.next(), schema::EVENTS_MIN)?),
            "--minutes" => arguments.minutes = Some(number(&word, words.next(), soak::MINUTES_MIN)?),
            "--seconds" => arguments.seconds = Some(number(&word, words.next(), 1)?),
            "--repeats" => arguments.query.repeats = Some(number(&word, words.next(), 1)? as usize),
            "--peers" => {
                arguments.query.peers = Some(query::Peer::parse_list(&text(&word, words.next())?)?);
            }
            "--keep" => arguments.query.keep = Some(text(&word, words.next())?.into()),
            "--again" => arguments.query.again = Some(text(&word, words.next())?.into()),
            "--only" => arguments.query.only = Some(query::Part::parse_list(&text(&word, words.next())?)?),
            "--optimize" => arguments.query.optimize = true,
            "--quick" => arguments.load.quick = true,
            "--json" => arguments.load.json = true,
            "--" => arguments.load.up = words.by_ref().collect(),
            other => return Err(format!("`{other}` is not known")),
        }
    }
    if arguments.benches.is_empty() {
        arguments.benches = vec![Bench::Idle, Bench::Load, Bench::Schema, Bench::Soak];
    }
    Ok(arguments)
}

fn text(name: &str, text: Option<String>) -> Result<String, String> {
    text.ok_or_else(|| format!("{name} needs a value"))
}

fn number(name: &str, text: Option<String>, at_least: u64) -> Result<u64, String> {
    let number = text.and_then(|text| text.replace('_', "").parse().ok());
    number
        .filter(|number| *number >= at_least)
        .ok_or_else(|| format!("{name} must be a number of at least {at_least}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read_or_refused_by_name() {
        let parse = |line: &str| parse(line.split_whitespace().map(str::to_owned));
        assert_eq!(parse("").unwrap().benches, [Bench::Idle, Bench::Load, Bench::Schema, Bench::Soak]);
        let schema = parse("schema --events 20_000_000").unwrap();
        assert_eq!((schema.benches.as_slice(), schema.events), (&[Bench::Schema][..], Some(20_000_000)));
        let load = parse("load --quick -- --workers 1").unwrap().load;
        assert_eq!((load.quick, load.json, load.up.join(" ").as_str()), (true, false, "--workers 1"));
        assert_eq!(parse("soak --minutes 30").unwrap().minutes, Some(30));
        let drive = parse("batches --seconds 3").unwrap();
        assert_eq!((drive.benches, drive.seconds), (vec![Bench::Drive(Drive::Batches)], Some(3)));
        let query =
            parse("query --repeats 5 --peers rybbit,plausible --keep /kept --optimize").unwrap().query;
        assert_eq!(query.peers, Some(vec![query::Peer::Rybbit, query::Peer::Plausible]));
        assert_eq!((query.repeats, query.optimize, query.again), (Some(5), true, None));
        assert_eq!(query.keep, Some("/kept".into()));
        let parts = parse("query --again /kept --only load,page").unwrap().query.only;
        assert_eq!(parts, Some(vec![query::Part::Load, query::Part::Page]));
        assert!(parse("query --only paint").unwrap_err().contains("paint"));
        assert!(parse("query --peers matomo").unwrap_err().contains("matomo"));
        assert!(parse("query --again").unwrap_err().contains("--again"));
        assert!(parse("soak --minutes 0").unwrap_err().contains("--minutes"));
        assert!(parse("questions --events few").unwrap_err().contains("--events"));
        assert!(parse("--events 10").unwrap_err().contains("--events"));
        assert!(parse("schemes").unwrap_err().contains("schemes"));
    }
}
