//! What `make bench` runs: measures the schema and the idle program, and prints the tables that `docs/` shows.
//!
//! ```text
//! cargo run --release -p orma-benches                                   idle, then schema
//! cargo run --release -p orma-benches -- idle      [--events N]         the whole program, N beacons (200,000)
//! cargo run --release -p orma-benches -- schema    [--events N]         layouts of the table of events (5,000,000)
//! cargo run --release -p orma-benches -- questions [--events N]         the layout in use, N events (5,000,000)
//! ```
//!
//! Figures are CPU seconds of one process, bytes, and ratios within one run: elapsed times depend on what else the
//! machine does.

mod events;
mod idle;
mod markdown;
mod process;
mod program;
mod schema;

use std::process::ExitCode;

const USAGE: &str = "usage: orma-benches [idle|schema|questions] [--events N]";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bench {
    Idle,
    Schema,
    Questions,
}

#[tokio::main]
async fn main() -> ExitCode {
    let (benches, events) = match parse(std::env::args().skip(1)) {
        Ok(parsed) => parsed,
        Err(message) => {
            eprintln!("orma-benches: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    for bench in benches {
        let measured = match bench {
            Bench::Idle => idle::run(events.unwrap_or(idle::EVENTS_DEFAULT)).await,
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

/// Reads the command line. Without a name, `idle` and `schema`.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<(Vec<Bench>, Option<u64>), String> {
    let mut benches = Vec::new();
    let mut events = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "idle" => benches.push(Bench::Idle),
            "schema" => benches.push(Bench::Schema),
            "questions" => benches.push(Bench::Questions),
            "--events" => {
                let number = arguments.next().and_then(|text| text.replace('_', "").parse().ok());
                let number = number.filter(|number| *number >= schema::EVENTS_MIN);
                events = Some(
                    number.ok_or(format!("--events must be a number of at least {}", schema::EVENTS_MIN))?,
                );
            }
            other => return Err(format!("`{other}` is not known")),
        }
    }
    if benches.is_empty() {
        benches = vec![Bench::Idle, Bench::Schema];
    }
    Ok((benches, events))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read_or_refused_by_name() {
        let parse = |line: &str| parse(line.split_whitespace().map(str::to_owned));
        assert_eq!(parse(""), Ok((vec![Bench::Idle, Bench::Schema], None)));
        assert_eq!(parse("schema --events 20_000_000"), Ok((vec![Bench::Schema], Some(20_000_000))));
        assert!(parse("questions --events few").unwrap_err().contains("--events"));
        assert!(parse("--events 10").unwrap_err().contains("--events"));
        assert!(parse("schemes").unwrap_err().contains("schemes"));
    }
}
