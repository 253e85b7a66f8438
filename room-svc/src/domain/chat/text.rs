//! Texts of messages.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::error::{Error, Result};

/// The text to store: in NFC, without white space around it. `max` counts Unicode scalar values of that form.
pub(crate) fn message_text(text: &str, max: usize) -> Result<String> {
    let text: String = text.trim().nfc().collect();
    if !text.chars().any(is_visible) {
        let what = "must have a visible character";
        return Err(Error::Field { field: "text", what });
    }
    let length = text.chars().count();
    if length > max { Err(Error::MessageTooLong { length, max }) } else { Ok(text) }
}

/// Whether a character leaves a mark by itself.
fn is_visible(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || is_invisible(c) || is_combining_mark(c))
}

/// Characters without a width: format characters (category Cf), fillers, and the empty Braille pattern.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_no_message() {
        assert_eq!(message_text(" hello\n", 10).unwrap(), "hello");
        for nothing in [" \u{a0}\n\t", "\u{200b}\u{200d}\u{2060}", "\u{3164}", "\u{301}\u{fe0f}", "\u{2800}"]
        {
            let outcome = message_text(nothing, 10);
            assert!(matches!(outcome, Err(Error::Field { field: "text", .. })), "{nothing:?}");
        }
        assert_eq!(message_text("👍🏽", 10).unwrap(), "👍🏽");
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
