//! The closed set of errors: one reason, one gRPC code, one HTTP status, in this file only.

use std::{collections::HashMap, time::Duration};

use proto::{codec::ERROR_DOMAIN, common::v1::Reason, room::v1::Permission};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// An error for the caller: a reason for programs, a sentence for people, and what goes with it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    reason: Reason,
    message: String,
    metadata: HashMap<String, String>,
    retry_after: Option<Duration>,
}

impl Error {
    /// `message` says in lower case what was attempted and with what; internals do not belong there.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), metadata: HashMap::new(), retry_after: None }
    }

    /// A defect or an outage of ours: logged here, in full, and told to the caller without its internals.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        let error: anyhow::Error = error.into();
        tracing::error!(error = format!("{error:#}"), "a call failed");
        Self::new(Reason::Internal, "something went wrong on our side; the request id finds it in the logs")
    }

    /// The caller's role in a room lacks this. Programs find it in the metadata, as `permission`.
    pub fn permission_missing(permission: Permission) -> Self {
        let name = permission.as_str_name().trim_start_matches("PERMISSION_").to_ascii_lowercase();
        let message = format!("your role in this room does not include {name}");
        Self::new(Reason::PermissionMissing, message).with("permission", name)
    }

    /// Adds a fact that a program may need, such as the current `seq`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// Says when trying again makes sense.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let name = error.reason.as_str_name().trim_start_matches("REASON_");
        let mut details = ErrorDetails::with_error_info(name, ERROR_DOMAIN, error.metadata);
        if let Some(delay) = error.retry_after {
            details.set_retry_info(Some(delay));
        }
        Status::with_error_details(code(error.reason), error.message, details)
    }
}

/// The reason that a status carries, if it came from one of our services.
pub fn reason_of(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    Reason::from_str_name(&format!("REASON_{}", info.reason))
}

fn code(reason: Reason) -> Code {
    use Reason as R;
    match reason {
        R::Unspecified | R::Internal => Code::Internal,
        R::DependencyUnavailable => Code::Unavailable,
        R::DeadlineExceeded => Code::DeadlineExceeded,
        R::RateLimited | R::RoomFull | R::PlaylistFull | R::TooManyObservations => Code::ResourceExhausted,
        R::InvalidField
        | R::MalformedBody
        | R::BodyTooLarge
        | R::UnsupportedMediaType
        | R::WeakPassword
        | R::PageTokenInvalid
        | R::ProtocolUnsupported
        | R::FrameMalformed
        | R::FrameTooLarge
        | R::HelloExpected
        | R::SourceSchemeUnsupported
        | R::SourcePrivateAddress
        | R::SourceUnreachable
        | R::SourceRefused
        | R::SourceNotVideo => Code::InvalidArgument,
        R::NoSuchRoute | R::RoomNotFound | R::ItemNotFound => Code::NotFound,
        R::MethodNotAllowed => Code::Unimplemented,
        R::Unauthenticated
        | R::TokenExpired
        | R::TokenInvalid
        | R::WrongCredentials
        | R::CeremonyExpired
        | R::RefreshInvalid
        | R::RefreshReused
        | R::TicketInvalid => Code::Unauthenticated,
        R::TokenForAnotherRoom
        | R::AccountRequired
        | R::AdminRequired
        | R::InternalOnly
        | R::NotAMember
        | R::GuestsNotAllowed
        | R::PermissionMissing
        | R::ReclaimOver
        | R::LinkExpired
        | R::LinkInvalid => Code::PermissionDenied,
        R::UsernameTaken | R::RequestIdReused => Code::AlreadyExists,
        R::StaleSequence | R::Contended => Code::Aborted,
        R::ItemMismatch | R::NoItem | R::NothingToUndo => Code::FailedPrecondition,
    }
}

/// The HTTP status of an error: by its code, except where HTTP has a sharper word for the reason.
pub fn http_status(code: Code, reason: Option<Reason>) -> u16 {
    match (reason, code) {
        (Some(Reason::BodyTooLarge | Reason::FrameTooLarge), _) => 413,
        (Some(Reason::UnsupportedMediaType), _) => 415,
        (Some(Reason::MethodNotAllowed), _) => 405,
        (Some(Reason::RoomFull | Reason::PlaylistFull), _) | (_, Code::AlreadyExists | Code::Aborted) => 409,
        (_, Code::Ok) => 200,
        (_, Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange) => 400,
        (_, Code::Unauthenticated) => 401,
        (_, Code::PermissionDenied) => 403,
        (_, Code::NotFound) => 404,
        (_, Code::ResourceExhausted) => 429,
        (_, Code::Cancelled) => 499,
        (_, Code::Unimplemented) => 501,
        (_, Code::Unavailable) => 503,
        (_, Code::DeadlineExceeded) => 504,
        (_, Code::Unknown | Code::Internal | Code::DataLoss) => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_survives_the_status() {
        let status = Status::from(Error::new(Reason::StaleSequence, "the room moved on").with("seq", 7));
        assert_eq!(reason_of(&status), Some(Reason::StaleSequence));
        assert_eq!(status.code(), Code::Aborted);
        assert_eq!(status.get_details_error_info().unwrap().metadata["seq"], "7");
        assert_eq!(http_status(status.code(), reason_of(&status)), 409);
    }

    #[test]
    fn every_reason_is_an_error() {
        for reason in (0..200).filter_map(|n| Reason::try_from(n).ok()) {
            assert_ne!(code(reason), Code::Ok);
            assert!(http_status(code(reason), Some(reason)) >= 400);
        }
    }
}
