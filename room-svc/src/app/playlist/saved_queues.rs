//! Playlists that people keep beyond a room.

use ids::SavedQueueId;
use proto::room::v1::{self as wire, GetSavedQueueResponse, Permission};

use super::NewItem;
use crate::{
    app::App,
    domain::{Caller, Item, RoomKey, SavedQueue, visible},
    error::{Error, Result},
    store::{items, saved_queues},
};

impl App {
    /// Saves the playlist of a room for the caller, who is a member of it.
    pub(crate) async fn save_queue(
        &self,
        caller: &Caller,
        room: &RoomKey,
        name: &str,
    ) -> Result<wire::SavedQueue> {
        let name = visible("name", name)?.to_owned();
        let access = self.get_access(caller, room).await?;
        let items = items::list(&self.pool, access.room.id).await?;
        if items.is_empty() {
            return Err(Error::Field { field: "room", what: "must have an item in its playlist" });
        }
        let queue = SavedQueue { name, items: items.into_iter().map(SavedQueue::item).collect() };
        let mut tx = pg::begin(&self.pool).await?;
        let saved = saved_queues::save(&mut tx, caller.id, &queue, self.clock.now()).await?;
        tx.commit().await?;
        saved.ok_or(Error::TooManySavedQueues(saved_queues::MOST))
    }

    /// The caller's saved queues.
    pub(crate) async fn list_saved_queues(&self, caller: &Caller) -> Result<Vec<wire::SavedQueue>> {
        saved_queues::list(&self.pool, caller.id).await
    }

    /// One of the caller's saved queues, with its items.
    pub(crate) async fn get_saved_queue(&self, caller: &Caller, id: &str) -> Result<GetSavedQueueResponse> {
        let unknown = || Error::SavedQueueNotFound(id.to_owned());
        let queue: SavedQueueId = id.parse().map_err(|_| unknown())?;
        saved_queues::find(&self.pool, caller.id, queue).await?.ok_or_else(unknown)
    }

    /// Adds the items of a saved queue to the end of a playlist, all or none.
    pub(crate) async fn load_queue(&self, caller: &Caller, room: &RoomKey, id: &str) -> Result<Vec<Item>> {
        self.get_access(caller, room).await?.member.need(Permission::AddMedia)?;
        let stored = self.get_saved_queue(caller, id).await?;
        let new = stored.items.into_iter().map(|item| NewItem {
            title: item.title,
            source: item.source.unwrap_or_default(),
            asset: item.asset_id.parse().ok(),
            duration_us: item.duration_us,
            note: item.note,
            preparation: None,
            request_id: "",
        });
        self.append_all(caller, room, new.collect()).await
    }

    /// Deletes one of the caller's saved queues.
    pub(crate) async fn delete_saved_queue(&self, caller: &Caller, id: &str) -> Result<()> {
        match id.parse() {
            Ok(queue) => saved_queues::delete(&self.pool, caller.id, queue).await,
            // An invalid id names no saved queue.
            Err(_) => Ok(()),
        }
    }
}
