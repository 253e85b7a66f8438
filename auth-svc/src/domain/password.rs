//! Normalized passwords, and the rule that refuses weak ones. Only a plain password can be checked: with OPAQUE the
//! server never sees it, and the browser normalizes it by the same rule.

use std::{collections::HashSet, fmt, sync::LazyLock};

use unicode_normalization::UnicodeNormalization as _;

use super::Username;

/// Minimum and maximum number of characters of a new password, in NFC.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=256;

/// A password in NFC: keyboards and systems spell `ñ` as one character or as two, and the OPAQUE record is made from the
/// bytes (case A20). NFC and not NFKC: `Ａ` (U+FF21) stays another letter than `A`. Nothing is trimmed or cut.
pub(crate) struct Password(String);

impl Password {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.nfc().collect())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The most common passwords of at least the minimum length, one a line, lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Says why a password is too weak, if it is.
pub(crate) fn weakness(password: &Password, username: &Username) -> Option<&'static str> {
    let Password(password) = password;
    let lower = password.to_lowercase();
    if !LENGTH.contains(&password.chars().count()) {
        Some("does not have 8 to 256 characters")
    } else if Username::new(password).key() == username.key() {
        Some("is the username")
    } else if COMMON.contains(lower.trim()) {
        Some("is among the most common ones")
    } else if password.chars().all(|c| password.starts_with(c)) {
        Some("repeats a single character")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_passwords_are_rejected() {
        let ada = Username::new("Ada.Lovelace");
        for password in [
            "password",
            "PassWord",
            "12345678",
            "ada.lovelace",
            "zzzzzzzzz",
            "qwertyuiop",
            "n\u{303}n\u{303}n\u{303}n\u{303}",
        ] {
            assert!(weakness(&Password::new(password), &ada).is_some(), "{password}");
        }
        assert_eq!(weakness(&Password::new("correct horse battery"), &ada), None);
    }

    // Case A20.
    #[test]
    fn a_password_is_normalised_to_nfc_and_otherwise_unchanged() {
        let bytes = |text| Password::new(text).as_bytes().to_vec();
        assert_eq!(bytes("sen\u{303}or"), bytes("se\u{F1}or"));
        assert_ne!(bytes("\u{FF21}bcdefgh"), bytes("Abcdefgh"), "no compatibility mapping");
        assert_eq!(bytes("  two  spaces "), b"  two  spaces ");
    }

    #[test]
    fn every_entry_of_the_list_can_match() {
        for entry in COMMON.iter() {
            assert!(
                entry.chars().count() >= 8 && entry.to_lowercase() == *entry && entry.trim() == *entry,
                "{entry}"
            );
        }
        assert!(COMMON.len() >= 100);
    }
}
