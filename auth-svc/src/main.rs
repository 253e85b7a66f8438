//! auth-svc as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run("auth-svc", auth_svc::serve)
}
