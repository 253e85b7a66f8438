//! Why the data plane gives no bytes.

use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use edge::{ApiError, LinkError};
use http::{HeaderValue, header::CACHE_CONTROL};
use rpc::{Reason, TraceParent};
use tonic::Status;

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("the file is no longer there; ask for the item again")]
    Missing,
    #[error("there is no media at this path; ask for the item again")]
    NoSuchPath,
    #[error("the file was replaced at this moment; ask again")]
    Changed,
    #[error("this part of the film is still being prepared; try again in a moment")]
    NotReady,
    /// What media-svc says of a segment that somebody waits for.
    #[error("{}", .0.message())]
    Awaited(tonic::Status),
    #[error("cannot serve a file: {0:#}")]
    Failed(anyhow::Error),
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

/// When a viewer may ask again for what is not there yet.
const ASK_AGAIN: Duration = Duration::from_secs(2);

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::Link(LinkError::Expired) => Reason::LinkExpired,
            Refusal::Link(LinkError::Invalid) => Reason::LinkInvalid,
            Refusal::Missing => Reason::ItemNotFound,
            Refusal::NoSuchPath => Reason::NoSuchRoute,
            Refusal::Changed => Reason::Contended,
            Refusal::NotReady => {
                let error = rpc::Error::new(Reason::MediaNotReady, refusal.to_string());
                return error.retry_after(ASK_AGAIN).into();
            }
            Refusal::Awaited(status) => return status,
            Refusal::Failed(error) => return rpc::Error::internal(error).into(),
        };
        rpc::Error::new(reason, refusal.to_string()).into()
    }
}

impl Refusal {
    /// The response, with the id by which the client can quote it.
    pub(crate) fn response(self, trace: TraceParent) -> Response {
        let mut response = ApiError::new(self, trace).into_response();
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
