//! A thousand random histories: what the answers say is what a plain computation over the same events says, and what the
//! others say.
//!
//! Histories share sites, and sites an engine, so that each question is about many of them. `ORMA_SEEDS=50000` makes as many
//! histories, `ORMA_SITE=17` asks about that site alone.
mod compare;
mod history;
mod people;
mod question;
mod twin;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use fastrand::Rng;
use orma_query::{AppState, QueryConfig, QuestionLimits, Timestamp};
use orma_store::Site as Settings;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use compare::Asker;
use history::Site;
use question::{DIMENSIONS, METRICS, OPERATORS, Question};
use twin::{CURRENCY, Twin};

use crate::query_api::Service;

/// Histories without `ORMA_SEEDS`.
const HISTORIES: u64 = 1_040;
const HISTORIES_OF_SITE: u64 = 80;
/// Random questions about the numbers of a site.
const QUESTIONS: usize = 8;
/// Random questions about whole days of a site.
const QUESTIONS_ABOUT_DAYS: usize = 12;
/// People of a site whose card and journey are looked at.
const PEOPLE: usize = 1;
/// Sites that are asked about at once.
const AT_ONCE: usize = 4;
/// Differences that are told.
const TOLD_MAX: usize = 12;

/// What was asked, and what differed.
#[derive(Default)]
pub struct Found {
    asked: BTreeSet<String>,
    differences: Vec<String>,
}

/// Shared by all who ask.
#[derive(Clone, Default)]
pub struct Findings(Arc<Mutex<Found>>);

impl Findings {
    pub fn asked(&self, what: &str) {
        self.0.lock().unwrap().asked.insert(what.to_owned());
    }

    pub fn differ(&self, difference: String) {
        self.0.lock().unwrap().differences.push(difference);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_histories_have_one_answer() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let sites = number("ORMA_SEEDS").unwrap_or(HISTORIES) / HISTORIES_OF_SITE;
    let numbers = number("ORMA_SITE").map_or(0..sites, |only| only..only + 1);
    let is_whole = numbers.end - numbers.start >= HISTORIES / HISTORIES_OF_SITE;
    let dir = tempfile::tempdir().unwrap();
    let mut service = Service::start(dir.path()).await;
    // Nothing is asked twice, so what is kept would only cost (`asking.rs` is about that).
    let questions =
        QuestionLimits { cache_bytes_max: 0, rollup_visits_min: 1, ..crate::support::patient_limits() };
    let config = QueryConfig { questions, ..QueryConfig::default() };
    service.state = AppState::new(service.store.clone(), service.registry.clone(), vec![7; 32], config);
    let service = Arc::new(service);
    let mut sites = Vec::new();
    for number in numbers {
        let site = Site::new(number, HISTORIES_OF_SITE);
        let settings = Settings {
            site: site.name.clone(),
            name: site.name.clone(),
            timezone: site.zone.into(),
            currency: CURRENCY.into(),
            origins: Vec::new(),
        };
        service.registry.put_site(&settings).await.unwrap();
        sites.push(Arc::new(site));
    }
    for some in sites.chunks(10) {
        // In several pieces, some of which are asked about before the next come: visits are made again and again.
        let sent: Vec<_> = some.iter().flat_map(|site| site.sent.clone()).collect();
        for piece in sent.chunks(sent.len().div_ceil(3)) {
            service.insert(piece).await;
            service.get_of(&some[0].name, "/stats?metrics=sessions").await;
            // What comes later changes some of the days, and others not.
            roll_up(&service).await;
        }
    }
    by_hand(&service, &sites).await;
    let (findings, places) = (Findings::default(), Arc::new(Semaphore::new(AT_ONCE)));
    for is_rolled_up in [false, true] {
        if is_rolled_up {
            roll_up(&service).await;
        }
        let mut tasks = JoinSet::new();
        for site in &sites {
            let (service, site) = (service.clone(), site.clone());
            let (findings, places) = (findings.clone(), places.clone());
            tasks.spawn(async move {
                let _place = places.acquire().await.unwrap();
                if is_rolled_up {
                    ask_about_days(&service, &site, findings).await;
                } else {
                    ask(&service, &site, findings).await;
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
    }
    Arc::into_inner(service).expect("nobody asks any more").engine.stop().await;
    let found = findings.0.lock().unwrap();
    let told: Vec<&str> = found.differences.iter().take(TOLD_MAX).map(String::as_str).collect();
    assert!(told.is_empty(), "{} differences:\n{}", found.differences.len(), told.join("\n\n"));
    let all = [&METRICS[..], &DIMENSIONS[..], &OPERATORS[..]].concat();
    let unmet: Vec<&str> = all.into_iter().filter(|name| !found.asked.contains(*name)).collect();
    assert!(!is_whole || unmet.is_empty(), "never asked: {unmet:?}");
}

/// Rolls up all days of all sites.
async fn roll_up(service: &Service) {
    let rollups = service.state.rollups().waited_for();
    while rollups.roll_up(Timestamp::now()).await.unwrap() {}
}

/// Asks about whole days without conditions, which are read from what they were rolled up to.
async fn ask_about_days(service: &Service, site: &Site, findings: Findings) {
    let rolled_up = service.state.visits().rollup_days().of(&site.name, site.zone).await.unwrap();
    assert!(rolled_up.len() > 1, "{} has {rolled_up:?}", site.name);
    let twin = Twin::new(site);
    let asker = Asker { service, site, twin: &twin, findings };
    let mut random = Rng::with_seed(site.about.cast_unsigned() ^ site.rows.len() as u64);
    for _ in 0..QUESTIONS_ABOUT_DAYS {
        let question = Question::about_days(&mut random, &twin);
        asker.numbers(&question, false).await;
    }
}

/// Who is joined by hand, and whom that is taken back of.
async fn by_hand(service: &Service, sites: &[Arc<Site>]) {
    for sign in [1, -1] {
        let pairs: Vec<String> = sites
            .iter()
            .flat_map(|site| {
                let pairs = if sign == 1 { &site.joined } else { &site.undone };
                pairs.iter().map(|(visitor, user)| {
                    format!(
                        "('{}', '{user}', '{visitor}', 'manual', '', now64(3), {sign}, now64(3), 'anna')",
                        site.name
                    )
                })
            })
            .collect();
        if pairs.is_empty() {
            continue;
        }
        let columns = "site, user, visitor, source, session, at, sign, ts, recorded_by";
        service
            .store
            .execute(&format!("INSERT INTO identity_edges ({columns}) VALUES {}", pairs.join(", ")), &[])
            .await
            .unwrap();
    }
}

/// Asks about a site.
async fn ask(service: &Service, site: &Site, findings: Findings) {
    let twin = Twin::new(site);
    let asker = Asker { service, site, twin: &twin, findings };
    let mut random = Rng::with_seed(site.about.cast_unsigned() ^ site.rows.len() as u64);
    for number in 0..QUESTIONS {
        let question = Question::random(&mut random, &twin);
        asker.numbers(&question, number == 0).await;
        // Some of these days are rolled up, and others have changed since.
        asker.numbers(&Question::about_days(&mut random, &twin), false).await;
    }
    asker.people(&mut random, PEOPLE).await;
}

/// Numbers that come out of divisions of floats differ in the last digit.
pub fn is_close(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= expected.abs() * 1e-9,
        _ => found == expected,
    }
}
