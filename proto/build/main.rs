//! Compiles the contract without `protoc`: descriptors by protox, messages and services by tonic, the checks of the
//! validation rules by [`checks`], and [`strings`] sees to it that no string of a request is without one.

mod checks;
mod strings;

use std::{env, fs, io::Write as _, path::PathBuf};

use prost::Message as _;
use prost_reflect::{DescriptorPool, prost_types::FileDescriptorProto};

const FILES: &[&str] = &[
    "syncwatch/common/v1/options.proto",
    "syncwatch/common/v1/errors.proto",
    "syncwatch/common/v1/identity.proto",
    "syncwatch/auth/v1/auth.proto",
    "syncwatch/room/v1/settings.proto",
    "syncwatch/room/v1/access.proto",
    "syncwatch/room/v1/live.proto",
    "syncwatch/room/v1/room.proto",
    "syncwatch/room/v1/removal.proto",
    "syncwatch/room/v1/member.proto",
    "syncwatch/room/v1/invite.proto",
    "syncwatch/room/v1/permission.proto",
    "syncwatch/room/v1/playlist.proto",
    "syncwatch/room/v1/my_rooms.proto",
    "syncwatch/room/v1/queue.proto",
    "syncwatch/room/v1/folder.proto",
    "syncwatch/room/v1/vote.proto",
    "syncwatch/room/v1/track.proto",
    "syncwatch/room/v1/history.proto",
    "syncwatch/room/v1/saved_queue.proto",
    "syncwatch/room/v1/chat.proto",
    "syncwatch/room/v1/moderation.proto",
    "syncwatch/room/v1/event.proto",
    "syncwatch/room/v1/log.proto",
    "syncwatch/sync/v1/playback.proto",
    "syncwatch/sync/v1/presence.proto",
    "syncwatch/sync/v1/reaction.proto",
    "syncwatch/sync/v1/delivery.proto",
    "syncwatch/sync/v1/record.proto",
    "syncwatch/media/v1/media.proto",
    "syncwatch/media/v1/subtitles.proto",
    "syncwatch/media/v1/upload.proto",
    "syncwatch/media/v1/delivery.proto",
    "syncwatch/media/v1/admin.proto",
    "syncwatch/transcode/v1/probe.proto",
    "syncwatch/transcode/v1/plan.proto",
    "syncwatch/transcode/v1/transcode.proto",
    "syncwatch/voice/v1/voice.proto",
    "syncwatch/voice/v1/record.proto",
    "syncwatch/provider/v1/provider.proto",
    "syncwatch/realtime/v1/realtime.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    writeln!(std::io::stdout(), "cargo:rerun-if-changed=.")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let described = compile(true)?;
    let descriptors = own_comments_only(&described, &compile(false)?)?;
    fs::write(out.join("descriptors.bin"), &descriptors)?;

    tonic_prost_build::configure()
        .codec_path("crate::codec::CheckedCodec")
        .compile_fds(described.file_descriptor_set())?;

    let pool = DescriptorPool::decode(descriptors.as_slice())?;
    strings::require_rules(&pool)?;
    fs::write(out.join("checks.rs"), checks::generate(&pool)?)?;
    Ok(())
}

fn compile(with_comments: bool) -> Result<protox::Compiler, protox::Error> {
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_source_info(with_comments).include_imports(true).open_files(FILES)?;
    Ok(compiler)
}

/// The files of a `FileDescriptorSet`, each as protox encoded it: prost would drop the options that only extensions
/// describe.
#[derive(Clone, PartialEq, prost::Message)]
struct Files {
    #[prost(bytes = "vec", repeated, tag = "1")]
    files: Vec<Vec<u8>>,
}

/// The descriptors with the comments of our files alone. Those of the imported files are larger than our contract and
/// would be kept in memory by every process, though nobody reads them.
fn own_comments_only(
    described: &protox::Compiler,
    plain: &protox::Compiler,
) -> Result<Vec<u8>, prost::DecodeError> {
    let mut chosen = Files::decode(described.encode_file_descriptor_set().as_slice())?;
    let plain = Files::decode(plain.encode_file_descriptor_set().as_slice())?;
    for (file, plain) in chosen.files.iter_mut().zip(plain.files) {
        let name = FileDescriptorProto::decode(plain.as_slice())?.name.unwrap_or_default();
        if !name.starts_with("syncwatch/") {
            *file = plain;
        }
    }
    Ok(chosen.encode_to_vec())
}
