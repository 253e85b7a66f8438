//! Requests for a permission.

use chrono::{DateTime, Utc};
use ids::SubjectId;
use proto::room::v1::{self as wire, Permission};

use super::timestamp;

/// A member who asks for a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PermissionRequest {
    pub(crate) subject_id: SubjectId,
    pub(crate) display_name: String,
    pub(crate) permission: Permission,
    pub(crate) message: String,
    pub(crate) requested_at: DateTime<Utc>,
}

impl From<PermissionRequest> for wire::PermissionRequest {
    fn from(request: PermissionRequest) -> Self {
        Self {
            subject_id: request.subject_id.to_string(),
            display_name: request.display_name,
            permission: request.permission.into(),
            message: request.message,
            requested_at: Some(timestamp(request.requested_at)),
        }
    }
}
