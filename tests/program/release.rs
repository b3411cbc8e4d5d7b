//! A release as it is unpacked: the program with what it needs beside it, and nothing else of the machine's.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use orma_store::engine::find_library;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::support::{program, request, wait_for};

const TOKEN: &str = "token-of-the-release-test";

/// A directory as `make dist` fills it.
struct Release {
    dir: tempfile::TempDir,
}

impl Release {
    fn unpacked() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        // A link would lead back to where the program was built. Copied by another process: of a file that this one
        // writes, a program that another test starts at the same moment holds a copy, and what is written cannot be run.
        let copied = Command::new("cp").arg(program()).arg(root.join("orma")).status().unwrap();
        assert!(copied.success());
        for made in ["lib", "share", "elsewhere"] {
            fs::create_dir(root.join(made)).unwrap();
        }
        let library = find_library().expect("libchdb.so: run `make deps` first");
        symlink(library.canonicalize().unwrap(), root.join("lib/libchdb.so")).unwrap();
        let countries = "node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb";
        let countries = Path::new(env!("CARGO_MANIFEST_DIR")).join(countries);
        fs::copy(countries, root.join("share/geo-whois-asn-country.mmdb")).unwrap();
        Self { dir }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A command without any variable, from a directory that holds nothing.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.dir.path().join("orma"));
        command.args(arguments).arg("--data-dir").arg(self.data()).env_clear();
        command.current_dir(self.dir.path().join("elsewhere"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

/// A running release; killed when dropped.
struct Running {
    child: Child,
    listen: SocketAddr,
}

impl Running {
    fn start(release: &Release) -> Self {
        let token_file = release.dir.path().join("admin-token");
        fs::write(&token_file, format!("{TOKEN}\n")).unwrap();
        let arguments = ["up", "--without-demo", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
        let mut command = release.command(&arguments);
        command.env("ORMA_ADMIN_TOKEN_FILE", token_file).stdout(Stdio::null());
        let mut running =
            Self { child: command.spawn().unwrap(), listen: SocketAddr::from(([0, 0, 0, 0], 0)) };
        let noted = release.data().join("running.json");
        running.listen = wait_for("orma up", || {
            assert!(running.child.try_wait().unwrap().is_none(), "orma up ended at once");
            let noted: Value = serde_json::from_slice(&fs::read(&noted).ok()?).ok()?;
            (noted["pid"] == running.child.id()).then(|| noted["listen"].as_str().unwrap().parse().unwrap())
        });
        running
    }

    fn ask(&self, path: &str) -> Value {
        let bearer = format!("Bearer {TOKEN}");
        let url = format!("http://{}{path}", self.listen);
        let answer = request("GET", &url, &[("authorization", &bearer)], &[]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    fn stop(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let child = &mut self.child;
        assert!(wait_for("the drain", || child.try_wait().unwrap()).success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            // The engine ends when its parent does.
            self.child.kill().ok();
            drop(self.child.wait());
        }
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn an_unpacked_release_runs_with_nothing_but_its_own_files() {
    let release = Release::unpacked();
    let asked = release.run(&["health"]);
    assert!(!asked.status.success() && text(&asked).contains("no orma has run"), "{}", text(&asked));

    let running = Running::start(&release);
    assert_eq!(text(&release.run(&["health"])), "alive\n");
    let ready = wait_for("readiness", || {
        let ready = release.run(&["health", "--ready"]);
        ready.status.success().then(|| text(&ready))
    });
    assert_eq!(ready, "ready\n");

    let added = release.run(&["site", "add", "shop", "--timezone", "Europe/Rome"]);
    assert!(added.status.success(), "{}", text(&added));
    let key = String::from_utf8_lossy(&added.stdout).trim().to_owned();
    let event = json!({"kind": "page_view", "url": "https://shop.example/", "title": "Scarpe"});
    let body = json!({"site": key, "visitor": "v1", "events": [event]}).to_string();
    let answer = request("POST", &format!("http://{}/v1/events", running.listen), &[], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text);
    // Without a period it is the latest days; today is among them in every zone.
    let path = "/api/v1/sites/shop/stats?metrics=page_views";
    wait_for("the view", || running.ask(path).to_string().contains("\"page_views\":1").then_some(()));
    let about = running.ask("/api/v1/about");
    assert_eq!(about["geo_databases"][0]["file"], "geo-whois-asn-country.mmdb");
    running.stop();

    let asked = release.run(&["health"]);
    assert!(!asked.status.success() && text(&asked).contains("does not answer"), "{}", text(&asked));
    let again = Running::start(&release);
    assert!(again.ask(path).to_string().contains("\"page_views\":1"));
    again.stop();
}

#[test]
fn whoever_is_stopped_as_soon_as_it_is_reached_stops_in_order() {
    let release = Release::unpacked();
    for _ in 0..5 {
        Running::start(&release).stop();
    }
}

/// Debian's newer images and small containers have no /usr/share/zoneinfo: without zones of its own orma would refuse
/// every site's time zone there.
#[test]
fn time_zones_are_in_the_program() {
    let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Rome").unwrap();
    let summer: jiff::Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
    assert_eq!(zone.to_offset(summer), jiff::tz::offset(2));
}
