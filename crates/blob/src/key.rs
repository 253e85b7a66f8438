//! Names of objects.

use std::{fmt, str::FromStr};

/// The name of an object: segments divided by `/`. The crate's README has the rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

/// A text that is no valid key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot name an object: {why}")]
pub struct InvalidKey {
    text: String,
    why: &'static str,
}

impl Key {
    /// Longest key, in bytes: with a folder before it, it stays below what file systems and S3 take.
    pub const MAX_BYTES: usize = 512;

    /// Longest segment, in bytes: one file name, with room for a suffix.
    const MAX_SEGMENT_BYTES: usize = 200;

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let invalid = |why| Err(InvalidKey { text: text.chars().take(64).collect(), why });
        if text.is_empty() || text.len() > Self::MAX_BYTES {
            return invalid("a key has 1 to 512 bytes");
        }
        for segment in text.split('/') {
            // A leading dot covers `.` and `..`, and keeps temporary files apart from objects.
            if segment.is_empty() || segment.starts_with('.') {
                return invalid("no segment is empty or starts with a dot");
            }
            if segment.len() > Self::MAX_SEGMENT_BYTES {
                return invalid("a segment has at most 200 bytes");
            }
            if !segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
            {
                return invalid("a segment is made of A-Z, a-z, 0-9, `.`, `_` and `-`");
            }
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::Key;

    #[test]
    fn plain_paths_are_valid_keys() {
        for text in ["a", "films/test.mp4", "a/b/c", "A-Z_09.x..y", &"x".repeat(200)] {
            assert!(text.parse::<Key>().is_ok(), "{text}");
        }
    }

    #[test]
    fn paths_that_could_leave_the_folder_are_rejected() {
        let long_segment = "x".repeat(201);
        let long = ["x"; 300].join("/");
        for text in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            ".hidden",
            "a/.b",
            "a\\b",
            "a b",
            "a\0",
            "ä",
            &long_segment,
            &long,
        ] {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_key_stays_inside_the_folder(text in "[a./\\\\~ -]{0,12}") {
            if let Ok(key) = text.parse::<Key>() {
                prop_assert!(Path::new(key.as_str()).components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
