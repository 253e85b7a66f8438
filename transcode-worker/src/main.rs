//! transcode-worker: media files, read with libav.

fn main() -> std::process::ExitCode {
    transcode_worker::run()
}
