//! Creates a room.

use std::net::IpAddr;

use ids::RoomCode;
use proto::room::v1::{CreateRoomRequest, PlaybackControl, Role, room_event::Kind};

use crate::{
    app::{App, permissions::preset, request_id},
    domain::{Caller, Member, Room, RoomPassword, Settings},
    error::{Error, Result},
    store::{expiry, members, passwords, rooms, seats},
};

/// With a million rooms, a random code is in use once in 850,000 attempts.
const ATTEMPTS: usize = 8;

/// A room that is to be inserted.
#[derive(Clone, Copy)]
struct New<'a> {
    settings: &'a Settings,
    password: Option<&'a RoomPassword>,
    code: &'a RoomCode,
}

impl App {
    /// Creates a room with the caller as its owner and first member. A repeated request returns the same room. A plain
    /// password becomes a record before anything is stored.
    pub(crate) async fn create_room(
        &self,
        caller: &Caller,
        request: &CreateRoomRequest,
        network: Option<IpAddr>,
    ) -> Result<Room> {
        if !self.sections.rooms.enabled {
            return Err(Error::RoomsOff);
        }
        if caller.has_token_for_one_room() {
            return Err(Error::TokenForAnotherRoom);
        }
        let mut settings =
            Settings::chosen(request, caller.name(), &self.sections.rooms.defaults(), self.clock.now())?;
        let (plain, request) = (request.password.as_str(), request_id(&request.request_id));
        let mut password = None;
        if !plain.is_empty() {
            // A repeated request costs no stretching.
            if let Some(request) = request
                && let Some(room) = rooms::created_by(&self.pool, caller.id, request).await?
            {
                return Ok(room);
            }
            password = Some(self.register_password(plain, network).await?);
            settings.join.password_set = true;
        }
        for _ in 0..ATTEMPTS {
            let new = New { settings: &settings, password: password.as_ref(), code: &RoomCode::random() };
            if let Some(room) = self.insert_room(caller, new, request).await? {
                return Ok(room);
            }
        }
        Err(Error::NoUnusedCode(ATTEMPTS))
    }

    /// `None` when the code is in use.
    async fn insert_room(
        &self,
        caller: &Caller,
        new: New<'_>,
        request: Option<&str>,
    ) -> Result<Option<Room>> {
        let Some(mut unit) = self.open_new(new.settings, new.code, caller, request).await? else {
            // The insert waited for the other transaction, so its room can be read.
            return match request {
                Some(request) => rooms::created_by(&self.pool, caller.id, request).await,
                None => Ok(None),
            };
        };
        let owner = Member { role: Role::Owner, ..caller.as_member(unit.now()) };
        members::insert(&mut unit, &caller.as_member(owner.joined_at)).await?;
        if let Some(password) = new.password {
            passwords::set(&mut unit, password).await?;
        }
        let control = unit.room().settings.playback_control;
        if control != PlaybackControl::Everyone {
            preset::apply(&mut unit, control).await?;
        }
        let made = unit.room().clone();
        seats::claim(&mut unit, &made, caller.id, self.sections.rooms.seat_grace()).await?;
        expiry::reschedule(unit.db(), &[made.id], &self.sections.lifetimes()).await?;
        let room = rooms::get(unit.db(), &made.id.into()).await?;
        unit.commit(Kind::MemberJoined(owner.into())).await?;
        Ok(Some(room))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::outbox::Outbox;
    use ids::UserId;
    use proto::common::v1::Identity;
    use runtime::{Clock, Shutdown, Tasks};

    use super::*;
    use ::passwords::Stretcher;

    use crate::{
        app::{FilterCache, Guard, RoomReader},
        config::Sections,
        store::outbox::TABLE,
    };

    #[tokio::test]
    async fn a_room_is_not_created_under_a_code_already_in_use() {
        let postgres = testkit::Postgres::start().await.unwrap();
        let pool = postgres.pool("room-svc", &crate::MIGRATIONS).await.unwrap();
        let keys = state::connect("").await.unwrap().keys;
        let (clock, rooms) = (Clock::manual(0), RoomReader::new(pool.clone()));
        let mut tasks = Tasks::new(Shutdown::default());
        let outbox = Outbox::new(&TABLE, pool.clone(), clock.clone(), &mut tasks);
        let sections = Sections::load(&runtime::Settings::load(&[], serde_json::json!({})).unwrap()).unwrap();
        let guard = Guard::new(keys.clone(), clock.clone(), &sections);
        let app = Arc::new(App {
            pool,
            rooms,
            keys,
            clock,
            outbox,
            sections,
            filters: FilterCache::default(),
            guard,
            stretcher: Stretcher::default(),
            max_items: 1,
        });
        let ada = Caller::try_from(Identity {
            subject_id: UserId::new().to_string(),
            display_name: "Ada".into(),
            ..Default::default()
        })
        .unwrap();
        let settings = Settings::chosen(
            &CreateRoomRequest::default(),
            "Ada",
            &app.sections.rooms.defaults(),
            app.clock.now(),
        )
        .unwrap();
        let (code, other) = (RoomCode::random(), RoomCode::random());
        let new = New { settings: &settings, password: None, code: &code };
        let first = app.insert_room(&ada, new, Some("one")).await.unwrap().unwrap();
        assert!(app.insert_room(&ada, new, Some("two")).await.unwrap().is_none());
        assert!(app.insert_room(&ada, new, None).await.unwrap().is_none());
        let new = New { code: &other, ..new };
        let again = app.insert_room(&ada, new, Some("one")).await.unwrap().unwrap();
        assert_eq!(again.id, first.id);
    }
}
