//! Who asks: a bearer token or the dashboard's cookie, and what they may read.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use orma_store::{Role, Site, Token};
use serde::Deserialize;

use super::asked::Asked;
use super::params::parse_query;
use crate::condition::Condition;
use crate::error::ApiError;
use crate::question::audience::request::check_known;
use crate::runner::{Reach, Runner};
use crate::scope::Scope;
use crate::sign_in::cookie;
use crate::state::AppState;
use crate::timestamp::Timestamp;
use crate::together::Question;

/// Who asks: a token of a role that may read, or send.
#[derive(Clone, Debug)]
pub struct Caller {
    token_id: String,
    role: Role,
    /// What the token was made for.
    pub name: String,
    site: String,
}

impl Caller {
    /// The caller behind a token.
    ///
    /// # Errors
    /// Tokens that pull segments or send events may not read.
    pub fn reader(token: &Token) -> Result<Self, ApiError> {
        match token.role {
            Role::Admin | Role::Analyst => Ok(Self::of_token(token)),
            Role::Segments | Role::Ingest => Err(ApiError::Forbidden {
                code: "role_not_allowed",
                message: format!("A token of the role `{}` may not read answers.", token.role.as_str()),
            }),
        }
    }

    /// The caller behind a token that may pull segments.
    ///
    /// # Errors
    /// Tokens that send events may not.
    pub fn puller(token: &Token) -> Result<Self, ApiError> {
        match token.role {
            Role::Admin | Role::Analyst | Role::Segments => Ok(Self::of_token(token)),
            Role::Ingest => Err(ApiError::Forbidden {
                code: "role_not_allowed",
                message: format!("A token of the role `{}` may not read answers.", token.role.as_str()),
            }),
        }
    }

    /// The caller behind a token that may change what is known of people.
    ///
    /// # Errors
    /// All others may only read, send or pull.
    pub fn editor(token: &Token) -> Result<Self, ApiError> {
        match token.role {
            Role::Admin => Ok(Self::of_token(token)),
            Role::Analyst | Role::Segments | Role::Ingest => Err(ApiError::Forbidden {
                code: "role_not_allowed",
                message: format!("A token of the role `{}` may not change anything.", token.role.as_str()),
            }),
        }
    }

    /// The caller behind a token that sends events.
    ///
    /// # Errors
    /// Tokens that read or pull segments may not send.
    pub fn sender(token: &Token) -> Result<Self, ApiError> {
        match token.role {
            Role::Admin | Role::Ingest => Ok(Self::of_token(token)),
            Role::Analyst | Role::Segments => Err(ApiError::Forbidden {
                code: "role_not_allowed",
                message: format!("A token of the role `{}` may not send.", token.role.as_str()),
            }),
        }
    }

    fn of_token(token: &Token) -> Self {
        Self {
            token_id: token.token_id.clone(),
            role: token.role,
            name: token.name.clone(),
            site: token.site.clone(),
        }
    }

    /// Whether the token is for all sites.
    pub fn is_of_all_sites(&self) -> bool {
        self.site.is_empty()
    }

    /// Whether the token is for this site.
    pub fn may_read(&self, site: &str) -> bool {
        self.site.is_empty() || self.site == site
    }

    /// What the token may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The only site that the token is for, if it is not for all.
    pub fn only_site(&self) -> Option<&str> {
        Some(self.site.as_str()).filter(|site| !site.is_empty())
    }

    /// Asks the store for one request about a site, with a permit of this token.
    pub fn runner(&self, state: &AppState, site: &str, reach: Option<Reach>) -> Runner {
        state.runner.for_request(&self.token_id, site, reach)
    }

    /// Whether the token has not been withdrawn since.
    pub fn still_valid(&self, state: &AppState) -> bool {
        state.snapshot().tokens.values().any(|token| token.token_id == self.token_id)
    }

    /// The caller of a request; `of_role` says whether the token's role may do this.
    async fn of_request(
        parts: &Parts,
        state: &AppState,
        of_role: fn(&Token) -> Result<Self, ApiError>,
    ) -> Result<Self, ApiError> {
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let secret = value
                .to_str()
                .ok()
                .and_then(bearer)
                .ok_or(ApiError::Unauthorized("The Authorization header must be `Bearer <token>`."))?;
            let token = state.token_of_stranger(secret, client(&parts.headers)).await?;
            return of_role(&token.ok_or(ApiError::Unauthorized("This token is not valid."))?);
        }
        let mut cookies = cookie::of_request(&parts.headers).peekable();
        if cookies.peek().is_none() {
            return Err(ApiError::Unauthorized("Sign in, or send `Authorization: Bearer <token>`."));
        }
        // Another page of this host may have planted one that is none.
        let now = Timestamp::now();
        let session = cookies.find_map(|value| {
            cookie::verify(&state.signing_secret, value, now).filter(|session| !state.ended.holds(session))
        });
        let ended = ApiError::Unauthorized("The session has ended; sign in again.");
        let Some(session) = session else { return Err(ended) };
        let snapshot = state.snapshot();
        let token =
            snapshot.tokens.values().find(|token| token.token_id == session.payload.token_id).ok_or(ended)?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            check_same_origin(&parts.headers)?;
        }
        of_role(token)
    }
}

/// The address of whoever asks. Those who serve this say it, whatever the request said.
pub fn client(headers: &HeaderMap) -> IpAddr {
    let named = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok()?.parse().ok());
    named.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Refuses a state-changing request that another site made the browser send. Browsers say where a request comes
/// from in `Sec-Fetch-Site` (on https and localhost) and in `Origin` (on every POST and DELETE).
///
/// # Errors
/// It came from another site, or a browser's headers are missing although a cookie is there.
pub fn check_same_origin(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let same = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let authority = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned());
            let host = text("x-forwarded-host").or_else(|| text("host"));
            authority.is_some_and(|authority| Some(authority.as_str()) == host)
        }
        // Without a cookie there is nothing that another site could borrow.
        (None, None) => cookie::of_request(headers).next().is_none(),
    };
    if same {
        return Ok(());
    }
    Err(ApiError::Forbidden { code: "cross_origin", message: "The request came from another site.".into() })
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Self::of_request(parts, state, Self::reader).await
    }
}

/// A caller who may change how orma is set up: all of it, or one site.
#[derive(Clone, Debug)]
pub struct AdminCaller(Caller);

impl FromRequestParts<AppState> for AdminCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Caller::of_request(parts, state, Caller::editor).await.map(Self)
    }
}

impl AdminCaller {
    /// Whether this is the caller's own token.
    pub fn is_token(&self, token_id: &str) -> bool {
        self.0.token_id == token_id
    }

    /// Whether the caller may manage the tokens of a site; empty: those of all sites.
    pub fn may_manage(&self, site: &str) -> bool {
        self.0.may_read(site)
    }

    /// The same as a refusal.
    ///
    /// # Errors
    /// The caller may not.
    pub fn check_manages(&self, site: &str) -> Result<(), ApiError> {
        if self.may_manage(site) {
            return Ok(());
        }
        let message = if site.is_empty() {
            format!("This token is for the site `{}` only; name that site.", self.0.site)
        } else {
            format!("This token is not for the site `{site}`.")
        };
        Err(ApiError::Forbidden { code: "site_not_allowed", message })
    }

    /// Refuses whoever has the rights of one site only.
    ///
    /// # Errors
    /// The token is for one site.
    pub fn of_all_sites(&self) -> Result<(), ApiError> {
        if self.0.is_of_all_sites() {
            return Ok(());
        }
        let message = format!("This token is for the site `{}` only; it cannot make another.", self.0.site);
        Err(ApiError::Forbidden { code: "site_not_allowed", message })
    }
}

/// A caller who may read the site that the address names.
#[derive(Clone, Debug)]
pub struct Access {
    /// Who asks.
    pub caller: Caller,
    /// The site.
    pub site: Arc<Site>,
    /// The address below the site's: path and query.
    address: String,
    /// The time that it names.
    asked: Asked,
}

impl FromRequestParts<AppState> for Access {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::of_request(parts, state, Caller::reader).await?;
        Self::to_site(caller, parts, state).await
    }
}

/// A caller who may pull the segments of the site that the address names.
#[derive(Clone, Debug)]
pub struct PullAccess(pub Access);

impl FromRequestParts<AppState> for PullAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::of_request(parts, state, Caller::puller).await?;
        Access::to_site(caller, parts, state).await.map(Self)
    }
}

/// A caller who may send to the site that the address names.
#[derive(Clone, Debug)]
pub struct SendAccess {
    /// The site.
    pub site: Arc<Site>,
}

impl FromRequestParts<AppState> for SendAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::of_request(parts, state, Caller::sender).await?;
        let access = Access::to_site(caller, parts, state).await?;
        Ok(Self { site: access.site })
    }
}

/// A caller who may change what is known of the people of the site that the address names.
#[derive(Clone, Debug)]
pub struct EditAccess {
    /// Who asks.
    pub caller: Caller,
    /// The site.
    pub site: Arc<Site>,
}

impl FromRequestParts<AppState> for EditAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let caller = Caller::of_request(parts, state, Caller::editor).await?;
        let Access { caller, site, .. } = Access::to_site(caller, parts, state).await?;
        Ok(Self { caller, site })
    }
}

impl Access {
    /// The same for a `POST` that asks about a scope: what the body says is part of the question.
    ///
    /// # Errors
    /// Its condition names a segment that the site does not have.
    pub fn of_body(self, state: &AppState, scope: &Scope, body: &impl Debug) -> Result<Self, ApiError> {
        check_known(&state.snapshot(), &self.site.site, &scope.condition, "condition")?;
        let asked = Asked::about(&scope.period, state.now());
        Ok(Self { address: format!("{} {body:?}", self.address), asked, ..self })
    }

    /// The same as if a question had been asked at its own address below the site's, with a query string.
    pub fn of_address(&self, state: &AppState, path: &str, query: Option<&str>) -> Self {
        let address = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        Self { address, asked: Asked::of(&self.site, query, state.now()), ..self.clone() }
    }

    /// The service itself, that asks about a site: a caller of this name, with the share of the permits that one has.
    pub fn of_service(name: &str, site: &Site) -> Self {
        let caller = Caller {
            token_id: name.to_owned(),
            role: Role::Analyst,
            name: name.to_owned(),
            site: site.site.clone(),
        };
        Self { caller, site: Arc::new(site.clone()), address: String::new(), asked: Asked::default() }
    }

    /// Asks the store for this request.
    pub fn runner(&self, state: &AppState) -> Runner {
        self.caller.runner(state, &self.site.site, None)
    }

    /// The same for a question that is answered from the events, visits and people that the store holds; what it says of
    /// a finished period is kept until anything of them changes.
    pub fn runner_of_people(&self, state: &AppState) -> Runner {
        self.caller.runner(state, &self.site.site, self.asked.finished.as_ref().map(|_| Reach::Everything))
    }

    /// The same for one that is answered from what happened in its period, and in the day before and after it.
    pub fn runner_of_period(&self, state: &AppState) -> Runner {
        self.caller.runner(state, &self.site.site, self.asked.finished.clone().map(Reach::Until))
    }

    /// The response to whoever asks the same with this runner now, made once for all of them.
    pub async fn answer<T: Send + Sync + 'static, F>(
        &self,
        state: &AppState,
        runner: Runner,
        respond: impl FnOnce(Runner) -> F,
    ) -> Result<Arc<T>, ApiError>
    where
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let question = Question::of::<T>(&self.site, &self.address, &runner);
        let respond = respond(runner.clone());
        let response = state.together.answer(question, runner, respond).await;
        response.map_err(|error| self.explain(error))
    }

    /// An error of a question, as one of a question about the time that the address names.
    pub fn explain(&self, error: ApiError) -> ApiError {
        error.about(self.asked.days)
    }

    async fn to_site(caller: Caller, parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let name = params
            .ok()
            .and_then(|params| params.iter().find(|(key, _)| *key == "site").map(|(_, name)| name.to_owned()))
            .unwrap_or_default();
        // Asked before whether there is such a site: a token of another site must not learn that.
        if !caller.may_read(&name) {
            return Err(ApiError::Forbidden {
                code: "site_not_allowed",
                message: format!("This token is not for the site `{name}`."),
            });
        }
        let mut site = state.snapshot().sites.get(&name).cloned();
        // It may have been made a moment ago, by another process.
        if site.is_none() && !state.registry.is_refutable(&name) {
            state.registry.refresh().await?;
            site = state.snapshot().sites.get(&name).cloned();
        }
        let site = site.ok_or_else(|| ApiError::NotFound {
            code: "unknown_site",
            message: format!("There is no site `{name}`."),
        })?;
        check_filters(state, &name, parts.uri.query())?;
        let asked = Asked::of(&site, parts.uri.query(), state.now());
        Ok(Self { caller, site: Arc::new(site), address: parts.uri.to_string(), asked })
    }
}

/// Refuses filters that name segments which the site does not have. What else is wrong with them is said by who reads them
/// for an answer.
fn check_filters(state: &AppState, site: &str, query: Option<&str>) -> Result<(), ApiError> {
    #[derive(Deserialize)]
    struct Filters {
        #[serde(default)]
        filter: Vec<String>,
    }
    let Ok(Filters { filter }) = parse_query(query.unwrap_or_default()) else { return Ok(()) };
    let Ok(condition) = Condition::parse_list(&filter) else { return Ok(()) };
    check_known(&state.snapshot(), site, &condition, "filter")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_same_origin_may_change_state_with_a_cookie() {
        let table: [(&[(&'static str, &'static str)], bool); 8] = [
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://h:1"), ("host", "h:1")], false),
            (&[("origin", "http://h:8080"), ("host", "h:8080")], true),
            (&[("origin", "http://evil"), ("host", "h:8080")], false),
            (&[("origin", "null"), ("host", "h:8080")], false),
            (&[("cookie", "orma_session=a.b")], false),
            (&[], true),
        ];
        for (pairs, allowed) in table {
            let headers: HeaderMap = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect();
            assert_eq!(check_same_origin(&headers).is_ok(), allowed, "{pairs:?}");
        }
    }

    #[test]
    fn the_bearer_scheme_is_read_whatever_its_case() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("abc"), None);
    }
}
