//! The commands beside a running orma: each finds what runs, or says what is missing.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::{ADMIN_TOKEN, Orma, program, request, wait_for};

fn run(arguments: &[&str], dir: &Path) -> Output {
    Command::new(program()).args(arguments).current_dir(dir).env_remove("ORMA_ADMIN_TOKEN").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Of yesterday too: today may have just begun.
const SHORT_STORY: [&str; 4] = ["--days", "2", "--visits-per-day", "20"];

#[test]
fn the_demo_finds_its_server_by_the_data_directory_alone() {
    let orma = Orma::start();
    let dir = orma.dir.path().to_str().unwrap();
    let told = run(&[&["demo", "--data-dir", dir][..], &SHORT_STORY].concat(), orma.dir.path());
    assert!(told.status.success(), "{}", text(&told.stderr));
    assert!(text(&told.stdout).starts_with("sent "), "{}", text(&told.stdout));
    wait_for("the story", || (orma.number("SELECT count() FROM events") > 0).then_some(()));
    // It comes with what the shop's people would ask for, once.
    let names = || {
        let items = orma.ask("/api/v1/sites/demo/segments")["items"].clone();
        let mut names: Vec<_> =
            items.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let mut expected: Vec<_> = orma_demo::segments().into_iter().map(|(name, _)| name.to_owned()).collect();
    expected.sort();
    wait_for("the segments", || (names() == expected).then_some(()));
    let again = run(&[&["demo", "--data-dir", dir][..], &SHORT_STORY].concat(), orma.dir.path());
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert_eq!(names(), expected);

    // A collector whose store is out of reach takes the story with a token that somebody made there.
    let elsewhere = tempfile::tempdir().unwrap();
    let made =
        run(&["token", "add", "--role", "ingest", "--site", "demo", "--data-dir", dir], elsewhere.path());
    let token = text(&made.stdout).trim().to_owned();
    let url = orma.url("");
    let with_token = ["demo", "--collector-url", &url, "--ingest-token", &token];
    let told = run(&[&with_token[..], &SHORT_STORY].concat(), elsewhere.path());
    assert!(told.status.success(), "{}", text(&told.stderr));
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing was made here");
}

#[test]
fn a_demo_that_finds_no_server_starts_none_and_says_what_to_name() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in [&["demo", "--collector-url", "http://127.0.0.1:9"][..], &["demo"]] {
        let refused = run(arguments, dir.path());
        assert_eq!(refused.status.code(), Some(1));
        let said = text(&refused.stderr);
        for part in ["no orma runs in data", "--data-dir", "--collector-url", "--ingest-token"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "no directory was made");
    }
    let alone = run(&["demo", "--ingest-token", "x"], dir.path());
    assert_eq!(alone.status.code(), Some(2));
    assert!(text(&alone.stderr).contains("--collector-url"), "{}", text(&alone.stderr));
}

#[test]
fn a_name_is_listened_on_and_a_taken_admin_address_is_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let up = |data: &str, admin: &str| {
        let mut command = Command::new(program());
        command
            .args(["up", "--listen", "localhost:0", "--admin-listen", admin, "--data-dir"])
            .arg(dir.path().join(data))
            .env("ORMA_ADMIN_TOKEN", ADMIN_TOKEN);
        command
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let admin = taken.local_addr().unwrap().to_string();
    let refused = up("second", &admin).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    let advice = "for /metrics, where another orma may listen; choose another address with --admin-listen, or 127.0.0.1:0";
    assert!(said.contains(advice), "{said}");

    let mut first = up("first", "localhost:0").stdout(Stdio::null()).spawn().unwrap();
    let noted = dir.path().join("first/running.json");
    let running = wait_for("where it listens", || {
        serde_json::from_slice::<serde_json::Value>(&std::fs::read(&noted).ok()?).ok()
    });
    let url = running["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{running}");
    let head = request("HEAD", &format!("{url}/orma.js"), &[], b"");
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(first.id().cast_signed()).unwrap(),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    first.wait().unwrap();

    let wrong = Command::new(program()).args(["up", "--listen", "8080"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("localhost:8080"), "{}", text(&wrong.stderr));
}

#[test]
fn a_new_site_comes_with_its_key_and_the_tag_for_its_pages() {
    let orma = Orma::start();
    let dir = orma.dir.path().to_str().unwrap();
    let added = run(&["site", "add", "shop", "--data-dir", dir], orma.dir.path());
    assert!(added.status.success());
    let key = text(&added.stdout).trim().to_owned();
    assert!(!key.is_empty() && !key.contains(['<', ' ']), "a script can take it: {key}");
    let tag = format!("<script defer src=\"{}/orma.js\" data-site=\"{key}\"></script>", orma.url(""));
    assert!(text(&added.stderr).contains(&tag), "{}", text(&added.stderr));
    // At once, although another process has made it.
    assert_eq!(orma.ask("/api/v1/sites/shop/settings")["write_keys"], serde_json::json!([key]));
    assert_eq!(orma.get("/api/v1/sites/shopp/settings").status, 404);
}

#[test]
fn a_token_of_another_role_is_called_what_it_is_when_it_signs_in() {
    let orma = Orma::start();
    let dir = orma.dir.path().to_str().unwrap();
    let made = run(&["token", "add", "--role", "ingest", "--data-dir", dir], orma.dir.path());
    let token = text(&made.stdout).trim().to_owned();
    let body = serde_json::json!({"token": token}).to_string();
    let answer = wait_for("the token to be known", || {
        let headers = [("content-type", "application/json")];
        let answer = request("POST", &orma.url("/api/v1/session"), &headers, body.as_bytes());
        (answer.status != 401).then_some(answer)
    });
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (403, &"role_not_allowed".into()));
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("`ingest`"), "{}", answer.text);
}
