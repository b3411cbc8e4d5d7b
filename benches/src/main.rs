//! What `make bench` runs: measures the schema, the idle program and the collector under load, and prints the tables
//! that `docs/` shows.
//!
//! ```text
//! cargo run --release -p orma-benches                                   idle, load, then schema
//! cargo run --release -p orma-benches -- idle      [--events N]         the whole program, N beacons (200,000)
//! cargo run --release -p orma-benches -- load [--quick] [--json]        the collector beside nginx
//!                                             [-- OPTIONS of orma up]
//! cargo run --release -p orma-benches -- schema    [--events N]         layouts of the table of events (5,000,000)
//! cargo run --release -p orma-benches -- questions [--events N]         the layout in use, N events (5,000,000)
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
mod random;
mod running;
mod schema;

use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "usage: orma-benches [idle|load|schema|questions] [--events N] [--quick] [--json] [-- OPTIONS of orma up]";

/// Longer than anything should take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bench {
    Idle,
    Load,
    Schema,
    Questions,
}

/// The command line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    benches: Vec<Bench>,
    events: Option<u64>,
    load: load::Options,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { benches, events, load } = match parse(std::env::args().skip(1)) {
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
            Bench::Questions => schema::run_questions(events.unwrap_or(schema::EVENTS_DEFAULT)).await,
        };
        if let Err(error) = measured {
            eprintln!("orma-benches: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Reads the command line. Without a name, all but `questions`.
fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "idle" => arguments.benches.push(Bench::Idle),
            "load" => arguments.benches.push(Bench::Load),
            "schema" => arguments.benches.push(Bench::Schema),
            "questions" => arguments.benches.push(Bench::Questions),
            "--events" => {
                let number = words.next().and_then(|text| text.replace('_', "").parse().ok());
                let number = number.filter(|number| *number >= schema::EVENTS_MIN);
                arguments.events = Some(
                    number.ok_or(format!("--events must be a number of at least {}", schema::EVENTS_MIN))?,
                );
            }
            "--quick" => arguments.load.quick = true,
            "--json" => arguments.load.json = true,
            "--" => arguments.load.up = words.by_ref().collect(),
            other => return Err(format!("`{other}` is not known")),
        }
    }
    if arguments.benches.is_empty() {
        arguments.benches = vec![Bench::Idle, Bench::Load, Bench::Schema];
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read_or_refused_by_name() {
        let parse = |line: &str| parse(line.split_whitespace().map(str::to_owned));
        assert_eq!(parse("").unwrap().benches, [Bench::Idle, Bench::Load, Bench::Schema]);
        let schema = parse("schema --events 20_000_000").unwrap();
        assert_eq!((schema.benches.as_slice(), schema.events), (&[Bench::Schema][..], Some(20_000_000)));
        let load = parse("load --quick -- --workers 1").unwrap().load;
        assert_eq!((load.quick, load.json, load.up.join(" ").as_str()), (true, false, "--workers 1"));
        assert!(parse("questions --events few").unwrap_err().contains("--events"));
        assert!(parse("--events 10").unwrap_err().contains("--events"));
        assert!(parse("schemes").unwrap_err().contains("schemes"));
    }
}
