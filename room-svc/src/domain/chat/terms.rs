//! What search finds: words, and for scripts without spaces pairs of characters. In the text form of PostgreSQL's `tsvector`
//! and `tsquery`, made here so that no configuration or extension of the server decides it.

use std::fmt::Write as _;

use ids::RoomId;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Characters of a word that count. Longer ones are the same when these are.
const LONGEST_WORD: usize = 40;
/// Shortest beginning of a word that finds the word.
const SHORTEST_PREFIX: usize = 2;

/// A run of characters of one kind.
#[derive(Debug, PartialEq, Eq)]
enum Run {
    /// Letters and digits of a script that separates words.
    Word(String),
    /// Characters of a script without spaces, or with words too long to be found as wholes.
    Dense(Vec<char>),
}

/// The terms of a text. `None`: there is nothing in it to find.
pub(crate) fn document(room: RoomId, text: &str) -> Option<String> {
    let key = room_key(room);
    let (mut vector, mut position) = (String::new(), 1);
    let mut add = |term: &dyn std::fmt::Display, position: usize| {
        let _ = write!(vector, "'{key}{term}':{position} ");
    };
    for run in runs(text) {
        match run {
            Run::Word(word) => {
                add(&word, position);
                position += 1;
            }
            Run::Dense(chars) => {
                for (index, c) in chars.iter().enumerate() {
                    add(c, position);
                    if let Some(next) = chars.get(index + 1) {
                        add(&format_args!("{c}{next}"), position);
                    }
                    position += 1;
                }
                // What follows is no neighbour of the last pair.
                position += 1;
            }
        }
    }
    (!vector.is_empty()).then_some(vector)
}

/// The query for messages of a room that have all words of a text. `None`: the text has no word.
pub(crate) fn query(room: RoomId, text: &str) -> Option<String> {
    let key = room_key(room);
    let runs = runs(text);
    let last = runs.len().checked_sub(1)?;
    let is_complete = text.ends_with(char::is_whitespace);
    let terms = runs.into_iter().enumerate().map(|(index, run)| match run {
        Run::Word(word) if index == last && !is_complete && word.chars().count() >= SHORTEST_PREFIX => {
            format!("'{key}{word}':*")
        }
        Run::Word(word) => format!("'{key}{word}'"),
        Run::Dense(chars) if chars.len() == 1 => format!("'{key}{}'", String::from_iter(chars)),
        Run::Dense(chars) => {
            let pairs = chars.windows(2).map(|pair| format!("'{key}{}'", String::from_iter(pair)));
            format!("({})", pairs.collect::<Vec<_>>().join(" <-> "))
        }
    });
    Some(terms.collect::<Vec<_>>().join(" & "))
}

/// Four characters that few rooms share. Two rooms that do only share lists of the index.
fn room_key(room: RoomId) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // The end of a UUIDv7 is random.
    let bits = room.uuid().as_u128();
    let letter = |n: u32| usize::try_from((bits >> (6 * n)) & 63).ok().and_then(|index| ALPHABET.get(index));
    (0..4).filter_map(|n| letter(n).map(|letter| char::from(*letter))).collect()
}

/// The runs of a text, without case, width and accents. They have letters and digits only, so nothing needs quoting.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_new = true;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if is_dense(c) {
            match runs.last_mut() {
                Some(Run::Dense(run)) if !is_new => run.push(c),
                _ => runs.push(Run::Dense(vec![c])),
            }
            is_new = false;
            continue;
        }
        for c in std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)) {
            if !c.is_alphanumeric() {
                is_new = true;
                continue;
            }
            match runs.last_mut() {
                Some(Run::Word(word)) if !is_new => word.push(c),
                _ => runs.push(Run::Word(c.to_string())),
            }
            is_new = false;
        }
    }
    for run in &mut runs {
        if let Run::Word(word) = run
            && let Some((end, _)) = word.char_indices().nth(LONGEST_WORD)
        {
            word.truncate(end);
        }
    }
    runs
}

/// Letters of Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese.
pub(in crate::domain) fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn room() -> RoomId {
        Uuid::nil().into()
    }

    #[test]
    fn case_accents_and_width_make_no_difference() {
        assert_eq!(runs("Müller's ＡＢＣ, É!"), runs("muller s abc é"));
    }

    #[test]
    fn scripts_without_spaces_are_pairs_of_neighbours() {
        assert_eq!(
            document(room(), "看电影 ok").unwrap(),
            "'AAAA看':1 'AAAA看电':1 'AAAA电':2 'AAAA电影':2 'AAAA影':3 'AAAAok':5 "
        );
        assert_eq!(query(room(), "看电影").unwrap(), "('AAAA看电' <-> 'AAAA电影')");
        assert_eq!(query(room(), "影").unwrap(), "'AAAA影'");
        assert_eq!(query(room(), "한국 영화 ").unwrap(), "('AAAA한국') & ('AAAA영화')");
        assert_eq!(query(room(), "ガ").unwrap(), "'AAAAガ'", "a voiced sound is another letter");
    }

    #[test]
    fn the_last_word_may_be_its_beginning() {
        assert_eq!(query(room(), "good mov").unwrap(), "'AAAAgood' & 'AAAAmov':*");
        assert_eq!(query(room(), "good movie ").unwrap(), "'AAAAgood' & 'AAAAmovie'");
        assert_eq!(query(room(), "a").unwrap(), "'AAAAa'");
        assert_eq!(query(room(), " '!& 👍 "), None);
    }

    proptest! {
        #[test]
        fn terms_have_nothing_that_would_need_quoting(text in ".*") {
            for run in runs(&text) {
                let chars = match run { Run::Word(word) => word.chars().collect(), Run::Dense(chars) => chars };
                prop_assert!(!chars.iter().any(|c| "'\\ \0:*&|!<>()".contains(*c)));
            }
        }
    }
}
