//! Films, made by ffmpeg once and kept in `.cache/bench-uploads`: a moving picture with some noise, and a tone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use bytes::Bytes;

use super::cache;

/// Only this much is encoded; a film repeats it.
const PIECE_S: u32 = 20;
const FRAMES_PER_S: u32 = 25;

#[derive(Debug, Clone, Copy)]
pub(super) enum Codec {
    /// Plays as it is.
    H264,
    /// Has to be encoded.
    Hevc,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Film {
    pub(super) codec: Codec,
    pub(super) height: u32,
    pub(super) seconds: u32,
    /// The index comes behind the media, as cameras write it, so nothing can be read before the last byte is there.
    pub(super) is_index_last: bool,
}

impl Film {
    /// Makes the file unless it is there.
    pub(super) fn path(self) -> anyhow::Result<PathBuf> {
        let Self { codec, height, seconds, is_index_last } = self;
        let folder = cache("bench-uploads")?;
        let order = if is_index_last { "index-last" } else { "index-first" };
        let film = folder.join(format!("{codec:?}-{height}p-{seconds}s-{order}.mp4").to_lowercase());
        if film.is_file() {
            return Ok(film);
        }
        let piece = folder.join(format!("{codec:?}-{height}p-piece.mp4").to_lowercase());
        if !piece.is_file() {
            make(&piece, &self.piece())?;
        }
        let from = piece.display().to_string();
        let mut options = vec!["-stream_loop", "-1", "-i", &from, "-map", "0", "-c", "copy", "-t"];
        let seconds = seconds.to_string();
        options.push(&seconds);
        if !is_index_last {
            options.extend(["-movflags", "+faststart"]);
        }
        make(&film, &options.into_iter().map(str::to_owned).collect::<Vec<_>>())?;
        Ok(film)
    }

    pub(super) fn bytes(self) -> anyhow::Result<Bytes> {
        Ok(fs::read(self.path()?)?.into())
    }

    fn piece(self) -> Vec<String> {
        let width = self.height * 16 / 9 / 2 * 2;
        let picture =
            format!("testsrc2=size={width}x{}:rate={FRAMES_PER_S},noise=alls=6:allf=t", self.height);
        let tone = "sine=frequency=440:sample_rate=48000";
        let mut options =
            format!("-f lavfi -i {picture} -f lavfi -i {tone} -t {PIECE_S} -pix_fmt yuv420p -c:a aac -ac 2");
        options.push_str(match self.codec {
            Codec::H264 => " -c:v libx264 -preset veryfast -profile:v high -crf 23 -maxrate 6M -bufsize 12M -g 50 -sc_threshold 0",
            Codec::Hevc => " -c:v libx265 -preset superfast -crf 27 -x265-params log-level=error:keyint=50 -tag:v hvc1",
        });
        options.split(' ').map(str::to_owned).collect()
    }
}

/// Makes a file, which is whole when it exists.
fn make(path: &Path, options: &[String]) -> anyhow::Result<()> {
    let unfinished = path.with_extension("tmp.mp4");
    let status = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(options).arg(&unfinished).status();
    ensure!(status.context("ffmpeg is needed")?.success(), "ffmpeg could not make {}", path.display());
    Ok(fs::rename(unfinished, path)?)
}
