//! voice-svc as a process of its own.

fn main() -> std::process::ExitCode {
    runtime::run("voice-svc", voice_svc::serve)
}
