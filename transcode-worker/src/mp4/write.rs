//! Writes init segments and segments (CMAF, ISO/IEC 23000-19) of one track.

use super::{Sample, Track};

/// The unity matrix of `mvhd` and `tkhd`.
const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// The flags of a sample that others depend on (14496-12, 8.8.3.1).
const SYNC: u32 = 0x0200_0000;
/// The flags of a sample that depends on others.
const NOT_SYNC: u32 = 0x0101_0000;

/// Writes the init segment of a track whose times are in ticks of `timescale`.
pub(crate) fn init(track: &Track, timescale: u32) -> Vec<u8> {
    let is_video = track.is_video();
    let mut out = Writer::default();
    out.put(b"ftyp", |out| out.bytes(b"iso6").u32(0).bytes(b"iso6cmfcmp41"));
    out.put(b"moov", |out| {
        out.full(b"mvhd", 0, 0, |out| {
            out.u32(0).u32(0).u32(timescale).u32(0).u32(0x1_0000).u16(0x100).zeros(10);
            for number in &MATRIX {
                out.u32(*number);
            }
            out.zeros(24).u32(2)
        });
        out.put(b"trak", |out| {
            // Enabled, in the movie.
            out.full(b"tkhd", 0, 3, |out| {
                out.u32(0).u32(0).u32(1).u32(0).u32(0).zeros(8).u16(0).u16(0);
                out.u16(if is_video { 0 } else { 0x100 }).u16(0);
                for number in &MATRIX {
                    out.u32(*number);
                }
                let (width, height) = size(track);
                out.u32(width << 16).u32(height << 16)
            });
            out.put(b"mdia", |out| {
                // 0x55c4: the language is not said; the playlist does.
                out.full(b"mdhd", 0, 0, |out| out.u32(0).u32(0).u32(timescale).u32(0).u16(0x55c4).u16(0));
                let (handler, name): (&[u8], &[u8]) =
                    if is_video { (b"vide", b"video\0") } else { (b"soun", b"sound\0") };
                out.full(b"hdlr", 0, 0, |out| out.u32(0).bytes(handler).zeros(12).bytes(name));
                out.put(b"minf", |out| {
                    if is_video {
                        out.full(b"vmhd", 0, 1, |out| out.zeros(8));
                    } else {
                        out.full(b"smhd", 0, 0, |out| out.zeros(4));
                    }
                    out.put(b"dinf", |out| {
                        out.full(b"dref", 0, 0, |out| out.u32(1).full(b"url ", 0, 1, |out| out))
                    });
                    out.put(b"stbl", |out| {
                        out.full(b"stsd", 0, 0, |out| out.u32(1).bytes(&track.entry));
                        for empty in [b"stts", b"stsc", b"stco"] {
                            out.full(empty, 0, 0, |out| out.u32(0));
                        }
                        out.full(b"stsz", 0, 0, |out| out.u32(0).u32(0))
                    })
                })
            })
        });
        out.put(b"mvex", |out| out.full(b"trex", 0, 0, |out| out.u32(1).u32(1).u32(0).u32(0).u32(0)))
    });
    out.0
}

/// Width and height of a picture's sample entry.
fn size(track: &Track) -> (u32, u32) {
    let field = |at| super::be_u32(&track.entry, at).unwrap_or_default() >> 16;
    if track.is_video() { (field(32), field(34)) } else { (0, 0) }
}

/// Writes a segment: one fragment whose first sample is decoded at `decode_time` ticks.
pub(crate) fn segment(sequence: u32, decode_time: u64, samples: &[Sample], data: &[u8]) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(data.len() + 16 * samples.len() + 256));
    out.put(b"styp", |out| out.bytes(b"msdh").u32(0).bytes(b"msdhmsixcmfs"));
    let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let moof = out.0.len();
    let mut offset_at = 0;
    out.put(b"moof", |out| {
        out.full(b"mfhd", 0, 0, |out| out.u32(sequence));
        out.put(b"traf", |out| {
            // The offsets of the samples begin at the moof.
            out.full(b"tfhd", 0, 0x02_0000, |out| out.u32(1));
            out.full(b"tfdt", 1, 0, |out| out.u64(decode_time));
            // Data offset; duration, size, flags and a signed composition offset of each sample.
            out.full(b"trun", 1, 0x0f01, |out| {
                out.u32(count);
                offset_at = out.0.len();
                out.u32(0);
                for sample in samples {
                    out.u32(sample.duration).u32(sample.size);
                    out.u32(if sample.is_sync { SYNC } else { NOT_SYNC });
                    out.u32(sample.composition_offset.cast_unsigned());
                }
                out
            })
        })
    });
    let offset = u32::try_from(out.0.len() - moof + 8).unwrap_or(u32::MAX);
    if let Some(field) = out.0.get_mut(offset_at..offset_at + 4) {
        field.copy_from_slice(&offset.to_be_bytes());
    }
    out.put(b"mdat", |out| out.bytes(data));
    out.0
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u16(&mut self, number: u16) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    fn u64(&mut self, number: u64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    fn zeros(&mut self, count: usize) -> &mut Self {
        self.0.resize(self.0.len() + count, 0);
        self
    }

    /// Writes a box, and its size when its content is there.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a byte string is a reference")]
    fn put(&mut self, kind: &[u8; 4], content: impl FnOnce(&mut Self) -> &mut Self) -> &mut Self {
        let start = self.0.len();
        self.u32(0).bytes(kind);
        content(self);
        let size = u32::try_from(self.0.len() - start).unwrap_or(u32::MAX);
        if let Some(field) = self.0.get_mut(start..start + 4) {
            field.copy_from_slice(&size.to_be_bytes());
        }
        self
    }

    /// Writes a box with version and flags.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a byte string is a reference")]
    fn full(
        &mut self,
        kind: &[u8; 4],
        version: u8,
        flags: u32,
        content: impl FnOnce(&mut Self) -> &mut Self,
    ) -> &mut Self {
        self.put(kind, |out| {
            out.u32(u32::from(version) << 24 | flags);
            content(out)
        })
    }
}
