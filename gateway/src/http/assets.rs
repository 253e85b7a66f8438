//! The web client, which is part of the binary. (A debug build reads it from `web/dist` at each request.)

use std::fmt::Write as _;

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use rpc::{Error, Reason, TraceParent};
use rust_embed::{Embed, EmbeddedFile};

use super::error::ApiError;

#[derive(Embed)]
#[folder = "../web/dist"]
struct Dist;

/// Paths below these belong to the server; no page of the client is there.
const SERVER: [&str; 6] = ["/api", "/ws", "/media", "/health", "/api-docs", "/.well-known"];

/// Everything that is no route: a file of the client, or its page, where it does its own routing.
pub(crate) async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    let page = match path {
        "/" => Some("index.html"),
        "/api-docs" | "/api-docs/" => Some("api-docs/index.html"),
        _ => None,
    };
    let name = page.unwrap_or_else(|| path.trim_start_matches('/'));
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return no_such_path(&request);
    }
    if let Some(file) = Dist::get(name) {
        return serve(name, file, request.headers());
    }
    let of_the_server = SERVER
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if page.is_none() && (of_the_server || is_file) {
        return no_such_path(&request);
    }
    match Dist::get("index.html") {
        Some(_) if page.is_some() => no_such_path(&request),
        Some(file) => serve("index.html", file, request.headers()),
        None => not_built(),
    }
}

fn serve(name: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    // The names in assets/ are made of the contents. Everything else may be another file tomorrow.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    // A proxy that compresses makes the tag a weak one.
    let is_known =
        known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_owned().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if !is_known && let Ok(kind) = HeaderValue::from_str(&with_charset(file.metadata.mimetype())) {
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

/// 404 in our shape.
pub(crate) fn no_such_path(request: &Request) -> Response {
    refuse(request, Reason::NoSuchRoute, "there is nothing at this path; /api-docs lists what there is")
}

/// 405 in our shape.
pub(crate) async fn no_such_method(request: Request) -> Response {
    refuse(
        &request,
        Reason::MethodNotAllowed,
        "this path does not take this method; the header `allow` lists those it takes",
    )
}

fn refuse(request: &Request, reason: Reason, message: &str) -> Response {
    let trace = request.extensions().get::<TraceParent>().copied().unwrap_or_else(TraceParent::random);
    ApiError::new(Error::new(reason, message), trace).into_response()
}
