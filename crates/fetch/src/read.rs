//! Byte ranges of a file.

use http::{StatusCode, header::CONTENT_RANGE};
use url::Url;

use crate::{Client, Error, Fetched, Result, Want};

/// Bytes that are read and thrown away of a host that ignores `Range`, to get to a range near the beginning.
const MOST_SKIPPED: u64 = 1024 * 1024;

/// A byte range of a file.
#[derive(Debug)]
pub struct Piece {
    /// As many bytes as were asked for, fewer where the file ends.
    pub bytes: Vec<u8>,
    /// Size of the whole file; `None` when the host does not say.
    pub size: Option<u64>,
    /// The URL after all redirects.
    pub url: Url,
}

impl Client {
    /// Reads `length` bytes from offset `at`; `None` when the host does not give that range.
    pub async fn read(&self, link: &Url, at: u64, length: usize) -> Result<Option<Piece>> {
        let reading = tokio::time::timeout(self.timeout, self.read_part(link, at, length));
        reading.await.map_err(|_| Error::late(link))?
    }

    async fn read_part(&self, link: &Url, at: u64, length: usize) -> Result<Option<Piece>> {
        let response = self.get(link, Want { part: Some((at, length)), ..Want::default() }).await?;
        let (url, size) = (response.url().clone(), response.size());
        let skipped = match response.status() {
            StatusCode::PARTIAL_CONTENT if begins_at(&response, at) => 0,
            StatusCode::OK if at <= MOST_SKIPPED => at,
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => return Ok(None),
            StatusCode::RANGE_NOT_SATISFIABLE => {
                return Ok(Some(Piece { bytes: Vec::new(), size: None, url }));
            }
            status => return Err(Error::refused(link, status)),
        };
        let bytes = response.bytes_behind(skipped, length).await?;
        Ok(Some(Piece { bytes, size, url }))
    }
}

/// `bytes 200-1023/146515`: some hosts answer with another range than they were asked for.
fn begins_at(response: &Fetched, at: u64) -> bool {
    let range = response.header(CONTENT_RANGE);
    let first = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')).map(|(first, _)| first);
    first.and_then(|first| first.trim().parse().ok()) == Some(at)
}
