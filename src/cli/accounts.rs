//! The command line of `orma accounts`.

use clap::Subcommand;
use jiff::Timestamp;

use super::StoreOptions;

/// What to do with the accounts. It works beside a running orma and without one.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountsAction {
    /// Show the hours that do not add up, also those that were written off
    List {
        /// Only this site
        site: Option<String>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Give up what does not add up in a site's hours: it ends the alarm, and stays in the accounts with the note
    #[command(after_help = "Examples:
  orma accounts list                         what there is to write off
  orma accounts write-off shop --note \"the disk of 3 May was lost, no backup\"
  orma accounts write-off shop --from 2026-05-03T10:00:00Z --to 2026-05-03T12:00:00Z --note \"rows deleted by mistake\"

What comes back after all, such as a segment that is replayed, is no longer counted as written off; what is lost later
raises the alarm again. Nothing is deleted, and a write-off cannot be taken back.")]
    WriteOff {
        /// The site
        site: String,
        /// Why: the page shows it
        #[arg(long, value_name = "TEXT")]
        note: String,
        /// Only hours that begin at or after this instant
        #[arg(long, value_name = "INSTANT", default_value = "1970-01-01T00:00:00Z")]
        from: Timestamp,
        /// Only hours that begin before this instant
        #[arg(long, value_name = "INSTANT", default_value = "9999-01-01T00:00:00Z")]
        to: Timestamp,
        #[command(flatten)]
        store: StoreOptions,
    },
}

impl AccountsAction {
    /// Which ClickHouse.
    pub const fn store(&self) -> &StoreOptions {
        match self {
            Self::List { store, .. } | Self::WriteOff { store, .. } => store,
        }
    }
}
