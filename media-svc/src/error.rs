//! What goes wrong, by meaning, and the reason that each has in the contract.

use container::{NotPlayable, UnplayablePlaylist};
use fetch::InvalidUrl;
use proto::{
    media::v1::{LinkVerdict, Suggestion},
    room::v1::Permission,
};
use rpc::{Reason, reason_of};
use tonic::Status;

use crate::domain::{
    InvalidLink, NoVideo, PageCause, ShareRefusal, subtitles::Unreadable, upload::Refusal as UploadRefusal,
};

/// What goes wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    InvalidLink(#[from] InvalidLink),
    #[error("{}", fetch_words(.0))]
    Fetch(#[from] fetch::Error),
    #[error("this is a web page{}; paste the link of the video file itself", .0.words())]
    WebPage(PageCause),
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
    #[error(transparent)]
    Subtitles(#[from] Unreadable),
    #[error("this file is larger than {0} bytes, the limit for subtitles; is it the right one?")]
    SubtitlesTooLarge(usize),
    #[error(
        "this link leads to a video, not to a sound file; paste the link of an mp3, m4a, ogg, flac or wav"
    )]
    NotAudio,
    #[error("this item has no subtitles `{0}`; choose others, or read the playlist again")]
    TrackNotFound(String),
    #[error("this list has {count} links, and one call takes {max}; add them in parts")]
    TooManyLinks { count: usize, max: usize },
    #[error(transparent)]
    Upload(#[from] UploadRefusal),
    #[error("{}", rpc::Error::permission_missing(*.0))]
    PermissionMissing(Permission),
    /// An error that is complete: reason, sentence, and what goes with it.
    #[error(transparent)]
    Told(#[from] rpc::Error),
    #[error("room-svc refused or failed: {}", .0.message())]
    Room(Status),
    #[error("the database query failed: {0}")]
    Store(#[from] sqlx::Error),
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// What a failed request means for whoever pasted the link.
fn fetch_words(error: &fetch::Error) -> String {
    match error {
        fetch::Error::Refused { host, status } => format!("{host} {}", refused_words(*status)),
        fetch::Error::PrivateAddress { .. } => format!(
            "{error}; paste a link that everybody can reach, or ask whoever runs this server to allow that network"
        ),
        _ => error.to_string(),
    }
}

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
    /// Whether the browsers of a room may be served what we were not. Not so for what we saw, nor for private networks:
    /// a room should not make people's browsers knock there.
    pub(crate) fn may_play_in_browsers(&self) -> bool {
        use fetch::Error::{Refused, TooManyRedirects, Unreachable};
        match self {
            Self::Fetch(Unreachable { .. } | TooManyRedirects { .. }) => true,
            Self::Fetch(Refused { status, .. }) => !matches!(status, 404 | 410),
            _ => false,
        }
    }

    /// Why a link cannot be played, as document 004 names it (4.5.3).
    fn cause(&self) -> Option<&'static str> {
        match self {
            Self::Protected(_) | Self::Playlist(UnplayablePlaylist::Protected) => Some("drm_protected"),
            Self::WebPage(cause) => Some(cause.name()),
            Self::NoDirectForm(_) => Some("unknown_provider"),
            _ => None,
        }
    }

    /// What can be done, best first. A file that somebody has can always be uploaded, where the installation takes
    /// uploads.
    fn suggestions(&self) -> &'static [Suggestion] {
        use Suggestion::{AddAnyway, ConnectLibrary, OpenSite, TryLater, UploadFile};
        use fetch::Error::{PrivateAddress, Refused, TooManyRedirects, Unreachable};
        match self {
            Self::Playlist(UnplayablePlaylist::Live) => &[OpenSite],
            Self::WebPage(_)
            | Self::NoVideo(_)
            | Self::NoDirectForm(_)
            | Self::Protected(_)
            | Self::Playlist(_) => &[UploadFile, OpenSite],
            Self::NotPlayable(_) | Self::Fetch(Refused { status: 404 | 410, .. }) => &[UploadFile],
            Self::Fetch(PrivateAddress { .. }) => &[UploadFile, ConnectLibrary],
            Self::Fetch(Unreachable { .. } | Refused { status: 429 | 500..=599, .. }) => {
                &[UploadFile, TryLater, AddAnyway]
            }
            Self::Fetch(Refused { .. } | TooManyRedirects { .. }) => &[UploadFile, AddAnyway, OpenSite],
            _ => &[],
        }
    }

    /// The label of metrics: the reason where it is about a link.
    pub(crate) fn outcome(&self) -> &'static str {
        use fetch::Error as Fetch;
        match self {
            Self::Fetch(Fetch::PrivateAddress { .. }) => "private",
            Self::Fetch(Fetch::Unreachable { .. } | Fetch::NoSuchHost { .. }) => "unreachable",
            Self::Fetch(Fetch::Refused { .. } | Fetch::TooManyRedirects { .. }) => "refused",
            Self::Protected(_) | Self::Playlist(UnplayablePlaylist::Protected) => "protected",
            Self::Playlist(UnplayablePlaylist::Live) => "live",
            Self::WebPage(_)
            | Self::NotPlayable(_)
            | Self::NoVideo(_)
            | Self::NoDirectForm(_)
            | Self::Playlist(_) => "not_video",
            Self::Busy | Self::PersonBusy | Self::NetworkBusy | Self::HostBusy { .. } => "busy",
            Self::InvalidLink(_)
            | Self::Fetch(Fetch::InvalidRedirect { .. })
            | Self::TooManyLinks { .. }
            | Self::Subtitles(_)
            | Self::SubtitlesTooLarge(_)
            | Self::NotAudio
            | Self::TrackNotFound(_)
            | Self::Upload(_) => "invalid",
            Self::PermissionMissing(_)
            | Self::Told(_)
            | Self::Room(_)
            | Self::Store(_)
            | Self::Internal(_) => "failed",
        }
    }

    fn reason(&self) -> Reason {
        use fetch::Error as Fetch;
        match self {
            Self::InvalidLink(InvalidLink::Url(InvalidUrl::Scheme(_)))
            | Self::Fetch(Fetch::InvalidRedirect { invalid: InvalidUrl::Scheme(_), .. }) => {
                Reason::SourceSchemeUnsupported
            }
            Self::InvalidLink(_) | Self::Subtitles(Unreadable::Encoding) => Reason::InvalidField,
            Self::Fetch(Fetch::PrivateAddress { .. }) => Reason::SourcePrivateAddress,
            Self::Fetch(Fetch::Unreachable { .. } | Fetch::NoSuchHost { .. }) => Reason::SourceUnreachable,
            Self::Fetch(Fetch::Refused { status: 404 | 410, .. }) => Reason::SourceNotFound,
            Self::Fetch(Fetch::Refused { status: 429 | 500..=599, .. }) => Reason::SourceHostFailed,
            Self::Fetch(_) => Reason::SourceRefused,
            Self::Protected(_) | Self::Playlist(UnplayablePlaylist::Protected) => Reason::SourceProtected,
            Self::Playlist(UnplayablePlaylist::Live) => Reason::SourceLive,
            Self::Playlist(_) => Reason::SourceIncomplete,
            Self::WebPage(_) | Self::NotPlayable(_) | Self::NoVideo(_) | Self::NoDirectForm(_) => {
                Reason::SourceNotVideo
            }
            Self::Busy | Self::PersonBusy | Self::NetworkBusy | Self::HostBusy { .. } => Reason::RateLimited,
            Self::TooManyLinks { .. } => Reason::TooManyLinks,
            Self::Subtitles(_) => Reason::SubtitlesUnreadable,
            Self::SubtitlesTooLarge(_) => Reason::SubtitlesTooLarge,
            Self::NotAudio => Reason::SourceNotVideo,
            Self::TrackNotFound(_) => Reason::TrackNotFound,
            Self::Upload(refusal) => refusal.reason(),
            Self::PermissionMissing(_) => Reason::PermissionMissing,
            Self::Told(error) => error.reason(),
            Self::Room(_) | Self::Store(_) | Self::Internal(_) => Reason::Internal,
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
            Error::Told(error) => error.into(),
            Error::Room(status) => rpc::relay(&status),
            Error::Upload(refusal) => refusal.told().into(),
            Error::PermissionMissing(permission) => rpc::Error::permission_missing(permission).into(),
            Error::Store(error) => pg::failure(&error).into(),
            // The setting is for the person who runs the server, so it is not in the message.
            Error::Fetch(fetch::Error::PrivateAddress { .. }) => {
                told.with("setting", "media.allow_private_networks").into()
            }
            Error::Fetch(fetch::Error::Refused { status, .. }) => told.with("status", status).into(),
            Error::SubtitlesTooLarge(max) => told.with("max_bytes", max).into(),
            Error::TooManyLinks { count, max } => told.with("count", count).with("max", max).into(),
            Error::Busy | Error::PersonBusy | Error::NetworkBusy | Error::HostBusy { .. } => {
                told.with("limit", "links_at_once").retry_after(std::time::Duration::from_secs(1)).into()
            }
            _ => told.into(),
        }
    }
}

/// The verdict on a link of a list that cannot be added.
pub(crate) fn verdict(error: Error) -> LinkVerdict {
    let suggestions = error.suggestions().iter();
    let suggestions =
        suggestions.map(|it| it.as_str_name().trim_start_matches("SUGGESTION_").to_owned()).collect();
    // A failure of our own keeps its cause to itself.
    let status = Status::from(error);
    let reason = reason_of(&status).unwrap_or(Reason::Internal).as_str_name();
    LinkVerdict {
        reason: reason.trim_start_matches("REASON_").to_owned(),
        message: status.message().to_owned(),
        suggestions,
        ..LinkVerdict::default()
    }
}
