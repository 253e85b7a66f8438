//! Someone who follows a room: what they missed, then what is delivered, and the whole room where that has a gap.

use futures::{FutureExt as _, StreamExt as _, stream::BoxStream};
use proptest::prelude::*;
use prost::Message as _;
use proto::sync::v1::{PlaybackEvent, PlaybackState};
use state::{Delivery, RoomLog};

use super::{ROOM, failed};
use crate::playback::Room;

pub(super) struct Follower {
    deliveries: BoxStream<'static, Delivery>,
    pub(super) state: PlaybackState,
}

impl Follower {
    pub(super) async fn join(log: &dyn RoomLog) -> Self {
        Self { deliveries: log.subscribe(ROOM).await.unwrap(), state: PlaybackState::default() }
    }

    /// What was delivered meanwhile.
    pub(super) async fn read(&mut self, log: &dyn RoomLog) -> Result<(), TestCaseError> {
        while let Some(Some(delivery)) = self.deliveries.next().now_or_never() {
            match delivery {
                Delivery::Event { seq, payload } => self.event(log, seq, &payload).await?,
                Delivery::Notice(_) => {}
                Delivery::Lost => self.snapshot(log).await?,
            }
        }
        Ok(())
    }

    pub(super) async fn reconnect(&mut self, log: &dyn RoomLog) -> Result<(), TestCaseError> {
        // Before the log is read: what is appended meanwhile comes twice rather than never.
        self.deliveries = log.subscribe(ROOM).await.map_err(failed)?;
        let have = self.state.seq.cast_unsigned();
        match log.read_after(ROOM, have).await.map_err(failed)?.filter(|_| have > 0) {
            Some(missed) => {
                for (seq, payload) in missed {
                    self.event(log, seq, &payload).await?;
                }
                Ok(())
            }
            None => self.snapshot(log).await,
        }
    }

    /// Reads what is there; and once more after what was lost was noticed.
    pub(super) async fn settle(&mut self, log: &dyn RoomLog) -> Result<(), TestCaseError> {
        self.read(log).await?;
        self.reconnect(log).await
    }

    async fn event(&mut self, log: &dyn RoomLog, seq: u64, payload: &[u8]) -> Result<(), TestCaseError> {
        let have = self.state.seq.cast_unsigned();
        if seq > have + 1 {
            return self.snapshot(log).await;
        }
        if seq == have + 1 {
            let state = PlaybackEvent::decode(payload).map_err(failed)?.state.unwrap_or_default();
            prop_assert_eq!(state.seq, self.state.seq + 1);
            self.state = state;
        }
        Ok(())
    }

    async fn snapshot(&mut self, log: &dyn RoomLog) -> Result<(), TestCaseError> {
        if let Some(record) = log.load(ROOM).await.map_err(failed)? {
            let playback = Room::decode(&record.state).map_err(failed)?.playback;
            prop_assert!(playback.seq >= self.state.seq, "nothing that was told is seat back");
            self.state = playback;
        }
        Ok(())
    }
}
