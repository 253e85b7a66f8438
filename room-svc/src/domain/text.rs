//! Rules for texts that people read.

use crate::error::{Error, Result};

/// A title or a name without the spaces around it. Fails when nobody could see it.
pub(crate) fn visible<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let what = "must have a character that can be seen";
    is_visible(text).then_some(text.trim()).ok_or(Error::Field { field, what })
}

/// Whether a text shows anything: a character that is neither white space nor invisible.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !is_invisible(c))
}

/// Control characters, `Default_Ignorable_Code_Point` (Unicode, `DerivedCoreProperties.txt`) and the blank of Braille.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_invisible_characters_shows_nothing() {
        for text in ["", " \u{3000}\n", "\u{200B}\u{200D}", "\u{2800}\u{3164}", "\u{FEFF}\u{AD}"] {
            assert!(!is_visible(text), "{text:?}");
        }
        for text in ["a", " é ", "👨\u{200D}👩", "映画", "\u{200B}x"] {
            assert!(is_visible(text), "{text:?}");
        }
    }
}
