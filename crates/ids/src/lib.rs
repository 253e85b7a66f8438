//! Typed public identifiers: TypeIDs (a prefix and a UUIDv7 in base 32, <https://github.com/jetify-com/typeid>) and
//! the 8-character codes by which people name rooms.

use std::{fmt, str::FromStr};

use rand::{Rng as _, rngs::OsRng};
use typeid_suffix::prelude::TypeIdSuffix;
use uuid::Uuid;

/// A text that is not the id it should be.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not an id of the form `{prefix}_…`")]
pub struct ParseError {
    text: String,
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// What it starts with, before the `_`.
            pub const PREFIX: &'static str = $prefix;

            /// A new one, sorting behind those made before (UUIDv7).
            #[expect(clippy::new_without_default, reason = "each is unique: there is no default")]
            #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The UUID inside, as the database keeps it.
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
                    .ok_or_else(|| ParseError { text: text.chars().take(64).collect(), prefix: $prefix })
            }
        }
    };
}

id!(/** Someone with an account. */ UserId, "user");
id!(/** Someone without. */ GuestId, "guest");
id!(/** A room. */ RoomId, "room");
id!(/** An entry of a playlist. */ ItemId, "item");
id!(/** What the items of one source share: its length and format. */ AssetId, "asset");
id!(/** Background work on an asset. */ JobId, "job");
id!(/** One running worker that takes jobs. */ WorkerId, "worker");
id!(/** Something said in a room. */ MessageId, "msg");
id!(/** Something that happened in a room. */ EventId, "event");
id!(/** One connection of someone to a room. */ SessionId, "session");
id!(/** One running gateway. */ GatewayId, "gateway");

/// A person: someone with an account, or a guest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectId {
    /// Someone with an account.
    User(UserId),
    /// Someone without an account.
    Guest(GuestId),
}

impl From<UserId> for SubjectId {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

impl From<GuestId> for SubjectId {
    fn from(id: GuestId) -> Self {
        Self::Guest(id)
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Guest(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SubjectId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.parse().map(Self::User).or_else(|_| text.parse().map(Self::Guest)).map_err(|_: ParseError| {
            ParseError { text: text.chars().take(64).collect(), prefix: "user_…` or `guest" }
        })
    }
}

/// The code by which people name a room: 8 characters that are hard to mistake for one another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoomCode(String);

impl RoomCode {
    const ALPHABET: &'static [u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
    const LENGTH: usize = 8;

    /// A random one: 31^8, about 2^39.6 possibilities.
    pub fn random() -> Self {
        let mut random = OsRng;
        Self(
            (0..Self::LENGTH)
                .map(|_| char::from(Self::ALPHABET[random.gen_range(0..Self::ALPHABET.len())]))
                .collect(),
        )
    }

    /// Its characters, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoomCode {
    type Err = ParseError;

    /// Reads a code as people type it: in either case, with spaces or dashes anywhere.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let code: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| c.to_ascii_lowercase())
            .take(Self::LENGTH + 1)
            .collect();
        if code.len() == Self::LENGTH && code.bytes().all(|b| Self::ALPHABET.contains(&b)) {
            Ok(Self(code))
        } else {
            Err(ParseError { text: text.chars().take(64).collect(), prefix: "room code" })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_survives_its_text(bits: u128) {
            let id = RoomId::from(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<RoomId>(), Ok(id));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<RoomId>();
            let _ = text.parse::<RoomCode>();
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let user = UserId::new().to_string();
        assert!(user.parse::<RoomId>().is_err());
        assert!(user.parse::<UserId>().is_ok());
    }

    #[test]
    fn a_person_is_a_user_or_a_guest() {
        for id in [SubjectId::from(UserId::new()), SubjectId::from(GuestId::new())] {
            assert_eq!(id.to_string().parse::<SubjectId>(), Ok(id));
        }
        let error = RoomId::new().to_string().parse::<SubjectId>().unwrap_err().to_string();
        assert!(error.ends_with("is not an id of the form `user_…` or `guest_…`"), "{error}");
    }

    #[test]
    fn ids_sort_by_their_making() {
        let first = ItemId::new();
        assert!(first < ItemId::new());
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = RoomCode::random();
        let typed = format!(" {}-{} ", &code.as_str()[..4].to_uppercase(), &code.as_str()[4..]);
        assert_eq!(typed.parse::<RoomCode>(), Ok(code));
        assert!("short".parse::<RoomCode>().is_err());
        assert!("lllllll0".parse::<RoomCode>().is_err(), "characters that are easily mistaken");
    }
}
