//! Describes a stream.

use ffmpeg_next::{
    codec::{self, packet::side_data},
    format::stream::{Disposition, Stream},
    media,
};
use proto::transcode::v1::{
    AttachmentStream, AudioStream, MediaStream, SubtitleStream, VideoStream, media_stream::Kind,
};
use transcode_worker::mp4::Track;

use super::sample_entry;

/// libav's number for an unknown profile or level.
const UNKNOWN: i32 = -99;

/// Describes a stream.
pub(super) fn describe(stream: &Stream<'_>) -> MediaStream {
    let parameters = stream.parameters();
    let codec = parameters.id().name();
    let track = ["h264", "aac"].contains(&codec).then(|| sample_entry::track(stream)).flatten();
    let h264 = track.as_ref().filter(|_| codec == "h264").and_then(H264::read);
    let aac = track.as_ref().filter(|_| codec == "aac").and_then(Aac::read);
    let kind = match parameters.medium() {
        media::Type::Video => Some(Kind::Video(video(stream, h264.as_ref()))),
        media::Type::Audio => Some(Kind::Audio(audio(stream, codec, aac.as_ref()))),
        media::Type::Subtitle => Some(Kind::Subtitle(SubtitleStream {})),
        media::Type::Attachment => Some(Kind::Attachment(AttachmentStream {
            filename: text(stream, "filename", 200),
            content_type: text(stream, "mimetype", 100),
        })),
        _ => None,
    };
    let language = text(stream, "language", 100);
    let disposition = stream.disposition();
    MediaStream {
        index: i32::try_from(stream.index()).unwrap_or(i32::MAX),
        codec: codec.to_owned(),
        language: if language == "und" { String::new() } else { language },
        kind,
        profile: h264
            .as_ref()
            .map(|h264| h264.profile)
            .or(aac.map(|aac| aac.object_type - 1))
            .unwrap_or(UNKNOWN),
        level: h264.map_or(UNKNOWN, |h264| h264.level),
        title: text(stream, "title", 200),
        is_default: disposition.contains(Disposition::DEFAULT),
        is_forced: disposition.contains(Disposition::FORCED),
    }
}

fn text(stream: &Stream<'_>, key: &str, limit: usize) -> String {
    stream.metadata().get(key).unwrap_or_default().chars().take(limit).collect()
}

/// libav knows the size of a picture only when it has a decoder for it.
fn video(stream: &Stream<'_>, h264: Option<&H264>) -> VideoStream {
    let decoder = decoder(stream).and_then(|decoder| decoder.video().ok());
    let average = stream.avg_frame_rate();
    let rate = if average.numerator() > 0 && average.denominator() > 0 { average } else { stream.rate() };
    let is_rate = rate.numerator() > 0 && rate.denominator() > 0;
    let mut video = VideoStream {
        // 0/0 when the file does not say.
        frame_rate: if is_rate { f64::from(rate) } else { 0.0 },
        frame_rate_num: if is_rate { rate.numerator() } else { 0 },
        frame_rate_den: if is_rate { rate.denominator() } else { 0 },
        rotation: rotation(stream),
        attached_picture: stream.disposition().contains(Disposition::ATTACHED_PIC),
        codec_string: h264.map(|h264| h264.codec_string.clone()).unwrap_or_default(),
        ..VideoStream::default()
    };
    if let Some(decoder) = &decoder {
        video.width = i32::try_from(decoder.width()).unwrap_or_default();
        video.height = i32::try_from(decoder.height()).unwrap_or_default();
        video.pixel_format =
            decoder.format().descriptor().map(|format| format.name().to_owned()).unwrap_or_default();
        let shape = decoder.aspect_ratio();
        if shape.numerator() > 0 && shape.denominator() > 0 {
            (video.sar_num, video.sar_den) = (shape.numerator(), shape.denominator());
        }
        let transfer = decoder.color_transfer_characteristic().name();
        transfer.filter(|name| *name != "unknown").unwrap_or_default().clone_into(&mut video.transfer);
    }
    video
}

fn audio(stream: &Stream<'_>, codec: &str, aac: Option<&Aac>) -> AudioStream {
    let decoder = decoder(stream).and_then(|decoder| decoder.audio().ok());
    AudioStream {
        sample_rate_hz: decoder
            .as_ref()
            .map_or(0, |decoder| i32::try_from(decoder.rate()).unwrap_or_default()),
        channels: decoder.as_ref().map_or(0, |decoder| i32::from(decoder.channels())),
        channel_configuration: match (codec, aac) {
            ("aac", Some(aac)) => aac.channel_configuration,
            ("aac", None) => -1,
            _ => 0,
        },
    }
}

fn decoder(stream: &Stream<'_>) -> Option<codec::decoder::Decoder> {
    codec::context::Context::from_parameters(stream.parameters()).ok().map(codec::context::Context::decoder)
}

/// Clockwise turn for display in degrees, from the matrix of the container: rows of three 16.16 numbers.
fn rotation(stream: &Stream<'_>) -> i32 {
    let matrix = stream.side_data().find(|data| data.kind() == side_data::Type::DisplayMatrix);
    let number = |index: usize| {
        let bytes = matrix.as_ref()?.data().get(4 * index..)?.first_chunk().copied()?;
        Some(f64::from(i32::from_ne_bytes(bytes)))
    };
    let (Some(a), Some(b)) = (number(0), number(1)) else { return 0 };
    #[expect(clippy::cast_possible_truncation, reason = "an angle between -2 and 2 quarter turns")]
    let quarters = (b.atan2(a).to_degrees() / 90.0).round() as i32;
    quarters.rem_euclid(4) * 90
}

/// What `avcC` says (ISO/IEC 14496-15, 5.3.3).
struct H264 {
    profile: i32,
    level: i32,
    codec_string: String,
}

impl H264 {
    fn read(track: &Track) -> Option<Self> {
        let &[1, profile, compatibility, level, ..] = track.configuration(b"avcC")? else { return None };
        Some(Self {
            profile: profile.into(),
            level: level.into(),
            codec_string: format!("avc1.{profile:02x}{compatibility:02x}{level:02x}"),
        })
    }
}

/// What the `AudioSpecificConfig` says (ISO/IEC 14496-3, 1.6.2.1).
struct Aac {
    object_type: i32,
    channel_configuration: i32,
}

impl Aac {
    fn read(track: &Track) -> Option<Self> {
        let elementary = descriptor(track.configuration(b"esds")?.get(4..)?, 3)?.get(3..)?;
        let config = descriptor(descriptor(elementary, 4)?.get(13..)?, 5)?;
        let &[first, second, ..] = config else { return None };
        let object_type = i32::from(first >> 3);
        // 31: the type follows; such sound is never copied. A rate of 15: it follows.
        if object_type == 31 || (first & 7) << 1 | second >> 7 == 15 {
            return None;
        }
        Some(Self { object_type, channel_configuration: i32::from(second >> 3 & 15) })
    }
}

/// Content of a descriptor of `esds` (ISO/IEC 14496-1, 7.2.6): a tag, a length in one to four bytes, the content.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (found, mut bytes) = bytes.split_first()?;
    let mut length = 0;
    loop {
        let (byte, rest) = bytes.split_first()?;
        bytes = rest;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return bytes.get(..length).filter(|_| *found == tag);
        }
    }
}
