//! Errors with a reason of the contract, which also states the gRPC code and the HTTP status of each reason.

use std::{collections::HashMap, sync::LazyLock, time::Duration};

use prost_reflect::EnumDescriptor;
use proto::{codec::ERROR_DOMAIN, common::v1::Reason, room::v1::Permission};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// A service or a database that restarts is back within seconds.
const OUTAGE_RETRY: Duration = Duration::from_secs(1);

/// Nobody frees disk space within seconds.
const STORAGE_RETRY: Duration = Duration::from_secs(30);

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
    /// `message` is a lower-case sentence for people: what happened, then what to do. Callers see it, so it has no internals.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), metadata: HashMap::new(), retry_after: None }
    }

    /// A defect of ours. Logs the error here, in full; the caller learns nothing about it.
    pub fn internal(error: impl Into<anyhow::Error>) -> Self {
        let error: anyhow::Error = error.into();
        tracing::error!(error = format!("{error:#}"), "a call failed");
        Self::new(Reason::Internal, "something went wrong on our side; the request id finds it in the logs")
    }

    /// A dependency (a service, the database, Redis) does not answer. Its name and `cause` are logged here; the caller learns
    /// only when to retry.
    pub fn unavailable(dependency: &str, cause: &dyn std::fmt::Display) -> Self {
        tracing::warn!(dependency, %cause, "a dependency does not answer");
        let message = "a required service does not answer; try again in a moment";
        Self::new(Reason::DependencyUnavailable, message).retry_after(OUTAGE_RETRY)
    }

    /// The disk of the database is full. Logs the error here, because only the operator can help.
    pub fn storage_full(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "nothing can be stored: the disk is full; free some space");
        let message = "the disk of this server is full, so nothing can be stored; ask its operator to free some space, and try again later";
        Self::new(Reason::StorageFull, message).retry_after(STORAGE_RETRY)
    }

    /// The caller's role in a room lacks a permission. Programs find its name in the metadata, as `permission`.
    pub fn permission_missing(permission: Permission) -> Self {
        let name = permission_name(permission);
        let message = format!("your role in this room does not include {name}");
        Self::new(Reason::PermissionMissing, message).with("permission", name)
    }

    /// Adds a fact that a program may need, such as the current `seq`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl std::fmt::Display) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// Adds the time after which the caller may retry.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// The reason, for programs.
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

/// The name of a permission in messages and metadata, such as `play_control`.
pub fn permission_name(permission: Permission) -> String {
    permission.as_str_name().trim_start_matches("PERMISSION_").to_ascii_lowercase()
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

/// What to answer when a call to another service fails. An error of ours goes on to the caller, without the headers that
/// came with it. An error of the transport names internals, so it is logged here and replaced.
pub fn relay(status: &Status) -> Status {
    if reason_of(status).is_some() {
        return Status::with_details(status.code(), status.message(), status.details().to_vec().into());
    }
    let error = match status.code() {
        // A timeout of the transport comes as CANCELLED.
        Code::DeadlineExceeded | Code::Cancelled => {
            tracing::warn!(%status, "a call to a service took too long");
            Error::new(Reason::DeadlineExceeded, "the call took too long; try again")
        }
        Code::Unavailable | Code::Unimplemented | Code::Unknown => Error::unavailable("a service", status),
        _ => Error::internal(status.clone()),
    };
    error.into()
}

/// The reason of a status that one of our services made; none for a status of the transport.
pub fn reason_of(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    Reason::from_str_name(&format!("REASON_{}", info.reason))
}

/// gRPC code and HTTP status of a reason, from the contract.
#[derive(Debug, Clone, Copy)]
struct Mapping {
    code: Code,
    /// Set only where HTTP has a more precise status than the one of the code.
    http_status: Option<u16>,
}

/// The mappings by the number of the reason, from the options of the contract.
static MAPPINGS: LazyLock<HashMap<i32, Mapping>> = LazyLock::new(|| {
    let option = |name: &str| proto::POOL.get_extension_by_name(&format!("syncwatch.common.v1.{name}"));
    let (code, http_status) = (option("code"), option("http_status"));
    let reasons = proto::POOL.get_enum_by_name("syncwatch.common.v1.Reason");
    let values = reasons.iter().flat_map(EnumDescriptor::values);
    values
        .filter_map(|value| {
            let options = value.options();
            let mapping = Mapping {
                code: Code::from_i32(options.get_extension(code.as_ref()?).as_enum_number()?),
                http_status: options
                    .get_extension(http_status.as_ref()?)
                    .as_i32()
                    .and_then(|status| u16::try_from(status).ok().filter(|status| *status != 0)),
            };
            Some((value.number(), mapping))
        })
        .collect()
});

fn code(reason: Reason) -> Code {
    MAPPINGS.get(&i32::from(reason)).map_or(Code::Internal, |mapping| mapping.code)
}

/// The HTTP status of an error with this reason.
pub fn http_status_of(reason: Reason) -> u16 {
    http_status(code(reason), Some(reason))
}

/// The HTTP status of an error: that of its reason in the contract, otherwise that of its code.
pub fn http_status(code: Code, reason: Option<Reason>) -> u16 {
    if let Some(status) = reason.and_then(|reason| MAPPINGS.get(&i32::from(reason))?.http_status) {
        return status;
    }
    match code {
        Code::Ok => 200,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::Aborted => 409,
        Code::ResourceExhausted => 429,
        Code::Cancelled => 499,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
        Code::Unknown | Code::Internal | Code::DataLoss => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_round_trips_through_a_status() {
        let status = Status::from(Error::new(Reason::StaleSequence, "the room moved on").with("seq", 7));
        assert_eq!(reason_of(&status), Some(Reason::StaleSequence));
        assert_eq!(status.code(), Code::Aborted);
        assert_eq!(status.get_details_error_info().unwrap().metadata["seq"], "7");
        assert_eq!(http_status(status.code(), reason_of(&status)), 409);
    }

    #[test]
    fn every_reason_has_an_error_code() {
        for reason in (0..10_000).filter_map(|n| Reason::try_from(n).ok()) {
            assert!(MAPPINGS.contains_key(&i32::from(reason)), "{reason:?} has no code in the contract");
            assert_ne!(code(reason), Code::Ok, "{reason:?}");
            assert!(http_status(code(reason), Some(reason)) >= 400);
        }
    }
}
