//! Fields of encoded messages, for the few places that need one field of a message whose type only the contract knows.

use prost::encoding::{
    DecodeContext, WireType, decode_key, decode_varint, encode_key, encode_varint, skip_field,
};

/// The last value of a string, bytes or message field; none when the message does not have it or is malformed.
pub(crate) fn field(mut wire: &[u8], number: u32) -> Option<&[u8]> {
    let mut found = None;
    while !wire.is_empty() {
        let (at, wire_type) = decode_key(&mut wire).ok()?;
        if at == number && wire_type == WireType::LengthDelimited {
            let length = usize::try_from(decode_varint(&mut wire).ok()?).ok()?;
            let (value, rest) = wire.split_at_checked(length)?;
            (found, wire) = (Some(value), rest);
        } else {
            skip_field(wire_type, at, &mut wire, DecodeContext::default()).ok()?;
        }
    }
    found
}

/// A message that has one string field.
pub(crate) fn message_of(number: u32, value: &str) -> Vec<u8> {
    let mut wire = Vec::with_capacity(value.len() + 8);
    encode_key(number, WireType::LengthDelimited, &mut wire);
    encode_varint(value.len() as u64, &mut wire);
    wire.extend_from_slice(value.as_bytes());
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_field_wins_and_malformed_bytes_have_none() {
        let twice = [message_of(3, "first"), vec![0x08, 5], message_of(3, "second")].concat();
        assert_eq!(field(&twice, 3), Some(&b"second"[..]));
        assert_eq!(field(&twice, 1), None, "a number is no string");
        assert_eq!(field(&twice, 4), None);
        for nonsense in
            [&b"\x1a"[..], b"\x1a\x05ab", b"\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\xff"]
        {
            assert_eq!(field(nonsense, 3), None, "{nonsense:?}");
        }
    }
}
