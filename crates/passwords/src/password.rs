//! Normalized passwords. The browser normalizes by the same rule.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// A password in NFC: keyboards and systems spell `ñ` as one character or as two, and the OPAQUE record is made from the
/// bytes (case A20). NFC and not NFKC: `Ａ` (U+FF21) stays another letter than `A`. Nothing is trimmed or cut.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Normalizes a password.
    pub fn new(text: &str) -> Self {
        Self(text.nfc().collect())
    }

    /// The normalized text, for rules about passwords. It must not reach a log.
    pub fn expose(&self) -> &str {
        &self.0
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

#[cfg(test)]
mod tests {
    use super::*;

    // Cases A20 and W35.
    #[test]
    fn a_password_is_brought_to_nfc_and_to_nothing_else() {
        let text = |text| Password::new(text).expose().to_owned();
        assert_eq!(text("sen\u{303}or"), text("se\u{F1}or"));
        assert_ne!(text("\u{FF21}bcdefgh"), text("Abcdefgh"), "no compatibility mapping");
        assert_eq!(text("  two  spaces "), "  two  spaces ");
    }

    #[test]
    fn no_log_shows_a_password() {
        assert_eq!(format!("{:?}", Password::new("secret")), "…");
    }
}
