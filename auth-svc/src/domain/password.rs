//! Which passwords are refused. Only a plain password can be looked at: by OPAQUE we never see it.

use std::{collections::HashSet, sync::LazyLock};

use super::Username;

/// The most common ones of the length that the contract asks for, one a line, lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Why a password is too weak, or nothing.
pub(crate) fn weakness(password: &str, username: &Username) -> Option<&'static str> {
    let lower = password.to_lowercase();
    if Username::new(password).key() == username.key() {
        Some("is the user name")
    } else if COMMON.contains(lower.trim()) {
        Some("is one of the first that others would try")
    } else if password.chars().all(|c| password.starts_with(c)) {
        Some("is one character over and over")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guessable_are_refused() {
        let ada = Username::new("Ada.Lovelace");
        for password in ["password", "PassWord", "12345678", "ada.lovelace", "zzzzzzzzz", "qwertyuiop"] {
            assert!(weakness(password, &ada).is_some(), "{password}");
        }
        assert_eq!(weakness("correct horse battery", &ada), None);
    }

    #[test]
    fn every_entry_can_match() {
        for entry in COMMON.iter() {
            assert!(
                entry.chars().count() >= 8 && entry.to_lowercase() == *entry && entry.trim() == *entry,
                "{entry}"
            );
        }
        assert!(COMMON.len() >= 100);
    }
}
