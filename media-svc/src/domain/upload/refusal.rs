//! Why an upload, or a request about one, is refused.

use std::time::Duration;

use rpc::Reason;

use super::TYPES;

/// Why an upload, or a request about one, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no upload with this id, or it is not yours; begin a new one")]
    NotFound,
    #[error("this installation takes no uploads; add the link of a file instead")]
    Off,
    #[error("guests cannot upload files here; sign in, or add the link of a file")]
    GuestsOff,
    #[error("files of the type {} are not taken; choose an mp4, webm, mov or mkv", shown(.0))]
    UnsupportedFormat(String),
    #[error("the file does not begin like {0}, so it is something else or damaged; choose another file")]
    MimeMismatch(&'static str),
    #[error("the file has more than {max} bytes, the limit; choose a smaller one, or encode it smaller")]
    TooLarge { max: u64 },
    #[error("the file is empty; choose another one")]
    Empty,
    #[error(
        "your storage is full: {used} of {quota} bytes are used; delete an upload that you no longer need"
    )]
    QuotaExceeded { used: u64, quota: u64 },
    #[error("you began {per_hour} uploads within an hour, the limit; try again later")]
    TooMany { per_hour: u32, retry_after: Duration },
    #[error("you have {0} unfinished pieces of uploads, the limit; finish or delete some")]
    TooManyPieces(usize),
    #[error("too many files are being sent to this server; try again in a moment")]
    Busy,
    #[error("{0} of your files are being sent at once, the limit; wait for one of them")]
    PersonBusy(usize),
    #[error("the request starts at byte {provided}, and the upload goes on at byte {expected}; go on there")]
    Offset { expected: u64, provided: u64, complete: bool },
    #[error("{0}")]
    Length(&'static str),
    #[error("another request goes on with this upload; ask for its offset")]
    Overtaken,
    #[error("no bytes came for a while; what came is stored, so ask for the offset and go on")]
    Stalled,
    #[error("the connection broke; what came is stored, so ask for the offset and go on")]
    Interrupted,
    #[error("this server stops; what came is stored, so ask for the offset and go on")]
    Stopping,
    #[error("the bytes do not have the announced checksum, so they were thrown away; send them again")]
    ChecksumMismatch,
    #[error("this upload failed: {0}")]
    Failed(String),
    #[error("this upload consists of others; send its bytes to those")]
    IsFinal,
    #[error(
        "a final upload needs partial uploads of yours of a known length, each in one final upload alone"
    )]
    InvalidParts,
    #[error("this upload is a part of another one; delete that one")]
    IsPart,
    #[error("the file has malware in it ({0}), so it was deleted")]
    Malware(String),
}

/// A declared type within a sentence.
fn shown(declared: &str) -> String {
    let plain: String = declared.chars().filter(|c| !c.is_control()).take(64).collect();
    if plain.is_empty() { "that nobody declares".to_owned() } else { format!("`{plain}`") }
}

impl Refusal {
    /// The reason in the contract.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::NotFound => Reason::UploadNotFound,
            Self::Off | Self::GuestsOff => Reason::UploadsOff,
            Self::UnsupportedFormat(_) => Reason::UnsupportedFormat,
            Self::MimeMismatch(_) => Reason::MimeMismatch,
            Self::TooLarge { .. } => Reason::TooLarge,
            Self::Empty => Reason::FileEmpty,
            Self::QuotaExceeded { .. } => Reason::QuotaExceeded,
            Self::TooMany { .. } | Self::TooManyPieces(_) => Reason::TooManyUploads,
            Self::Busy | Self::PersonBusy(_) => Reason::RateLimited,
            Self::Offset { .. } => Reason::UploadOffsetMismatch,
            Self::Overtaken => Reason::Contended,
            Self::Stalled | Self::Interrupted => Reason::DeadlineExceeded,
            Self::Stopping => Reason::DependencyUnavailable,
            Self::Length(_) | Self::InvalidParts | Self::IsFinal | Self::IsPart => Reason::InvalidField,
            Self::ChecksumMismatch => Reason::UploadChecksumMismatch,
            Self::Failed(_) => Reason::MediaFailed,
            Self::Malware(_) => Reason::MalwareFound,
        }
    }

    /// The error for the caller.
    pub(crate) fn told(&self) -> rpc::Error {
        let told = rpc::Error::new(self.reason(), self.to_string());
        match self {
            Self::UnsupportedFormat(_) => told.with("content_types", TYPES.join(",")),
            Self::TooLarge { max } => told.with("max_bytes", max),
            Self::QuotaExceeded { used, quota } => told.with("used_bytes", used).with("quota_bytes", quota),
            Self::TooMany { per_hour, retry_after } => told.with("max", per_hour).retry_after(*retry_after),
            Self::TooManyPieces(max) => told.with("max", max),
            Self::Offset { expected, .. } => told.with("offset", expected),
            Self::Busy | Self::PersonBusy(_) => {
                told.with("limit", "uploads_at_once").retry_after(Duration::from_secs(2))
            }
            Self::Stopping => told.retry_after(Duration::from_secs(1)),
            _ => told,
        }
    }
}
