//! The power goes some seconds after events were shipped: they are there when the machine comes back.
//!
//! The data lie on a file system of their own, in an image. The image is copied as the disk is at that moment: what the
//! kernel has not written is not in it. The processes are stopped for that, and the copy is made again when a block was
//! written meanwhile, so it is of one moment. Then the copy is mounted, as a machine does after a cut, and orma starts on it.
//! A killed process cannot show this, because the kernel keeps what it wrote.
//!
//! Mounting needs root; without it the test says so and does nothing. `ORMA_TORTURE=1` also cuts late.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Orma, Setup, wait_for};

const EVENTS: u64 = 1_000;
const IMAGE_MIB: u64 = 384;

fn run(program: &str, arguments: &[&str]) {
    let output =
        Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A mounted image; unmounted when dropped.
struct Mounted {
    dir: PathBuf,
}

impl Mounted {
    fn new(image: &Path, dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        run("mount", &["-o", "loop", image.to_str().unwrap(), dir.to_str().unwrap()]);
        Self { dir: dir.to_owned() }
    }
}

impl Mounted {
    /// Blocks written so far, and writes under way.
    fn writes(&self) -> (u64, u64) {
        let source = Command::new("findmnt").args(["-n", "-o", "SOURCE"]).arg(&self.dir).output().unwrap();
        let device = String::from_utf8(source.stdout).unwrap();
        let name = device.trim().trim_start_matches("/dev/");
        let stat = std::fs::read_to_string(format!("/sys/block/{name}/stat")).unwrap();
        let numbers: Vec<u64> = stat.split_whitespace().map(|number| number.parse().unwrap()).collect();
        (numbers[6], numbers[8])
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmount =
            || Command::new("umount").arg(&self.dir).output().is_ok_and(|output| output.status.success());
        let deadline = Instant::now() + Duration::from_secs(10);
        while !unmount() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Copies the image as it is at one moment.
fn copy_of_one_moment(orma: &Orma, disk: &Mounted, image: &Path, copy: &Path) {
    let signal = |signal| {
        for process in [orma.pid(), orma.engine_pid()] {
            rustix::process::kill_process(process, signal).unwrap();
        }
    };
    wait_for("a copy during which nothing is written", || {
        signal(rustix::process::Signal::STOP);
        let before = disk.writes();
        run("cp", &["--sparse=always", image.to_str().unwrap(), copy.to_str().unwrap()]);
        let after = disk.writes();
        signal(rustix::process::Signal::CONT);
        (before == after && after.1 == 0).then_some(())
    });
}

fn views(round: u64) -> serde_json::Value {
    (0..EVENTS)
        .map(|n| {
            let id = format!("0193a1b2-c3d4-7e5f-8a9b-{round:04x}{n:08x}");
            json!({"id": id, "kind": "page_view", "url": format!("https://b.example/p{}", n % 50)})
        })
        .collect()
}

#[test]
fn what_was_answered_and_shipped_is_there_after_a_power_cut() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: to mount a file system needs root");
        return;
    }
    let torture = std::env::var_os("ORMA_TORTURE").is_some();
    let cuts: &[u64] = if torture { &[0, 1, 2, 4, 8, 20, 60] } else { &[0, 1, 3, 8] };
    let dir = tempfile::tempdir().unwrap();
    let image = dir.path().join("disk.img");
    std::fs::File::create(&image).unwrap().set_len(IMAGE_MIB << 20).unwrap();
    run("mkfs.ext4", &["-q", image.to_str().unwrap()]);
    let disk = Mounted::new(&image, &dir.path().join("disk"));
    let orma = Orma::start_in(tempfile::tempdir_in(&disk.dir).unwrap(), Setup::default());
    let data = orma.dir.path().strip_prefix(&disk.dir).unwrap().to_owned();
    // The schema has been on the disk for a while, as it has on any machine.
    run("sync", &["-f", disk.dir.to_str().unwrap()]);
    orma.collect(&views(0));
    wait_for("the events to be shipped", || {
        (orma.number("SELECT count() FROM events") == EVENTS).then_some(())
    });
    let shipped = Instant::now();
    let copies: Vec<(u64, PathBuf)> = cuts
        .iter()
        .map(|&after| {
            std::thread::sleep(Duration::from_secs(after).saturating_sub(shipped.elapsed()));
            let copy = dir.path().join(format!("cut-{after}.img"));
            copy_of_one_moment(&orma, &disk, &image, &copy);
            (after, copy)
        })
        .collect();
    drop(orma);
    drop(disk);
    println!("cut after  answered  stored");
    for (after, copy) in copies {
        let disk = Mounted::new(&copy, &dir.path().join("cut"));
        let target = tempfile::tempdir_in(&disk.dir).unwrap();
        std::fs::remove_dir(target.path()).unwrap();
        std::fs::rename(disk.dir.join(&data), target.path()).unwrap();
        let orma = Orma::start_in(target, Setup::default());
        let account = wait_for("a balanced account", || {
            let account = orma.ask("/api/v1/sites/demo/accounting");
            // Before the first segment is looked at nothing is known of it.
            (account["status"] == "balanced" && account["totals"]["accepted"] == EVENTS).then_some(account)
        });
        let stored = orma.number("SELECT uniqExact(event_id) FROM events");
        println!("{after:>7} s  {EVENTS:>8}  {stored:>6}");
        assert_eq!(stored, EVENTS, "cut after {after} s");
        let totals = &account["totals"];
        assert_eq!(
            (&totals["accepted"], &totals["stored"]),
            (&json!(EVENTS), &json!(EVENTS)),
            "{after} s: {totals}"
        );
        drop(orma);
    }
}
