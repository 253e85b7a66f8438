//! Playlists as pure functions of a plan (RFC 8216; `CHANNELS` and `FORCED` as in its section 4.3.4.1). All segments are listed from
//! the start, whether or not they are made yet, so a playlist never changes.

use std::{collections::HashSet, fmt::Write as _};

use proto::transcode::v1::{AudioRendition, Plan, SubtitleRendition, VideoRendition};

use super::path::has_vtt;

/// With `EXT-X-MAP` outside of playlists of pictures alone it is 6 or more; the browsers of today read 7.
const BEGIN: &str = "#EXTM3U\n#EXT-X-VERSION:7\n";
/// Samples in a frame of AAC.
const FRAME: i128 = 1024;

/// The multivariant playlist: every rendition of the picture, each with every track of sound and subtitles.
pub(super) fn master(plan: &Plan) -> String {
    let mut text = format!("{BEGIN}#EXT-X-INDEPENDENT-SEGMENTS\n");
    let mut names = HashSet::new();
    let mut chosen = HashSet::new();
    for (index, audio) in plan.audios.iter().enumerate() {
        audio_track(&mut text, index, audio, &mut names, &mut chosen);
    }
    (names, chosen) = (HashSet::new(), HashSet::new());
    for (index, track) in plan.subtitles.iter().enumerate().filter(|(_, it)| has_vtt(it.kind())) {
        subtitle_track(&mut text, index, track, &mut names, &mut chosen);
    }
    let has_subtitles = plan.subtitles.iter().any(|it| has_vtt(it.kind()));
    let sound = plan.audios.iter().map(|audio| audio.bit_rate).max().unwrap_or_default();
    let sound_codec = plan.audios.first().map(|audio| audio.codec.as_str());
    for (index, video) in plan.videos.iter().enumerate() {
        let bandwidth = with_boxes(peak(video) + i64::from(sound));
        let codecs =
            [Some(video.codec.as_str()), sound_codec].into_iter().flatten().collect::<Vec<_>>().join(",");
        let _ = write!(
            text,
            "#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},CODECS=\"{codecs}\",RESOLUTION={}x{}",
            video.width, video.height
        );
        if let Some(input) = plan.video.filter(|input| input.frame_rate_den > 0) {
            let rate = f64::from(input.frame_rate_num) / f64::from(input.frame_rate_den);
            let _ = write!(text, ",FRAME-RATE={rate:.3}");
        }
        if !plan.audios.is_empty() {
            text.push_str(",AUDIO=\"audio\"");
        }
        if has_subtitles {
            text.push_str(",SUBTITLES=\"subs\"");
        }
        let _ = writeln!(text, ",CLOSED-CAPTIONS=NONE\nstream_{index}.m3u8");
    }
    if let (true, Some(codec)) = (plan.videos.is_empty(), sound_codec) {
        let default = plan.audios.iter().position(|audio| audio.is_default).unwrap_or_default();
        let bandwidth = with_boxes(i64::from(sound));
        let _ = writeln!(
            text,
            "#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},CODECS=\"{codec}\",AUDIO=\"audio\"\naudio_{default}.m3u8"
        );
    }
    text
}

/// Peak bit rate of a picture (RFC 8216, 4.3.4.2). The limit of an encoder holds within a second or so: for the buffer that workers
/// give it, a segment of six seconds has up to 7/6 of it.
fn peak(video: &VideoRendition) -> i64 {
    let limit = i64::from(video.max_bit_rate);
    if video.copied { limit } else { limit * 7 / 6 }
}

/// 5 % more, for the boxes around the samples.
fn with_boxes(bit_rate: i64) -> i64 {
    bit_rate * 105 / 100
}

fn audio_track<'a>(
    text: &mut String,
    index: usize,
    audio: &'a AudioRendition,
    names: &mut HashSet<String>,
    chosen: &mut HashSet<(&'a str, bool)>,
) {
    let name = name(&audio.title, &audio.language, audio.even_loudness, index, names);
    // Players choose by language among the tracks marked so; two of one language would be no choice.
    let is_first = !audio.even_loudness && chosen.insert((&audio.language, false)) || audio.is_default;
    let _ = write!(text, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"{name}\"");
    language(text, &audio.language);
    let _ = writeln!(
        text,
        ",DEFAULT={},AUTOSELECT={},CHANNELS=\"{}\",URI=\"audio_{index}.m3u8\"",
        yes(audio.is_default),
        yes(is_first),
        audio.channels
    );
}

fn subtitle_track<'a>(
    text: &mut String,
    index: usize,
    track: &'a SubtitleRendition,
    names: &mut HashSet<String>,
    chosen: &mut HashSet<(&'a str, bool)>,
) {
    let name = name(&track.title, &track.language, false, index, names);
    let is_first = chosen.insert((&track.language, track.forced)) || track.forced;
    let _ = write!(text, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"{name}\"");
    language(text, &track.language);
    let _ = writeln!(
        text,
        ",DEFAULT=NO,AUTOSELECT={},FORCED={},URI=\"subs_{index}.m3u8\"",
        yes(is_first),
        yes(track.forced)
    );
}

fn language(text: &mut String, tag: &str) {
    if !tag.is_empty() {
        let _ = write!(text, ",LANGUAGE=\"{}\"", quotable(tag));
    }
}

/// A name that no other track of the group has.
fn name(title: &str, language: &str, is_even: bool, index: usize, taken: &mut HashSet<String>) -> String {
    let own = [title, language].into_iter().find(|text| !text.is_empty());
    let own = match (own, is_even) {
        (Some(own), false) => quotable(own),
        (Some(own), true) => format!("{} (even loudness)", quotable(own)),
        (None, true) => "Even loudness".to_owned(),
        (None, false) => format!("Track {}", index + 1),
    };
    let name = if taken.contains(&own) { format!("{own} ({})", index + 1) } else { own };
    taken.insert(name.clone());
    name
}

/// Without the characters that end a quoted string.
fn quotable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '"' {
                '\''
            } else if c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect()
}

fn yes(is: bool) -> &'static str {
    if is { "YES" } else { "NO" }
}

/// The playlist of a rendition of the picture.
pub(super) fn video(plan: &Plan, index: usize) -> String {
    let name = plan.videos.get(index).map_or("", |video| &video.name);
    let cuts: Vec<_> = plan.cuts.iter().map(|cut| us(plan, *cut)).collect();
    media(name, &cuts)
}

/// The playlist of a track of sound. Its segments consist of whole frames, the first of each starting at a cut or behind it.
pub(super) fn audio(plan: &Plan, index: usize) -> String {
    let Some(audio) = plan.audios.get(index) else { return media("", &[]) };
    let (rate, timescale) = (i128::from(audio.sample_rate_hz.max(1)), i128::from(plan.timescale.max(1)));
    let start = |cut: &i64| {
        let frame = (i128::from(*cut) * rate + timescale * FRAME - 1) / (timescale * FRAME);
        i64::try_from((frame * FRAME * 1_000_000 + rate / 2) / rate).unwrap_or(i64::MAX)
    };
    let cuts: Vec<_> = plan.cuts.iter().map(start).collect();
    media(&audio.name, &cuts)
}

/// The playlist of subtitles: one file for the whole film.
pub(super) fn subtitles(plan: &Plan, index: usize) -> String {
    let name = plan.subtitles.get(index).map_or("", |track| &track.name);
    let length_us = us(plan, plan.duration_ticks);
    format!("{}#EXTINF:{},\n{name}.vtt\n#EXT-X-ENDLIST\n", head(length_us), seconds(length_us))
}

/// A media playlist whose segments lie between these times in microseconds. The lengths are differences of rounded times, so that
/// they add up to the length of the film.
fn media(name: &str, cuts_us: &[i64]) -> String {
    let lengths = || cuts_us.windows(2).map(|pair| pair[1] - pair[0]);
    let mut text = head(lengths().max().unwrap_or_default());
    let _ = write!(text, "#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"{name}/init.mp4\"\n");
    for (index, length_us) in lengths().enumerate() {
        let _ = write!(text, "#EXTINF:{},\n{name}/{index}.m4s\n", seconds(length_us));
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}

/// The head of a media playlist. The target duration is that of the longest segment, rounded to seconds (RFC 8216, 4.3.3.1).
fn head(longest_us: i64) -> String {
    let target = ((longest_us + 500_000) / 1_000_000).max(1);
    format!("{BEGIN}#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n")
}

fn seconds(us: i64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Ticks of a plan in microseconds, rounded.
pub(super) fn us(plan: &Plan, ticks: i64) -> i64 {
    let timescale = i128::from(plan.timescale.max(1));
    i64::try_from((i128::from(ticks) * 1_000_000 + timescale / 2) / timescale).unwrap_or(i64::MAX)
}

#[cfg(test)]
pub(super) mod tests;
