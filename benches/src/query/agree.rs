//! Whether the answers are the same: orma's beside what the stream itself says, and beside the peers'.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::Value;

use super::ask::{Asked, Respondent};
use super::ours::Question;
use super::peers::Peer;
use super::stream::Stream;

/// Numbers are the same when they are no further apart: they are whole, or rounded to that.
const ROUNDED: f64 = 0.51;
/// Where counts are estimated, the end of a list may hold another of two that are level.
const STRANGERS_MAX: usize = 2;

/// An answer: numbers by what they are of.
pub type Numbers = BTreeMap<String, f64>;

/// One comparison.
#[derive(Clone, Debug)]
pub struct Check {
    pub question: String,
    /// With what orma's answer was compared.
    pub with: &'static str,
    pub verdict: Verdict,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Equal,
    /// As the definitions say, and no further.
    Explained {
        difference: Difference,
        why: &'static str,
    },
    /// One of both is wrong.
    Unexplained(Difference),
}

/// How far two answers are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub numbers: usize,
    /// Numbers of both that are not the same.
    pub differing: usize,
    /// The largest difference, as a share of the other number.
    pub largest: f64,
    /// Numbers that only one answer has.
    pub strangers: usize,
}

/// How far a peer's number may be from orma's, and why.
struct Definition {
    question: &'static str,
    number: &'static str,
    peer: Peer,
    share_max: f64,
    why: &'static str,
}

const fn differs(
    question: &'static str,
    number: &'static str,
    peer: Peer,
    share_max: f64,
    why: &'static str,
) -> Definition {
    Definition { question, number, peer, share_max, why }
}

const BOUNCE: &str =
    "a bounce is a visit with one page; orma's also did nothing else and lasted less than 10 s";
const ESTIMATED: &str = "distinct visitors are estimated above 65,536";
const TENTHS: &str = "rounded to 0.1 s";

/// An empty `number` is all of the question's.
const DEFINITIONS: [Definition; 15] = [
    differs(
        "daily_visitors",
        "",
        Peer::Plausible,
        0.02,
        "counts whoever did anything that day, orma who saw a page; estimated above 65,536",
    ),
    differs(
        "top_pages",
        "",
        Peer::Plausible,
        0.02,
        "counts whoever did anything on the page, orma who saw it; estimated above 65,536",
    ),
    differs("top_pages", "", Peer::Posthog, 0.02, ESTIMATED),
    differs(
        "top_sources",
        "",
        Peer::Plausible,
        0.02,
        "counts visits that reach into the period, orma those who saw a page in it; estimated above 65,536",
    ),
    differs(
        "top_sources",
        "",
        Peer::Rybbit,
        0.02,
        "a visit that began before the period has no source, and one without a view counts too",
    ),
    differs("top_sources", "", Peer::Posthog, 0.02, ESTIMATED),
    differs(
        "retention",
        "",
        Peer::Plausible,
        0.02,
        "leaves out who only measured a page; orma counts whoever was there",
    ),
    differs("bounce_duration", "bounces", Peer::Plausible, 0.5, BOUNCE),
    differs("bounce_duration", "bounces", Peer::Rybbit, 0.5, BOUNCE),
    differs("bounce_duration", "bounces", Peer::Posthog, 0.5, BOUNCE),
    differs("bounce_duration", "duration", Peer::Plausible, 0.002, TENTHS),
    differs(
        "bounce_duration",
        "duration",
        Peer::Rybbit,
        0.002,
        "rounded to 0.1 s; of a visit across the period's edge only the part within",
    ),
    differs("bounce_duration", "duration", Peer::Posthog, 0.002, TENTHS),
    differs(
        "bounce_duration",
        "visits",
        Peer::Plausible,
        0.002,
        "visits that reach into the period; orma's began in it",
    ),
    differs(
        "bounce_duration",
        "visits",
        Peer::Rybbit,
        0.002,
        "visits with an event in the period; orma's began in it",
    ),
];

/// Compares every question that the stream has an answer to.
///
/// # Errors
/// Somebody does not answer.
pub async fn check(
    respondent: &Respondent,
    stream: &Stream,
    questions: &[Question],
    peers: &[Peer],
) -> anyhow::Result<Vec<Check>> {
    let mut checks = Vec::new();
    for truth in stream.truth() {
        let asked = questions.iter().find(|question| question.name == truth.name);
        let (path, answer) = match asked.map(|question| &question.asked) {
            Some(Asked::Get(path)) => (path, respondent.answer(path).await?),
            Some(Asked::Post(path, body)) => (path, respondent.answer_to(path, body).await?),
            _ => continue,
        };
        let answer: Value = serde_json::from_str(&answer.body)?;
        let ours = of_api(&truth.name, &answer).with_context(|| format!("{path}: {answer}"))?;
        let mut others = vec![("the stream", None, &truth.sql)];
        let asked_of_peers: Vec<_> = peers.iter().map(|&peer| (peer, peer.questions(stream))).collect();
        for (peer, questions) in &asked_of_peers {
            let same = questions.iter().find(|question| question.name == truth.name);
            others.extend(same.map(|question| (peer.name(), Some(*peer), &question.sql)));
        }
        for (with, peer, sql) in others {
            let theirs = of_rows(&truth.name, &respondent.engine.rows(sql).await?)
                .with_context(|| format!("the answer of {with} to {} cannot be read", truth.name))?;
            checks.extend(judge(&truth.name, with, peer, &ours, &theirs));
        }
    }
    Ok(checks)
}

/// Numbers with a definition of their own are judged apart.
fn judge(
    question: &str,
    with: &'static str,
    peer: Option<Peer>,
    ours: &Numbers,
    theirs: &Numbers,
) -> Vec<Check> {
    let own = |number: &str| {
        let mut of_question =
            DEFINITIONS.iter().filter(|it| it.question == question && !it.number.is_empty());
        of_question.any(|it| it.number == number)
    };
    let apart: Vec<&String> = ours.keys().filter(|number| own(number)).collect();
    if apart.is_empty() {
        let definition = definition(question, "", peer);
        return vec![Check {
            question: question.to_owned(),
            with,
            verdict: verdict(ours, theirs, definition),
        }];
    }
    let only = |numbers: &Numbers, wanted: &str| -> Numbers {
        numbers
            .iter()
            .filter(|(number, _)| *number == wanted)
            .map(|(name, value)| (name.clone(), *value))
            .collect()
    };
    let of_number = |number: &&String| Check {
        question: format!("{question}: {number}"),
        with,
        verdict: verdict(&only(ours, number), &only(theirs, number), definition(question, number, peer)),
    };
    apart.iter().map(of_number).collect()
}

fn definition(question: &str, number: &str, peer: Option<Peer>) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|it| it.question == question && it.number == number && Some(it.peer) == peer)
}

fn verdict(ours: &Numbers, theirs: &Numbers, definition: Option<&Definition>) -> Verdict {
    let difference = difference(ours, theirs);
    match definition {
        _ if difference.differing == 0 && difference.strangers == 0 && !ours.is_empty() => Verdict::Equal,
        Some(it) if difference.largest <= it.share_max && difference.strangers <= STRANGERS_MAX => {
            Verdict::Explained { difference, why: it.why }
        }
        _ => Verdict::Unexplained(difference),
    }
}

fn difference(ours: &Numbers, theirs: &Numbers) -> Difference {
    let pairs: Vec<(f64, f64)> =
        ours.iter().filter_map(|(name, value)| Some((*value, *theirs.get(name)?))).collect();
    let differing = pairs.iter().filter(|(one, other)| (one - other).abs() > ROUNDED);
    let shares = differing.clone().map(|(one, other)| (one - other).abs() / other.abs().max(1.0));
    Difference {
        numbers: pairs.len(),
        differing: differing.count(),
        largest: shares.fold(0.0, f64::max),
        strangers: ours.len() + theirs.len() - 2 * pairs.len(),
    }
}

/// The numbers of an answer of the API.
fn of_api(question: &str, answer: &Value) -> Option<Numbers> {
    let one = |name: &str, value: f64| (name.to_owned(), value);
    let by = |dimension: &str| -> Option<Numbers> {
        let rows = answer["rows"].as_array()?.iter();
        let numbers = rows.map(|row| {
            Some((row["dimensions"][dimension].as_str()?.to_owned(), row["metrics"]["visitors"].as_f64()?))
        });
        numbers.collect()
    };
    let totals = &answer["totals"];
    match question {
        "daily_visitors" => by("time"),
        "top_pages" => by("page"),
        "top_sources" => by("source"),
        "countries" => by("country"),
        "filtered" => Some(Numbers::from([one("visitors", totals["visitors"].as_f64()?)])),
        "bounce_duration" => Some(Numbers::from([
            one("bounces", totals["bounce_rate"].as_f64()? * 1e4),
            one("duration", totals["session_duration_ms"].as_f64()?),
            one("visits", totals["sessions"].as_f64()?),
        ])),
        "segment" => Some(Numbers::from([one("visitors", answer["people"].as_f64()?)])),
        "funnel" => {
            let steps = answer["steps"].as_array()?.iter().enumerate();
            steps.map(|(step, told)| Some((format!("s{}", step + 1), told["people"].as_f64()?))).collect()
        }
        "retention" => {
            let mut numbers = Numbers::new();
            for cohort in answer["cohorts"].as_array()? {
                let name = cohort["cohort"].as_str()?;
                for (later, people) in cohort["people"].as_array()?.iter().enumerate() {
                    numbers.insert(format!("{name} {later}"), people.as_f64()?);
                }
            }
            // A peer has no row for nobody.
            numbers.retain(|_, people| *people > 0.0);
            Some(numbers)
        }
        "timeline" => {
            let sessions = answer["items"].as_array()?.iter();
            let steps = sessions.flat_map(|session| session["events"].as_array().into_iter().flatten());
            Some(Numbers::from([one(
                "steps",
                steps.filter(|step| step["kind"] != "identify").count() as f64,
            )]))
        }
        "person_card" => ["sessions", "page_views", "orders"]
            .iter()
            .map(|name| Some(one(name, answer[*name].as_f64()?)))
            .collect(),
        "people_page_views" => {
            let people = answer["items"].as_array()?.iter();
            people.map(|it| Some((it["person"].as_str()?.to_owned(), it["page_views"].as_f64()?))).collect()
        }
        "web_quality" => {
            let lcp = |row: &Value| {
                let vital = row["vitals"].as_array()?.iter().find(|vital| vital["name"] == "LCP")?;
                Some((row["dimension"].as_str()?.to_owned(), vital["p75"].as_f64()?))
            };
            answer["rows"].as_array()?.iter().map(lcp).collect()
        }
        _ => None,
    }
}

/// The numbers of an answer of the engine.
fn of_rows(question: &str, rows: &[Value]) -> Option<Numbers> {
    let by = |key: &str, value: &str| -> Option<Numbers> {
        let numbers = rows.iter().map(|row| {
            let of = row[key].as_str()?;
            // The peers' word for what has no source.
            let of = if of == "Direct / None" { "" } else { of };
            Some((of.to_owned(), row[value].as_f64()?))
        });
        numbers.collect()
    };
    let first = rows.first()?;
    match question {
        "daily_visitors" => by("day", "visitors"),
        "top_pages" => by("page", "visitors"),
        "top_sources" => by("source", "visitors"),
        "countries" => by("country", "visitors"),
        "people_page_views" => by("person", "page_views"),
        "web_quality" => by("page", "p75"),
        "bounce_duration" => {
            let duration =
                first["visit_duration_ms"].as_f64().or(first["visit_duration"].as_f64().map(|it| it * 1e3));
            let numbers = [
                ("bounces", first["bounce_rate"].as_f64()? * 1e2),
                ("duration", duration?),
                ("visits", first["visits"].as_f64()?),
            ];
            Some(numbers.map(|(name, value)| (name.to_owned(), value)).into())
        }
        // A peer answers with the steps themselves.
        "timeline" => {
            let steps = first["steps"].as_f64().unwrap_or(rows.len() as f64);
            Some(Numbers::from([("steps".to_owned(), steps)]))
        }
        "retention" => {
            let number = |row: &Value| {
                Some((format!("{} {}", row["cohort"].as_str()?, row["n"].as_i64()?), row["users"].as_f64()?))
            };
            rows.iter().map(number).collect()
        }
        "filtered" | "person_card" | "funnel" | "segment" => {
            first.as_object()?.iter().map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers<const N: usize>(pairs: [(&str, f64); N]) -> Numbers {
        pairs.map(|(name, value)| (name.to_owned(), value)).into()
    }

    #[test]
    fn a_difference_is_explained_only_as_far_as_its_definition_goes() {
        let ours = numbers([("/", 1000.0), ("/a", 500.0)]);
        let verdict_of = |theirs, peer| judge("top_pages", "it", peer, &ours, &theirs).remove(0).verdict;
        assert_eq!(verdict_of(ours.clone(), None), Verdict::Equal);
        let near = numbers([("/", 1001.0), ("/a", 500.0)]);
        let difference = Difference { numbers: 2, differing: 1, largest: 1.0 / 1001.0, strangers: 0 };
        assert_eq!(verdict_of(near.clone(), None), Verdict::Unexplained(difference));
        assert_eq!(verdict_of(near.clone(), Some(Peer::Rybbit)), Verdict::Unexplained(difference));
        let explained = Verdict::Explained { difference, why: ESTIMATED };
        assert_eq!(verdict_of(near, Some(Peer::Posthog)), explained);
        let far = numbers([("/", 900.0), ("/a", 500.0)]);
        assert!(matches!(verdict_of(far, Some(Peer::Posthog)), Verdict::Unexplained(_)));
        let other = numbers([("/b", 1.0), ("/c", 1.0)]);
        assert!(matches!(verdict_of(other, Some(Peer::Posthog)), Verdict::Unexplained(_)));
        let nothing = judge("top_pages", "it", None, &Numbers::new(), &Numbers::new()).remove(0).verdict;
        assert!(matches!(nothing, Verdict::Unexplained(_)), "two empty answers show nothing");
    }

    #[test]
    fn numbers_of_one_question_are_held_to_their_own_definitions() {
        let ours = numbers([("bounces", 3000.0), ("duration", 60_020.0), ("visits", 100.0)]);
        let theirs = numbers([("bounces", 4200.0), ("duration", 60_000.0), ("visits", 110.0)]);
        let verdicts: Vec<Verdict> = judge("bounce_duration", "PostHog", Some(Peer::Posthog), &ours, &theirs)
            .into_iter()
            .map(|check| check.verdict)
            .collect();
        assert!(matches!(verdicts[0], Verdict::Explained { why: BOUNCE, .. }), "{verdicts:?}");
        assert!(matches!(verdicts[1], Verdict::Explained { why: TENTHS, .. }), "{verdicts:?}");
        assert!(matches!(verdicts[2], Verdict::Unexplained(_)), "{verdicts:?}");
    }
}
