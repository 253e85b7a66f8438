//! The state of a room, and its records in the log and in the checkpoint.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use prost::{DecodeError, Message as _};
use proto::{
    room::v1::{PlaybackPolicy, QueuePolicy},
    sync::v1::{PlaybackState, RoomPhase, RoomRecord, Snapshot},
};

use super::{EncodedSeat, Params, RoomSettings, person, position_us, stands_at_end};

/// After a lost log all clients rejoin. An owner who rejoins within this window counts as never having left.
const REJOIN_WINDOW_US: i64 = 15_000_000;

/// The playback of a room and its seats. Cheap to clone: seats are shared until they change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Room {
    pub(crate) playback: PlaybackState,
    pub(crate) seats: Vec<Arc<EncodedSeat>>,
    /// When the last session left; 0 while there is one.
    pub(crate) empty_since_us: i64,
    pub(crate) policy: PlaybackPolicy,
    /// Empty: not known yet.
    pub(crate) owner_id: String,
    /// When the last session of the owner left; 0 while there is one, and before the first.
    pub(crate) owner_away_since_us: i64,
    /// The room has paused because its owner is away.
    pub(crate) owner_is_away: bool,
    /// When the last seek was made.
    pub(crate) seeked_at_us: i64,
    /// The length is where players reported the end, and not a measured one.
    pub(crate) duration_is_reported: bool,
    /// How the room goes through its playlist.
    pub(crate) queue: QueuePolicy,
    /// Everyone who voted to skip the current item, present or not.
    pub(crate) skip_voter_ids: Vec<String>,
    /// Those of the people present who may vote, as room-svc last said.
    pub(crate) may_vote_ids: Vec<String>,
    /// When a paused item starts by itself; 0: never.
    pub(crate) auto_start_at_us: i64,
    /// The start time that is over.
    pub(crate) auto_start_over_us: i64,
}

impl Room {
    /// Whether a session is in the room.
    pub(crate) fn has_session(&self, session_id: &str) -> bool {
        self.seats.iter().any(|seat| seat.session().id == session_id)
    }

    /// A room to which nothing has happened.
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

    /// A room whose log was lost, from its checkpoint. All clients have to rejoin. The room counts as empty since it was
    /// last seen, so that its film does not run on during an outage.
    pub(crate) fn restored(record: &[u8], seen_at_us: i64, now_us: i64) -> Result<Self, DecodeError> {
        let mut room = Self::decode(record)?;
        if room.owner_seat().is_some() {
            room.owner_away_since_us = now_us.saturating_add(REJOIN_WINDOW_US);
        }
        room.seats.clear();
        room.playback.epoch += 1;
        if room.playback.hold.take().is_some() {
            room.playback.anchor_server_us = now_us;
        }
        room.playback.phase = room.phase().into();
        room.empty_since_us = seen_at_us.min(now_us);
        Ok(room)
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self::of(RoomRecord::decode(record)?))
    }

    fn of(record: RoomRecord) -> Self {
        Self {
            playback: record.playback.unwrap_or_default(),
            seats: record.seats.into_iter().map(EncodedSeat::new).collect(),
            empty_since_us: record.empty_since_us,
            policy: record.policy.unwrap_or_default(),
            owner_id: record.owner_id,
            owner_away_since_us: record.owner_away_since_us,
            owner_is_away: record.owner_is_away,
            seeked_at_us: record.seeked_at_us,
            duration_is_reported: record.duration_is_reported,
            queue: record.queue.unwrap_or_default(),
            skip_voter_ids: record.skip_voter_ids,
            may_vote_ids: record.may_vote_ids,
            auto_start_at_us: record.auto_start_at_us,
            auto_start_over_us: record.auto_start_over_us,
        }
    }

    /// The record in the log.
    pub(crate) fn encode(&self) -> Bytes {
        encode(&self.record(), &self.seats)
    }

    /// What [`Self::restored`] needs. All clients rejoin a restored room, so only one seat matters: it says that the owner
    /// was present. With all seats the row of a room of 50 would have 12 KB, and PostgreSQL would store it out of line.
    pub(crate) fn checkpoint(&self) -> Bytes {
        let mut record = self.record();
        if let Some(hold) = record.playback.as_mut().and_then(|playback| playback.hold.as_mut()) {
            hold.waiting_session_ids.clear();
        }
        encode(&record, self.owner_seat())
    }

    /// The record without seats.
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
            duration_is_reported: self.duration_is_reported,
            queue: Some(self.queue),
            skip_voter_ids: self.skip_voter_ids.clone(),
            may_vote_ids: self.may_vote_ids.clone(),
            auto_start_at_us: self.auto_start_at_us,
            auto_start_over_us: self.auto_start_over_us,
        }
    }

    pub(crate) fn snapshot(&self, now_us: i64) -> Snapshot {
        Snapshot {
            state: Some(self.playback.clone()),
            sessions: self.seats.iter().map(|seat| seat.session().clone()).collect(),
            server_time_us: now_us,
        }
    }

    /// The state of the room in one word.
    pub(in crate::playback) fn phase(&self) -> RoomPhase {
        let playback = &self.playback;
        if playback.item_id.is_empty() {
            RoomPhase::Created
        } else if playback.hold.is_some() {
            RoomPhase::Waiting
        } else if playback.playing {
            RoomPhase::Playing
        } else if self.owner_is_away {
            RoomPhase::OwnerAway
        } else if stands_at_end(playback) {
            RoomPhase::Ended
        } else {
            RoomPhase::Paused
        }
    }

    pub(crate) fn settings(&self) -> RoomSettings {
        RoomSettings {
            policy: self.policy.clone(),
            owner_id: self.owner_id.clone(),
            queue: self.queue,
            auto_start_at_us: self.auto_start_at_us,
        }
    }

    /// Number of people with a session, however many sessions each has.
    pub(crate) fn people(&self) -> usize {
        self.seats.iter().map(|seat| person(seat.session())).collect::<HashSet<_>>().len()
    }

    /// The people in the room, each once.
    pub(crate) fn subjects(&self) -> Vec<String> {
        let people: BTreeSet<_> = self.seats.iter().filter_map(|seat| seat.subject()).collect();
        people.into_iter().map(str::to_owned).collect()
    }

    /// Where the item is at a time.
    pub(crate) fn position_us(&self, at_us: i64) -> i64 {
        position_us(&self.playback, at_us)
    }

    /// Whether people are here and the owner has been absent for as long as the installation allows.
    pub(crate) fn owner_is_missing(&self, now_us: i64, params: Params) -> bool {
        self.owner_missing_us(params).is_some_and(|due_us| due_us <= now_us)
    }

    /// From when on the owner counts as missing, whatever the room does about it; `None`: they are here, or nobody is.
    pub(crate) fn owner_missing_us(&self, params: Params) -> Option<i64> {
        let is_absent =
            !self.seats.is_empty() && !self.owner_id.is_empty() && !self.is_present(&self.owner_id);
        is_absent.then(|| self.owner_away_since_us.saturating_add(params.owner_away_us))
    }

    /// Whether somebody has voted to skip the current item.
    pub(crate) fn has_skip_votes(&self) -> bool {
        !self.skip_voter_ids.is_empty()
    }

    /// Whether the person has a session. Nobody has the empty id.
    pub(in crate::playback) fn is_present(&self, subject_id: &str) -> bool {
        self.seat_of(subject_id).is_some()
    }

    fn owner_seat(&self) -> Option<&Arc<EncodedSeat>> {
        self.seat_of(&self.owner_id)
    }

    fn seat_of(&self, subject_id: &str) -> Option<&Arc<EncodedSeat>> {
        self.seats.iter().find(|seat| seat.subject() == Some(subject_id))
    }
}

fn encode<'a>(
    record: &RoomRecord,
    seats: impl IntoIterator<Item = &'a Arc<EncodedSeat>, IntoIter: Clone>,
) -> Bytes {
    let seats = seats.into_iter();
    let seats_len: usize = seats.clone().map(|seat| seat.encoded.len()).sum();
    let mut encoded = Vec::with_capacity(record.encoded_len() + seats_len);
    // The only possible error is a full buffer, and a vector grows.
    let _ = record.encode(&mut encoded);
    for seat in seats {
        encoded.extend_from_slice(&seat.encoded);
    }
    encoded.into()
}
