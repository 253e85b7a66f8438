//! Members, and the people who call.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use proto::{
    common::v1::{Identity, SubjectKind},
    room::v1::{self as wire, Permission, Role},
};

use super::{Grants, Permissions, RoleChanges, timestamp};
use crate::error::{Error, Result};

/// Someone who has joined a room.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) subject_id: SubjectId,
    pub(crate) display_name: String,
    /// The role of the person; for a custom role its base.
    pub(crate) role: Role,
    pub(crate) joined_at: DateTime<Utc>,
    pub(crate) custom_role_id: Option<String>,
    /// May lie in the past.
    pub(crate) muted_until: Option<DateTime<Utc>>,
    /// What the room changes about the role.
    pub(crate) room: RoleChanges,
    /// What the custom role changes.
    pub(crate) custom: Option<RoleChanges>,
    /// What is changed for this member.
    pub(crate) own: RoleChanges,
    /// Whether the voice chat of the room is switched off.
    pub(crate) voice_off: bool,
}

impl Member {
    /// What decides about the member, besides a mute.
    fn grants(&self) -> Grants {
        Grants {
            role: self.role,
            room: self.room,
            custom: self.custom,
            own: self.own,
            is_muted: false,
            voice_off: self.voice_off,
        }
    }

    /// Everything that decides about the member at this time.
    pub(crate) fn grants_at(&self, now: DateTime<Utc>) -> Grants {
        Grants { is_muted: self.muted_at(now).is_some(), ..self.grants() }
    }

    /// The end of a mute that is in force. An owner cannot be muted.
    pub(crate) fn muted_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.muted_until.filter(|until| now < *until && self.role != Role::Owner)
    }

    /// What the member may do, leaving aside mutes and what the room has switched off: what can be given and taken.
    pub(crate) fn permissions(&self) -> Permissions {
        Grants { voice_off: false, ..self.grants() }.effective()
    }

    /// Fails without this permission. For reads, which no mute concerns.
    pub(crate) fn need(&self, permission: Permission) -> Result<()> {
        self.grants().effective().has(permission).then_some(()).ok_or(Error::PermissionMissing(permission))
    }

    /// Fails without this permission at this time.
    pub(crate) fn need_at(&self, permission: Permission, now: DateTime<Utc>) -> Result<()> {
        self.need(permission)?;
        match self.muted_at(now) {
            Some(until) if !self.grants_at(now).effective().has(permission) => Err(Error::Muted(until)),
            _ => Ok(()),
        }
    }
}

impl From<Member> for wire::Member {
    fn from(member: Member) -> Self {
        Self {
            subject_id: member.subject_id.to_string(),
            display_name: member.display_name,
            role: member.role.into(),
            joined_at: Some(timestamp(member.joined_at)),
            custom_role_id: member.custom_role_id.unwrap_or_default(),
            muted_until: member.muted_until.map(timestamp),
            added: member.own.added.numbers(),
            removed: member.own.removed.numbers(),
        }
    }
}

/// The person who makes a call.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) id: SubjectId,
    /// The only room for which the token is valid; `None`: any room.
    only_room: Option<RoomId>,
    identity: Identity,
}

impl TryFrom<Identity> for Caller {
    type Error = Error;

    fn try_from(identity: Identity) -> Result<Self> {
        let only_room = match identity.room_id.as_str() {
            "" => None,
            room => Some(room.parse().map_err(|_| Error::TokenForAnotherRoom)?),
        };
        Ok(Self { id: identity.subject_id.parse()?, only_room, identity })
    }
}

impl Caller {
    /// The name in the token.
    pub(crate) fn name(&self) -> &str {
        &self.identity.display_name
    }

    /// The person as their token, or a service, says.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether the person has an account.
    pub(crate) fn has_account(&self) -> bool {
        matches!(self.identity.kind(), SubjectKind::User | SubjectKind::Admin)
    }

    /// Whether the token is valid for one room only.
    pub(crate) fn has_token_for_one_room(&self) -> bool {
        self.only_room.is_some()
    }

    /// Fails when the token is valid for another room only.
    pub(crate) fn admitted_to(&self, room: RoomId) -> Result<()> {
        self.only_room.is_none_or(|only| only == room).then_some(()).ok_or(Error::TokenForAnotherRoom)
    }

    /// The caller as a member of a room that they join now and do not own.
    pub(crate) fn as_member(&self, joined_at: DateTime<Utc>) -> Member {
        let role = match self.identity.kind() {
            SubjectKind::User | SubjectKind::Admin => Role::Member,
            SubjectKind::Guest | SubjectKind::Unspecified => Role::Guest,
        };
        Member {
            subject_id: self.id,
            display_name: self.name().to_owned(),
            role,
            joined_at,
            custom_role_id: None,
            muted_until: None,
            room: RoleChanges::default(),
            custom: None,
            own: RoleChanges::default(),
            voice_off: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use ids::UserId;

    use super::*;

    #[test]
    fn a_room_bound_token_works_in_its_room_only() {
        let (here, there) = (RoomId::new(), RoomId::new());
        let admits = |room_id: String| {
            let subject_id = UserId::new().to_string();
            Caller::try_from(Identity { subject_id, room_id, ..Default::default() })?.admitted_to(here)
        };
        assert!(admits(String::new()).is_ok());
        assert!(admits(here.to_string()).is_ok());
        assert!(matches!(admits(there.to_string()), Err(Error::TokenForAnotherRoom)));
        assert!(matches!(admits("garbage".into()), Err(Error::TokenForAnotherRoom)));
    }
}
