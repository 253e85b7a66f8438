//! Makes a room.

use ids::RoomCode;
use proto::{
    common::v1::Identity,
    room::v1::{CreateRoomRequest, Role, room_event::Kind},
};

use super::{App, request_id};
use crate::{
    domain::{Member, NewRoom, Room, joining_role},
    error::{Error, Result},
    store::{members, outbox, rooms},
};

/// With a million rooms, a code is taken once in 850,000 attempts.
const ATTEMPTS: usize = 8;

impl App {
    /// Makes a room with the caller as its owner and first member. The same request again gives the same room.
    pub(crate) async fn create_room(&self, caller: &Identity, request: &CreateRoomRequest) -> Result<Room> {
        if !caller.room_id.is_empty() {
            return Err(Error::TokenForAnotherRoom);
        }
        let new = NewRoom::from_request(request, &caller.display_name)?;
        for _ in 0..ATTEMPTS {
            if let Some(room) =
                self.insert_room(caller, &new, request_id(&request.request_id), &RoomCode::random()).await?
            {
                return Ok(room);
            }
        }
        Err(Error::NoUnusedCode(ATTEMPTS))
    }

    /// `None` when the code is taken.
    async fn insert_room(
        &self,
        caller: &Identity,
        new: &NewRoom,
        request: Option<&str>,
        code: &RoomCode,
    ) -> Result<Option<Room>> {
        let now = self.clock.now();
        let mut tx = pg::begin(&self.pool).await?;
        let Some(id) = rooms::insert(&mut tx, code, new, &caller.subject_id, request, now).await? else {
            // Whoever was first has committed by now: the insert waited for them.
            return match request {
                Some(request) => rooms::made_by(&mut *tx, &caller.subject_id, request).await,
                None => Ok(None),
            };
        };
        members::insert(&mut tx, id, &caller.subject_id, &caller.display_name, joining_role(caller), now)
            .await?;
        let owner = Member {
            subject_id: caller.subject_id.clone(),
            display_name: caller.display_name.clone(),
            role: Role::Owner,
            joined_at: now,
        };
        outbox::append(&mut tx, id, Kind::MemberJoined(owner.into()), now).await?;
        let room = rooms::get(&mut *tx, &id.into()).await?;
        self.commit(tx).await?;
        Ok(Some(room))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use runtime::Clock;

    use super::*;
    use crate::app::{RoomReader, Wake};

    #[tokio::test]
    async fn a_code_that_is_taken_makes_no_room() {
        let postgres = testkit::Postgres::start().await.unwrap();
        let pool = postgres.pool("room-svc", &crate::MIGRATIONS).await.unwrap();
        let keys = state::connect("").await.unwrap().keys;
        let rooms = RoomReader::new(pool.clone());
        let app =
            Arc::new(App { pool, rooms, keys, clock: Clock::manual(0), wake: Wake::new(), max_items: 1 });
        let ada =
            Identity { subject_id: "user_ada".into(), display_name: "Ada".into(), ..Default::default() };
        let new = NewRoom::from_request(&CreateRoomRequest::default(), "Ada").unwrap();
        let code = RoomCode::random();
        let first = app.insert_room(&ada, &new, Some("one"), &code).await.unwrap().unwrap();
        assert!(app.insert_room(&ada, &new, Some("two"), &code).await.unwrap().is_none());
        assert!(app.insert_room(&ada, &new, None, &code).await.unwrap().is_none());
        let again = app.insert_room(&ada, &new, Some("one"), &RoomCode::random()).await.unwrap().unwrap();
        assert_eq!(again.id, first.id);
    }
}
