//! The sound.

use proto::transcode::v1::{AudioRendition, AudioStream, MediaProbe, MediaStream, media_stream::Kind};

use super::{Rules, language::language};
use crate::domain::clean;

/// Tracks that are kept.
const MAX_TRACKS: usize = 8;
/// FFmpeg's number of AAC-LC. HE-AAC has others, and some browsers play half of it.
const AAC_LC: i32 = 1;
/// Sample rates that AAC has (ISO 14496-3, table 1.18) and browsers play.
const SAMPLE_RATES: [i32; 12] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000];
/// Of sound that is encoded.
const ENCODED_RATE_HZ: i32 = 48_000;
const ENCODED_CHANNELS: i32 = 2;
/// Bit rate that is told of a copied track: files say one for all streams.
const COPIED_BIT_RATE: i32 = 192_000;

/// The tracks of sound that are kept: the first ones, and the default one among them.
pub(super) fn sounds(probe: &MediaProbe) -> Vec<(&MediaStream, &AudioStream)> {
    let tracks = probe.streams.iter().filter_map(|stream| match &stream.kind {
        Some(Kind::Audio(audio)) if audio.channels > 0 && audio.sample_rate_hz > 0 => Some((stream, audio)),
        _ => None,
    });
    let mut tracks: Vec<_> = tracks.collect();
    let default = tracks.iter().position(|(stream, _)| stream.is_default).unwrap_or_default();
    if default >= MAX_TRACKS {
        tracks.swap(MAX_TRACKS - 1, default);
    }
    tracks.truncate(MAX_TRACKS);
    tracks
}

/// The rendition of each track, then one of even loudness of each.
pub(super) fn renditions(sounds: &[(&MediaStream, &AudioStream)], rules: &Rules) -> Vec<AudioRendition> {
    let bit_rate = rules.audio_bit_rate;
    let default = sounds.iter().position(|(stream, _)| stream.is_default).unwrap_or_default();
    let rendition = |(index, (stream, audio)): (usize, &(&MediaStream, &AudioStream))| {
        let copied = plays(stream, audio);
        AudioRendition {
            name: format!("a{index}"),
            stream: stream.index,
            language: language(&stream.language),
            title: clean(&stream.title),
            channels: if copied { audio.channels } else { ENCODED_CHANNELS },
            sample_rate_hz: if copied { audio.sample_rate_hz } else { ENCODED_RATE_HZ },
            bit_rate: if copied { COPIED_BIT_RATE } else { bit_rate },
            copied,
            is_default: index == default,
            codec: "mp4a.40.2".to_owned(),
            even_loudness: false,
        }
    };
    let plain: Vec<_> = sounds.iter().enumerate().map(rendition).collect();
    if !rules.even_loudness {
        return plain;
    }
    let even = plain.iter().zip(plain.len()..).map(|(plain, index)| AudioRendition {
        name: format!("a{index}"),
        channels: ENCODED_CHANNELS,
        sample_rate_hz: ENCODED_RATE_HZ,
        bit_rate,
        copied: false,
        is_default: false,
        even_loudness: true,
        ..plain.clone()
    });
    let even: Vec<_> = even.collect();
    [plain, even].concat()
}

/// Whether every browser plays a track as it is. A layout inside the stream (channel configuration 0) fails in all of them
/// (case M13).
fn plays(stream: &MediaStream, audio: &AudioStream) -> bool {
    stream.codec == "aac"
        && stream.profile == AAC_LC
        && (1..=2).contains(&audio.channels)
        && audio.channel_configuration == audio.channels
        && SAMPLE_RATES.contains(&audio.sample_rate_hz)
}
