//! What time alone brings about in a room.

use std::time::Duration;

use ids::RoomId;

use super::{App, apply::Done};
use crate::{
    error::Result,
    playback::{Input, Room, nears_end, wake_again_us, wants_more},
};

const TRY_AGAIN_AFTER_US: i64 = 1_000_000;
/// Looks for what came as a room ended, while they fail, and the pause after each.
const LOOKS: usize = 10;
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A room is not looked at more often than this, whatever is expected of it.
const SHORTEST_WAIT_US: i64 = 20_000;

impl App {
    /// Ends a hold, goes on to the next item, or finds that there is nothing to do yet.
    pub(crate) async fn time_passed(&self, room: RoomId) {
        let next_us = match self.act_on_time(room).await {
            Ok(next_us) => next_us,
            Err(error) => {
                tracing::warn!(%error, %room, "cannot do what the time has come for; it is tried again");
                Some(self.clock.now_us() + TRY_AGAIN_AFTER_US)
            }
        };
        if let Some(next_us) = next_us {
            self.timers.set_no_later(room, next_us);
        }
    }

    /// Gives the room's next time.
    async fn act_on_time(&self, room: RoomId) -> Result<Option<i64>> {
        let known = self.current(room).await?;
        if nears_end(&known.room, self.clock.now_us()) {
            self.advance(room, &known.room).await?;
        } else {
            self.apply(room, &Input::TimePassed, None).await?;
        }
        let (known, now_us) = (self.current(room).await?, self.clock.now_us());
        Ok(wake_again_us(&known.room, now_us).map(|at_us| at_us.max(now_us + SHORTEST_WAIT_US)))
    }

    async fn advance(&self, room: RoomId, known: &Room) -> Result<()> {
        let next = if known.policy.stop_at_end { None } else { self.item_after(room, known).await? };
        let from = known.playback.item_id.clone();
        let advance = Input::Advance { from: from.clone(), next };
        let done = self.apply(room, &advance, None).await?;
        if !matches!(done, Done::Changed { .. }) {
            return Ok(());
        }
        // An item that came between the look at the playlist and the end was dealt with when the room still played. Who
        // ended the room looks once more; what comes after that finds it ended. The time of an ended room does not come
        // again, so a look that fails is repeated here.
        for look in 1..=LOOKS {
            let Err(error) = self.follow(room, &from).await else { break };
            tracing::warn!(%error, %room, look, most = LOOKS, "cannot see whether an item came as the room ended");
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        }
        Ok(())
    }

    /// Goes on with what is behind the item at whose end the room stands, if anything is.
    async fn follow(&self, room: RoomId, from: &str) -> Result<()> {
        let ended = self.current(room).await?.room;
        if wants_more(&ended)
            && ended.playback.item_id == from
            && let Some(item) = self.item_after(room, &ended).await?
        {
            self.apply(room, &Input::ItemAdded { item, after: Some(from.to_owned()) }, None).await?;
        }
        Ok(())
    }
}
