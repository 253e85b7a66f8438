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

/// What was asked, in order: method, path and `Range` or `Origin`.
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
/// A playlist that has ended.
const VOD: &[u8] = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/segment.ts\n#EXT-X-ENDLIST\n";
const HLS: &str = "application/vnd.apple.mpegurl";

async fn answer(State(asked): State<Asked>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let range = request.headers().get(header::RANGE).map(|range| range.to_str().unwrap().to_owned());
    let line = format!("{method} {path} {}", range.clone().unwrap_or_default());
    asked.lock().unwrap().push(line.trim().to_owned());
    if let Some(target) = path.strip_prefix("/to/") {
        // `/to/http://…` and `/to//path`.
        return (StatusCode::FOUND, [(header::LOCATION, target.to_owned())]).into_response();
    }
    // As most hosts do it: parts are served, and other sites may read.
    let typed = |value: &str, body: &'static [u8]| {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        headers.insert(header::ACCEPT_RANGES, "bytes".parse().unwrap());
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".parse().unwrap());
        (headers, body).into_response()
    };
    // Without any word about itself.
    let untyped = |body: &'static [u8]| Response::new(Body::from(body));
    // With a status and nothing to play.
    if let Some(status) = path.strip_prefix("/status/") {
        return StatusCode::from_u16(status.parse().unwrap()).unwrap().into_response();
    }
    let plain =
        |value: &str, body: &'static [u8]| ([(header::CONTENT_TYPE, value.to_owned())], body).into_response();
    match path.as_str() {
        "/film.mp4" | "/s/XyZ123abcDEF456/download" => typed("video/mp4", MP4),
        "/film.webm" => typed("video/webm; codecs=\"vp9\"", WEBM),
        "/vod.m3u8" => typed(HLS, VOD),
        "/segment.ts" => typed("video/mp2t", b"segment"),
        "/live.m3u8" => typed(HLS, b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/segment.ts\n"),
        "/empty.m3u8" => typed(HLS, b"#EXTM3U\n"),
        "/cut-off.m3u8" => typed(HLS, b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/segment.ts\n#EXTINF:4,"),
        "/master/empty.m3u8" => typed(HLS, b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/empty.m3u8\n"),
        "/master/film.m3u8" => typed(HLS, b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/vod.m3u8\n"),
        "/master/hevc.m3u8" => {
            typed(HLS, b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"hvc1.1.6.L93.B0\"\n/vod.m3u8\n")
        }
        "/protected.m3u8" => {
            typed(HLS, b"#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\"\n#EXTINF:4,\na.ts\n#EXT-X-ENDLIST\n")
        }
        "/protected.mpd" => typed(
            "application/dash+xml",
            b"<MPD><ContentProtection schemeIdUri=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"/></MPD>",
        ),
        // No other site may read the playlist, or a segment of it.
        "/no-cors.m3u8" => plain(HLS, VOD),
        "/no-cors-segment.m3u8" => {
            typed(HLS, b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/no-cors.ts\n#EXT-X-ENDLIST\n")
        }
        "/no-cors.ts" => plain("video/mp2t", b"segment"),
        "/no-cors.mp4" => {
            ([(header::CONTENT_TYPE, "video/mp4"), (header::ACCEPT_RANGES, "bytes")], MP4).into_response()
        }
        "/no-ranges.mp4" => plain("video/mp4", MP4),
        "/for-browsers.mp4" => {
            let agent = request.headers().get(header::USER_AGENT).map_or("", |agent| agent.to_str().unwrap());
            assert!(agent.contains("SyncWatch/"), "{agent}");
            if agent.starts_with("Mozilla/") { typed("video/mp4", MP4) } else { StatusCode::FORBIDDEN.into_response() }
        }
        "/not-framed" => {
            ([(header::CONTENT_TYPE, "text/html"), (header::X_FRAME_OPTIONS, "DENY")], "").into_response()
        }
        "/not-embedded" => {
            let csp = "default-src 'self'; frame-ancestors 'none'";
            ([(header::CONTENT_TYPE, "text/html"), (header::CONTENT_SECURITY_POLICY, csp)], "").into_response()
        }
        "/s/XyZ123abcDEF456" => plain("text/html", b"<html></html>"),
        "/film.srt" => plain("text/plain", b"1\n00:00:01,000 --> 00:00:02,000\nHello <b>you</b>\n\n2\nsoon --> 00:00:03,000\nlost\n"),
        "/song.mp3" => typed("audio/mpeg", b"ID3"),
        "/song.m4a" => typed("audio/x-m4a", b"\0\0\0\x1cftypM4A "),
        "/song.ogg" => typed("audio/ogg", b"OggS"),
        "/song.flac" => typed("application/octet-stream", b"fLaC\0\0\0\x22"),
        "/song.wav" => typed("audio/x-wav", b"RIFF"),
        "/oembed/youtube" => typed(
            "application/json",
            br#"{"title": "Never \u0007 Gonna", "thumbnail_url": "https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg"}"#,
        ),
        "/oembed/vimeo" => typed("application/json", br#"{"title": "", "thumbnail_url": "https://example.org/x.jpg"}"#),
        "/untyped" => untyped(MP4),
        "/octets/My%20film.webm" => typed("application/octet-stream", WEBM),
        "/plain.m3u8" => typed("text/plain; charset=utf-8", VOD),
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
        "/signed-for-get.mp4" if method == Method::HEAD => StatusCode::FORBIDDEN.into_response(),
        "/signed-for-get.mp4" => {
            assert_eq!(range.as_deref(), Some("bytes=0-4095"));
            let headers =
                [(header::CONTENT_TYPE, "video/mp4"), (header::CONTENT_RANGE, "bytes 0-4095/987654")];
            (StatusCode::PARTIAL_CONTENT, headers, MP4).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
