//! Permissions of people in rooms, read from room-svc.

use ids::{RoomId, SubjectId};
use proto::{
    common::v1::{Identity, SubjectKind},
    room::v1::{GetAccessRequest, Member, Permission, Role, member_service_client::MemberServiceClient},
};
use rpc::Context;
use tonic::Code;

use super::App;
use crate::error::{Error, Result};

/// Permissions of a person in a room.
pub(super) struct Access {
    pub(super) room: RoomId,
    pub(super) role: Role,
    permissions: Vec<Permission>,
}

impl Access {
    pub(super) fn need(self, permission: Permission) -> Result<Self> {
        if self.permissions.contains(&permission) {
            Ok(self)
        } else {
            Err(Error::PermissionMissing(permission))
        }
    }
}

impl App {
    /// The access of the person for whom the call is made.
    pub(super) async fn access(&self, context: &Context, room: &str) -> Result<Access> {
        let request = context.request(GetAccessRequest { room: room.to_owned() });
        let reply = MemberServiceClient::new(self.room.clone()).get_access(request).await?.into_inner();
        let unnamed = || rpc::Error::internal(anyhow::anyhow!("room-svc answered without naming the room"));
        Ok(Access {
            room: reply.room.as_ref().and_then(|room| room.id.parse().ok()).ok_or_else(unnamed)?,
            role: reply.member.as_ref().map_or(Role::Unspecified, Member::role),
            permissions: reply.permissions().collect(),
        })
    }

    /// The access of another person; `None`: they are no longer in the room.
    pub(super) async fn access_of(&self, room: RoomId, subject_id: &str) -> Result<Option<Access>> {
        let kind = match subject_id.parse() {
            Ok(SubjectId::User(_)) => SubjectKind::User,
            _ => SubjectKind::Guest,
        };
        let identity =
            Identity { subject_id: subject_id.to_owned(), kind: kind.into(), ..Identity::default() };
        match self.access(&Context::on_behalf_of(identity), &room.to_string()).await {
            Ok(access) => Ok(Some(access)),
            Err(Error::Answered(status))
                if matches!(
                    status.code(),
                    Code::NotFound | Code::PermissionDenied | Code::FailedPrecondition
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
