//! What goes wrong, and the exit code of each.

/// What goes wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It is no media file, or a damaged one.
    #[error("{0}")]
    NotMedia(String),
    /// The probe failed by itself.
    #[error("{0}")]
    ProbeFailed(String),
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// 2 is wrong usage, which clap tells.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Unreadable(_) => 1,
            Self::NotMedia(_) => 3,
            Self::ProbeFailed(_) => 4,
        }
    }

    /// What a child said with its exit code.
    pub(crate) fn from_child(code: i32, message: &str) -> Self {
        match code {
            1 => Self::Unreadable(message.to_owned()),
            3 => Self::NotMedia(message.to_owned()),
            _ => Self::ProbeFailed(format!("the probe ended with code {code}: {message}")),
        }
    }
}
