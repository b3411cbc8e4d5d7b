//! A ClickHouse server that the program does not start itself.

use std::time::Duration;

use tokio::net::TcpSocket;

use super::schema::{self, Keeper};

/// An engine in a process of its own that plays the distant server: same program, its own directory and port.
pub struct Remote {
    dir: tempfile::TempDir,
    child: std::process::Child,
    files: orma_store::engine::config::EngineFiles,
    port: u16,
    /// Keeps the port from whoever asks for a free one while the engine is down.
    _reserved: TcpSocket,
}

impl Remote {
    /// With all tables.
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        schema::lay(Keeper::Remote, dir.path());
        let files = orma_store::engine::config::write_files(&orma_store::EngineConfig {
            program: super::program(),
            library: orma_store::engine::find_library().unwrap(),
            data_dir: dir.path().canonicalize().unwrap(),
            memory_bytes_max: 2 << 30,
        })
        .unwrap();
        // Bound, but not listening: the engine, which sets the same option, can share it, and nobody else is given it.
        let reserved = TcpSocket::new_v4().unwrap();
        reserved.set_reuseaddr(true).unwrap();
        reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = reserved.local_addr().unwrap().port();
        let child = Self::spawn(&files, port);
        Self { dir, child, files, port, _reserved: reserved }
    }

    fn spawn(files: &orma_store::engine::config::EngineFiles, port: u16) -> std::process::Child {
        let mut child = super::wait_for("the store's lock", || {
            let mut child = std::process::Command::new(super::program())
                .args(["engine", "--port", &port.to_string(), "--library"])
                .arg(orma_store::engine::find_library().unwrap())
                .arg("--config-file")
                .arg(&files.config_file)
                .arg("--store-dir")
                .arg(&files.store_dir)
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap();
            let url = format!("http://127.0.0.1:{port}/ping");
            loop {
                if child.try_wait().unwrap().is_some() {
                    return None;
                }
                if super::try_request("GET", &url, &[], &[]).is_ok() {
                    return Some(child);
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        assert!(child.try_wait().unwrap().is_none());
        child
    }

    pub fn url(&self) -> String {
        format!("http://orma:{}@127.0.0.1:{}/orma", self.files.password, self.port)
    }

    /// What a service manager does: starts it again when it has ended by itself.
    pub fn revive(&mut self) {
        if self.child.try_wait().unwrap().is_some() {
            self.start_again();
        }
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn start_again(&mut self) {
        self.child = Self::spawn(&self.files, self.port);
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        assert!(self.dir.path().exists());
    }
}
