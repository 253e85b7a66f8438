//! Ids of messages, which are the order of the chat.

use ids::MessageId;
use uuid::Uuid;

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
}
