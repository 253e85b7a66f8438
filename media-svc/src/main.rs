//! media-svc as a process of its own: `media-svc [--config FILE]`, or `media-svc edge [--config FILE]` for the data plane alone.

fn main() -> std::process::ExitCode {
    if std::env::args_os().nth(1).is_some_and(|role| role == "edge") {
        runtime::run_role("media-edge", media_svc::serve_edge)
    } else {
        runtime::run("media-svc", media_svc::serve)
    }
}
