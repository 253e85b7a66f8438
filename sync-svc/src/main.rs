//! sync-svc as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run("sync-svc", sync_svc::serve)
}
