//! The playlist: its items, their order, and what plays next.

use chrono::{DateTime, Utc};
use ids::{AssetId, ItemId, SubjectId};
use proto::room::v1::{self as wire, Direction, FollowReason, Source};

use super::timestamp;

/// One entry of a playlist.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: ItemId,
    pub(crate) title: String,
    pub(crate) source: Source,
    /// None for an item older than assets.
    pub(crate) asset: Option<AssetId>,
    pub(crate) added_by: SubjectId,
    pub(crate) added_at: DateTime<Utc>,
    pub(crate) duration_us: i64,
}

impl From<Item> for wire::Item {
    fn from(item: Item) -> Self {
        Self {
            id: item.id.to_string(),
            title: item.title,
            source: Some(item.source),
            added_by: item.added_by.to_string(),
            added_at: Some(timestamp(item.added_at)),
            duration_us: item.duration_us,
            asset_id: item.asset.map(|asset| asset.to_string()).unwrap_or_default(),
        }
    }
}

/// The order with `item` behind `after`, or in front. The error is the id that the order does not have.
pub(crate) fn moved(order: &[ItemId], item: ItemId, after: Option<ItemId>) -> Result<Vec<ItemId>, ItemId> {
    if !order.contains(&item) {
        return Err(item);
    }
    let mut rest: Vec<_> = order.iter().copied().filter(|id| *id != item).collect();
    let place = match after {
        None => 0,
        Some(after) => rest.iter().position(|id| *id == after).ok_or(after)? + 1,
    };
    rest.insert(place, item);
    Ok(rest)
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

/// The item to which a step from `from` leads; `None` where the playlist ends, or does not have `from`. The only place
/// that decides what plays next: a queue mode is a branch here.
pub(crate) fn following(order: &[ItemId], from: ItemId, step: Step) -> Option<ItemId> {
    let here = order.iter().position(|id| *id == from)?;
    let there = match step {
        Step::Ended | Step::Removed | Step::Next => here + 1,
        Step::Previous => here.checked_sub(1)?,
    };
    order.get(there).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> ItemId {
        Uuid::from_u128(number).into()
    }

    proptest! {
        #[test]
        fn a_move_keeps_the_others_in_order(count in 1..40_u128, item: prop::sample::Index, after: Option<prop::sample::Index>) {
            let order: Vec<_> = (0..count).map(id).collect();
            let item = *item.get(&order);
            let after = after.map(|after| *after.get(&order)).filter(|after| *after != item);
            let new = moved(&order, item, after).unwrap();
            let without = |list: &[ItemId]| list.iter().copied().filter(|id| *id != item).collect::<Vec<_>>();
            prop_assert_eq!(without(&new), without(&order));
            let before_it = new.iter().take_while(|id| **id != item).last().copied();
            prop_assert_eq!(before_it, after);
            prop_assert_eq!(new.len(), order.len());
        }
    }

    #[test]
    fn a_move_names_the_missing_item() {
        assert_eq!(moved(&[id(1)], id(2), None), Err(id(2)));
        assert_eq!(moved(&[id(1), id(2)], id(2), Some(id(3))), Err(id(3)));
    }

    #[test]
    fn a_step_returns_the_neighbour_and_nothing_past_either_end() {
        let order = [id(1), id(2), id(3)];
        for step in [Step::Ended, Step::Removed, Step::Next] {
            let steps = [1, 2, 3, 4].map(|from| following(&order, id(from), step));
            assert_eq!(steps, [Some(id(2)), Some(id(3)), None, None], "{step:?}");
        }
        let back = [1, 2, 3, 4].map(|from| following(&order, id(from), Step::Previous));
        assert_eq!(back, [None, Some(id(1)), Some(id(2)), None]);
    }
}
