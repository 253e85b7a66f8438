//! Typed public identifiers: TypeIDs (a prefix and a UUIDv7 in base 32, <https://github.com/jetify-com/typeid>) and
//! the 8-character codes by which people name rooms.

mod room_code;
mod subject;

use std::{fmt, str::FromStr};

use typeid_suffix::prelude::TypeIdSuffix;
use uuid::Uuid;

pub use room_code::{RoomCode, random_code};
pub use subject::SubjectId;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not an id of the form `{prefix}_…`")]
pub struct ParseError {
    text: String,
    prefix: &'static str,
}

impl ParseError {
    fn new(text: &str, prefix: &'static str) -> Self {
        Self { text: text.chars().take(64).collect(), prefix }
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the id, before the `_`.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, which sorts after all earlier ones (UUIDv7).
            #[expect(clippy::new_without_default, reason = "each is unique: there is no default")]
            #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The UUID inside, as the database stores it.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), TypeIdSuffix::from(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(|suffix| TypeIdSuffix::from_str(suffix).ok())
                    .map(|suffix| Self(suffix.to_uuid()))
                    .ok_or_else(|| ParseError::new(text, $prefix))
            }
        }
    };
}

id!(/** Someone with an account. */ UserId, "user");
id!(/** Someone without. */ GuestId, "guest");
id!(/** A room. */ RoomId, "room");
id!(/** An entry of a playlist. */ ItemId, "item");
id!(/** Items of a playlist that belong together. */ FolderId, "folder");
id!(/** One clearing of a playlist, which can be undone. */ ClearId, "clear");
id!(/** One time that a room played an item. */ PlayId, "play");
id!(/** A playlist that a person keeps. */ SavedQueueId, "queue");
id!(/** Subtitles or further audio of an item. */ TrackId, "track");
id!(/** What the items of one source share: its length and format. */ AssetId, "asset");
id!(/** Background work on an asset. */ JobId, "job");
id!(/** A file that a person sends. */ UploadId, "upload");
id!(/** A piece of the preparing of an upload, which a worker does. */ TaskId, "task");
id!(/** One object of a file. */ PartId, "part");
id!(/** One running worker that takes jobs. */ WorkerId, "worker");
id!(/** A custom role of a room. */ RoleId, "role");
id!(/** Something said in a room. */ MessageId, "msg");
id!(/** A word filter of a chat. */ FilterId, "filter");
id!(/** A report of a message. */ ReportId, "report");
id!(/** Something that happened in a room. */ EventId, "event");
id!(/** One connection of someone to a room. */ SessionId, "session");
id!(/** One running gateway. */ GatewayId, "gateway");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_round_trips_through_its_text(bits: u128) {
            let id = RoomId::from(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<RoomId>(), Ok(id));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<RoomId>();
            let _ = text.parse::<RoomCode>();
            let _ = text.parse::<SubjectId>();
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let user = UserId::new().to_string();
        assert!(user.parse::<RoomId>().is_err());
        assert!(user.parse::<UserId>().is_ok());
    }

    #[test]
    fn ids_sort_by_creation_time() {
        let first = ItemId::new();
        assert!(first < ItemId::new());
    }
}
