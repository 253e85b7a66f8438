//! Uploads over HTTP: playlists, segments, and what a player gets when something is not there yet.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use proto::{
    common::v1::Reason,
    media::v1::{GetPlaybackInfoRequest, GetPlaybackInfoResponse},
    room::v1::{Item, MediaFormat, Source, UploadSource, source},
};
use serde_json::Value;
use testkit::guest;
use tower::ServiceExt as _;

use crate::{
    films::{Film, encoded, range},
    room::ROOM,
    world::{World, refusal},
};

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn reason(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["error"]["details"][0]["reason"].as_str().unwrap().to_owned()
    }
}

async fn ask(world: &World, method: Method, path: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let response = world.data_plane.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(world: &World, path: &str) -> Answer {
    ask(world, Method::GET, path, &[]).await
}

/// Where an item of a room plays an upload from.
async fn playback(world: &World, film: &Film) -> rpc::Result<GetPlaybackInfoResponse> {
    let source = Source {
        kind: Some(source::Kind::Upload(UploadSource { upload_id: film.id.to_string() })),
        format: MediaFormat::Hls.into(),
        ..Source::default()
    };
    world.room.state().items = vec![Item { id: "item_a".into(), source: Some(source), ..Item::default() }];
    let request = GetPlaybackInfoRequest { room: ROOM.into(), item_id: "item_a".into() };
    Ok(world.client.clone().get_playback_info(guest("Ada").request(request)).await?.into_inner())
}

/// The folder of a film, as a player sees it: what is in front of `master.m3u8`.
async fn base(world: &World, film: &Film) -> String {
    playback(world, film).await.unwrap().url.strip_suffix("master.m3u8").unwrap().to_owned()
}

#[tokio::test]
async fn an_upload_is_played_as_soon_as_it_has_a_plan() {
    let world = World::start().await;
    let film = world.sent("user_a", 1000).await;
    let refused = playback(&world, &film).await.unwrap_err();
    assert_eq!(rpc::reason_of(&refused), Some(Reason::MediaNotReady));
    assert!(tonic_types::StatusExt::get_details_retry_info(&refused).unwrap().retry_delay.is_some());

    let task = world.queue_of_tasks().lease("worker").await.unwrap();
    world.queue_of_tasks().complete(&task, Some(encoded(60))).await;
    let info = playback(&world, &film).await.unwrap();
    assert_eq!(info.format(), MediaFormat::Hls);
    let left_s = info.expires_at.unwrap().seconds - world.clock.now().timestamp();
    assert!((6 * 3600..=6 * 3600 + 600).contains(&left_s), "{left_s}");

    let gone = Film { id: ids::UploadId::new(), ..film };
    assert_eq!(refusal(playback(&world, &gone).await), Reason::MediaFailed);
}

#[tokio::test]
async fn the_playlists_of_a_film_lead_to_its_segments() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(22)).await;
    let base = base(&world, &film).await;
    let master = get(&world, &format!("{base}master.m3u8")).await;
    assert_eq!(master.status, StatusCode::OK);
    assert_eq!(master.header(header::CONTENT_TYPE), "application/vnd.apple.mpegurl");
    assert_eq!(master.header(header::CACHE_CONTROL), "public, max-age=5, stale-while-revalidate=10");
    assert_eq!(master.header(header::CONTENT_LENGTH), master.body.len().to_string());
    let text = master.text();
    let variants: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(variants, ["stream_0.m3u8", "stream_1.m3u8", "stream_2.m3u8"]);

    let etag = master.header(header::ETAG).to_owned();
    let known =
        ask(&world, Method::GET, &format!("{base}master.m3u8"), &[(header::IF_NONE_MATCH, &etag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(known.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");

    world.work_off().await;
    for playlist in ["stream_0.m3u8", "stream_2.m3u8", "audio_0.m3u8"] {
        let text = get(&world, &format!("{base}{playlist}")).await.text();
        let segments = text.lines().filter(|line| !line.starts_with('#'));
        let init =
            text.lines().find_map(|line| line.strip_prefix("#EXT-X-MAP:URI=\"")?.strip_suffix('"')).unwrap();
        let mut count = 0;
        for name in segments.chain([init]) {
            let segment = get(&world, &format!("{base}{name}")).await;
            assert_eq!(segment.status, StatusCode::OK, "{name}");
            assert_eq!(segment.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
            assert_eq!(segment.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
            assert_eq!(segment.header(header::CONTENT_TYPE), "video/mp4");
            assert!(!segment.headers.contains_key("x-accel-buffering"), "a cache may keep it");
            count += 1;
        }
        assert_eq!(count, 6, "{playlist}");
    }
    assert_eq!(get(&world, &format!("{base}v1/2.m4s")).await.body, b"v1 2");
    let facts: Value = serde_json::from_slice(&get(&world, &format!("{base}media.json")).await.body).unwrap();
    assert_eq!(
        (&facts["durationUs"], &facts["videos"][2]["height"]),
        (&Value::from(22_000_000), &Value::from(720))
    );
    let storyboard = get(&world, &format!("{base}storyboard.vtt")).await;
    assert!(
        storyboard
            .text()
            .starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nstoryboard/0.jpg#xywh=0,0,192,108\n")
    );
    let sheet = get(&world, &format!("{base}storyboard/0.jpg")).await;
    assert_eq!((sheet.status, sheet.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/jpeg"));
}

#[tokio::test]
async fn a_segment_that_is_not_there_yet_is_waited_for() {
    // Case M15.
    let world = World::start().await;
    let film = world.planned("user_a", encoded(600)).await;
    let base = base(&world, &film).await;
    let requests: Vec<_> = (0..5)
        .map(|_| {
            let (data_plane, path) = (world.data_plane.clone(), format!("{base}v0/7.m4s"));
            tokio::spawn(async move {
                let request = Request::get(path).body(Body::empty()).unwrap();
                let response = data_plane.oneshot(request).await.unwrap();
                (response.status(), to_bytes(response.into_body(), 100).await.unwrap())
            })
        })
        .collect();
    let queue = world.queue_of_tasks();
    let task = loop {
        if let Some(task) = queue.lease("worker").await.filter(|task| range(task).start == 7) {
            break task;
        }
    };
    world.make(&task, &[7]).await;
    for request in requests {
        assert_eq!(request.await.unwrap(), (StatusCode::OK, "v0 7".into()));
    }
}

#[tokio::test]
async fn what_does_not_come_in_time_is_503_that_nobody_keeps() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(22)).await;
    let base = base(&world, &film).await;
    // Without a wait: subtitles and pictures are not waited for.
    let sheet = get(&world, &format!("{base}storyboard/0.jpg")).await;
    assert_eq!((sheet.status, sheet.reason().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "MEDIA_NOT_READY"));
    assert_eq!(sheet.header(header::RETRY_AFTER), "2");
    for name in
        ["v9/0.m4s", "v0/5.m4s", "stream_3.m3u8", "plan.pb", "s0.vtt", "v0/..%2f..%2fplan.pb", "fonts/0"]
    {
        let missing = get(&world, &format!("{base}{name}")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(missing.header(header::CACHE_CONTROL), "no-store", "{name}");
        assert_eq!(missing.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{name}");
    }
}

#[tokio::test]
async fn ranges_of_a_segment_are_exact() {
    // Case M19.
    let world = World::start().await;
    let film = world.planned("user_a", encoded(22)).await;
    let base = base(&world, &film).await;
    world.work_off().await;
    let bytes: Vec<u8> = (0..99_698_u32).map(|n| (n % 251) as u8).collect();
    world.put(&format!("hls/{}/1/v0/0.m4s", film.asset), &bytes);
    let path = format!("{base}v0/0.m4s");
    for (range, first, last) in [
        ("bytes=0-", 0, 99_697),
        ("bytes=0-0", 0, 0),
        ("bytes=-100", 99_598, 99_697),
        ("bytes=0-999999", 0, 99_697),
    ] {
        let part = ask(&world, Method::GET, &path, &[(header::RANGE, range)]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(part.header(header::CONTENT_RANGE), format!("bytes {first}-{last}/99698"));
        assert!(part.body == bytes[first..=last], "{range}");
        assert_eq!(part.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    }
    let beyond = ask(&world, Method::GET, &path, &[(header::RANGE, "bytes=200000-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header(header::CONTENT_RANGE), "bytes */99698");
    assert_eq!(beyond.header(header::CACHE_CONTROL), "no-store");
    let odd = ask(&world, Method::GET, &path, &[(header::RANGE, "bytes=abc")]).await;
    assert_eq!((odd.status, odd.header(header::CONTENT_RANGE)), (StatusCode::OK, ""));
}

#[tokio::test]
async fn a_token_opens_one_film_until_it_expires() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(22)).await;
    let other = world.planned("user_b", encoded(22)).await;
    let base = base(&world, &film).await;
    let token = base.split('/').nth(3).unwrap();
    let asset = film.asset.to_string();
    let forged = [
        base.replace(&asset, &other.asset.to_string()),
        base.replace(token, "x"),
        base.replace(token, &token.replacen('1', "2", 1)),
        base.replace(token, &token[..token.len() - 1]),
    ];
    for path in forged {
        let refused = get(&world, &format!("{path}master.m3u8")).await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (StatusCode::FORBIDDEN, "LINK_INVALID"),
            "{path}"
        );
        assert_eq!(refused.header(header::CACHE_CONTROL), "no-store");
        assert_eq!(refused.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    }
    let check = |token: &str, asset: &str| format!("/media/check/hls/{token}/{asset}");
    assert_eq!(get(&world, &check(token, &asset)).await.status, StatusCode::NO_CONTENT);
    let foreign = get(&world, &check(token, &other.asset.to_string())).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    world.clock.advance(Duration::from_hours(7));
    let late = get(&world, &format!("{base}master.m3u8")).await;
    assert_eq!((late.status, late.reason().as_str()), (StatusCode::FORBIDDEN, "LINK_EXPIRED"));
}

#[tokio::test]
async fn a_preflight_and_other_methods_are_answered() {
    let world = World::start().await;
    let film = world.planned("user_a", encoded(22)).await;
    let path = format!("{}master.m3u8", base(&world, &film).await);
    let preflight = ask(&world, Method::OPTIONS, &path, &[(header::ORIGIN, "https://watch.example")]).await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    assert_eq!(preflight.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    assert!(preflight.header(header::ACCESS_CONTROL_ALLOW_HEADERS).contains("Range"));
    let head = ask(&world, Method::HEAD, &path, &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert!(head.header(header::CONTENT_LENGTH).parse::<usize>().unwrap() > 100);
    assert_eq!(ask(&world, Method::POST, &path, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}
