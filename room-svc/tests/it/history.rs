//! What a room has played, saved playlists, and tracks.

use ids::{PlayId, TrackId};
use proto::room::v1::{
    AttachTrackRequest, DeleteSavedQueueRequest, GetSavedQueueRequest, Item, ListHistoryRequest,
    ListHistoryResponse, ListSavedQueuesRequest, LoadQueueRequest, LoadQueueResponse, PlayAgainRequest,
    RecordPlayRequest, RemoveItemRequest, RemoveTrackRequest, SaveQueueRequest, SavedQueue, Track, TrackKind,
    history_service_client::HistoryServiceClient, room_event::Kind,
    saved_queue_service_client::SavedQueueServiceClient, track_service_client::TrackServiceClient,
};
use rpc::{Reason, RpcChannel};

use crate::world::{
    Instance, MAX_ITEMS, Outcome, Person, World, fields_at_fault, guest, nobody, refusal, user,
};

const MINUTE_US: i64 = 60_000_000;

impl Instance {
    fn history(&self) -> HistoryServiceClient<RpcChannel> {
        HistoryServiceClient::new(self.channel())
    }

    async fn record(&self, room: &str, left: (&str, i64), began: &str, play: PlayId) {
        let request = RecordPlayRequest {
            room_id: room.into(),
            left_item_id: left.0.into(),
            left_at_us: left.1,
            started_item_id: began.into(),
            play_id: play.to_string(),
        };
        self.history().record_play(nobody().request(request)).await.unwrap();
    }

    async fn played(&self, who: &Person, room: &str, size: i32, token: &str) -> Outcome<ListHistoryResponse> {
        let request = ListHistoryRequest { room: room.into(), page_size: size, page_token: token.into() };
        Ok(self.history().list_history(who.request(request)).await?.into_inner())
    }

    async fn again(&self, who: &Person, room: &str, play: &str) -> Outcome<Item> {
        let request = PlayAgainRequest { room: room.into(), play_id: play.into() };
        Ok(self.history().play_again(who.request(request)).await?.into_inner().item.unwrap())
    }

    fn queues(&self) -> SavedQueueServiceClient<RpcChannel> {
        SavedQueueServiceClient::new(self.channel())
    }

    async fn save(&self, who: &Person, room: &str, name: &str) -> Outcome<SavedQueue> {
        let request = SaveQueueRequest { room: room.into(), name: name.into() };
        Ok(self.queues().save_queue(who.request(request)).await?.into_inner().queue.unwrap())
    }

    async fn load(&self, who: &Person, room: &str, queue: &str) -> Outcome<LoadQueueResponse> {
        let request = LoadQueueRequest { room: room.into(), saved_queue_id: queue.into() };
        Ok(self.queues().load_queue(who.request(request)).await?.into_inner())
    }

    async fn attach(&self, who: &Person, room: &str, item: &str, track: Track) -> Outcome<Track> {
        let request = AttachTrackRequest { room: room.into(), item_id: item.into(), track: Some(track) };
        let mut tracks = TrackServiceClient::new(self.channel());
        Ok(tracks.attach_track(who.request(request)).await?.into_inner().track.unwrap())
    }

    async fn detach(&self, who: &Person, room: &str, item: &str, track: &str) -> Outcome<()> {
        let request = RemoveTrackRequest { room: room.into(), item_id: item.into(), track_id: track.into() };
        TrackServiceClient::new(self.channel()).remove_track(who.request(request)).await.map(|_| ())
    }
}

#[tokio::test]
async fn what_a_room_plays_is_listed_newest_first_and_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let (a, b) =
        (svc.append(&ada, &room, "a", "").await.unwrap(), svc.append(&ada, &room, "b", "").await.unwrap());
    let (first, second) = (PlayId::new(), PlayId::new());
    svc.record(&room, ("", 0), &a.id, first).await;
    for _ in 0..2 {
        svc.record(&room, (&a.id, 40 * MINUTE_US), &b.id, second).await;
    }
    let page = svc.played(&ada, &room, 1, "").await.unwrap();
    assert_eq!((page.plays[0].title.as_str(), page.plays.len()), ("b", 1));
    let rest = svc.played(&ada, &room, 1, &page.next_page_token).await.unwrap();
    assert_eq!((rest.plays[0].title.as_str(), rest.next_page_token.as_str()), ("a", ""));
    assert_eq!(refusal(svc.played(&user("Mallory"), &room, 1, "").await), Reason::NotAMember);

    let items = svc.items(&ada, &room).await.items;
    assert_eq!((items[0].resume_us, items[0].played, items[1].resume_us), (40 * MINUTE_US, true, 0));
    svc.record(&room, (&b.id, 1), &a.id, PlayId::new()).await;
    assert_eq!(svc.items(&ada, &room).await.items[0].resume_us, 0, "it plays now");
    let told = svc.read("test").await.take(6).await;
    let played = told.iter().filter(|event| matches!(event.kind, Some(Kind::ItemPlayed(_)))).count();
    assert_eq!(played, 3);
}

#[tokio::test]
async fn an_item_that_is_gone_is_added_again_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let item = svc.append(&ada, &room, "a", "").await.unwrap();
    let play = PlayId::new();
    svc.record(&room, ("", 0), &item.id, play).await;
    assert_eq!(svc.again(&bob, &room, &play.to_string()).await.unwrap().id, item.id, "it is still there");
    let remove = RemoveItemRequest { room: room.clone(), item_id: item.id.clone() };
    svc.playlist().remove_item(ada.request(remove)).await.unwrap();
    assert!(!svc.played(&ada, &room, 0, "").await.unwrap().plays[0].in_playlist);
    let back = svc.again(&bob, &room, &play.to_string()).await.unwrap();
    assert_eq!((back.title.as_str(), back.added_by, back.source), ("a", bob.id(), item.source));
    assert_eq!(svc.again(&bob, &room, &play.to_string()).await.unwrap().id, back.id, "a second click");
    for unknown in ["play_?", &PlayId::new().to_string()] {
        assert_eq!(refusal(svc.again(&bob, &room, unknown).await), Reason::PlayNotFound);
    }
}

#[tokio::test]
async fn a_playlist_is_saved_by_name_and_loaded_into_another_room() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let (room, other) = (svc.create(&ada).await.id, svc.create(&ada).await.id);
    assert_eq!(fields_at_fault(svc.save(&ada, &room, "Friday").await), ["room"]);
    assert_eq!(fields_at_fault(svc.save(&ada, &room, " \u{200b}").await), ["name"]);
    for title in ["a", "b", "c"] {
        svc.append(&ada, &room, title, "").await.unwrap();
    }
    let saved = svc.save(&ada, &room, " Friday ").await.unwrap();
    assert_eq!((saved.name.as_str(), saved.item_count), ("Friday", 3));
    assert_eq!(svc.save(&ada, &room, "Friday").await.unwrap().id, saved.id, "the same name");
    assert_eq!(refusal(svc.save(&bob, &room, "mine").await), Reason::NotAMember);
    let loaded = svc.load(&ada, &other, &saved.id).await.unwrap().items;
    let titles: String = loaded.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, "abc");
    assert_eq!(svc.items(&ada, &other).await.items.len(), 3);
    // All or none: three more do not fit.
    assert_eq!(refusal(svc.load(&ada, &other, &saved.id).await), Reason::PlaylistFull);
    assert_eq!(svc.items(&ada, &other).await.items.len(), 3);
    const { assert!(MAX_ITEMS < 6) }

    let get = |who: &Person| {
        let request = GetSavedQueueRequest { saved_queue_id: saved.id.clone() };
        let (mut client, request) = (svc.queues(), who.request(request));
        async move { client.get_saved_queue(request).await.map(tonic::Response::into_inner) }
    };
    assert_eq!(get(&ada).await.unwrap().items.len(), 3);
    assert_eq!(refusal(get(&bob).await), Reason::SavedQueueNotFound);
    let delete = DeleteSavedQueueRequest { saved_queue_id: saved.id.clone() };
    svc.queues().delete_saved_queue(bob.request(delete.clone())).await.unwrap();
    assert_eq!(get(&ada).await.unwrap().queue.unwrap().id, saved.id, "another person's call deletes nothing");
    svc.queues().delete_saved_queue(ada.request(delete)).await.unwrap();
    let list = svc.queues().list_saved_queues(ada.request(ListSavedQueuesRequest {})).await.unwrap();
    assert_eq!(list.into_inner().queues, []);
    let refused = svc.queues().list_saved_queues(guest("Grace").request(ListSavedQueuesRequest {})).await;
    assert_eq!(refusal(refused), Reason::AccountRequired);
}

#[tokio::test]
async fn a_person_keeps_fifty_queues() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    svc.append(&ada, &room, "a", "").await.unwrap();
    for number in 0..50 {
        svc.save(&ada, &room, &number.to_string()).await.unwrap();
    }
    assert_eq!(refusal(svc.save(&ada, &room, "more").await), Reason::TooManySavedQueues);
    svc.save(&ada, &room, "7").await.expect("one that is there can be saved again");
}

#[tokio::test]
async fn tracks_are_attached_and_detached_by_those_who_added_them() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, cleo) = (user("Ada"), user("Bob"), user("Cleo"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&cleo, &room).await.unwrap();
    let item = svc.append(&ada, &room, "film", "").await.unwrap().id;
    let track = || Track {
        id: TrackId::new().to_string(),
        kind: TrackKind::Subtitles.into(),
        label: "Deutsch".into(),
        language: "de".into(),
        ..Track::default()
    };
    let added = svc.attach(&bob, &room, &item, track()).await.unwrap();
    assert_eq!(added.added_by, bob.id());
    assert_eq!(svc.attach(&cleo, &room, &item, added.clone()).await.unwrap(), added, "it is there already");
    assert_eq!(svc.items(&ada, &room).await.items[0].tracks, std::slice::from_ref(&added));
    assert_eq!(refusal(svc.detach(&cleo, &room, &item, &added.id).await), Reason::PermissionMissing);
    svc.detach(&bob, &room, &item, &added.id).await.unwrap();
    assert_eq!(refusal(svc.detach(&bob, &room, &item, &added.id).await), Reason::TrackNotFound);
    for _ in 0..32 {
        svc.attach(&bob, &room, &item, track()).await.unwrap();
    }
    assert_eq!(refusal(svc.attach(&bob, &room, &item, track()).await), Reason::TooManyTracks);
    let wrong = Track { language: "not a language".into(), label: String::new(), ..track() };
    assert_eq!(
        fields_at_fault(svc.attach(&bob, &room, &item, wrong).await),
        ["track.label", "track.language"]
    );
}
