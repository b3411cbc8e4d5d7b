//! What the handlers share, and how the service is configured.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use orma_store::registry::Snapshot;
use orma_store::{Registry, Role, Store, Token};
use orma_visits::{Maker, ProgressWatch};

use crate::accounts::AccountsWatch;
use crate::audiences::Audiences;
use crate::error::ApiError;
use crate::geo_report::GeoReporter;
use crate::limits::QuestionLimits;
use crate::question::live::Live;
use crate::question::own_sql::Setup;
use crate::rollups::Rollups;
use crate::runner::Runner;
use crate::sign_in::{Attempt, Attempts, EndedSessions, NoAttempt, SignInCodes};
use crate::timestamp::Timestamp;
use crate::together::Together;

/// A token that was withdrawn by another process is refused after this long.
const REGISTRY_AGE_MS_MAX: u64 = 1_000;
/// An unknown token makes the registry be read at most this often.
const REGISTRY_MISS_MS_MIN: u64 = 1_000;
/// How often a request with an unknown token looks within that time.
const REGISTRY_MISS_POLLS: u64 = 10;
const REGISTRY_MISS_POLL: Duration = Duration::from_millis(REGISTRY_MISS_MS_MIN / REGISTRY_MISS_POLLS);

/// How the query service behaves.
#[derive(Clone, Debug, Default)]
pub struct QueryConfig {
    /// What questions may take.
    pub questions: QuestionLimits,
    /// Cookies are always marked `Secure`. Otherwise they are when a proxy says that the request came by https.
    pub cookies_secure: bool,
    /// Sessions that were signed out of.
    pub ended_sessions: EndedSessions,
    /// What tells questions the time.
    pub clock: Clock,
}

/// What tells the time: this machine's clock, or in tests another.
#[derive(Clone)]
pub struct Clock(pub Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Timestamp::now))
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Clock").field(&(self.0)()).finish()
    }
}

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) runner: Runner,
    pub(crate) together: Together,
    pub(crate) registry: Registry,
    pub(crate) config: Arc<QueryConfig>,
    pub(crate) signing_secret: Arc<[u8]>,
    pub(crate) live: Live,
    pub(crate) sql: Setup,
    pub(crate) accounts: AccountsWatch,
    pub(crate) visits_progress: ProgressWatch,
    pub(crate) geo_reporter: Arc<OnceLock<GeoReporter>>,
    pub(crate) ended: EndedSessions,
    pub(crate) attempts: Attempts,
    codes: SignInCodes,
    refreshed: Arc<Mutex<Option<Instant>>>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("AppState").field("config", &self.config).finish_non_exhaustive()
    }
}

impl AppState {
    /// The state of a service over `store`. `signing_secret` signs the session cookies: at least 32 random bytes,
    /// kept over restarts.
    pub fn new(store: Store, registry: Registry, signing_secret: Vec<u8>, config: QueryConfig) -> Self {
        Self {
            ended: config.ended_sessions.clone(),
            attempts: Attempts::default(),
            accounts: AccountsWatch::new(store.clone()),
            visits_progress: ProgressWatch::new(store.clone()),
            runner: Runner::new(store, &config.questions),
            together: Together::default(),
            registry,
            config: Arc::new(config),
            signing_secret: signing_secret.into(),
            live: Live::default(),
            sql: Setup::default(),
            geo_reporter: Arc::default(),
            codes: SignInCodes::default(),
            refreshed: Arc::default(),
        }
    }

    /// The time, as questions are told it.
    pub(crate) fn now(&self) -> Timestamp {
        (self.config.clock.0)()
    }

    /// A one-time code for a sign-in link, `<address>/sign-in#code=<code>`, valid for one hour.
    pub fn new_sign_in_code(&self) -> String {
        self.codes.issue(Instant::now())
    }

    /// The watch over the accounts; somebody must [look](AccountsWatch::look) again and again.
    pub fn accounts(&self) -> AccountsWatch {
        self.accounts.clone()
    }

    /// What makes visits of events; somebody must [do so](Maker::make_all) again and again.
    pub fn visits(&self) -> Maker {
        self.runner.visits().clone()
    }

    /// What rolls up the days that are over; somebody must [do so](Rollups::roll_up) again and again.
    pub fn rollups(&self) -> Rollups {
        self.runner.rollups(&self.registry)
    }

    /// What keeps the members of segments; somebody must [do so](Audiences::evaluate) again and again.
    pub fn audiences(&self) -> Audiences {
        Audiences::new(self.runner.clone(), self.registry.clone())
    }

    /// The watch over how far visits are that are made anew; somebody must [look](ProgressWatch::look) again and again.
    pub fn visits_progress(&self) -> ProgressWatch {
        self.visits_progress.clone()
    }

    /// What Prometheus reads of the query service.
    pub fn metrics(&self) -> String {
        let snapshot = self.registry.snapshot();
        let sites = || snapshot.sites.keys().map(String::as_str);
        self.accounts.metrics(sites())
            + &self.visits_progress.metrics(sites())
            + &self.attempts.metrics()
            + &self.runner.metrics()
            + &self.together.metrics()
    }

    /// Says once whom to ask for the geographic databases of a collector in this process.
    pub fn report_geo(&self, reporter: GeoReporter) {
        let _ = self.geo_reporter.set(reporter);
    }

    /// Ends all live streams, so that the server can drain.
    pub fn close_live(&self) {
        self.live.close();
    }

    /// The token whose secret this is, or `None`; a client may be wrong only so often.
    ///
    /// # Errors
    /// It was wrong too often.
    pub(crate) async fn token_of_stranger(
        &self,
        secret: &str,
        client: IpAddr,
    ) -> Result<Option<Token>, ApiError> {
        if let Some(token) = self.snapshot().token_of_secret(secret) {
            return Ok(Some(token.clone()));
        }
        let attempt = self.attempt(client).await?;
        let token = self.new_token_of_secret(secret).await;
        if token.is_some() {
            attempt.was_right();
        }
        Ok(token)
    }

    /// The token that a one-time code stands for: an admin's over all sites, so that the session ends when that
    /// token is withdrawn.
    ///
    /// # Errors
    /// The client was wrong too often.
    pub(crate) async fn token_of_code(&self, code: &str, client: IpAddr) -> Result<Option<Token>, ApiError> {
        let attempt = self.attempt(client).await?;
        let token = self.redeem(code);
        if token.is_some() {
            attempt.was_right();
        }
        Ok(token)
    }

    /// One of a client's attempts, as soon as it has one.
    async fn attempt(&self, client: IpAddr) -> Result<Attempt<'_>, ApiError> {
        loop {
            match self.attempts.begin(client, Instant::now()) {
                Ok(attempt) => return Ok(attempt),
                Err(NoAttempt::TooMany(wait)) => return Err(ApiError::TooManyAttempts(wait)),
                Err(NoAttempt::Undecided) => tokio::time::sleep(REGISTRY_MISS_POLL).await,
            }
        }
    }

    /// A token that is not known yet may have been made by another process.
    async fn new_token_of_secret(&self, secret: &str) -> Option<Token> {
        // Whoever comes sooner waits for the next turn, his own or another's, so that a token works as soon as it was
        // printed.
        for _ in 0..=REGISTRY_MISS_POLLS {
            if self.claim_refresh(REGISTRY_MISS_MS_MIN) {
                refresh(&self.registry).await;
                break;
            }
            tokio::time::sleep(REGISTRY_MISS_POLL).await;
            if self.registry.snapshot().token_of_secret(secret).is_some() {
                break;
            }
        }
        self.registry.snapshot().token_of_secret(secret).cloned()
    }

    fn redeem(&self, code: &str) -> Option<Token> {
        if !self.codes.redeem(code, Instant::now()) {
            return None;
        }
        let snapshot = self.registry.snapshot();
        let admins =
            snapshot.tokens.values().filter(|token| token.role == Role::Admin && token.site.is_empty());
        admins.min_by(|one, other| one.token_id.cmp(&other.token_id)).cloned()
    }

    /// The registry as it is known; read anew in the background when that is long ago.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        if self.claim_refresh(REGISTRY_AGE_MS_MAX) {
            let registry = self.registry.clone();
            tokio::spawn(async move { refresh(&registry).await });
        }
        self.registry.snapshot()
    }

    /// Whether the registry was last read longer ago than this; the caller must then read it.
    fn claim_refresh(&self, age_ms: u64) -> bool {
        let mut refreshed = self.refreshed.lock().expect("no panic while locked");
        let due = refreshed.is_none_or(|at| at.elapsed() >= Duration::from_millis(age_ms));
        if due {
            *refreshed = Some(Instant::now());
        }
        due
    }
}

async fn refresh(registry: &Registry) {
    if let Err(error) = registry.refresh().await {
        tracing::warn!(%error, "the registry could not be read; what was known stays");
    }
}
