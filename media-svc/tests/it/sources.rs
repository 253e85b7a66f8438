//! Links that people paste.

use std::net::IpAddr;

use futures::stream::{FuturesUnordered, StreamExt as _};
use proto::{
    common::v1::Reason,
    media::v1::CheckSourceRequest,
    room::v1::{MediaFormat, source},
};
use rpc::Context;
use serde_json::json;
use tonic_types::StatusExt as _;

use crate::{
    host::{Host, MP4},
    world::World,
};

#[tokio::test]
async fn formats_that_browsers_play_are_accepted() {
    let (world, host) = (World::start().await, Host::start().await);
    let size = i64::try_from(MP4.len()).unwrap();
    for (path, format, content_type, title) in [
        ("/film.mp4", MediaFormat::Progressive, "video/mp4", "film"),
        ("/film.webm", MediaFormat::Progressive, "video/webm; codecs=\"vp9\"", "film"),
        ("/vod.m3u8", MediaFormat::Hls, "application/vnd.apple.mpegurl", "127.0.0.1/vod.m3u8"),
        ("/untyped", MediaFormat::Progressive, "video/mp4", "untyped"),
        ("/octets/My%20film.webm", MediaFormat::Progressive, "application/octet-stream", "My film"),
        ("/plain.m3u8", MediaFormat::Hls, "text/plain; charset=utf-8", "plain"),
    ] {
        let checked = world.check(host.link(path)).await.unwrap();
        let source = checked.source.unwrap();
        assert_eq!(source.format(), format, "{path}");
        assert_eq!((checked.content_type.as_str(), checked.title.as_str()), (content_type, title), "{path}");
        assert!(
            matches!(source.kind, Some(source::Kind::Direct(direct)) if direct.url == host.link(path)),
            "{path}"
        );
    }
    assert_eq!(world.check(host.link("/film.mp4")).await.unwrap().size_bytes, size);
    assert_eq!(world.check(host.link("/untyped")).await.unwrap().size_bytes, size);
}

#[tokio::test]
async fn one_request_for_the_first_bytes_is_enough_for_a_file() {
    let (world, host) = (World::start().await, Host::start().await);
    world.check(host.link("/film.mp4")).await.unwrap();
    let checked = world.check(host.link("/signed-for-get.mp4")).await.unwrap();
    assert_eq!((checked.content_type.as_str(), checked.size_bytes), ("video/mp4", 987_654));
    assert_eq!(host.asked(), ["GET /film.mp4 bytes=0-4095", "GET /signed-for-get.mp4 bytes=0-4095"]);
}

#[tokio::test]
async fn unplayable_formats_are_rejected_with_a_remedy() {
    let (world, host) = (World::start().await, Host::start().await);
    for (path, reason, words) in [
        ("/page", Reason::SourceNotVideo, "this is a web page; paste the link of the video file itself"),
        ("/untyped-page", Reason::SourceNotVideo, "this is a web page"),
        ("/film.mov", Reason::SourceNotVideo, "convert it to mp4 or webm"),
        ("/picture", Reason::SourceNotVideo, "`image/png`"),
        ("/garbage", Reason::SourceNotVideo, "not a video (mp4, webm, HLS) or sound file"),
        ("/empty", Reason::SourceNotVideo, "not a video"),
        // Read until enough was seen, and no further.
        ("/endless", Reason::SourceNotVideo, "not a video"),
    ] {
        let (given, message) = world.refused(host.link(path)).await;
        assert_eq!(given, reason, "{path}: {message}");
        assert!(message.contains(words), "{path}: {message}");
    }
}

#[tokio::test]
async fn text_that_is_not_a_link_is_rejected_without_a_request() {
    let world = World::start().await;
    for (link, reason) in [
        ("film.mp4", Reason::InvalidField),
        ("not a link", Reason::InvalidField),
        ("file:///etc/passwd", Reason::SourceSchemeUnsupported),
        ("ftp://example.org/film.mp4", Reason::SourceSchemeUnsupported),
        ("https://me:secret@example.org/film.mp4", Reason::InvalidField),
    ] {
        let (given, message) = world.refused(link).await;
        assert_eq!(given, reason, "{link}: {message}");
        assert!(!message.contains("secret"), "{message}");
    }
    assert_eq!(
        world.refused("https://example.org/".to_owned() + &"x".repeat(2048)).await.0,
        Reason::InvalidField
    );
}

#[tokio::test]
async fn private_addresses_are_rejected_in_every_notation() {
    let (world, host) = (World::with(json!({})).await, Host::start().await);
    let port = host.address.port();
    for name in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
    ] {
        let refused = world.check(format!("http://{name}:{port}/film.mp4")).await.unwrap_err();
        assert_eq!(rpc::reason_of(&refused), Some(Reason::SourcePrivateAddress), "{name}: {refused}");
        // Case S4: people read whom to ask, and whoever runs the server finds the setting.
        assert!(
            refused.message().ends_with("ask whoever runs this server to allow that network"),
            "{refused}"
        );
        let metadata = refused.get_details_error_info().unwrap().metadata;
        assert_eq!(metadata["setting"], "media.allow_private_networks");
    }
    assert_eq!(host.asked(), [""; 0], "no request left");
}

#[tokio::test]
async fn redirects_are_followed_and_each_is_checked() {
    let (world, host) = (World::start().await, Host::start().await);
    let checked = world.check(host.link("/to//to//film.mp4")).await.unwrap();
    let Some(source::Kind::Direct(direct)) = checked.source.unwrap().kind else { panic!("a direct source") };
    assert_eq!(direct.url, host.link("/to//to//film.mp4"), "the link as pasted");

    let port = host.address.port();
    for (target, reason) in [
        // Only 127.0.0.1 is allowed.
        (format!("http://127.0.0.2:{port}/film.mp4"), Reason::SourcePrivateAddress),
        (format!("http://[::1]:{port}/film.mp4"), Reason::SourcePrivateAddress),
        ("http://169.254.169.254/latest/meta-data".to_owned(), Reason::SourcePrivateAddress),
        ("file:///etc/passwd".to_owned(), Reason::SourceSchemeUnsupported),
        ("http://me:secret@127.0.0.1/".to_owned(), Reason::SourceRefused),
    ] {
        let (given, message) = world.refused(host.link(&format!("/to/{target}"))).await;
        assert_eq!(given, reason, "{target}: {message}");
    }
    assert!(
        host.asked().iter().all(|asked| asked.contains("/to/") || asked.starts_with("GET /film.mp4")),
        "{:?}",
        host.asked()
    );
}

#[tokio::test]
async fn a_loop_of_redirects_ends() {
    let (world, host) = (World::start().await, Host::start().await);
    let (reason, message) = world.refused(host.link(&format!("/to/{}", "/to/".repeat(8)))).await;
    assert_eq!(reason, Reason::SourceRefused, "{message}");
    assert!(message.contains("too many times"), "{message}");
    assert_eq!(host.asked().len(), 6, "the link and five redirects");
}

#[tokio::test]
async fn unreachable_hosts_are_reported() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let world =
        World::with(json!({"allow_private_networks": ["127.0.0.0/8"], "source_timeout_ms": 50})).await;
    let (reason, message) = world.refused(format!("http://{}/film.mp4", silent.local_addr().unwrap())).await;
    assert_eq!(reason, Reason::SourceUnreachable, "{message}");
    assert!(message.contains("in time"), "{message}");

    let world = World::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (reason, message) = world.refused(format!("http://{closed}/film.mp4")).await;
    assert_eq!(reason, Reason::SourceUnreachable, "{message}");
    assert!(message.contains("refuses the connection"), "{message}");
    assert_eq!(world.refused("https://no-such-host.invalid/film.mp4").await.0, Reason::SourceUnreachable);
}

/// Case A4: 64 links to a host that never answers, then people who want to add a link.
#[tokio::test]
async fn a_silent_host_leaves_capacity_to_others() {
    let (world, host) =
        (World::with(json!({"allow_private_networks": ["127.0.0.0/8"]})).await, Host::start().await);
    // Connections wait in the backlog for ever.
    let dead = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let dead = format!("http://{}/film.mp4", dead.local_addr().unwrap());
    let network: IpAddr = "192.0.2.1".parse().unwrap();
    let check = |who: &Context, url: String| {
        let request =
            who.clone().from_address(Some(network)).request(CheckSourceRequest { url, ..Default::default() });
        let mut client = world.client.clone();
        async move { client.check_source(request).await }
    };
    let refused = |outcome: Option<Result<_, tonic::Status>>, words: &str| {
        let status: tonic::Status = outcome.unwrap().map(drop).unwrap_err();
        assert_eq!(rpc::reason_of(&status), Some(Reason::RateLimited), "{status:?}");
        assert!(status.message().contains(words), "{status:?}");
    };
    let mallory = testkit::guest("Mallory");
    let mut asked: FuturesUnordered<_> = (0..64).map(|_| check(&mallory, dead.clone())).collect();
    for _ in 0..60 {
        refused(asked.next().await, "your last links are still being checked");
    }
    // Names cost nothing.
    asked.extend((0..20).map(|_| check(&testkit::guest("Another"), dead.clone())));
    for _ in 0..16 {
        refused(asked.next().await, "127.0.0.2 is slow");
    }
    assert_eq!(asked.len(), 8);
    let (ada, ben) = (testkit::guest("Ada"), testkit::user("Ben"));
    check(&ada, host.link("/film.mp4")).await.unwrap();
    check(&ben, host.link("/film.mp4")).await.unwrap();
}
