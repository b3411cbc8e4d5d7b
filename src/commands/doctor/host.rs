//! The machine: disk, clock, country database, ports, open files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use orma_collector::enrich::geo::Geo;
use rustix::process::{Resource, getrlimit};

use super::running::Instance;
use super::{Report, readable_bytes};
use crate::cli::ListenOptions;
use crate::up::geo_databases;

/// Flushes that are timed; the slowest counts.
const FLUSHES: u32 = 8;
/// Bytes of each: about a group of beacons.
const FLUSH_BYTES: usize = 4096;
/// Each answer waits for a flush: a page that is left gives its beacon little longer than this.
const FLUSH_MS_MAX: u128 = 100;
/// Less free space than this is used up within minutes: two segments of the largest size.
const FREE_BYTES_MIN: u64 = 64 << 20;
/// The makers of country databases publish monthly; two were missed.
const GEO_AGE_DAYS_MAX: i64 = 75;
/// Engine, spool, logs, files in flight: what the process holds open besides connections.
const FILES_BESIDE_CONNECTIONS: u64 = 512;
/// This program was made after this moment: 2026-01-01T00:00:00Z, in seconds since the epoch.
const CLOCK_SECONDS_MIN: i64 = 1_767_225_600;

/// Free space, whether it can be written, and how long a flush takes.
pub fn disk(report: &mut Report, data_dir: &Path, spool_bytes_max: u64, missing: bool) {
    const NAME: &str = "disk";
    let Some(dir) = data_dir.ancestors().find(|dir| dir.is_dir()).or_else(|| Some(Path::new("."))) else {
        return;
    };
    match rustix::fs::statvfs(dir) {
        Err(error) => report.problem(NAME, format!("{}: {error}", dir.display()), "look at the file system"),
        Ok(space) => {
            let free = space.f_bavail * space.f_frsize;
            let found = format!("{} free", readable_bytes(free));
            if free < FREE_BYTES_MIN {
                report.problem(
                    NAME,
                    found,
                    "free space now: events are refused with 503 when the disk is full",
                );
            } else if free < spool_bytes_max {
                let bound = readable_bytes(spool_bytes_max);
                let advice = format!("the spool may grow to {bound}: free space, or lower --spool-bytes-max");
                report.warning(NAME, found, advice);
            } else {
                report.ok(NAME, found);
            }
        }
    }
    if missing {
        return;
    }
    match slowest_flush(dir) {
        Err(error) => {
            let advice = "the user that runs orma must be able to write and flush there; is the disk mounted read-only?";
            report.problem("flush", format!("{}: {error}", dir.display()), advice);
        }
        Ok(slowest) if slowest.as_millis() > FLUSH_MS_MAX => {
            let advice = "every answer waits for a flush: put --data-dir on a faster disk";
            report.warning("flush", format!("{:.1} ms, the slowest of {FLUSHES}", ms(slowest)), advice);
        }
        Ok(slowest) => report.ok("flush", format!("{:.1} ms, the slowest of {FLUSHES}", ms(slowest))),
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn slowest_flush(dir: &Path) -> io::Result<Duration> {
    let path = dir.join(format!("doctor-{}.probe", std::process::id()));
    let timed = (|| {
        let mut file = File::create(&path)?;
        let mut slowest = Duration::ZERO;
        for _ in 0..FLUSHES {
            let begun = Instant::now();
            file.write_all(&[0x5a; FLUSH_BYTES])?;
            file.sync_data()?;
            slowest = slowest.max(begun.elapsed());
        }
        Ok(slowest)
    })();
    let removed = if path.exists() { fs::remove_file(&path) } else { Ok(()) };
    timed.and_then(|slowest| removed.map(|()| slowest))
}

/// Whether the clock can be right at all; [`super::store`] holds it against ClickHouse's.
pub fn clock(report: &mut Report) {
    let now = Timestamp::now();
    if now.as_second() < CLOCK_SECONDS_MIN {
        let advice = "set the clock, and run an NTP service: every event is stamped with this clock";
        report.problem("clock", format!("this machine says {now:.0}"), advice);
    } else {
        report.ok("clock", format!("this machine says {now:.0}"));
    }
}

/// Whether countries are found, and how old they are.
pub fn geo(report: &mut Report, named: &[PathBuf]) {
    const NAME: &str = "countries";
    let paths = geo_databases(named);
    if paths.is_empty() {
        let advice = "name a MaxMind-format file with --geo-database, or run `npm ci`; without one countries stay empty";
        return report.warning(NAME, "no geographic database", advice);
    }
    let (geo, problem) = Geo::open(&paths);
    if let Some(problem) = problem {
        return report.problem(NAME, problem.to_string(), "download the file again");
    }
    let known = ["8.8.8.8", "79.0.0.1"].map(|address| {
        let country = geo.reader().lookup(address.parse().expect("an address")).country.to_owned();
        format!("{address} {}", if country.is_empty() { "?" } else { &country })
    });
    for status in geo.status() {
        let built = Timestamp::from_second(status.build_epoch.cast_signed()).unwrap_or_default();
        let age_days = Timestamp::now().duration_since(built).as_secs() / 86_400;
        let (path, kind) = (status.path.display(), &status.database_type);
        let found = format!("{path} ({kind}), {age_days} days old: {}", known.join(", "));
        if age_days > GEO_AGE_DAYS_MAX {
            report.warning(NAME, found, "put a newer file in its place; it is taken up within a minute");
        } else {
            report.ok(NAME, found);
        }
    }
}

/// Whether the addresses are ours or free.
pub fn ports(report: &mut Report, listen: &ListenOptions, instance: Option<&Instance>) {
    for (name, option, address) in
        [("port", "listen", listen.listen), ("admin port", "admin-listen", listen.admin_listen)]
    {
        let ours = instance.and_then(|instance| match option {
            "listen" => instance.listen,
            _ => Some(instance.admin),
        });
        match (ours, TcpListener::bind(address)) {
            (Some(ours), _) if same_port(ours, address) => {
                report.ok(name, format!("{ours}, served by the running orma"));
            }
            (Some(ours), _) => {
                report.ok(name, format!("{ours}, served by the running orma (configured: {address})"));
            }
            (None, Ok(_free)) => report.ok(name, format!("{address} is free")),
            (None, Err(error)) => report.problem(
                name,
                format!("{address}: {error}"),
                format!("stop what listens there, or choose another address with --{option}"),
            ),
        }
    }
}

fn same_port(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port()
}

/// Whether as many connections can be open as the collector would take; `workers` 0 is one for each core.
pub fn open_files(report: &mut Report, workers: usize, connections_max: usize) {
    let workers = match workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    judge_open_files(report, getrlimit(Resource::Nofile).current, workers, connections_max);
}

/// The same for a limit; `None` is no limit.
fn judge_open_files(report: &mut Report, limit: Option<u64>, workers: usize, connections_max: usize) {
    let wanted =
        (connections_max as u64).saturating_mul(workers as u64).saturating_add(FILES_BESIDE_CONNECTIONS);
    match limit {
        Some(limit) if limit < wanted => report.warning(
            "open files",
            format!("{limit}, for up to {wanted} (--connections-max {connections_max} × {workers} workers)"),
            format!("raise it with `ulimit -n {wanted}` or LimitNOFILE= in the service's unit, or lower --connections-max; beyond it connections are refused"),
        ),
        limit => report.ok(
            "open files",
            limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{limit}, of which up to {wanted} are needed")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_files_are_held_against_the_connections_that_are_configured() {
        let lines = |limit, workers, connections_max| {
            let mut report = Report::default();
            judge_open_files(&mut report, limit, workers, connections_max);
            format!("{report:?}")
        };
        let too_few = lines(Some(1_511), 2, 500);
        assert!(too_few.contains("Warning") && too_few.contains("ulimit -n 1512"), "{too_few}");
        let enough = lines(Some(1_512), 2, 500);
        assert!(enough.contains("Ok") && enough.contains("up to 1512 are needed"), "{enough}");
        assert!(lines(None, 64, usize::MAX).contains("no limit"));
    }
}
