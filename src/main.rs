//! The binary `orma`: reads the configuration and starts what the command names.

mod cli;
mod commands;
mod configuration;
mod demo;
mod embedded;
mod network;
mod up;

use std::process::ExitCode;

/// Half the cost of the system's for the many small values of a request; and it gives the buffers of connections that went
/// idle back to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match configuration::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return cli::usage_error(&error),
    };
    cli::start_log(cli.log_level());
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return cli::failed(&error.into()),
    };
    match runtime.block_on(commands::run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::failed(&error),
    }
}
