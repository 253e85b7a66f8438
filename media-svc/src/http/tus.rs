//! tus 1.0 with its extensions: creation, creation-with-upload, creation-defer-length, expiration, checksum, termination and
//! concatenation. <https://tus.io/protocols/resumable-upload>

use std::sync::Arc;

use axum::{body::Body, response::Response};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::header::CONTENT_TYPE;
use ids::UploadId;

use super::{
    PATH,
    answer::{self, Refused},
    dialect::{Dialect, TUS_BYTES},
    fields::{Fields, UPLOAD_CHECKSUM, UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_LENGTH, UPLOAD_METADATA},
    stream,
};
use crate::{
    app::uploads::{Append, NewKind, NewUpload, Person, Said, Uploads},
    domain::upload::Checksum,
};

/// Longest metadata in bytes, as it is sent.
const LONGEST_METADATA: usize = 4096;

/// Begins an upload, with its first bytes where the request has some.
pub(super) async fn create(
    uploads: &Arc<Uploads>,
    person: &Person,
    fields: Fields<'_>,
    body: Body,
) -> Result<Response, Refused> {
    let kind = kind(fields)?;
    let size = size(fields, &kind)?;
    let metadata = Metadata::read(fields)?;
    let has_bytes = fields.one(&CONTENT_TYPE)? == Some(TUS_BYTES);
    let length = fields.body_length()?;
    if !has_bytes && length.is_some_and(|length| length > 0) {
        return Err(Refused::body_type(TUS_BYTES));
    }
    let checksum = checksum(fields)?;
    let is_final = matches!(kind, NewKind::Final(_));
    let new = NewUpload { kind, declared: metadata.filetype, filename: metadata.filename, size, head: None };
    let status = uploads.create(person, new).await?;
    if !has_bytes || is_final || length == Some(0) {
        return Ok(answer::created(Dialect::Tus, &status, &uploads.config));
    }
    let said = Said { offset: 0, size: None, ends: false, length };
    let append = Append { said, checksum, body: stream(body) };
    let status = uploads.append_first(person, status.id, append).await?;
    Ok(answer::created(Dialect::Tus, &status, &uploads.config))
}

pub(super) fn checksum(fields: Fields<'_>) -> Result<Option<Checksum>, Refused> {
    let Some(text) = fields.one(&UPLOAD_CHECKSUM)? else { return Ok(None) };
    Checksum::parse(text).map(Some).map_err(|what| Refused::field(&UPLOAD_CHECKSUM, what))
}

fn kind(fields: Fields<'_>) -> Result<NewKind, Refused> {
    let Some(text) = fields.one(&UPLOAD_CONCAT)? else { return Ok(NewKind::Whole) };
    if text == "partial" {
        return Ok(NewKind::Partial);
    }
    let wrong = || Refused::field(&UPLOAD_CONCAT, "must be `partial`, or `final;` and the URLs of the parts");
    let urls = text.strip_prefix("final;").ok_or_else(wrong)?;
    // A URL, or its path alone.
    let id = |url: &str| {
        let (before, id) = url.trim_end_matches('/').rsplit_once('/')?;
        before.ends_with(PATH).then_some(id)?.parse().ok()
    };
    let parts: Option<Vec<UploadId>> = urls.split_whitespace().map(id).collect();
    parts.filter(|parts| !parts.is_empty()).map(NewKind::Final).ok_or_else(wrong)
}

fn size(fields: Fields<'_>, kind: &NewKind) -> Result<Option<u64>, Refused> {
    let (length, deferred) = (fields.number(&UPLOAD_LENGTH)?, fields.one(&UPLOAD_DEFER_LENGTH)?);
    if deferred.is_some_and(|value| value != "1") {
        return Err(Refused::field(&UPLOAD_DEFER_LENGTH, "must be 1"));
    }
    match (kind, length, deferred) {
        (NewKind::Final(_), None, None) => Ok(None),
        (NewKind::Final(_), ..) => Err(Refused::field(
            &UPLOAD_LENGTH,
            "cannot be sent with a final upload, whose length is that of its parts",
        )),
        (_, Some(_), Some(_)) => {
            Err(Refused::field(&UPLOAD_DEFER_LENGTH, "cannot be sent with upload-length"))
        }
        (_, None, None) => {
            Err(Refused::field(&UPLOAD_LENGTH, "is missing; send it, or upload-defer-length: 1"))
        }
        (_, length, _) => Ok(length),
    }
}

/// What a client says of its file.
#[derive(Debug, Default)]
struct Metadata {
    filename: String,
    filetype: String,
}

impl Metadata {
    /// Reads `filename d29ybGQ=,filetype dmlkZW8vbXA0,flag`. Other keys are ignored. Clients use `name` and `type` too.
    fn read(fields: Fields<'_>) -> Result<Self, Refused> {
        let mut metadata = Self::default();
        let text = fields.one(&UPLOAD_METADATA)?.unwrap_or_default();
        if text.len() > LONGEST_METADATA {
            return Err(Refused::field(&UPLOAD_METADATA, format!("has more than {LONGEST_METADATA} bytes")));
        }
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = BASE64_STANDARD.decode(value.trim()).ok();
            let wrong =
                || Refused::field(&UPLOAD_METADATA, format!("has a value for {key} that is not base64"));
            let value = String::from_utf8_lossy(&value.ok_or_else(wrong)?).into_owned();
            match key {
                "filename" | "name" => metadata.filename = value,
                "filetype" | "type" => metadata.filetype = value,
                _ => {}
            }
        }
        Ok(metadata)
    }
}
