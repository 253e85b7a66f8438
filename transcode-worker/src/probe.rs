//! What libav says of a file.

use std::path::Path;

use anyhow::{Context as _, ensure};
use ffmpeg_next::{self as ffmpeg, codec::context::Context, format::stream::Stream, media::Type};
use proto::transcode::v1::{
    AudioStream, MediaProbe, MediaStream, SubtitleStream, VideoStream, media_stream::Kind,
};

/// Opens a file and reads as much of it as libav needs to know its streams.
pub(crate) fn probe(file: &Path) -> anyhow::Result<MediaProbe> {
    ffmpeg::init()?;
    ffmpeg::log::set_level(ffmpeg::log::Level::Quiet);
    let input = ffmpeg::format::input(file)
        .with_context(|| format!("{} is no media file that libav can read", file.display()))?;
    let streams: Vec<_> = input.streams().filter_map(|stream| self::stream(&stream)).collect();
    ensure!(!streams.is_empty(), "{} has neither pictures nor sound nor text in it", file.display());
    Ok(MediaProbe {
        container: input.format().name().to_owned(),
        // AV_NOPTS_VALUE, a large negative number, when the file does not say; otherwise in microseconds already.
        duration_us: input.duration().max(0),
        bit_rate: input.bit_rate().max(0),
        streams,
    })
}

/// Attachments, data and what libav does not know are left out.
fn stream(stream: &Stream<'_>) -> Option<MediaStream> {
    let parameters = stream.parameters();
    let (kind, codec) = (parameters.medium(), parameters.id().name().to_owned());
    let decoder = || Context::from_parameters(parameters.clone()).ok().map(Context::decoder);
    let kind = match kind {
        Type::Video => {
            let video = decoder()?.video().ok()?;
            let (width, height) = (i32::try_from(video.width()).ok()?, i32::try_from(video.height()).ok()?);
            let rate = f64::from(stream.avg_frame_rate());
            Kind::Video(VideoStream { width, height, frame_rate: if rate.is_finite() { rate } else { 0.0 } })
        }
        Type::Audio => {
            let audio = decoder()?.audio().ok()?;
            Kind::Audio(AudioStream {
                sample_rate_hz: i32::try_from(audio.rate()).ok()?,
                channels: i32::from(audio.channels()),
            })
        }
        Type::Subtitle => Kind::Subtitle(SubtitleStream {}),
        _ => return None,
    };
    let language = stream
        .metadata()
        .get("language")
        .filter(|language| *language != "und")
        .unwrap_or_default()
        .to_owned();
    Some(MediaStream { index: i32::try_from(stream.index()).ok()?, codec, language, kind: Some(kind) })
}
