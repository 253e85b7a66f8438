//! Why a task could not be done.

use proto::common::v1::Reason;

use crate::Error;

/// Longest end of a program's log that is reported, in characters.
const MAX_LOG: usize = 8000;
/// Longest message, in characters.
const MAX_MESSAGE: usize = 2000;

/// Why a task could not be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// A fault of the file, by the contract. None: a fault of the worker.
    pub(crate) reason: Option<Reason>,
    /// For people: what happened, then what to do.
    pub(crate) message: String,
    /// Another attempt may succeed.
    pub(crate) retryable: bool,
    /// The watchdog ended it.
    pub(crate) timed_out: bool,
    /// The task is given back.
    pub(crate) released: bool,
    /// The end of the program's log.
    pub(crate) log: String,
}

pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A fault of the file; another attempt would end in the same way.
    pub(crate) fn of_file(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason: Some(reason), message: message.into(), ..Self::default() }
    }

    /// A fault of the worker or of what it works with.
    pub(crate) fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: true, ..Self::default() }
    }

    /// The task goes back to the queue.
    pub(crate) fn released(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: true, released: true, ..Self::default() }
    }

    /// The watchdog ended it.
    pub(crate) fn timed_out(message: impl Into<String>) -> Self {
        Self { message: message.into(), retryable: true, timed_out: true, ..Self::default() }
    }

    /// The same with the end of a program's log.
    pub(crate) fn with_log(self, log: &str) -> Self {
        Self { log: end_of(log, MAX_LOG), ..self }
    }

    pub(crate) fn limited_message(&self) -> String {
        self.message.chars().take(MAX_MESSAGE).collect()
    }

    /// The reason as requests carry it.
    pub(crate) fn reason_name(&self) -> String {
        let name = self.reason.map(|reason| reason.as_str_name()).unwrap_or_default();
        name.trim_start_matches("REASON_").to_owned()
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::passing(format!("{error:#}"))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NotMedia(message) => Self::of_file(Reason::FileUnreadable, message),
            Error::UnsupportedFormat(message) => Self::of_file(Reason::UnsupportedFormat, message),
            Error::NotYet(message) => Self::released(message),
            Error::Unreadable(message) | Error::ProbeFailed(message) => Self::passing(message),
        }
    }
}

fn end_of(text: &str, limit: usize) -> String {
    let skipped = text.chars().count().saturating_sub(limit);
    text.chars().skip(skipped).collect()
}
