//! The binary `orma`: reads the configuration and starts what the command names.

mod cli;
mod commands;
mod configuration;
mod demo;
mod embedded;
mod network;
mod up;

use std::process::ExitCode;

/// Half the cost of the system's for the many small values of a request.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    give_memory_back();
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

/// Has the allocator give freed pages back to the system at once. By itself it keeps them until it is next busy, which
/// on a quiet night is in the morning; a request's memory is used again before it would be given back, so it costs nothing.
#[expect(unsafe_code, reason = "the allocator's options are set through its C interface")]
fn give_memory_back() {
    // SAFETY: sets one number of the allocator, before there is a second thread.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY_OPTION, 0) }
}

/// `mi_option_purge_delay` of mimalloc 2.
const PURGE_DELAY_OPTION: libmimalloc_sys::mi_option_t = 15;
