//! A client that sends files, request by request.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures::{Stream, stream};
use rpc::ClaimedKind;
use serde_json::Value;
use testkit::tokens;
use tower::ServiceExt as _;

pub(crate) const PATH: &str = "/media/uploads";
pub(crate) const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
pub(crate) const TUS_BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");
pub(crate) const IETF_BYTES: (&str, &str) = ("content-type", "application/partial-upload");

/// Header fields of a request.
pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Reason of the contract; empty: the request was not refused, or in the form of the IETF.
    pub(crate) fn reason(&self) -> String {
        self.json()["error"]["details"][0]["reason"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn offset(&self) -> u64 {
        self.header("upload-offset").parse().unwrap()
    }

    pub(crate) fn location(&self) -> String {
        let location = self.header("location");
        assert!(location.starts_with(PATH), "a path: {location} ({}, {})", self.status, self.reason());
        location.to_owned()
    }
}

/// Somebody who sends files.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) router: Router,
    pub(crate) id: String,
    token: String,
}

impl Client {
    pub(crate) fn new(router: &Router, id: &str, kind: ClaimedKind) -> Self {
        let token = tokens::token(id, kind, "Ada");
        Self { router: router.clone(), id: id.to_owned(), token }
    }

    pub(crate) fn user(router: &Router) -> Self {
        Self::new(router, &ids::UserId::new().to_string(), ClaimedKind::User)
    }

    pub(crate) fn guest(router: &Router) -> Self {
        Self::new(router, &ids::GuestId::new().to_string(), ClaimedKind::Guest)
    }

    /// The same person at another replica.
    pub(crate) fn at(&self, router: &Router) -> Self {
        Self { router: router.clone(), ..self.clone() }
    }

    /// The same person, as calls of gRPC name them.
    pub(crate) fn context(&self) -> rpc::Context {
        let kind =
            if self.id.starts_with("guest") { rpc::SubjectKind::Guest } else { rpc::SubjectKind::User };
        rpc::Context::on_behalf_of(rpc::Identity {
            subject_id: self.id.clone(),
            kind: kind.into(),
            display_name: "Ada".into(),
            room_id: String::new(),
        })
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: Headers<'_>,
        body: impl Into<Body>,
    ) -> Answer {
        let token = format!("Bearer {}", self.token);
        let all: Vec<_> = headers.iter().copied().chain([("authorization", token.as_str())]).collect();
        raw(&self.router, method, path, &all, body).await
    }

    /// Begins an upload by tus. Returns its path.
    pub(crate) async fn begin(&self, size: usize) -> String {
        let answer = self.begin_as(size, "video/mp4", "film.mp4").await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.reason());
        answer.location()
    }

    pub(crate) async fn begin_as(&self, size: usize, filetype: &str, filename: &str) -> Answer {
        let (length, metadata) = (size.to_string(), metadata(filename, filetype));
        let headers = [TUS, ("upload-length", length.as_str()), ("upload-metadata", metadata.as_str())];
        self.send("POST", PATH, &headers, Body::empty()).await
    }

    /// Appends by tus.
    pub(crate) async fn patch(&self, path: &str, offset: u64, body: impl Into<Body>) -> Answer {
        self.send("PATCH", path, &[TUS, TUS_BYTES, ("upload-offset", &offset.to_string())], body).await
    }

    /// Asks by tus where an upload stands.
    pub(crate) async fn head(&self, path: &str) -> Answer {
        self.send("HEAD", path, &[TUS], Body::empty()).await
    }

    /// Sends a whole film. Returns its id.
    pub(crate) async fn film(&self, size: usize) -> String {
        let film = film(size);
        let path = self.begin(film.len()).await;
        let answer = self.patch(&path, 0, film).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.reason());
        id_of(&path)
    }
}

pub(crate) fn id_of(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

pub(crate) fn metadata(filename: &str, filetype: &str) -> String {
    let [name, kind] = [filename, filetype].map(|text| BASE64_STANDARD.encode(text));
    format!("filename {name},filetype {kind}")
}

pub(crate) async fn raw(
    router: &Router,
    method: &str,
    path: &str,
    headers: Headers<'_>,
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// Bytes that begin like an mp4 and never repeat within a few parts.
pub(crate) fn film(size: usize) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x20ftypisom\0\0\x02\0".to_vec();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// A body of chunks of so many bytes; `Err` at its end: the connection breaks.
pub(crate) fn chunked(
    bytes: &[u8],
    chunk: usize,
    breaks: bool,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static + use<> {
    let mut chunks: Vec<_> = bytes.chunks(chunk).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    if breaks {
        chunks.push(Err(std::io::Error::other("the connection broke")));
    }
    stream::iter(chunks)
}
