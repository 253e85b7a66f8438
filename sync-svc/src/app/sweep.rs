//! Finds the rooms in use, and unloads the others.

use ids::RoomId;

use super::{App, rooms::Known};
use crate::{error::Result, store::room_states};

/// A room without a use for this long is unloaded.
const UNUSED_AFTER_US: i64 = 600_000_000;

impl App {
    /// The rooms in memory that have sessions. Loading them also finds the holds of other replicas, which may have died.
    pub(crate) async fn rooms_in_use(&self) -> Result<Vec<(RoomId, Known)>> {
        let mut rooms = Vec::new();
        for (id, entry) in self.rooms.all() {
            let mut last = entry.last.lock().await;
            let known = match last.take() {
                Some(known) if !self.state.log.outlives_process() => known,
                _ => self.load(id, &id.to_string()).await?,
            };
            // This replica now knows the steps of the others.
            *last = Some(known.clone());
            if !known.room.seats.is_empty() {
                rooms.push((id, known));
            }
        }
        Ok(rooms)
    }

    pub(crate) async fn seen(&self, rooms: &[RoomId]) -> Result<()> {
        for batch in rooms.chunks(1000) {
            room_states::seen(&self.pool, batch, self.clock.now_us()).await?;
        }
        Ok(())
    }

    /// Unloads rooms without sessions and without use. They come back from the shared log or from their checkpoint.
    pub(crate) async fn forget_unused(&self) -> Result<()> {
        let now_us = self.clock.now_us();
        for (id, entry) in self.rooms.all() {
            if entry.unused_for_us(now_us) < UNUSED_AFTER_US {
                continue;
            }
            let mut last = entry.last.lock().await;
            let in_use = last.as_ref().is_some_and(|known| !known.room.seats.is_empty());
            if in_use || self.checkpoints.is_waiting(id) {
                continue;
            }
            if !self.state.log.outlives_process()
                && let Some(known) = &*last
                && known.version > 0
                && !self.state.log.remove(&id.to_string(), known.version).await?
            {
                continue;
            }
            *last = None;
            self.rooms.forget(id);
        }
        Ok(())
    }
}
