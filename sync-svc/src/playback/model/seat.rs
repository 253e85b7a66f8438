//! A seat: one session of a room, and what its player reports.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use prost::Message as _;
use proto::sync::v1::{PlayerState, PlayerStatus, RoomRecord, Seat, Session, SessionMode};

/// A seat with its encoding. Most steps leave most seats as they are, so each is encoded once.
#[derive(Debug, PartialEq)]
pub(crate) struct EncodedSeat {
    pub(crate) seat: Seat,
    pub(super) encoded: Bytes,
}

impl EncodedSeat {
    pub(crate) fn new(seat: Seat) -> Arc<Self> {
        // Encoded as a record with this seat alone: protobuf merges concatenated messages, so the record of a room is the
        // concatenation of such parts.
        let record = RoomRecord { seats: vec![seat], ..RoomRecord::default() };
        let encoded = record.encode_to_vec().into();
        Arc::new(Self { seat: record.seats.into_iter().next().unwrap_or_default(), encoded })
    }

    pub(crate) fn session(&self) -> &Session {
        static NOBODY: LazyLock<Session> = LazyLock::new(Session::default);
        self.seat.session.as_ref().unwrap_or(&NOBODY)
    }

    /// The person, unless the session does not say whose it is.
    pub(in crate::playback) fn subject(&self) -> Option<&str> {
        let member = self.session().member.as_ref()?;
        Some(member.subject_id.as_str()).filter(|subject| !subject.is_empty())
    }

    /// When the person became a member of the room, in microseconds.
    pub(in crate::playback) fn member_since_us(&self) -> Option<i64> {
        let since = self.session().member.as_ref()?.joined_at.as_ref()?;
        Some(since.seconds.saturating_mul(1_000_000).saturating_add(i64::from(since.nanos / 1000)))
    }
}

/// The person of a session; a session that does not say whose it is counts as a person of its own.
pub(crate) fn person(session: &Session) -> &str {
    match &session.member {
        Some(member) if !member.subject_id.is_empty() => &member.subject_id,
        _ => &session.id,
    }
}

pub(in crate::playback) fn state_of(session: &Session) -> PlayerState {
    session.status.as_ref().map_or(PlayerState::Unspecified, PlayerStatus::state)
}

pub(in crate::playback) fn delay_ms(session: &Session) -> f64 {
    session.status.as_ref().map_or(0.0, |status| status.delay_ms)
}

/// Whether the session has a player that can play.
pub(in crate::playback) fn has_player(session: &Session) -> bool {
    plays(session)
        && !matches!(state_of(session), PlayerState::Unspecified | PlayerState::Blocked | PlayerState::Failed)
}

/// Whether the session is there to play. One that only chats or controls has its player elsewhere.
pub(in crate::playback) fn plays(session: &Session) -> bool {
    !matches!(session.mode(), SessionMode::ChatOnly | SessionMode::RemoteOnly)
}

/// Whether starts do not wait for the player.
pub(in crate::playback) fn is_excused(session: &Session) -> bool {
    session.status.as_ref().is_some_and(|status| status.excused)
}

/// Whether a player in this state could start at once. One that is at the end has nothing to load.
pub(in crate::playback) fn is_ready(state: PlayerState) -> bool {
    matches!(state, PlayerState::Ready | PlayerState::InSync | PlayerState::Adjusting | PlayerState::Ended)
}

/// Whether the player has loaded the item.
pub(in crate::playback) fn has_item(session: &Session, item_id: &str) -> bool {
    session.status.as_ref().is_some_and(|status| status.item_id == item_id)
}

/// Whether the player has loaded the item besides the current one.
pub(in crate::playback) fn has_prepared(session: &Session, item_id: &str) -> bool {
    session.status.as_ref().is_some_and(|status| status.prepared_item_id == item_id)
}
