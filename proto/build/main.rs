//! Compiles the contract without `protoc`: descriptors by protox, messages and services by tonic, the checks of the
//! validation rules by [`checks`], and [`strings`] sees to it that no string of a request is without one.

mod checks;
mod strings;

use std::{env, fs, io::Write as _, path::PathBuf};

use prost_reflect::DescriptorPool;

const FILES: &[&str] = &[
    "syncwatch/common/v1/options.proto",
    "syncwatch/common/v1/errors.proto",
    "syncwatch/common/v1/identity.proto",
    "syncwatch/auth/v1/auth.proto",
    "syncwatch/room/v1/room.proto",
    "syncwatch/room/v1/member.proto",
    "syncwatch/room/v1/playlist.proto",
    "syncwatch/room/v1/chat.proto",
    "syncwatch/room/v1/event.proto",
    "syncwatch/sync/v1/playback.proto",
    "syncwatch/sync/v1/presence.proto",
    "syncwatch/sync/v1/delivery.proto",
    "syncwatch/sync/v1/record.proto",
    "syncwatch/media/v1/media.proto",
    "syncwatch/transcode/v1/transcode.proto",
    "syncwatch/provider/v1/provider.proto",
    "syncwatch/realtime/v1/realtime.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    writeln!(std::io::stdout(), "cargo:rerun-if-changed=.")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    // Encoded by protox itself: prost would drop the options that only extensions describe.
    let descriptors = compiler.encode_file_descriptor_set();
    fs::write(out.join("descriptors.bin"), &descriptors)?;

    tonic_prost_build::configure()
        .codec_path("crate::codec::CheckedCodec")
        .compile_fds(compiler.file_descriptor_set())?;

    let pool = DescriptorPool::decode(descriptors.as_slice())?;
    strings::require_rules(&pool)?;
    fs::write(out.join("checks.rs"), checks::generate(&pool)?)?;
    Ok(())
}
