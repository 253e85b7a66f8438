//! What an answer says about the file.

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use reqwest::{Response, StatusCode};

pub(super) fn content_type(response: &Response) -> Option<&str> {
    // Bounded, since it goes into the reply.
    header(response, CONTENT_TYPE).filter(|value| value.len() <= 200)
}

/// The size of the whole file.
pub(super) fn size(response: &Response) -> Option<u64> {
    if response.status() == StatusCode::PARTIAL_CONTENT {
        // `bytes 0-4095/1253723`, or `/*` where the host does not know.
        return header(response, CONTENT_RANGE)?.rsplit_once('/')?.1.parse().ok();
    }
    header(response, CONTENT_LENGTH)?.parse().ok()
}

/// The first bytes of the body, whatever more the host would send.
pub(super) async fn first_bytes(mut response: Response, limit: usize) -> Result<Vec<u8>, reqwest::Error> {
    let mut bytes = Vec::with_capacity(limit);
    while bytes.len() < limit
        && let Some(chunk) = response.chunk().await?
    {
        bytes.extend_from_slice(&chunk[..chunk.len().min(limit - bytes.len())]);
    }
    Ok(bytes)
}

fn header(response: &Response, name: http::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}
