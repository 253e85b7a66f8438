//! JSON text to protobuf bytes and back (ProtoJSON, <https://protobuf.dev/programming-guides/json/>), in one pass and
//! without a tree in between: tables made from the descriptors say what each field is called and how it is encoded.
//!
//! One rule differs from ProtoJSON's default: lists and maps are written even when they are empty, because a client
//! that loops over a field must not have to know whether there is anything in it. Other fields with default values are
//! left out.

mod read;
mod scalar;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::{ReadError, Reader};
pub(crate) use table::{Field, MessageId, message_id};
pub(crate) use write::{CookieValue, write, write_with_cookies};

/// Bytes that are no message of the contract.
#[derive(Debug, thiserror::Error)]
#[error("the message is not encoded as the contract says")]
pub(crate) struct Malformed;

impl From<prost::DecodeError> for Malformed {
    fn from(_: prost::DecodeError) -> Self {
        Self
    }
}
