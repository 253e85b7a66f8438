//! Chat messages and their order.

use chrono::{DateTime, Utc};
use ids::{ItemId, MessageId, SubjectId};
use proto::room::v1::ChatMessage;
use uuid::Uuid;

use super::timestamp;
use crate::error::{Error, Result};

/// A stored message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) author_id: SubjectId,
    pub(crate) author_name: String,
    pub(crate) text: String,
    pub(crate) sent_at: DateTime<Utc>,
    pub(crate) item_id: Option<ItemId>,
    pub(crate) position_us: i64,
    pub(crate) client_message_id: String,
}

impl From<Message> for ChatMessage {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.to_string(),
            author_id: message.author_id.to_string(),
            author_name: message.author_name,
            text: message.text,
            sent_at: Some(timestamp(message.sent_at)),
            item_id: message.item_id.map(|id| id.to_string()).unwrap_or_default(),
            position_us: message.position_us,
            client_message_id: message.client_message_id,
        }
    }
}

/// The text to store: without white space around it.
pub(crate) fn message_text(text: &str) -> Result<&str> {
    match text.trim() {
        "" => Err(Error::Field { field: "text", what: "must have more than white space" }),
        text => Ok(text),
    }
}

/// The id of the next message of a room: `fresh`, or the id after `last` when the clock of this replica is behind. Ids
/// are the order of the chat, so they have to grow within a room.
pub(crate) fn message_id(fresh: MessageId, last: Option<MessageId>) -> MessageId {
    /// The 62 random bits of a UUIDv7 (RFC 9562, section 5.7), after its variant.
    const TAIL: u128 = (1 << 62) - 1;
    /// Its 12 bits before the variant.
    const SUB: u128 = 0xfff << 64;

    let Some(last) = last.filter(|last| fresh <= *last) else { return fresh };
    let bits = last.uuid().as_u128();
    let next = if bits & TAIL != TAIL {
        bits + 1
    } else if bits & SUB != SUB {
        (bits & !TAIL) + (1 << 64)
    } else {
        // The next millisecond: the carry skips the version bits.
        (bits & !TAIL & !SUB) + (1 << 80)
    };
    Uuid::from_u128(next).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn v7(bits: u128) -> MessageId {
        let version_and_variant = (0xf << 76) | (0b11 << 62);
        Uuid::from_u128((bits >> 1 & !version_and_variant) | (7 << 76) | (0b10 << 62)).into()
    }

    proptest! {
        #[test]
        fn message_ids_increase_and_remain_version_7_uuids(fresh: u128, last: u128) {
            let (fresh, last) = (v7(fresh), v7(last));
            let id = message_id(fresh, Some(last));
            prop_assert!(id > last);
            prop_assert_eq!(id.uuid().get_version_num(), 7);
            prop_assert_eq!(id.uuid().get_variant(), uuid::Variant::RFC4122);
        }
    }

    #[test]
    fn message_ids_increase_when_a_field_overflows() {
        for last in
            [0x0190_0000_0000_7000_bfff_ffff_ffff_ffff, 0x0190_0000_0000_7fff_bfff_ffff_ffff_ffff_u128]
        {
            let last = MessageId::from(Uuid::from_u128(last));
            let id = message_id(last, Some(last));
            assert!(id > last && id.uuid().get_version_num() == 7, "{:?}", id.uuid());
        }
    }

    #[test]
    fn a_fresh_id_later_than_the_last_one_is_kept() {
        let last = MessageId::new();
        let fresh = MessageId::new();
        assert_eq!(message_id(fresh, Some(last)), fresh);
        assert_eq!(message_id(fresh, None), fresh);
    }

    #[test]
    fn a_message_of_white_space_is_rejected() {
        assert_eq!(message_text(" hello\n").unwrap(), "hello");
        assert!(matches!(message_text(" \u{a0}\n\t"), Err(Error::Field { field: "text", .. })));
    }
}
