//! Packets of a file as the child that reads it hands them over: what `-c copy` would copy, with exact times.
//!
//! The stream begins with one record for each track and ends with an end record, so that a child that died is not taken for the
//! end of the file. All numbers are big-endian.

use std::io::{self, Read, Write};

use crate::mp4::Track;

/// Largest packet or sample entry, in bytes.
const MAX_BYTES: u32 = 64 << 20;

const TRACK: u8 = 1;
const PACKET: u8 = 2;
const END: u8 = 3;

/// Which packets are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// libav's name of the demuxer.
    pub demuxer: String,
    /// Indexes of the streams.
    pub streams: Vec<usize>,
    /// Packets from here on, in microseconds of the file. Earlier ones may come too. `None`: from the start.
    pub from_us: Option<i64>,
    /// Packets before this time. Later ones may come too.
    pub until_us: i64,
}

/// A packet of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Index of the stream.
    pub stream: usize,
    /// Can be decoded without the packets before it.
    pub is_key: bool,
    /// Presentation time of the file in nanoseconds: fine enough for the clock of every container.
    pub pts_ns: i64,
    /// Duration in nanoseconds; 0: unknown.
    pub duration_ns: i64,
    /// The bytes.
    pub data: Vec<u8>,
}

/// A record of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A track, before its first packet.
    Track(usize, Track),
    /// A packet.
    Packet(Packet),
    /// Everything wanted was read, or the file has ended.
    End,
}

/// Writes records.
pub fn write(out: &mut impl Write, record: &Record) -> io::Result<()> {
    match record {
        Record::Track(stream, track) => {
            out.write_all(&[TRACK])?;
            number(out, *stream as u64)?;
            number(out, track.timescale.into())?;
            bytes(out, &track.entry)
        }
        Record::Packet(packet) => {
            out.write_all(&[PACKET])?;
            number(out, packet.stream as u64)?;
            number(out, packet.is_key.into())?;
            for time in [packet.pts_ns, packet.duration_ns] {
                number(out, time.cast_unsigned())?;
            }
            bytes(out, &packet.data)
        }
        Record::End => {
            out.write_all(&[END])?;
            out.flush()
        }
    }
}

fn number(out: &mut impl Write, number: u64) -> io::Result<()> {
    out.write_all(&number.to_be_bytes())
}

fn bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let size = u32::try_from(bytes.len()).ok().filter(|size| *size <= MAX_BYTES);
    let size = size.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a packet is too large"))?;
    out.write_all(&size.to_be_bytes())?;
    out.write_all(bytes)
}

/// Reads the next record. Fails where the stream ends without its end record.
pub fn read(from: &mut impl Read) -> io::Result<Record> {
    let mut kind = [0];
    from.read_exact(&mut kind)?;
    match kind {
        [TRACK] => {
            let (stream, timescale) = (read_number(from)?, read_number(from)?);
            let track = Track { timescale: narrow(timescale)?, entry: read_bytes(from)? };
            Ok(Record::Track(narrow(stream)?, track))
        }
        [PACKET] => Ok(Record::Packet(Packet {
            stream: narrow(read_number(from)?)?,
            is_key: read_number(from)? != 0,
            pts_ns: read_number(from)?.cast_signed(),
            duration_ns: read_number(from)?.cast_signed(),
            data: read_bytes(from)?,
        })),
        [END] => Ok(Record::End),
        _ => Err(malformed()),
    }
}

fn read_number(from: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_be_bytes(bytes))
}

fn read_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut size = [0; 4];
    from.read_exact(&mut size)?;
    let size = u32::from_be_bytes(size);
    if size > MAX_BYTES {
        return Err(malformed());
    }
    let mut bytes = Vec::new();
    from.take(size.into()).read_to_end(&mut bytes)?;
    if bytes.len() == size as usize { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn narrow<T: TryFrom<u64>>(number: u64) -> io::Result<T> {
    T::try_from(number).map_err(|_| malformed())
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the reader of packets wrote something else")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_back_and_a_stream_without_an_end_is_an_error() {
        let records = [
            Record::Track(1, Track { timescale: 48_000, entry: b"entry".to_vec() }),
            Record::Packet(Packet {
                stream: 1,
                is_key: true,
                pts_ns: -5,
                duration_ns: i64::MIN,
                data: vec![1, 2, 3],
            }),
            Record::End,
        ];
        let mut bytes = Vec::new();
        for record in &records {
            write(&mut bytes, record).unwrap();
        }
        let mut from = bytes.as_slice();
        assert_eq!(records.each_ref().map(|_| read(&mut from).unwrap()), records);
        assert!(read(&mut from).is_err());
        assert!(read(&mut &bytes[..bytes.len() - 4]).is_ok());
        assert!(read(&mut &bytes[..10]).is_err());
    }
}
