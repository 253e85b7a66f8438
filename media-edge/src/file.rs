//! One file as an HTTP response, whole or in part (RFC 9110, 13 and 14).

use axum::{body::Body, response::Response};
use blob::{Blobs, ByteStream, Head, Key};
use edge::{Part, part};
use futures::TryStreamExt as _;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{
        ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
        X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::refusal::Refusal;

/// Answers GET and HEAD for an object.
pub(crate) async fn respond(
    blobs: &Blobs,
    key: &Key,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let head = blobs.head(key).await?;
    let etag = format!("\"{}\"", head.etag);
    if matches_any(headers.get(IF_NONE_MATCH), &etag) {
        return build(StatusCode::NOT_MODIFIED, &etag, None, Body::empty());
    }
    // A range applies to GET alone, and with If-Range only to the version that the client has. A date never matches: dates are
    // too coarse to tell versions apart.
    let wanted = *method == Method::GET && headers.get(IF_RANGE).is_none_or(|value| value == etag.as_str());
    let range = headers.get(RANGE).filter(|_| wanted).and_then(|value| value.to_str().ok());
    match part(range, head.size) {
        Part::Whole => {
            let body = if *method == Method::GET {
                streamed(open(blobs, key, &head, 0, head.size).await?)
            } else {
                Body::empty()
            };
            let mut response = build(StatusCode::OK, &etag, Some(key), body)?;
            response.headers_mut().insert(CONTENT_LENGTH, head.size.into());
            Ok(response)
        }
        Part::Bytes { first, last } => {
            let length = last - first + 1;
            let body = streamed(open(blobs, key, &head, first, length).await?);
            let mut response = build(StatusCode::PARTIAL_CONTENT, &etag, Some(key), body)?;
            set(&mut response, CONTENT_RANGE, &format!("bytes {first}-{last}/{}", head.size))?;
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
            Ok(response)
        }
        Part::Unsatisfiable => {
            let mut response = build(StatusCode::RANGE_NOT_SATISFIABLE, &etag, None, Body::empty())?;
            set(&mut response, CONTENT_RANGE, &format!("bytes */{}", head.size))?;
            Ok(response)
        }
    }
}

/// Opens a byte range of the version that the headers describe. Fails when the object was replaced meanwhile.
async fn open(blobs: &Blobs, key: &Key, head: &Head, first: u64, length: u64) -> Result<ByteStream, Refusal> {
    if length == 0 {
        return Ok(blob::body(""));
    }
    let object = blobs.get_range(key, first, length).await?;
    if object.head == *head { Ok(object.body) } else { Err(Refusal::Changed) }
}

fn streamed(bytes: ByteStream) -> Body {
    let served = metrics::counter!("syncwatch_media_served_bytes_total");
    Body::from_stream(bytes.inspect_ok(move |chunk| served.increment(chunk.len() as u64)))
}

fn build(status: StatusCode, etag: &str, key: Option<&Key>, body: Body) -> Result<Response, Refusal> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set(&mut response, ETAG, etag)?;
    set(&mut response, ACCEPT_RANGES, "bytes")?;
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff")?;
    if let Some(key) = key {
        set(&mut response, CONTENT_TYPE, content_type(key))?;
    }
    Ok(response)
}

pub(crate) fn set(response: &mut Response, name: HeaderName, value: &str) -> Result<(), Refusal> {
    let value = HeaderValue::from_str(value).map_err(|error| Refusal::Failed(error.into()))?;
    response.headers_mut().insert(name, value);
    Ok(())
}

fn content_type(key: &Key) -> &'static str {
    match key.as_str().rsplit_once('.').map(|(_, extension)| extension) {
        // The sound of a film is in files of its own; players go by the playlist.
        Some("mp4" | "m4s") => "video/mp4",
        Some("webm") => "video/webm",
        Some("vtt") => "text/vtt; charset=utf-8",
        Some("ass") => "text/x-ssa; charset=utf-8",
        Some("jpg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

/// Whether If-None-Match names this version, by weak comparison (RFC 9110, 13.1.2).
pub(crate) fn matches_any(value: Option<&HeaderValue>, etag: &str) -> bool {
    let Some(value) = value.and_then(|value| value.to_str().ok()) else { return false };
    value.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
