//! Links to videos that only the official player of their service may play.

use proto::{
    common::v1::Reason,
    media::v1::{AddItemRequest, GetPlaybackInfoRequest, add_item_request::From},
    room::v1::{EmbedService, EmbedSource, MediaFormat, source},
};
use serde_json::json;
use testkit::guest;

use crate::{
    room::CODE,
    world::{World, refusal},
};

fn embed(service: EmbedService, video_id: &str, hash: &str) -> EmbedSource {
    EmbedSource { service: service.into(), video_id: video_id.into(), hash: hash.into() }
}

#[tokio::test]
async fn each_service_is_known_by_its_links_without_asking_it() {
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
        assert_eq!((checked.title.as_str(), checked.content_type.as_str()), (title, ""), "{link}");
        assert_eq!(checked.size_bytes, 0, "{link}");
    }
}

#[tokio::test]
async fn pages_that_are_no_video_are_told_with_what_to_do() {
    let world = World::start().await;
    for (link, words) in [
        ("https://www.youtube.com/@someone", "the page of a channel or a person at YouTube"),
        ("https://www.youtube.com/playlist?list=PL1", "a playlist at YouTube"),
        ("https://www.youtube.com/watch?v=short", "copy it again"),
        ("https://vimeo.com/someone", "the page of a channel or a person at Vimeo"),
        ("https://vimeo.com/event/1234", "a live event at Vimeo"),
        ("https://www.dailymotion.com/playlist/x5nmbq", "a playlist at Dailymotion"),
    ] {
        let (reason, message) = world.refused(link).await;
        assert_eq!(reason, Reason::SourceNotVideo, "{link}: {message}");
        assert!(message.contains(words), "{link}: {message}");
    }
}

#[tokio::test]
async fn an_item_of_a_service_is_added_and_found_again() {
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
async fn a_channel_is_not_added() {
    let (world, ada) = (World::start().await, guest("Ada"));
    let link = From::Url("https://www.youtube.com/@someone".into());
    let request = AddItemRequest { room: CODE.into(), from: Some(link), ..Default::default() };
    let added = world.client.clone().add_item(ada.request(request)).await;
    assert_eq!(refusal(added), Reason::SourceNotVideo);
    assert!(world.room.state().appended.is_empty());
}
