//! SQL of analysts: one statement that reads the views of a site, carried out by a user of the store who may do nothing else.
//!
//! What keeps sites apart is the store's own access control (`orma_store::reader`); `views` says what there is to read,
//! `setup` makes it, `check` refuses by name what the store would refuse without a clear word, `failure` says what went wrong
//! in words that an analyst can use, and `answer` hands the answer on while it comes.

mod answer;
mod check;
mod failure;
pub mod request;
pub mod response;
mod setup;
mod views;

pub use answer::Answer;
pub use setup::Setup;

use orma_store::StoreError;
use serde::Deserialize;

use crate::error::ApiError;
use crate::runner::{Needs, Runner, SqlQuestion, SqlTurn};
use request::Request;

/// What makes the store say how it understands a statement.
const EXPLAIN: &str = "EXPLAIN AST ";
/// What such a description may be long. Bytes.
const EXPLANATION_BYTES_MAX: usize = 16 << 20;

/// Carries out a request. What goes wrong before the first bytes of the answer are sent is an error.
///
/// # Errors
/// The SQL cannot be used, would take too much, or the store did not answer.
pub async fn respond(
    runner: &Runner,
    setup: &Setup,
    site: &str,
    request: &Request,
) -> Result<Answer, ApiError> {
    setup.make_ready(runner.store()).await?;
    runner.bring_visits_up_to_date(Needs::People).await;
    runner.bring_people_up_to_date().await;
    let turn = runner.sql_turn().await?;
    let failed = |error: StoreError| failure::of(error, runner.sql_limits());
    let bytes_max = runner.sql_limits().bytes_max;
    match begin(&turn, site, request, bytes_max).await {
        // The store may have been started anew since the views were made.
        Err(Stopped::ByStore(error)) if setup.is_lost(runner.store(), &error).await? => {
            setup.make_anew(runner.store()).await?;
            begin(&turn, site, request, bytes_max).await
        }
        begun => begun,
    }
    .map_err(|stopped| match stopped {
        Stopped::ByStore(error) => failed(error),
        Stopped::ByCheck(refusal) => refusal.into(),
    })
}

enum Stopped {
    ByStore(StoreError),
    ByCheck(check::Refusal),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::ByStore(error)
    }
}

async fn begin(turn: &SqlTurn, site: &str, request: &Request, bytes_max: u64) -> Result<Answer, Stopped> {
    let params = request.params();
    let nodes = explain(turn, site, request).await?;
    check::statement(nodes.iter().map(String::as_str)).map_err(Stopped::ByCheck)?;
    let format = request.format.of_clickhouse();
    let question = SqlQuestion { site, text: &request.query, params: &params, format };
    Ok(Answer::begin(turn.read(&question)?, bytes_max).await?)
}

/// How the store understands the statement, without carrying it out: a node a line.
async fn explain(turn: &SqlTurn, site: &str, request: &Request) -> Result<Vec<String>, Stopped> {
    #[derive(Deserialize)]
    struct Line {
        explain: String,
    }
    let text = format!("{EXPLAIN}{}", request.query);
    let params = request.params();
    let question = SqlQuestion { site, text: &text, params: &params, format: "JSONEachRow" };
    let mut rows = turn.read(&question)?;
    let mut lines = Vec::new();
    loop {
        match rows.next().await {
            Ok(None) => break,
            Ok(Some(piece)) if lines.len() + piece.len() <= EXPLANATION_BYTES_MAX => {
                lines.extend_from_slice(&piece);
            }
            Ok(Some(_)) => return Err(Stopped::ByCheck(check::Refusal::TooLong)),
            Err(error) => return Err(Stopped::ByStore(failure::moved_back(error, EXPLAIN.len()))),
        }
    }
    serde_json::Deserializer::from_slice(&lines)
        .into_iter::<Line>()
        .map(|line| line.map(|line| line.explain))
        .collect::<Result<_, _>>()
        // In another form than was asked for: the statement says in which.
        .map_err(|_| Stopped::ByCheck(check::Refusal::Clause("FORMAT")))
}
