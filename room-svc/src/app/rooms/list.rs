//! Lists public rooms.

use std::collections::HashMap;

use proto::room::v1::ListRoomsRequest;
use uuid::Uuid;

use crate::{
    app::{App, page_limit},
    domain::{Caller, Facts, Invite, List, PageToken, Room, Sight, listing_query},
    error::Result,
    store::{
        live,
        my_rooms::{self, Ties},
        public_rooms::{self, Filter},
    },
};

/// Rooms are counted up to this number.
const COUNTED: i64 = 1001;

/// One page of a list.
pub(crate) struct Page<T> {
    pub(crate) rooms: Vec<T>,
    /// Empty on the last page.
    pub(crate) next: String,
    /// At most [`COUNTED`].
    pub(crate) total: i32,
}

impl App {
    /// One page of the open public rooms, those with most people first.
    pub(crate) async fn list_rooms(
        &self,
        caller: Option<&Caller>,
        request: &ListRoomsRequest,
    ) -> Result<Page<Sight>> {
        let after = match PageToken::<20>::parse(List::Rooms, &request.page_token)? {
            Some(PageToken([a, b, c, d, id @ ..])) => {
                (i32::from_be_bytes([a, b, c, d]), Uuid::from_bytes(id))
            }
            None => (i32::MAX, Uuid::max()),
        };
        let filter = Filter { search: listing_query(request), live_only: request.live_only };
        let (size, limit) = page_limit(request.page_size, 20);
        let mut page = public_rooms::list(&self.pool, &filter, after, limit).await?;
        let total = public_rooms::count(&self.pool, &filter, COUNTED).await?;
        let more = page.len() > size;
        page.truncate(size);
        let last = page.last().filter(|_| more).map(|room| {
            let mut key = [0; 20];
            key[..4].copy_from_slice(&room.live.present_count.to_be_bytes());
            key[4..].copy_from_slice(room.id.uuid().as_bytes());
            PageToken(key).text(List::Rooms)
        });
        let rooms = self.seen(caller, page, None).await?.into_iter().flatten().collect();
        Ok(Page { rooms, next: last.unwrap_or_default(), total: i32::try_from(total).unwrap_or(i32::MAX) })
    }

    /// Rooms as a person sees them from outside, `None` for those that they do not find: at most two queries, however many
    /// rooms. `invite` is one that they hold and can use.
    pub(super) async fn seen(
        &self,
        caller: Option<&Caller>,
        rooms: Vec<Room>,
        invite: Option<&Invite>,
    ) -> Result<Vec<Option<Sight>>> {
        let visited: Vec<_> = rooms.iter().filter(|room| room.live.visited).map(|room| room.id).collect();
        let mut glimpses = match visited.as_slice() {
            [] => HashMap::new(),
            visited => live::glimpses(&self.pool, visited).await?,
        };
        let subject = caller.map(|caller| caller.id);
        let Ties { joined, favourites, kept_out, asked, taken } = match subject {
            Some(subject) => {
                let ids: Vec<_> = rooms.iter().map(|room| room.id).collect();
                my_rooms::ties(&self.pool, subject, &ids, self.clock.now()).await?
            }
            None => Ties::default(),
        };
        let sight = |room: Room| {
            let facts = Facts {
                joined: joined.contains(&room.id) || subject == Some(room.owner_id),
                has_account: caller.is_some_and(Caller::has_account),
                kept_out: kept_out.get(&room.id).copied(),
                asked: asked.get(&room.id).copied(),
                taken: taken.get(&room.id).copied().unwrap_or_else(|| room.live.present_count.into()),
                invite: invite.filter(|invite| invite.room == room.id),
            };
            let glimpse = glimpses.remove(&room.id).unwrap_or_default();
            let favourite = favourites.contains(&room.id);
            Sight::of(room, facts, glimpse, favourite)
        };
        Ok(rooms.into_iter().map(sight).collect())
    }
}
