//! Resumable uploads for HTTP (draft-ietf-httpbis-resumable-upload-15). Interim responses (104) are not sent: proxies lose them, and a
//! client learns the same by HEAD.

use std::sync::Arc;

use axum::{body::Body, response::Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use ids::UploadId;

use super::{
    answer::{self, Refused},
    dialect::{Dialect, IETF_BYTES},
    fields::{Fields, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET},
    stream, structured,
};
use crate::{
    app::uploads::{Append, NewKind, NewUpload, Person, Said, Uploads},
    domain::upload::Refusal,
};

/// Begins an upload, with its first bytes or all of them.
pub(super) async fn create(
    uploads: &Arc<Uploads>,
    person: &Person,
    fields: Fields<'_>,
    body: Body,
) -> Result<Response, Refused> {
    let ends = completes(fields)?;
    let length = fields.body_length()?;
    let size = fields.number(&UPLOAD_LENGTH)?;
    let whole = length.filter(|_| ends);
    if let (Some(size), Some(whole)) = (size, whole)
        && size != whole
    {
        return Err(Refusal::Length(
            "the request is to have all of the file, and has another length than it",
        )
        .into());
    }
    let new = NewUpload {
        kind: NewKind::Whole,
        declared: fields.one(&CONTENT_TYPE)?.unwrap_or_default().to_owned(),
        filename: fields.one(&CONTENT_DISPOSITION)?.map(structured::filename).unwrap_or_default(),
        size: size.or(whole),
        head: None,
    };
    let status = uploads.create(person, new).await?;
    if length == Some(0) && !ends {
        return Ok(answer::created(Dialect::Ietf, &status, &uploads.config));
    }
    let said = Said { offset: 0, size: None, ends, length };
    let append = Append { said, checksum: None, body: stream(body) };
    let status = uploads.append_first(person, status.id, append).await?;
    Ok(answer::created(Dialect::Ietf, &status, &uploads.config))
}

/// Appends bytes.
pub(super) async fn append(
    uploads: &Arc<Uploads>,
    person: &Person,
    id: UploadId,
    fields: Fields<'_>,
    body: Body,
) -> Result<Response, Refused> {
    if fields.one(&CONTENT_TYPE)? != Some(IETF_BYTES) {
        return Err(Refused::body_type(IETF_BYTES));
    }
    let offset =
        fields.number(&UPLOAD_OFFSET)?.ok_or_else(|| Refused::field(&UPLOAD_OFFSET, "is missing"))?;
    let said = Said {
        offset,
        size: fields.number(&UPLOAD_LENGTH)?,
        ends: completes(fields)?,
        length: fields.body_length()?,
    };
    let append = Append { said, checksum: None, body: stream(body) };
    let status = uploads.append(person, id, append).await?;
    Ok(answer::appended(Dialect::Ietf, &status, &uploads.config))
}

/// Whether the file ends with this request.
fn completes(fields: Fields<'_>) -> Result<bool, Refused> {
    let value = fields.needed(&UPLOAD_COMPLETE)?;
    structured::boolean(value).ok_or_else(|| Refused::field(&UPLOAD_COMPLETE, "must be ?1 or ?0"))
}
