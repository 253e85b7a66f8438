//! Errors by meaning, and their mapping to the reasons of the contract.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use passwords::{Busy, OpaqueError};
use proto::{codec, room::v1::Permission, rules::Violations};
use rpc::{Reason, permission_name};

use crate::domain::Bar;

/// The result of a use case.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no room `{0}`; check the link or the code")]
    RoomNotFound(String),
    #[error("this room is full ({0} members); try again when someone has left")]
    RoomFull(i32),
    #[error("you are not a member of this room; join it first")]
    NotAMember,
    #[error("this room does not allow guests; sign in to join")]
    GuestsNotAllowed,
    #[error("this token is valid for another room only; request one for this room")]
    TokenForAnotherRoom,
    #[error("{}", rpc::Error::permission_missing(*.0))]
    PermissionMissing(Permission),
    #[error("rooms are switched off on this server for now; try again later")]
    RoomsOff,
    #[error("this room is closed; ask its owner to reopen it")]
    RoomClosed,
    #[error("this recovery link is no longer valid; use the newest one, or ask the owner of the room")]
    RecoveryInvalid,
    #[error("you have {0} favourites, which is the maximum; remove one first")]
    TooManyFavourites(i64),
    #[error("this installation has no public rooms; make the room unlisted and share its link")]
    PublicRoomsOff,
    #[error("{}", .0.message())]
    KeptOut(Box<Bar>),
    #[error("the password of this room is wrong{}", left(*.attempts_left))]
    WrongRoomPassword { attempts_left: Option<u64> },
    #[error("too many wrong passwords of this room came from your network; try again in {}", minutes(*.0))]
    PasswordBlocked(Duration),
    #[error("too many wrong codes came from your network; try again in {}", minutes(*.0))]
    CodesBlocked(Duration),
    #[error("too many attempts to join rooms came from your network; try again in {} seconds", .0.as_secs() + 1)]
    TooManyJoins(Duration),
    #[error("{by} declined your request to join this room; you can ask again at {} UTC", .until.format("%H:%M on %d %B %Y"))]
    JoinDeclined { by: String, until: DateTime<Utc> },
    #[error("no request to join of this person waits; it was decided or withdrawn")]
    JoinRequestNotFound,
    #[error("there is no invite `{0}`, or it was revoked; ask for a new one")]
    InviteNotFound(String),
    #[error("this invite expired at {} UTC; ask for a new one", .0.format("%H:%M on %d %B %Y"))]
    InviteExpired(DateTime<Utc>),
    #[error("this invite was for {0} people and has been used by as many; ask for a new one")]
    InviteUsedUp(i32),
    #[error("the proof of this password has expired or is already finished; start again")]
    ProofExpired,
    #[error("this room has no password; join without one")]
    NoPassword,
    #[error("this installation does not allow passwords of rooms; review who joins, or make invites")]
    PasswordsNotAllowed,
    #[error("{field} must be an OPAQUE message (RFC 9807), base64url without padding")]
    OpaqueMessage { field: &'static str },
    #[error("too many passwords are being checked at this moment; try again shortly")]
    Busy,
    #[error("a password of a room: {0}")]
    RoomPassword(String),
    #[error("you are muted in this room until {} UTC; you can read on and write again then", .0.format("%H:%M on %d %B %Y"))]
    Muted(DateTime<Utc>),
    #[error("this person or role does not rank below you in this room; ask someone who ranks higher")]
    RankTooLow,
    #[error("you cannot give {}, because you do not have it yourself; ask the owner", permission_name(*.0))]
    CannotGrant(Permission),
    #[error("there is no member `{0}` in this room; they may have left")]
    MemberNotFound(String),
    #[error("there is no role `{0}` in this room")]
    RoleNotFound(String),
    #[error("this room has a role with this name already; choose another one")]
    RoleNameTaken,
    #[error("no such request waits; it was decided or withdrawn")]
    PermissionRequestNotFound,
    #[error("this room has {max} {list} already; remove one first")]
    ListFull { list: &'static str, max: i64 },
    #[error("only the owner of this room can do this; ask them")]
    NotTheOwner,
    #[error("you can no longer take this room back; ask its owner to hand it over")]
    ReclaimOver,
    #[error("there is no item `{0}` in this playlist")]
    ItemNotFound(String),
    #[error("the playlist is full ({0} items); remove one first")]
    PlaylistFull(usize),
    #[error("there is no folder `{0}` in this playlist")]
    FolderNotFound(String),
    #[error("this playlist has {0} folders, the maximum; remove one first")]
    TooManyFolders(usize),
    #[error(
        "you have {0} items in this playlist, the maximum for each person here; remove one first, or wait for your turn"
    )]
    PersonItemsFull(usize),
    #[error(
        "this can no longer be undone; it was undone before, or the playlist was cleared again, or 10 minutes are over"
    )]
    UndoExpired,
    #[error("there is no entry `{0}` in the history of this room; read it again")]
    PlayNotFound(String),
    #[error("you have no saved queue `{0}`; read the list again")]
    SavedQueueNotFound(String),
    #[error("you have {0} saved queues, the maximum; delete one first")]
    TooManySavedQueues(i64),
    #[error("this item has no track `{0}`")]
    TrackNotFound(String),
    #[error("this item has {0} tracks, the maximum; remove one first")]
    TooManyTracks(usize),
    #[error("this room does not vote on what plays next; its settings can change that")]
    VotingOff,
    #[error("invalid page token for this list; start again without one")]
    PageTokenInvalid,
    #[error("this {0} was already used for a different request; use a new one")]
    RequestIdReused(&'static str),
    #[error("there is no such message in this chat, or no longer")]
    MessageNotFound,
    #[error("only its author can edit a message")]
    NotYourMessage,
    #[error("this message has {length} characters; it may have {max}")]
    MessageTooLong { length: usize, max: usize },
    #[error("this room is in slow mode; send your next message in {} seconds", .0.as_secs() + u64::from(.0.subsec_nanos() > 0))]
    SlowMode(Duration),
    #[error("this room takes no messages with links; send it without the link")]
    LinksForbidden,
    #[error("a word filter of this room refuses this message; write it in other words")]
    MessageBlocked,
    #[error("this filter cannot be used: {0}")]
    FilterInvalid(String),
    #[error("this room has no such emote")]
    EmoteNotFound,
    #[error("this image cannot be an emote: {0}")]
    EmoteInvalid(&'static str),
    #[error("the trial of a filter failed: {0}")]
    Trial(tokio::task::JoinError),
    #[error("the chat is switched off; ask the owner of the room")]
    ChatDisabled,
    #[error("this room has the maximum of {max} {list}; remove one first")]
    ChatListFull { list: &'static str, max: usize },
    #[error("the ticket is unknown, expired or already used; request a new one")]
    TicketInvalid,
    #[error("{field} {what}")]
    Field { field: &'static str, what: &'static str },
    #[error("the mask has `{path}`; it may have {known}")]
    MaskPath { path: String, known: String },
    #[error("the identity of the caller is invalid: {0}")]
    Identity(#[from] ids::ParseError),
    #[error("the database query failed: {0}")]
    Store(#[from] sqlx::Error),
    #[error(transparent)]
    State(#[from] state::Error),
    #[error("cannot decode a stored record: {0}")]
    Stored(#[from] prost::DecodeError),
    #[error("cannot find an unused code for a new room after {0} attempts")]
    NoUnusedCode(usize),
}

impl From<Error> for tonic::Status {
    #[expect(clippy::too_many_lines, reason = "one line for each error")]
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let reason = match error {
            Error::Field { field, what } => {
                return codec::violations(&Violations(vec![(field.to_owned(), what.to_owned())]));
            }
            Error::MaskPath { path, known } => {
                let what = format!("must not have `{path}`, only {known}");
                return codec::violations(&Violations(vec![("update_mask".to_owned(), what)]));
            }
            Error::SlowMode(wait) => {
                return rpc::Error::new(Reason::SlowMode, message).retry_after(wait).into();
            }
            Error::MessageTooLong { length, max } => {
                let error = rpc::Error::new(Reason::MessageTooLong, message);
                return error.with("length", length).with("max", max).into();
            }
            Error::ChatListFull { list, max } => {
                return rpc::Error::new(Reason::ChatListFull, message)
                    .with("list", list)
                    .with("max", max)
                    .into();
            }
            Error::TooManyFavourites(max) => {
                return rpc::Error::new(Reason::TooManyFavourites, message)
                    .with("max", max.to_string())
                    .into();
            }
            Error::PermissionMissing(permission) => return rpc::Error::permission_missing(permission).into(),
            Error::TooManyFolders(max) => {
                return rpc::Error::new(Reason::TooManyFolders, message).with("max", max).into();
            }
            Error::TooManySavedQueues(max) => {
                return rpc::Error::new(Reason::TooManySavedQueues, message).with("max", max).into();
            }
            Error::TooManyTracks(max) => {
                return rpc::Error::new(Reason::TooManyTracks, message).with("max", max).into();
            }
            Error::PersonItemsFull(max) => {
                return rpc::Error::new(Reason::PersonItemsFull, message).with("max", max).into();
            }
            Error::Store(error) => return pg::failure(&error).into(),
            Error::State(error) => return rpc::Error::from(error).into(),
            Error::RoomPassword(_)
            | Error::Stored(_)
            | Error::NoUnusedCode(_)
            | Error::Trial(_)
            | Error::Identity(_) => {
                return rpc::Error::internal(error).into();
            }
            Error::RoomNotFound(_) => Reason::RoomNotFound,
            Error::RoomFull(_) => Reason::RoomFull,
            Error::NotAMember => Reason::NotAMember,
            Error::GuestsNotAllowed => Reason::GuestsNotAllowed,
            Error::TokenForAnotherRoom => Reason::TokenForAnotherRoom,
            Error::PublicRoomsOff => Reason::PublicRoomsOff,
            Error::KeptOut(bar) => return kept_out(&bar, message),
            Error::WrongRoomPassword { attempts_left } => {
                let error = rpc::Error::new(Reason::WrongRoomPassword, message);
                return match attempts_left {
                    Some(left) => error.with("attempts_left", left).into(),
                    None => error.into(),
                };
            }
            Error::PasswordBlocked(wait) => {
                return rpc::Error::new(Reason::RoomPasswordBlocked, message).retry_after(wait).into();
            }
            Error::CodesBlocked(wait) => {
                return rpc::Error::new(Reason::RoomCodesBlocked, message).retry_after(wait).into();
            }
            Error::TooManyJoins(wait) => {
                let error = rpc::Error::new(Reason::RateLimited, message)
                    .with("limit", "joins")
                    .with("by", "network");
                return error.retry_after(wait).into();
            }
            Error::JoinDeclined { by, until } => {
                let error = rpc::Error::new(Reason::JoinDeclined, message).with("by", by);
                return error.with("until", rfc3339(until)).into();
            }
            Error::Busy => {
                let error = rpc::Error::new(Reason::RateLimited, message).with("limit", "passwords_at_once");
                return error.retry_after(Duration::from_secs(1)).into();
            }
            Error::OpaqueMessage { field } => {
                let what = "must be an OPAQUE message (RFC 9807), base64url without padding".to_owned();
                return codec::violations(&Violations(vec![(field.to_owned(), what)]));
            }
            Error::JoinRequestNotFound => Reason::JoinRequestNotFound,
            Error::InviteNotFound(_) => Reason::InviteNotFound,
            Error::InviteExpired(_) => Reason::InviteExpired,
            Error::InviteUsedUp(_) => Reason::InviteUsedUp,
            Error::ProofExpired => Reason::ProofExpired,
            Error::NoPassword => Reason::RoomHasNoPassword,
            Error::PasswordsNotAllowed => Reason::PasswordsNotAllowed,
            Error::Muted(until) => {
                return rpc::Error::new(Reason::Muted, message).with("until", rfc3339(until)).into();
            }
            Error::CannotGrant(permission) => {
                let error = rpc::Error::new(Reason::CannotGrant, message);
                return error.with("permission", permission_name(permission)).into();
            }
            Error::ListFull { list, max } => {
                return rpc::Error::new(Reason::ListFull, message).with("list", list).with("max", max).into();
            }
            Error::RankTooLow => Reason::RankTooLow,
            Error::MemberNotFound(_) => Reason::MemberNotFound,
            Error::RoleNotFound(_) => Reason::RoleNotFound,
            Error::RoleNameTaken => Reason::RoleNameTaken,
            Error::PermissionRequestNotFound => Reason::PermissionRequestNotFound,
            Error::RoomClosed => Reason::RoomClosed,
            Error::RecoveryInvalid => Reason::RecoveryInvalid,
            Error::RoomsOff => Reason::RoomsOff,
            Error::NotTheOwner => Reason::PermissionMissing,
            Error::ReclaimOver => Reason::ReclaimOver,
            Error::ItemNotFound(_) => Reason::ItemNotFound,
            Error::PlaylistFull(_) => Reason::PlaylistFull,
            Error::FolderNotFound(_) => Reason::FolderNotFound,
            Error::PlayNotFound(_) => Reason::PlayNotFound,
            Error::SavedQueueNotFound(_) => Reason::SavedQueueNotFound,
            Error::TrackNotFound(_) => Reason::TrackNotFound,
            Error::UndoExpired => Reason::UndoExpired,
            Error::VotingOff => Reason::VotingOff,
            Error::PageTokenInvalid => Reason::PageTokenInvalid,
            Error::RequestIdReused(_) => Reason::RequestIdReused,
            Error::TicketInvalid => Reason::TicketInvalid,
            Error::MessageNotFound => Reason::MessageNotFound,
            Error::NotYourMessage => Reason::NotYourMessage,
            Error::LinksForbidden => Reason::LinksForbidden,
            Error::MessageBlocked => Reason::MessageBlocked,
            Error::FilterInvalid(_) => Reason::FilterInvalid,
            Error::EmoteNotFound => Reason::EmoteNotFound,
            Error::EmoteInvalid(_) => Reason::EmoteInvalid,
            Error::ChatDisabled => Reason::ChatDisabled,
        };
        rpc::Error::new(reason, message).into()
    }
}

/// An instant as metadata of errors carry it.
fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn kept_out(bar: &Bar, message: String) -> tonic::Status {
    let reason = if bar.is_ban { Reason::Banned } else { Reason::InCooldown };
    let error = rpc::Error::new(reason, message).with("by", &bar.by_name).with("by_id", bar.by_id);
    let error = if bar.note.is_empty() { error } else { error.with("note", &bar.note) };
    match bar.until {
        Some(until) => error.with("until", rfc3339(until)).into(),
        None => error.into(),
    }
}

fn left(attempts: Option<u64>) -> String {
    match attempts {
        None => "; ask for it again".to_owned(),
        Some(0) => "; this was the last attempt for a while".to_owned(),
        Some(1) => "; one attempt is left".to_owned(),
        Some(left) => format!("; {left} attempts are left"),
    }
}

fn minutes(wait: Duration) -> String {
    match wait.as_secs().div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

impl Error {
    /// Whether the door of a room refused somebody, which counts as an attempt. What is asked of everyone does not.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::RoomFull(_)
                | Self::GuestsNotAllowed
                | Self::KeptOut(_)
                | Self::WrongRoomPassword { .. }
                | Self::JoinDeclined { .. }
                | Self::InviteNotFound(_)
                | Self::InviteExpired(_)
                | Self::InviteUsedUp(_)
        )
    }
}

impl From<OpaqueError> for Error {
    fn from(error: OpaqueError) -> Self {
        match error {
            OpaqueError::Malformed { field } => Self::OpaqueMessage { field },
            OpaqueError::WrongPassword => Self::WrongRoomPassword { attempts_left: None },
            OpaqueError::Library(what) => Self::RoomPassword(format!("OPAQUE: {what}")),
        }
    }
}

impl From<Busy> for Error {
    fn from(error: Busy) -> Self {
        match error {
            Busy::All | Busy::Network => Self::Busy,
            Busy::Interrupted(what) => Self::RoomPassword(what),
        }
    }
}
