//! The playlist and its order.

use chrono::{DateTime, Utc};
use ids::ItemId;
use proto::room::v1::{self as wire, Source};

use super::timestamp;

/// One entry.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: ItemId,
    pub(crate) title: String,
    pub(crate) source: Source,
    pub(crate) added_by: String,
    pub(crate) added_at: DateTime<Utc>,
    pub(crate) duration_us: i64,
}

impl From<Item> for wire::Item {
    fn from(item: Item) -> Self {
        Self {
            id: item.id.to_string(),
            title: item.title,
            source: Some(item.source),
            added_by: item.added_by,
            added_at: Some(timestamp(item.added_at)),
            duration_us: item.duration_us,
        }
    }
}

/// The order with `item` put behind `after`, or in front; `Err` names the one that is not there.
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

/// The item behind `item`, as events name it: empty at the end.
pub(crate) fn behind(order: &[ItemId], item: ItemId) -> String {
    let next = order.iter().position(|id| *id == item).and_then(|place| order.get(place + 1));
    next.map(ToString::to_string).unwrap_or_default()
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
    fn what_is_not_there_is_named() {
        assert_eq!(moved(&[id(1)], id(2), None), Err(id(2)));
        assert_eq!(moved(&[id(1), id(2)], id(2), Some(id(3))), Err(id(3)));
    }
}
