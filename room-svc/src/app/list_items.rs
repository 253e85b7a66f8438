//! Lists the playlist.

use proto::common::v1::Identity;

use super::{App, get_access::access};
use crate::{
    domain::{Item, RoomKey},
    error::Result,
    store::items,
};

impl App {
    /// The whole playlist, for members, and its version.
    pub(crate) async fn list_items(&self, caller: &Identity, room: &RoomKey) -> Result<(Vec<Item>, i64)> {
        let mut tx = pg::begin(&self.pool).await?;
        // The version and the items of one moment, or a client would take an old list for the new version.
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *tx).await?;
        let access = access(&mut *tx, caller, room).await?;
        let items = items::list(&mut *tx, access.room.id).await?;
        Ok((items, access.room.playlist_version))
    }
}
