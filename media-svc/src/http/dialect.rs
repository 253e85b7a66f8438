//! Which protocol a request speaks.

use http::{
    HeaderName, Method,
    header::{ALLOW, CONTENT_TYPE},
};

use super::{
    answer::Refused,
    fields::{
        Fields, METHOD_OVERRIDE, TUS_RESUMABLE, UPLOAD_CHECKSUM, UPLOAD_COMPLETE, UPLOAD_CONCAT,
        UPLOAD_DEFER_LENGTH, UPLOAD_INTEROP, UPLOAD_METADATA,
    },
};

/// The version of tus.
pub(super) const TUS: &str = "1.0.0";
/// Media type of the bytes that a tus client appends.
pub(super) const TUS_BYTES: &str = "application/offset+octet-stream";
/// Media type of the bytes that a client of the IETF appends.
pub(super) const IETF_BYTES: &str = "application/partial-upload";

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// tus 1.0, <https://tus.io/protocols/resumable-upload>.
    Tus,
    /// Resumable uploads for HTTP, draft-ietf-httpbis-resumable-upload-15, interop version 8.
    Ietf,
    /// Neither: a whole file in one request.
    None,
}

/// Fields that only tus has.
const OF_TUS: [HeaderName; 4] = [UPLOAD_METADATA, UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_CHECKSUM];

impl Dialect {
    /// The protocol of a request.
    pub(super) fn of(method: &Method, fields: Fields<'_>) -> Result<Self, Refused> {
        let is_ietf = fields.has(&UPLOAD_COMPLETE) || fields.has(&UPLOAD_INTEROP);
        if let Some(version) = fields.one(&TUS_RESUMABLE)? {
            if is_ietf {
                let message =
                    "cannot be sent with upload-complete or upload-draft-interop-version: speak one protocol";
                return Err(Refused::field(&TUS_RESUMABLE, message));
            }
            return if version == TUS { Ok(Self::Tus) } else { Err(Refused::version()) };
        }
        let content_type = fields.one(&CONTENT_TYPE)?.unwrap_or_default();
        if !is_ietf && (content_type == TUS_BYTES || OF_TUS.iter().any(|name| fields.has(name))) {
            return Err(Refused::version());
        }
        // Asking and cancelling need no field, appending is told by its type.
        let is_told = is_ietf || *method != Method::POST && *method != Method::PUT;
        if is_told { Ok(Self::Ietf) } else { Err(Refused::protocol()) }
    }

    /// The protocol in which a request is refused of which nothing more is known.
    pub(super) fn of_answer(fields: Fields<'_>) -> Self {
        if fields.has(&TUS_RESUMABLE) { Self::Tus } else { Self::Ietf }
    }
}

/// The method of a request. tus lets clients that can only POST name another one.
pub(super) fn method_of(method: &Method, fields: Fields<'_>) -> Result<Method, Refused> {
    let Some(name) = fields.one(&METHOD_OVERRIDE)? else { return Ok(method.clone()) };
    match name {
        "POST" => Ok(Method::POST),
        "PATCH" => Ok(Method::PATCH),
        "HEAD" => Ok(Method::HEAD),
        "DELETE" => Ok(Method::DELETE),
        "OPTIONS" => Ok(Method::OPTIONS),
        _ => Err(Refused::field(
            &METHOD_OVERRIDE,
            format!("must be a method of {ALLOW}: POST, PATCH, HEAD or DELETE"),
        )),
    }
}
