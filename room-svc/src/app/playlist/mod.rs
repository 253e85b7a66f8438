//! The playlist. Every change of it ends with [`Unit::playlist_changed`] or [`Unit::playlist_replaced`], which count its version.

mod append;
mod clear;
mod folders;
mod history;
mod move_item;
mod read;
mod remove;
mod saved_queues;
mod tracks;
mod update;
mod update_asset;
mod vote;

use ids::{ItemId, RoomId};
use proto::room::v1::{Permission, PlaylistChange, PlaylistReplaced, QueuePolicy, room_event::Kind};
use sqlx::PgConnection;

pub(crate) use append::NewItem;
pub(crate) use read::{Followed, Playlist};

use super::unit::Unit;
use crate::{
    domain::{Item, Order, Place, Places, Sibling, Step, Wish, following},
    error::{Error, Result},
    store::{items, places, rooms},
};

impl Unit<'_> {
    /// The item, if the playlist has it.
    async fn item(&mut self, id: ItemId) -> Result<Item> {
        let room = self.room_id();
        items::find(self.db(), room, id).await?.ok_or_else(|| Error::ItemNotFound(id.to_string()))
    }

    /// Allows a change of an item to everyone with `permission`, and to the person who added it with `edit_own_media`.
    fn need_for(&self, item: &Item, permission: Permission) -> Result<()> {
        let member = self.member()?;
        if item.added_by == member.subject_id && member.need(Permission::EditOwnMedia).is_ok() {
            return Ok(());
        }
        member.need(permission)
    }

    /// The places of everything in the playlist.
    async fn places(&mut self) -> Result<Places> {
        let room = self.room_id();
        places::all(self.db(), room).await
    }

    /// Puts an item or a folder where a wish says. Returns whether that changed anything.
    async fn place(&mut self, moving: Sibling, wish: Wish) -> Result<bool> {
        let Some(mut place) = self.places().await?.moved(moving, wish)? else { return Ok(false) };
        if place.rank.is_long() {
            let spread = self.places().await?.spread(place.folder);
            places::set(self, spread).await?;
            match self.places().await?.moved(moving, wish)? {
                Some(shorter) => place = shorter,
                None => return Ok(true),
            }
        }
        places::set(self, vec![(moving, place)]).await?;
        Ok(true)
    }

    /// Counts a change of one item, announces it and commits.
    async fn playlist_changed(
        mut self,
        kind: fn(PlaylistChange) -> Kind,
        change: PlaylistChange,
    ) -> Result<()> {
        let version = rooms::next_playlist_version(&mut self).await?;
        self.commit(kind(PlaylistChange { version, ..change })).await
    }

    /// Counts a change of many items or of folders, announces it and commits.
    async fn playlist_replaced(mut self) -> Result<()> {
        let version = rooms::next_playlist_version(&mut self).await?;
        let room = self.room_id();
        let first = items::first(self.db(), room).await?;
        let first_start_us = first.as_ref().map_or(0, |item| item.source.start_us);
        let first_item_id = first.map(|item| item.id.to_string()).unwrap_or_default();
        self.commit(Kind::PlaylistReplaced(PlaylistReplaced { version, first_item_id, first_start_us })).await
    }
}

/// The item to which a step from `from` leads. Reads what [`following`] decides by.
async fn following_id(
    db: &mut PgConnection,
    room: RoomId,
    queue: &QueuePolicy,
    from: ItemId,
    step: Step,
) -> Result<Option<ItemId>> {
    let order = Order { mode: queue.mode(), seed: queue.shuffle_seed };
    Ok(following(&items::entries(db, room).await?, order, from, step))
}

/// The change of an item behind which `next` plays.
fn change_of(item: ItemId, next: Option<ItemId>) -> PlaylistChange {
    let next_item_id = next.map(|next| next.to_string()).unwrap_or_default();
    PlaylistChange { item_id: item.to_string(), next_item_id, ..PlaylistChange::default() }
}

/// Ranks for `count` new items at the end of a folder, or of the top level.
fn ends(places: &Places, folder: Option<ids::FolderId>, count: usize) -> Result<Vec<Place>> {
    let first = places.end(folder)?;
    let rest = crate::domain::Rank::behind(Some(&first.rank), count.saturating_sub(1));
    let ranks = std::iter::once(first.rank).chain(rest).take(count);
    Ok(ranks.map(|rank| Place { folder, rank }).collect())
}
