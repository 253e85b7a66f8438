//! Errors and their exit codes.

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// The file is no media file, or a damaged one.
    #[error("{0}")]
    NotMedia(String),
    /// The file is of a kind that is not taken.
    #[error("{0}")]
    UnsupportedFormat(String),
    /// Bytes that are still being sent are needed.
    #[error("{0}")]
    NotYet(String),
    /// The probe itself failed.
    #[error("{0}")]
    ProbeFailed(String),
}

/// What a command results in.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// clap exits with 2 for wrong usage.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Unreadable(_) => 1,
            Self::NotMedia(_) => 3,
            Self::ProbeFailed(_) => 4,
            Self::UnsupportedFormat(_) => 5,
            Self::NotYet(_) => 6,
        }
    }

    /// The error that a child reported by its exit code and message.
    pub(crate) fn from_child(code: i32, message: &str) -> Self {
        match code {
            1 => Self::Unreadable(message.to_owned()),
            3 => Self::NotMedia(message.to_owned()),
            5 => Self::UnsupportedFormat(message.to_owned()),
            6 => Self::NotYet(message.to_owned()),
            _ => Self::ProbeFailed(format!("the probe ended with code {code}: {message}")),
        }
    }
}
