//! room-svc as a process of its own.

fn main() -> std::process::ExitCode {
    runtime::run("room-svc", room_svc::serve)
}
