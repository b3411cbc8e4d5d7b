//! docs/sql.md and the notebook, carried out as they stand there.

use std::io::Write;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use orma_model::EventRow;
use serde_json::{Value, json};

use super::{MINUTE, ask_with, insert_two_sites, with_user};
use crate::query_api::{Service, at, event, view};
use crate::support::{ADMIN_TOKEN, Orma, program, wait_for};

fn read(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The worked questions of the document, in its order.
fn worked_questions() -> Vec<String> {
    let document = read("docs/sql.md");
    let blocks = document.split("```sql\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worked_questions_of_the_document_are_answered_as_one_counts_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::start(dir.path()).await;
    insert_two_sites(&service).await;
    let again = at("2026-11-10T10:00:00Z");
    let order = |user: &'static str, ts: i64| EventRow {
        revenue: 100_000,
        currency: "EUR".into(),
        ..with_user(user, event("order", format!("{user}-s"), format!("{user}-s"), ts))
    };
    service
        .insert(&[
            order("mario@example.it", again),
            order("mario@example.it", again + 7 * 24 * 60 * MINUTE),
            order("nuova", again + MINUTE),
            // Nothing of this is a cart that was left: it was bought.
            view("buyer", "s9", again, "/carrello"),
            event("add_to_cart", "buyer", "s9", again + MINUTE),
            EventRow { currency: "EUR".into(), ..event("order", "buyer", "s9", again + 2 * MINUTE) },
        ])
        .await;
    let expected = [
        json!([{"campaign": "autunno", "people": 1, "buyers": 1, "money": "89"}]),
        json!([{"last_page": "/carrello", "carts_left": 1, "share": 1}]),
        json!([
            {"cohort": "2026-10-26", "buyers": 1, "after_1": 0, "after_2": 1, "after_3": 1, "share_again": 1},
            {"cohort": "2026-11-02", "buyers": 1, "after_1": 0, "after_2": 0, "after_3": 0, "share_again": 0},
            {"cohort": "2026-11-09", "buyers": 2, "after_1": 0, "after_2": 0, "after_3": 0, "share_again": 0},
        ]),
    ];
    let questions = worked_questions();
    assert_eq!(questions.len(), expected.len());
    for (question, expected) in questions.iter().zip(expected) {
        let body = json!({"query": question, "params": {"from": "2026-11-01", "to": "2026-11-30"}});
        let told = ask_with(&service, body).await;
        assert_eq!(told.status, StatusCode::OK, "{question}: {}", told.text());
        assert_eq!(told.json()["data"], expected, "{question}");
    }
}

/// The code of a notebook, cell after cell.
fn code_of(notebook: &str) -> String {
    let notebook: Value = serde_json::from_str(notebook).unwrap();
    let cells = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code");
    let lines = cells.flat_map(|cell| {
        assert!(cell["outputs"].as_array().unwrap().is_empty(), "outputs are not committed");
        let lines = cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned());
        lines.chain(["\n\n".to_owned()]).collect::<Vec<_>>()
    });
    lines.collect()
}

#[test]
fn the_notebook_asks_the_demo_the_same() {
    let notebook = read("docs/notebooks/sql.ipynb");
    let code = code_of(&notebook);
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for question in worked_questions() {
        assert!(
            squeezed(&code).contains(&squeezed(&question)),
            "the notebook asks something else: {question}"
        );
    }
    let orma = Orma::start();
    let story = ["demo", "--days", "4", "--visits-per-day", "60", "--data-dir"];
    let told = Command::new(program()).args(story).arg(orma.dir.path()).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    wait_for("the story", || (orma.number("SELECT countIf(kind = 'order') FROM events") > 0).then_some(()));
    let python = std::env::var("ORMA_CLIENTS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut run = Command::new(&python)
        .args(["-W", "error", "-"])
        .env("ORMA_URL", orma.url(""))
        .env("ORMA_TOKEN", ADMIN_TOKEN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{python}: {error}"));
    run.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
    let output = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for head in ["campaign  ", "last_page  ", "cohort  "] {
        let mut lines = said.lines().skip_while(|line| !line.starts_with(head.trim_end()));
        assert!(lines.next().is_some_and(|line| line.contains("  ")), "{head}: {said}");
        assert!(lines.next().is_some_and(|line| !line.is_empty()), "{head}: {said}");
    }
}
