//! Subtitles of a file.

use proto::transcode::v1::{MediaProbe, SubtitleKind, SubtitleRendition, media_stream::Kind};

use super::language::language;
use crate::domain::clean;

/// Tracks that are kept.
const MAX_TRACKS: usize = 32;

/// The subtitles that can be delivered, in the order of the file. Pictures of DVD and DVB are left out: no browser shows them.
pub(super) fn renditions(probe: &MediaProbe) -> Vec<SubtitleRendition> {
    let kinds = probe.streams.iter().filter(|stream| matches!(stream.kind, Some(Kind::Subtitle(_))));
    let kinds = kinds.filter_map(|stream| Some((stream, kind(&stream.codec)?))).take(MAX_TRACKS);
    let rendition = |(index, (stream, kind)): (usize, (_, SubtitleKind))| {
        let stream: &proto::transcode::v1::MediaStream = stream;
        SubtitleRendition {
            name: format!("s{index}"),
            stream: stream.index,
            language: language(&stream.language),
            title: clean(&stream.title),
            forced: stream.is_forced,
            kind: kind.into(),
        }
    };
    kinds.enumerate().map(rendition).collect()
}

/// By libav's name of the codec.
fn kind(codec: &str) -> Option<SubtitleKind> {
    match codec {
        "subrip" | "srt" | "webvtt" | "mov_text" | "text" => Some(SubtitleKind::Vtt),
        "ass" | "ssa" => Some(SubtitleKind::Ass),
        "hdmv_pgs_subtitle" | "pgssub" => Some(SubtitleKind::Pgs),
        _ => None,
    }
}
