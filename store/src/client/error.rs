//! Why ClickHouse did not carry out a statement, and whether it may later.

/// A statement that ClickHouse did not carry out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// ClickHouse cannot be reached, or went away while it answered: try again.
    #[error("ClickHouse cannot be reached: {0}")]
    Unreachable(String),
    /// ClickHouse refused the statement or its data: trying again changes nothing.
    #[error("ClickHouse refused (code {code}): {message}")]
    Refused {
        /// ClickHouse's error code.
        code: u32,
        /// ClickHouse's words.
        message: String,
    },
    /// It took too long.
    #[error("ClickHouse did not answer in time")]
    TimedOut,
    /// It was not asked: what was asked before has used up the time of all.
    #[error("the time for all questions of a request is spent")]
    OutOfTime,
    /// It was not asked: too many questions run and wait already.
    #[error("too many questions at once")]
    Busy,
    /// The answer is not what was asked for.
    #[error("ClickHouse's answer cannot be read: {0}")]
    Answer(String),
}

/// ClickHouse codes that mean "not now": they pass by themselves.
const TRANSIENT_CODES: [u32; 9] = [
    159, // TIMEOUT_EXCEEDED
    160, // TOO_SLOW
    164, // READONLY: a replica that lost its keeper
    202, // TOO_MANY_SIMULTANEOUS_QUERIES
    209, // SOCKET_TIMEOUT
    210, // NETWORK_ERROR
    241, // MEMORY_LIMIT_EXCEEDED
    242, // TABLE_IS_READ_ONLY
    252, // TOO_MANY_PARTS
];

impl StoreError {
    /// ClickHouse's code, where it refused.
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether the same statement may succeed later. Also the disk being full (243) is an operator's to mend, not
    /// the data's fault.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut | Self::OutOfTime | Self::Busy | Self::Answer(_) => true,
            Self::Refused { code, .. } => {
                // 394: killed while the engine stops. 999: the keeper is away.
                TRANSIENT_CODES.contains(code) || matches!(code, 243 | 394 | 999)
            }
        }
    }
}

impl From<clickhouse::error::Error> for StoreError {
    fn from(error: clickhouse::error::Error) -> Self {
        use clickhouse::error::Error;
        match error {
            Error::BadResponse(message) => match code_of(&message) {
                Some(code) => Self::Refused { code, message: message.trim().to_owned() },
                None => Self::Unreachable(message),
            },
            Error::TimedOut => Self::TimedOut,
            Error::Network(source) => Self::Unreachable(source.to_string()),
            other => Self::Answer(other.to_string()),
        }
    }
}

/// ClickHouse's errors begin with `Code: N.`
fn code_of(message: &str) -> Option<u32> {
    let digits = message.split_once("Code: ")?.1;
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clickhouse_codes_are_read_and_sorted() {
        let refused = |text: &str| StoreError::from(clickhouse::error::Error::BadResponse(text.into()));
        assert!(!refused("Code: 60. DB::Exception: no table").is_transient());
        assert!(refused("Code: 241. DB::Exception: memory").is_transient());
        assert!(refused("502 Bad Gateway").is_transient());
    }
}
