//! Absent owners: when a room acts, and the hand-over that it requests from room-svc. Every replica that knows the room
//! may try; the log lets one of them pause, and room-svc lets one of them hand over.

use std::collections::HashMap;

use ids::RoomId;
use parking_lot::{Mutex, MutexGuard};
use proto::room::v1::{HandOverRoomRequest, room_service_client::RoomServiceClient};
use rpc::Context;
use runtime::Clock;

use super::{App, timers::Timers};
use crate::{
    error::Result,
    playback::{Input, RoomSettings, hand_over, owner_due_us},
};

/// Pause before the first retry; it doubles with each retry.
const TRY_AGAIN_AFTER_US: i64 = 1_000_000;
/// Longest pause before a retry.
const TRY_AGAIN_AT_LEAST_US: i64 = 60_000_000;

/// Rooms whose owners are absent, with the time at which each acts and the number of its attempts.
#[derive(Default)]
pub(crate) struct Absences {
    timers: Timers,
    attempts: Mutex<HashMap<RoomId, u32>>,
}

impl Absences {
    fn attempts(&self) -> MutexGuard<'_, HashMap<RoomId, u32>> {
        self.attempts.lock()
    }

    /// The room acts at `due_us`; `None`: it has nothing to do.
    pub(super) fn expect(&self, room: RoomId, due_us: Option<i64>) {
        let mut attempts = self.attempts();
        if due_us.is_none() {
            attempts.remove(&room);
        }
        // A room with attempts backs off, however often it is loaded meanwhile.
        if !attempts.contains_key(&room) {
            self.timers.set(room, due_us);
        }
    }

    /// A room that is due. It is due again after a pause, until it has nothing to do.
    pub(crate) fn take_due(&self, now_us: i64) -> Option<RoomId> {
        let mut attempts = self.attempts();
        let room = self.timers.take_due(now_us)?;
        let count = attempts.entry(room).or_default();
        let pause_us = (TRY_AGAIN_AFTER_US << (*count).min(6)).min(TRY_AGAIN_AT_LEAST_US);
        *count += 1;
        self.timers.set(room, Some(now_us + pause_us));
        Some(room)
    }

    /// The attempts are over. The room may act at another time.
    fn settle(&self, room: RoomId, due_us: Option<i64>) {
        self.attempts().remove(&room);
        self.expect(room, due_us);
    }

    /// Waits until a room is due.
    pub(crate) async fn due(&self, clock: &Clock) {
        self.timers.due(clock).await;
    }
}

impl App {
    /// Acts on the absence of the owner as the policy of the room says.
    pub(crate) async fn look_after_owner(&self, id: RoomId) -> Result<()> {
        self.apply(id, &Input::TimePassed, None).await?;
        let known = self.current(id).await?;
        // Lists say that the owner is away, which no step of the room announces.
        self.reports.mark(id, known.clone());
        let room = known.room;
        let now_us = self.clock.now_us();
        let Some(due) = hand_over(&room, now_us, self.params) else {
            self.absences.settle(id, owner_due_us(&room, self.params));
            return Ok(());
        };
        let request = HandOverRoomRequest {
            room_id: id.to_string(),
            owner_id: due.owner_id.clone(),
            candidate_ids: due.candidate_ids,
        };
        let asked = RoomServiceClient::new(self.room.clone())
            .hand_over_room(Context::background().request(request))
            .await;
        let outcome = match &asked {
            Ok(reply) if reply.get_ref().room.as_ref().is_some_and(|room| room.owner_id != due.owner_id) => {
                "done"
            }
            Ok(_) => "nobody",
            Err(_) => "failed",
        };
        metrics::counter!("syncwatch_owner_handovers_total", "outcome" => outcome).increment(1);
        if let Some(answer) = asked?.into_inner().room {
            // The event says the same, but this room would act again before it arrives.
            let settings = RoomSettings::from(&answer);
            self.apply(id, &Input::Settings { settings, instead_of: Some(room.settings()) }, None).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_over_retries_back_off_until_the_owner_is_back() {
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
