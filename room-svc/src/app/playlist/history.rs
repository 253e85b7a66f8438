//! What a room has played.

use ids::{ItemId, PlayId, RoomId};
use proto::room::v1::{ItemVotes, ListHistoryRequest, Permission, room_event::Kind};
use uuid::Uuid;

use super::{NewItem, change_of};
use crate::{
    app::{App, page_limit},
    domain::{Caller, Item, List, PageToken, Play, RoomKey, resume_us},
    error::{Error, Result},
    store::{items, plays},
};

impl App {
    /// Stores where a room left an item, and that another one began. Idempotent on the id of the entry.
    pub(crate) async fn record_play(
        &self,
        room: RoomId,
        left: Option<(ItemId, i64)>,
        began: Option<(ItemId, PlayId)>,
    ) -> Result<()> {
        let mut unit = match self.open_for_service(&room.into()).await {
            Err(Error::RoomNotFound(_)) => return Ok(()),
            opened => opened?,
        };
        let mut resumed = None;
        if let Some((item, left_at_us)) = left
            && let Some(found) = items::find(unit.db(), room, item).await?
            && plays::set_resume(&mut unit, item, resume_us(left_at_us, found.duration_us)).await?
        {
            resumed = Some(item);
        }
        let began = match began {
            Some((item, id)) => items::find(unit.db(), room, item).await?.map(|item| (item, id)),
            None => None,
        };
        if let Some((item, id)) = began
            && plays::insert(&mut unit, id, &item).await?
        {
            if plays::begin(&mut unit, item.id).await? {
                let none = ItemVotes { item_id: item.id.to_string(), ..ItemVotes::default() };
                unit.tell(Kind::VotesChanged(none)).await?;
            }
            let play = plays::find(unit.db(), room, id).await?;
            let Some(play) = play else { return Ok(()) };
            return unit.commit(Kind::ItemPlayed(play.into())).await;
        }
        match resumed {
            Some(item) => unit.playlist_changed(Kind::ItemUpdated, change_of(item, None)).await,
            None => Ok(()),
        }
    }

    /// A page of what a room has played, newest first, and the token of the next page.
    pub(crate) async fn list_history(
        &self,
        caller: &Caller,
        room: &RoomKey,
        request: &ListHistoryRequest,
    ) -> Result<(Vec<Play>, String)> {
        let before = PageToken::parse(List::Plays, &request.page_token)?;
        let before = before.map(|token| Uuid::from_bytes(token.0).into());
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewHistory)?;
        let (size, limit) = page_limit(request.page_size, 50);
        let mut page = plays::list(&self.pool, access.room.id, before, limit).await?;
        let more = page.len() > size;
        page.truncate(size);
        let last = page.last().filter(|_| more);
        let next = last.map(|play| PageToken(play.id.uuid().into_bytes()).text(List::Plays));
        Ok((page, next.unwrap_or_default()))
    }

    /// The item of an entry. One that is no longer in the playlist is added to its end again.
    pub(crate) async fn play_again(&self, caller: &Caller, room: &RoomKey, id: &str) -> Result<Item> {
        let unknown = || Error::PlayNotFound(id.to_owned());
        let play_id: PlayId = id.parse().map_err(|_| unknown())?;
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ViewHistory)?;
        let play = plays::find(&self.pool, access.room.id, play_id).await?.ok_or_else(unknown)?;
        if let Some(item) = items::find(&self.pool, access.room.id, play.item).await? {
            return Ok(item);
        }
        let new = NewItem {
            title: play.title,
            source: play.source,
            asset: play.asset,
            duration_us: play.duration_us,
            note: String::new(),
            preparation: None,
            // A second click finds the item of the first.
            request_id: &format!("again {play_id}"),
        };
        self.append_item(caller, room, None, new).await
    }
}
