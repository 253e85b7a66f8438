//! Messages to everyone in a room, or to one session, and events of rooms, that are not stored.

use ids::RoomId;
use proto::{
    room::v1::RoomEvent,
    sync::v1::{Aside, subscribe_response::Delivery},
};

use super::{App, apply::encode};
use crate::error::{Error, Result};

impl App {
    /// Delivers a message to the gateways of a room. Fails when it is for a session that is not in the room.
    pub(crate) async fn tell(&self, room: RoomId, aside: Aside) -> Result<()> {
        let to = &aside.to_session_id;
        if !to.is_empty() && !self.current(room).await?.room.has_session(to) {
            return Err(Error::SessionNotFound(to.clone()));
        }
        Ok(self.state.log.notify(&room.to_string(), encode(Delivery::Aside(aside))).await?)
    }

    /// Delivers an event to the gateways of its room.
    pub(crate) async fn announce(&self, event: RoomEvent) -> Result<()> {
        let room = event.room_id.clone();
        Ok(self.state.log.notify(&room, encode(Delivery::RoomEvent(event))).await?)
    }
}
