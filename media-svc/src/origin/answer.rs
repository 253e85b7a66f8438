//! What an answer says about the file.

use http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS,
};
use reqwest::{Response, StatusCode};

use crate::domain::PageCause;

pub(super) fn content_type(response: &Response) -> Option<&str> {
    // Bounded, since it goes into the reply.
    header(response, CONTENT_TYPE).filter(|value| value.len() <= 200)
}

/// Whether the host serves parts of the file, by its answer to a request for one.
pub(super) fn has_ranges(response: &Response) -> bool {
    response.status() == StatusCode::PARTIAL_CONTENT
        || header(response, ACCEPT_RANGES).is_some_and(|units| units.eq_ignore_ascii_case("bytes"))
}

/// Whether a page of this origin may read the answer (Fetch standard, 3.2.3).
pub(super) fn allows(response: &Response, page_origin: &str) -> bool {
    header(response, ACCESS_CONTROL_ALLOW_ORIGIN)
        .is_some_and(|allowed| allowed == "*" || allowed == page_origin)
}

/// Whether the body is compressed although that was not asked for.
pub(super) fn is_compressed(response: &Response) -> bool {
    header(response, CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"))
}

/// Why a page could not be framed either.
pub(super) fn page_cause(response: &Response) -> PageCause {
    PageCause::of(header(response, X_FRAME_OPTIONS), header(response, CONTENT_SECURITY_POLICY))
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
    let mut bytes = Vec::new();
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
