//! A room, its name in requests, and the right to reclaim it.

use chrono::{DateTime, Utc};
use ids::{RoomCode, RoomId, SubjectId};
use proto::room::v1::{self as wire, CreateRoomRequest, GetAccessResponse, Visibility};

use super::{Member, Policy, timestamp};
use crate::error::{Error, Result};

/// Longest name in characters, as in the contract.
const MAX_NAME: usize = 80;

const DEFAULT_MAX_MEMBERS: i32 = 50;

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

/// The settings of a new room.
#[derive(Debug, Clone)]
pub(crate) struct NewRoom {
    pub(crate) name: String,
    pub(crate) visibility: Visibility,
    pub(crate) max_members: i32,
    pub(crate) guests_forbidden: bool,
}

impl NewRoom {
    /// Fills in the defaults of what the request leaves open.
    pub(crate) fn from_request(request: &CreateRoomRequest, owner_name: &str) -> Result<Self> {
        let name = match request.name.trim() {
            "" => format!("{owner_name}'s room").chars().take(MAX_NAME).collect(),
            name => name.to_owned(),
        };
        let visibility = match request.visibility() {
            Visibility::Unspecified => Visibility::Unlisted,
            visibility => visibility,
        };
        let max_members = match request.max_members {
            0 => DEFAULT_MAX_MEMBERS,
            1 => {
                return Err(Error::Field {
                    field: "max_members",
                    what: "must be at least 2, or 0 for the default",
                });
            }
            max_members => max_members,
        };
        Ok(Self { name, visibility, max_members, guests_forbidden: request.guests_forbidden })
    }
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
    pub(crate) name: String,
    pub(crate) owner_id: SubjectId,
    pub(crate) visibility: Visibility,
    pub(crate) max_members: i32,
    pub(crate) member_count: i32,
    pub(crate) guests_forbidden: bool,
    pub(crate) playlist_version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) policy: Policy,
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
        let reclaim_until = room.reclaim.as_ref().map(|reclaim| timestamp(reclaim.until));
        Self {
            id: room.id.to_string(),
            code: room.code,
            name: room.name,
            owner_id: room.owner_id.to_string(),
            visibility: room.visibility.into(),
            max_members: room.max_members,
            guests_forbidden: room.guests_forbidden,
            created_at: Some(timestamp(room.created_at)),
            policy: Some(room.policy.into()),
            former_owner_id: room
                .reclaim
                .map(|reclaim| reclaim.former_owner_id.to_string())
                .unwrap_or_default(),
            reclaim_until,
        }
    }
}

/// A member of a room.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) room: Room,
    pub(crate) member: Member,
}

impl From<Access> for GetAccessResponse {
    fn from(access: Access) -> Self {
        let permissions = access.member.permissions().list().into_iter().map(Into::into).collect();
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

    #[test]
    fn a_default_name_from_a_long_owner_name_fits_the_limit() {
        let room = NewRoom::from_request(&CreateRoomRequest::default(), &"é".repeat(100)).unwrap();
        assert_eq!(room.name.chars().count(), MAX_NAME);
        let room =
            NewRoom::from_request(&CreateRoomRequest { name: "  ".into(), ..Default::default() }, "Ada")
                .unwrap();
        assert_eq!(
            (room.name.as_str(), room.visibility, room.max_members),
            ("Ada's room", Visibility::Unlisted, 50)
        );
    }
}
