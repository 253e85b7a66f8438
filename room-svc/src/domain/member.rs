//! Members.

use chrono::{DateTime, Utc};
use proto::{
    common::v1::{Identity, SubjectKind},
    room::v1::{self as wire, Role},
};

use super::timestamp;

/// Someone who has joined a room.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) subject_id: String,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) joined_at: DateTime<Utc>,
}

impl From<Member> for wire::Member {
    fn from(member: Member) -> Self {
        Self {
            subject_id: member.subject_id,
            display_name: member.display_name,
            role: member.role.into(),
            joined_at: Some(timestamp(member.joined_at)),
        }
    }
}

/// What someone is in a room that they have just joined, unless they own it.
pub(crate) fn joining_role(person: &Identity) -> Role {
    match person.kind() {
        SubjectKind::User | SubjectKind::Admin => Role::Member,
        SubjectKind::Guest | SubjectKind::Unspecified => Role::Guest,
    }
}
