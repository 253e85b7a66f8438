//! What time alone brings about in a room.

use ids::RoomId;

use super::App;
use crate::{
    error::Result,
    playback::{Chosen, Input, Room, nears_end, wake_again_us},
};

const TRY_AGAIN_AFTER_US: i64 = 1_000_000;
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
        let input = if nears_end(&known.room, self.clock.now_us()) {
            let next = self.next_item(room, &known.room).await?;
            Input::Advance { from: known.room.playback.item_id.clone(), next }
        } else {
            Input::TimePassed
        };
        self.apply(room, &input, None).await?;
        let (known, now_us) = (self.current(room).await?, self.clock.now_us());
        Ok(wake_again_us(&known.room, now_us).map(|at_us| at_us.max(now_us + SHORTEST_WAIT_US)))
    }

    /// What comes after the item that is on.
    async fn next_item(&self, room: RoomId, known: &Room) -> Result<Option<Chosen>> {
        if known.policy.stop_at_end {
            return Ok(None);
        }
        let items = self.own_items(room, known).await?;
        let mut behind = items.into_iter().skip_while(|item| item.id != known.playback.item_id);
        Ok(behind.nth(1).map(Chosen::from))
    }
}
