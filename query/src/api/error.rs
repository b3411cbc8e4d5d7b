//! Every refusal of the API: one enum, one place that gives it a status.
//!
//! What the caller reads and what went wrong inside are separate: the cause is logged here, once, and never shown.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use orma_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// After how many seconds a caller may try again when the store is away.
const RETRY_AFTER_SECONDS: &str = "2";

/// Why a request gets no answer.
#[derive(Debug, thiserror::Error)]
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
    /// The resource does not take this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// More than one answer may hold.
    #[error("{0}")]
    TooLarge(String),
    /// The store did not answer.
    #[error("the store did not answer")]
    Store(#[from] StoreError),
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

    /// Status, code and message for the caller.
    fn public(&self) -> (StatusCode, &'static str, String) {
        /// `TIMEOUT_EXCEEDED` and `TOO_SLOW`.
        const TIME_CODES: [u32; 2] = [159, 160];
        /// `MEMORY_LIMIT_EXCEEDED`.
        const MEMORY_CODE: u32 = 241;
        let too_slow = || {
            let message = "The question took too long; ask for a shorter period or fewer dimensions.";
            (StatusCode::GATEWAY_TIMEOUT, "query_timeout", message.to_owned())
        };
        match self {
            Self::Invalid { code, message, .. } => (StatusCode::BAD_REQUEST, code, message.clone()),
            Self::NotFound { code, message } => (StatusCode::NOT_FOUND, code, message.clone()),
            Self::Unauthorized(message) => (StatusCode::UNAUTHORIZED, "unauthorized", (*message).to_owned()),
            Self::Forbidden { code, message } => (StatusCode::FORBIDDEN, code, message.clone()),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This resource does not take this method.".into(),
            ),
            Self::TooLarge(message) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "answer_too_large", message.clone())
            }
            Self::Store(StoreError::Busy) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Too many questions are asked at once; try again.".into(),
            ),
            Self::Store(StoreError::TimedOut) => too_slow(),
            Self::Store(StoreError::Refused { code, .. }) if TIME_CODES.contains(code) => too_slow(),
            Self::Store(StoreError::Refused { code, .. }) if *code == MEMORY_CODE => (
                StatusCode::SERVICE_UNAVAILABLE,
                "query_too_large",
                "The question needs more memory than there is; ask for a shorter period.".into(),
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

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, message) = self.public();
        if let Self::Store(cause) = &self
            && let Some(untold) = Told::of_all().tell(code, Instant::now())
        {
            let cause = redacted(cause);
            if status == StatusCode::INTERNAL_SERVER_ERROR {
                tracing::error!(cause, untold, "a question failed");
            } else {
                tracing::warn!(cause, code, untold, "a question could not be answered");
            }
        }
        let field = match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        };
        let body = ErrorBody { error: ErrorDetail { code: code.to_owned(), message, field } };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// What was logged of failed questions: whoever asks must not be able to fill the log. A reason is told at once, then
/// every [`TOLD_EVERY`] with the number of those that were not.
#[derive(Default)]
struct Told(Mutex<HashMap<&'static str, (Instant, u64)>>);

const TOLD_EVERY: Duration = Duration::from_secs(30);

impl Told {
    fn of_all() -> &'static Self {
        static TOLD: LazyLock<Told> = LazyLock::new(Told::default);
        &TOLD
    }

    /// How many failures of this code were not told since the last one that was; nothing when this one is not either.
    fn tell(&self, code: &'static str, now: Instant) -> Option<u64> {
        let mut told = self.0.lock().expect("no panic while locked");
        match told.get_mut(code) {
            Some((last, untold)) if now.duration_since(*last) < TOLD_EVERY => {
                *untold += 1;
                None
            }
            Some(entry) => Some(std::mem::replace(entry, (now, 0)).1),
            None => {
                told.insert(code, (now, 0));
                Some(0)
            }
        }
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
    fn the_log_is_told_of_a_reason_once_in_a_while() {
        let (told, start) = (Told::default(), Instant::now());
        assert_eq!(told.tell("busy", start), Some(0));
        for second in 1..30 {
            assert_eq!(told.tell("busy", start + Duration::from_secs(second)), None);
        }
        assert_eq!(told.tell("internal", start + Duration::from_secs(1)), Some(0));
        assert_eq!(told.tell("busy", start + TOLD_EVERY), Some(29));
        assert_eq!(told.tell("busy", start + TOLD_EVERY), None);
    }

    #[test]
    fn the_log_holds_no_value_of_a_statement() {
        let message = "Cannot parse 'mario@example.it' as Date: In scope SELECT 'anna@example.it'".to_owned();
        let logged = redacted(&StoreError::Refused { code: 38, message });
        assert_eq!(logged, "ClickHouse refused (code 38): Cannot parse '…' as Date: ");
    }
}
