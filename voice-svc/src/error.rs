//! Errors by meaning, and their mapping to the reasons of the contract.

use proto::room::v1::Permission;
use rpc::Reason;
use tonic::Status;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}", rpc::Error::permission_missing(*.0))]
    PermissionMissing(Permission),
    #[error("the voice chat is full ({0} of {0}); it is free when somebody leaves")]
    Full(usize),
    #[error("you or this person are not in the voice chat; join it first")]
    NotInVoice,
    #[error(transparent)]
    Sfu(#[from] sfu::Refusal),
    #[error("this server has no media server for voice (voice.sfu_listen); people hear each other directly")]
    SfuOff,
    #[error("session {0} is not yours, or not in this room; open the room first")]
    SessionNotFound(String),
    #[error("you can mute only people who rank below you")]
    RankTooLow,
    #[error("too many concurrent changes to this voice chat; try again")]
    Contended,
    #[error("the voice chat of room {room} cannot be read: {source}")]
    Record { room: String, source: prost::DecodeError },
    #[error(transparent)]
    Log(#[from] state::Error),
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
            Error::Full(max) => return rpc::Error::new(Reason::VoiceFull, message).with("max", max).into(),
            Error::Log(error) => return rpc::Error::from(error).into(),
            Error::Record { .. } => return rpc::Error::internal(error).into(),
            Error::Sfu(sfu::Refusal::Offer(_)) => Reason::VoiceOfferInvalid,
            Error::Sfu(sfu::Refusal::NotOnRoster) | Error::NotInVoice => Reason::NotInVoice,
            Error::Sfu(sfu::Refusal::Full) => Reason::VoiceSfuFull,
            Error::Sfu(sfu::Refusal::Stopped) => {
                return rpc::Error::unavailable("the media server of voice", &error).into();
            }
            Error::SfuOff => Reason::VoiceSfuOff,
            Error::SessionNotFound(_) => Reason::SessionNotFound,
            Error::RankTooLow => Reason::RankTooLow,
            Error::Contended => Reason::Contended,
        };
        rpc::Error::new(reason, message).into()
    }
}
