//! Subtitles and fonts, all by one ffmpeg that reads the file once.

use bytes::Bytes;
use proto::transcode::v1::{MediaProbe, Plan, SubtitleKind, media_stream::Kind};

use super::{
    command::{self, Options, extend},
    process::Programs,
};
use crate::{
    failure::{Failure, Outcome},
    original::{Listener, Sink},
};

/// Largest output, in bytes: pictures of three hours have some tens of megabytes.
const MAX_BYTES: usize = 256 << 20;
/// Fonts that are taken, at most.
const MAX_FONTS: usize = 100;

/// Takes subtitles and fonts out of a file. Returns names within the asset's folder, and bytes.
pub(crate) async fn take(
    plan: &Plan,
    probe: &MediaProbe,
    input: &str,
    programs: &Programs,
    options: &Options,
    listener: &Listener,
) -> Outcome<Vec<(String, Bytes)>> {
    let mut outputs = Vec::new();
    let mut arguments = command::general(options);
    let has_styles = plan.subtitles.iter().any(|subtitle| subtitle.kind() == SubtitleKind::Ass);
    let is_font = |kind: &Option<Kind>| matches!(kind, Some(Kind::Attachment(_)));
    let fonts = probe.streams.iter().filter(|stream| has_styles && is_font(&stream.kind)).take(MAX_FONTS);
    for stream in fonts {
        let sink = listener.sink("font");
        extend(&mut arguments, &[&format!("-dump_attachment:{}", stream.index), &sink.url]);
        outputs.push((Name::Font, sink));
    }
    command::read(&mut arguments, plan, input, 0, options);
    for subtitle in &plan.subtitles {
        let map = format!("0:{}", subtitle.stream);
        let mut output = |extension: &str, format: [&str; 4]| {
            let sink = listener.sink(&subtitle.name);
            extend(&mut arguments, &["-map", &map, "-map_metadata", "-1"]);
            extend(&mut arguments, &format);
            arguments.push(sink.url.clone());
            outputs.push((Name::Track(format!("{}.{extension}", subtitle.name)), sink));
        };
        match subtitle.kind() {
            SubtitleKind::Ass => {
                output("ass", ["-c:s", "copy", "-f", "ass"]);
                output("vtt", ["-c:s", "webvtt", "-f", "webvtt"]);
            }
            SubtitleKind::Pgs => output("sup", ["-c:s", "copy", "-f", "sup"]),
            SubtitleKind::Vtt | SubtitleKind::Unspecified => {
                output("vtt", ["-c:s", "webvtt", "-f", "webvtt"]);
            }
        }
    }
    if plan.subtitles.is_empty() {
        return Ok(Vec::new());
    }
    let running = programs.ffmpeg(&arguments)?;
    let progress = running.progress();
    let (names, sinks): (Vec<_>, Vec<_>) = outputs.into_iter().unzip();
    let closers: Vec<_> = sinks.iter().map(Sink::closer).collect();
    let reading = futures::future::join_all(sinks.into_iter().map(|sink| all(sink, &progress)));
    let finish = async {
        let finished = running.finish().await;
        drop(closers);
        finished
    };
    let (read, finished) = tokio::join!(reading, finish);
    finished?;
    named(names, read)
}

enum Name {
    Track(String),
    Font,
}

async fn all(mut sink: Sink, progress: &super::watchdog::Progress) -> Outcome<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(bytes) = sink.next().await {
        progress.add(1);
        if all.len() + bytes.len() > MAX_BYTES {
            return Err(Failure::passing("the subtitles of the file are too large"));
        }
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

/// Fonts are numbered as they come; what is attached beside them is left out.
fn named(names: Vec<Name>, read: Vec<Outcome<Vec<u8>>>) -> Outcome<Vec<(String, Bytes)>> {
    let mut objects = Vec::new();
    let mut fonts = 0;
    for (name, bytes) in names.into_iter().zip(read) {
        let bytes = bytes?;
        let name = match name {
            Name::Track(name) => name,
            Name::Font if is_font(&bytes) => {
                fonts += 1;
                format!("fonts/{}", fonts - 1)
            }
            Name::Font => continue,
        };
        objects.push((name, bytes.into()));
    }
    Ok(objects)
}

/// Whether a browser can use these bytes as a font. Files name many types for the same fonts, and wrong ones.
fn is_font(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 6] = [b"\0\x01\0\0", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2"];
    starts.iter().any(|start| bytes.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_known_by_their_bytes() {
        let read = vec![
            Ok(b"WEBVTT".to_vec()),
            Ok(b"OTTO...".to_vec()),
            Ok(b"GIF89a".to_vec()),
            Ok(b"\0\x01\0\0.".to_vec()),
        ];
        let names = vec![Name::Track("s0.vtt".into()), Name::Font, Name::Font, Name::Font];
        let objects = named(names, read).unwrap();
        let names: Vec<_> = objects.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["s0.vtt", "fonts/0", "fonts/1"]);
    }
}
