//! Invites: codes that let people into a room.

use chrono::{DateTime, Utc};
use ids::{RoomId, SubjectId};
use proto::room::v1 as wire;

use super::timestamp;
use crate::error::{Error, Result};

/// An invite of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invite {
    pub(crate) code: String,
    pub(crate) room: RoomId,
    pub(crate) created_by: SubjectId,
    pub(crate) created_by_name: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    /// 0: no limit.
    pub(crate) max_uses: i32,
    pub(crate) uses: i32,
    pub(crate) skips_approval: bool,
    pub(crate) note: String,
}

impl Invite {
    /// Fails when nobody can use it any more.
    pub(crate) fn usable(&self, now: DateTime<Utc>) -> Result<()> {
        if self.expires_at <= now {
            return Err(Error::InviteExpired(self.expires_at));
        }
        if self.max_uses > 0 && self.uses >= self.max_uses {
            return Err(Error::InviteUsedUp(self.max_uses));
        }
        Ok(())
    }
}

/// A code as it is stored: people write codes with spaces, dashes and capitals.
pub(crate) fn invite_code(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

impl From<Invite> for wire::Invite {
    fn from(invite: Invite) -> Self {
        Self {
            code: invite.code,
            created_by: invite.created_by.to_string(),
            created_by_name: invite.created_by_name,
            created_at: Some(timestamp(invite.created_at)),
            expires_at: Some(timestamp(invite.expires_at)),
            max_uses: invite.max_uses,
            uses: invite.uses,
            skips_approval: invite.skips_approval,
            note: invite.note,
        }
    }
}

/// Someone who came by an invite.
#[derive(Debug, Clone)]
pub(crate) struct InviteUse {
    pub(crate) subject_id: SubjectId,
    pub(crate) display_name: String,
    pub(crate) used_at: DateTime<Utc>,
}

impl From<InviteUse> for wire::InviteUse {
    fn from(used: InviteUse) -> Self {
        Self {
            subject_id: used.subject_id.to_string(),
            display_name: used.display_name,
            used_at: Some(timestamp(used.used_at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        assert_eq!(invite_code(" ABCD-2345 "), "abcd2345");
    }
}
