//! Hosts with odd habits: what is told before a link is added (cases L1 to L11).

use proto::{
    common::v1::Reason,
    media::v1::{AddItemRequest, CheckSourceResponse, SourceNoteKind, SourceOutcome, add_item_request::From},
    room::v1::{Item, MediaFormat, SyncLevel, SyncPrecision, source},
};
use testkit::guest;
use tonic_types::StatusExt as _;

use crate::{
    host::Host,
    room::CODE,
    world::{World, refusal},
};

const PAGE: &str = "https://watch.example.org";

async fn add(world: &World, url: String, add_anyway: bool) -> rpc::Result<Item> {
    let from = Some(From::Url(url));
    let request = AddItemRequest { room: CODE.into(), from, add_anyway, ..Default::default() };
    Ok(world.client.clone().add_item(guest("Ada").request(request)).await?.into_inner().item.unwrap())
}

fn link_of(item: Item) -> String {
    match item.source.unwrap().kind {
        Some(source::Kind::Direct(direct)) => direct.url,
        kind => panic!("no link: {kind:?}"),
    }
}

fn notes(checked: &CheckSourceResponse) -> Vec<SourceNoteKind> {
    checked.notes.iter().map(proto::media::v1::SourceNote::kind).collect()
}

/// The metadata of a refusal.
async fn metadata(world: &World, url: impl Into<String>, key: &str) -> String {
    let info = world.check(url).await.unwrap_err().get_details_error_info().unwrap();
    info.metadata.get(key).cloned().unwrap_or_default()
}

#[tokio::test]
async fn case_l1_links_are_repaired_by_the_server_in_check_and_in_add() {
    let (world, host) = (World::start().await, Host::start().await);
    let link = host.link("/film.mp4");
    let bare = link.trim_start_matches("http://");
    for pasted in [bare.to_owned(), format!("<{link}>"), format!(" \u{201c}{link}\u{201d}.\r\n")] {
        let checked = world.check(&pasted).await.unwrap().source.unwrap();
        assert_eq!(link_of(Item { source: Some(checked), ..Item::default() }), link, "{pasted:?}");
        assert_eq!(link_of(add(&world, pasted, false).await.unwrap()), link);
    }
    let youtube = world.check("youtube.com/watch?v=dQw4w9WgXcQ").await.unwrap();
    assert_eq!(youtube.source.unwrap().format(), MediaFormat::Embed);
}

#[tokio::test]
async fn case_l2_a_media_fragment_sets_the_start_time() {
    let (world, host) = (World::start().await, Host::start().await);
    let source = add(&world, host.link("/film.mp4#t=10"), false).await.unwrap().source.unwrap();
    assert_eq!(source.start_us, 10_000_000);
    assert!(
        matches!(source.kind, Some(source::Kind::Direct(direct)) if direct.url == host.link("/film.mp4"))
    );
    // Nobody can jump there.
    let source = add(&world, host.link("/no-ranges.mp4#t=10"), false).await.unwrap().source.unwrap();
    assert_eq!(source.start_us, 0);
}

#[tokio::test]
async fn case_l3_playlists_without_segments_or_cut_off_are_refused() {
    let (world, host) = (World::start().await, Host::start().await);
    for (path, words) in [
        ("/empty.m3u8", "names nothing to play"),
        ("/master/empty.m3u8", "names nothing to play"),
        ("/cut-off.m3u8", "cut off in the middle"),
    ] {
        let (reason, message) = world.refused(host.link(path)).await;
        assert_eq!(reason, Reason::SourceIncomplete, "{path}: {message}");
        assert!(message.contains(words), "{path}: {message}");
        assert_eq!(refusal(add(&world, host.link(path), true).await), Reason::SourceIncomplete, "{path}");
    }
    assert!(world.check(host.link("/master/film.m3u8")).await.is_ok());
}

#[tokio::test]
async fn case_l4_a_live_playlist_is_refused_as_live() {
    let (world, host) = (World::start().await, Host::start().await);
    let (reason, message) = world.refused(host.link("/live.m3u8")).await;
    assert_eq!(reason, Reason::SourceLive, "{message}");
    assert!(message.contains("live stream") && message.contains("recording"), "{message}");
    assert_eq!(refusal(add(&world, host.link("/live.m3u8"), true).await), Reason::SourceLive);
}

#[tokio::test]
async fn case_l5_missing_cors_and_http_links_are_reported() {
    let (world, host) = (World::start().await, Host::start().await);
    for path in ["/no-cors.m3u8", "/no-cors-segment.m3u8"] {
        let checked = world.check_for(host.link(path), "http://watch.example.org").await.unwrap();
        assert_eq!(checked.outcome(), SourceOutcome::DependsOnBrowser, "{path}");
        assert_eq!(notes(&checked), [SourceNoteKind::NoCors], "{path}");
        assert!(checked.notes[0].text.contains("CORS"), "{path}");
    }
    // A file needs no permission, and nobody asks for a page here.
    for (path, page) in [
        ("/no-cors.mp4", "http://watch.example.org"),
        ("/vod.m3u8", "http://x.example"),
        ("/no-cors.m3u8", ""),
    ] {
        let checked = world.check_for(host.link(path), page).await.unwrap();
        assert_eq!((checked.outcome(), notes(&checked)), (SourceOutcome::PlaysForAll, vec![]), "{path}");
    }
    let checked = world.check_for(host.link("/film.mp4"), PAGE).await.unwrap();
    assert_eq!(checked.outcome(), SourceOutcome::DependsOnBrowser);
    assert_eq!(notes(&checked), [SourceNoteKind::MixedContent]);
}

#[tokio::test]
async fn case_l6_a_host_without_ranges_is_reported_and_stored_with_the_item() {
    let (world, host) = (World::start().await, Host::start().await);
    let checked = world.check(host.link("/no-ranges.mp4")).await.unwrap();
    assert_eq!(checked.outcome(), SourceOutcome::NoJumps);
    assert_eq!(notes(&checked), [SourceNoteKind::NoRanges]);
    let source = add(&world, host.link("/no-ranges.mp4"), false).await.unwrap().source.unwrap();
    assert!(source.no_jumps);
    assert_eq!(source.sync_level(), SyncLevel::Partial);
    let source = add(&world, host.link("/film.mp4"), false).await.unwrap().source.unwrap();
    assert!(!source.no_jumps);
    assert_eq!((source.sync_level(), source.sync_precision()), (SyncLevel::Full, SyncPrecision::High));
}

#[tokio::test]
async fn case_l7_each_http_status_has_its_own_message() {
    let (world, host) = (World::start().await, Host::start().await);
    let mut said = Vec::new();
    for (status, reason, words) in [
        (401, Reason::SourceRefused, "opens without signing in"),
        (403, Reason::SourceRefused, "add it anyway"),
        (404, Reason::SourceNotFound, "check the link"),
        (410, Reason::SourceNotFound, "removed it"),
        (429, Reason::SourceHostFailed, "too many requests"),
        (451, Reason::SourceRefused, "legal reasons"),
        (500, Reason::SourceHostFailed, "try again later"),
    ] {
        let (given, message) = world.refused(host.link(&format!("/status/{status}"))).await;
        assert_eq!(given, reason, "{status}: {message}");
        assert!(message.contains(words) && message.contains(&status.to_string()), "{status}: {message}");
        assert!(!said.contains(&message), "{message}");
        said.push(message);
    }
}

#[tokio::test]
async fn case_l8_requests_look_like_those_of_browsers() {
    let (world, host) = (World::start().await, Host::start().await);
    let checked = world.check(host.link("/for-browsers.mp4")).await.unwrap();
    assert_eq!(checked.outcome(), SourceOutcome::PlaysForAll);
}

#[tokio::test]
async fn case_l8_a_link_refused_to_the_server_can_be_added_anyway() {
    let (world, host) = (World::start().await, Host::start().await);
    let link = host.link("/status/403");
    assert_eq!(metadata(&world, &link, "suggestions").await, "UPLOAD_FILE,ADD_ANYWAY,OPEN_SITE");
    assert_eq!(refusal(add(&world, link.clone(), false).await), Reason::SourceRefused);
    let item = add(&world, link, true).await.unwrap();
    let source = item.source.unwrap();
    assert!(source.unchecked);
    assert_eq!((source.format(), source.sync_level()), (MediaFormat::Progressive, SyncLevel::Unspecified));
    // What the host gives is looked at all the same.
    assert!(!add(&world, host.link("/film.mp4"), true).await.unwrap().source.unwrap().unchecked);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let source = add(&world, format!("http://{closed}/a/film.m3u8"), true).await.unwrap().source.unwrap();
    assert_eq!((source.format(), source.unchecked), (MediaFormat::Hls, true));
}

#[tokio::test]
async fn unplayable_and_private_links_cannot_be_added_anyway() {
    let (world, host) = (World::start().await, Host::start().await);
    for (link, reason) in [
        (host.link("/status/404"), Reason::SourceNotFound),
        (host.link("/page"), Reason::SourceNotVideo),
        (host.link("/protected.m3u8"), Reason::SourceProtected),
        ("http://10.0.0.1/film.mp4".to_owned(), Reason::SourcePrivateAddress),
        ("file:///etc/passwd".to_owned(), Reason::SourceSchemeUnsupported),
        ("https://www.youtube.com/@someone".to_owned(), Reason::SourceNotVideo),
    ] {
        assert_eq!(refusal(add(&world, link.clone(), true).await), reason, "{link}");
    }
    assert!(world.room.state().appended.is_empty());
}

#[tokio::test]
async fn case_l9_share_links_become_direct_or_are_named() {
    let (world, host) = (World::start().await, Host::start().await);
    let shared = host.link("/s/XyZ123abcDEF456");
    let checked = world.check(&shared).await.unwrap();
    assert_eq!(notes(&checked), [SourceNoteKind::DirectForm]);
    assert_eq!(link_of(add(&world, shared.clone(), false).await.unwrap()), format!("{shared}/download"));
    for (link, name) in [
        ("https://drive.google.com/file/d/1a2b/view?usp=sharing", "Google Drive"),
        ("https://1drv.ms/v/s!Abc", "OneDrive"),
        ("https://www.dropbox.com/scl/fo/abc/h?rlkey=k&dl=0", "Dropbox"),
    ] {
        let (reason, message) = world.refused(link).await;
        assert_eq!(reason, Reason::SourceNotVideo, "{link}: {message}");
        assert!(message.starts_with(name), "{message}");
    }
}

#[tokio::test]
async fn case_l10_audio_files_are_accepted_as_audio() {
    let (world, host) = (World::start().await, Host::start().await);
    for (path, outcome) in [
        ("/song.mp3", SourceOutcome::PlaysForAll),
        ("/song.m4a", SourceOutcome::PlaysForAll),
        ("/song.flac", SourceOutcome::PlaysForAll),
        ("/song.wav", SourceOutcome::PlaysForAll),
        ("/song.ogg", SourceOutcome::DependsOnBrowser),
    ] {
        let checked = world.check(host.link(path)).await.unwrap();
        assert_eq!(checked.outcome(), outcome, "{path}");
        let source = checked.source.unwrap();
        assert!(source.audio_only, "{path}");
        assert_eq!(source.format(), MediaFormat::Progressive, "{path}");
    }
    assert!(!world.check(host.link("/film.mp4")).await.unwrap().source.unwrap().audio_only);
}

#[tokio::test]
async fn case_l11_a_meaningless_file_name_yields_a_title_from_the_path() {
    let (world, host) = (World::start().await, Host::start().await);
    assert_eq!(world.check(host.link("/vod.m3u8")).await.unwrap().title, "127.0.0.1/vod.m3u8");
    assert_eq!(world.check(host.link("/octets/My%20film.webm")).await.unwrap().title, "My film");
}

// Requirements 4.5.3-7 to 4.5.3-11, 4.5.3-13, 4.5.3-14.
#[tokio::test]
async fn rejections_name_the_cause_and_a_remedy() {
    let (world, host) = (World::start().await, Host::start().await);
    for (link, reason, cause) in [
        (host.link("/not-framed"), Reason::SourceNotVideo, "x_frame_options"),
        (host.link("/not-embedded"), Reason::SourceNotVideo, "csp_blocked"),
        (host.link("/page"), Reason::SourceNotVideo, "unknown_provider"),
        (host.link("/untyped-page"), Reason::SourceNotVideo, "unknown_provider"),
        (host.link("/protected.m3u8"), Reason::SourceProtected, "drm_protected"),
        (host.link("/protected.mpd"), Reason::SourceProtected, "drm_protected"),
        ("https://www.netflix.com/watch/81234567".to_owned(), Reason::SourceProtected, "drm_protected"),
        ("disneyplus.com/play/abc".to_owned(), Reason::SourceProtected, "drm_protected"),
    ] {
        assert_eq!(world.refused(&link).await.0, reason, "{link}");
        assert_eq!(metadata(&world, &link, "cause").await, cause, "{link}");
        assert_eq!(metadata(&world, &link, "suggestions").await, "UPLOAD_FILE,OPEN_SITE", "{link}");
    }
}

#[tokio::test]
async fn codecs_that_only_some_browsers_play_are_reported() {
    let (world, host) = (World::start().await, Host::start().await);
    let checked = world.check(host.link("/master/hevc.m3u8")).await.unwrap();
    assert_eq!(checked.outcome(), SourceOutcome::DependsOnBrowser);
    assert_eq!(notes(&checked), [SourceNoteKind::Format]);
}
