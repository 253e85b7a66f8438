//! The codes by which people name rooms.

use std::str::FromStr;

use rand::{Rng as _, rngs::OsRng};

use crate::ParseError;

const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// A random code of this many characters that are hard to mistake for one another.
pub fn random_code(length: usize) -> String {
    let mut random = OsRng;
    (0..length).map(|_| char::from(ALPHABET[random.gen_range(0..ALPHABET.len())])).collect()
}

/// The code by which people name a room: 8 characters that are hard to mistake for one another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoomCode(String);

impl RoomCode {
    const LENGTH: usize = 8;

    /// A random code, one of 31^8 (about 2^39.6).
    pub fn random() -> Self {
        Self(random_code(Self::LENGTH))
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
        if code.len() == Self::LENGTH && code.bytes().all(|b| ALPHABET.contains(&b)) {
            Ok(Self(code))
        } else {
            Err(ParseError::new(text, "room code"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_any_spelling() {
        let code = RoomCode::random();
        let typed = format!(" {}-{} ", &code.as_str()[..4].to_uppercase(), &code.as_str()[4..]);
        assert_eq!(typed.parse::<RoomCode>(), Ok(code));
        assert!("short".parse::<RoomCode>().is_err());
        assert!("lllllll0".parse::<RoomCode>().is_err(), "characters that are easily mistaken");
    }
}
