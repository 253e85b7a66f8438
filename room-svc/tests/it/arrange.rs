//! Arranging a playlist: many items at once, moves and removals at the same time, clear and undo, folders, notes.

use futures::future::join_all;
use prost_types::FieldMask;
use proto::room::v1::{
    AppendItemsRequest, AppendItemsResponse, ClearPlaylistRequest, ClearPlaylistResponse,
    CreateFolderRequest, DirectSource, Folder, GetPlaylistRequest, Item, MoveFolderRequest, MoveItemRequest,
    NewItem, RemoveFolderRequest, RemoveItemRequest, Source, UndoClearRequest, UpdateFolderRequest,
    UpdateItemRequest, folder_service_client::FolderServiceClient, room_event::Kind, source,
};
use rpc::{Reason, RpcChannel};

use crate::world::{
    Instance, MAX_ITEMS, Outcome, Person, World, fields_at_fault, guest, nobody, refusal, user,
};

fn new_item(title: &str) -> NewItem {
    let direct = DirectSource { url: format!("https://example.org/{title}.mp4") };
    NewItem {
        title: title.into(),
        source: Some(Source { kind: Some(source::Kind::Direct(direct)), ..Source::default() }),
        ..NewItem::default()
    }
}

impl Instance {
    async fn append_all(&self, who: &Person, room: &str, titles: &[&str]) -> Outcome<AppendItemsResponse> {
        let items = titles.iter().map(|title| new_item(title)).collect();
        let request = AppendItemsRequest { room: room.into(), items, ..Default::default() };
        Ok(self.playlist().append_items(who.request(request)).await?.into_inner())
    }

    /// The ids of new items.
    async fn filled(&self, who: &Person, room: &str, titles: &[&str]) -> Vec<String> {
        let appended = self.append_all(who, room, titles).await.unwrap();
        appended.items.into_iter().map(|item| item.id).collect()
    }

    async fn titles(&self, who: &Person, room: &str) -> String {
        self.items(who, room).await.items.into_iter().map(|item| item.title).collect()
    }

    async fn move_between(
        &self,
        who: &Person,
        room: &str,
        item: &str,
        after: &str,
        before: &str,
    ) -> Outcome<()> {
        let request = MoveItemRequest {
            room: room.into(),
            item_id: item.into(),
            after_item_id: after.into(),
            before_item_id: before.into(),
            ..Default::default()
        };
        self.playlist().move_item(who.request(request)).await.map(|_| ())
    }

    async fn remove(&self, who: &Person, room: &str, item: &str) -> Outcome<()> {
        let request = RemoveItemRequest { room: room.into(), item_id: item.into() };
        self.playlist().remove_item(who.request(request)).await.map(|_| ())
    }

    async fn clear(&self, who: &Person, room: &str, keep: &str) -> Outcome<ClearPlaylistResponse> {
        let request = ClearPlaylistRequest { room: room.into(), keep_item_id: keep.into() };
        Ok(self.playlist().clear_playlist(who.request(request)).await?.into_inner())
    }

    async fn undo(&self, who: &Person, room: &str, clear: &str) -> Outcome<i32> {
        let request = UndoClearRequest { room: room.into(), clear_id: clear.into() };
        Ok(self.playlist().undo_clear(who.request(request)).await?.into_inner().restored_count)
    }

    fn folders(&self) -> FolderServiceClient<RpcChannel> {
        FolderServiceClient::new(self.channel())
    }

    async fn folder(&self, who: &Person, room: &str, title: &str) -> Outcome<Folder> {
        let request = CreateFolderRequest { room: room.into(), title: title.into() };
        Ok(self.folders().create_folder(who.request(request)).await?.into_inner().folder.unwrap())
    }
}

#[tokio::test]
async fn many_items_come_in_their_order_and_those_that_do_not_fit_are_refused() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    svc.filled(&ada, &room, &["a"]).await;
    let appended = svc.append_all(&ada, &room, &["b", "c", "d", "e", "f", "g"]).await.unwrap();
    assert_eq!((appended.items.len(), appended.refused_reason.as_str()), (MAX_ITEMS - 1, "PLAYLIST_FULL"));
    assert!(appended.refused_message.contains(&MAX_ITEMS.to_string()), "{}", appended.refused_message);
    assert_eq!(svc.titles(&ada, &room).await, "abcde");
    let ranks: Vec<_> = svc.items(&ada, &room).await.items.into_iter().map(|item| item.rank).collect();
    assert!(ranks.is_sorted());
    assert_eq!(refusal(svc.append_all(&user("Mallory"), &room, &["x"]).await), Reason::NotAMember);
}

#[tokio::test]
async fn a_list_that_is_sent_again_is_added_once() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let items =
        || ["a", "b"].map(|title| NewItem { request_id: format!("r-{title}"), ..new_item(title) }).to_vec();
    let send = || svc_append(&svc, &ada, &room, items());
    let outcomes = join_all((0..4).map(|_| send())).await;
    let first = outcomes[0].clone();
    assert_eq!(first.len(), 2);
    assert!(outcomes.iter().all(|items| *items == first));
    assert_eq!(svc.titles(&ada, &room).await, "ab");
}

async fn svc_append(svc: &Instance, who: &Person, room: &str, items: Vec<NewItem>) -> Vec<String> {
    let request = AppendItemsRequest { room: room.into(), items, ..Default::default() };
    let reply = svc.playlist().append_items(who.request(request)).await.unwrap().into_inner();
    reply.items.into_iter().map(|item| item.id).collect()
}

// Issue 10, "Prove": concurrent reorders and removals merge without loss.
#[tokio::test]
async fn moves_and_removals_at_the_same_time_merge() {
    let world = World::start().await;
    let (one, other) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let room = one.create(&ada).await.id;
    let ids = one.filled(&ada, &room, &["a", "b", "c", "d", "e"]).await;
    // Everybody saw a b c d e: d goes between a and b, e between b and c, and b is removed.
    let (moved_d, moved_e, removed) = tokio::join!(
        one.move_between(&ada, &room, &ids[3], &ids[0], &ids[1]),
        other.move_between(&ada, &room, &ids[4], &ids[1], &ids[2]),
        one.remove(&ada, &room, &ids[1]),
    );
    moved_d.unwrap();
    moved_e.unwrap();
    removed.unwrap();
    let merged = one.titles(&ada, &room).await;
    assert_eq!(merged, "adec");
    assert_eq!(one.items(&ada, &room).await.version, 4, "each change counts");
}

#[tokio::test]
async fn fifty_moves_at_the_same_time_lose_no_item_and_give_no_rank_twice() {
    let world = World::start().await;
    let (one, other) = (world.instance().await, world.instance().await);
    let ada = user("Ada");
    let room = one.create(&ada).await.id;
    let ids = one.filled(&ada, &room, &["a", "b", "c", "d", "e"]).await;
    let moves = (0..50).map(|number| {
        let (svc, ada, room) = (if number % 2 == 0 { &one } else { &other }, &ada, &room);
        let (item, after) = (&ids[number % 5], &ids[(number * 2 + 1) % 5]);
        async move { if item == after { Ok(()) } else { svc.move_between(ada, room, item, after, "").await } }
    });
    for outcome in join_all(moves).await {
        outcome.unwrap();
    }
    let items = one.items(&ada, &room).await.items;
    let mut titles: Vec<_> = items.iter().map(|item| item.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles.concat(), "abcde");
    assert!(items.windows(2).all(|pair| pair[0].rank < pair[1].rank), "{items:?}");
}

// Case W7.
#[tokio::test]
async fn a_playlist_survives_a_restart_and_a_cleared_one_stays_clear() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.filled(&ada, &room, &["a", "b", "c", "d", "e"]).await;
    let restarted = world.instance().await;
    restarted.join(&bob, &room).await.unwrap();
    assert_eq!(restarted.titles(&bob, &room).await, "abcde");
    restarted.clear(&ada, &room, "").await.unwrap();
    assert_eq!(world.instance().await.titles(&bob, &room).await, "");
}

#[tokio::test]
async fn a_clear_is_undone_in_front_of_what_was_added_since() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let ids = svc.filled(&ada, &room, &["a", "b", "c"]).await;
    assert_eq!(refusal(svc.clear(&bob, &room, "").await), Reason::PermissionMissing);
    let cleared = svc.clear(&ada, &room, &ids[1]).await.unwrap();
    assert_eq!((cleared.removed_count, svc.titles(&ada, &room).await), (2, "b".into()));
    svc.filled(&bob, &room, &["x", "y"]).await;
    assert_eq!(refusal(svc.undo(&bob, &room, &cleared.clear_id).await), Reason::PermissionMissing);
    assert_eq!(svc.undo(&ada, &room, &cleared.clear_id).await.unwrap(), 2);
    assert_eq!(svc.titles(&ada, &room).await, "abcxy");
    let back: Vec<_> = svc.items(&ada, &room).await.items.into_iter().map(|item| item.id).take(3).collect();
    assert_eq!(back, ids);
    for again in [cleared.clear_id.as_str(), "clear_?"] {
        assert_eq!(refusal(svc.undo(&ada, &room, again).await), Reason::UndoExpired, "{again}");
    }
    // Nothing to clear is no clear.
    let kept = svc.create(&ada).await.id;
    let only = svc.filled(&ada, &kept, &["a"]).await;
    assert_eq!(svc.clear(&ada, &kept, &only[0]).await.unwrap().clear_id, "");
}

#[tokio::test]
async fn an_undo_ends_after_ten_minutes_and_with_the_next_clear_and_keeps_the_bound() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    svc.filled(&ada, &room, &["a", "b"]).await;
    let first = svc.clear(&ada, &room, "").await.unwrap().clear_id;
    svc.filled(&ada, &room, &["c"]).await;
    let second = svc.clear(&ada, &room, "").await.unwrap().clear_id;
    assert_eq!(refusal(svc.undo(&ada, &room, &first).await), Reason::UndoExpired);
    svc.filled(&ada, &room, &["1", "2", "3", "4", "5"]).await;
    assert_eq!(refusal(svc.undo(&ada, &room, &second).await), Reason::PlaylistFull);
    world.clock.advance(std::time::Duration::from_secs(601));
    assert_eq!(refusal(svc.undo(&ada, &room, &second).await), Reason::UndoExpired);
}

#[tokio::test]
async fn services_hear_of_a_change_of_many_items_with_the_first_one() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let ids = svc.filled(&ada, &room, &["a", "b"]).await;
    svc.clear(&ada, &room, "").await.unwrap();
    let told = svc.read("test").await.take(4).await;
    let replaced: Vec<_> = told
        .iter()
        .filter_map(|event| match event.kind.as_ref().unwrap() {
            Kind::PlaylistReplaced(replaced) => Some(replaced.first_item_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(replaced, [ids[0].as_str(), ""]);
}

#[tokio::test]
async fn folders_hold_items_that_play_where_the_folder_stands() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let ids = svc.filled(&ada, &room, &["a", "b", "c"]).await;
    let folder = svc.folder(&ada, &room, " Season 1 ").await.unwrap();
    assert_eq!(folder.title, "Season 1");
    let into = |item: &str| {
        let request = MoveItemRequest {
            room: room.clone(),
            item_id: item.into(),
            folder_id: folder.id.clone(),
            ..Default::default()
        };
        let (mut client, request) = (svc.playlist(), ada.request(request));
        async move { client.move_item(request).await.map(|_| ()) }
    };
    into(&ids[1]).await.unwrap();
    into(&ids[0]).await.unwrap();
    assert_eq!(svc.titles(&ada, &room).await, "cab");
    let move_folder = |after: &str| {
        let request =
            MoveFolderRequest { room: room.clone(), folder_id: folder.id.clone(), after_id: after.into() };
        let (mut client, request) = (svc.folders(), ada.request(request));
        async move { client.move_folder(request).await.map(|_| ()) }
    };
    move_folder("").await.unwrap();
    assert_eq!(svc.titles(&ada, &room).await, "abc");
    assert_eq!(fields_at_fault(move_folder(&ids[0]).await), ["after_id"]);
    svc.move_between(&ada, &room, &ids[2], &ids[0], "").await.unwrap();
    assert_eq!(svc.titles(&ada, &room).await, "acb");

    let title = UpdateFolderRequest { room: room.clone(), folder_id: folder.id.clone(), title: "S1".into() };
    svc.folders().update_folder(ada.request(title)).await.unwrap();
    let request = nobody().request(GetPlaylistRequest { room_id: room.clone() });
    let playlist = svc.playlist().get_playlist(request).await.unwrap().into_inner();
    assert_eq!(playlist.folders[0].title, "S1");
    assert!(playlist.items.iter().all(|item| item.folder_id == folder.id));

    let cleared = svc.clear(&ada, &room, "").await.unwrap().clear_id;
    assert_eq!(svc.items(&ada, &room).await.folders, []);
    svc.undo(&ada, &room, &cleared).await.unwrap();
    assert_eq!(
        (svc.titles(&ada, &room).await.as_str(), svc.items(&ada, &room).await.folders.len()),
        ("acb", 1)
    );

    svc.filled(&ada, &room, &["z"]).await;
    let remove = || {
        let request = RemoveFolderRequest { room: room.clone(), folder_id: folder.id.clone() };
        let (mut client, request) = (svc.folders(), ada.request(request));
        async move { client.remove_folder(request).await.map(|_| ()) }
    };
    remove().await.unwrap();
    assert_eq!(svc.titles(&ada, &room).await, "acbz");
    assert_eq!(refusal(remove().await), Reason::FolderNotFound);
    assert_eq!(refusal(into(&ids[0]).await), Reason::FolderNotFound);
    for title in ["  ", "\u{feff}"] {
        assert_eq!(fields_at_fault(svc.folder(&ada, &room, title).await), ["title"]);
    }
}

#[tokio::test]
async fn a_playlist_has_a_bound_for_folders() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    for number in 0..100 {
        svc.folder(&ada, &room, &number.to_string()).await.unwrap();
    }
    assert_eq!(refusal(svc.folder(&ada, &room, "more").await), Reason::TooManyFolders);
}

#[tokio::test]
async fn a_note_is_kept_with_its_line_ends_and_refused_with_other_control_characters() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, grace) = (user("Ada"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    svc.join(&grace, &room).await.unwrap();
    let item = svc.append(&grace, &room, "film", "").await.unwrap().id;
    let note = |text: &str| {
        let request = UpdateItemRequest {
            room: room.clone(),
            item_id: item.clone(),
            note: text.into(),
            update_mask: Some(FieldMask { paths: vec!["note".into()] }),
            ..Default::default()
        };
        let (mut client, request) = (svc.playlist(), grace.request(request));
        async move { client.update_item(request).await.map(|reply| reply.into_inner().item.unwrap()) }
    };
    let noted: Item = note("  watch\nuntil the end  ").await.unwrap();
    assert_eq!((noted.note.as_str(), noted.title.as_str()), ("watch\nuntil the end", "film"));
    assert_eq!(svc.items(&ada, &room).await.items[0].note, "watch\nuntil the end");
    for text in ["bell\u{7}", "flip\u{202e}ped", &"x".repeat(501)] {
        assert_eq!(fields_at_fault(note(text).await), ["note"], "{text:?}");
    }
    assert_eq!(note("").await.unwrap().note, "");
}
