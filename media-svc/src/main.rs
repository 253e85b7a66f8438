//! media-svc as a process of its own.

fn main() -> std::process::ExitCode {
    runtime::run("media-svc", media_svc::serve)
}
