use futures::future::join_all;
use prost_types::FieldMask;
use proto::room::v1::{
    Direction, FollowReason, GetFollowingItemRequest, GetItemRequest, GetPlaylistRequest, Item,
    MoveItemRequest, RemoveItemRequest, UpdateItemRequest, room_event::Kind,
};
use rpc::Reason;

use crate::world::{
    Instance, MAX_ITEMS, Outcome, Person, World, fields_at_fault, guest, nobody, refusal, user,
};

async fn titles(svc: &Instance, who: &Person, room: &str) -> String {
    svc.items(who, room).await.items.into_iter().map(|item| item.title).collect()
}

async fn move_item(svc: &Instance, who: &Person, room: &str, item: &str, after: &str) -> Outcome<()> {
    let request = MoveItemRequest {
        room: room.into(),
        item_id: item.into(),
        after_item_id: after.into(),
        ..MoveItemRequest::default()
    };
    svc.playlist().move_item(who.request(request)).await.map(|_| ())
}

async fn remove(svc: &Instance, who: &Person, room: &str, item: &str) -> Outcome<()> {
    let request = RemoveItemRequest { room: room.into(), item_id: item.into() };
    svc.playlist().remove_item(who.request(request)).await.map(|_| ())
}

async fn retitle(svc: &Instance, who: &Person, room: &str, item: &str, title: &str) -> Outcome<Item> {
    let update_mask = Some(FieldMask { paths: vec!["title".into()] });
    let request = UpdateItemRequest {
        room: room.into(),
        item_id: item.into(),
        title: title.into(),
        update_mask,
        ..Default::default()
    };
    Ok(svc.playlist().update_item(who.request(request)).await?.into_inner().item.unwrap())
}

// Case L11.
#[tokio::test]
async fn a_title_can_be_changed_by_its_adder_and_by_playlist_managers() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    svc.join(&grace, &room).await.unwrap();
    let item = svc.append(&grace, &room, "master", "").await.unwrap();
    let version = svc.items(&ada, &room).await.version;

    let changed = retitle(&svc, &grace, &room, &item.id, "  Metropolis ").await.unwrap();
    assert_eq!((changed.title.as_str(), changed.source), ("Metropolis", item.source));
    retitle(&svc, &ada, &room, &item.id, "Metropolis (1927)").await.unwrap();
    assert_eq!(titles(&svc, &bob, &room).await, "Metropolis (1927)");
    assert_eq!(svc.items(&ada, &room).await.version, version + 2);
    retitle(&svc, &ada, &room, &item.id, "Metropolis (1927)").await.unwrap();
    assert_eq!(svc.items(&ada, &room).await.version, version + 2, "it was called so already");

    let adas = svc.append(&ada, &room, "a", "").await.unwrap().id;
    assert_eq!(refusal(retitle(&svc, &user("Mallory"), &room, &adas, "x").await), Reason::NotAMember);
    assert_eq!(refusal(retitle(&svc, &ada, &room, "item_?", "x").await), Reason::ItemNotFound);
    // Everyone may arrange the playlist, as long as nobody decided otherwise.
    assert_eq!(retitle(&svc, &grace, &room, &adas, "A").await.unwrap().title, "A");
    for title in ["", "   ", "\u{200b}\u{2800}", "a\nb", "flip\u{202e}ped", &"x".repeat(201)] {
        assert_eq!(fields_at_fault(retitle(&svc, &ada, &room, &adas, title).await), ["title"], "{title:?}");
    }
    let other = UpdateItemRequest {
        room: room.clone(),
        item_id: adas,
        title: "x".into(),
        update_mask: Some(FieldMask { paths: vec!["source".into()] }),
        ..Default::default()
    };
    assert_eq!(fields_at_fault(svc.playlist().update_item(ada.request(other)).await), ["update_mask"]);

    let told = svc.read("test").await.take(8).await;
    let updated: Vec<_> =
        told.iter().filter(|event| matches!(event.kind, Some(Kind::ItemUpdated(_)))).collect();
    assert_eq!(updated.len(), 3);
}

#[tokio::test]
async fn items_are_appended_moved_and_removed() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let mut ids = Vec::new();
    for title in ["a", "b", "c", "d"] {
        let item = svc.append(&ada, &room, title, "").await.unwrap();
        assert_eq!(item.added_by, ada.id());
        ids.push(item.id);
    }
    let list = svc.items(&ada, &room).await;
    assert_eq!((list.version, list.items.len()), (4, 4));
    assert!(list.items.iter().all(|item| item.source.as_ref().is_some_and(|source| source.kind.is_some())));

    move_item(&svc, &ada, &room, &ids[3], "").await.unwrap();
    assert_eq!(titles(&svc, &ada, &room).await, "dabc");
    move_item(&svc, &ada, &room, &ids[3], &ids[1]).await.unwrap();
    assert_eq!(titles(&svc, &ada, &room).await, "abdc");
    remove(&svc, &ada, &room, &ids[1]).await.unwrap();
    move_item(&svc, &ada, &room, &ids[0], &ids[2]).await.unwrap();
    svc.append(&ada, &room, "e", "").await.unwrap();
    assert_eq!(titles(&svc, &ada, &room).await, "dcae");

    let version = svc.items(&ada, &room).await.version;
    assert_eq!(version, 9, "one for each change");
    move_item(&svc, &ada, &room, &ids[0], &ids[2]).await.unwrap();
    assert_eq!(svc.items(&ada, &room).await.version, version, "it stood there already");
}

#[tokio::test]
async fn requests_for_missing_items_name_them() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let (room, other) = (svc.create(&ada).await.id, svc.create(&ada).await.id);
    let here = svc.append(&ada, &room, "here", "").await.unwrap().id;
    let there = svc.append(&ada, &other, "there", "").await.unwrap().id;
    for id in [there.as_str(), "item_?", "x"] {
        assert_eq!(refusal(move_item(&svc, &ada, &room, id, "").await), Reason::ItemNotFound, "{id}");
        assert_eq!(refusal(move_item(&svc, &ada, &room, &here, id).await), Reason::ItemNotFound, "{id}");
        assert_eq!(refusal(remove(&svc, &ada, &room, id).await), Reason::ItemNotFound, "{id}");
    }
    assert_eq!(fields_at_fault(move_item(&svc, &ada, &room, &here, &here).await), ["after_item_id"]);
    assert_eq!(titles(&svc, &ada, &other).await, "there");
}

#[tokio::test]
async fn members_remove_their_own_items_and_the_owner_removes_any() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob, grace) = (user("Ada"), user("Bob"), guest("Grace"));
    let room = svc.create(&ada).await.id;
    assert_eq!(refusal(svc.append(&bob, &room, "x", "").await), Reason::NotAMember);
    svc.join(&bob, &room).await.unwrap();
    svc.join(&grace, &room).await.unwrap();
    let bobs = svc.append(&bob, &room, "b", "").await.unwrap().id;
    let graces = svc.append(&grace, &room, "g", "").await.unwrap().id;
    assert_eq!(refusal(remove(&svc, &grace, &room, &bobs).await), Reason::PermissionMissing);
    remove(&svc, &grace, &room, &graces).await.unwrap();
    remove(&svc, &ada, &room, &bobs).await.unwrap();
    assert_eq!(titles(&svc, &ada, &room).await, "");
    let stranger = user("Mallory");
    assert_eq!(refusal(move_item(&svc, &stranger, &room, &bobs, "").await), Reason::NotAMember);
}

#[tokio::test]
async fn a_removal_event_names_the_item_that_followed() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        ids.push(svc.append(&ada, &room, title, "").await.unwrap().id);
    }
    // The order in which they came, a b c, is c b a now.
    move_item(&svc, &ada, &room, &ids[0], &ids[2]).await.unwrap();
    move_item(&svc, &ada, &room, &ids[1], &ids[2]).await.unwrap();
    for id in [&ids[1], &ids[0], &ids[2]] {
        remove(&svc, &ada, &room, id).await.unwrap();
    }
    let told = svc.read("test").await.take(9).await;
    let behind: Vec<_> = told
        .iter()
        .filter_map(|event| match event.kind.as_ref().unwrap() {
            Kind::ItemsReordered(change) | Kind::ItemRemoved(change) => Some(change.next_item_id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(behind, ["", &ids[0], &ids[0], "", ""]);
}

#[tokio::test]
async fn invalid_titles_are_rejected_by_field() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    for title in [
        "x".repeat(10_000),
        String::new(),
        "\u{200b}".into(),
        "bell\u{7}".into(),
        "a\nb".into(),
        "flip\u{202e}ped".into(),
    ] {
        assert_eq!(fields_at_fault(svc.append(&ada, &room, &title, "").await)[0], "title", "{title:?}");
    }
    assert_eq!(fields_at_fault(svc.append(&ada, &room, "film", "nul\0").await), ["request_id"]);
    svc.append(&ada, &room, "Le Voyage dans la Lune 🌙", "").await.unwrap();
    assert_eq!(svc.items(&ada, &room).await.items.len(), 1);
}

#[tokio::test]
async fn a_repeated_request_adds_one_item() {
    let world = World::start().await;
    let svc = world.instance().await;
    let (ada, bob) = (user("Ada"), user("Bob"));
    let room = svc.create(&ada).await.id;
    svc.join(&bob, &room).await.unwrap();
    let items = join_all((0..6).map(|_| svc.append(&ada, &room, "film", "r1"))).await;
    let first = items[0].as_ref().unwrap().id.clone();
    assert!(items.iter().all(|item| item.as_ref().unwrap().id == first));
    assert_ne!(svc.append(&bob, &room, "film", "r1").await.unwrap().id, first, "another person's request");
    assert_eq!(svc.items(&ada, &room).await.version, 2);
}

#[tokio::test]
async fn the_playlist_limit_holds_under_concurrent_adds() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let outcomes = join_all((0..MAX_ITEMS + 3).map(|_| svc.append(&ada, &room, "x", ""))).await;
    let (added, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (MAX_ITEMS, 3));
    for outcome in refused {
        assert_eq!(refusal(outcome), Reason::PlaylistFull);
    }
    assert_eq!(svc.items(&ada, &room).await.items.len(), MAX_ITEMS);
}

#[tokio::test]
async fn services_read_a_playlist_without_a_members_identity() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let (room, other) = (svc.create(&ada).await.id, svc.create(&ada).await.id);
    let first = svc.append(&ada, &room, "a", "").await.unwrap();
    svc.append(&ada, &room, "b", "").await.unwrap();

    let playlist = |room: &str| {
        let request = nobody().request(GetPlaylistRequest { room_id: room.into() });
        let mut client = svc.playlist();
        async move { client.get_playlist(request).await.map(tonic::Response::into_inner) }
    };
    let read = playlist(&room).await.unwrap();
    let titles: Vec<_> = read.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!((titles, read.version), (vec!["a", "b"], 2));
    assert_eq!(playlist(&other).await.unwrap().version, 0);
    for room in ["room_?", "", &ids::RoomId::new().to_string()] {
        assert!(playlist(room).await.is_err(), "{room:?}");
    }

    let item = |room: &str, item: &str| {
        let request = nobody().request(GetItemRequest { room_id: room.into(), item_id: item.into() });
        let mut client = svc.playlist();
        async move { client.get_item(request).await.map(|reply| reply.into_inner().item.unwrap()) }
    };
    assert_eq!(item(&room, &first.id).await.unwrap(), first);
    assert_eq!(refusal(item(&other, &first.id).await), Reason::ItemNotFound);
    assert_eq!(refusal(item(&room, "item_?").await), Reason::ItemNotFound);
}

#[tokio::test]
async fn the_following_item_is_returned_for_each_direction_and_reason() {
    let world = World::start().await;
    let svc = world.instance().await;
    let ada = user("Ada");
    let room = svc.create(&ada).await.id;
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        ids.push(svc.append(&ada, &room, title, "").await.unwrap().id);
    }
    let follows = |item: &str, direction: Direction, reason: FollowReason| {
        let request = GetFollowingItemRequest {
            room_id: room.clone(),
            item_id: item.into(),
            direction: direction.into(),
            reason: reason.into(),
        };
        let mut client = svc.playlist();
        async move {
            let reply = client.get_following_item(nobody().request(request)).await?.into_inner();
            Ok::<_, tonic::Status>(reply.item.map(|item| item.title).unwrap_or_default())
        }
    };
    for (direction, expected) in [(Direction::Next, ["b", "c", ""]), (Direction::Previous, ["", "a", "b"])] {
        for reason in [FollowReason::Ended, FollowReason::Skipped] {
            for (item, expected) in ids.iter().zip(expected) {
                assert_eq!(
                    follows(item, direction, reason).await.unwrap(),
                    expected,
                    "{direction:?} {reason:?}"
                );
            }
        }
    }
    remove(&svc, &ada, &room, &ids[1]).await.unwrap();
    assert_eq!(follows(&ids[0], Direction::Next, FollowReason::Ended).await.unwrap(), "c");
    assert_eq!(follows(&ids[1], Direction::Next, FollowReason::Ended).await.unwrap(), "", "it is gone");
    let unsaid = follows(&ids[0], Direction::Unspecified, FollowReason::Ended).await;
    assert_eq!(fields_at_fault(unsaid), ["direction"]);
}
