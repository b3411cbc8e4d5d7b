//! The binary `orma`: reads the configuration and starts what the command names.

mod background;
mod cli;
mod commands;
mod configuration;
mod embedded;
mod memory;
mod network;
mod running;
mod serve;
mod up;

use std::process::ExitCode;

fn main() -> ExitCode {
    memory::start();
    // Whatever this program and its engine make is for their user alone.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = match configuration::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return error.report(),
    };
    cli::start_log(cli.log_level());
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().thread_keep_alive(memory::BLOCKING_THREAD_KEPT).on_thread_park(memory::give_back);
    let runtime = match runtime.build() {
        Ok(runtime) => runtime,
        Err(error) => return cli::failed(&error.into()),
    };
    match runtime.block_on(commands::run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::failed(&error),
    }
}
