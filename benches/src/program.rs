//! The program under test, and an engine of our own.

use std::path::PathBuf;

use anyhow::{Context, bail};
use orma_store::engine::find_library;
use orma_store::{Engine, EngineConfig, Store, migrations};
use tempfile::TempDir;

use crate::process;

/// `orma`, built beside this program.
///
/// # Errors
/// It has not been built.
pub fn path() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("orma");
    if !program.is_file() {
        bail!("{} is missing: run `make build`", program.display());
    }
    Ok(program)
}

/// An embedded engine in a temporary directory, with the schema of the migrations.
pub struct Bed {
    engine: Engine,
    /// The engine's store.
    pub store: Store,
    // Last, so that the directory outlives the engine.
    _dir: TempDir,
}

impl Bed {
    /// Starts it.
    ///
    /// # Errors
    /// The program or the engine's library is missing, or the engine does not start.
    pub async fn start() -> anyhow::Result<Self> {
        let config = EngineConfig {
            program: path()?,
            library: find_library().context("libchdb.so was not found: run `make deps`")?,
            data_dir: PathBuf::new(),
            memory_bytes_max: 4 << 30,
        };
        let dir = tempfile::tempdir()?;
        let data_dir = dir.path().canonicalize()?;
        let engine = tokio::task::block_in_place(|| Engine::start(EngineConfig { data_dir, ..config }))?;
        // What is measured may take long.
        let store = engine.store().with_time_limit(std::time::Duration::from_hours(1));
        migrations::migrate(&store, None).await?;
        Ok(Self { engine, store, _dir: dir })
    }

    /// CPU seconds that the engine has used so far.
    ///
    /// # Errors
    /// The engine is gone.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        process::cpu_seconds(self.engine.pid())
    }

    /// Carries out a statement; returns the CPU seconds that the engine used meanwhile.
    ///
    /// # Errors
    /// What the engine refuses.
    pub async fn execute(&self, sql: &str) -> anyhow::Result<f64> {
        let before = self.cpu_seconds()?;
        self.store.execute(sql, &[]).await.with_context(|| sql.to_owned())?;
        Ok(self.cpu_seconds()? - before)
    }

    /// Stops the engine.
    pub async fn stop(self) {
        self.engine.stop().await;
    }
}
