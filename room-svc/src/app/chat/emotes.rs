//! The emotes of a room.

use proto::room::v1::{Emote, EmotesChanged, Permission, room_event::Kind};
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    domain::{Caller, RoomKey, image_type},
    error::{Error, Result},
    store::chat::emotes,
};

/// Emotes of one room.
const MOST: usize = 50;
/// Largest image in bytes. In base64 it fits into the body of a call.
const MAX_IMAGE: usize = 32 * 1024;

impl App {
    /// Adds an emote, or replaces the image of one.
    pub(crate) async fn put_emote(
        &self,
        caller: &Caller,
        room: &RoomKey,
        name: &str,
        image: &[u8],
    ) -> Result<Emote> {
        if image.len() > MAX_IMAGE {
            return Err(Error::EmoteInvalid("it is larger than 32 KiB"));
        }
        let content_type = image_type(image).ok_or(Error::EmoteInvalid("it is no PNG, GIF or WebP image"))?;
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        let id = unit.room_id();
        let present = emotes::list(unit.db(), id).await?;
        if present.len() >= MOST && present.iter().all(|emote| emote.name != name) {
            return Err(Error::ChatListFull { list: "emotes", max: MOST });
        }
        let digest = format!("{:x}", Sha256::digest(image));
        let added_by = caller.id.to_string();
        let emote = Emote { name: name.to_owned(), content_type: content_type.to_owned(), digest, added_by };
        emotes::put(&mut unit, &emote, image).await?;
        unit.commit(Kind::EmotesChanged(EmotesChanged {})).await?;
        Ok(emote)
    }

    /// The emotes by name, without their images.
    pub(crate) async fn list_emotes(&self, caller: &Caller, room: &RoomKey) -> Result<Vec<Emote>> {
        let access = self.get_access(caller, room).await?;
        emotes::list(&self.pool, access.room.id).await
    }

    /// An emote with its image.
    pub(crate) async fn get_emote(
        &self,
        caller: &Caller,
        room: &RoomKey,
        name: &str,
    ) -> Result<(Emote, Vec<u8>)> {
        let access = self.get_access(caller, room).await?;
        emotes::get(&self.pool, access.room.id, name).await?.ok_or(Error::EmoteNotFound)
    }

    /// Deletes an emote.
    pub(crate) async fn delete_emote(&self, caller: &Caller, room: &RoomKey, name: &str) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        if emotes::delete(&mut unit, name).await? {
            unit.commit(Kind::EmotesChanged(EmotesChanged {})).await
        } else {
            Ok(())
        }
    }
}
