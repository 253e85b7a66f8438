//! The test film over HTTP.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use proto::{
    media::v1::GetPlaybackInfoRequest,
    room::v1::{Item, MediaFormat, Source, TestFilmSource, source},
};
use serde_json::Value;
use testkit::guest;
use tower::ServiceExt as _;

use crate::{room::ROOM, world::World};

static FILM: &[u8] = include_bytes!("../../assets/test-film.mp4");

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn reason(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["error"]["code"], self.status.as_u16());
        body["error"]["details"][0]["reason"].as_str().unwrap().to_owned()
    }
}

async fn ask(world: &World, method: Method, link: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(link);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let response = world.data_plane.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, FILM.len() + 1).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(world: &World, link: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
    ask(world, Method::GET, link, headers).await
}

async fn film_link(world: &World) -> String {
    let source = Source {
        kind: Some(source::Kind::TestFilm(TestFilmSource {})),
        format: MediaFormat::Progressive.into(),
        ..Source::default()
    };
    let item = Item { id: "item_film".into(), source: Some(source), ..Item::default() };
    world.room.state().items = vec![item];
    let request = GetPlaybackInfoRequest { room: ROOM.into(), item_id: "item_film".into() };
    world.client.clone().get_playback_info(guest("Ada").request(request)).await.unwrap().into_inner().url
}

#[tokio::test]
async fn the_whole_film_is_served() {
    let world = World::start().await;
    let answer = get(&world, &film_link(&world).await, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body == FILM);
    assert_eq!(answer.header(header::CONTENT_TYPE), "video/mp4");
    assert_eq!(answer.header(header::CONTENT_LENGTH), FILM.len().to_string());
    assert_eq!(answer.header(header::ACCEPT_RANGES), "bytes");
    // Case O4.
    assert_eq!(answer.header(header::HeaderName::from_static("x-accel-buffering")), "no");
    let max_age: i64 =
        answer.header(header::CACHE_CONTROL).strip_prefix("private, max-age=").unwrap().parse().unwrap();
    assert!((6 * 3600..=6 * 3600 + 600).contains(&max_age), "as long as the link is good: {max_age}");
}

#[tokio::test]
async fn ranges_are_served() {
    let world = World::start().await;
    let link = film_link(&world).await;
    let size = FILM.len();
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, size - 1),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=-500", size - 500, size - 1),
        ("bytes=1000000-99999999", 1_000_000, size - 1),
    ] {
        let answer = get(&world, &link, &[(header::RANGE, range)]).await;
        assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(answer.header(header::CONTENT_RANGE), format!("bytes {first}-{last}/{size}"));
        assert_eq!(answer.header(header::CONTENT_LENGTH), (last - first + 1).to_string(), "{range}");
        assert!(answer.body == FILM[first..=last], "{range}");
    }
    let beyond = get(&world, &link, &[(header::RANGE, "bytes=99999999-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header(header::CONTENT_RANGE), format!("bytes */{size}"));
    let several = get(&world, &link, &[(header::RANGE, "bytes=0-1,5-6")]).await;
    assert_eq!((several.status, several.body.len()), (StatusCode::OK, size));
}

#[tokio::test]
async fn head_returns_the_same_headers_without_a_body() {
    let world = World::start().await;
    let link = film_link(&world).await;
    let answer = ask(&world, Method::HEAD, &link, &[(header::RANGE, "bytes=0-9")]).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert_eq!(answer.header(header::CONTENT_LENGTH), FILM.len().to_string());
    assert_eq!(ask(&world, Method::POST, &link, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn cached_bytes_are_not_sent_again() {
    let world = World::start().await;
    let link = film_link(&world).await;
    let etag = get(&world, &link, &[]).await.header(header::ETAG).to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    for value in [etag.clone(), format!("\"other\", {etag}"), format!("W/{etag}"), "*".to_owned()] {
        let answer = get(&world, &link, &[(header::IF_NONE_MATCH, &value)]).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_MODIFIED, 0), "{value}");
        assert_eq!(answer.header(header::ETAG), etag);
        assert!(answer.header(header::CACHE_CONTROL).starts_with("private"));
    }
    assert_eq!(get(&world, &link, &[(header::IF_NONE_MATCH, "\"other\"")]).await.status, StatusCode::OK);

    let range = (header::RANGE, "bytes=0-9");
    assert_eq!(
        get(&world, &link, &[range.clone(), (header::IF_RANGE, &etag)]).await.status,
        StatusCode::PARTIAL_CONTENT
    );
    for value in ["\"other\"", &format!("W/{etag}"), "Mon, 24 Nov 2025 16:00:00 GMT"] {
        let answer = get(&world, &link, &[range.clone(), (header::IF_RANGE, value)]).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, FILM.len()), "{value}");
    }
}

#[tokio::test]
async fn a_signed_url_expires_and_cannot_be_altered() {
    let world = World::start().await;
    let link = film_link(&world).await;
    let subject = link.split("sub=").nth(1).unwrap().split('&').next().unwrap();
    for forged in [
        link.replace(ROOM, "room_elsewhere"),
        link.replace(subject, "user_somebody"),
        link.replace("exp=1", "exp=2"),
        link.replace("/test.mp4", "/other.mp4"),
        link.replace("/test.mp4", "/..%2Ftest.mp4"),
        link[..link.len() - 4].to_owned(),
        link.split('?').next().unwrap().to_owned(),
    ] {
        let answer = get(&world, &forged, &[]).await;
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (StatusCode::FORBIDDEN, "LINK_INVALID"),
            "{forged}"
        );
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    }
    world.clock.advance(Duration::from_hours(6));
    assert_eq!(get(&world, &link, &[]).await.status, StatusCode::OK);
    world.clock.advance(Duration::from_mins(10));
    let answer = get(&world, &link, &[]).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::FORBIDDEN, "LINK_EXPIRED"));
}

#[tokio::test]
async fn a_missing_film_is_reported_and_reinstalled_at_the_next_start() {
    let world = World::start().await;
    let link = film_link(&world).await;
    let file = world.blob_dir.path().join("films/test.mp4");
    std::fs::remove_file(&file).unwrap();
    let answer = get(&world, &link, &[]).await;
    assert_eq!((answer.status, answer.reason().as_str()), (StatusCode::NOT_FOUND, "ITEM_NOT_FOUND"));

    let flags = serde_json::json!({"store": {"folder": world.blob_dir.path()}});
    let config = runtime::Settings::load(&[], flags).unwrap().checked().unwrap();
    for damage in [None, Some(&b"half of a film"[..])] {
        if let Some(bytes) = damage {
            std::fs::write(&file, bytes).unwrap();
        }
        media_svc::open_blobs(&config).await.unwrap();
        assert!(get(&world, &link, &[]).await.body == FILM);
    }
}
