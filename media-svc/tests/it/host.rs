//! A host on the loopback interface whose links people paste.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};

/// What was asked, in order: method, path and `Range`.
type Asked = Arc<Mutex<Vec<String>>>;

pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    asked: Asked,
}

impl Host {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Asked::default());
        let router = Router::new().fallback(answer).with_state(asked.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, asked }
    }

    pub(crate) fn link(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) const MP4: &[u8] = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41 and then the film";
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm and then the film";

async fn answer(State(asked): State<Asked>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let range = request.headers().get(header::RANGE).map(|range| range.to_str().unwrap().to_owned());
    asked
        .lock()
        .unwrap()
        .push(format!("{method} {path} {}", range.clone().unwrap_or_default()).trim().to_owned());
    if let Some(target) = path.strip_prefix("/to/") {
        // `/to/http://…` and `/to//path`.
        return (StatusCode::FOUND, [(header::LOCATION, target.to_owned())]).into_response();
    }
    let typed = |value: &str, body: &'static [u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        (headers, body).into_response()
    };
    let untyped = |body: &'static [u8]| Response::new(Body::from(body));
    match path.as_str() {
        "/film.mp4" => typed("video/mp4", MP4),
        "/film.webm" => typed("video/webm; codecs=\"vp9\"", WEBM),
        "/live.m3u8" => typed("application/vnd.apple.mpegurl", b"#EXTM3U\n"),
        "/untyped" => untyped(MP4),
        "/octets/My%20film.webm" => typed("application/octet-stream", WEBM),
        "/plain.m3u8" => typed("text/plain; charset=utf-8", b"#EXTM3U\n"),
        "/garbage" => typed("application/octet-stream", b"no film at all"),
        "/untyped-page" => untyped(b"<!DOCTYPE html><html></html>"),
        "/empty" => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
        "/page" => typed("text/html; charset=utf-8", b"<html></html>"),
        "/film.mov" => typed("video/quicktime", b""),
        "/picture" => typed("image/png", b""),
        "/endless" => {
            use futures::StreamExt as _;
            let chunks = futures::stream::repeat_with(|| {
                Ok::<_, std::convert::Infallible>("no film, over and over. ")
            });
            Response::new(Body::from_stream(chunks.boxed()))
        }
        "/no-head.mp4" if method == Method::HEAD => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        "/signed-for-get.mp4" if method == Method::HEAD => StatusCode::FORBIDDEN.into_response(),
        "/no-head.mp4" | "/signed-for-get.mp4" => {
            assert_eq!(range.as_deref(), Some("bytes=0-4095"));
            let headers =
                [(header::CONTENT_TYPE, "video/mp4"), (header::CONTENT_RANGE, "bytes 0-4095/987654")];
            (StatusCode::PARTIAL_CONTENT, headers, MP4).into_response()
        }
        "/sign-in" => StatusCode::UNAUTHORIZED.into_response(),
        "/broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
