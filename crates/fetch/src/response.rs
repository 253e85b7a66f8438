//! A response, and what its headers say about the file.

use http::{
    HeaderName, StatusCode,
    header::{
        ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE,
    },
};
use reqwest::Response;
use url::Url;

use crate::{Error, Result};

/// A response whose body has not been read.
#[derive(Debug)]
pub struct Fetched(pub(crate) Response);

impl Fetched {
    /// HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The URL after all redirects.
    pub fn url(&self) -> &Url {
        self.0.url()
    }

    /// A header, if it is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// `Content-Type`, unless it is longer than 200 bytes.
    pub fn content_type(&self) -> Option<&str> {
        self.header(CONTENT_TYPE).filter(|value| value.len() <= 200)
    }

    /// Whether the host serves byte ranges of the file. Only the response to a range request tells.
    pub fn has_ranges(&self) -> bool {
        self.status() == StatusCode::PARTIAL_CONTENT
            || self.header(ACCEPT_RANGES).is_some_and(|units| units.eq_ignore_ascii_case("bytes"))
    }

    /// Whether a page of this origin may read the response (Fetch standard, 3.2.3).
    pub fn allows(&self, page_origin: &str) -> bool {
        self.header(ACCESS_CONTROL_ALLOW_ORIGIN)
            .is_some_and(|allowed| allowed == "*" || allowed == page_origin)
    }

    /// Whether the body is compressed although the request did not ask for that.
    pub fn is_compressed(&self) -> bool {
        self.header(CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    }

    /// Size of the whole file in bytes, where the host says it.
    pub fn size(&self) -> Option<u64> {
        if self.status() == StatusCode::PARTIAL_CONTENT {
            // `bytes 0-4095/1253723`, or `/*` where the host does not know.
            return self.header(CONTENT_RANGE)?.rsplit_once('/')?.1.parse().ok();
        }
        self.header(CONTENT_LENGTH)?.parse().ok()
    }

    /// The first bytes of the body, `limit` at most, whatever more the host would send.
    pub async fn first_bytes(self, limit: usize) -> Result<Vec<u8>> {
        self.bytes_behind(0, limit).await
    }

    /// `length` bytes of the body behind the first `skipped`; fewer where the body ends.
    pub(crate) async fn bytes_behind(mut self, mut skipped: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while bytes.len() < length
            && let Some(chunk) = self.0.chunk().await.map_err(|error| Error::of(self.0.url(), &error))?
        {
            let before = usize::try_from(skipped).unwrap_or(usize::MAX).min(chunk.len());
            skipped -= before as u64;
            let wanted = &chunk[before..];
            bytes.extend_from_slice(&wanted[..wanted.len().min(length - bytes.len())]);
        }
        Ok(bytes)
    }
}
