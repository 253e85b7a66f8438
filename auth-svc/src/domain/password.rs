//! The rule that refuses weak passwords. Only a plain password can be checked: with OPAQUE the server never sees it.

use std::{collections::HashSet, sync::LazyLock};

use passwords::Password;

use super::Username;

/// Minimum and maximum number of characters of a new password, in NFC.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=256;

/// The most common passwords of at least the minimum length, one a line, lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Says why a password is too weak, if it is.
pub(crate) fn weakness(password: &Password, username: &Username) -> Option<&'static str> {
    let password = password.expose();
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
