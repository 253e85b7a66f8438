//! Reads what a joining session needs, after it has joined.

use std::sync::Arc;

use ids::RoomId;
use proto::common::v1::Identity;
use rpc::Context;

use super::App;
use crate::{error::Result, playback::Input};

/// In a room with more sessions a join does not look up the length of the item.
const MOST_ASKED: usize = 8;

impl App {
    /// Caches the permissions of a person who joins, before their first command. The same answer has the settings.
    pub(crate) fn welcome(self: &Arc<Self>, identity: &Identity, room: RoomId) {
        let (app, context) = (self.clone(), Context::on_behalf_of(identity.clone()));
        tokio::spawn(async move {
            if let Err(error) = app.read_access(&context, room).await {
                tracing::debug!(%error, %room, "cannot read access for a session that joined; the next one tries again");
            }
        });
    }

    async fn read_access(&self, context: &Context, room: RoomId) -> Result<()> {
        // Read before the question: an answer that an event has overtaken is stale.
        let before = self.current(room).await?.room.settings();
        let settings = self.ask_access(context, &room.to_string()).await?;
        if settings != before {
            self.apply(room, &Input::Settings { settings, instead_of: Some(before) }, None).await?;
        }
        self.refresh_open_vote(room).await?;
        self.read_length(room).await
    }

    /// Looks up the length of the current item, which may have been measured before the item became the current one. Some
    /// lengths stay unknown, so not every join in a large room looks.
    async fn read_length(&self, room: RoomId) -> Result<()> {
        let known = self.current(room).await?.room;
        let playback = &known.playback;
        if playback.item_id.is_empty() || playback.duration_us > 0 || known.seats.len() > MOST_ASKED {
            return Ok(());
        }
        let item = self.item(&Context::background(), room, &playback.item_id).await?;
        if item.duration_us > 0 {
            self.apply(room, &Input::ItemMeasured(item), None).await?;
        }
        Ok(())
    }
}
