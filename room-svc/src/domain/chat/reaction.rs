//! What people react with: one emoji, or an emote of the room.

use crate::error::{Error, Result};

/// Scalar values of the longest emoji, a flag of a region or a family with skin tones.
const LONGEST: usize = 16;

/// Accepts one emoji, or the name of an emote between colons. Whether the room has the emote is not asked: a client shows
/// the name of one that is gone.
pub(crate) fn reaction_key(key: &str) -> Result<&str> {
    let emote = key.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    if emote.map_or_else(|| is_one_emoji(key), is_emote_name) {
        return Ok(key);
    }
    Err(Error::Field { field: "key", what: "must be one emoji, or an emote as `:name:`" })
}

/// 2 to 32 of `a-z`, `0-9` and `_`.
pub(crate) fn is_emote_name(name: &str) -> bool {
    (2..=32).contains(&name.len())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// One emoji by the grammar of UTS #51: symbols joined by U+200D, a pair of regional indicators, or a keycap.
fn is_one_emoji(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    if let [key, rest @ ..] = chars.as_slice()
        && matches!(key, '0'..='9' | '#' | '*')
    {
        return matches!(rest, ['\u{fe0f}', '\u{20e3}'] | ['\u{20e3}']);
    }
    let (mut symbols, mut joined, mut indicators) = (0, false, 0);
    for c in &chars {
        let was_joined = std::mem::take(&mut joined);
        match c {
            '\u{1f1e6}'..='\u{1f1ff}' => indicators += 1,
            '\u{200d}' => joined = true,
            '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' if symbols > 0 => {}
            c if is_symbol(*c) => symbols += i32::from(!was_joined),
            _ => return false,
        }
    }
    !joined && chars.len() <= LONGEST && matches!((symbols, indicators), (1, 0) | (0, 2))
}

/// Characters with the property Emoji, by blocks.
fn is_symbol(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b05}'..='\u{2b55}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_or_one_emote_is_a_reaction() {
        for key in ["👍", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", ":party_1:"]
        {
            assert_eq!(reaction_key(key).ok(), Some(key));
        }
        for key in [
            "",
            "a",
            "👍👍",
            "🇩",
            "🇩🇪🇫🇷",
            "lol",
            ":a:",
            ":Party:",
            "::",
            ":",
            "\u{200d}",
            "👍 ",
            "👍\u{200d}",
            "1",
            "\u{fe0f}",
        ] {
            assert!(reaction_key(key).is_err(), "{key:?}");
        }
    }
}
