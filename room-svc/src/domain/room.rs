//! A room, how requests name it, and the right to reclaim it.

use chrono::{DateTime, Utc};
use ids::{RoomCode, RoomId, SubjectId};
use proto::room::v1::{self as wire, GetAccessResponse};

use super::{Member, Settings, timestamp};
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
}

impl Room {
    /// Whether `key` names this room.
    pub(crate) fn is_named_by(&self, key: &RoomKey) -> bool {
        match key {
            RoomKey::Id(id) => self.id == *id,
            RoomKey::Code(code) => self.code == code.as_str(),
        }
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
            former_owner_id: former_owner_id.unwrap_or_default(),
            reclaim_until,
            description: settings.description,
            category: settings.category.into(),
            labels: settings.labels,
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
