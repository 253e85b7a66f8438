//! Where the items and folders of a playlist stand, and where a move puts them.

use ids::{FolderId, ItemId};

use super::Rank;
use crate::error::{Error, Result};

/// Something that has a rank among its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sibling {
    Item(ItemId),
    Folder(FolderId),
}

impl Sibling {
    /// Reads the id of an item or a folder; empty: none.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>> {
        if text.is_empty() {
            return Ok(None);
        }
        let item = || text.parse().map(Self::Item);
        let sibling = text.parse().map(Self::Folder).or_else(|_| item());
        sibling.map(Some).map_err(|_| Error::ItemNotFound(text.to_owned()))
    }

    fn missing(self) -> Error {
        match self {
            Self::Item(item) => Error::ItemNotFound(item.to_string()),
            Self::Folder(folder) => Error::FolderNotFound(folder.to_string()),
        }
    }
}

/// A place that a person names by its neighbours.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish {
    /// What stands in front of it.
    pub(crate) after: Option<Sibling>,
    /// What stands behind it. Counts when `after` is not given, or is gone.
    pub(crate) before: Option<Sibling>,
    /// The folder in which it is the first, without neighbours. `None`: the top level.
    pub(crate) folder: Option<FolderId>,
}

/// A place: a rank in a folder, or on the top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) folder: Option<FolderId>,
    pub(crate) rank: Rank,
}

/// The places of a whole playlist.
#[derive(Debug, Default)]
pub(crate) struct Places(pub(crate) Vec<(Sibling, Place)>);

impl Places {
    /// The place of an item or a folder.
    pub(crate) fn of(&self, sibling: Sibling) -> Result<&Place> {
        let found = self.0.iter().find(|(there, _)| *there == sibling);
        found.map(|(_, place)| place).ok_or_else(|| sibling.missing())
    }

    /// The place behind everything in a folder, or on the top level.
    pub(crate) fn end(&self, folder: Option<FolderId>) -> Result<Place> {
        self.folder(folder)?;
        let last = self.shelf(folder).last().map(|(_, rank)| *rank);
        Ok(Place { folder, rank: Rank::between(last, None) })
    }

    /// Where a move puts something; `None` when it stands there already.
    pub(crate) fn moved(&self, moving: Sibling, wish: Wish) -> Result<Option<Place>> {
        let now = self.of(moving)?;
        if wish.after == Some(moving) || wish.before == Some(moving) {
            return Err(Error::Field {
                field: "after_item_id",
                what: "must be another item than the one that is moved",
            });
        }
        let (folder, after) = self.target(moving, wish)?;
        if folder.is_some() && matches!(moving, Sibling::Folder(_)) {
            return Err(Error::Field {
                field: "after_id",
                what: "must not be in a folder: folders hold items only",
            });
        }
        let siblings = self.shelf(folder);
        let others: Vec<_> = siblings.iter().filter(|(there, _)| *there != moving).collect();
        let at = after
            .map_or(0, |after| others.iter().position(|(there, _)| *there == after).map_or(0, |at| at + 1));
        let (low, high) =
            (at.checked_sub(1).map(|before| others[before].1), others.get(at).map(|(_, rank)| *rank));
        let stays = now.folder == folder
            && low.is_none_or(|low| *low < now.rank)
            && high.is_none_or(|high| now.rank < *high);
        Ok((!stays).then(|| Place { folder, rank: Rank::between(low, high) }))
    }

    /// New ranks for all siblings in a folder, or on the top level, in their order.
    pub(crate) fn spread(&self, folder: Option<FolderId>) -> Vec<(Sibling, Place)> {
        let siblings = self.shelf(folder);
        let ranks = Rank::behind(None, siblings.len());
        siblings
            .into_iter()
            .zip(ranks)
            .map(|((sibling, _), rank)| (sibling, Place { folder, rank }))
            .collect()
    }

    /// Places on the top level for the items of a folder, where the folder stands.
    pub(crate) fn emptied(&self, folder: FolderId) -> Result<Vec<(Sibling, Place)>> {
        let here = &self.of(Sibling::Folder(folder))?.rank;
        let items = self.shelf(Some(folder));
        let behind = self.shelf(None).into_iter().map(|(_, rank)| rank).find(|rank| *rank > here);
        let ranks = Rank::within(Some(here), behind, items.len());
        Ok(items
            .into_iter()
            .zip(ranks)
            .map(|((item, _), rank)| (item, Place { folder: None, rank }))
            .collect())
    }

    /// The folder that a wish means, and what stands there in front of the place; `None`: nothing does.
    fn target(&self, moving: Sibling, wish: Wish) -> Result<(Option<FolderId>, Option<Sibling>)> {
        match (wish.after.map(|after| self.of(after)), wish.before.map(|before| self.of(before))) {
            (Some(Ok(place)), _) => Ok((place.folder, wish.after)),
            (_, Some(Ok(place))) => {
                let siblings = self.shelf(place.folder);
                let mut in_front =
                    siblings.iter().filter(|(there, rank)| *there != moving && **rank < place.rank);
                Ok((place.folder, in_front.next_back().map(|(there, _)| *there)))
            }
            (Some(Err(missing)), _) | (None, Some(Err(missing))) => Err(missing),
            (None, None) => {
                self.folder(wish.folder)?;
                Ok((wish.folder, None))
            }
        }
    }

    /// Everything in a folder, or on the top level, in order.
    fn shelf(&self, folder: Option<FolderId>) -> Vec<(Sibling, &Rank)> {
        let there = self.0.iter().filter(|(_, place)| place.folder == folder);
        let mut siblings: Vec<_> = there.map(|(sibling, place)| (*sibling, &place.rank)).collect();
        siblings.sort_by(|one, other| one.1.cmp(other.1));
        siblings
    }

    fn folder(&self, folder: Option<FolderId>) -> Result<()> {
        folder.map_or(Ok(()), |folder| self.of(Sibling::Folder(folder)).map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn item(number: u128) -> Sibling {
        Sibling::Item(Uuid::from_u128(number).into())
    }

    fn folder(number: u128) -> FolderId {
        Uuid::from_u128(number).into()
    }

    fn top(count: u128) -> Places {
        let ranks = Rank::behind(None, usize::try_from(count).unwrap());
        let placed = (0..count).zip(ranks).map(|(number, rank)| (item(number), Place { folder: None, rank }));
        Places(placed.collect())
    }

    impl Places {
        fn put(&mut self, sibling: Sibling, place: Place) {
            self.0.retain(|(there, _)| *there != sibling);
            self.0.push((sibling, place));
        }

        fn names(&self, folder: Option<FolderId>) -> Vec<Sibling> {
            self.shelf(folder).into_iter().map(|(sibling, _)| sibling).collect()
        }
    }

    proptest! {
        #[test]
        fn a_move_writes_one_rank_and_keeps_the_others_in_order(
            count in 2..40_u128, moves in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index, bool)>(), 1..60),
        ) {
            let mut places = top(count);
            for (moving, neighbour, behind) in moves {
                let before = places.names(None);
                let (moving, neighbour) = (*moving.get(&before), *neighbour.get(&before));
                if moving == neighbour {
                    continue;
                }
                let wish = if behind {
                    Wish { after: Some(neighbour), ..Wish::default() }
                } else {
                    Wish { before: Some(neighbour), ..Wish::default() }
                };
                if let Some(place) = places.moved(moving, wish).unwrap() {
                    places.put(moving, place);
                }
                let now = places.names(None);
                let at = now.iter().position(|there| *there == moving).unwrap();
                prop_assert_eq!(Some(neighbour), if behind { at.checked_sub(1).map(|at| now[at]) } else { now.get(at + 1).copied() });
                let without = |names: &[Sibling]| names.iter().copied().filter(|there| *there != moving).collect::<Vec<_>>();
                prop_assert_eq!(without(&now), without(&before));
                prop_assert_eq!(places.moved(moving, wish).unwrap(), None, "it stands there already");
            }
        }
    }

    #[test]
    fn a_neighbour_that_is_gone_is_replaced_by_the_other_one_or_named() {
        let places = top(3);
        let wish = Wish { after: Some(item(9)), before: Some(item(1)), ..Wish::default() };
        let place = places.moved(item(2), wish).unwrap().unwrap();
        assert!(
            places.of(item(0)).unwrap().rank < place.rank && place.rank < places.of(item(1)).unwrap().rank
        );
        for wish in [
            Wish { after: Some(item(9)), ..Wish::default() },
            Wish { before: Some(item(9)), ..Wish::default() },
            Wish { after: Some(item(9)), before: Some(item(8)), ..Wish::default() },
        ] {
            assert!(matches!(places.moved(item(2), wish), Err(Error::ItemNotFound(_))), "{wish:?}");
        }
        assert!(matches!(places.moved(item(7), Wish::default()), Err(Error::ItemNotFound(_))));
        let nowhere = Wish { folder: Some(folder(1)), ..Wish::default() };
        assert!(matches!(places.moved(item(0), nowhere), Err(Error::FolderNotFound(_))));
        assert!(places.end(Some(folder(1))).is_err());
    }

    #[test]
    fn a_neighbour_leads_into_its_folder_and_a_folder_into_none() {
        let mut places = top(3);
        let shelf = Sibling::Folder(folder(1));
        let place = places.end(None).unwrap();
        places.put(shelf, place);
        let into = Wish { folder: Some(folder(1)), ..Wish::default() };
        let place = places.moved(item(0), into).unwrap().unwrap();
        places.put(item(0), place);
        let beside = Wish { after: Some(item(0)), ..Wish::default() };
        let place = places.moved(item(1), beside).unwrap().unwrap();
        places.put(item(1), place);
        assert_eq!(
            (places.names(Some(folder(1))), places.names(None)),
            (vec![item(0), item(1)], vec![item(2), shelf])
        );
        assert!(places.moved(shelf, beside).is_err(), "folders hold items only");
        let behind = Wish { after: Some(shelf), ..Wish::default() };
        let place = places.moved(item(0), behind).unwrap().unwrap();
        places.put(item(0), place);
        assert_eq!(places.names(None), [item(2), shelf, item(0)]);
    }

    #[test]
    fn siblings_with_new_ranks_keep_their_order() {
        let mut places = top(5);
        let names = places.names(None);
        for (sibling, place) in places.spread(None) {
            places.put(sibling, place);
        }
        assert_eq!(places.names(None), names);
    }
}
