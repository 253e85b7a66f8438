//! Puts an item on the playlist.

use ids::ItemId;
use proto::{
    common::v1::Identity,
    room::v1::{Permission, PlaylistChange, Source, room_event::Kind},
};

use super::{App, get_access::access, request_id};
use crate::{
    domain::{Item, RoomKey},
    error::{Error, Result},
    store::{items, outbox, rooms},
};

impl App {
    /// Puts a source at the end of the playlist. The same request of the same person again gives the same item.
    pub(crate) async fn append_item(
        &self,
        caller: &Identity,
        room: &RoomKey,
        title: String,
        source: Source,
        request: &str,
    ) -> Result<Item> {
        let now = self.clock.now();
        let request = request_id(request);
        let mut tx = pg::begin(&self.pool).await?;
        let id = rooms::lock(&mut tx, room).await?;
        access(&mut *tx, caller, &id.into()).await?.need(Permission::AddMedia)?;
        if let Some(request) = request
            && let Some(item) = items::added_by(&mut tx, id, &caller.subject_id, request).await?
        {
            return Ok(item);
        }
        if items::order(&mut tx, id).await?.len() >= self.max_items {
            return Err(Error::PlaylistFull(self.max_items));
        }
        let item = Item {
            id: ItemId::new(),
            title,
            source,
            added_by: caller.subject_id.clone(),
            added_at: now,
            duration_us: 0,
        };
        let start_us = item.source.start_us;
        items::append(&mut tx, id, &item, request).await?;
        let version = rooms::next_playlist_version(&mut tx, id).await?;
        let change =
            PlaylistChange { item_id: item.id.to_string(), version, start_us, ..PlaylistChange::default() };
        outbox::append(&mut tx, id, Kind::ItemAdded(change), now).await?;
        self.commit(tx).await?;
        Ok(item)
    }
}
