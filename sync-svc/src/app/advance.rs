//! Steps of a room that only time causes.

use std::time::Duration;

use ids::RoomId;

use super::{App, apply::Done};
use crate::{
    error::Result,
    playback::{Input, Room, is_skip_due, nears_end, wake_again_us, wants_more},
};

const TRY_AGAIN_AFTER_US: i64 = 1_000_000;
/// Retries of the look for an item that was added while the room ended, and the pause before each.
const LOOKS: usize = 10;
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Shortest time between two looks at a room.
const SHORTEST_WAIT_US: i64 = 20_000;

impl App {
    /// Ends a hold, changes to the item that follows, or finds that it is too early.
    pub(crate) async fn time_passed(&self, room: RoomId) {
        let next_us = match self.act_on_time(room).await {
            Ok(next_us) => next_us,
            Err(error) => {
                tracing::warn!(%error, %room, "cannot carry out a timed step; retrying");
                Some(self.clock.now_us() + TRY_AGAIN_AFTER_US)
            }
        };
        if let Some(next_us) = next_us {
            self.timers.set_no_later(room, next_us);
        }
    }

    /// Returns the time of the next step.
    async fn act_on_time(&self, room: RoomId) -> Result<Option<i64>> {
        let known = self.current(room).await?;
        if is_skip_due(&known.room) {
            self.skip(room, &known.room).await?;
        } else if nears_end(&known.room, self.clock.now_us()) {
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
        // Race: an item added after we read the playlist but before the room ended was handled while the room still
        // played. The replica that ended the room looks once more; a later item finds the room ended. An ended room has no
        // timer, so a failed look is retried here.
        for look in 1..=LOOKS {
            let Err(error) = self.follow(room, &from).await else { break };
            tracing::warn!(%error, %room, look, most = LOOKS, "cannot see whether an item was added while the room ended");
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        }
        Ok(())
    }

    /// Goes on with the item that follows the one at whose end the room stands.
    async fn follow(&self, room: RoomId, from: &str) -> Result<()> {
        let ended = self.current(room).await?.room;
        if wants_more(&ended)
            && ended.playback.item_id == from
            && let Some(next) = self.item_after(room, &ended).await?
        {
            self.apply(room, &Input::Follow { from: from.to_owned(), next }, None).await?;
        }
        Ok(())
    }
}
