//! The parameters of a request: addresses, query strings and bodies, each refused by the name of what is wrong.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::error::ApiError;

/// Of `/sites/{site}/…`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SitePath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
}

/// Of `/sites/{site}/people/{person}/…`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PersonPath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// A user id or a visitor id.
    #[param(example = "mario@example.it")]
    pub person: String,
}

/// Of `/sites/{site}/people/{person}/links/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LinkPath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// A user id or a visitor id.
    #[param(example = "mario@example.it")]
    pub person: String,
    /// The link's id, as the person's card lists it.
    pub id: String,
}

/// The parts of the address as `T`.
pub struct PathOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path)).map_err(|rejection| bad_path(&rejection))
    }
}

/// The person of the address.
pub struct PersonScope(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PersonScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(path) = Path::<PersonPath>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| bad_path(&rejection))?;
        Ok(Self(path.person))
    }
}

/// The person and the link of the address.
pub struct LinkScope {
    /// The person.
    pub person: String,
    /// The link.
    pub id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for LinkScope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(path) = Path::<LinkPath>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| bad_path(&rejection))?;
        Ok(Self { person: path.person, id: path.id })
    }
}

fn bad_path(rejection: &PathRejection) -> ApiError {
    ApiError::invalid("invalid_path", "path", rejection.body_text())
}

/// The query string as `T`. A parameter that `T` does not know is refused.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        parse_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// A parameter that may say nothing: a search that a form sends empty.
const EMPTY_ALLOWED: &str = "search";

pub fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut empty = pairs.filter(|(name, value)| !name.is_empty() && value.is_empty());
    if let Some((name, _)) = empty.find(|(name, _)| *name != EMPTY_ALLOWED) {
        let message = format!("`{name}` is empty: give it a value, or leave it out.");
        return Err(ApiError::invalid("invalid_parameter", name, message));
    }
    serde_html_form::from_str(text).map_err(|error| {
        let message = error.to_string();
        let name = backquoted(&message).unwrap_or_default().to_owned();
        let code = if message.contains("unknown field") { "unknown_parameter" } else { "invalid_parameter" };
        let words = match code {
            "unknown_parameter" => format!("There is no parameter `{name}` here."),
            _ => format!("The query string cannot be read: {message}."),
        };
        ApiError::invalid(code, name, words)
    })
}

/// The first name that serde's message quotes.
fn backquoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

/// The body as `T`: JSON, of a bounded size.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => {
                let message = rejection.body_text();
                let field = mistyped(&message).or(backquoted(&message)).unwrap_or("body").to_owned();
                Err(ApiError::invalid("invalid_body", field, message))
            }
        }
    }
}

/// The path of a field whose value is of the wrong type, in what is said of a body: there the backquotes hold the value.
fn mistyped(message: &str) -> Option<&str> {
    let (before, _) = message.split_once(": invalid type: ").or(message.split_once(": invalid value: "))?;
    before.rsplit_once(": ").map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::people::request::PeopleParams;
    use crate::question::stats::request::StatsParams;

    #[test]
    fn an_empty_parameter_is_refused_by_its_name() {
        for query in ["to=", "metrics=visitors&to=", "to", "filter=country:is:IT&filter="] {
            let error = parse_query::<StatsParams>(query).unwrap_err();
            let ApiError::Invalid { code, field, .. } = error else { panic!("{error}") };
            assert_eq!(code, "invalid_parameter");
            assert!(["to", "filter"].contains(&field.as_str()), "{query}: {field}");
        }
        assert!(
            parse_query::<StatsParams>("").is_ok() && parse_query::<StatsParams>("metrics=visitors&").is_ok()
        );
        assert!(parse_query::<PeopleParams>("search=").is_ok());
    }

    #[test]
    fn a_field_of_the_wrong_type_is_told_by_its_path() {
        let of = "Failed to deserialize the JSON body into the target type: ";
        for (said, field) in [
            ("nodes: invalid value: integer `-1`, expected u64 at line 1 column 31", Some("nodes")),
            ("funnel.limit: invalid type: string \"a: b\", expected usize", Some("funnel.limit")),
            ("steps: unknown field `steps`, expected one of `from`, `to`", None),
            ("invalid type: sequence, expected struct FunnelRequest at line 1 column 0", None),
            ("missing field `steps` at line 1 column 2", None),
        ] {
            assert_eq!(mistyped(&format!("{of}{said}")), field, "{said}");
        }
    }

    #[test]
    fn an_unknown_parameter_is_refused_by_its_name() {
        let error = parse_query::<StatsParams>("metrics=visitors&colour=red").unwrap_err();
        let ApiError::Invalid { code, field, .. } = error else { panic!("{error}") };
        assert_eq!((code, field.as_str()), ("unknown_parameter", "colour"));
    }

    #[test]
    fn a_repeated_filter_is_a_list_and_a_repeated_period_is_refused() {
        let params: StatsParams =
            parse_query("filter=country%3Ais%3AIT&filter=os%3Ais%3AiOS&limit=5").unwrap();
        assert_eq!(params.filter, ["country:is:IT", "os:is:iOS"]);
        let error = parse_query::<StatsParams>("from=2026-01-01&from=2026-01-02").unwrap_err();
        let ApiError::Invalid { code, .. } = error else { panic!("{error}") };
        assert_eq!(code, "invalid_parameter");
    }
}
