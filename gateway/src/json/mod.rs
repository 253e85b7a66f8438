//! JSON text to protobuf bytes and back (ProtoJSON, <https://protobuf.dev/programming-guides/json/>), in one pass and
//! without a tree in between. Tables made from the descriptors hold the name and the encoding of each field.
//!
//! One rule differs from ProtoJSON's default: empty lists and maps are written, so that a client can loop over a field
//! without a check. Other fields with default values are left out.

mod read;
mod scalar;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::{ReadError, Reader};
pub(crate) use table::{Field, MessageType, Tables};
pub(crate) use write::{CookieValue, write, write_with_cookies};

/// Bytes that are not encoded as the contract says.
#[derive(Debug, thiserror::Error)]
#[error("the message is not encoded as the contract says")]
pub(crate) struct Malformed;

impl From<prost::DecodeError> for Malformed {
    fn from(_: prost::DecodeError) -> Self {
        Self
    }
}
