//! What is found out when someone comes, while they are already in.

use std::sync::Arc;

use ids::RoomId;
use proto::common::v1::Identity;
use rpc::Context;

use super::App;
use crate::{
    error::Result,
    playback::{Chosen, Input},
};

/// Who comes to a room of more is not asked for the length of its item.
const MOST_ASKED: usize = 8;

impl App {
    /// Who comes will want something: what they may do is known by then. The same answer tells what the room decided.
    pub(crate) fn welcome(self: &Arc<Self>, identity: &Identity, room: RoomId) {
        let (app, context) = (self.clone(), Context::on_behalf_of(identity.clone()));
        tokio::spawn(async move {
            if let Err(error) = app.learn(&context, room).await {
                tracing::debug!(%error, %room, "cannot learn of a room from who came; the next one is asked again");
            }
        });
    }

    async fn learn(&self, context: &Context, room: RoomId) -> Result<()> {
        // Known before the question is asked: an answer that an event overtakes is not taken.
        let before = self.current(room).await?.room.decided();
        let decided = self.ask_access(context, &room.to_string()).await?;
        if decided != before {
            self.apply(room, &Input::Decided { decided, instead_of: Some(before) }, None).await?;
        }
        self.learn_length(context, room).await
    }

    /// An item may have been measured while it was not the room's yet. Some lengths nobody can tell, so not everyone of a
    /// large room is asked.
    async fn learn_length(&self, context: &Context, room: RoomId) -> Result<()> {
        let known = self.current(room).await?.room;
        let playback = &known.playback;
        if playback.item_id.is_empty() || playback.duration_us > 0 || known.seats.len() > MOST_ASKED {
            return Ok(());
        }
        let items = self.items(context, room).await?;
        let known = items.into_iter().find(|item| item.id == playback.item_id && item.duration_us > 0);
        if let Some(item) = known {
            self.apply(room, &Input::ItemMeasured(Chosen::from(item)), None).await?;
        }
        Ok(())
    }
}
