//! Page tokens: where a list continues, opaque to clients.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::error::{Error, Result};

/// The lists that have pages. A token of one list is invalid in the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum List {
    Rooms = b'r',
    Members = b'm',
    Bans = b'b',
    Messages = b'c',
    MyRooms = b'y',
    Log = b'l',
    Search = b's',
    Plays = b'h',
}

/// The key of the last entry of the previous page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageToken<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> PageToken<N> {
    /// Reads the token of a request; an empty one means the first page.
    pub(crate) fn parse(list: List, text: &str) -> Result<Option<Self>> {
        if text.is_empty() {
            return Ok(None);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::PageTokenInvalid)?;
        match bytes.split_first() {
            Some((kind, key)) if *kind == list as u8 => {
                Ok(Some(Self(key.try_into().map_err(|_| Error::PageTokenInvalid)?)))
            }
            _ => Err(Error::PageTokenInvalid),
        }
    }

    /// The token for a reply.
    pub(crate) fn text(self, list: List) -> String {
        let mut bytes = vec![list as u8];
        bytes.extend(self.0);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_page_token_round_trips_and_is_valid_for_its_own_list_only(key: [u8; 16]) {
            let text = PageToken(key).text(List::Rooms);
            prop_assert_eq!(PageToken::parse(List::Rooms, &text).unwrap(), Some(PageToken(key)));
            prop_assert!(PageToken::<16>::parse(List::Messages, &text).is_err());
            prop_assert!(PageToken::<8>::parse(List::Rooms, &text).is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = PageToken::<8>::parse(List::Members, &text);
        }
    }
}
