//! Single values: numbers, texts, bytes and the names of enums.

use std::{io::Write as _, str::from_utf8};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use prost::{
    Message as _,
    encoding::{decode_varint, encode_varint},
};
use prost_types::Timestamp;

use super::{Malformed, table::Kind};

/// The first and last second that RFC 3339 can write: 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const TIMESTAMP_SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Takes the bytes of a value that begins with its length.
pub(super) fn delimited<'a>(wire: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let length = usize::try_from(decode_varint(wire)?).map_err(|_| Malformed)?;
    let (value, rest) = wire.split_at_checked(length).ok_or(Malformed)?;
    *wire = rest;
    Ok(value)
}

fn fixed<const N: usize>(wire: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (value, rest) = wire.split_first_chunk().ok_or(Malformed)?;
    *wire = rest;
    Ok(*value)
}

/// Takes a value and appends it as JSON.
#[expect(clippy::cast_possible_truncation, reason = "the wire has 64 bits for each varint; 32 of them count")]
pub(super) fn write(kind: &Kind, wire: &mut &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    match kind {
        Kind::Double => float(f64::from_le_bytes(fixed(wire)?), out),
        Kind::Float => {
            let value = f32::from_le_bytes(fixed(wire)?);
            if value.is_finite() { json(&value, out) } else { float(value.into(), out) }
        }
        Kind::Int32 => plain(decode_varint(wire)? as i32, out),
        Kind::Sint32 => plain(zigzag(u64::from(decode_varint(wire)? as u32)) as i32, out),
        Kind::Uint32 => plain(decode_varint(wire)? as u32, out),
        Kind::Fixed32 => plain(u32::from_le_bytes(fixed(wire)?), out),
        Kind::Sfixed32 => plain(i32::from_le_bytes(fixed(wire)?), out),
        // JavaScript's numbers end at 2^53.
        Kind::Int64 => quoted(decode_varint(wire)?.cast_signed(), out),
        Kind::Sint64 => quoted(zigzag(decode_varint(wire)?), out),
        Kind::Uint64 => quoted(decode_varint(wire)?, out),
        Kind::Fixed64 => quoted(u64::from_le_bytes(fixed(wire)?), out),
        Kind::Sfixed64 => quoted(i64::from_le_bytes(fixed(wire)?), out),
        Kind::Bool => plain(decode_varint(wire)? != 0, out),
        Kind::String => json(from_utf8(delimited(wire)?).map_err(|_| Malformed)?, out),
        Kind::Bytes => quoted(BASE64_STANDARD.encode(delimited(wire)?), out),
        Kind::Enum(kind) => {
            let number = decode_varint(wire)? as i32;
            match kind.get_value(number) {
                Some(value) => quoted(value.name(), out),
                // A value of a newer version.
                None => plain(number, out),
            }
        }
        Kind::Embedded | Kind::Message(_) => return Err(Malformed),
    }
    Ok(())
}

/// Appends what a value is when it is not there.
pub(super) fn write_default(kind: &Kind, out: &mut Vec<u8>) {
    match kind {
        Kind::Double | Kind::Float => out.extend_from_slice(b"0.0"),
        Kind::Bool => out.extend_from_slice(b"false"),
        Kind::String | Kind::Bytes => out.extend_from_slice(b"\"\""),
        Kind::Int64 | Kind::Sint64 | Kind::Uint64 | Kind::Fixed64 | Kind::Sfixed64 => quoted(0, out),
        Kind::Enum(kind) => quoted(kind.default_value().name(), out),
        _ => out.push(b'0'),
    }
}

/// Whether a value is the same as its absence.
pub(super) fn is_default(kind: &Kind, mut wire: &[u8]) -> Result<bool, Malformed> {
    Ok(match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => fixed::<8>(&mut wire)? == [0; 8],
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => fixed::<4>(&mut wire)? == [0; 4],
        // The length or the number.
        _ => decode_varint(&mut wire)? == 0,
    })
}

pub(super) fn write_timestamp(wire: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let timestamp = Timestamp::decode(wire)?;
    if !TIMESTAMP_SECONDS.contains(&timestamp.seconds) {
        return Err(Malformed);
    }
    quoted(timestamp, out);
    Ok(())
}

fn float(value: f64, out: &mut Vec<u8>) {
    match value {
        f64::INFINITY => quoted("Infinity", out),
        f64::NEG_INFINITY => quoted("-Infinity", out),
        value if value.is_nan() => quoted("NaN", out),
        value => json(&value, out),
    }
}

fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Writing a number or a text into memory cannot fail.
    let _ = serde_json::to_writer(out, value);
}

fn plain(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    let _ = write!(out, "{value}");
}

/// For texts without anything to escape.
fn quoted(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    let _ = write!(out, "\"{value}\"");
}

fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// A value from JSON, before it has a kind.
#[derive(Debug)]
pub(super) enum Value<'a> {
    /// An integer within the bounds of its kind.
    Integer(i128),
    Double(f64),
    Float(f32),
    Bytes(&'a [u8]),
}

impl Value<'_> {
    /// Appends the value as the wire has it. Whether it is other than the default.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the bounds of the kind were checked when it was read"
    )]
    pub(super) fn encode(&self, kind: &Kind, out: &mut Vec<u8>) -> bool {
        match (self, kind) {
            (Self::Double(value), _) => out.extend_from_slice(&value.to_le_bytes()),
            (Self::Float(value), _) => out.extend_from_slice(&value.to_le_bytes()),
            (Self::Bytes(value), _) => {
                encode_varint(value.len() as u64, out);
                out.extend_from_slice(value);
            }
            (Self::Integer(value), Kind::Fixed32 | Kind::Sfixed32) => {
                out.extend_from_slice(&(*value as i32).to_le_bytes());
            }
            (Self::Integer(value), Kind::Fixed64 | Kind::Sfixed64) => {
                out.extend_from_slice(&(*value as i64).to_le_bytes());
            }
            (Self::Integer(value), Kind::Sint32 | Kind::Sint64) => {
                let value = *value as i64;
                encode_varint(((value << 1) ^ (value >> 63)).cast_unsigned(), out);
            }
            // Negative numbers take all 64 bits, those of 32 bits too.
            (Self::Integer(value), _) => encode_varint((*value as i64).cast_unsigned(), out),
        }
        match self {
            Self::Integer(value) => *value != 0,
            // -0.0 is not the default.
            Self::Double(value) => value.to_bits() != 0,
            Self::Float(value) => value.to_bits() != 0,
            Self::Bytes(value) => !value.is_empty(),
        }
    }
}
