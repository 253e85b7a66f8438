//! The words by which people find public rooms, and the filters of the list. Both are lexemes of one `tsvector`, so that one
//! index answers any combination.

use std::collections::BTreeSet;

use proto::room::v1::{Category, ListRoomsRequest};

use super::{Settings, chat::is_dense};

/// Longest word in characters. Longer ones are cut, in rooms as in queries.
const LONGEST: usize = 32;
/// Words of a query that count.
const MOST_WORDS: usize = 8;

/// The lexemes of a room.
pub(crate) fn listing_terms(settings: &Settings) -> Vec<String> {
    let mut terms: BTreeSet<String> = BTreeSet::new();
    for text in [&settings.name, &settings.description].into_iter().chain(&settings.labels) {
        terms.extend(words(text));
    }
    terms.extend(settings.labels.iter().map(|label| of_label(label)));
    terms.insert(of_category(settings.category));
    if !settings.guests_forbidden {
        terms.insert(FOR_GUESTS.to_owned());
    }
    terms.into_iter().collect()
}

/// The `tsquery` of a request; `None`: it admits all rooms.
pub(crate) fn listing_query(request: &ListRoomsRequest) -> Option<String> {
    let mut terms: Vec<String> = words(&request.query)
        .into_iter()
        .take(MOST_WORDS)
        .map(|word| format!("{}:*", quoted(&word)))
        .collect();
    let labels = request.labels.iter().map(|label| quoted(&of_label(&label.trim().to_lowercase())));
    terms.extend(labels);
    if request.category() != Category::Unspecified {
        terms.push(quoted(&of_category(request.category())));
    }
    if request.guests_only {
        terms.push(quoted(FOR_GUESTS));
    }
    (!terms.is_empty()).then(|| terms.join(" & "))
}

// Lexemes of filters have a character that no word has.
const FOR_GUESTS: &str = "/guests";

fn of_category(category: Category) -> String {
    format!("/category {}", category as i32)
}

fn of_label(label: &str) -> String {
    format!("/label {label}")
}

/// A lexeme as a `tsquery` writes it.
fn quoted(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

/// The words of a text, in lower case. Scripts without spaces between words give pairs of characters.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
        let mut word = String::new();
        let mut dense: Vec<char> = Vec::new();
        for c in run.chars() {
            if is_dense(c) {
                words.extend(finished(&mut word));
                dense.push(c);
            } else {
                words.extend(pairs(&mut dense));
                word.push(c);
            }
        }
        words.extend(finished(&mut word));
        words.extend(pairs(&mut dense));
    }
    words
}

fn finished(word: &mut String) -> Option<String> {
    let whole = std::mem::take(word);
    (!whole.is_empty()).then(|| whole.chars().take(LONGEST).collect())
}

fn pairs(run: &mut Vec<char>) -> Vec<String> {
    let run = std::mem::take(run);
    match run.as_slice() {
        [] => Vec::new(),
        [alone] => vec![alone.to_string()],
        run => run.windows(2).map(|pair| pair.iter().collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_lower_case_and_dense_scripts_come_in_pairs() {
        assert_eq!(words("Film-Night: Ölüm!"), ["film", "night", "ölüm"]);
        assert_eq!(words("千と千尋2"), ["千と", "と千", "千尋", "2"]);
        assert_eq!(words("猫"), ["猫"]);
        assert_eq!(words("  ,,, "), [""; 0]);
        assert_eq!(words(&"x".repeat(100)), ["x".repeat(LONGEST)]);
    }

    #[test]
    fn a_query_is_one_expression_whatever_is_typed() {
        let query = |request: &ListRoomsRequest| listing_query(request);
        let request = ListRoomsRequest {
            query: "o'neil & (x|y) \\".into(),
            labels: vec!["it's ".into()],
            category: Category::Films.into(),
            guests_only: true,
            ..Default::default()
        };
        assert_eq!(
            query(&request).unwrap(),
            "'o':* & 'neil':* & 'x':* & 'y':* & '/label it''s' & '/category 1' & '/guests'"
        );
        assert_eq!(query(&ListRoomsRequest { query: "...".into(), ..Default::default() }), None);
    }
}
