//! Pictures and sound that browsers play as they are: packets of the file become segments without being decoded.

use std::{collections::BTreeMap, io::BufReader, ops::Range, process::ChildStdout};

use proto::common::v1::Reason;
use tokio::sync::mpsc;

use super::{
    Made, adts,
    grid::{AAC_FRAME, Grid},
    video::sequence,
    watchdog::Progress,
};
use crate::{
    failure::{Failure, Outcome},
    mp4::{self, Sample, Track},
    packets::{self, Packet, Record},
};

/// Receives the segments of one rendition.
pub(crate) type Out = mpsc::Sender<Outcome<Made>>;

/// A picture may end this much before the end that the probe found: times are rounded, and the last one may lack its length.
const END_TOLERANCE_US: i64 = 500_000;

/// What is copied of a stream.
pub(crate) struct Copied {
    pub(crate) stream: usize,
    /// Ticks per second of the rendition.
    pub(crate) timescale: u32,
    pub(crate) is_sound: bool,
    /// Where it ends by the probe, in microseconds; 0: unknown.
    pub(crate) end_us: i64,
    pub(crate) out: Out,
}

/// Reads packets until the child ends. Blocks; each failure goes to the renditions.
pub(crate) fn pump(
    stdout: ChildStdout,
    copied: Vec<Copied>,
    grid: &Grid,
    segments: &Range<usize>,
    start_us: i64,
    progress: &Progress,
) {
    let outs: Vec<_> = copied.iter().map(|copied| copied.out.clone()).collect();
    let mut cutters: BTreeMap<_, _> = copied
        .into_iter()
        .map(|copied| (copied.stream, Cutter::new(copied, grid, segments.clone(), start_us)))
        .collect();
    if let Err(failure) = read(stdout, &mut cutters, progress) {
        for out in outs {
            // The receiver is gone when nothing more is wanted.
            let _ = out.blocking_send(Err(failure.clone()));
        }
    }
}

fn read(stdout: ChildStdout, cutters: &mut BTreeMap<usize, Cutter<'_>>, progress: &Progress) -> Outcome<()> {
    let mut from = BufReader::with_capacity(256 * 1024, stdout);
    loop {
        let record = packets::read(&mut from)
            .map_err(|error| Failure::passing(format!("the reader of packets ended early: {error}")))?;
        progress.add(1);
        match record {
            Record::Track(stream, track) => {
                if let Some(cutter) = cutters.get_mut(&stream) {
                    cutter.track = Some(track);
                }
            }
            Record::Packet(packet) => {
                if let Some(cutter) = cutters.get_mut(&packet.stream) {
                    cutter.add(packet)?;
                }
            }
            Record::End => {
                return cutters.values_mut().try_for_each(Cutter::finish);
            }
        }
    }
}

/// Sorts the packets of a stream into segments.
struct Cutter<'a> {
    copied: Copied,
    grid: &'a Grid,
    segments: Range<usize>,
    start_ns: i64,
    track: Option<Track>,
    /// End of the last packet of sound, in ticks.
    behind: i64,
    /// The segment that is being collected: time in ticks, duration in ticks, and bytes.
    packets: Vec<(i64, i64, Packet)>,
}

impl<'a> Cutter<'a> {
    fn new(copied: Copied, grid: &'a Grid, segments: Range<usize>, start_us: i64) -> Self {
        Self {
            copied,
            grid,
            segments,
            start_ns: start_us.saturating_mul(1000),
            track: None,
            behind: 0,
            packets: Vec::new(),
        }
    }

    fn add(&mut self, packet: Packet) -> Outcome<()> {
        if self.segments.is_empty() {
            return Ok(());
        }
        let at = self.ticks(packet.pts_ns - self.start_ns);
        let at = if self.copied.is_sound { self.snapped(at) } else { at };
        if self.packets.is_empty() && !self.begins(&packet, at)? {
            return Ok(());
        }
        let is_cut = self.copied.is_sound || packet.is_key;
        while !self.segments.is_empty()
            && is_cut
            && at + self.tolerance() >= self.start(self.segments.start + 1)
        {
            self.check_cut(self.segments.start + 1, at)?;
            self.emit(Some(at))?;
        }
        if !self.segments.is_empty() {
            let duration = self.ticks(packet.duration_ns);
            self.behind = at + AAC_FRAME;
            self.packets.push((at, duration, packet));
        }
        Ok(())
    }

    /// Whether the first segment begins with this packet.
    fn begins(&self, packet: &Packet, at: i64) -> Outcome<bool> {
        let start = self.start(self.segments.start);
        if at + self.tolerance() < start || !packet.is_key {
            return Ok(false);
        }
        // The picture may begin later than the sound.
        if self.segments.start > 0 {
            self.check_cut(self.segments.start, at)?;
        }
        Ok(true)
    }

    /// A picture is cut at key frames; the plan took them from the index of the file.
    fn check_cut(&self, segment: usize, at: i64) -> Outcome<()> {
        if self.copied.is_sound
            || segment >= self.grid.segments()
            || (at - self.start(segment)).abs() <= self.tolerance()
        {
            return Ok(());
        }
        let message = format!(
            "the file has no key frame at {} ms, where its index says there is one; the index is damaged",
            self.grid.cut_us(segment) / 1000
        );
        Err(Failure::of_file(Reason::FileUnreadable, message))
    }

    /// The child has reached the end of the file, or of what is wanted.
    fn finish(&mut self) -> Outcome<()> {
        self.check_end()?;
        while !self.segments.is_empty() {
            if self.copied.is_sound {
                self.fill();
            } else if self.packets.is_empty() {
                return Err(Failure::passing(format!(
                    "the picture of the file ends before segment {}",
                    self.segments.start
                )));
            }
            self.emit(None)?;
        }
        Ok(())
    }

    /// A reader that fails may look like the end of the file (case M10).
    fn check_end(&self) -> Outcome<()> {
        let ticks = self.packets.iter().map(|(at, duration, _)| at + duration).max().unwrap_or_default();
        let us = i128::from(ticks) * 1_000_000 / i128::from(self.copied.timescale);
        let end_us = self.copied.end_us;
        if self.segments.end < self.grid.segments() || us + i128::from(END_TOLERANCE_US) >= i128::from(end_us)
        {
            return Ok(());
        }
        let message = format!(
            "the picture ends after {} ms instead of {} ms; the file was not read to its end",
            us / 1000,
            end_us / 1000
        );
        Err(Failure::passing(message))
    }

    /// Adds silence until the end of the segment.
    fn fill(&mut self) {
        let (start, end) = (self.start(self.segments.start), self.start(self.segments.start + 1));
        let channels =
            self.track.as_ref().and_then(|track| mp4::be_u32(&track.entry, 22)).unwrap_or_default();
        let data = adts::silence(u16::try_from(channels & 0xffff).unwrap_or_default());
        let first = (start + AAC_FRAME - 1).div_euclid(AAC_FRAME) * AAC_FRAME;
        let mut at = if self.behind >= start { self.behind } else { first };
        while at < end {
            let (stream, pts_ns, duration_ns) = (self.copied.stream, 0, 0);
            let packet = Packet { stream, is_key: true, pts_ns, duration_ns, data: data.to_vec() };
            self.packets.push((at, AAC_FRAME, packet));
            at += AAC_FRAME;
        }
        self.behind = at;
    }

    /// Sends the collected segment. `next`: time of the packet behind it.
    fn emit(&mut self, next: Option<i64>) -> Outcome<()> {
        if self.packets.is_empty() && self.copied.is_sound {
            self.fill();
        }
        let Some(track) = &self.track else {
            return Err(Failure::passing("the reader of packets sent no track"));
        };
        let packets = std::mem::take(&mut self.packets);
        let bytes = segment(self.segments.start, &packets, next);
        let init = mp4::init(track, self.copied.timescale);
        self.segments.start += 1;
        // The receiver is gone when nothing more is wanted.
        let _ = self.copied.out.blocking_send(Ok(Made { init: init.into(), bytes: bytes.into() }));
        Ok(())
    }

    fn ticks(&self, ns: i64) -> i64 {
        let by = 1_000_000_000_i128;
        let number = i128::from(ns) * i128::from(self.copied.timescale);
        i64::try_from((2 * number + by).div_euclid(2 * by)).unwrap_or(i64::MAX)
    }

    /// Start of a segment: the first tick of the rendition that is not before the cut.
    fn start(&self, segment: usize) -> i64 {
        let number = i128::from(self.grid.cut(segment)) * i128::from(self.copied.timescale);
        let timescale = i128::from(self.grid.timescale());
        i64::try_from((number + timescale - 1).div_euclid(timescale)).unwrap_or(i64::MAX)
    }

    /// A millisecond for pictures, the finest that Matroska writes. Sound has no tolerance: every packet has one segment.
    fn tolerance(&self) -> i64 {
        if self.copied.is_sound { 0 } else { i64::from(self.copied.timescale) / 1000 + 1 }
    }

    /// Times of sound that differ from the grid of frames by the rounding of the container alone are those of the grid.
    fn snapped(&self, at: i64) -> i64 {
        let frame = (at + AAC_FRAME / 2).div_euclid(AAC_FRAME) * AAC_FRAME;
        if (frame - at).abs() <= i64::from(self.copied.timescale) / 1000 { frame } else { at }
    }
}

/// Writes a segment. Pictures are decoded one after the other in the order in which the first, second, … is shown: that needs no
/// decoding times, which Matroska does not have.
fn segment(index: usize, packets: &[(i64, i64, Packet)], next: Option<i64>) -> Vec<u8> {
    let mut turns: Vec<i64> = packets.iter().map(|(at, ..)| *at).collect();
    turns.sort_unstable();
    let start = turns.first().copied().unwrap_or_default().max(0);
    let mut data = Vec::with_capacity(packets.iter().map(|(_, _, packet)| packet.data.len()).sum());
    let mut samples = Vec::with_capacity(packets.len());
    for (turn, (at, duration, packet)) in packets.iter().enumerate() {
        let decoded = turns.get(turn).copied().unwrap_or_default();
        let until = turns.get(turn + 1).copied().or(next).unwrap_or(decoded + duration);
        samples.push(Sample {
            duration: u32::try_from(until - decoded).unwrap_or_default().max(1),
            size: u32::try_from(packet.data.len()).unwrap_or_default(),
            is_sync: packet.is_key,
            composition_offset: i32::try_from(at - decoded).unwrap_or_default(),
        });
        data.extend_from_slice(&packet.data);
    }
    mp4::segment(sequence(index), u64::try_from(start).unwrap_or_default(), &samples, &data)
}
