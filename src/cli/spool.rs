//! The command line of `orma spool`.

use clap::{Args, Subcommand};

use super::CommonOptions;

/// What to do with the spool. All of it works beside a running orma and without one.
#[derive(Clone, Debug, Subcommand)]
pub enum SpoolAction {
    /// Show the segments, or what one of them holds
    #[command(after_help = "Examples:
  orma spool inspect                         every segment: state, size, age, events, sites, damage
  orma spool inspect --json | jq .bytes      the same for a program, one object a line
  orma spool inspect --events 0193a5f06c1e   the records of a segment, one JSON object a line
  orma spool inspect --events --personal     all records, with visitors, users, addresses and props")]
    Inspect {
        /// Only this segment: its name, or the beginning of its name or id
        segment: Option<String>,
        #[command(flatten)]
        show: SpoolShow,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Put segments back that were set aside: a running orma ships them within a second, otherwise the next start
    #[command(after_help = "Examples:
  orma spool replay --all                    everything in quarantine that is whole
  orma spool replay 0193a5f06c1e             one segment
  orma spool replay --all --salvage          of damaged segments what is whole; the rest is kept beside them

A segment keeps its id, and what ClickHouse has of it is left out: a replay never counts an event twice.
Exits with 1 when a segment could not be put back.")]
    Replay {
        /// The segments: names, or the beginning of a name or id
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        segments: Vec<String>,
        /// Every segment in quarantine
        #[arg(long)]
        all: bool,
        /// Put the whole records of damaged segments back and keep the rest
        #[arg(long)]
        salvage: bool,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// What was set aside, because it is damaged or ClickHouse refused it
    Quarantine {
        #[command(subcommand)]
        action: QuarantineAction,
    },
}

/// What to do with the quarantine.
#[derive(Clone, Debug, Subcommand)]
pub enum QuarantineAction {
    /// Show the segments that were set aside
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        common: CommonOptions,
    },
    /// Show what a segment holds
    Show {
        /// Its name, or the beginning of its name or id
        segment: String,
        #[command(flatten)]
        show: SpoolShow,
        #[command(flatten)]
        common: CommonOptions,
    },
}

/// How segments are shown.
#[derive(Clone, Debug, Args)]
pub struct SpoolShow {
    /// The records instead of a summary, one JSON object a line
    #[arg(long)]
    pub events: bool,
    /// Show free text too: visitors, users, e-mail addresses, pages, props
    #[arg(long, requires = "events")]
    pub personal: bool,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

impl SpoolAction {
    /// Where the data is.
    pub fn common(&self) -> &CommonOptions {
        match self {
            Self::Inspect { common, .. }
            | Self::Replay { common, .. }
            | Self::Quarantine {
                action: QuarantineAction::List { common, .. } | QuarantineAction::Show { common, .. },
            } => common,
        }
    }
}
