//! Answers that are made here, and the headers that all have.

use axum::body::Body;
use axum::response::Response;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE,
        ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
    },
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{file, refusal::Refusal};

/// Of what is made here. It never changes either, but a new version of this program may write it in another way.
const SHORT: &str = "public, max-age=5, stale-while-revalidate=10";

/// A playlist.
pub(super) fn playlist(text: String, headers: &HeaderMap) -> Result<Response, Refusal> {
    self::text("application/vnd.apple.mpegurl", text, headers)
}

/// A JSON document.
pub(super) fn json(value: &Value, headers: &HeaderMap) -> Result<Response, Refusal> {
    text("application/json", value.to_string(), headers)
}

/// A text of this type, or 304 when the client has it.
pub(super) fn text(
    content_type: &'static str,
    text: String,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let digest = Sha256::digest(&text);
    let etag = digest.iter().take(8).fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    let is_known = file::matches_any(headers.get(IF_NONE_MATCH), &etag);
    let length = text.len();
    let mut response = Response::new(if is_known { Body::empty() } else { Body::from(text) });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        // A body without one would be sent in chunks, which caches and HEAD handle less well.
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    for (name, value) in [
        (ETAG, etag.as_str()),
        (CACHE_CONTROL, SHORT),
        (CONTENT_TYPE, content_type),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        file::set(&mut response, name, value)?;
    }
    Ok(response)
}

/// 204 that nobody keeps.
pub(super) fn nothing() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to a preflight: any page may ask, since the token in the path decides and no cookie counts.
pub(super) async fn preflight() -> Response {
    let mut response = nothing();
    let allowed: [(HeaderName, &str); 3] = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Range, If-Range, If-None-Match"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    for (name, value) in allowed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Lets pages of any origin read an answer. Every one says so, errors too, whether or not the request named an origin: a copy in a
/// cache serves all.
pub(super) async fn allow_any_origin(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let exposed = "Content-Length, Content-Range, ETag, Retry-After";
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    response
}
