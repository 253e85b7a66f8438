//! Errors by meaning, and their reasons in the contract.

use std::time::Duration;

use passwords::{Busy, OpaqueError};
use proto::{codec, rules::Violations};
use rpc::Reason;

/// The error of a use case.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("wrong name or password")]
    WrongCredentials,
    #[error("too many attempts with this name; try again in {} s", .0.as_secs())]
    NameOnHold(Duration),
    #[error("too many people are signing in at this moment; try again shortly")]
    Busy,
    #[error("too many people on your network are signing in at this moment; try again shortly")]
    NetworkBusy,
    #[error("the username `{0}`, or one that looks like it, is taken; choose another")]
    UsernameTaken(String),
    #[error("this password {0}; choose another")]
    WeakPassword(&'static str),
    #[error("this sign-in has expired or is already finished; start again")]
    CeremonyExpired,
    #[error("the refresh token is unknown, expired or revoked; sign in again")]
    RefreshInvalid,
    #[error("the refresh token was already used, so its session has been revoked; sign in again")]
    RefreshReused,
    #[error("the account behind this token no longer exists; sign in again")]
    AccountGone,
    #[error("{field} {what}")]
    Field { field: &'static str, what: String },
    #[error("a statement failed: {0}")]
    Store(#[from] sqlx::Error),
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl From<OpaqueError> for Error {
    fn from(error: OpaqueError) -> Self {
        match error {
            OpaqueError::Malformed { field } => Self::Field {
                field,
                what: "must be an OPAQUE message (RFC 9807), base64url without padding".to_owned(),
            },
            OpaqueError::WrongPassword => Self::WrongCredentials,
            OpaqueError::Library(what) => Self::Internal(anyhow::anyhow!("OPAQUE: {what}")),
        }
    }
}

impl From<Busy> for Error {
    fn from(error: Busy) -> Self {
        match error {
            Busy::All => Self::Busy,
            Busy::Network => Self::NetworkBusy,
            Busy::Interrupted(_) => Self::Internal(error.into()),
        }
    }
}

impl From<Error> for tonic::Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let reason = match error {
            Error::NameOnHold(wait) => {
                return rpc::Error::new(Reason::RateLimited, message)
                    .with("limit", "guesses")
                    .retry_after(wait)
                    .into();
            }
            Error::Busy | Error::NetworkBusy => {
                return rpc::Error::new(Reason::RateLimited, message)
                    .with("limit", "sign_ins_at_once")
                    .retry_after(Duration::from_secs(1))
                    .into();
            }
            Error::Field { field, what } => {
                return codec::violations(&Violations(vec![(field.to_owned(), what)]));
            }
            Error::Store(error) => return pg::failure(&error).into(),
            Error::Internal(error) => return rpc::Error::internal(error).into(),
            Error::WrongCredentials => Reason::WrongCredentials,
            Error::UsernameTaken(_) => Reason::UsernameTaken,
            Error::WeakPassword(_) => Reason::WeakPassword,
            Error::CeremonyExpired => Reason::CeremonyExpired,
            Error::RefreshInvalid => Reason::RefreshInvalid,
            Error::RefreshReused => Reason::RefreshReused,
            Error::AccountGone => Reason::TokenInvalid,
        };
        rpc::Error::new(reason, message).into()
    }
}
