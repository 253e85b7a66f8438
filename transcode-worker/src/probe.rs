//! Probes a file with libav. Runs in the child process only.

use std::path::Path;

use ffmpeg_next::{
    Dictionary, Error as AvError, Packet, codec, error::EINVAL, format, format::context::Input, log, media,
    util::mathematics::Rescale as _,
};
use proto::transcode::v1::{
    AudioStream, MediaProbe, MediaStream, SubtitleStream, VideoStream, media_stream::Kind,
};

use crate::error::{Error, Result};

/// Formats whose files contain all their bytes. libav would open the files that a playlist or manifest names.
const FORMATS: &str = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mp3,wav,flac,aac";

/// Formats with an index of their frames, which shows a missing end.
const INDEXED: [&str; 3] = ["mp4", "matroska", "webm"];

/// Part of the end of an indexed file that may be missing: streams may end early, and lengths are rounded.
const TOLERANCE_US: i64 = 2_000_000;

/// Packets read of the end of a file, at most.
const MAX_TAIL_PACKETS: usize = 20_000;

/// Probes a file.
pub(crate) fn probe(path: &Path) -> Result<MediaProbe> {
    ffmpeg_next::init().map_err(|error| Error::ProbeFailed(format!("cannot set libav up: {error}")))?;
    // Our error is one sentence instead of its log.
    log::set_level(log::Level::Quiet);
    let mut options = Dictionary::new();
    options.set("format_whitelist", FORMATS);
    options.set("protocol_whitelist", "file");
    let mut input = format::input_with_dictionary(path, options).map_err(|error| refused(path, error))?;
    let probe = MediaProbe {
        container: input.format().name().to_owned(),
        duration_us: input.duration().max(0),
        bit_rate: input.bit_rate().max(0),
        streams: input.streams().map(|stream| describe(&stream)).collect(),
    };
    if probe.streams.is_empty() {
        return Err(Error::NotMedia(format!("{} holds neither pictures nor sound", path.display())));
    }
    if probe.container.split(',').any(|name| INDEXED.contains(&name)) {
        refuse_cut_short(&mut input, path, probe.duration_us)?;
    }
    Ok(probe)
}

fn refused(path: &Path, error: AvError) -> Error {
    let path = path.display();
    match error {
        AvError::InvalidData | AvError::Eof => Error::NotMedia(format!(
            "{path} is no media file that can be read, or it is cut short before its index"
        )),
        // libav's error for a format outside the whitelist.
        AvError::Other { errno: EINVAL } => Error::NotMedia(format!(
            "{path} is of a kind that is not taken; use mp4, webm, Matroska, AVI, MPEG, FLV, Ogg or plain audio"
        )),
        AvError::Other { .. } => Error::Unreadable(format!("cannot read {path}: {error}")),
        _ => Error::NotMedia(format!("libav cannot read {path}: {error}")),
    }
}

fn describe(stream: &format::stream::Stream<'_>) -> MediaStream {
    let parameters = stream.parameters();
    let language = stream
        .metadata()
        .get("language")
        .filter(|language| *language != "und")
        .unwrap_or_default()
        .to_owned();
    let kind = match parameters.medium() {
        media::Type::Video => Some(Kind::Video(video(stream))),
        media::Type::Audio => Some(Kind::Audio(audio(stream))),
        media::Type::Subtitle => Some(Kind::Subtitle(SubtitleStream {})),
        _ => None,
    };
    MediaStream {
        index: i32::try_from(stream.index()).unwrap_or(i32::MAX),
        codec: parameters.id().name().to_owned(),
        language,
        kind,
    }
}

/// libav knows the size of a picture only when it has a decoder for it.
fn video(stream: &format::stream::Stream<'_>) -> VideoStream {
    let decoder = decoder(stream).and_then(|decoder| decoder.video().ok());
    let rate = f64::from(stream.avg_frame_rate());
    VideoStream {
        width: decoder.as_ref().map_or(0, |decoder| i32::try_from(decoder.width()).unwrap_or_default()),
        height: decoder.as_ref().map_or(0, |decoder| i32::try_from(decoder.height()).unwrap_or_default()),
        // 0/0 when the file does not say.
        frame_rate: if rate.is_finite() { rate } else { 0.0 },
    }
}

fn audio(stream: &format::stream::Stream<'_>) -> AudioStream {
    let decoder = decoder(stream).and_then(|decoder| decoder.audio().ok());
    AudioStream {
        sample_rate_hz: decoder
            .as_ref()
            .map_or(0, |decoder| i32::try_from(decoder.rate()).unwrap_or_default()),
        channels: decoder.as_ref().map_or(0, |decoder| i32::from(decoder.channels())),
    }
}

fn decoder(stream: &format::stream::Stream<'_>) -> Option<codec::decoder::Decoder> {
    codec::context::Context::from_parameters(stream.parameters()).ok().map(codec::context::Context::decoder)
}

/// Seeks to the last key frame and reads how far the file really reaches.
fn refuse_cut_short(input: &mut Input, path: &Path, duration_us: i64) -> Result<()> {
    // Live recordings state no length, and a file without seeking cannot be judged.
    if duration_us <= TOLERANCE_US || input.seek(duration_us, ..duration_us).is_err() {
        return Ok(());
    }
    let mut reaches_us = 0;
    for _ in 0..MAX_TAIL_PACKETS {
        let mut packet = Packet::empty();
        if packet.read(input).is_err() {
            break;
        }
        let base = input.stream(packet.stream()).map(|stream| stream.time_base());
        if let (Some(pts), Some(base), false) = (packet.pts().or(packet.dts()), base, packet.is_corrupt()) {
            reaches_us = reaches_us.max((pts + packet.duration()).rescale(base, (1, 1_000_000)));
        }
    }
    if reaches_us + TOLERANCE_US >= duration_us {
        return Ok(());
    }
    Err(Error::NotMedia(format!(
        "{} is cut short: it says that it lasts {} s, and its end is missing; copy or upload it again",
        path.display(),
        duration_us / 1_000_000
    )))
}
