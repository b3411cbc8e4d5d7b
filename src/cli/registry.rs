//! The command lines of `orma site` and `orma token`.

use clap::{Args, Subcommand, ValueEnum};
use orma_store::Role;

use super::StoreOptions;

/// What to do with sites.
#[derive(Clone, Debug, Subcommand)]
pub enum SiteAction {
    /// Add a site; print its write key, and to standard error the tag for its pages
    Add {
        /// Its name in addresses
        site: String,
        #[command(flatten)]
        settings: SiteSettings,
        /// The write key; made by itself otherwise
        #[arg(long)]
        key: Option<String>,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Show all sites with their write keys
    List {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Change a site
    Set {
        /// Its name in addresses
        site: String,
        #[command(flatten)]
        settings: SiteSettings,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Give a site a new write key and withdraw the old ones
    RotateKey {
        /// Its name in addresses
        site: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Print the secret that signs a site's newsletter links; the first one is made now
    NewsletterSecret {
        /// Its name in addresses
        site: String,
        /// Make a new secret. Links of the old ones work until they are withdrawn
        #[arg(long, conflicts_with = "revoke")]
        rotate: bool,
        /// Withdraw the secret of this key id: its links lead nowhere from then on
        #[arg(long, value_name = "KEY_ID")]
        revoke: Option<String>,
        #[command(flatten)]
        store: StoreOptions,
    },
}

/// What can be said of a site.
#[derive(Clone, Debug, Args)]
pub struct SiteSettings {
    /// Its name for people
    #[arg(long)]
    pub name: Option<String>,
    /// IANA time zone of its days
    #[arg(long)]
    pub timezone: Option<String>,
    /// ISO 4217 currency of its money
    #[arg(long)]
    pub currency: Option<String>,
    /// Origin that may send, such as https://shop.example; may be given several times, none means any
    #[arg(long = "origin")]
    pub origins: Option<Vec<String>>,
}

/// What to do with tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenAction {
    /// Make a token and print it once
    Add {
        /// What it may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// The only site it is for; all otherwise
        #[arg(long, default_value = "")]
        site: String,
        /// Who or what it is for
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Show all tokens, without their secrets
    List {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Withdraw a token
    Revoke {
        /// Its id, as `list` shows it
        token_id: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

/// The roles, as words of the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleName {
    Admin,
    Analyst,
    Segments,
    Ingest,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Analyst => Self::Analyst,
            RoleName::Segments => Self::Segments,
            RoleName::Ingest => Self::Ingest,
        }
    }
}
