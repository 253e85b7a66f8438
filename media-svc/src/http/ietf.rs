//! Resumable uploads for HTTP (draft-ietf-httpbis-resumable-upload-15). Interim responses (104) are not sent: hyper cannot send any but
//! 100, and a client learns the same by HEAD.

use std::sync::Arc;

use axum::{body::Body, response::Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::{
    answer::{self, Refused},
    dialect::Dialect,
    fields::{Fields, UPLOAD_COMPLETE, UPLOAD_LENGTH},
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

/// Whether the file ends with this request.
pub(super) fn completes(fields: Fields<'_>) -> Result<bool, Refused> {
    let value = fields.needed(&UPLOAD_COMPLETE)?;
    structured::boolean(value).ok_or_else(|| Refused::field(&UPLOAD_COMPLETE, "must be ?1 or ?0"))
}
