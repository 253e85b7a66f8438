//! URLs that may be requested at all, whatever their address turns out to be.

use url::Url;

use crate::{Error, Result, error::host};

/// Why a URL cannot be requested.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It is no URL, or has no host.
    #[error("this is not a link; paste the whole address, such as https://example.org/film.mp4")]
    Malformed,
    /// Another scheme than `http` and `https`: its first 32 characters.
    #[error("only http and https links can be played, and this one begins with `{0}:`; paste an https link")]
    Scheme(String),
    /// It has a user name or a password.
    #[error(
        "the link contains a user name or a password, which everybody in the room would see; paste a link without them"
    )]
    Credentials,
}

/// Checks a URL before its host is asked.
pub fn check_url(url: &Url) -> Result<(), InvalidUrl> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(InvalidUrl::Scheme(url.scheme().chars().take(32).collect()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidUrl::Credentials);
    }
    if url.has_host() { Ok(()) } else { Err(InvalidUrl::Malformed) }
}

/// The URL that a redirect or a playlist at `from` points to.
pub fn follow(from: &Url, location: &str) -> Result<Url> {
    let target = from.join(location).map_err(|_| InvalidUrl::Malformed);
    let target = target.and_then(|url| check_url(&url).map(|()| url));
    target.map_err(|invalid| Error::InvalidRedirect { host: host(from), invalid })
}
