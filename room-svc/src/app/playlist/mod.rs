//! The playlist. Every change of it ends with [`Unit::playlist_changed`], which counts its version.

mod append;
mod move_item;
mod read;
mod remove;
mod retitle;
mod update_asset;

use ids::{ItemId, RoomId};
use proto::room::v1::{Permission, PlaylistChange, room_event::Kind};
use sqlx::PgConnection;

pub(crate) use append::NewItem;

use super::unit::Unit;
use crate::{
    domain::{Item, Step, following},
    error::{Error, Result},
    store::{items, rooms},
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

    /// Counts a change of the playlist, announces it and commits.
    async fn playlist_changed(
        mut self,
        kind: fn(PlaylistChange) -> Kind,
        change: PlaylistChange,
    ) -> Result<()> {
        let version = rooms::next_playlist_version(&mut self).await?;
        self.commit(kind(PlaylistChange { version, ..change })).await
    }
}

/// The item to which a step from `from` leads. Reads what [`following`] decides by: the order now, a queue mode later.
async fn following_id(
    db: &mut PgConnection,
    room: RoomId,
    from: ItemId,
    step: Step,
) -> Result<Option<ItemId>> {
    Ok(following(&items::order(db, room).await?, from, step))
}

/// The change of an item behind which `next` plays.
fn change_of(item: ItemId, next: Option<ItemId>) -> PlaylistChange {
    let next_item_id = next.map(|next| next.to_string()).unwrap_or_default();
    PlaylistChange { item_id: item.to_string(), next_item_id, ..PlaylistChange::default() }
}
