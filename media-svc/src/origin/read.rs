//! Reading parts of the file that a link leads to.

use http::{StatusCode, header::CONTENT_RANGE};
use reqwest::Response;
use url::Url;

use super::{LATE, Origin, Want, answer::size, host};
use crate::error::{Error, Result};

/// What is read and thrown away of a host that gives no parts, to get to one near the beginning.
const MOST_SKIPPED: u64 = 1024 * 1024;

/// A part of a file.
#[derive(Debug)]
pub(crate) struct Piece {
    /// As many as were asked for, fewer where the file ends.
    pub(crate) bytes: Vec<u8>,
    /// Of the whole file; unknown when the host does not say.
    pub(crate) size: Option<u64>,
    /// Where they came from in the end.
    pub(crate) url: Url,
}

impl Origin {
    /// Reads `length` bytes from `at` on; `None` from a host that does not give that part.
    pub(crate) async fn read(&self, link: &Url, at: u64, length: usize) -> Result<Option<Piece>> {
        let late = |_| Error::Unreachable { host: host(link), why: LATE };
        tokio::time::timeout(self.timeout, self.read_part(link, at, length)).await.map_err(late)?
    }

    async fn read_part(&self, link: &Url, at: u64, length: usize) -> Result<Option<Piece>> {
        let response = self.ask(link, Want { part: Some((at, length)), ..Want::default() }).await?;
        let (url, size) = (response.url().clone(), size(&response));
        let skipped = match response.status() {
            StatusCode::PARTIAL_CONTENT if begins_at(&response, at) => 0,
            StatusCode::OK if at <= MOST_SKIPPED => at,
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => return Ok(None),
            StatusCode::RANGE_NOT_SATISFIABLE => {
                return Ok(Some(Piece { bytes: Vec::new(), size: None, url }));
            }
            status => return Err(Error::refused(host(link), status.as_u16())),
        };
        let bytes = part(response, skipped, length).await.map_err(|error| Self::failure(link, &error))?;
        Ok(Some(Piece { bytes, size, url }))
    }
}

/// `bytes 200-1023/146515`: some hosts answer with another part than they were asked for.
fn begins_at(response: &Response, at: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')).map(|(first, _)| first);
    first.and_then(|first| first.trim().parse().ok()) == Some(at)
}

/// `length` bytes of the body behind the first `skipped`, whatever more the host would send.
async fn part(mut response: Response, mut skipped: u64, length: usize) -> Result<Vec<u8>, reqwest::Error> {
    let mut bytes = Vec::new();
    while bytes.len() < length
        && let Some(chunk) = response.chunk().await?
    {
        let before = usize::try_from(skipped).unwrap_or(usize::MAX).min(chunk.len());
        skipped -= before as u64;
        let wanted = &chunk[before..];
        bytes.extend_from_slice(&wanted[..wanted.len().min(length - bytes.len())]);
    }
    Ok(bytes)
}
