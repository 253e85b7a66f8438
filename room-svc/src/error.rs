//! What can go wrong, by meaning, and the one place that turns it into a reason for the caller.

use std::time::Duration;

use pg::ErrorClass;
use proto::{codec, room::v1::Permission, rules::Violations};
use rpc::Reason;

/// What goes wrong in a use case.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not work out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no room `{0}`; check the link or the code")]
    RoomNotFound(String),
    #[error("the room has as many members as it takes ({0}); try again when someone has left")]
    RoomFull(i32),
    #[error("this needs a member of the room; join it first")]
    NotAMember,
    #[error("this room takes no guests; sign in to join it")]
    GuestsNotAllowed,
    #[error("the token is good for another room only; ask for a token for this one")]
    TokenForAnotherRoom,
    #[error("{}", rpc::Error::permission_missing(*.0))]
    PermissionMissing(Permission),
    #[error("only the owner of this room may do that; ask them")]
    NotTheOwner,
    #[error("the room is not yours to take back, or no longer; ask its owner to hand it to you")]
    ReclaimOver,
    #[error("there is no item `{0}` in this playlist")]
    ItemNotFound(String),
    #[error("the playlist has as many items as it takes ({0}); take one off first")]
    PlaylistFull(usize),
    #[error("the page token is not one that this list gave; start again without it")]
    PageTokenInvalid,
    #[error("the {0} was used before, for something else; make a new one")]
    RequestIdReused(&'static str),
    #[error("the ticket is unknown, expired or used; ask for a new one")]
    TicketInvalid,
    #[error("{field} {what}")]
    Field { field: &'static str, what: &'static str },
    #[error("the database cannot do it: {0}")]
    Store(#[from] sqlx::Error),
    #[error(transparent)]
    State(#[from] state::Error),
    #[error("cannot read what was stored before: {0}")]
    Stored(#[from] prost::DecodeError),
    #[error("cannot find an unused code for a new room after {0} attempts")]
    NoUnusedCode(usize),
}

impl From<Error> for tonic::Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let unavailable = |what: &str| {
            let message = format!("{what} does not answer; try again in a moment");
            rpc::Error::new(Reason::DependencyUnavailable, message).retry_after(Duration::from_secs(1)).into()
        };
        let reason = match error {
            Error::Field { field, what } => {
                return codec::violations(&Violations(vec![(field.to_owned(), what.to_owned())]));
            }
            Error::PermissionMissing(permission) => return rpc::Error::permission_missing(permission).into(),
            Error::Store(error) if pg::classify(&error) == ErrorClass::Transient => {
                tracing::warn!(%error, "the database does not answer");
                return unavailable("the database");
            }
            Error::Store(error) if pg::classify(&error) == ErrorClass::StorageFull => {
                return rpc::Error::storage_full(&error).into();
            }
            Error::State(error) => {
                tracing::warn!(%error, "the state store does not answer");
                return unavailable("the store of tickets");
            }
            Error::Store(error) => return rpc::Error::internal(error).into(),
            Error::Stored(_) | Error::NoUnusedCode(_) => return rpc::Error::internal(error).into(),
            Error::RoomNotFound(_) => Reason::RoomNotFound,
            Error::RoomFull(_) => Reason::RoomFull,
            Error::NotAMember => Reason::NotAMember,
            Error::GuestsNotAllowed => Reason::GuestsNotAllowed,
            Error::TokenForAnotherRoom => Reason::TokenForAnotherRoom,
            Error::NotTheOwner => Reason::PermissionMissing,
            Error::ReclaimOver => Reason::ReclaimOver,
            Error::ItemNotFound(_) => Reason::ItemNotFound,
            Error::PlaylistFull(_) => Reason::PlaylistFull,
            Error::PageTokenInvalid => Reason::PageTokenInvalid,
            Error::RequestIdReused(_) => Reason::RequestIdReused,
            Error::TicketInvalid => Reason::TicketInvalid,
        };
        rpc::Error::new(reason, message).into()
    }
}
