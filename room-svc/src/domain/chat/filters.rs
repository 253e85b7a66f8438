//! Word filters: what messages may not contain.

use proto::room::v1::{FilterAction, FilterRule};
use regex::{Regex, RegexBuilder};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::terms::is_dense;
use crate::{
    domain::text::is_invisible,
    error::{Error, Result},
};

/// Memory of one compiled expression, in bytes. The engine searches in time linear in the text; this bounds the factor.
const MAX_PROGRAM: usize = 64 * 1024;

/// A compiled rule.
#[derive(Debug)]
pub(crate) struct Filter {
    regex: Regex,
    /// True: searches the text as people read it, without case, accents, width and invisible characters.
    is_word: bool,
    action: FilterAction,
}

impl Filter {
    /// Compiles a rule. Fails when it is no expression, needs too much memory, or matches the empty text, and with it every
    /// message.
    pub(crate) fn new(rule: &FilterRule) -> Result<Self> {
        let invalid = |what: &str| Error::FilterInvalid(what.to_owned());
        let pattern: String = if rule.is_regex { rule.pattern.nfc().collect() } else { word(&rule.pattern)? };
        let mut builder = RegexBuilder::new(&pattern);
        builder.case_insensitive(true).size_limit(MAX_PROGRAM).dfa_size_limit(MAX_PROGRAM);
        let regex = builder.build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => invalid("it needs too much memory; make it shorter"),
            error => {
                invalid(error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: "))
            }
        })?;
        if regex.is_match("") {
            return Err(invalid("it matches every message"));
        }
        let action = match rule.action() {
            FilterAction::Unspecified => FilterAction::Refuse,
            action => action,
        };
        Ok(Self { regex, is_word: !rule.is_regex, action })
    }

    /// Whether a text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if self.is_word { self.regex.is_match(&Plain::of(text).text) } else { self.regex.is_match(text) }
    }

    /// The text with asterisks for each character that matches.
    fn masked(&self, text: &str) -> String {
        let plain = if self.is_word { Plain::of(text) } else { Plain::same(text) };
        let mut chars: Vec<char> = text.chars().collect();
        for found in self.regex.find_iter(&plain.text) {
            for index in plain.origins.get(found.range()).unwrap_or_default() {
                if let Some(c) = chars.get_mut(*index) {
                    *c = '*';
                }
            }
        }
        chars.into_iter().collect()
    }
}

/// The text as the filters of a room let it pass, with as many characters. Fails when one refuses it.
pub(crate) fn filtered(filters: &[Filter], text: String) -> Result<String> {
    let mut text = text;
    for filter in filters.iter().filter(|filter| filter.matches(&text)).collect::<Vec<_>>() {
        match filter.action {
            FilterAction::Mask => text = filter.masked(&text),
            _ => return Err(Error::MessageBlocked),
        }
    }
    Ok(text)
}

/// The expression of a word or phrase. It matches whole words, except in scripts that do not separate them.
fn word(pattern: &str) -> Result<String> {
    let plain = Plain::of(pattern).text;
    let words: Vec<_> = plain.split_whitespace().map(regex::escape).collect();
    let edge =
        |c: Option<char>| if c.is_some_and(|c| c.is_alphanumeric() && !is_dense(c)) { r"\b" } else { "" };
    let trimmed = plain.trim();
    if trimmed.is_empty() {
        return Err(Error::FilterInvalid("it has nothing that can be seen".to_owned()));
    }
    Ok(format!("{}{}{}", edge(trimmed.chars().next()), words.join(r"\s+"), edge(trimmed.chars().next_back())))
}

/// A text without case, accents, width and invisible characters.
struct Plain {
    text: String,
    /// For each byte of `text` the index of the character of the original that it comes from.
    origins: Vec<usize>,
}

impl Plain {
    fn of(text: &str) -> Self {
        let mut plain =
            Self { text: String::with_capacity(text.len()), origins: Vec::with_capacity(text.len()) };
        for (index, c) in text.chars().enumerate().filter(|(_, c)| !is_invisible(*c)) {
            let folded = std::iter::once(c).nfkc().flat_map(char::to_lowercase);
            if is_dense(c) {
                folded.for_each(|c| plain.push(c, index));
            } else {
                folded.nfd().filter(|c| !is_combining_mark(*c)).for_each(|c| plain.push(c, index));
            }
        }
        plain
    }

    fn same(text: &str) -> Self {
        let mut plain =
            Self { text: String::with_capacity(text.len()), origins: Vec::with_capacity(text.len()) };
        text.chars().enumerate().for_each(|(index, c)| plain.push(c, index));
        plain
    }

    fn push(&mut self, c: char, index: usize) {
        self.text.push(c);
        self.origins.resize(self.text.len(), index);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(pattern: &str, is_regex: bool, action: FilterAction) -> Result<Filter> {
        Filter::new(&FilterRule { pattern: pattern.to_owned(), is_regex, action: action.into() })
    }

    fn word(pattern: &str) -> Filter {
        filter(pattern, false, FilterAction::Mask).unwrap()
    }

    #[test]
    fn a_word_is_found_however_it_is_written() {
        for text in ["spoiler", "SPOILER!", "a Spoiler.", "ｓｐｏｉｌｅｒ", "spo\u{200b}iler", "spóiler"]
        {
            assert!(word("Spoiler").matches(text), "{text:?}");
        }
        assert!(!word("ass").matches("glass, assert"), "whole words only");
        assert!(word("big  spoiler").matches("a big spoiler"));
        assert!(word("剧透").matches("请不要剧透吧"), "no spaces, no edges");
        assert!(word("$$$").matches("earn $$$ now"));
    }

    #[test]
    fn masks_keep_the_length_so_that_mentions_stay_in_place() {
        let filters = [word("müll"), filter("s.cret", true, FilterAction::Mask).unwrap()];
        let text = "👍🏽 MULL, secret @Ann";
        let masked = filtered(&filters, text.to_owned()).unwrap();
        assert_eq!(masked, "👍🏽 ****, ****** @Ann");
        assert_eq!(masked.chars().count(), text.chars().count());
        let refuse = [filter("bad", false, FilterAction::Unspecified).unwrap()];
        assert!(matches!(filtered(&refuse, "so bad".into()), Err(Error::MessageBlocked)));
    }

    #[test]
    fn expressions_that_would_explode_are_refused_or_linear() {
        for pattern in ["(", "a{1000}{1000}", "((a{100}){100}){100}", "\\1", "(?=a)", ".*", "", "a?"] {
            assert!(
                matches!(filter(pattern, true, FilterAction::Refuse), Err(Error::FilterInvalid(_))),
                "{pattern}"
            );
        }
        assert!(matches!(filter("\u{200b} ", false, FilterAction::Refuse), Err(Error::FilterInvalid(_))));
        // Exponential in a backtracking engine; the test ends at once here or never.
        let evil = filter("^(a+)+$", true, FilterAction::Refuse).unwrap();
        assert!(!evil.matches(&format!("{}!", "a".repeat(3999))));
    }

    proptest! {
        #[test]
        fn no_pattern_and_no_text_panic(pattern in ".{1,50}", is_regex: bool, text in ".{0,100}") {
            if let Ok(filter) = filter(&pattern, is_regex, FilterAction::Mask) {
                let masked = filtered(&[filter], text.clone()).unwrap();
                prop_assert_eq!(masked.chars().count(), text.chars().count());
            }
        }
    }
}
