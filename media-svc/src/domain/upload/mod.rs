//! Uploads: what a file may be, and what is known of one.

mod checksum;
mod filename;
mod media_type;
mod refusal;

use chrono::{DateTime, Utc};
use ids::{AssetId, UploadId};
use proto::media::v1::UploadState;

pub(crate) use self::{
    checksum::{Algorithm, Checksum, Sum},
    filename::{clean_filename, title_of_file},
    media_type::{MediaType, TYPES},
    refusal::Refusal,
};

/// First bytes of a file that are kept to check its type.
pub(crate) const HEAD_BYTES: usize = 16;
/// Bytes from which the preparing begins while the rest is still being sent.
pub(crate) const BEGIN_AT_BYTES: u64 = 1024 * 1024;

/// What an upload is, as `media.uploads.kind` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file.
    Whole,
    /// A piece of a file (tus, concatenation).
    Partial,
    /// A file that consists of partial uploads.
    Final,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Partial => "partial",
            Self::Final => "final",
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "partial" => Self::Partial,
            "final" => Self::Final,
            _ => Self::Whole,
        }
    }
}

/// An upload, as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) id: UploadId,
    pub(crate) owner: String,
    pub(crate) filename: String,
    pub(crate) title: String,
    pub(crate) content_type: String,
    pub(crate) kind: Kind,
    /// The parts of a final upload, in order.
    pub(crate) concat: Vec<UploadId>,
    /// The final upload of a partial one.
    pub(crate) part_of: Option<UploadId>,
    /// In bytes; `None` while the client has not said it.
    pub(crate) size: Option<u64>,
    /// Bytes from the start that are stored durably.
    pub(crate) received: u64,
    /// The first bytes.
    pub(crate) head: Vec<u8>,
    pub(crate) checked: bool,
    pub(crate) begun: bool,
    pub(crate) epoch: i64,
    pub(crate) state: UploadState,
    pub(crate) failure_reason: String,
    pub(crate) failure_message: String,
    pub(crate) progress: i32,
    pub(crate) playable: bool,
    pub(crate) generation: i32,
    pub(crate) duration_us: i64,
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) asset: Option<AssetId>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

impl Upload {
    /// Whether every byte is here.
    pub(crate) fn is_complete(&self) -> bool {
        self.size == Some(self.received)
    }

    /// Whether it was refused or could not be prepared.
    pub(crate) fn has_failed(&self) -> bool {
        self.state == UploadState::Failed
    }

    /// Whether the first bytes fit the declared type; `None` while there are too few, and once that is known.
    pub(crate) fn check_head(&self) -> Option<Result<(), Refusal>> {
        let media = MediaType::of(&self.content_type, &self.filename).filter(|_| !self.checked)?;
        match media.fits(&self.head) {
            Some(true) => Some(Ok(())),
            None if !self.is_complete() => None,
            // Also a file of fewer bytes than any type begins with.
            Some(false) | None => Some(Err(Refusal::MimeMismatch(media.as_str()))),
        }
    }

    /// Whether enough bytes are here to begin the preparing.
    pub(crate) fn can_begin(&self) -> bool {
        self.checked && !self.begun && (self.is_complete() || self.received >= BEGIN_AT_BYTES)
    }

    /// Bytes of which it takes the storage. A failed one takes what was sent.
    pub(crate) fn stored_bytes(&self) -> u64 {
        if self.has_failed() { self.received } else { self.size.unwrap_or(self.received) }
    }

    /// How far others see that it is, in percent: of the sending, then of the preparing.
    pub(crate) fn percent(&self) -> i32 {
        match (self.state, self.size) {
            (UploadState::Sending, Some(size)) if size > 0 => {
                i32::try_from(u128::from(self.received) * 100 / u128::from(size)).unwrap_or(100)
            }
            (UploadState::Sending, _) => 0,
            _ => self.progress,
        }
    }
}
