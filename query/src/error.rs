//! Every refusal of the API: one enum, one place that gives it a status.
//!
//! What the caller reads and what went wrong inside are separate: the cause is logged here, once, and never shown.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use orma_store::registry::RegistryError;
use orma_store::{LogLimit, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// After how many seconds a caller may try again when the store is away.
const RETRY_AFTER_SECONDS: &str = "2";

/// Why a request gets no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// A parameter or a field of the body cannot be used.
    #[error("{message}")]
    Invalid {
        /// A stable name of the reason.
        code: &'static str,
        /// The parameter or field.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// There is no such thing.
    #[error("{message}")]
    NotFound {
        /// A stable name of the reason.
        code: &'static str,
        /// What was looked for.
        message: String,
    },
    /// Something else is in the way.
    #[error("{message}")]
    Conflict {
        /// A stable name of the reason.
        code: &'static str,
        /// What is in the way.
        message: String,
    },
    /// No token, or one that is not known.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// The token may not do this.
    #[error("{message}")]
    Forbidden {
        /// A stable name of the reason.
        code: &'static str,
        /// What the token may not do.
        message: String,
    },
    /// The client tried too many tokens or codes that are not known.
    #[error("too many wrong tokens or codes")]
    TooManyAttempts(Duration),
    /// The resource does not take this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The answer is of a media type that the caller does not take.
    #[error("the answer would be {given}")]
    NotAcceptable {
        /// What it would be.
        given: String,
    },
    /// A smaller question would have been answered.
    #[error("the question is too big")]
    TooBig {
        /// Why it was not.
        cause: StoreError,
        /// The days that it was about, where it said from when to when.
        days: Option<i64>,
    },
    /// SQL of an analyst would have taken more than it may.
    #[error("{message}")]
    SqlTooBig {
        /// What it would have taken too much of, and how much there is.
        message: String,
    },
    /// The store does not let SQL of analysts in.
    #[error("{message}")]
    SqlNotSetUp {
        /// What is missing.
        message: String,
    },
    /// The store did not answer.
    #[error("the store did not answer")]
    Store(#[from] StoreError),
}

impl From<RegistryError> for ApiError {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Invalid { field, message } => {
                Self::invalid("invalid_field", field, format!("`{field}`: {message}."))
            }
            RegistryError::Store(error) => Self::Store(error),
            // It could not be remembered on this machine's disk: try again.
            error @ RegistryError::Mirror { .. } => Self::Store(StoreError::Unreachable(error.to_string())),
        }
    }
}

/// The body of every refusal.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
pub struct ErrorDetail {
    /// Stable, for programs.
    #[schema(example = "unknown_dimension")]
    pub code: String,
    /// For people.
    pub message: String,
    /// The parameter or field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "group_by")]
    pub field: Option<String>,
}

impl ApiError {
    /// A parameter or field that cannot be used.
    pub fn invalid(code: &'static str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { code, field: field.into(), message: message.into() }
    }

    /// The same error, as one of a question about so many days.
    #[must_use]
    pub fn about(self, days: Option<i64>) -> Self {
        match self {
            Self::Store(cause) if Excess::of(&cause).is_some() => Self::TooBig { cause, days },
            other => other,
        }
    }

    /// Status, code and message for the caller.
    fn public(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Invalid { code, message, .. } => (StatusCode::BAD_REQUEST, code, message.clone()),
            Self::NotFound { code, message } => (StatusCode::NOT_FOUND, code, message.clone()),
            Self::Conflict { code, message } => (StatusCode::CONFLICT, code, message.clone()),
            Self::Unauthorized(message) => (StatusCode::UNAUTHORIZED, "unauthorized", (*message).to_owned()),
            Self::Forbidden { code, message } => (StatusCode::FORBIDDEN, code, message.clone()),
            Self::TooManyAttempts(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Too many wrong tokens or codes came from this address; try again later.".into(),
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This resource does not take this method.".into(),
            ),
            Self::NotAcceptable { given } => (
                StatusCode::NOT_ACCEPTABLE,
                "not_acceptable",
                format!(
                    "The answer would be `{given}`, which the request's Accept does not take. Only lists and tables are \
                     given as text/csv and application/x-ndjson, too."
                ),
            ),
            Self::TooBig { cause, days } => too_big(cause, *days),
            Self::SqlTooBig { message } => (StatusCode::UNPROCESSABLE_ENTITY, TOO_BIG, message.clone()),
            Self::SqlNotSetUp { message } => (StatusCode::NOT_IMPLEMENTED, "sql_not_set_up", message.clone()),
            Self::Store(StoreError::Refused { code: CANNOT_COMPILE_REGEXP, .. }) => (
                StatusCode::BAD_REQUEST,
                "invalid_pattern",
                "The store does not take a regular expression of `matches`: it must be one of RE2, and not too large."
                    .into(),
            ),
            Self::Store(cause) if Excess::of(cause).is_some() => too_big(cause, None),
            Self::Store(cause) if is_busy(cause) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Too many questions are asked at once; try again.".into(),
            ),
            Self::Store(error) if error.is_transient() && !matches!(error, StoreError::Answer(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "store_unavailable",
                "The event store cannot be reached right now; try again.".into(),
            ),
            Self::Store(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The question could not be answered; the log says why.".into(),
            ),
        }
    }
}

/// What a question would have needed more of than one may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Time in the store.
    Time,
    /// Memory of the store.
    Memory,
    /// Rows or bytes of the answer.
    Rows,
}

impl Excess {
    /// What was too much, if it was the question that was. A store that does not answer in time is none of its doing.
    pub fn of(cause: &StoreError) -> Option<Self> {
        let code = match cause {
            StoreError::OutOfTime => return Some(Self::Time),
            StoreError::Refused { code, .. } => *code,
            _ => return None,
        };
        match code {
            // TIMEOUT_EXCEEDED, TOO_SLOW
            159 | 160 => Some(Self::Time),
            MEMORY_LIMIT_EXCEEDED if !is_busy(cause) => Some(Self::Memory),
            // TOO_MANY_ROWS, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES
            158 | 307 | 396 => Some(Self::Rows),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Rows => "rows",
        }
    }
}

const TOO_BIG: &str = "question_too_big";
const MEMORY_LIMIT_EXCEEDED: u32 = 241;
const CANNOT_COMPILE_REGEXP: u32 = 427;

/// Whether the others' questions left no room for one: no place, or not the memory that one may take.
fn is_busy(cause: &StoreError) -> bool {
    match cause {
        StoreError::Busy => true,
        // Of the query alone it says `Query memory limit exceeded`.
        StoreError::Refused { code: MEMORY_LIMIT_EXCEEDED, message } => {
            ["User memory limit", "(total) memory limit"].iter().any(|whose| message.contains(whose))
        }
        _ => false,
    }
}

/// Says what would help.
fn too_big(cause: &StoreError, days: Option<i64>) -> (StatusCode, &'static str, String) {
    let excess = Excess::of(cause).map_or("", Excess::name);
    let period = match days {
        Some(days) if days > 1 => format!("a period shorter than the {days} days from `from` to `to`"),
        _ => "a shorter period (`from`, `to`)".to_owned(),
    };
    let message = format!(
        "The question is too big: it would take more {excess} than one may. What helps: {period}, a `filter`, or, of \
         numbers by `group_by`, fewer dimensions."
    );
    (StatusCode::UNPROCESSABLE_ENTITY, TOO_BIG, message)
}

/// Questions that fail: whoever may ask can have many fail.
static FAILED: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
static UNANSWERED: LogLimit = LogLimit::new(LINES_PER_MINUTE_MAX);
/// Lines of each kind in the log.
const LINES_PER_MINUTE_MAX: u32 = 10;

fn log(cause: &StoreError, status: StatusCode, code: &str) {
    let is_fault = status == StatusCode::INTERNAL_SERVER_ERROR;
    let limit = if is_fault { &FAILED } else { &UNANSWERED };
    let Some(left_out) = limit.line() else { return };
    let cause = redacted(cause);
    if is_fault {
        tracing::error!(cause, left_out, "a question failed");
    } else {
        tracing::warn!(cause, code, left_out, "a question could not be answered");
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = self.public();
        if let Self::Store(cause) | Self::TooBig { cause, .. } = &self {
            log(cause, status, code);
        }
        let wait = match &self {
            Self::TooManyAttempts(wait) => Some(HeaderValue::from(wait.as_secs().max(1))),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                Some(HeaderValue::from_static(RETRY_AFTER_SECONDS))
            }
            _ => None,
        };
        let field = match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        };
        let body = ErrorBody { error: ErrorDetail { code: code.to_owned(), message, field } };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// The store's words without the values that they quote: these may be a person's.
fn redacted(cause: &StoreError) -> String {
    let message = cause.to_string();
    // What follows is the statement, with its values.
    let message = message.split("In scope").next().unwrap_or_default();
    let pieces = message.split('\'').enumerate();
    pieces.map(|(index, piece)| if index % 2 == 0 { piece } else { "'…'" }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_smaller_question_would_not_meet_is_told_from_what_passes() {
        let refused = |code, message: &str| StoreError::Refused { code, message: message.to_owned() };
        for (cause, status, code) in [
            (refused(159, "Timeout exceeded"), 422, "question_too_big"),
            (refused(160, "Estimated query execution time"), 422, "question_too_big"),
            (refused(241, "Query memory limit exceeded: would use 1.00 GiB"), 422, "question_too_big"),
            (refused(158, "Limit for rows"), 422, "question_too_big"),
            (refused(307, "Limit for bytes"), 422, "question_too_big"),
            (refused(396, "Limit for result"), 422, "question_too_big"),
            (StoreError::OutOfTime, 422, "question_too_big"),
            (refused(241, "User memory limit exceeded: would use 1.00 GiB"), 503, "busy"),
            (refused(241, "(total) memory limit exceeded: would use 2.00 GiB"), 503, "busy"),
            (StoreError::Busy, 503, "busy"),
            (StoreError::TimedOut, 503, "store_unavailable"),
            (StoreError::Unreachable("refused".into()), 503, "store_unavailable"),
            (refused(60, "no table"), 500, "internal"),
        ] {
            let words = cause.to_string();
            let error = ApiError::from(cause).about(Some(90));
            let (got_status, got_code, message) = error.public();
            assert_eq!((got_status.as_u16(), got_code), (status, code), "{words}");
            assert_eq!(message.contains("90 days"), code == "question_too_big", "{words}: {message}");
        }
    }

    #[test]
    fn the_log_holds_no_value_of_a_statement() {
        let message = "Cannot parse 'mario@example.it' as Date: In scope SELECT 'anna@example.it'".to_owned();
        let logged = redacted(&StoreError::Refused { code: 38, message });
        assert_eq!(logged, "ClickHouse refused (code 38): Cannot parse '…' as Date: ");
    }
}
