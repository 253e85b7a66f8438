//! Messages to everyone in a room that are not stored.

use ids::RoomId;
use proto::sync::v1::{Aside, subscribe_response::Delivery};

use super::{App, apply::encode};
use crate::error::Result;

impl App {
    pub(crate) async fn tell(&self, room: RoomId, aside: Aside) -> Result<()> {
        Ok(self.state.log.notify(&room.to_string(), encode(Delivery::Aside(aside))).await?)
    }
}
