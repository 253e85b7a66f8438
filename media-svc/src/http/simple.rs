//! `POST /api/videos/upload`: a whole file in one request, for simple clients. Either a form (multipart/form-data) with one file, or
//! the bytes alone, with their media type and their name in `Content-Disposition`.

use axum::{
    Json,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{StreamExt as _, stream::BoxStream};
use http::{
    Method, StatusCode,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION},
};
use multer::Multipart;
use rpc::Reason;
use serde_json::json;

use super::{Http, PATH, answer::Refused, fields::Fields, stream, structured};
use crate::app::uploads::{Append, BodyStream, NewKind, NewUpload, Person, Said, Status};

/// Bytes that a form has beside its file at most.
const FORM_BYTES: u64 = 64 * 1024;
/// First bytes that are read before the size is refused: the type comes first.
const ENOUGH: usize = 16;

/// A file that arrives.
struct File {
    declared: String,
    filename: String,
    /// In bytes, where it is known before the end.
    size: Option<u64>,
    body: BodyStream,
}

/// Takes a file.
pub(super) async fn answer(http: &Http, request: Request) -> Result<Response, Refused> {
    if request.method() != Method::POST {
        return Err(Refused::method("POST"));
    }
    let (parts, body) = request.into_parts();
    let fields = Fields(&parts.headers);
    let person = http.person(fields).await?;
    let content_type = fields.one(&CONTENT_TYPE)?.unwrap_or_default();
    let length = fields.body_length()?;
    if content_type.to_ascii_lowercase().starts_with("multipart/form-data") {
        return http.take_form(&person, content_type, length, body).await;
    }
    let file = File {
        declared: content_type.to_owned(),
        filename: fields.one(&CONTENT_DISPOSITION)?.map(structured::filename).unwrap_or_default(),
        size: length,
        body: stream(body),
    };
    http.take_file(&person, file).await.map(|status| created(&status))
}

fn created(status: &Status) -> Response {
    let id = status.id;
    let body = json!({"upload": {
        "id": id.to_string(),
        "filename": status.filename,
        "contentType": status.content_type,
        "sizeBytes": status.size.unwrap_or(status.offset).to_string(),
        "receivedBytes": status.offset.to_string(),
        "state": "UPLOAD_STATE_PENDING",
    }, "statusUrl": format!("/api/videos/{id}/status"), "manifestUrl": format!("/api/videos/{id}/manifest")});
    let location = [(LOCATION, format!("{PATH}/{id}"))];
    (StatusCode::CREATED, location, Json(body)).into_response()
}

impl Http {
    async fn take_form(
        &self,
        person: &Person,
        content_type: &str,
        length: Option<u64>,
        body: Body,
    ) -> Result<Response, Refused> {
        let wrong = |what: &str| Refused::from(rpc::Error::new(Reason::InvalidField, what));
        let boundary = multer::parse_boundary(content_type)
            .map_err(|_| Refused::field(&CONTENT_TYPE, "has no boundary that can be used"))?;
        let max = self.uploads.config.max_size_bytes;
        let mut form = Multipart::new(body.into_data_stream(), boundary);
        // The first file counts; plain fields before it are passed over.
        let mut before = 0;
        let field = loop {
            let next = form.next_field().await.map_err(|_| wrong("the form is damaged; send it again"))?;
            let Some(mut field) = next else { return Err(wrong("the form has no file; send one")) };
            if field.file_name().is_some() {
                break field;
            }
            while let Some(chunk) =
                field.chunk().await.map_err(|_| wrong("the form is damaged; send it again"))?
            {
                before += chunk.len() as u64;
                if before > FORM_BYTES {
                    return Err(wrong("the form has more than a file; send the file first"));
                }
            }
        };
        let declared = field.content_type().map(ToString::to_string).unwrap_or_default();
        let filename = field.file_name().unwrap_or_default().to_owned();
        let bytes: BoxStream<'static, _> = field.map(|chunk| chunk.map_err(|_| ())).boxed();
        // The size of the file is not said, and a form is not much larger than it.
        let too_large = length.is_some_and(|length| length > max.saturating_add(FORM_BYTES));
        let size = too_large.then(|| length.unwrap_or(u64::MAX));
        let file = File { declared, filename, size, body: bytes };
        let status = self.take_file(person, file).await?;
        Ok(created(&status))
    }

    async fn take_file(&self, person: &Person, mut file: File) -> Result<Status, Refused> {
        let max = self.uploads.config.max_size_bytes;
        let mut head = Vec::new();
        if file.size.is_some_and(|size| size > max) {
            head = first_bytes(&mut file.body).await;
        }
        let new = NewUpload {
            kind: NewKind::Whole,
            declared: file.declared,
            filename: file.filename,
            size: file.size,
            head: Some(head.clone()).filter(|head| !head.is_empty()),
        };
        let begun = self.uploads.create(person, new).await?;
        let said = Said { offset: 0, size: None, ends: true, length: file.size };
        let append = Append { said, checksum: None, body: file.body };
        Ok(self.uploads.append_first(person, begun.id, append).await?)
    }
}

/// Reads the first bytes of a file that is refused anyway.
async fn first_bytes(body: &mut BodyStream) -> Vec<u8> {
    let mut head = Vec::new();
    while head.len() < ENOUGH {
        let Some(Ok(chunk)) = body.next().await else { break };
        let chunk: Bytes = chunk;
        head.extend(chunk.iter().take(ENOUGH));
    }
    head
}
