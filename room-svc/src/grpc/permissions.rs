//! Roles, explanations, and requests for permissions.

use proto::room::v1::{self as wire, permission_service_server::PermissionService};
use tonic::Request;

use super::{Grpc, Reply, caller, person, reply};
use crate::{
    app::RoleEdit,
    domain::{Roles, RoomKey},
    error::Error,
};

#[tonic::async_trait]
impl PermissionService for Grpc {
    async fn explain_permission(
        &self,
        request: Request<wire::ExplainPermissionRequest>,
    ) -> Reply<wire::ExplainPermissionResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let id = request.subject_id.as_str();
        let of = (!id.is_empty()).then(|| person(id, "subject_id")).transpose()?;
        reply(self.0.explain_permission(&caller, &room, request.permission(), of).await?)
    }

    async fn list_roles(&self, request: Request<wire::ListRolesRequest>) -> Reply<wire::ListRolesResponse> {
        let caller = caller(&request)?;
        let roles = self.0.list_roles(&caller, &RoomKey::parse(&request.get_ref().room)?).await?;
        reply(wire::ListRolesResponse { roles: shown(&roles) })
    }

    async fn create_role(
        &self,
        request: Request<wire::CreateRoleRequest>,
    ) -> Reply<wire::CreateRoleResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let base = request.base();
        let edit = RoleEdit {
            name: Some(request.name),
            color: Some(request.color),
            added: Some(request.added),
            removed: Some(request.removed),
        };
        let (all, role) = self.0.create_role(&caller, &room, base, edit).await?;
        reply(wire::CreateRoleResponse { role: Some(all.shown(&role)) })
    }

    async fn update_role(
        &self,
        request: Request<wire::UpdateRoleRequest>,
    ) -> Reply<wire::UpdateRoleResponse> {
        let (caller, mut request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let mut edit = RoleEdit::default();
        for path in request.update_mask.take().unwrap_or_default().paths {
            match path.as_str() {
                "name" => edit.name = Some(std::mem::take(&mut request.name)),
                "color" => edit.color = Some(std::mem::take(&mut request.color)),
                "added" => edit.added = Some(std::mem::take(&mut request.added)),
                "removed" => edit.removed = Some(std::mem::take(&mut request.removed)),
                _ => {
                    return Err(
                        Error::MaskPath { path, known: "name, color, added or removed".to_owned() }.into()
                    );
                }
            }
        }
        let (all, role) = self.0.update_role(&caller, &room, &request.role_id, edit).await?;
        reply(wire::UpdateRoleResponse { role: Some(all.shown(&role)) })
    }

    async fn delete_role(
        &self,
        request: Request<wire::DeleteRoleRequest>,
    ) -> Reply<wire::DeleteRoleResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        self.0.delete_role(&caller, &RoomKey::parse(&request.room)?, &request.role_id).await?;
        reply(wire::DeleteRoleResponse {})
    }

    async fn request_permission(
        &self,
        request: Request<wire::RequestPermissionRequest>,
    ) -> Reply<wire::RequestPermissionResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let asked = self.0.request_permission(&caller, &room, request.permission(), &request.message).await?;
        reply(wire::RequestPermissionResponse { request: Some(asked.into()) })
    }

    async fn list_permission_requests(
        &self,
        request: Request<wire::ListPermissionRequestsRequest>,
    ) -> Reply<wire::ListPermissionRequestsResponse> {
        let caller = caller(&request)?;
        let room = RoomKey::parse(&request.get_ref().room)?;
        let requests = self.0.list_permission_requests(&caller, &room).await?;
        reply(wire::ListPermissionRequestsResponse {
            requests: requests.into_iter().map(Into::into).collect(),
        })
    }

    async fn decide_permission_request(
        &self,
        request: Request<wire::DecidePermissionRequestRequest>,
    ) -> Reply<wire::DecidePermissionRequestResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        let of = person(&request.subject_id, "subject_id")?;
        let member =
            self.0.decide_permission_request(&caller, &room, of, request.permission(), request.grant).await?;
        reply(wire::DecidePermissionRequestResponse { member: Some(member.into()) })
    }

    async fn cancel_permission_request(
        &self,
        request: Request<wire::CancelPermissionRequestRequest>,
    ) -> Reply<wire::CancelPermissionRequestResponse> {
        let (caller, request) = (caller(&request)?, request.into_inner());
        let room = RoomKey::parse(&request.room)?;
        self.0.cancel_permission_request(&caller, &room, request.permission()).await?;
        reply(wire::CancelPermissionRequestResponse {})
    }
}

fn shown(roles: &Roles) -> Vec<wire::RoomRole> {
    roles.iter().map(|role| roles.shown(role)).collect()
}
