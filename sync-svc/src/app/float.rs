//! Reactions that float over the film: delivered to those who are there, and not stored.

use ids::EventId;
use proto::room::v1::{FloatingReaction, Permission, RoomEvent, room_event::Kind};
use rpc::Context;

use super::App;
use crate::error::Result;

impl App {
    /// Shows a reaction of the caller to everyone in the room who observes them. It travels as an event of the room, so that
    /// gateways need to know nothing about it.
    pub(crate) async fn float(&self, context: &Context, room: &str, key: String) -> Result<()> {
        let access = self.access_with(context, room, 0, Permission::React).await?;
        let identity = context.identity()?;
        let reaction = FloatingReaction {
            subject_id: identity.subject_id.clone(),
            display_name: identity.display_name.clone(),
            key,
        };
        self.announce(RoomEvent {
            id: EventId::new().to_string(),
            room_id: access.room.to_string(),
            kind: Some(Kind::ReactionFloated(reaction)),
            ..RoomEvent::default()
        })
        .await
    }
}
