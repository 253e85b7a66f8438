//! The stored voice chats. They lie beside the logs of rooms in the store of live state, each a record of its own that changes by
//! compare-and-append, so that every replica may change every room.

use ids::{EventId, RoomId};
use prost::Message as _;
use proto::{
    room::v1::{RoomEvent, VoiceChanged, room_event::Kind},
    sync::v1::{AnnounceRequest, delivery_service_client::DeliveryServiceClient},
    voice::v1::{VoiceRecord, VoiceRoom},
};
use rpc::Context;
use state::{Append, Outcome};

use super::{App, host::Host};
use crate::{
    domain::record,
    error::{Error, Result},
};

/// Attempts of a change. A voice chat has a handful of people, so a race is rare.
const ATTEMPTS: u32 = 16;

fn key(room: RoomId) -> String {
    format!("voice:{room}")
}

fn decode(room: RoomId, state: &[u8]) -> Result<VoiceRecord> {
    VoiceRecord::decode(state).map_err(|source| Error::Record { room: room.to_string(), source })
}

impl App {
    /// The voice chat of a room; empty when nobody is in it.
    pub(super) async fn load(&self, room: RoomId) -> Result<VoiceRecord> {
        Ok(self.load_version(room).await?.map(|(record, _)| record).unwrap_or_default())
    }

    /// The voice chat of a room with its version.
    pub(super) async fn load_version(&self, room: RoomId) -> Result<Option<(VoiceRecord, u64)>> {
        let Some(stored) = self.log.load(&key(room)).await? else { return Ok(None) };
        Ok(Some((decode(room, &stored.state)?, stored.version)))
    }

    /// The voice chat as people see it.
    pub(super) fn shown(&self, record: &VoiceRecord) -> VoiceRoom {
        record::shown(record, self.limits.most, self.host.is_some())
    }

    /// Changes a voice chat, and returns it with whether it differs. The record goes with the last person. The media server of this
    /// replica learns the change before the caller does.
    pub(super) async fn change(
        &self,
        room: RoomId,
        mut decide: impl FnMut(&mut VoiceRecord) -> Result<()>,
    ) -> Result<(VoiceRecord, bool)> {
        let name = key(room);
        for _ in 0..ATTEMPTS {
            let stored = self.log.load(&name).await?;
            let before = match &stored {
                Some(stored) => decode(room, &stored.state)?,
                None => VoiceRecord::default(),
            };
            let mut record = before.clone();
            decide(&mut record)?;
            record::settle(&mut record, self.limits.mesh, self.host.as_ref().map(Host::replica));
            if record == before {
                return Ok((record, false));
            }
            let (version, last_seq) = stored.map_or((0, 0), |stored| (stored.version, stored.last_seq));
            if record.participants.is_empty() {
                if self.log.remove(&name, version).await? {
                    self.tell_host(room, &record, version + 1).await;
                    return Ok((VoiceRecord::default(), true));
                }
                continue;
            }
            let step = Append {
                expected_version: version,
                state: record.encode_to_vec().into(),
                first_seq: last_seq + 1,
                events: Vec::new(),
                notices: Vec::new(),
                idempotency: None,
                keep: 0,
            };
            if let Outcome::Appended(version) = self.log.append(&name, step).await? {
                self.tell_host(room, &record, version).await;
                return Ok((record, true));
            }
        }
        Err(Error::Contended)
    }

    /// [`Self::change`] for a person. The room is told in any case: a repeated call may follow one that failed to tell.
    pub(super) async fn change_and_announce(
        &self,
        room: RoomId,
        decide: impl FnMut(&mut VoiceRecord) -> Result<()>,
    ) -> Result<VoiceRoom> {
        let (record, _) = self.change(room, decide).await?;
        self.announce(room).await?;
        Ok(self.shown(&record))
    }

    /// Tells everyone who observes it that the voice chat changed.
    pub(super) async fn announce(&self, room: RoomId) -> Result<()> {
        let event = RoomEvent {
            id: EventId::new().to_string(),
            room_id: room.to_string(),
            kind: Some(Kind::VoiceChanged(VoiceChanged {})),
            ..RoomEvent::default()
        };
        let request = Context::background().request(AnnounceRequest { event: event.encode_to_vec() });
        DeliveryServiceClient::new(self.sync.clone()).announce(request).await?;
        Ok(())
    }
}
