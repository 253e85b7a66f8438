//! Texts of messages.

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    domain::text::is_visible,
    error::{Error, Result},
};

/// The text to store: in NFC, without white space around it. `max` counts Unicode scalar values of that form.
pub(crate) fn message_text(text: &str, max: usize) -> Result<String> {
    let text: String = text.trim().nfc().collect();
    if !is_visible(&text) {
        let what = "must have a visible character";
        return Err(Error::Field { field: "text", what });
    }
    let length = text.chars().count();
    if length > max { Err(Error::MessageTooLong { length, max }) } else { Ok(text) }
}

/// Whether a text has something that clients show as a link: a scheme, or `www.` at the beginning of a word.
pub(crate) fn has_link(text: &str) -> bool {
    let begins = |word: &str| {
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric()).as_bytes();
        word.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"www."))
    };
    text.contains("://") || text.split_whitespace().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_no_message() {
        assert_eq!(message_text(" hello\n", 10).unwrap(), "hello");
        for nothing in [" \u{a0}\n\t", "\u{200b}\u{200d}\u{2060}", "\u{3164}", "\u{2800}"] {
            let outcome = message_text(nothing, 10);
            assert!(matches!(outcome, Err(Error::Field { field: "text", .. })), "{nothing:?}");
        }
        assert_eq!(message_text("👍🏽", 10).unwrap(), "👍🏽");
    }

    #[test]
    fn links_are_told_from_words() {
        for text in ["see https://e.org/a", "(WWW.example.org)", "magnet://x"] {
            assert!(has_link(text), "{text}");
        }
        for text in ["wwwhat", "a: b / c", "at 1:23", "e.org", "www"] {
            assert!(!has_link(text), "{text}");
        }
    }

    // W12: one unit on both sides, Unicode scalar values after NFC.
    #[test]
    fn length_is_counted_in_scalar_values_after_nfc() {
        assert!(message_text(&"👍🏽".repeat(500), 1000).is_ok());
        let too_long = message_text(&"👍🏽".repeat(501), 1000);
        assert!(matches!(too_long, Err(Error::MessageTooLong { length: 1002, max: 1000 })), "{too_long:?}");
        assert!(message_text(&"😀".repeat(1000), 1000).is_ok());
        let family = message_text(&"👨‍👩‍👧‍👦".repeat(1000), 1000);
        assert!(matches!(family, Err(Error::MessageTooLong { length: 7000, .. })), "{family:?}");
        assert_eq!(message_text(&"e\u{301}".repeat(1000), 1000).unwrap(), "é".repeat(1000));
    }
}
