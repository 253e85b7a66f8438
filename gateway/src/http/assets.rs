//! The web client, which is part of the binary. (A debug build reads it from `web/dist` at each request.)

use std::{
    fmt::Write as _,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use edge::ApiError;
use http::{
    Extensions, HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    request::Parts,
};
use rpc::{Error, Reason, TraceParent};
use rust_embed::{Embed, EmbeddedFile};

use super::pages::{Pages, is_page};
use crate::address::Origin;

#[derive(Embed)]
#[folder = "../web/dist"]
struct Dist;

/// Paths of the server; the client has no page below them.
const SERVER: [&str; 7] = ["/api", "/ws", "/media", "/health", "/api-docs", "/assets", "/.well-known"];

/// The page of the client.
const INDEX: &str = "index.html";
const API_DOCS: &str = "api-docs/index.html";

/// Serves everything that is no route: a file of the client, or its page.
pub(crate) async fn fallback(State(pages): State<Pages>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    if !matches!(request.method, Method::GET | Method::HEAD) {
        return no_such_path(&request.extensions);
    }
    let path = request.uri.path();
    if is_page(path) {
        return page(&pages, &request, StatusCode::OK).await;
    }
    let name =
        if matches!(path, "/api-docs" | "/api-docs/") { API_DOCS } else { path.trim_start_matches('/') };
    if name != INDEX
        && let Some(file) = Dist::get(name)
    {
        return serve(name, file, &request.headers);
    }
    if is_of_the_server(path) || !wants_page(&request.headers) {
        return no_such_path(&request.extensions);
    }
    // A person mistyped an address: the page of the client tells that in their language.
    page(&pages, &request, StatusCode::NOT_FOUND).await
}

/// Whether a path belongs to the server or names a file, so that it has no page.
fn is_of_the_server(path: &str) -> bool {
    let is_below = |prefix: &&str| {
        path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    SERVER.iter().any(is_below) || path.rsplit('/').next().is_some_and(|last| last.contains('.'))
}

/// Whether a browser navigates to this address; programs accept any type.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| kind.trim().starts_with("text/html"))
}

async fn page(pages: &Pages, request: &Parts, status: StatusCode) -> Response {
    let Some(file) = Dist::get(INDEX) else { return not_built() };
    let html = String::from_utf8_lossy(&file.data);
    let origin = request.extensions.get::<Origin>().copied();
    let html = pages.render(&html, &request.uri, &request.headers, origin).await;
    let mut hasher = DefaultHasher::new();
    html.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let is_known = status == StatusCode::OK && is_known(&request.headers, &tag);
    let body = if is_known { String::new() } else { html };
    let status = if is_known { StatusCode::NOT_MODIFIED } else { status };
    respond((status, body).into_response(), &tag, "no-cache", (!is_known).then_some("text/html"))
}

fn serve(name: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    // Names in assets/ contain a hash of the content. Other files may change with the next version.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    if is_known(request, &tag) {
        return respond(StatusCode::NOT_MODIFIED.into_response(), &tag, cache, None);
    }
    let kind = file.metadata.mimetype().to_owned();
    respond(file.data.into_owned().into_response(), &tag, cache, Some(&kind))
}

/// Whether the client has this version.
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let known = request.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // A proxy that compresses turns the tag into a weak one.
    known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
}

fn respond(mut response: Response, tag: &str, cache: &'static str, kind: Option<&str>) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    if let Some(kind) = kind
        && let Ok(kind) = HeaderValue::from_str(&with_charset(kind))
    {
        headers.insert(CONTENT_TYPE, kind);
    }
    response
}

fn with_charset(kind: &str) -> String {
    if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

fn not_built() -> Response {
    let text = "The web client is not part of this build. `npm run build` in web/ makes it; then build the server again.\n\
                The API is here all the same: /api-docs/openapi.json describes it.\n";
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// 404 with the error body of the API.
pub(crate) async fn no_such_page(request: Request) -> Response {
    no_such_path(request.extensions())
}

fn no_such_path(request: &Extensions) -> Response {
    refuse(
        request,
        Reason::NoSuchRoute,
        "there is nothing at this path; the API documentation lists all paths",
    )
}

/// 405 with the error body of the API.
pub(crate) async fn no_such_method(request: Request) -> Response {
    refuse(
        request.extensions(),
        Reason::MethodNotAllowed,
        "this path does not support this method; the header `allow` lists those it supports",
    )
}

fn refuse(request: &Extensions, reason: Reason, message: &str) -> Response {
    let trace = request.get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
    ApiError::new(Error::new(reason, message), trace).into_response()
}
