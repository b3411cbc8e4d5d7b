//! The data directory of a released orma opens with this one, and gives the answers that it gave: fields may be added to
//! an answer, and none changes but where CHANGELOG.md says so ([`MEANT`]).
//!
//! `tests/fixtures/released-0.1.0/README.md` says how directory and answers were made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Orma, PATIENCE, Setup, wait_for};

/// Differences that are shown of one answer.
const SHOWN_MAX: usize = 12;

/// Differences that are meant: how the question ends or what it holds, the last name of the place in the answer (all,
/// when empty), and how CHANGELOG.md says it. What it is now is in `changed.json`.
const MEANT: &[(&str, &[&str], &str)] = &[
    (
        "interval=day&group_by=channel",
        &["events", "page_views", "visitors"],
        "an event counts at its own moment under every filter and breakdown",
    ),
    (
        "group_by=page",
        &["orders", "revenue"],
        "Orders and revenue under a page are those of the sessions that saw it",
    ),
    (
        "group_by=page",
        &["sessions", "bounce_rate", "session_duration_ms", "views_per_session"],
        "Sessions under a page are those that saw it",
    ),
    (
        "filter=page:starts",
        &["orders", "revenue"],
        "Orders and revenue under a page are those of the sessions that saw it",
    ),
    (
        "filter=kind:is:order",
        &["visitors"],
        "Visitors under a filter are among those without it, and who was only sent a newsletter is none",
    ),
    (
        "group_by=kind",
        &["visitors"],
        "Visitors under a filter are among those without it, and who was only sent a newsletter is none",
    ),
    (
        "group_by=name",
        &["visitors"],
        "Visitors under a filter are among those without it, and who was only sent a newsletter is none",
    ),
    (
        "group_by=touchpoint",
        &["visitors"],
        "Visitors under a filter are among those without it, and who was only sent a newsletter is none",
    ),
    (
        "group_by=stage",
        &["visitors"],
        "Visitors under a filter are among those without it, and who was only sent a newsletter is none",
    ),
    ("/journey?", &["rating"], "Ratings have one spelling in the API's answers, `needs_improvement`"),
    ("/journey?", &["stage"], "In a journey `stage` is the person's"),
    ("people?", &["events", "last_seen"], "A `reset` belongs to whom it ends"),
    (
        "people/carla",
        &["events", "last_seen", "ended_at", "duration_ms"],
        "A `reset` belongs to whom it ends",
    ),
    ("people/carla", &["reset"], "A `reset` belongs to whom it ends"),
    ("people?", &["country"], "The country of a person in the list is the last that is known"),
    (
        "stats?",
        &["sessions", "bounce_rate", "session_duration_ms", "views_per_session", "conversion_rate"],
        PAUSE,
    ),
    // What comes after a pause is of a session of its own, which came in its own way.
    (
        "group_by=channel",
        &["events", "page_views", "visitors", "orders", "revenue", "average_order_value"],
        PAUSE,
    ),
    (
        "group_by=source",
        &["events", "page_views", "visitors", "orders", "revenue", "average_order_value"],
        PAUSE,
    ),
    (
        "group_by=entry_page",
        &["events", "page_views", "visitors", "orders", "revenue", "average_order_value"],
        PAUSE,
    ),
    (
        "group_by=exit_page",
        &["events", "page_views", "visitors", "orders", "revenue", "average_order_value"],
        PAUSE,
    ),
    (
        "filter=channel",
        &["events", "page_views", "visitors", "orders", "revenue", "average_order_value"],
        PAUSE,
    ),
    (
        "group_by=campaign",
        &["events", "page_views", "visitors", "orders", "revenue", "average_order_value"],
        PAUSE,
    ),
    ("group_by=entry_page", &[], SCREENS),
    ("group_by=exit_page", &[], SCREENS),
    ("people?", &["last_page"], SCREENS),
    ("people", &["sessions"], PAUSE),
    ("/journey?", &["items"], PAUSE),
];
const SCREENS: &str = "enters where the first page or screen was seen, and leaves where the last was";
const PAUSE: &str = "A session ends after 30 minutes without anything, whatever id the client sends";
/// What says when it was asked.
const OF_THE_MOMENT: &str = "reported_at";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/released-0.1.0").join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixture(name)).unwrap()).unwrap()
}

/// Where answers are not what they were, as they are now: question, place, value.
type Changed = BTreeMap<String, BTreeMap<String, Value>>;

/// What names a member of a list, so that it is compared with its like, wherever it stands.
fn name_of(member: &Value) -> Option<String> {
    let dimensions = member.get("dimensions").map(Value::to_string);
    let event = member
        .get("event_id")
        .and_then(|_| Some(format!("{} {}", member["ts"].as_str()?, member["kind"].as_str()?)));
    dimensions.or(event)
}

fn by_name(list: &[Value]) -> Option<BTreeMap<String, &Value>> {
    let named: Option<BTreeMap<_, _>> = list.iter().map(|member| Some((name_of(member)?, member))).collect();
    named.filter(|named| named.len() == list.len())
}

/// Notes where an answer is not what it was; a field that is answered beside those of then is no difference.
fn compare(place: &str, was: &Value, is: &Value, found: &mut BTreeMap<String, Value>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            for (name, value) in was.iter().filter(|(name, _)| *name != OF_THE_MOMENT) {
                compare(&format!("{place}/{name}"), value, is.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(was), Value::Array(is)) => match (by_name(was), by_name(is)) {
            (Some(was), Some(is)) if !was.is_empty() => {
                let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
                for name in names {
                    let (was, is) = (was.get(name), is.get(name));
                    compare(
                        &format!("{place}/{name}"),
                        was.unwrap_or(&&Value::Null),
                        is.unwrap_or(&&Value::Null),
                        found,
                    );
                }
            }
            _ if was.len() == is.len() => {
                for (index, (was, is)) in was.iter().zip(is).enumerate() {
                    compare(&format!("{place}/{index}"), was, is, found);
                }
            }
            _ => {
                found.insert(place.to_owned(), Value::Array(is.clone()));
            }
        },
        _ if was == is => {}
        _ => {
            found.insert(place.to_owned(), is.clone());
        }
    }
}

fn why(question: &str, place: &str) -> Option<&'static str> {
    let last = place.rsplit(['/', ' ']).next().unwrap_or_default();
    let mut meant = MEANT
        .iter()
        .filter(|(asked, names, _)| question.contains(asked) && (names.is_empty() || names.contains(&last)));
    meant.next().map(|(.., why)| *why)
}

fn changed(orma: &Orma, answers: &[Value]) -> Changed {
    let mut changed = Changed::new();
    for answer in answers {
        let question = answer["path"].as_str().unwrap();
        let now = orma.get(&format!("/api/v1/sites/bottega/{question}"));
        let mut found = BTreeMap::new();
        match now.status {
            200 => compare("", &answer["answer"], &now.json(), &mut found),
            status => drop(found.insert(format!("status {status}"), now.text.into())),
        }
        if !found.is_empty() {
            changed.insert(question.to_owned(), found);
        }
    }
    changed
}

/// The differences between what is changed and what is known to be, a line each.
fn told(found: &Changed, known: &Changed) -> Vec<String> {
    let mut told = Vec::new();
    for question in found.keys().chain(known.keys()).collect::<BTreeSet<_>>() {
        let nothing = BTreeMap::new();
        let (found, known) =
            (found.get(question).unwrap_or(&nothing), known.get(question).unwrap_or(&nothing));
        let places: BTreeSet<&String> = found.keys().chain(known.keys()).collect();
        let lines: Vec<String> = places
            .into_iter()
            .filter(|place| found.get(*place) != known.get(*place))
            .map(|place| {
                let text =
                    |value: Option<&Value>| value.map_or("as 0.1.0 has it".to_owned(), Value::to_string);
                format!("\n  {place}: expected {}, is {}", text(known.get(place)), text(found.get(place)))
            })
            .collect();
        if !lines.is_empty() {
            told.push(format!("{question}: {}{}", lines.len(), lines[..lines.len().min(SHOWN_MAX)].concat()));
        }
    }
    told
}

#[test]
fn what_changed_since_a_release_is_in_the_change_log() {
    let log = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    let log = log.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    for (.., why) in MEANT {
        assert!(log.contains(&why.to_lowercase()), "CHANGELOG.md does not say: {why}");
    }
    let known: Changed = serde_json::from_value(read("changed.json")).unwrap();
    for (question, places) in known {
        for place in places.keys() {
            assert!(why(&question, place).is_some(), "nothing says why {place} of {question} changed");
        }
    }
}

#[test]
fn a_released_data_directory_opens_and_answers_as_it_did() {
    let dir = tempfile::tempdir().unwrap();
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(fixture("data.tar.gz")).arg("-C").arg(dir.path());
    assert!(unpack.status().unwrap().success());
    let answers = read("answers.json");
    let answers = answers.as_array().unwrap();
    let known: Changed = serde_json::from_value(read("changed.json")).unwrap();
    let mut orma = Orma::start_in(dir, Setup::default());
    wait_for("the visits of all events", || (orma.number("SELECT count() FROM touched") == 0).then_some(()));
    // What is shipped from the spool and settled at the start may take a while to be in the answers.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = changed(&orma, answers);
        let told = told(&found, &known);
        if told.is_empty() {
            break;
        }
        if Instant::now() > deadline {
            if std::env::var_os("UPDATE_CHANGED").is_some() {
                let text = serde_json::to_string_pretty(&found).unwrap();
                std::fs::write(fixture("changed.json"), text + "\n").unwrap();
            }
            panic!("answers that changed:\n{}", told.join("\n"));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    how_far_it_is(&orma);
    assert!(orma.stop().success());
}

/// While visits are made, everything that an operator or an analyst looks at says how far that is.
fn how_far_it_is(orma: &Orma) {
    const LEFT: &str = "orma_visits_left{site=\"bottega\"}";
    let making = || {
        let sites = orma.ask("/api/v1/sites");
        let items = sites["items"].as_array().unwrap();
        items.iter().find(|one| one["site"] == "bottega").unwrap()["making_visits"].clone()
    };
    assert_eq!(making(), Value::Null);
    assert_eq!(orma.metric(LEFT), Some(0.0));
    // Without the edges of identity no visits can be made. All sessions are to be, but for those of the last day.
    orma.sql("RENAME TABLE identity_edges TO identity_edges_away");
    orma.sql(
        "INSERT INTO touched SELECT DISTINCT 'anew', site, toDate(ts) AS day, visitor, visitor_hash, session_hash, now64(3) FROM events \
         WHERE site = 'bottega' AND day < (SELECT max(toDate(ts)) FROM events WHERE site = 'bottega')",
    );
    let left = orma.number("SELECT count() FROM touched WHERE because = 'anew'");
    assert!(left > 10, "{left}");
    wait_for("the metric", || (orma.metric(LEFT) == Some(left as f64)).then_some(()));
    let told = making();
    assert_eq!((&told["sessions_left"], &told["share"]), (&left.into(), &0.0.into()), "{told}");
    let day = orma.sql("SELECT toString(max(day) + 1) AS day FROM touched WHERE because = 'anew'");
    let until = format!("{}T00:00:00.000Z", day[0]["day"].as_str().unwrap());
    assert_eq!(told["incomplete_until"], until, "{told}");
    let report = orma.doctor(0);
    assert!(report.contains(&format!("{left} sessions of bottega are left, 0 % is done")), "{report}");
    orma.sql("RENAME TABLE identity_edges_away TO identity_edges");
    wait_for("the visits", || (orma.metric(LEFT) == Some(0.0)).then_some(()));
    assert_eq!(making(), Value::Null);
}
