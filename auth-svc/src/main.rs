//! auth-svc as a process of its own.

fn main() -> std::process::ExitCode {
    runtime::run("auth-svc", auth_svc::serve)
}
