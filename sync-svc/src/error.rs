//! Errors by meaning, and their mapping to the reasons of the contract.

use std::sync::Arc;

use proto::{codec, room::v1::Permission, rules::Violations};
use rpc::Reason;
use tonic::Status;

use crate::playback::Rejection;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error("too many concurrent changes to this room; try again")]
    Contended,
    #[error("your permissions in this room changed several times meanwhile; try again")]
    AccessChanged,
    #[error("{}", rpc::Error::permission_missing(*.0))]
    PermissionMissing(Permission),
    #[error("this token is valid for another room only; request one for this room")]
    TokenForAnotherRoom,
    #[error("you already have this room open {0} times, the maximum per person; close one of them first")]
    TooManyConnections(usize),
    #[error("session {0} is not in this room, or no longer; read the members again")]
    SessionNotFound(String),
    #[error("there is no item {0} in this room's playlist")]
    ItemNotFound(String),
    #[error("{field} {what}")]
    Field { field: &'static str, what: String },
    #[error("the record of room {room} cannot be read: {source}")]
    Record { room: String, source: prost::DecodeError },
    #[error(transparent)]
    Log(#[from] state::Error),
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the change was made but not stored: {0}")]
    NotStored(Arc<sqlx::Error>),
    /// The status of another service or of the server stack, passed on unchanged.
    #[error("{}", .0.message())]
    Answered(Status),
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self::Answered(status)
    }
}

impl From<rpc::Error> for Error {
    fn from(error: rpc::Error) -> Self {
        Self::Answered(error.into())
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let reason = match error {
            Error::Answered(status) => return rpc::relay(&status),
            Error::PermissionMissing(permission) => return rpc::Error::permission_missing(permission).into(),
            Error::Rejected(Rejection::MayNotVote) => {
                return rpc::Error::permission_missing(Permission::Vote).into();
            }
            Error::Field { field, what } => {
                return codec::violations(&Violations(vec![(field.to_owned(), what)]));
            }
            Error::Rejected(Rejection::StaleSequence { seq }) => {
                return rpc::Error::new(Reason::StaleSequence, message).with("seq", seq).into();
            }
            Error::Rejected(Rejection::ItemMismatch { current }) => {
                return rpc::Error::new(Reason::ItemMismatch, message).with("item_id", current).into();
            }
            Error::TooManyConnections(max) => {
                return rpc::Error::new(Reason::TooManyConnections, message).with("max", max).into();
            }
            Error::Database(error) => return pg::failure(&error).into(),
            Error::NotStored(error) => return pg::failure(&error).into(),
            Error::Log(error) => return rpc::Error::from(error).into(),
            Error::Record { .. } => return rpc::Error::internal(error).into(),
            Error::Rejected(Rejection::NoItem) => Reason::NoItem,
            Error::Rejected(Rejection::NothingToUndo) => Reason::NothingToUndo,
            Error::Rejected(Rejection::SkipVoteOff) => Reason::SkipVoteOff,
            Error::Rejected(Rejection::TooManySessions) => Reason::RoomFull,
            Error::Rejected(Rejection::UnknownSession) => Reason::NotAMember,
            Error::Contended | Error::AccessChanged => Reason::Contended,
            Error::TokenForAnotherRoom => Reason::TokenForAnotherRoom,
            Error::ItemNotFound(_) => Reason::ItemNotFound,
            Error::SessionNotFound(_) => Reason::SessionNotFound,
        };
        rpc::Error::new(reason, message).into()
    }
}
