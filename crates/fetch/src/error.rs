//! Why a request failed. Messages name the host only: a path may hold a secret, and an address would tell people about a
//! network that they cannot see.

use url::Url;

use crate::{InvalidUrl, resolver::Refusal};

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A redirect leads to a URL that cannot be requested.
    #[error("{host} redirects this link to one that cannot be played: {invalid}")]
    InvalidRedirect {
        /// The host that redirects.
        host: String,
        /// The fault in the URL of the redirect.
        invalid: InvalidUrl,
    },
    /// The host is in a network that [`crate::Reach`] does not permit.
    #[error("the link leads to {host}, which is in a private network")]
    PrivateAddress {
        /// The host, as the URL names it.
        host: String,
    },
    /// The name does not resolve.
    #[error("there is no host named {host}; check the link for a typing mistake")]
    NoSuchHost {
        /// The name.
        host: String,
    },
    /// No connection, or no answer in time.
    #[error("cannot reach {host}: {why}; check the link, or try again later")]
    Unreachable {
        /// The host.
        host: String,
        /// The failure, as a clause for the message.
        why: &'static str,
    },
    /// The host answers with an error status.
    #[error("{host} answers {status} instead of giving the file")]
    Refused {
        /// The host.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// More than 5 redirects.
    #[error(
        "{host} redirects this link too many times; open it in a browser and paste the address it ends at"
    )]
    TooManyRedirects {
        /// The host of the first URL.
        host: String,
    },
}

impl Error {
    /// The deadline passed.
    pub fn late(url: &Url) -> Self {
        Self::Unreachable { host: host(url), why: "it does not answer in time" }
    }

    /// The host answered with an error status.
    pub fn refused(url: &Url, status: http::StatusCode) -> Self {
        Self::Refused { host: host(url), status: status.as_u16() }
    }

    pub(crate) fn of(url: &Url, error: &reqwest::Error) -> Self {
        let host = host(url);
        if let Some(refusal) = Refusal::of(error) {
            return match refusal {
                Refusal::Private => Self::PrivateAddress { host },
                Refusal::Unknown => Self::NoSuchHost { host },
            };
        }
        tracing::debug!(host, error = format!("{:?}", error.to_string()), "a host does not answer");
        match () {
            () if error.is_timeout() => Self::late(url),
            () if error.is_connect() => {
                Self::Unreachable { host, why: "it refuses the connection, or its certificate is not valid" }
            }
            () => Self::Unreachable { host, why: "it closes the connection without an answer" },
        }
    }
}

pub(crate) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
