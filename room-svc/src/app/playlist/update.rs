//! Changes the title and the note of an item.

use ids::ItemId;
use proto::room::v1::{Permission, UpdateItemRequest, room_event::Kind};

use super::change_of;
use crate::{
    app::App,
    domain::{Caller, Item, RoomKey, visible},
    error::{Error, Result},
    store::items,
};

/// What a mask of `UpdateItem` may name.
const PATHS: &str = "title or note";

impl App {
    /// Changes what the request's mask names, for those who arrange the playlist, and for the person who added the item.
    /// Without a difference nothing happens.
    pub(crate) async fn update_item(
        &self,
        caller: &Caller,
        room: &RoomKey,
        item: ItemId,
        request: &UpdateItemRequest,
    ) -> Result<Item> {
        let change = Change::of(request)?;
        let mut unit = self.open(room, caller).await?;
        unit.member()?;
        let found = unit.item(item).await?;
        unit.need_for(&found, Permission::ReorderPlaylist)?;
        let title = change.title.unwrap_or(&found.title).to_owned();
        let note = change.note.unwrap_or(&found.note).to_owned();
        if (&title, &note) == (&found.title, &found.note) {
            return Ok(found);
        }
        let changed = Item { title, note, ..found };
        items::set_texts(&mut unit, &changed).await?;
        unit.playlist_changed(Kind::ItemUpdated, change_of(item, None)).await?;
        Ok(changed)
    }
}

/// The texts that change.
#[derive(Default)]
struct Change<'a> {
    title: Option<&'a str>,
    note: Option<&'a str>,
}

impl<'a> Change<'a> {
    /// Without a mask, every field that has a value.
    fn of(request: &'a UpdateItemRequest) -> Result<Self> {
        let paths = request.update_mask.as_ref().map_or(&[][..], |mask| mask.paths.as_slice());
        let mut change = Self::default();
        if paths.is_empty() {
            change.title = Some(request.title.as_str())
                .filter(|title| !title.is_empty())
                .map(|title| visible("title", title))
                .transpose()?;
            change.note = Some(request.note.trim()).filter(|note| !note.is_empty());
        }
        for path in paths {
            match path.as_str() {
                "title" => change.title = Some(visible("title", &request.title)?),
                "note" => change.note = Some(request.note.trim()),
                unknown => return Err(Error::MaskPath { path: unknown.to_owned(), known: PATHS.to_owned() }),
            }
        }
        Ok(change)
    }
}
