//! Why the data plane gives no bytes, in the shape of every error of the API.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use rpc::{Reason, TraceParent};
use serde_json::json;

use crate::domain::LinkError;

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("the file is no longer there; ask for the item again")]
    Missing,
    #[error("there is no media at this path; ask for the item again")]
    NoSuchPath,
    #[error("the file was replaced at this moment; ask again")]
    Changed,
    #[error("something went wrong on our side; the request id finds it in the logs")]
    Failed(#[source] anyhow::Error),
}

impl From<blob::Error> for Refusal {
    fn from(error: blob::Error) -> Self {
        match error {
            blob::Error::NotFound(_) => Self::Missing,
            // The range was cut to the size that the object had a moment ago.
            blob::Error::RangeNotSatisfiable { .. } => Self::Changed,
            blob::Error::Io { .. } => Self::Failed(error.into()),
        }
    }
}

impl Refusal {
    /// The answer, with the id by which the client can quote it.
    pub(super) fn response(&self, trace: TraceParent) -> Response {
        let (code, name, reason) = match self {
            Self::Link(LinkError::Expired) => {
                (StatusCode::FORBIDDEN, "PERMISSION_DENIED", Reason::LinkExpired)
            }
            Self::Link(LinkError::Invalid) => {
                (StatusCode::FORBIDDEN, "PERMISSION_DENIED", Reason::LinkInvalid)
            }
            Self::Missing => (StatusCode::NOT_FOUND, "NOT_FOUND", Reason::ItemNotFound),
            Self::NoSuchPath => (StatusCode::NOT_FOUND, "NOT_FOUND", Reason::NoSuchRoute),
            Self::Changed => (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", Reason::Contended),
            Self::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", Reason::Internal),
        };
        if let Self::Failed(error) = self {
            tracing::error!(
                error = format!("{error:#}"),
                request_id = trace.request_id(),
                "cannot serve a file"
            );
        }
        let body = json!({"error": {
            "status": name,
            "code": code.as_u16(),
            "message": self.to_string(),
            "details": [{
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason.as_str_name().trim_start_matches("REASON_"),
                "domain": proto::codec::ERROR_DOMAIN,
                "metadata": {},
            }],
            "requestId": trace.request_id(),
        }});
        let mut response = (code, Json(body)).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
