//! The picture: which stream it is, whether browsers play it as it is, and the renditions that are encoded otherwise.

use proto::transcode::v1::{
    MediaProbe, MediaStream, VideoInput, VideoRendition, VideoStream, media_stream::Kind,
};

use super::{Rules, Rung, rate::Rate, size::Size};

/// FFmpeg's numbers of the H.264 profiles that every browser decodes: Baseline, Constrained Baseline, Main, High. High 10,
/// 4:2:2 and 4:4:4 are others (case M12).
const PROFILES: [i32; 4] = [66, 66 + 512, 77, 100];
/// 8 bits, 4:2:0; the second one with the full range of values.
const PIXEL_FORMATS: [&str; 2] = ["yuv420p", "yuvj420p"];
/// Level 5.2 and below.
const HIGHEST_LEVEL: i32 = 52;
/// Transfers of HDR: PQ and HLG.
const HDR: [&str; 2] = ["smpte2084", "arib-std-b67"];
/// Bit rate that is told of a copy whose file says none.
const UNKNOWN_BIT_RATE: i64 = 5_000_000;

/// The picture of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture<'a> {
    stream: &'a MediaStream,
    video: &'a VideoStream,
    /// In square pixels, turned.
    pub(super) shape: Size,
    pub(super) rate: Rate,
    pub(super) input: VideoInput,
}

/// The picture: the first video stream that is no cover, the one marked as default before others.
pub(super) fn picture(probe: &MediaProbe) -> Option<Picture<'_>> {
    let streams = probe.streams.iter().filter_map(|stream| match &stream.kind {
        Some(Kind::Video(video)) if !video.attached_picture && video.width > 0 && video.height > 0 => {
            Some((stream, video))
        }
        _ => None,
    });
    // The key frames of the probe are those of the first one, and so is the choice unless another is marked.
    let (stream, video) =
        streams.reduce(|best, next| if next.0.is_default && !best.0.is_default { next } else { best })?;
    let shape = Size::displayed(video.width, video.height, (video.sar_num, video.sar_den), video.rotation);
    let rate = Rate::constant(video.frame_rate_num, video.frame_rate_den);
    let input = VideoInput {
        stream: stream.index,
        frame_rate_num: i32::try_from(rate.num).unwrap_or(i32::MAX),
        frame_rate_den: i32::try_from(rate.den).unwrap_or(1),
        interlaced: video.interlaced,
        hdr: HDR.contains(&video.transfer.as_str()),
        end_us: video.end_us,
    };
    Some(Picture { stream, video, shape, rate, input })
}

/// The rendition of a picture that every browser plays as it is. A turned or interlaced one is encoded: players of segments
/// ignore the turn, and none removes the lines.
pub(super) fn copy(probe: &MediaProbe, picture: &Picture<'_>, rules: &Rules) -> Option<VideoRendition> {
    let Picture { stream, video, shape, .. } = picture;
    let first = probe.streams.iter().find_map(|stream| match &stream.kind {
        Some(Kind::Video(video)) if !video.attached_picture => Some(stream.index),
        _ => None,
    });
    let plays = stream.codec == "h264"
        && PROFILES.contains(&stream.profile)
        && (1..=HIGHEST_LEVEL).contains(&stream.level)
        && PIXEL_FORMATS.contains(&video.pixel_format.as_str())
        && video.rotation == 0
        && !video.interlaced
        && !picture.input.hdr
        && is_codec_string(&video.codec_string)
        && probe.bit_rate <= rules.max_copied_bit_rate
        // The key frames of the probe are those of this stream.
        && first == Some(stream.index);
    let average = if probe.bit_rate > 0 { probe.bit_rate } else { UNKNOWN_BIT_RATE };
    plays.then(|| VideoRendition {
        name: "v0".to_owned(),
        width: shape.width,
        height: shape.height,
        // What the file says is an average.
        max_bit_rate: i32::try_from(average.saturating_mul(3) / 2).unwrap_or(i32::MAX),
        copied: true,
        codec: video.codec_string.clone(),
    })
}

/// `avc1.` and six hexadecimal digits: profile, constraints, level.
fn is_codec_string(text: &str) -> bool {
    text.strip_prefix("avc1.")
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// The renditions of the ladder that the picture has the pixels for, the lowest first; a smaller picture has one, of its own
/// size.
pub(super) fn ladder(picture: &Picture<'_>, ladder: &[Rung]) -> Vec<VideoRendition> {
    let mut sizes: Vec<_> = ladder
        .iter()
        .filter_map(|rung| picture.shape.within(rung.height).map(|size| (size, rung.bit_rate)))
        .collect();
    // Two rungs that differ by less than 2 % in a picture of nearly the lower one's size.
    sizes.dedup_by_key(|(size, _)| *size);
    if sizes.is_empty() {
        let bit_rate = ladder.first().map_or(0, |rung| rung.bit_rate);
        sizes.push((picture.shape.even(), bit_rate));
    }
    let renditions = sizes.into_iter().enumerate().map(|(index, (size, bit_rate))| VideoRendition {
        name: format!("v{index}"),
        width: size.width,
        height: size.height,
        max_bit_rate: bit_rate,
        copied: false,
        codec: format!("avc1.6400{:02x}", level(size, picture.rate, bit_rate)),
    });
    renditions.collect()
}

/// The lowest level of H.264 (ITU-T H.264, table A-1) for a size, a frame rate and a bit rate of the High profile, times 10.
fn level(size: Size, rate: Rate, bit_rate: i32) -> i32 {
    // Level, macroblocks a second, macroblocks a frame, bits per second of the Main profile.
    const LEVELS: [(i32, i64, i64, i64); 8] = [
        (30, 40_500, 1620, 10_000_000),
        (31, 108_000, 3600, 14_000_000),
        (32, 216_000, 5120, 20_000_000),
        (40, 245_760, 8192, 20_000_000),
        (41, 245_760, 8192, 50_000_000),
        (42, 522_240, 8704, 50_000_000),
        (50, 589_824, 22_080, 135_000_000),
        (51, 983_040, 36_864, 240_000_000),
    ];
    let blocks = |length: i32| (i64::from(length) + 15) / 16;
    let per_frame = blocks(size.width) * blocks(size.height);
    let per_second = (per_frame * rate.num + rate.den - 1) / rate.den;
    let fits = |(_, second, frame, bits): &&(i32, i64, i64, i64)| {
        per_second <= *second && per_frame <= *frame && i64::from(bit_rate) * 4 <= *bits * 5
    };
    LEVELS.iter().find(fits).map_or(HIGHEST_LEVEL, |(level, ..)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_standard() {
        let at = |width, height, num, bits| level(Size { width, height }, Rate { num, den: 1 }, bits);
        assert_eq!(at(640, 360, 25, 800_000), 30);
        assert_eq!(at(854, 480, 30, 1_500_000), 31);
        assert_eq!(at(1280, 720, 30, 3_000_000), 31);
        assert_eq!(at(1280, 720, 60, 3_000_000), 32);
        assert_eq!(at(1920, 1080, 30, 5_000_000), 40);
        assert_eq!(at(1920, 1080, 60, 5_000_000), 42);
        assert_eq!(at(3840, 2160, 60, 20_000_000), 52);
        assert_eq!(at(640, 360, 25, 13_000_000), 31);
    }
}
