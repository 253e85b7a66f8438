//! A room as the rules see it, and as the log keeps it.

use std::sync::Arc;

use bytes::Bytes;
use prost::{DecodeError, Message as _};
use proto::{
    room::v1::PlaybackPolicy,
    sync::v1::{PlaybackState, RoomPhase, RoomRecord, Seat, Session, Snapshot},
};

use super::phase::phase;

/// The playback of a room and who is there. Cheap to clone: seats are shared until they change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Room {
    pub(crate) playback: PlaybackState,
    pub(crate) seats: Vec<Arc<Taken>>,
    pub(crate) empty_since_us: i64,
    /// What the room decided about playback.
    pub(crate) policy: PlaybackPolicy,
    /// Empty: not known yet.
    pub(crate) owner_id: String,
    pub(crate) owner_away_since_us: i64,
    pub(crate) owner_is_away: bool,
    pub(crate) seeked_at_us: i64,
}

/// A seat with its encoding, which most steps of a room leave as it was.
#[derive(Debug, PartialEq)]
pub(crate) struct Taken {
    pub(crate) seat: Seat,
    encoded: Bytes,
}

impl Taken {
    pub(crate) fn new(seat: Seat) -> Arc<Self> {
        // A record with this seat alone: records may be concatenated, as protobuf merges what follows into what was.
        let record = RoomRecord { seats: vec![seat], ..RoomRecord::default() };
        let encoded = record.encode_to_vec().into();
        Arc::new(Self { seat: record.seats.into_iter().next().unwrap_or_default(), encoded })
    }

    pub(crate) fn session(&self) -> &Session {
        static NOBODY: std::sync::LazyLock<Session> = std::sync::LazyLock::new(Session::default);
        self.seat.session.as_ref().unwrap_or(&NOBODY)
    }
}

impl Room {
    /// A room that nothing happened to yet.
    pub(crate) fn fresh(now_us: i64) -> Self {
        let playback = PlaybackState {
            epoch: 1,
            rate: 1.0,
            anchor_server_us: now_us,
            phase: RoomPhase::Created.into(),
            ..PlaybackState::default()
        };
        let record = RoomRecord { playback: Some(playback), empty_since_us: now_us, ..RoomRecord::default() };
        Self::of(record)
    }

    /// A room whose log was lost, from a checkpoint. Who was there has to come again; the room counts as left when it
    /// was last seen, so that its film does not run on through an outage.
    pub(crate) fn restored(record: &[u8], seen_at_us: i64, now_us: i64) -> Result<Self, DecodeError> {
        let mut room = Self::decode(record)?;
        room.everyone_has_to_come_again(now_us);
        room.playback.epoch += 1;
        if room.playback.hold.take().is_some() {
            room.playback.anchor_server_us = now_us;
        }
        room.playback.phase = phase(&room).into();
        room.empty_since_us = seen_at_us.min(now_us);
        Ok(room)
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::of(RoomRecord::decode(record)?))
    }

    fn of(record: RoomRecord) -> Self {
        Self {
            playback: record.playback.unwrap_or_default(),
            seats: record.seats.into_iter().map(Taken::new).collect(),
            empty_since_us: record.empty_since_us,
            policy: record.policy.unwrap_or_default(),
            owner_id: record.owner_id,
            owner_away_since_us: record.owner_away_since_us,
            owner_is_away: record.owner_is_away,
            seeked_at_us: record.seeked_at_us,
        }
    }

    /// As the log keeps it.
    pub(crate) fn encode(&self) -> Bytes {
        encode(&self.record(), &self.seats)
    }

    /// What [`Self::restored`] needs. All clients rejoin a restored room, so only one seat matters: it says that the owner
    /// was there. With all seats the row of a room of 50 would have 12 KB, and PostgreSQL would store them out of line.
    pub(crate) fn checkpoint(&self) -> Bytes {
        let mut record = self.record();
        if let Some(hold) = record.playback.as_mut().and_then(|playback| playback.hold.as_mut()) {
            hold.waiting_session_ids.clear();
        }
        encode(&record, self.owner_seat())
    }

    /// All but the seats.
    fn record(&self) -> RoomRecord {
        RoomRecord {
            playback: Some(self.playback.clone()),
            seats: Vec::new(),
            empty_since_us: self.empty_since_us,
            policy: Some(self.policy.clone()),
            owner_id: self.owner_id.clone(),
            owner_away_since_us: self.owner_away_since_us,
            owner_is_away: self.owner_is_away,
            seeked_at_us: self.seeked_at_us,
        }
    }

    pub(crate) fn snapshot(&self, now_us: i64) -> Snapshot {
        Snapshot {
            state: Some(self.playback.clone()),
            sessions: self.seats.iter().map(|taken| taken.session().clone()).collect(),
            server_time_us: now_us,
        }
    }
}

fn encode<'a>(
    record: &RoomRecord,
    seats: impl IntoIterator<Item = &'a Arc<Taken>, IntoIter: Clone>,
) -> Bytes {
    let seats = seats.into_iter();
    let seats_len: usize = seats.clone().map(|taken| taken.encoded.len()).sum();
    let mut encoded = Vec::with_capacity(record.encoded_len() + seats_len);
    // The only error is a buffer that is too small, and a vector grows.
    let _ = record.encode(&mut encoded);
    for taken in seats {
        encoded.extend_from_slice(&taken.encoded);
    }
    encoded.into()
}
