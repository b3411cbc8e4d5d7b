//! Why a request is refused as a whole.

use super::parse_error::ParseError;
use crate::spool::SpoolError;

/// Why a request is refused as a whole. Its text is meant for the client.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum RejectedRequest {
    /// Its client or its key sends too fast.
    #[error("too many requests")]
    TooFast,
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ParseError),
    /// No such write key.
    #[error("site: no site has this write key")]
    UnknownKey,
    /// A key or token that may be new: ClickHouse has not been asked since it first came.
    #[error("this key or token is not known yet, and ClickHouse has not been asked for it: send again")]
    SitesUnknown,
    /// The page's origin is not among the site's.
    #[error("this site does not accept events from the origin of this page")]
    Origin,
    /// A server-side kind without the right token.
    #[error(
        "events[{index}].kind: `{kind}` is a server-side kind and needs `Authorization: Bearer <ingest token>`"
    )]
    TokenNeeded {
        /// Its place in the request.
        index: usize,
        /// The kind.
        kind: String,
    },
    /// The token is unknown or may not send to this site.
    #[error("this token may not send events to this site")]
    TokenRefused,
    /// Not durable.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl RejectedRequest {
    /// The code in the response and in the ledger.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooFast => "rate_limited",
            Self::Unreadable(error) => error.code(),
            Self::UnknownKey => "unknown_key",
            Self::SitesUnknown => "sites_unknown",
            Self::Origin => "origin_not_allowed",
            Self::TokenNeeded { .. } => "ingest_token_required",
            Self::TokenRefused => "token_refused",
            Self::Spool(SpoolError::Full | SpoolError::DiskFull) => "spool_full",
            Self::Spool(SpoolError::Busy) => "busy",
            Self::Spool(SpoolError::Poisoned) => "spool_poisoned",
            Self::Spool(SpoolError::Closed) => "stopping",
        }
    }

    /// Whether somebody can mend it who must be told where it came from; all else passes by itself and is only counted.
    pub const fn is_told(&self) -> bool {
        !matches!(self, Self::TooFast | Self::SitesUnknown | Self::Spool(_))
    }
}
