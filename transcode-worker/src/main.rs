//! transcode-worker: probes, copies and encodes media files. This program alone is linked with libav, and only its children call
//! libav.

mod libav;

fn main() -> std::process::ExitCode {
    transcode_worker::run(&transcode_worker::Libav { probe: libav::probe, packets: libav::packets })
}
