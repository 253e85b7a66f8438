//! Owners who are away: when a room acts on it, and what it then asks of room-svc. Every replica that knows a room may
//! try; the log lets one of them stop the film, and room-svc lets one of them hand the room on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ids::RoomId;
use proto::room::v1::{HandOverRoomRequest, room_service_client::RoomServiceClient};
use rpc::Context;
use runtime::Clock;

use super::{App, timers::Timers};
use crate::{
    error::Result,
    playback::{Decided, Input, hand_over, owner_due_us},
};

/// A room is tried again after this, then after twice as long, and so on.
const TRY_AGAIN_AFTER_US: i64 = 1_000_000;
/// But never more seldom than this.
const TRY_AGAIN_AT_LEAST_US: i64 = 60_000_000;

/// The rooms whose owners are away: when something has to be done, and how often it was tried.
#[derive(Default)]
pub(crate) struct Absences {
    timers: Timers,
    attempts: Mutex<HashMap<RoomId, u32>>,
}

impl Absences {
    fn attempts(&self) -> MutexGuard<'_, HashMap<RoomId, u32>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The room acts at `due_us`, or has no reason to.
    pub(super) fn expect(&self, room: RoomId, due_us: Option<i64>) {
        let mut attempts = self.attempts();
        if due_us.is_none() {
            attempts.remove(&room);
        }
        // What is being tried is tried again at its own pace, however often the room is loaded meanwhile.
        if !attempts.contains_key(&room) {
            self.timers.set(room, due_us);
        }
    }

    /// A room whose time has come. It comes again after a pause, until it has no reason to act.
    pub(crate) fn take_due(&self, now_us: i64) -> Option<RoomId> {
        let mut attempts = self.attempts();
        let room = self.timers.take_due(now_us)?;
        let count = attempts.entry(room).or_default();
        let pause_us = (TRY_AGAIN_AFTER_US << (*count).min(6)).min(TRY_AGAIN_AT_LEAST_US);
        *count += 1;
        self.timers.set(room, Some(now_us + pause_us));
        Some(room)
    }

    /// What was tried needs no other attempt; the room may act at another time.
    fn settle(&self, room: RoomId, due_us: Option<i64>) {
        self.attempts().remove(&room);
        self.expect(room, due_us);
    }

    /// Waits until a room's time has come.
    pub(crate) async fn due(&self, clock: &Clock) {
        self.timers.due(clock).await;
    }
}

impl App {
    /// Does what the room decided for when its owner is away for so long.
    pub(crate) async fn look_after_owner(&self, id: RoomId) -> Result<()> {
        self.apply(id, &Input::TimePassed, None).await?;
        let room = self.current(id).await?.room;
        let now_us = self.clock.now_us();
        let Some(wish) = hand_over(&room, now_us, self.params) else {
            self.absences.settle(id, owner_due_us(&room, self.params));
            return Ok(());
        };
        let request = HandOverRoomRequest {
            room_id: id.to_string(),
            owner_id: wish.owner_id.clone(),
            candidate_ids: wish.candidate_ids,
        };
        let asked = RoomServiceClient::new(self.room.clone())
            .hand_over_room(Context::background().request(request))
            .await;
        let outcome = match &asked {
            Ok(reply) if reply.get_ref().room.as_ref().is_some_and(|room| room.owner_id != wish.owner_id) => {
                "done"
            }
            Ok(_) => "nobody",
            Err(_) => "failed",
        };
        metrics::counter!("syncwatch_owner_handovers_total", "outcome" => outcome).increment(1);
        if let Some(answer) = asked?.into_inner().room {
            // The event tells the same; who does not know it yet would ask again.
            let decided = Decided::from(&answer);
            self.apply(id, &Input::Decided { decided, instead_of: Some(room.decided()) }, None).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_tried_again_with_growing_pauses_until_it_has_no_reason() {
        let (absences, room) = (Absences::default(), RoomId::new());
        absences.expect(room, Some(100));
        absences.expect(room, Some(50));
        assert_eq!((absences.timers.next_us(), absences.take_due(49)), (Some(50), None));
        let mut now_us = 50;
        for pause_s in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(absences.take_due(now_us), Some(room));
            absences.expect(room, Some(50));
            assert_eq!(absences.take_due(now_us), None, "loading the room hurries nothing");
            now_us += pause_s * 1_000_000;
            assert_eq!(absences.timers.next_us(), Some(now_us));
        }
        absences.expect(room, None);
        assert_eq!(absences.timers.next_us(), None, "the owner is back");
        absences.expect(room, Some(7));
        assert_eq!(absences.take_due(7), Some(room));
        absences.settle(room, Some(9));
        assert_eq!(absences.timers.next_us(), Some(9), "they went again meanwhile");
    }
}
