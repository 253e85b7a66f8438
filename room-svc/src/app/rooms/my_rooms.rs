//! The rooms of a person: owned, joined, favourites, history.

use chrono::{DateTime, Utc};
use proto::room::v1::{ListMyRoomsRequest, MyRooms, RoomSummary};
use uuid::Uuid;

use super::list::Page;
use crate::{
    app::{App, page_limit},
    domain::{Caller, List, PageToken, RoomKey, timestamp},
    error::{Error, Result},
    store::my_rooms,
};

/// Favourites of one person.
const MOST_FAVOURITES: i64 = 200;
/// Rooms are counted up to this number.
const COUNTED: i64 = 1001;
/// 9999-12-31, after every room.
const END_OF_TIME_US: i64 = 253_402_214_400_000_000;

impl App {
    /// One page of the caller's rooms, the latest first.
    pub(crate) async fn list_my_rooms(
        &self,
        caller: &Caller,
        request: &ListMyRoomsRequest,
    ) -> Result<Page<RoomSummary>> {
        let (at_us, id) = match PageToken::<24>::parse(List::MyRooms, &request.page_token)? {
            Some(PageToken(key)) => match (key.first_chunk(), key.last_chunk()) {
                (Some(at_us), Some(id)) => (i64::from_be_bytes(*at_us), Uuid::from_bytes(*id)),
                _ => return Err(Error::PageTokenInvalid),
            },
            None => (END_OF_TIME_US, Uuid::max()),
        };
        let before = DateTime::<Utc>::from_timestamp_micros(at_us).ok_or(Error::PageTokenInvalid)?;
        let (size, limit) = page_limit(request.page_size, 20);
        let which = request.which();
        let mut page = my_rooms::list(&self.pool, caller.id, which, (before, id), limit).await?;
        let total = my_rooms::count(&self.pool, caller.id, which, COUNTED).await?;
        let more = page.len() > size;
        page.truncate(size);
        let next = page.last().filter(|_| more).map(|(at, room)| {
            let mut key = [0; 24];
            key[..8].copy_from_slice(&at.timestamp_micros().to_be_bytes());
            key[8..].copy_from_slice(room.id.uuid().as_bytes());
            PageToken(key).text(List::MyRooms)
        });
        let (times, rooms): (Vec<_>, Vec<_>) = page.into_iter().unzip();
        let seen = self.seen(Some(caller), rooms, None).await?;
        let rooms = times.into_iter().zip(seen).filter_map(|(at, sight)| {
            Some(RoomSummary {
                last_seen_at: (which != MyRooms::Favourites).then(|| timestamp(at)),
                ..sight?.into()
            })
        });
        let total = i32::try_from(total).unwrap_or(i32::MAX);
        Ok(Page { rooms: rooms.collect(), next: next.unwrap_or_default(), total })
    }

    /// Adds a favourite.
    pub(crate) async fn add_favourite(&self, caller: &Caller, room: &RoomKey) -> Result<()> {
        let room = self.get_room(Some(caller), room).await?.room;
        caller.admitted_to(room.id)?;
        let now = self.clock.now();
        if my_rooms::add_favourite(&self.pool, caller.id, room.id, MOST_FAVOURITES, now).await? {
            Ok(())
        } else {
            Err(Error::TooManyFavourites(MOST_FAVOURITES))
        }
    }

    /// Removes a favourite.
    pub(crate) async fn remove_favourite(&self, caller: &Caller, room: &RoomKey) -> Result<()> {
        let found = self.rooms.get(room).await?;
        caller.admitted_to(found.id)?;
        // Of a room that they no longer find, too.
        if !my_rooms::remove_favourite(&self.pool, caller.id, found.id).await? {
            self.get_room(Some(caller), room).await?;
        }
        Ok(())
    }

    /// Leaves a room, or all, out of the caller's history.
    pub(crate) async fn forget_history(&self, caller: &Caller, room: Option<&RoomKey>) -> Result<()> {
        let Some(room) = room else {
            my_rooms::hide(&self.pool, caller.id, None).await?;
            return Ok(());
        };
        let found = self.rooms.get(room).await?;
        caller.admitted_to(found.id)?;
        // Of a room that they no longer find, too.
        if !my_rooms::hide(&self.pool, caller.id, Some(found.id)).await? {
            self.get_room(Some(caller), room).await?;
        }
        Ok(())
    }
}
