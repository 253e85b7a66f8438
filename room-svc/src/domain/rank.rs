//! Ranks: the positions of items and folders among their siblings. Between any two ranks lies another, so a move writes one
//! row, and concurrent moves do not touch each other.
//!
//! A rank is an integer part, whose first character tells its length, and a fraction, both in base 62. Ranks are compared as
//! bytes. Source: D. Greenspan, "Implementing Fractional Indexing" (observablehq.com/@dgreensp).

use std::{cmp::Ordering, fmt};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A longer rank is a sign of many moves into the same gap: its siblings get new ranks.
const LONGEST: usize = 128;

/// A position among siblings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(String);

impl Rank {
    /// Reads a stored rank; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let length = integer_length(*bytes.first()?)?;
        let is_rank = bytes.len() >= length
            && bytes.iter().all(|byte| DIGITS.contains(byte))
            && (bytes.len() == length || bytes.last() != Some(&b'0'));
        is_rank.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the siblings should get new ranks before another one is put here.
    pub(crate) fn is_long(&self) -> bool {
        self.0.len() > LONGEST
    }

    /// A rank behind `after` and before `before`, which must lie behind `after`; `None`: the end of the list on that side.
    pub(crate) fn between(after: Option<&Self>, before: Option<&Self>) -> Self {
        let bytes = |rank: &Self| rank.0.clone().into_bytes();
        let rank = between(after.map(bytes).as_deref(), before.map(bytes).as_deref());
        Self(rank.into_iter().map(char::from).collect())
    }

    /// `count` ranks behind `after`, in order.
    pub(crate) fn behind(after: Option<&Self>, count: usize) -> Vec<Self> {
        let mut ranks: Vec<Self> = Vec::with_capacity(count);
        for _ in 0..count {
            let next = Self::between(ranks.last().or(after), None);
            ranks.push(next);
        }
        ranks
    }

    /// `count` ranks in a gap, in order, spread over it so that they stay short.
    pub(crate) fn within(after: Option<&Self>, before: Option<&Self>, count: usize) -> Vec<Self> {
        if count == 0 {
            return Vec::new();
        }
        if before.is_none() {
            return Self::behind(after, count);
        }
        let (middle, in_front) = (Self::between(after, before), count / 2);
        let mut ranks = Self::within(after, Some(&middle), in_front);
        let behind = Self::within(Some(&middle), before, count - in_front - 1);
        ranks.push(middle);
        ranks.extend(behind);
        ranks
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn between(after: Option<&[u8]>, before: Option<&[u8]>) -> Vec<u8> {
    match (after, before) {
        (None, None) => b"a0".to_vec(),
        (None, Some(before)) => {
            let (integer, fraction) = split(before);
            if !fraction.is_empty() {
                return integer.to_vec();
            }
            // Nothing lies before the smallest integer. Nobody gets there: it takes 62^26 moves to the front.
            decremented(integer).unwrap_or_else(|| before.to_vec())
        }
        (Some(after), None) => {
            let (integer, fraction) = split(after);
            incremented(integer).unwrap_or_else(|| midpoint_behind(integer, fraction, None))
        }
        (Some(after), Some(before)) => {
            let ((integer, fraction), (integer_before, fraction_before)) = (split(after), split(before));
            if integer == integer_before {
                return midpoint_behind(integer, fraction, Some(fraction_before));
            }
            match incremented(integer) {
                Some(next) if next.as_slice().cmp(before) == Ordering::Less => next,
                _ => midpoint_behind(integer, fraction, None),
            }
        }
    }
}

/// The length of an integer part that begins with this character: `a0` to `az`, `b00` to `bzz` and so on count up, `Zz` to
/// `Z0`, `Yzz` to `Y00` and so on count down.
fn integer_length(head: u8) -> Option<usize> {
    match head {
        b'a'..=b'z' => Some(usize::from(head - b'a') + 2),
        b'A'..=b'Z' => Some(usize::from(b'Z' - head) + 2),
        _ => None,
    }
}

fn split(rank: &[u8]) -> (&[u8], &[u8]) {
    let length = rank.first().and_then(|head| integer_length(*head)).unwrap_or_default();
    rank.split_at(length.min(rank.len()))
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|of| *of == digit).unwrap_or_default()
}

fn joined(head: u8, digits: &[u8], last: &[u8]) -> Vec<u8> {
    [[head].as_slice(), digits, last].concat()
}

/// The next integer; `None` behind the largest.
fn incremented(integer: &[u8]) -> Option<Vec<u8>> {
    let (head, digits) = integer.split_first()?;
    let mut digits = digits.to_vec();
    for digit in digits.iter_mut().rev() {
        let next = value(*digit) + 1;
        if next < DIGITS.len() {
            *digit = DIGITS[next];
            return Some(joined(*head, &digits, b""));
        }
        *digit = b'0';
    }
    match head {
        b'Z' => Some(b"a0".to_vec()),
        b'z' => None,
        b'a'..=b'y' => Some(joined(head + 1, &digits, b"0")),
        _ => Some(joined(head + 1, &digits[1..], b"")),
    }
}

/// The previous integer; `None` before the smallest.
fn decremented(integer: &[u8]) -> Option<Vec<u8>> {
    let (head, digits) = integer.split_first()?;
    let mut digits = digits.to_vec();
    for digit in digits.iter_mut().rev() {
        if let Some(less) = value(*digit).checked_sub(1) {
            *digit = DIGITS[less];
            return Some(joined(*head, &digits, b""));
        }
        *digit = b'z';
    }
    match head {
        b'a' => Some(b"Zz".to_vec()),
        b'A' => None,
        b'B'..=b'Z' => Some(joined(head - 1, &digits, b"z")),
        _ => Some(joined(head - 1, &digits[1..], b"")),
    }
}

fn midpoint_behind(integer: &[u8], after: &[u8], before: Option<&[u8]>) -> Vec<u8> {
    let mut rank = integer.to_vec();
    midpoint(&mut rank, after, before);
    rank
}

/// Appends a fraction between two others to `rank`. It never ends in 0, so there is always one below it.
fn midpoint(rank: &mut Vec<u8>, mut after: &[u8], mut before: Option<&[u8]>) {
    loop {
        let low = after.first().map_or(0, |digit| value(*digit));
        let high = before.and_then(<[u8]>::first).map_or(DIGITS.len(), |digit| value(*digit));
        if low == high {
            // A common prefix.
            rank.push(DIGITS[low]);
            before = before.map(|before| &before[1..]);
        } else if high.saturating_sub(low) > 1 {
            rank.push(DIGITS[(low + high).div_ceil(2)]);
            return;
        } else if let Some(before) = before.filter(|before| before.len() > 1) {
            rank.push(before[0]);
            return;
        } else {
            rank.push(DIGITS[low]);
            before = None;
        }
        after = after.get(1..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rank(text: &str) -> Rank {
        Rank::parse(text).unwrap()
    }

    #[test]
    fn the_examples_of_the_source_hold() {
        for (after, before, expected) in [
            (None, None, "a0"),
            (None, Some("a0"), "Zz"),
            (None, Some("Zz"), "Zy"),
            (Some("a0"), None, "a1"),
            (Some("az"), None, "b00"),
            (Some("a0"), Some("a1"), "a0V"),
            (Some("a1"), Some("a2"), "a1V"),
            (Some("a0V"), Some("a1"), "a0l"),
            (Some("Zz"), Some("a0"), "ZzV"),
            (Some("Zz"), Some("a1"), "a0"),
            (None, Some("Y00"), "Xzzz"),
            (Some("bzz"), None, "c000"),
            (Some("a0"), Some("a0V"), "a0G"),
            (Some("a0"), Some("a0G"), "a08"),
            (Some("b125"), Some("b129"), "b127"),
            (Some("a0"), Some("a1V"), "a1"),
            (None, Some("a0V"), "a0"),
            (None, Some("b999"), "b99"),
        ] {
            let (after, before) = (after.map(rank), before.map(rank));
            let found = Rank::between(after.as_ref(), before.as_ref());
            assert_eq!(found.as_str(), expected, "{after:?} {before:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_rank_is_refused() {
        for text in ["", "0", "a", "a0-", "a00", "b0", "é0", " a0"] {
            assert_eq!(Rank::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_playlist_has_short_ranks() {
        let ranks = Rank::behind(None, 10_000);
        assert!(ranks.is_sorted() && ranks.iter().all(|rank| rank.as_str().len() <= 4));
    }

    proptest! {
        #[test]
        fn between_two_ranks_lies_another(places in prop::collection::vec(any::<prop::sample::Index>(), 1..300)) {
            let mut ranks: Vec<Rank> = Vec::new();
            for place in places {
                let at = place.index(ranks.len() + 1);
                let new = Rank::between(at.checked_sub(1).map(|before| &ranks[before]), ranks.get(at));
                prop_assert_eq!(Rank::parse(new.as_str()), Some(new.clone()));
                ranks.insert(at, new);
                prop_assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ranks);
            }
        }

        #[test]
        fn one_gap_takes_hundreds_of_moves(front: bool) {
            let (mut low, mut high) = (rank("a0"), rank("a1"));
            for _ in 0..500 {
                let new = Rank::between(Some(&low), Some(&high));
                prop_assert!(low < new && new < high);
                if front { high = new } else { low = new }
            }
            prop_assert!(!low.is_long() && !high.is_long());
        }
    }
}
