//! Reads packets, without decoding them.

use std::{collections::BTreeSet, io::Write};

use ffmpeg_next::{Packet, Rational, format::context::Input, util::mathematics::Rescale as _};
use transcode_worker::{
    Error, Result,
    packets::{self, Record, Wanted},
};

use super::{open::open, sample_entry};

/// A key frame and the sound beside it may stand in the file in any order, this far apart at most.
const MARGIN_US: i64 = 1_000_000;

/// Nanoseconds.
const NANOS: (i32, i32) = (1, 1_000_000_000);

/// Writes the packets that are wanted.
pub(crate) fn packets(place: &str, wanted: &Wanted, out: &mut dyn Write) -> Result<()> {
    super::set_up()?;
    let mut out = out;
    let mut input = open(place, &wanted.demuxer, "the file")?;
    for index in &wanted.streams {
        let track = input.stream(*index).and_then(|stream| sample_entry::track(&stream));
        let track = track.ok_or_else(|| {
            Error::NotMedia(format!("stream {index} of the file cannot be copied into segments"))
        })?;
        write(&mut out, &Record::Track(*index, track))?;
    }
    if let Some(from_us) = wanted.from_us {
        let from_us = from_us - MARGIN_US;
        input
            .seek(from_us, ..from_us)
            .map_err(|error| Error::NotMedia(format!("cannot seek in the file: {error}")))?;
    }
    copy(&mut input, wanted, &mut out)?;
    write(&mut out, &Record::End)
}

/// Copies until each stream has a packet at the end, or the file ends.
fn copy(input: &mut Input, wanted: &Wanted, out: &mut dyn Write) -> Result<()> {
    let mut open: BTreeSet<usize> = wanted.streams.iter().copied().collect();
    let mut packet = Packet::empty();
    while !open.is_empty() {
        match packet.read(input) {
            Ok(()) => {}
            Err(ffmpeg_next::Error::Eof) => break,
            // Damage between two packets: what follows may be whole.
            Err(ffmpeg_next::Error::InvalidData) => continue,
            Err(error) => return Err(Error::Unreadable(format!("cannot read the file: {error}"))),
        }
        let index = packet.stream();
        let base = input.stream(index).filter(|_| open.contains(&index)).map(|stream| stream.time_base());
        let (Some(base), Some(data)) = (base, packet.data()) else { continue };
        let Some(pts) = packet.pts().or(packet.dts()) else { continue };
        let ns = |ticks: i64, base: Rational| ticks.rescale(base, NANOS);
        let record = packets::Packet {
            stream: index,
            is_key: packet.is_key(),
            pts_ns: ns(pts, base),
            duration_ns: ns(packet.duration(), base),
            data: data.to_vec(),
        };
        // A picture ends with the key frame behind it, sound with any packet.
        if record.is_key && record.pts_ns / 1000 >= wanted.until_us {
            open.remove(&index);
        }
        write(out, &Record::Packet(record))?;
    }
    Ok(())
}

fn write(out: &mut dyn Write, record: &Record) -> Result<()> {
    let mut out = out;
    packets::write(&mut out, record)
        .map_err(|error| Error::ProbeFailed(format!("cannot write packets: {error}")))
}
