//! Clears the playlist, and takes that back.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use ids::{ClearId, ItemId};
use proto::room::v1::Permission;

use super::ends;
use crate::{
    app::App,
    domain::{Caller, Place, Places, RoomKey, Sibling},
    error::{Error, Result},
    store::{cleared, items, places},
};

/// How long a clear can be undone.
const UNDO_FOR: TimeDelta = TimeDelta::minutes(10);

/// What a clear removed.
pub(crate) struct Cleared {
    pub(crate) id: ClearId,
    pub(crate) removed: u64,
    pub(crate) undo_until: DateTime<Utc>,
}

impl App {
    /// Removes all items and folders, except for one item. `None`: there was nothing to remove.
    pub(crate) async fn clear_playlist(
        &self,
        caller: &Caller,
        room: &RoomKey,
        keep: Option<ItemId>,
    ) -> Result<Option<Cleared>> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ClearPlaylist)?;
        let places = unit.places().await?;
        let is_kept = |sibling: Sibling| keep.is_some_and(|keep| sibling == Sibling::Item(keep));
        if places.0.iter().all(|(sibling, _)| is_kept(*sibling)) {
            return Ok(None);
        }
        let (id, undo_until) = (ClearId::new(), unit.now() + UNDO_FOR);
        let removed = cleared::clear(&mut unit, id, keep).await?;
        unit.playlist_replaced().await?;
        Ok(Some(Cleared { id, removed, undo_until }))
    }

    /// Puts back what the last clear removed, in front of what was added since. Returns the number of items that are back.
    pub(crate) async fn undo_clear(&self, caller: &Caller, room: &RoomKey, clear: ClearId) -> Result<u64> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ClearPlaylist)?;
        let (id, since) = (unit.room_id(), unit.now() - UNDO_FOR);
        let old = cleared::items(unit.db(), id, clear, since).await?.ok_or(Error::UndoExpired)?;
        let (present, _) = items::count(unit.db(), id, caller.id).await?;
        let old: HashSet<_> = old.into_iter().map(Sibling::Item).collect();
        let (_, new): (Vec<_>, Vec<_>) =
            unit.places().await?.0.into_iter().partition(|(sibling, _)| old.contains(sibling));
        let kept = present - new.iter().filter(|(sibling, _)| matches!(sibling, Sibling::Item(_))).count();
        if present + old.len() - kept > self.max_items {
            return Err(Error::PlaylistFull(self.max_items));
        }
        let restored = cleared::restore(&mut unit).await?;
        let mut places = unit.places().await?;
        let behind = moved_behind(&mut places, new)?;
        places::set(&mut unit, behind).await?;
        unit.playlist_replaced().await?;
        Ok(restored)
    }
}

/// The places of what was added since the clear: behind everything else, in its order.
fn moved_behind(places: &mut Places, mut new: Vec<(Sibling, Place)>) -> Result<Vec<(Sibling, Place)>> {
    new.retain(|(_, place)| place.folder.is_none());
    new.sort_by(|one, other| one.1.rank.cmp(&other.1.rank));
    places.0.retain(|(sibling, _)| !new.iter().any(|(moved, _)| moved == sibling));
    let ends = ends(places, None, new.len())?;
    Ok(new.into_iter().map(|(sibling, _)| sibling).zip(ends).collect())
}
