//! Appends bytes, in either protocol: they differ in the type of the body, in how the end of the file is told, and in the checksum.

use std::sync::Arc;

use axum::{body::Body, response::Response};
use http::header::CONTENT_TYPE;
use ids::UploadId;

use super::{
    answer::{self, Refused},
    dialect::{Dialect, IETF_BYTES, TUS_BYTES},
    fields::{Fields, UPLOAD_LENGTH, UPLOAD_OFFSET},
    ietf, stream, tus,
};
use crate::app::uploads::{Append, Person, Said, Uploads};

/// Appends the body of a request.
pub(super) async fn append(
    dialect: Dialect,
    uploads: &Arc<Uploads>,
    person: &Person,
    id: UploadId,
    fields: Fields<'_>,
    body: Body,
) -> Result<Response, Refused> {
    let is_tus = dialect == Dialect::Tus;
    let wanted = if is_tus { TUS_BYTES } else { IETF_BYTES };
    if fields.one(&CONTENT_TYPE)? != Some(wanted) {
        return Err(Refused::body_type(wanted));
    }
    let offset =
        fields.number(&UPLOAD_OFFSET)?.ok_or_else(|| Refused::field(&UPLOAD_OFFSET, "is missing"))?;
    let said = Said {
        offset,
        size: fields.number(&UPLOAD_LENGTH)?,
        ends: !is_tus && ietf::completes(fields)?,
        length: fields.body_length()?,
    };
    let checksum = if is_tus { tus::checksum(fields)? } else { None };
    let append = Append { said, checksum, body: stream(body) };
    let status = uploads.append(person, id, append).await?;
    Ok(answer::appended(dialect, &status, &uploads.config))
}
