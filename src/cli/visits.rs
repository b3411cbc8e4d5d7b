//! The command line of `orma visits`.

use clap::Subcommand;

use super::StoreOptions;

/// What to do with visits. It works beside a running orma and without one.
#[derive(Clone, Debug, Subcommand)]
pub enum VisitsAction {
    /// Make all visits anew of all events, and tell how far it got. Answers have those of before meanwhile
    MakeAnew {
        #[command(flatten)]
        store: StoreOptions,
    },
}

impl VisitsAction {
    /// Which ClickHouse.
    pub const fn store(&self) -> &StoreOptions {
        match self {
            Self::MakeAnew { store } => store,
        }
    }
}
