//! Checksums of what one request sends (tus 1.0, checksum extension).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use crc::{CRC_32_ISCSI, Crc, Digest, Table};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// CRC-32C, by tables for eight bytes at a time.
static CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

/// How a checksum is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha1,
    Sha256,
    Crc32c,
}

impl Algorithm {
    /// All of them, as the protocol names them.
    pub(crate) const NAMES: &'static str = "sha1,sha256,crc32c";

    fn parse(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "crc32c" => Some(Self::Crc32c),
            _ => None,
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Crc32c => 4,
        }
    }
}

/// A checksum that a client announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checksum {
    algorithm: Algorithm,
    value: Vec<u8>,
}

impl Checksum {
    /// Reads `sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=`. The error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, value) =
            text.split_once(' ').ok_or("names an algorithm, a space and the checksum in base64")?;
        let algorithm = Algorithm::parse(name).ok_or("knows the algorithms sha1, sha256 and crc32c")?;
        let value =
            BASE64_STANDARD.decode(value.trim()).ok().filter(|value| value.len() == algorithm.length());
        Ok(Self {
            algorithm,
            value: value.ok_or("has a checksum of another length, or one that is not base64")?,
        })
    }

    /// A sum to compare with it.
    pub(crate) fn sum(&self) -> Sum {
        match self.algorithm {
            Algorithm::Sha1 => Sum::Sha1(Sha1::new()),
            Algorithm::Sha256 => Sum::Sha256(Sha256::new()),
            Algorithm::Crc32c => Sum::Crc32c(CRC32C.digest()),
        }
    }

    /// Whether the bytes that were summed up are those that the client meant.
    pub(crate) fn is(&self, sum: Sum) -> bool {
        let value = match sum {
            Sum::Sha1(sum) => sum.finalize().to_vec(),
            Sum::Sha256(sum) => sum.finalize().to_vec(),
            Sum::Crc32c(sum) => sum.finalize().to_be_bytes().to_vec(),
        };
        value == self.value
    }
}

/// A checksum of the bytes so far.
pub(crate) enum Sum {
    Sha1(Sha1),
    Sha256(Sha256),
    Crc32c(Digest<'static, u32, Table<16>>),
}

impl Sum {
    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(sum) => sum.update(bytes),
            Self::Sha256(sum) => sum.update(bytes),
            Self::Crc32c(sum) => sum.update(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str, bytes: &[u8]) -> bool {
        let checksum = Checksum::parse(text).unwrap();
        let mut sum = checksum.sum();
        for piece in bytes.chunks(3) {
            sum.update(piece);
        }
        checksum.is(sum)
    }

    #[test]
    fn known_values() {
        assert!(is("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello world"));
        assert!(is("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", b"hello world"));
        // RFC 3720, B.4: CRC-32C of 123456789 is e3069283.
        assert!(is("crc32c 4waSgw==", b"123456789"));
        assert!(!is("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", b"hello worlds"));
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        for text in [
            "",
            "sha1",
            "md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
            "sha1 AAAA",
            "sha1 !",
            "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        ] {
            assert!(Checksum::parse(text).is_err(), "{text:?}");
        }
    }
}
