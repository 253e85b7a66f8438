//! Requests to be let into a room.

use chrono::{DateTime, TimeDelta, Utc};
use ids::SubjectId;
use proto::room::v1 as wire;

use super::{Asked, timestamp};

/// How long a declined person waits before they may ask again, unless the decision says it.
pub(crate) const ASK_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(600);

/// Someone who asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinRequest {
    pub(crate) subject_id: SubjectId,
    pub(crate) display_name: String,
    pub(crate) message: String,
    pub(crate) requested_at: DateTime<Utc>,
    pub(crate) decision: JoinDecision,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JoinDecision {
    Waits,
    Approved,
    /// By whom, and when they may ask again.
    Declined {
        by_name: String,
        until: DateTime<Utc>,
    },
}

impl JoinRequest {
    /// What became of it, if that still counts.
    pub(crate) fn asked(&self, now: DateTime<Utc>) -> Option<Asked> {
        match &self.decision {
            JoinDecision::Waits => Some(Asked::Waits),
            JoinDecision::Approved => Some(Asked::Approved),
            JoinDecision::Declined { until, .. } => (now < *until).then_some(Asked::Declined),
        }
    }
}

impl From<JoinRequest> for wire::JoinRequest {
    fn from(request: JoinRequest) -> Self {
        Self {
            subject_id: request.subject_id.to_string(),
            display_name: request.display_name,
            message: request.message,
            requested_at: Some(timestamp(request.requested_at)),
        }
    }
}
