//! The gateway as a process of its own.

fn main() -> std::process::ExitCode {
    runtime::run("gateway", gateway::serve)
}
