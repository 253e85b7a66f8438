//! Links to videos that only the official player of their service may play.

use proto::{
    common::v1::Reason,
    media::v1::{
        AddItemRequest, GetPlaybackInfoRequest, SourceNoteKind, SourceOutcome, add_item_request::From,
    },
    room::v1::{EmbedService, EmbedSource, MediaFormat, SyncLevel, SyncPrecision, source},
};
use serde_json::json;
use testkit::guest;

use crate::{
    host::Host,
    room::CODE,
    world::{World, refusal},
};

fn embed(service: EmbedService, video_id: &str, hash: &str) -> EmbedSource {
    EmbedSource { service: service.into(), video_id: video_id.into(), hash: hash.into() }
}

#[tokio::test]
async fn embed_services_are_recognised_without_a_request() {
    // Nothing may be reached from here, and one moment is all that a host would have.
    let world = World::with(json!({"source_timeout_ms": 1})).await;
    for (link, expected, title) in [
        (
            "https://youtu.be/dQw4w9WgXcQ?t=90",
            embed(EmbedService::Youtube, "dQw4w9WgXcQ", ""),
            "YouTube dQw4w9WgXcQ",
        ),
        (
            "https://vimeo.com/76979871/8272103f6e",
            embed(EmbedService::Vimeo, "76979871", "8272103f6e"),
            "Vimeo 76979871",
        ),
        ("https://dai.ly/x84sh87", embed(EmbedService::Dailymotion, "x84sh87", ""), "Dailymotion x84sh87"),
    ] {
        let checked = world.check(link).await.unwrap();
        let source = checked.source.unwrap();
        assert_eq!(source.format(), MediaFormat::Embed, "{link}");
        assert_eq!(source.kind, Some(source::Kind::Embed(expected)), "{link}");
        assert_eq!(source.sync_precision(), SyncPrecision::Medium, "{link}");
        assert_eq!((checked.title.as_str(), checked.content_type.as_str()), (title, ""), "{link}");
        assert_eq!(checked.size_bytes, 0, "{link}");
    }
}

// Requirements 4.5.2-5, 4.5.2-7, 4.5.3-5.
#[tokio::test]
async fn the_sync_level_of_an_embed_is_reported() {
    let world = World::start().await;
    for (link, outcome, level, precision) in [
        ("youtu.be/dQw4w9WgXcQ", SourceOutcome::PlaysForAll, SyncLevel::Full, SyncPrecision::Medium),
        ("youtube.com/live/dQw4w9WgXcQ", SourceOutcome::Live, SyncLevel::Partial, SyncPrecision::Degraded),
        ("vimeo.com/76979871", SourceOutcome::PlaysForAll, SyncLevel::Full, SyncPrecision::Medium),
        ("dai.ly/x84sh87", SourceOutcome::PlaysForAll, SyncLevel::Partial, SyncPrecision::Medium),
    ] {
        let checked = world.check(link).await.unwrap();
        assert_eq!(checked.outcome(), outcome, "{link}");
        let source = checked.source.unwrap();
        assert_eq!((source.sync_level(), source.sync_precision()), (level, precision), "{link}");
        assert_eq!(source.live, outcome == SourceOutcome::Live, "{link}");
        let kind = if source.live { SourceNoteKind::Live } else { SourceNoteKind::OwnPlayer };
        assert_eq!((checked.notes.len(), checked.notes[0].kind()), (1, kind), "{link}");
        assert!(!source.live || checked.notes[0].text.contains("within some seconds"), "{link}");
    }
}

// Case L2.
#[tokio::test]
async fn the_start_time_of_a_link_is_kept() {
    let (world, ada) = (World::start().await, guest("Ada"));
    for (link, start_us) in [
        ("https://youtu.be/dQw4w9WgXcQ?t=90", 90_000_000),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1m30s", 90_000_000),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ#t=30", 30_000_000),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ?start=10", 10_000_000),
        ("https://www.dailymotion.com/video/x84sh87?start=30", 30_000_000),
        ("https://vimeo.com/76979871#t=1m2s", 62_000_000),
        ("https://vimeo.com/76979871", 0),
    ] {
        assert_eq!(world.check(link).await.unwrap().source.unwrap().start_us, start_us, "{link}");
        let request =
            AddItemRequest { room: CODE.into(), from: Some(From::Url(link.into())), ..Default::default() };
        let item = world.client.clone().add_item(ada.request(request)).await.unwrap().into_inner().item;
        assert_eq!(item.unwrap().source.unwrap().start_us, start_us, "{link}");
    }
}

// Requirement 003-2-2: a stand-in answers in the services' place.
#[tokio::test]
async fn titles_and_thumbnails_come_from_the_services() {
    let host = Host::start().await;
    let base = host.link("/oembed/");
    let world = World::with(json!({"allow_private_networks": ["127.0.0.1"], "oembed_base_url": base})).await;
    let checked = world.check("https://youtu.be/dQw4w9WgXcQ").await.unwrap();
    assert_eq!(checked.title, "Never Gonna");
    assert_eq!(checked.source.unwrap().picture_url, "https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault.jpg");
    // A service that says nothing useful, and one that does not answer.
    for (link, title) in [("vimeo.com/76979871", "Vimeo 76979871"), ("dai.ly/x84sh87", "Dailymotion x84sh87")]
    {
        let checked = world.check(link).await.unwrap();
        assert_eq!(
            (checked.title.as_str(), checked.source.unwrap().picture_url.as_str()),
            (title, ""),
            "{link}"
        );
    }
    assert_eq!(host.asked(), ["GET /oembed/youtube", "GET /oembed/vimeo", "GET /oembed/dailymotion"]);
}

#[tokio::test]
async fn titles_are_not_requested_when_the_setting_is_off() {
    let host = Host::start().await;
    let settings = json!({
        "allow_private_networks": ["127.0.0.1"], "oembed": false, "oembed_base_url": host.link("/oembed/"),
    });
    let checked = World::with(settings).await.check("https://youtu.be/dQw4w9WgXcQ").await.unwrap();
    assert_eq!((checked.title.as_str(), host.asked().len()), ("YouTube dQw4w9WgXcQ", 0));
}

#[tokio::test]
async fn pages_that_are_not_videos_are_rejected_with_a_remedy() {
    let world = World::start().await;
    for (link, words) in [
        ("https://www.youtube.com/@someone", "the page of a channel at YouTube"),
        ("https://www.youtube.com/playlist?list=PL1", "a playlist at YouTube"),
        ("https://www.youtube.com/watch?v=short", "copy it again"),
        ("https://vimeo.com/someone", "the page of a channel at Vimeo"),
        ("https://vimeo.com/event/1234", "a live event at Vimeo"),
        ("https://www.dailymotion.com/playlist/x5nmbq", "a playlist at Dailymotion"),
    ] {
        let (reason, message) = world.refused(link).await;
        assert_eq!(reason, Reason::SourceNotVideo, "{link}: {message}");
        assert!(message.contains(words), "{link}: {message}");
    }
}

#[tokio::test]
async fn an_embedded_item_is_added_and_played() {
    let (world, ada) = (World::start().await, guest("Ada"));
    let link = From::Url("https://m.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ".into());
    let request = AddItemRequest { room: CODE.into(), from: Some(link), ..Default::default() };
    let item = world.client.clone().add_item(ada.request(request)).await.unwrap().into_inner().item.unwrap();
    let wanted = embed(EmbedService::Youtube, "dQw4w9WgXcQ", "");
    assert_eq!(item.source.unwrap().kind, Some(source::Kind::Embed(wanted.clone())));

    let ask = ada.request(GetPlaybackInfoRequest { room: CODE.into(), item_id: item.id });
    let playback = world.client.clone().get_playback_info(ask).await.unwrap().into_inner();
    assert_eq!(playback.format(), MediaFormat::Embed);
    assert_eq!(playback.url, "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "one form for all links");
    assert_eq!((playback.embed, playback.expires_at), (Some(wanted), None));
}

#[tokio::test]
async fn a_channel_link_is_rejected() {
    let (world, ada) = (World::start().await, guest("Ada"));
    let link = From::Url("https://www.youtube.com/@someone".into());
    let request = AddItemRequest { room: CODE.into(), from: Some(link), ..Default::default() };
    let added = world.client.clone().add_item(ada.request(request)).await;
    assert_eq!(refusal(added), Reason::SourceNotVideo);
    assert!(world.room.state().appended.is_empty());
}
