//! Tickets: one-time secrets that open a room's WebSocket, where browsers cannot send a token.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use ids::RoomId;
use prost::Message as _;
use proto::common::v1::Identity;
use rand::{RngCore as _, rngs::OsRng};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};

/// The secret that the client holds. Has no `Debug`: a secret must not reach a log.
pub(crate) struct Ticket(String);

impl Ticket {
    /// A new ticket of 32 random bytes.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 32];
        OsRng.fill_bytes(&mut bytes);
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The ticket in a request.
    pub(crate) fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The key of its record: a digest, so that a reader of the store gets no ticket.
    pub(crate) fn key(&self) -> String {
        format!("room:ticket:{}", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes())))
    }

    /// The text for the client.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// The person and the room for which a ticket was created.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TicketHolder {
    pub(crate) room: RoomId,
    pub(crate) identity: Identity,
}

impl TicketHolder {
    /// The record: the 16 bytes of the room's id, then the encoded person.
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = self.room.uuid().as_bytes().to_vec();
        bytes.extend(self.identity.encode_to_vec());
        bytes.into()
    }

    /// Reads a record.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let (room, identity) = bytes.split_first_chunk::<16>().ok_or(Error::TicketInvalid)?;
        Ok(Self { room: Uuid::from_bytes(*room).into(), identity: Identity::decode(identity)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_holder_round_trips_through_the_store() {
        let identity =
            Identity { subject_id: "user_1".into(), display_name: "Ada".into(), ..Default::default() };
        let holder = TicketHolder { room: RoomId::new(), identity };
        assert_eq!(TicketHolder::decode(&holder.encode()).unwrap(), holder);
        assert!(TicketHolder::decode(&[1, 2]).is_err());
    }

    /// Case A10: whoever reads the store gets nothing that opens a socket.
    #[test]
    fn the_store_holds_a_hash_and_never_the_ticket() {
        let ticket = Ticket::random();
        let (key, again) = (ticket.key(), ticket.key());
        assert_eq!(key, again);
        assert!(!key.contains(&ticket.into_text()));
    }
}
