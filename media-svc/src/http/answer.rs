//! Responses, in the protocol of the request.

use axum::{
    Json,
    body::Body,
    response::{IntoResponse as _, Response},
};
use edge::ApiError;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION},
};
use rpc::{Reason, TraceParent};
use serde_json::json;

use super::{
    PATH,
    dialect::{Dialect, IETF_BYTES, TUS},
    fields::{
        TUS_CHECKSUM_ALGORITHM, TUS_EXTENSION, TUS_MAX_SIZE, TUS_RESUMABLE, TUS_VERSION, UPLOAD_COMPLETE,
        UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_EXPIRES, UPLOAD_INTEROP, UPLOAD_LENGTH, UPLOAD_LIMIT,
        UPLOAD_OFFSET,
    },
};
use crate::{
    UploadsConfig,
    app::uploads::Status,
    domain::upload::{Algorithm, Kind, Refusal},
    error::Error,
};

const EXTENSIONS: &str = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation,\
                          concatenation-unfinished";
/// Interop version of draft-ietf-httpbis-resumable-upload-15.
const INTEROP: &str = "8";
/// Problem types of the draft.
const MISMATCHING_OFFSET: &str = "https://iana.org/assignments/http-problem-types#mismatching-upload-offset";
const INCONSISTENT_LENGTH: &str =
    "https://iana.org/assignments/http-problem-types#inconsistent-upload-length";
/// Dates of HTTP (RFC 9110, 5.6.7).
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

fn set(headers: &mut HeaderMap, name: HeaderName, value: impl AsRef<str>) {
    if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
        headers.insert(name, value);
    }
}

fn empty(status: StatusCode, dialect: Dialect) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    mark(&mut response, dialect);
    response
}

/// What every response has: it is not to be kept, and tus names its version.
fn mark(response: &mut Response, dialect: Dialect) {
    let headers = response.headers_mut();
    set(headers, CACHE_CONTROL, "no-store");
    match dialect {
        Dialect::Tus => set(headers, TUS_RESUMABLE, TUS),
        Dialect::Ietf => set(headers, UPLOAD_INTEROP, INTEROP),
        Dialect::None => {}
    }
}

/// Path of an upload. A path, so that no proxy can make another scheme of it.
fn path_of(status: &Status) -> String {
    format!("{PATH}/{}", status.id)
}

fn limits(config: &UploadsConfig) -> String {
    format!(
        "max-size={}, min-size=1, max-age={}",
        config.max_size_bytes,
        u64::from(config.unfinished_hours) * 3600
    )
}

/// The fields that say where an upload stands.
fn describe(response: &mut Response, dialect: Dialect, status: &Status, config: &UploadsConfig) {
    let headers = response.headers_mut();
    // Of a final upload tus wants no offset before all of its parts are there.
    if dialect != Dialect::Tus || status.kind != Kind::Final || status.is_complete() {
        headers.insert(UPLOAD_OFFSET, status.offset.into());
    }
    if let Some(size) = status.size {
        headers.insert(UPLOAD_LENGTH, size.into());
    }
    match dialect {
        Dialect::Tus => {
            if status.size.is_none() {
                set(headers, UPLOAD_DEFER_LENGTH, "1");
            }
            match status.kind {
                Kind::Whole => {}
                Kind::Partial => set(headers, UPLOAD_CONCAT, "partial"),
                Kind::Final => {
                    let parts: Vec<_> = status.concat.iter().map(|part| format!("{PATH}/{part}")).collect();
                    set(headers, UPLOAD_CONCAT, format!("final;{}", parts.join(" ")));
                }
            }
            if let Some(at) = status.expires_at {
                set(headers, UPLOAD_EXPIRES, at.format(HTTP_DATE).to_string());
            }
        }
        Dialect::Ietf | Dialect::None => {
            set(headers, UPLOAD_COMPLETE, if status.is_complete() { "?1" } else { "?0" });
            set(headers, UPLOAD_LIMIT, limits(config));
        }
    }
}

/// To HEAD.
pub(super) fn status(dialect: Dialect, status: &Status, config: &UploadsConfig) -> Response {
    let code = if dialect == Dialect::Tus { StatusCode::OK } else { StatusCode::NO_CONTENT };
    let mut response = empty(code, dialect);
    describe(&mut response, dialect, status, config);
    if dialect == Dialect::Tus && !status.filename.is_empty() {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        let [name, kind] = [&status.filename, &status.content_type].map(|text| BASE64_STANDARD.encode(text));
        set(
            response.headers_mut(),
            super::fields::UPLOAD_METADATA,
            format!("filename {name},filetype {kind}"),
        );
    }
    response
}

/// To a request that began an upload.
pub(super) fn created(dialect: Dialect, status: &Status, config: &UploadsConfig) -> Response {
    let mut response = empty(StatusCode::CREATED, dialect);
    describe(&mut response, dialect, status, config);
    set(response.headers_mut(), LOCATION, path_of(status));
    response
}

/// To a request that appended bytes.
pub(super) fn appended(dialect: Dialect, status: &Status, config: &UploadsConfig) -> Response {
    let mut response = empty(StatusCode::NO_CONTENT, dialect);
    describe(&mut response, dialect, status, config);
    response
}

/// To a request that deleted an upload.
pub(super) fn gone(dialect: Dialect) -> Response {
    empty(StatusCode::NO_CONTENT, dialect)
}

/// What this server can do, for both protocols.
pub(super) fn options(config: &UploadsConfig) -> Response {
    let mut response = empty(StatusCode::NO_CONTENT, Dialect::Tus);
    let headers = response.headers_mut();
    set(headers, TUS_VERSION, TUS);
    set(headers, TUS_EXTENSION, EXTENSIONS);
    set(headers, TUS_MAX_SIZE, config.max_size_bytes.to_string());
    set(headers, TUS_CHECKSUM_ALGORITHM, Algorithm::NAMES);
    set(headers, UPLOAD_LIMIT, limits(config));
    set(headers, UPLOAD_INTEROP, INTEROP);
    set(headers, ALLOW, "POST, HEAD, PATCH, DELETE, OPTIONS");
    set(
        headers,
        HeaderName::from_static("accept-patch"),
        format!("application/offset+octet-stream, {IETF_BYTES}"),
    );
    response
}

/// A request that is refused.
#[derive(Debug)]
pub(super) struct Refused {
    error: tonic::Status,
    /// Where the status is another one than that of the reason.
    status: Option<StatusCode>,
    refusal: Option<Refusal>,
    /// Methods that are allowed.
    allow: Option<&'static str>,
    is_version: bool,
}

impl Refused {
    fn new(error: impl Into<tonic::Status>) -> Self {
        Self { error: error.into(), status: None, refusal: None, allow: None, is_version: false }
    }

    /// A field is wrong. `what` follows its name.
    pub(super) fn field(name: &HeaderName, what: impl std::fmt::Display) -> Self {
        Self::new(
            rpc::Error::new(Reason::InvalidField, format!("the header {name} {what}")).with("field", name),
        )
    }

    /// The body has another type than the protocol wants.
    pub(super) fn body_type(wanted: &str) -> Self {
        let message = format!("the header content-type must be {wanted}");
        Self {
            status: Some(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            ..Self::new(rpc::Error::new(Reason::InvalidField, message).with("field", CONTENT_TYPE))
        }
    }

    /// The method is not allowed.
    pub(super) fn method(allow: &'static str) -> Self {
        let error = rpc::Error::new(
            Reason::NoSuchRoute,
            format!("this method is not allowed here; there are {allow}"),
        );
        Self { status: Some(StatusCode::METHOD_NOT_ALLOWED), allow: Some(allow), ..Self::new(error) }
    }

    /// The version of tus is missing or another one.
    pub(super) fn version() -> Self {
        let error = rpc::Error::new(Reason::InvalidField, "the header tus-resumable must be 1.0.0")
            .with("field", TUS_RESUMABLE);
        Self { status: Some(StatusCode::PRECONDITION_FAILED), is_version: true, ..Self::new(error) }
    }

    /// The request speaks no protocol.
    pub(super) fn protocol() -> Self {
        let message = "an upload begins with the header tus-resumable (tus) or upload-complete (IETF); a file in one request \
                       goes to /api/videos/upload";
        Self::new(rpc::Error::new(Reason::InvalidField, message))
    }

    /// The response.
    pub(super) fn response(self, dialect: Dialect, trace: TraceParent) -> Response {
        let is_length = matches!(self.refusal, Some(Refusal::Length(_)));
        let mut response = match (&self.refusal, dialect) {
            (Some(Refusal::Offset { expected, provided, .. }), Dialect::Ietf) => problem(&json!({
                "type": MISMATCHING_OFFSET, "title": "offset from request does not match offset of resource", "status": 409,
                "detail": self.error.message(), "expected-offset": expected, "provided-offset": provided,
            })),
            (Some(Refusal::Length(detail)), Dialect::Ietf) => problem(&json!({
                "type": INCONSISTENT_LENGTH, "title": "inconsistent length values for upload", "status": 400, "detail": detail,
            })),
            _ => ApiError::new(self.error, trace).into_response(),
        };
        if let Some(status) = self.status {
            *response.status_mut() = status;
        }
        mark(&mut response, dialect);
        let headers = response.headers_mut();
        if let Some(Refusal::Offset { expected, complete, .. }) = self.refusal {
            headers.insert(UPLOAD_OFFSET, expected.into());
            if dialect == Dialect::Ietf {
                set(headers, UPLOAD_COMPLETE, if complete { "?1" } else { "?0" });
            }
        } else if dialect == Dialect::Ietf && is_length {
            set(headers, UPLOAD_COMPLETE, "?0");
        }
        if let Some(Refusal::TooLarge { max }) = self.refusal {
            set(headers, UPLOAD_LIMIT, format!("max-size={max}"));
        }
        if self.is_version {
            set(headers, TUS_VERSION, TUS);
        }
        if let Some(allow) = self.allow {
            set(headers, ALLOW, allow);
        }
        response
    }
}

fn problem(body: &serde_json::Value) -> Response {
    let status =
        body.get("status").and_then(serde_json::Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status =
        status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json(body)).into_response();
    set(response.headers_mut(), CONTENT_TYPE, "application/problem+json");
    response
}

impl From<rpc::Error> for Refused {
    fn from(error: rpc::Error) -> Self {
        Self::new(error)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            // Whoever asks for the offset learns that it is no use to go on.
            Refusal::Failed(_) => Some(StatusCode::GONE),
            Refusal::IsFinal => Some(StatusCode::FORBIDDEN),
            Refusal::IsPart => Some(StatusCode::CONFLICT),
            Refusal::Stalled => Some(StatusCode::REQUEST_TIMEOUT),
            _ => None,
        };
        Self { status, refusal: Some(refusal.clone()), ..Self::new(refusal.told()) }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::Upload(refusal) => refusal.into(),
            error => Self::new(error),
        }
    }
}
