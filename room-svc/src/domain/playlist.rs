//! What plays next.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ids::{ItemId, SubjectId};
use proto::room::v1::{Direction, FollowReason, QueueMode};

#[cfg(test)]
mod tests;

/// An item of the playlist, as far as the order of playing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: ItemId,
    pub(crate) added_by: SubjectId,
    /// When the room last began to play it.
    pub(crate) played_at: Option<DateTime<Utc>>,
    /// Votes that it plays next.
    pub(crate) votes: i64,
}

/// A step from an item of the playlist to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The item played to its end.
    Ended,
    /// The item is about to leave the playlist.
    Removed,
    /// A person skips to the next item.
    Next,
    /// A person goes back to the previous item.
    Previous,
}

impl Step {
    /// The step that a request names. The contract requires both values.
    pub(crate) fn of(direction: Direction, reason: FollowReason) -> Self {
        match (direction, reason) {
            (Direction::Previous, _) => Self::Previous,
            (_, FollowReason::Ended) => Self::Ended,
            _ => Self::Next,
        }
    }
}

/// How a room goes through its playlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) mode: QueueMode,
    /// Chooses the order of a shuffled playlist.
    pub(crate) seed: i64,
}

/// The item to which a step from `from` leads; `None` where nothing follows, or the playlist does not have `from`. The only
/// place that decides what plays next: a queue mode is a branch here. `entries` are in the order of the playlist.
pub(crate) fn following(entries: &[Entry], order: Order, from: ItemId, step: Step) -> Option<ItemId> {
    let here = entries.iter().position(|entry| entry.id == from)?;
    let next = match (order.mode, step) {
        (QueueMode::LoopOne, Step::Ended) => Some(from),
        (QueueMode::LoopAll, Step::Previous) => around(entries, here, -1),
        (QueueMode::LoopAll, _) => around(entries, here, 1),
        (QueueMode::Shuffle, Step::Previous) => shuffled(entries, order.seed, from, -1),
        (QueueMode::Shuffle, _) => shuffled(entries, order.seed, from, 1),
        (QueueMode::Vote | QueueMode::Turns, Step::Previous) => played_before(entries, here),
        (QueueMode::Vote, _) => most_voted(entries, from).or_else(|| unplayed_behind(entries, here)),
        (QueueMode::Turns, _) => in_turn(entries, here),
        (_, Step::Previous) => here.checked_sub(1).map(|before| entries[before].id),
        (_, _) => entries.get(here + 1).map(|entry| entry.id),
    };
    // An item that leaves the playlist does not follow itself.
    next.filter(|next| *next != from || step != Step::Removed)
}

/// The neighbour in a playlist whose end is joined to its beginning.
fn around(entries: &[Entry], here: usize, by: isize) -> Option<ItemId> {
    let count = entries.len();
    entries.get((here + count).checked_add_signed(by)?.checked_rem(count)?).map(|entry| entry.id)
}

/// The neighbour in a fixed random order. The place of an item depends on the seed and its id alone, so changes of the
/// playlist leave the order of the others as it is, and a round plays each item once.
fn shuffled(entries: &[Entry], seed: i64, from: ItemId, by: isize) -> Option<ItemId> {
    let mut shuffled = entries.to_vec();
    shuffled.sort_by_cached_key(|entry| (scattered(seed, entry.id), entry.id));
    let here = shuffled.iter().position(|entry| entry.id == from)?;
    around(&shuffled, here, by)
}

/// A number that looks random and is the same in every version: the finalizer of splitmix64 (S. Vigna).
fn scattered(seed: i64, id: ItemId) -> u64 {
    let (high, low) = id.uuid().as_u64_pair();
    [high, low].iter().fold(seed.cast_unsigned(), |mixed, half| {
        let mixed = (mixed ^ half).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

/// The item with most votes; of several the first.
fn most_voted(entries: &[Entry], from: ItemId) -> Option<ItemId> {
    let voted = entries.iter().filter(|entry| entry.id != from && entry.votes > 0);
    // Reversed: `max_by_key` returns the last of several.
    voted.rev().max_by_key(|entry| entry.votes).map(|entry| entry.id)
}

/// The first item behind `here` that the room has not played, or else the first one before it.
fn unplayed_behind(entries: &[Entry], here: usize) -> Option<ItemId> {
    let (before, behind) = entries.split_at(here);
    let rest = behind.iter().skip(1).chain(before);
    rest.filter(|entry| entry.played_at.is_none()).map(|entry| entry.id).next()
}

/// The item that the room played before the one at `here`.
fn played_before(entries: &[Entry], here: usize) -> Option<ItemId> {
    let from = &entries[here];
    let others = entries.iter().filter(|entry| entry.id != from.id && entry.played_at.is_some());
    let earlier = others.filter(|entry| from.played_at.is_none() || entry.played_at < from.played_at);
    earlier.max_by_key(|entry| entry.played_at).map(|entry| entry.id)
}

/// The first unplayed item of the person who has waited longest. The person of the item at `here` has not waited at all, and
/// of those who were never heard the one whose item stands first is next.
fn in_turn(entries: &[Entry], here: usize) -> Option<ItemId> {
    let mut heard: HashMap<SubjectId, Option<DateTime<Utc>>> = HashMap::new();
    for entry in entries {
        let last = heard.entry(entry.added_by).or_default();
        *last = entry.played_at.max(*last);
    }
    let from = &entries[here];
    let waiting = entries.iter().filter(|entry| entry.id != from.id && entry.played_at.is_none());
    // `min_by_key` returns the first of several, and `None` comes before every time.
    waiting
        .min_by_key(|entry| (entry.added_by == from.added_by, heard.get(&entry.added_by).copied().flatten()))
        .map(|entry| entry.id)
}
