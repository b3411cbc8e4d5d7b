//! The reference: nginx that answers a GIF from memory and logs through a buffer.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::{PATIENCE, process};

/// Where Debian puts it, which is on no user's path.
const PLACES: [&str; 3] = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx"];

/// A running nginx; killed when dropped.
pub struct Nginx {
    child: Child,
    /// Where it listens.
    pub listen: SocketAddr,
    dir: TempDir,
}

impl Nginx {
    /// Starts it with `workers` worker processes. Installs Debian's package when there is none and this is root.
    ///
    /// # Errors
    /// It is missing, or does not serve.
    pub fn start(workers: usize) -> anyhow::Result<Self> {
        let program = program()?;
        let dir = tempfile::tempdir()?;
        // nginx knows no port 0: the one that is free now is taken again at once.
        let listen = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let file = dir.path().join("nginx.conf");
        std::fs::write(&file, configuration(dir.path(), listen, workers))?;
        let child = Command::new(program)
            .arg("-p")
            .arg(dir.path())
            .arg("-e")
            .arg(dir.path().join("error.log"))
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut nginx = Self { child, listen, dir };
        nginx.wait_for_workers(workers)?;
        Ok(nginx)
    }

    fn wait_for_workers(&mut self, workers: usize) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while process::children(self.child.id()).unwrap_or_default().len() < workers {
            if let Some(status) = self.child.try_wait()? {
                let log = std::fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default();
                bail!("nginx ended at once: {status}: {log}");
            }
            ensure!(Instant::now() < deadline, "nginx starts no workers");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// CPU seconds of all its processes so far.
    ///
    /// # Errors
    /// One is gone.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let mut sum = process::cpu_seconds(self.child.id())?;
        for worker in process::children(self.child.id())? {
            sum += process::cpu_seconds(worker)?;
        }
        Ok(sum)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM, because the master then ends its workers.
        let ended = Pid::from_raw(self.child.id().cast_signed())
            .is_some_and(|pid| kill_process(pid, Signal::TERM).is_ok() && self.child.wait().is_ok());
        if !ended {
            drop(self.child.kill());
        }
    }
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|dir| dir.join("nginx"));
    on_path.chain(PLACES.map(PathBuf::from)).find(|program| program.is_file())
}

fn program() -> anyhow::Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if geteuid().is_root() {
        eprintln!("orma-benches: installing nginx-light to compare with");
        let install = "apt-get update -qq && \
                       apt-get install -y -qq --no-install-recommends nginx-light >/dev/null";
        // A policy that forbids services to start: the package would otherwise begin to listen on port 80.
        let status = Command::new("sh")
            .args(["-c", install])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("RUNLEVEL", "1")
            .status();
        if status.is_ok_and(|status| status.success()) {
            return find().context("nginx-light was installed, and is not found");
        }
    }
    bail!("the load needs nginx to compare with: apt-get install nginx-light")
}

/// Both locations read the request to its end and write a line to a buffered log; neither does anything else.
fn configuration(dir: &Path, listen: SocketAddr, workers: usize) -> String {
    let dir = dir.display();
    let user = if geteuid().is_root() { "user root;\n" } else { "" };
    format!(
        "{user}daemon off;
worker_processes {workers};
pid {dir}/nginx.pid;
worker_rlimit_nofile 20000;
events {{ worker_connections 16384; }}
http {{
    access_log {dir}/access.log combined buffer=64k;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    keepalive_timeout 3600s;
    keepalive_requests 1000000000;
    server {{
        listen {listen} reuseport backlog=4096;
        location = /empty.gif {{ empty_gif; }}
        location = /v1/events {{ return 204; }}
    }}
}}
"
    )
}
