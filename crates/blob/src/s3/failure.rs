//! Why the store did not do what it was asked.
//!
//! Messages are made here from the status and the code of an answer: the rest of it, and of the request, may hold
//! credentials or signatures.

use std::{
    error::Error as StdError,
    io::{self, ErrorKind},
};

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

/// Longest code of an answer that a message repeats.
const MAX_CODE: usize = 64;

/// A request that failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// Status of the answer; None when there was none.
    pub(super) status: Option<u16>,
    /// Code of the answer, such as `NoSuchKey`; may be empty.
    pub(super) code: String,
    /// For people.
    pub(super) error: io::Error,
}

impl Failure {
    /// Of a request of the SDK.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let status = error.raw_response().map(|response| response.status().as_u16());
        let code = error.code().filter(|code| is_code(code)).unwrap_or_default().to_owned();
        let (kind, text) = match error {
            SdkError::TimeoutError(_) => {
                (ErrorKind::TimedOut, "the object store did not answer in time".into())
            }
            SdkError::DispatchFailure(failure) => {
                let cause = failure.as_connector_error().map(|error| chain(error)).unwrap_or_default();
                let kind = if failure.is_timeout() { ErrorKind::TimedOut } else { ErrorKind::NotConnected };
                (kind, format!("the object store cannot be reached{cause}; check store.s3_endpoint"))
            }
            SdkError::ServiceError(_) | SdkError::ResponseError(_) => {
                let kind = match status {
                    Some(401 | 403) => ErrorKind::PermissionDenied,
                    _ => ErrorKind::Other,
                };
                (kind, answer(status.unwrap_or_default(), &code))
            }
            _ => (ErrorKind::InvalidInput, format!("the request cannot be made{}", chain(error))),
        };
        Self { status, code, error: io::Error::new(kind, text) }
    }

    /// An answer that cannot be right.
    pub(super) fn wrong(what: &str) -> Self {
        io::Error::new(ErrorKind::InvalidData, format!("the object store {what}")).into()
    }

    /// There is no such object.
    pub(super) fn is_missing(&self) -> bool {
        self.status == Some(404) && !matches!(self.code.as_str(), "NoSuchBucket" | "NoSuchUpload")
    }

    /// The range starts behind the end of the object.
    pub(super) fn is_out_of_range(&self) -> bool {
        self.status == Some(416)
    }

    /// There is no such multipart upload: it was completed or aborted.
    pub(super) fn is_no_upload(&self) -> bool {
        self.code == "NoSuchUpload"
    }

    /// The store does not know this request or one of its headers.
    pub(super) fn is_not_implemented(&self) -> bool {
        self.status == Some(501) || matches!(self.code.as_str(), "NotImplemented" | "MethodNotAllowed")
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { status: None, code: String::new(), error }
    }
}

/// A code is a word. Anything else is not repeated.
fn is_code(text: &str) -> bool {
    text.len() <= MAX_CODE
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
}

fn answer(status: u16, code: &str) -> String {
    let advice = match code {
        "InvalidAccessKeyId" | "NotSignedUp" | "SignatureDoesNotMatch" => {
            "; check store.s3_access_key and store.s3_secret_key"
        }
        "AccessDenied" => "; the access key lacks a right that crates/blob/README.md lists",
        "NoSuchBucket" => "; make the bucket, or correct store.s3_bucket",
        "RequestTimeTooSkewed" => "; set the clock of this machine",
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            "; check store.s3_region and store.s3_endpoint"
        }
        _ => "",
    };
    let code = if code.is_empty() { String::new() } else { format!(" {code}") };
    format!("the object store answers {status}{code}{advice}")
}

/// The causes of an error that has no answer in it: names of hosts and reasons of the system.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{answer, is_code};

    #[test]
    fn known_codes_come_with_the_next_step() {
        assert_eq!(answer(500, ""), "the object store answers 500");
        assert!(answer(403, "SignatureDoesNotMatch").ends_with("store.s3_secret_key"));
        assert!(answer(404, "NoSuchBucket").contains("store.s3_bucket"));
    }

    #[test]
    fn only_a_word_is_repeated_from_an_answer() {
        assert!(is_code("NoSuchKey") && is_code("XAmzContentSHA256Mismatch"));
        assert!(!is_code("AKIA SECRET") && !is_code("a/b") && !is_code(&"x".repeat(65)));
    }
}
