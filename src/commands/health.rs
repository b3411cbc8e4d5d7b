//! `orma health`: a container's health check, where no other program can ask.

use anyhow::{Context, bail};

use super::doctor::running::{admin_address, get};
use crate::cli::HealthOptions;

/// Asks the orma of the data directory and prints its answer.
///
/// # Errors
/// None runs there, it does not answer within five seconds, or its answer is not 200.
pub async fn run(options: &HealthOptions) -> anyhow::Result<()> {
    let dir = options.common.data_dir.display();
    let address =
        admin_address(&options.common.data_dir).with_context(|| format!("no orma has run in {dir}"))?;
    let path = if options.ready { "/readyz" } else { "/healthz" };
    let answer = get(address, path).await;
    let (status, body) = answer.with_context(|| format!("the orma of {dir} does not answer on {address}"))?;
    match (status, body.trim()) {
        (200, words) => println!("{words}"),
        (status, words) => bail!("{status} {words}"),
    }
    Ok(())
}
