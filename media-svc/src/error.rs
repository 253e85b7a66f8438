//! What goes wrong, by meaning, and the reason that each has in the contract.

use proto::{media::v1::Suggestion, room::v1::Permission};
use rpc::Reason;
use tonic::Status;

use crate::domain::{InvalidLink, NoVideo, NotPlayable, ShareRefusal, UnplayablePlaylist};

/// What goes wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    InvalidLink(#[from] InvalidLink),
    #[error("{host} redirects this link to one that cannot be played: {invalid}")]
    InvalidRedirect { host: String, invalid: InvalidLink },
    // The address is left out: it would tell people about a network that they cannot see.
    #[error(
        "the link leads to {host}, which is in a private network, and this server does not open those; paste a link that \
         everybody can reach, or ask whoever runs this server to add the network to `allow_private_networks` in section \
         `[media]` of syncwatch.toml"
    )]
    PrivateAddress { host: String },
    #[error("there is no host named {host}; check the link for a typing mistake")]
    NoSuchHost { host: String },
    #[error("cannot reach {host}: {why}; check the link, or try again later")]
    Unreachable { host: String, why: &'static str },
    #[error("{host} {}", refused_words(*.status))]
    Refused { host: String, status: u16 },
    #[error(
        "{host} redirects this link too many times; open it in a browser and paste the address it ends at"
    )]
    TooManyRedirects { host: String },
    #[error(transparent)]
    NotPlayable(#[from] NotPlayable),
    #[error(transparent)]
    NoVideo(#[from] NoVideo),
    #[error(transparent)]
    NoDirectForm(#[from] ShareRefusal),
    #[error(transparent)]
    Playlist(#[from] UnplayablePlaylist),
    #[error("{}", protected_words(*.0))]
    Protected(Option<&'static str>),
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

/// What the status of a host means for whoever pasted a link.
fn refused_words(status: u16) -> String {
    match status {
        401 | 407 => "wants a sign-in for this file (401); paste a link that opens without signing in".to_owned(),
        403 => "refuses to give this file to our check (403); paste a link that opens without signing in, or add it \
                anyway: browsers may be allowed to play it"
            .to_owned(),
        404 => "has no file at this link (404); check the link, or copy it again".to_owned(),
        410 => "had this file and removed it (410); look for it elsewhere".to_owned(),
        429 => "gets too many requests at the moment (429); try again in a few minutes".to_owned(),
        451 => "may not give this file for legal reasons (451); look for it elsewhere".to_owned(),
        500..=599 => format!("has a problem of its own at the moment ({status}); try again later"),
        _ => format!("answers {status} instead of giving the file; check the link, or add it anyway"),
    }
}

fn protected_words(service: Option<&str>) -> String {
    match service {
        Some(name) => format!(
            "{name} protects its films with DRM, so they play in its own player only; watch it there, or paste the link \
             of a file of your own"
        ),
        None => UnplayablePlaylist::Protected.to_string(),
    }
}

impl Error {
    /// What the status of a host means.
    pub(crate) fn refused(host: String, status: u16) -> Self {
        Self::Refused { host, status }
    }

    /// Whether the browsers of a room may be served what we were not. Not so for what we saw, nor for private networks:
    /// those a room should not make people's browsers knock at.
    pub(crate) fn may_play_in_browsers(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TooManyRedirects { .. } => true,
            Self::Refused { status, .. } => !matches!(status, 404 | 410),
            _ => false,
        }
    }

    /// Why a link cannot be played, as document 004 names it (4.5.3).
    fn cause(&self) -> Option<&'static str> {
        match self {
            Self::Protected(_) | Self::Playlist(UnplayablePlaylist::Protected) => Some("drm_protected"),
            Self::NotPlayable(NotPlayable::WebPage(cause)) => Some(cause.name()),
            Self::NoDirectForm(_) => Some("unknown_provider"),
            _ => None,
        }
    }

    /// What can be done, best first. A file that somebody has can always be uploaded, where the installation takes
    /// uploads.
    fn suggestions(&self) -> &'static [Suggestion] {
        use Suggestion::{AddAnyway, ConnectLibrary, OpenSite, TryLater, UploadFile};
        match self {
            Self::NotPlayable(NotPlayable::WebPage(_))
            | Self::NoVideo(_)
            | Self::NoDirectForm(_)
            | Self::Protected(_)
            | Self::Playlist(UnplayablePlaylist::Protected) => &[UploadFile, OpenSite],
            Self::NotPlayable(_) => &[UploadFile],
            Self::Playlist(UnplayablePlaylist::Live) => &[OpenSite],
            Self::Playlist(_) => &[UploadFile, OpenSite],
            Self::PrivateAddress { .. } => &[UploadFile, ConnectLibrary],
            Self::Unreachable { .. } => &[UploadFile, TryLater, AddAnyway],
            Self::Refused { status: 404 | 410, .. } => &[UploadFile],
            Self::Refused { status: 429 | 500..=599, .. } => &[UploadFile, TryLater, AddAnyway],
            Self::Refused { .. } | Self::TooManyRedirects { .. } => &[UploadFile, AddAnyway, OpenSite],
            _ => &[],
        }
    }

    /// The label of metrics: the reason where it is about a link.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::InvalidLink(_) | Self::InvalidRedirect { .. } => "invalid",
            Self::PrivateAddress { .. } => "private",
            Self::Unreachable { .. } | Self::NoSuchHost { .. } => "unreachable",
            Self::Refused { .. } | Self::TooManyRedirects { .. } => "refused",
            Self::Protected(_) | Self::Playlist(UnplayablePlaylist::Protected) => "protected",
            Self::Playlist(UnplayablePlaylist::Live) => "live",
            Self::NotPlayable(_) | Self::NoVideo(_) | Self::NoDirectForm(_) | Self::Playlist(_) => {
                "not_video"
            }
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
            Self::Unreachable { .. } | Self::NoSuchHost { .. } => Reason::SourceUnreachable,
            Self::Refused { status: 404 | 410, .. } => Reason::SourceNotFound,
            Self::Refused { status: 429 | 500..=599, .. } => Reason::SourceHostFailed,
            Self::InvalidRedirect { .. } | Self::Refused { .. } | Self::TooManyRedirects { .. } => {
                Reason::SourceRefused
            }
            Self::Protected(_) | Self::Playlist(UnplayablePlaylist::Protected) => Reason::SourceProtected,
            Self::Playlist(UnplayablePlaylist::Live) => Reason::SourceLive,
            Self::Playlist(_) => Reason::SourceIncomplete,
            Self::NotPlayable(_) | Self::NoVideo(_) | Self::NoDirectForm(_) => Reason::SourceNotVideo,
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
        let mut told = rpc::Error::new(error.reason(), error.to_string());
        if let Some(cause) = error.cause() {
            told = told.with("cause", cause);
        }
        let suggestions = error.suggestions().iter();
        let names: Vec<_> = suggestions
            .map(|suggestion| suggestion.as_str_name().trim_start_matches("SUGGESTION_"))
            .collect();
        if !names.is_empty() {
            told = told.with("suggestions", names.join(","));
        }
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
        "a required service does not answer; try again in a moment",
    )
    .retry_after(std::time::Duration::from_secs(1))
    .into()
}
