//! A room, how requests name it, and the right to reclaim it.

use chrono::{DateTime, Utc};
use ids::{RoomCode, RoomId, SubjectId};
use proto::room::v1::{self as wire, CloseReason, GetAccessResponse, RoomState};

use super::{Live, Member, Settings, timestamp};
use crate::error::{Error, Result};

/// How a request names a room.
#[derive(Debug, Clone)]
pub(crate) enum RoomKey {
    Id(RoomId),
    Code(RoomCode),
}

impl RoomKey {
    /// Reads an id or a code. Anything else names no room.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let id = || text.parse().map(Self::Id);
        id().or_else(|_| text.parse().map(Self::Code)).map_err(|_| Error::RoomNotFound(text.to_owned()))
    }
}

impl From<RoomId> for RoomKey {
    fn from(id: RoomId) -> Self {
        Self::Id(id)
    }
}

/// What the preview of an invite link shows of a public room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitePreview {
    pub(crate) room_name: String,
    /// Title of the first item of the playlist.
    pub(crate) item_title: Option<String>,
}

/// The right of a former owner to take the room back after a hand-over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reclaim {
    pub(crate) former_owner_id: SubjectId,
    pub(crate) until: DateTime<Utc>,
}

/// When and why a room was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: CloseReason,
}

/// How long the installation keeps rooms in which nobody is.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "the unit belongs into the name")]
pub(crate) struct Lifetimes {
    /// Rooms of guests, in hours after the last person left.
    pub(crate) guest_idle_hours: i32,
    /// Rooms of accounts, in hours after the last person left; 0: they do not end by themselves.
    pub(crate) account_idle_hours: i32,
    /// Closed rooms of guests, in hours.
    pub(crate) keep_ended_hours: i32,
}

/// A room.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) id: RoomId,
    pub(crate) code: String,
    pub(crate) owner_id: SubjectId,
    pub(crate) settings: Settings,
    pub(crate) member_count: i32,
    pub(crate) playlist_version: i64,
    pub(crate) created_at: DateTime<Utc>,
    /// May have expired: see [`Room::open_reclaim`].
    pub(crate) reclaim: Option<Reclaim>,
    pub(crate) closed: Option<Closed>,
    /// When it ends by itself, or is deleted.
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) live: Live,
}

impl Room {
    /// Whether `key` names this room.
    pub(crate) fn is_named_by(&self, key: &RoomKey) -> bool {
        match key {
            RoomKey::Id(id) => self.id == *id,
            RoomKey::Code(code) => self.code == code.as_str(),
        }
    }

    /// What happens in the room.
    pub(crate) fn state(&self) -> RoomState {
        if self.closed.is_some() { RoomState::Ended } else { self.live.state() }
    }

    /// Fails for a closed room.
    pub(crate) fn must_be_open(&self) -> Result<()> {
        if self.closed.is_some() { Err(Error::RoomClosed) } else { Ok(()) }
    }

    /// Whether somebody in the room decides who is let in.
    pub(crate) fn asks_approval(&self) -> bool {
        self.settings.join.approval
    }

    /// The right to reclaim, unless it has expired.
    pub(crate) fn open_reclaim(&self, now: DateTime<Utc>) -> Option<&Reclaim> {
        self.reclaim.as_ref().filter(|reclaim| now <= reclaim.until)
    }

    /// The right to reclaim that remains when the room goes to `heir`: none when the heir is the one who has it.
    pub(crate) fn reclaim_beside(&self, heir: SubjectId, now: DateTime<Utc>) -> Option<Reclaim> {
        self.open_reclaim(now).filter(|reclaim| reclaim.former_owner_id != heir).cloned()
    }
}

impl From<Room> for wire::Room {
    fn from(room: Room) -> Self {
        let state = room.state();
        let (close_reason, closed_at) =
            room.closed.map(|closed| (closed.reason, timestamp(closed.at))).unzip();
        let settings = room.settings;
        let (former_owner_id, reclaim_until) = room
            .reclaim
            .map(|reclaim| (reclaim.former_owner_id.to_string(), timestamp(reclaim.until)))
            .unzip();
        Self {
            id: room.id.to_string(),
            code: room.code,
            name: settings.name,
            owner_id: room.owner_id.to_string(),
            visibility: settings.visibility.into(),
            max_participants: settings.max_participants,
            guests_forbidden: settings.guests_forbidden,
            created_at: Some(timestamp(room.created_at)),
            policy: Some(settings.policy.into()),
            chat: Some(settings.chat),
            queue: Some(settings.queue),
            playback_control: settings.playback_control.into(),
            join: Some(settings.join),
            voice: Some(settings.voice),
            auto_start: settings.auto_start,
            former_owner_id: former_owner_id.unwrap_or_default(),
            reclaim_until,
            description: settings.description,
            category: settings.category.into(),
            labels: settings.labels,
            starts_at: settings.starts_at.map(timestamp),
            ends_at: settings.ends_at.map(timestamp),
            idle_hours: settings.idle_hours,
            closed: closed_at.is_some(),
            close_reason: close_reason.unwrap_or_default().into(),
            closed_at,
            expires_at: room.expires_at.map(timestamp),
            state: state.into(),
        }
    }
}

/// A member of a room.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) room: Room,
    pub(crate) member: Member,
    /// When that was so.
    pub(crate) now: DateTime<Utc>,
}

impl From<Access> for GetAccessResponse {
    fn from(access: Access) -> Self {
        let permissions = access.member.grants_at(access.now).effective().numbers();
        Self { room: Some(access.room.into()), member: Some(access.member.into()), permissions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_key_is_an_id_or_a_code() {
        let (id, code) = (RoomId::new(), RoomCode::random());
        assert!(matches!(RoomKey::parse(&id.to_string()), Ok(RoomKey::Id(found)) if found == id));
        assert!(
            matches!(RoomKey::parse(&code.as_str().to_uppercase()), Ok(RoomKey::Code(found)) if found == code)
        );
        assert!(matches!(RoomKey::parse("nowhere"), Err(Error::RoomNotFound(_))));
    }
}
