//! Subtitles and further audio of items.

use proto::{
    common::v1::Reason,
    media::v1::{
        AddItemRequest, AddTrackRequest, AddTrackResponse, GetSubtitlesRequest, PreviewSubtitlesRequest,
        SubtitlesToRead, add_item_request, add_track_request::From, subtitles_to_read,
    },
    room::v1::{Track, TrackKind},
};
use testkit::guest;

use crate::{
    host::Host,
    room::CODE,
    world::{World, refusal},
};

impl World {
    /// One whose playlist has the test film.
    async fn with_film() -> Self {
        let world = Self::start().await;
        let request = AddItemRequest {
            room: CODE.into(),
            from: Some(add_item_request::From::TestFilm(true)),
            ..AddItemRequest::default()
        };
        world.client.clone().add_item(guest("Ada").request(request)).await.unwrap();
        world
    }

    async fn add_track(&self, who: &str, from: From, language: &str) -> rpc::Result<AddTrackResponse> {
        let request = AddTrackRequest {
            room: CODE.into(),
            item_id: "item_1".into(),
            from: Some(from),
            language: language.into(),
            ..AddTrackRequest::default()
        };
        Ok(self.subtitles.clone().add_track(guest(who).request(request)).await?.into_inner())
    }

    async fn read(&self, who: &str, track: &Track) -> rpc::Result<String> {
        let request =
            GetSubtitlesRequest { room: CODE.into(), item_id: "item_1".into(), track_id: track.id.clone() };
        Ok(self.subtitles.clone().get_subtitles(guest(who).request(request)).await?.into_inner().vtt)
    }
}

fn file(bytes: &[u8]) -> From {
    let from = Some(subtitles_to_read::From::File(bytes.to_vec()));
    From::Subtitles(SubtitlesToRead { from, encoding: String::new() })
}

fn link(url: String) -> From {
    From::Subtitles(SubtitlesToRead {
        from: Some(subtitles_to_read::From::Url(url)),
        encoding: String::new(),
    })
}

#[tokio::test]
async fn subtitles_by_link_are_stored_as_webvtt_and_read_by_members() {
    let (world, host) = (World::with_film().await, Host::start().await);
    let added = world.add_track("Ada", link(host.link("/film.srt")), "de").await.unwrap();
    let track = added.track.unwrap();
    assert_eq!((track.kind(), track.label.as_str()), (TrackKind::Subtitles, "de"));
    assert_eq!(added.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [6]);
    let vtt = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello <b>you</b>\n";
    assert_eq!(world.read("Bob", &track).await.unwrap(), vtt);
    assert_eq!(refusal(world.read("Stranger", &track).await), Reason::NotAMember);
    let other = Track { id: ids::TrackId::new().to_string(), ..track };
    assert_eq!(refusal(world.read("Bob", &other).await), Reason::TrackNotFound);
}

#[tokio::test]
async fn a_file_is_converted_and_one_that_is_too_large_or_none_is_refused() {
    let world = World::with_film().await;
    let ass = b"[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,{\\an8}Hi\n";
    let track = world.add_track("Ada", file(ass), "").await.unwrap().track.unwrap();
    assert_eq!(track.label, "Subtitles");
    assert!(world.read("Ada", &track).await.unwrap().ends_with("line:0\nHi\n"));
    let refused = |from: From| world.add_track("Ada", from, "");
    assert_eq!(refusal(refused(file(b"just a text")).await), Reason::SubtitlesUnreadable);
    assert_eq!(refusal(refused(file(b"")).await), Reason::SubtitlesUnreadable);
    assert_eq!(refusal(refused(file(&vec![b'x'; 2 * 1024 * 1024 + 1])).await), Reason::SubtitlesTooLarge);
    world.room.state().permissions.clear();
    assert_eq!(refusal(refused(file(ass)).await), Reason::PermissionMissing);
}

#[tokio::test]
async fn links_of_subtitles_take_the_guarded_way_out() {
    let world = World::with(serde_json::json!({})).await;
    let host = Host::start().await;
    let request = PreviewSubtitlesRequest {
        subtitles: Some(SubtitlesToRead {
            from: Some(subtitles_to_read::From::Url(host.link("/film.srt"))),
            encoding: String::new(),
        }),
    };
    let preview = world.subtitles.clone().preview_subtitles(guest("Ada").request(request)).await;
    assert_eq!(refusal(preview), Reason::SourcePrivateAddress);
    assert_eq!(host.asked(), [""; 0]);
    let world = World::with_film().await;
    assert_eq!(
        refusal(world.add_track("Ada", link(host.link("/status/404")), "").await),
        Reason::SourceNotFound
    );
    assert_eq!(
        refusal(world.add_track("Ada", link(host.link("/endless")), "").await),
        Reason::SubtitlesTooLarge
    );
}

// Case M21.
#[tokio::test]
async fn a_preview_shows_the_first_lines_and_the_encoding() {
    let world = World::start().await;
    let cue = |n| format!("{n}\n00:00:0{n},000 --> 00:00:0{n},900\nこんにちは、元気ですか");
    let text = (1..9).map(cue).collect::<Vec<_>>().join("\n\n");
    let preview = |encoding: &str| {
        let bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let subtitles =
            SubtitlesToRead { from: Some(subtitles_to_read::From::File(bytes)), encoding: encoding.into() };
        let request = PreviewSubtitlesRequest { subtitles: Some(subtitles) };
        let (mut client, request) = (world.subtitles.clone(), guest("Ada").request(request));
        async move { client.preview_subtitles(request).await.map(tonic::Response::into_inner) }
    };
    for encoding in ["", "utf-16le"] {
        let preview = preview(encoding).await.unwrap();
        assert_eq!(
            (preview.encoding.as_str(), preview.format.as_str(), preview.cue_count),
            ("UTF-16LE", "srt", 8)
        );
        assert_eq!(preview.first_lines, ["こんにちは、元気ですか"; 5]);
    }
    assert_eq!(refusal(preview("klingon").await), Reason::InvalidField);
}

#[tokio::test]
async fn audio_by_link_becomes_a_track_and_a_video_does_not() {
    let (world, host) = (World::with_film().await, Host::start().await);
    let track =
        world.add_track("Ada", From::AudioUrl(host.link("/song.mp3")), "").await.unwrap().track.unwrap();
    assert_eq!((track.kind(), track.url.as_str()), (TrackKind::Audio, host.link("/song.mp3").as_str()));
    assert_eq!(refusal(world.read("Ada", &track).await), Reason::TrackNotFound, "it is no subtitles");
    let video = world.add_track("Ada", From::AudioUrl(host.link("/film.mp4")), "").await;
    assert_eq!(refusal(video), Reason::SourceNotVideo);
}
