//! sync-svc as a process of its own.

fn main() -> std::process::ExitCode {
    runtime::run("sync-svc", sync_svc::serve)
}
