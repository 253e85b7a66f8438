//! Folders.

use ids::FolderId;
use proto::room::v1::Permission;

use crate::{
    app::App,
    domain::{Caller, Folder, RoomKey, Sibling, Wish, visible},
    error::{Error, Result},
    store::{folders, places},
};

/// Folders in a playlist at most.
const MOST_FOLDERS: usize = 100;

impl App {
    /// Creates a folder at the end of the playlist.
    pub(crate) async fn create_folder(&self, caller: &Caller, room: &RoomKey, title: &str) -> Result<Folder> {
        let title = visible("title", title)?.to_owned();
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ReorderPlaylist)?;
        let places = unit.places().await?;
        let count = places.0.iter().filter(|(sibling, _)| matches!(sibling, Sibling::Folder(_))).count();
        if count >= MOST_FOLDERS {
            return Err(Error::TooManyFolders(MOST_FOLDERS));
        }
        let folder = Folder { id: FolderId::new(), title, rank: places.end(None)?.rank };
        folders::insert(&mut unit, &folder).await?;
        unit.playlist_replaced().await?;
        Ok(folder)
    }

    /// Changes the title of a folder.
    pub(crate) async fn update_folder(
        &self,
        caller: &Caller,
        room: &RoomKey,
        folder: FolderId,
        title: &str,
    ) -> Result<Folder> {
        let title = visible("title", title)?.to_owned();
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ReorderPlaylist)?;
        let id = unit.room_id();
        let found = folders::list(unit.db(), id).await?.into_iter().find(|found| found.id == folder);
        let found = found.ok_or_else(|| Error::FolderNotFound(folder.to_string()))?;
        if found.title == title {
            return Ok(found);
        }
        folders::set_title(&mut unit, folder, &title).await?;
        unit.playlist_replaced().await?;
        Ok(Folder { title, ..found })
    }

    /// Puts a folder behind something on the top level or, without it, to the front.
    pub(crate) async fn move_folder(
        &self,
        caller: &Caller,
        room: &RoomKey,
        folder: FolderId,
        after: Option<Sibling>,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ReorderPlaylist)?;
        if unit.place(Sibling::Folder(folder), Wish { after, ..Wish::default() }).await? {
            unit.playlist_replaced().await?;
        }
        Ok(())
    }

    /// Removes a folder. Its items take its place.
    pub(crate) async fn remove_folder(
        &self,
        caller: &Caller,
        room: &RoomKey,
        folder: FolderId,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ReorderPlaylist)?;
        let places = unit.places().await?;
        let items = places.emptied(folder)?;
        places::set(&mut unit, items).await?;
        folders::remove(&mut unit, folder).await?;
        unit.playlist_replaced().await
    }
}
