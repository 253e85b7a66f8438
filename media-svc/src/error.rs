//! What goes wrong, by meaning, and the reason that each has in the contract.

use proto::room::v1::Permission;
use rpc::Reason;
use tonic::Status;

use crate::domain::{InvalidLink, NoVideo, NotPlayable};

/// What goes wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    InvalidLink(#[from] InvalidLink),
    #[error("{host} sends this link on to one that cannot be played: {invalid}")]
    InvalidRedirect { host: String, invalid: InvalidLink },
    // The address is left out: it would tell people about a network that they cannot see.
    #[error(
        "the link leads to {host}, which is in a private network; paste a link that everybody can reach, or have this \
         installation's setting media.allow_private_networks name the network"
    )]
    PrivateAddress { host: String },
    #[error("cannot reach {host}: {why}; check the link, or try again later")]
    Unreachable { host: String, why: &'static str },
    #[error("{host} answers {status} instead of giving the file; paste a link that opens without signing in")]
    Refused { host: String, status: u16 },
    #[error("{host} sends this link on too many times; paste the link that it ends at")]
    TooManyRedirects { host: String },
    #[error(transparent)]
    NotPlayable(#[from] NotPlayable),
    #[error(transparent)]
    NoVideo(#[from] NoVideo),
    #[error("too many links are being checked on this server; try again in a moment")]
    Busy,
    #[error("your last links are still being checked; wait for them, then add the next")]
    PersonBusy,
    #[error("the links of other guests of your network are still being checked; try again in a moment")]
    NetworkBusy,
    #[error("{host} is slow, and other links to it are still being checked; try again in a moment")]
    HostBusy { host: String },
    #[error("{}", rpc::Error::permission_missing(*.0))]
    PermissionMissing(Permission),
    #[error("there is no item `{0}` on this room's playlist")]
    ItemNotFound(String),
    #[error("room-svc refused or failed: {}", .0.message())]
    Room(Status),
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The label of metrics: the reason where it is about a link.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::InvalidLink(_) | Self::InvalidRedirect { .. } => "invalid",
            Self::PrivateAddress { .. } => "private",
            Self::Unreachable { .. } => "unreachable",
            Self::Refused { .. } | Self::TooManyRedirects { .. } => "refused",
            Self::NotPlayable(_) | Self::NoVideo(_) => "not_video",
            Self::Busy | Self::PersonBusy | Self::NetworkBusy | Self::HostBusy { .. } => "busy",
            Self::PermissionMissing(_) | Self::ItemNotFound(_) | Self::Room(_) | Self::Internal(_) => {
                "failed"
            }
        }
    }

    fn reason(&self) -> Reason {
        match self {
            Self::InvalidLink(InvalidLink::Scheme(_))
            | Self::InvalidRedirect { invalid: InvalidLink::Scheme(_), .. } => {
                Reason::SourceSchemeUnsupported
            }
            Self::InvalidLink(_) => Reason::InvalidField,
            Self::PrivateAddress { .. } => Reason::SourcePrivateAddress,
            Self::Unreachable { .. } => Reason::SourceUnreachable,
            Self::InvalidRedirect { .. } | Self::Refused { .. } | Self::TooManyRedirects { .. } => {
                Reason::SourceRefused
            }
            Self::NotPlayable(_) | Self::NoVideo(_) => Reason::SourceNotVideo,
            Self::Busy | Self::PersonBusy | Self::NetworkBusy | Self::HostBusy { .. } => Reason::RateLimited,
            Self::PermissionMissing(_) => Reason::PermissionMissing,
            Self::ItemNotFound(_) => Reason::ItemNotFound,
            Self::Room(_) | Self::Internal(_) => Reason::Internal,
        }
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self::Room(status)
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let told = rpc::Error::new(error.reason(), error.to_string());
        match error {
            Error::Internal(error) => rpc::Error::internal(error).into(),
            Error::Room(status) => from_room(&status),
            Error::PermissionMissing(permission) => rpc::Error::permission_missing(permission).into(),
            Error::PrivateAddress { .. } => told.with("setting", "media.allow_private_networks").into(),
            Error::Refused { status, .. } => told.with("status", status).into(),
            Error::Busy | Error::PersonBusy | Error::NetworkBusy | Error::HostBusy { .. } => {
                told.with("limit", "links_at_once").retry_after(std::time::Duration::from_secs(1)).into()
            }
            _ => told.into(),
        }
    }
}

/// What room-svc says goes on as it is, without the headers that came with it; what the transport says of its absence
/// is logged, and told as such.
fn from_room(status: &Status) -> Status {
    if rpc::reason_of(status).is_some() {
        return Status::with_details(status.code(), status.message(), status.details().to_vec().into());
    }
    tracing::warn!(code = ?status.code(), message = status.message(), "room-svc does not answer");
    rpc::Error::new(
        Reason::DependencyUnavailable,
        "a service that is needed does not answer; try again in a moment",
    )
    .retry_after(std::time::Duration::from_secs(1))
    .into()
}
