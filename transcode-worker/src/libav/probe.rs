//! Probes a file with libav.

use ffmpeg_next::{Packet, Rational, codec, format::context::Input, frame, util::mathematics::Rescale as _};
use proto::transcode::v1::{MediaProbe, MediaStream, ProbedChapter, media_stream::Kind};
use transcode_worker::{Error, ProbeRequest, Result, Source, index};

use super::{describe::describe, open};

/// Formats with an index of their frames, which shows a missing end.
const INDEXED: [&str; 3] = ["mp4", "matroska", "webm"];

/// Part of the end of an indexed file that may be missing: streams may end early, and lengths are rounded.
const TOLERANCE_US: i64 = 2_000_000;

/// Packets read of the end of a file, at most.
const MAX_TAIL_PACKETS: usize = 20_000;
/// Packets read of its start until a picture is decoded, at most.
const MAX_HEAD_PACKETS: usize = 500;

const MAX_STREAMS: usize = 200;
const MAX_CHAPTERS: usize = 1000;
const MAX_KEY_FRAMES: usize = 20_000;

const MICROS: Rational = Rational(1, 1_000_000);

/// Probes a file.
pub(crate) fn probe(request: &ProbeRequest) -> Result<MediaProbe> {
    super::set_up()?;
    let mut input = open::open(&request.place, open::FORMATS, &request.shown)?;
    let start_us = start(&input);
    let mut probe = MediaProbe {
        container: input.format().name().to_owned(),
        duration_us: input.duration().max(0),
        bit_rate: input.bit_rate().max(0),
        streams: input.streams().take(MAX_STREAMS).map(|stream| describe(&stream)).collect(),
        start_us,
        key_frames_us: Vec::new(),
        chapters: chapters(&input, start_us),
    };
    let has_media = |stream: &MediaStream| match &stream.kind {
        Some(Kind::Video(video)) => !video.attached_picture,
        kind => matches!(kind, Some(Kind::Audio(_))),
    };
    if !probe.streams.iter().any(has_media) {
        return Err(Error::NotMedia(format!("{} holds neither pictures nor sound", request.shown)));
    }
    let picture = look_at_picture(&mut input, &mut probe, &request.place);
    if probe.duration_us == 0 {
        if !request.is_complete {
            return Err(Error::NotYet(format!("{} does not say how long it is", request.shown)));
        }
        probe.duration_us = measured(&mut input, start_us);
        return Ok(probe);
    }
    // The end of a file that is still being sent is not there.
    if request.is_complete && probe.container.split(',').any(|name| INDEXED.contains(&name)) {
        let end_us = read_end(&mut input, &request.shown, &probe, picture)?;
        set_end(&mut probe, picture, end_us);
    }
    Ok(probe)
}

/// Start of the stream that starts first.
fn start(input: &Input) -> i64 {
    let starts = input.streams().filter_map(|stream| {
        let start = stream.start_time();
        (start != ffmpeg_next::ffi::AV_NOPTS_VALUE).then(|| start.rescale(stream.time_base(), MICROS))
    });
    starts.min().unwrap_or_default()
}

fn chapters(input: &Input, start_us: i64) -> Vec<ProbedChapter> {
    let chapters = input.chapters().take(MAX_CHAPTERS).map(|chapter| ProbedChapter {
        start_us: (chapter.start().rescale(chapter.time_base(), MICROS) - start_us).max(0),
        title: chapter.metadata().get("title").unwrap_or_default().chars().take(200).collect(),
    });
    chapters.collect()
}

/// Decodes the first picture, which tells whether it is interlaced, and reads the times of the key frames. Returns the index of
/// its stream.
fn look_at_picture(input: &mut Input, probe: &mut MediaProbe, place: &str) -> Option<usize> {
    let start_us = probe.start_us;
    let is_picture = |stream: &&mut MediaStream| matches!(&stream.kind, Some(Kind::Video(video)) if !video.attached_picture);
    let stream = probe.streams.iter_mut().find(is_picture)?;
    let index = usize::try_from(stream.index).unwrap_or_default();
    let first = first_picture(input, index);
    let Some(Kind::Video(video)) = &mut stream.kind else { return None };
    video.interlaced = first.interlaced;
    // The others are encoded in any case.
    if stream.codec != "h264" || video.codec_string.is_empty() {
        return Some(index);
    }
    let found = Source::without_waiting(place)
        .ok()
        .and_then(|source| index::key_frames(source, &probe.container, index));
    let (Some(found), Some(first_us)) = (found, first.pts_us) else { return Some(index) };
    let shift_us = found.origin_us.map_or(0, |origin_us| first_us - origin_us) - start_us;
    let times_us = found.times_us.into_iter().map(|time_us| time_us + shift_us);
    probe.key_frames_us = thinned(times_us.filter(|time_us| *time_us >= 0).collect());
    Some(index)
}

/// Notes where the picture ends, if it is known.
fn set_end(probe: &mut MediaProbe, picture: Option<usize>, end_us: Option<i64>) {
    let stream = picture.and_then(|index| probe.streams.get_mut(index));
    if let (Some(Kind::Video(video)), Some(end_us)) = (stream.and_then(|stream| stream.kind.as_mut()), end_us)
    {
        video.end_us = (end_us - probe.start_us).max(0);
    }
}

/// At most the number that a probe may have. A cut is made every few seconds, so those in between are not missed.
fn thinned(times_us: Vec<i64>) -> Vec<i64> {
    let mut times_us = times_us;
    while times_us.len() > MAX_KEY_FRAMES {
        times_us = times_us.into_iter().step_by(2).collect();
    }
    times_us
}

#[derive(Default)]
struct FirstPicture {
    pts_us: Option<i64>,
    interlaced: bool,
}

fn first_picture(input: &mut Input, index: usize) -> FirstPicture {
    let mut first = FirstPicture::default();
    let Some(stream) = input.stream(index) else { return first };
    let base = stream.time_base();
    let decoder = codec::context::Context::from_parameters(stream.parameters());
    let mut decoder = decoder.ok().and_then(|context| context.decoder().video().ok());
    let (mut packet, mut picture) = (Packet::empty(), frame::Video::empty());
    for _ in 0..MAX_HEAD_PACKETS {
        if packet.read(input).is_err() {
            break;
        }
        if packet.stream() != index {
            continue;
        }
        let pts = packet.pts().or(packet.dts());
        first.pts_us = first.pts_us.or(pts.map(|pts| pts.rescale(base, MICROS)));
        let Some(decoder) = &mut decoder else { break };
        if decoder.send_packet(&packet).is_err() {
            continue;
        }
        if decoder.receive_frame(&mut picture).is_ok() {
            first.interlaced = picture.is_interlaced();
            break;
        }
    }
    first
}

/// Length of a file that does not say it, such as a recording of a browser: all of it is read.
fn measured(input: &mut Input, start_us: i64) -> i64 {
    let mut packet = Packet::empty();
    let mut end_us = start_us;
    loop {
        match packet.read(input) {
            Ok(()) => end_us = end_us.max(end(input, &packet).unwrap_or(end_us)),
            Err(ffmpeg_next::Error::InvalidData) => {}
            Err(_) => return end_us - start_us,
        }
    }
}

/// End of a packet in microseconds.
fn end(input: &Input, packet: &Packet) -> Option<i64> {
    let base = input.stream(packet.stream())?.time_base();
    Some((packet.pts().or(packet.dts())? + packet.duration()).rescale(base, MICROS))
}

/// Seeks to the last key frame and reads how far the file really reaches. Returns the end of the picture in microseconds of the
/// file, if the end of the file was reached.
fn read_end(
    input: &mut Input,
    shown: &str,
    probe: &MediaProbe,
    picture: Option<usize>,
) -> Result<Option<i64>> {
    let end_us = probe.duration_us + probe.start_us;
    // Live recordings state no length, and a file without seeking cannot be judged.
    if probe.duration_us <= TOLERANCE_US || input.seek(end_us, ..end_us).is_err() {
        return Ok(None);
    }
    let (mut reaches_us, mut picture_us, mut is_end) = (0, None, false);
    let mut packet = Packet::empty();
    for _ in 0..MAX_TAIL_PACKETS {
        if packet.read(input).is_err() {
            is_end = true;
            break;
        }
        let until_us = end(input, &packet).filter(|_| !packet.is_corrupt());
        reaches_us = reaches_us.max(until_us.unwrap_or_default());
        if Some(packet.stream()) == picture {
            picture_us = picture_us.max(until_us);
        }
    }
    if reaches_us + TOLERANCE_US >= end_us {
        return Ok(picture_us.filter(|_| is_end));
    }
    Err(Error::NotMedia(format!(
        "{shown} is cut short: it says that it lasts {} s, and its end is missing; copy or upload it again",
        probe.duration_us / 1_000_000
    )))
}
